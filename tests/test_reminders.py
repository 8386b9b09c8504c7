"""Reminders: who is mailed what, once a week at most, and never twice."""

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import StringIO
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from evaluations import access
from evaluations.actions.owner_links import make_owner_link, revoke_owner_links
from evaluations.actions.reminders import claim_digest
from evaluations.models import AuditEvent, Digest, Membership, Owner, OwnerLink
from evaluations.reminders import send_reminders

from . import builders
from .pages import Page
from .second_step import set_up

TODAY = date(2024, 5, 14)


@pytest.fixture
def clock(monkeypatch):
    """A clock to set: ``clock(day, hour)``; it begins on the morning of 14 May 2024."""

    def set_to(day, hour=7, minute=30):
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo("Europe/London"))
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(TODAY)
    return set_to


@pytest.fixture
def hubs(cast):
    """A team without an account."""
    return Owner.objects.create(evaluation=cast.evaluation, name="Family hubs", email="hubs@example.org")


def due(days, **fields):
    """Return fields of something due so many days from 14 May 2024, that was entered on that day."""
    day = TODAY + timedelta(days=days)
    return {"due": day, "original_due": day, **fields}


def send(**options):
    """Send the reminders that are due; return what the command says."""
    out = StringIO()
    call_command("send_reminders", stdout=out, **options)
    return out.getvalue().strip()


def addressees():
    """Return to whom mail went, in alphabetical order."""
    return sorted(address for message in mail.outbox for address in message.to)


def mail_to(address):
    """Return the one mail to an address."""
    [message] = [message for message in mail.outbox if message.to == [address]]
    return message


def links_in(message):
    """Return the addresses in a mail."""
    return [line for line in message.body.splitlines() if line.startswith("http")]


# --- What is mailed, to whom ------------------------------------------------------------------------------


def test_owners_and_leads_are_told_what_is_overdue_due_and_stuck(cast, clock, strand, hubs):
    cast.evaluation.programme_short = "SSBC"
    cast.evaluation.save()
    late = builders.recommendation(strand, ref="R3", title="Pay parents", owner=hubs, **due(-12))
    builders.action(late, text="Ask the board", owner=hubs, **due(14))
    clock(TODAY - timedelta(days=40))
    builders.recommendation(strand, ref="R4", title="Say who decides")
    noted = builders.recommendation(strand, ref="R5", title="Noted long ago")
    builders.progress_update(noted, date=date(2024, 4, 1))
    clock(TODAY)
    builders.recommendation(strand, ref="R6", title="Later", **due(15))

    assert send() == "2 reminders sent."

    assert addressees() == ["hubs@example.org", "leigh@example.org"]
    own = mail_to("hubs@example.org")
    assert own.subject == "Waterline: 1 overdue, 1 due soon: Practice evaluation"
    assert own.body.startswith("Hello Family hubs,\n\nthis is yours in “Practice evaluation”")
    assert "Overdue: 1\n\n- R3: Pay parents\n  Due 2 May 2024, 12 days ago" in own.body
    assert "Due in the next 14 days: 1\n\n- Ask the board (an action of R3)\n  Due 28 May 2024" in own.body
    assert "To stop it, ask the project lead." in own.body
    whole = mail_to("leigh@example.org")
    assert whole.subject == "Waterline: 1 overdue, 1 due soon, 2 without news: Practice evaluation"
    assert "- R3: Pay parents\n  Family hubs\n  Due 2 May 2024, 12 days ago" in whole.body
    assert "- R4: Say who decides\n  No owner\n  No note yet" in whole.body
    assert "- R5: Noted long ago\n  No owner\n  Last note 1 April 2024" in whole.body
    assert "Of what is open, 3 have no owner and 2 have no due date." in whole.body
    assert "Later" not in whole.body
    assert "ended" not in whole.body + own.body
    assert "\n\n\n" not in whole.body + own.body
    assert "&" not in whole.body


def test_words_are_as_they_were_typed_on_one_line_and_not_too_long(cast, clock, strand, hubs):
    row = builders.recommendation(strand, ref="R3", title="Mums & dads’ <b>vote</b>", owner=hubs, **due(-1))
    builders.action(row, text="First.\n\nThen: " + "words " * 100, owner=hubs, **due(1))
    send()
    body = mail_to("hubs@example.org").body
    assert "- R3: Mums & dads’ <b>vote</b>\n  Due 13 May 2024, 1 day ago" in body
    [line] = [line for line in body.splitlines() if line.startswith("- First. Then: words")]
    assert line.endswith("… (an action of R3)") and len(line) < 240


def test_a_long_list_is_cut_and_says_how_many_more(cast, clock, strand, hubs):
    for number in reversed(range(13)):
        builders.recommendation(strand, ref=f"R{number}", owner=hubs, **due(-1))
    send()
    body = mail_to("hubs@example.org").body
    assert [line[:4].strip("- :") for line in body.splitlines() if line.startswith("- R")] == [
        f"R{number}" for number in range(10)
    ]
    assert "\n- and 3 more\n" in body


def test_after_the_programmes_end_it_says_so(cast, clock, strand, hubs):
    cast.evaluation.programme_ends = TODAY - timedelta(days=1)
    cast.evaluation.save()
    builders.recommendation(strand, owner=hubs, **due(-1))
    send()
    assert len(mail.outbox) == 2
    said = "A programme ended on 13 May 2024; what is listed here is still open."
    assert all(said in message.body for message in mail.outbox)


@pytest.mark.parametrize(
    "fields",
    [
        due(-5, status="completed"),
        due(-5, status="no_longer_applicable"),
        due(15),
        {},
    ],
)
def test_with_nothing_due_nothing_is_sent(cast, clock, strand, hubs, fields):
    builders.recommendation(strand, owner=hubs, **fields)
    assert send().startswith("0 reminders")
    assert mail.outbox == []
    assert not Digest.objects.exists()


def test_of_what_was_closed_by_hand_no_action_is_asked_for(cast, clock, strand, hubs):
    row = builders.recommendation(strand, status="no_longer_applicable", status_set_by_hand=True)
    builders.action(row, owner=hubs, **due(-5))
    other = builders.recommendation(strand)
    builders.action(other, owner=hubs, removed_at=timezone.now(), **due(-5))
    send()
    assert mail.outbox == []


@pytest.mark.parametrize(("days", "is_stuck"), [(29, False), (30, True)])
def test_stuck_is_open_without_a_note_for_30_days(cast, clock, strand, hubs, days, is_stuck):
    clock(TODAY - timedelta(days=90))
    row = builders.recommendation(strand)
    step = builders.action(row, owner=hubs)
    clock(TODAY)
    builders.progress_update(row, date=TODAY - timedelta(days=days))
    builders.progress_update(row, action=step, date=TODAY - timedelta(days=70))
    send()
    assert ("hubs@example.org" in addressees()) is is_stuck


def test_a_note_on_another_action_does_not_count(cast, clock, strand, hubs):
    clock(TODAY - timedelta(days=90))
    row = builders.recommendation(strand)
    builders.action(row, owner=hubs)
    other = builders.action(row)
    clock(TODAY)
    builders.progress_update(row, action=other, date=TODAY)
    send()
    assert "hubs@example.org" in addressees()


def test_a_made_up_evaluation_sends_nothing(cast, clock, strand, hubs):
    builders.recommendation(strand, owner=hubs, **due(-1))
    cast.evaluation.is_made_up = True
    cast.evaluation.save()
    assert send().startswith("0 reminders")
    with pytest.raises(CommandError, match="made-up"):
        send(evaluation="practice")


# --- To whom ----------------------------------------------------------------------------------------------


def test_somebody_who_is_lead_and_owner_gets_one_mail_with_everything(cast, clock, strand, hubs):
    leigh = Owner.objects.create(evaluation=cast.evaluation, name="Leigh", user=cast.leigh)
    builders.recommendation(strand, ref="R1", owner=leigh, **due(-1))
    builders.recommendation(strand, ref="R2", owner=hubs, **due(-1))
    send()
    body = mail_to("leigh@example.org").body
    assert "R1" in body and "R2" in body


def test_an_owner_with_an_account_is_led_to_my_actions_and_gets_no_private_link(
    cast, clock, strand, settings
):
    settings.SITE_URL = "https://waterline.example.org"
    rowan = Owner.objects.create(
        evaluation=cast.evaluation, name="Rowan", email="other@example.org", user=cast.rowan
    )
    builders.recommendation(strand, owner=rowan, **due(-1))
    send()
    [way_in] = links_in(mail_to("rowan@example.org"))
    assert way_in == "https://waterline.example.org/e/practice/recommendations/mine/"
    to_lead = links_in(mail_to("leigh@example.org"))
    assert to_lead == [
        "https://waterline.example.org/e/practice/recommendations/",
        "https://waterline.example.org/e/practice/recommendations/owners/",
    ]
    assert not OwnerLink.objects.exists()


def test_an_owner_without_an_account_gets_a_private_link_of_their_own(cast, clock, strand, hubs, settings):
    settings.SITE_URL = "https://waterline.example.org"
    other = Owner.objects.create(evaluation=cast.evaluation, name="Board", email="board@example.org")
    row = builders.recommendation(strand)
    for owner in (hubs, other):
        builders.action(row, text=f"Of {owner}", owner=owner, **due(-1))
    send()
    for owner in (hubs, other):
        message = mail_to(owner.email)
        [way_in] = links_in(message)
        assert "13 July 2024" in message.body
        assert way_in.startswith("https://waterline.example.org/o/")
        page = Page(Client().get(way_in.removeprefix("https://waterline.example.org")))
        assert page.one("h1").words == f"Actions of {owner}"
        link = OwnerLink.objects.get(owner=owner)
        assert link.made_by is None and link.expires_at - timezone.now() == timedelta(days=60)


def test_an_owner_without_an_account_and_actions_is_asked_to_tell_the_lead(cast, clock, strand, hubs):
    builders.recommendation(strand, owner=hubs, **due(-1))
    send()
    message = mail_to("hubs@example.org")
    assert links_in(message) == []
    assert "Please tell the project lead how far it is." in message.body


def test_members_without_the_second_step_that_is_asked_for_get_none(cast, clock, strand, hubs):
    cast.evaluation.two_step_required = True
    cast.evaluation.save()
    rowan = Owner.objects.create(evaluation=cast.evaluation, name="Rowan", user=cast.rowan)
    for row in (hubs, rowan):
        builders.recommendation(strand, owner=row, **due(-1))
    send()
    assert addressees() == ["hubs@example.org"]
    for user in (cast.rowan, cast.leigh):
        set_up(user)
    send()
    assert addressees() == ["hubs@example.org", "leigh@example.org", "rowan@example.org"]


def test_who_wants_none_has_no_address_or_is_no_member_gets_none(cast, clock, strand):
    def owner(name, **fields):
        return Owner.objects.create(evaluation=cast.evaluation, name=name, **fields)

    cast.evelyn.email = ""
    cast.evelyn.save()
    inactive = Membership.objects.get(user=cast.rowan).user
    inactive.is_active = False
    inactive.save()
    owners = [
        owner("Not wanted", email="no@example.org", wants_reminders=False),
        owner("No address"),
        owner("Evelyn", user=cast.evelyn),
        owner("Rowan", user=cast.rowan),
        owner("No member", user=cast.sam, email="sam@example.org"),
        owner("Leigh", user=cast.leigh, wants_reminders=False),
    ]
    for row in owners:
        builders.recommendation(strand, owner=row, **due(-1))
    assert send().startswith("0 reminders")
    assert mail.outbox == []


def test_evaluations_are_told_apart(cast, clock, strand, hubs):
    elsewhere = Membership.objects.get(user=cast.sam).evaluation
    there = builders.recommendation(
        builders.strand(elsewhere),
        title="Theirs",
        owner=Owner.objects.create(evaluation=elsewhere, name="Family hubs", email="hubs@example.org"),
        **due(-1),
    )
    builders.recommendation(strand, title="Ours", owner=hubs, **due(-1))
    assert send(evaluation="practice").startswith("2 reminders")
    assert all("Theirs" not in message.body for message in mail.outbox)
    mail.outbox.clear()
    assert send().startswith("1 reminder sent, 2 not")
    assert "Theirs" in mail_to("hubs@example.org").body
    assert there.evaluation.title in mail_to("hubs@example.org").subject


def test_an_evaluation_that_is_not_there_is_an_error(cast, clock):
    with pytest.raises(CommandError, match="No evaluation is at /e/nowhere/"):
        send(evaluation="nowhere")


def test_what_is_confidential_stands_in_no_mail(cast, clock, strand, hubs):
    row = builders.recommendation(
        strand, title="Shared title", text="Secret", response_reason="Secret", owner=hubs, **due(-1)
    )
    builders.progress_update(row, note="Secret")
    builders.finding(strand, text="Secret")
    builders.quotation(cast.evaluation, text="Secret")
    send()
    assert len(mail.outbox) == 2
    assert all("Secret" not in message.body + message.subject for message in mail.outbox)


# --- Once a week ------------------------------------------------------------------------------------------


def test_everybody_gets_one_a_week_however_often_it_runs(cast, clock, strand, hubs):
    builders.recommendation(strand, owner=hubs, **due(-1))
    for day in range(15):
        clock(TODAY + timedelta(days=day), minute=30 - day)
        send()
        send()
    days = sorted(Digest.objects.filter(owner=hubs).values_list("day", flat=True))
    assert days == [TODAY, TODAY + timedelta(days=7), TODAY + timedelta(days=14)]
    assert len(mail.outbox) == 6
    assert not Digest.objects.filter(sent_at=None).exists()


def test_a_run_that_starts_earlier_a_week_later_loses_no_week(cast, clock, strand, hubs):
    """Cron drifts by minutes; and summer time ended in the week between."""
    builders.recommendation(strand, owner=hubs, **due(-1))
    for day, hour in ((date(2024, 10, 24), 8), (date(2024, 10, 31), 7), (date(2024, 11, 7), 6)):
        clock(day, hour)
        assert send().startswith("2 reminders sent")


def test_who_comes_later_is_mailed_without_waiting_for_the_others(cast, clock, strand, hubs):
    builders.recommendation(strand, owner=hubs, **due(-1))
    send()
    mail.outbox.clear()
    clock(TODAY + timedelta(days=1))
    other = Owner.objects.create(evaluation=cast.evaluation, name="Board", email="board@example.org")
    builders.recommendation(strand, owner=other, **due(-1))
    assert send() == "1 reminder sent, 2 not: one came within the last seven days."
    assert addressees() == ["board@example.org"]


def test_a_dry_run_counts_and_does_nothing(cast, clock, strand, hubs):
    row = builders.recommendation(strand)
    builders.action(row, owner=hubs, **due(-1))
    said = "2 reminders would be sent."
    assert send(dry_run=True) == send(dry_run=True) == said
    assert mail.outbox == []
    assert not (Digest.objects.exists() or OwnerLink.objects.exists() or AuditEvent.objects.exists())
    send()
    assert send(dry_run=True).startswith("0 reminders would be sent, 2 not")


class Refusing(EmailBackend):
    """A mail server that takes nothing for one address."""

    def send_messages(self, messages):
        """Refuse."""
        if messages[0].to == ["hubs@example.org"]:
            raise smtplib.SMTPRecipientsRefused({"hubs@example.org": (550, b"no hubs@example.org here")})
        return super().send_messages(messages)


def test_what_could_not_be_sent_is_given_back_and_tried_again(cast, clock, strand, hubs, settings, caplog):
    builders.action(builders.recommendation(strand), owner=hubs, **due(-1))
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.test_reminders.Refusing"

    with pytest.raises(CommandError) as failed:
        send()

    assert str(failed.value) == "1 reminder sent. 1 could not be sent. The next run tries again."
    assert addressees() == ["leigh@example.org"]
    assert [digest.user for digest in Digest.objects.all()] == [cast.leigh]
    assert not OwnerLink.objects.exists()
    assert "hubs" not in " ".join(record.getMessage() for record in caplog.records)
    settings.EMAIL_BACKEND = working
    assert send().startswith("1 reminder sent, 1 not")
    assert addressees() == ["hubs@example.org", "leigh@example.org"]


class Breaking(EmailBackend):
    """A mail server that takes a mail, and is gone before it says so."""

    def send_messages(self, messages):
        """Take it, and break."""
        super().send_messages(messages)
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


def test_when_the_mail_server_may_have_taken_it_the_link_in_it_works(cast, clock, strand, hubs, settings):
    builders.action(builders.recommendation(strand), owner=hubs, **due(-1))
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.test_reminders.Breaking"
    with pytest.raises(CommandError, match="2 could not be sent"):
        send()
    settings.EMAIL_BACKEND = working
    [address] = links_in(mail_to("hubs@example.org"))
    assert Client().get(address.removeprefix(settings.SITE_URL)).status_code == 200
    assert send().startswith("2 reminders sent")


def test_after_links_were_revoked_no_reminder_carries_a_new_one(cast, clock, strand, hubs):
    builders.action(builders.recommendation(strand), owner=hubs, **due(-1))
    revoke_owner_links(owner=hubs, by=cast.leigh)
    send()
    assert addressees() == ["leigh@example.org"]
    assert not OwnerLink.objects.exists()


def test_a_run_deletes_the_links_that_ended_long_ago(cast, clock, strand, hubs):
    make_owner_link(owner=hubs, by=None)
    clock(TODAY + timedelta(days=91))
    send(dry_run=True)
    assert OwnerLink.objects.exists()
    send()
    assert not OwnerLink.objects.exists()


def test_what_an_earlier_run_claimed_and_did_not_mail_is_counted_while_it_blocks(cast, clock, strand, hubs):
    builders.recommendation(strand, owner=hubs, **due(-1))
    claim_digest(evaluation=cast.evaluation, day=TODAY, owner=hubs)
    said = "1 of an earlier run may not have been sent: it ended too early to say."
    assert said not in send(dry_run=True)
    clock(TODAY, hour=8, minute=31)
    assert send() == f"1 reminder sent, 1 not: one came within the last seven days. {said}"
    clock(TODAY + timedelta(days=6))
    assert said in send(dry_run=True)
    clock(TODAY + timedelta(days=7))
    assert said not in send()
    assert "hubs@example.org" in addressees()


def test_no_absence_note_comes_back(cast, clock, strand, hubs):
    builders.recommendation(strand, owner=hubs, **due(-1))
    send()
    assert all(message.extra_headers == {"Auto-Submitted": "auto-generated"} for message in mail.outbox)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_the_same_moment_mail_everybody_once(cast, strand, hubs):
    yesterday = timezone.localdate() - timedelta(days=1)
    builders.recommendation(strand, owner=hubs, due=yesterday, original_due=yesterday)
    start = Barrier(4)

    def run():
        start.wait()
        try:
            return send_reminders(list(access.reminded_evaluations()))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = [future.result() for future in [pool.submit(run) for _ in range(4)]]

    assert addressees() == ["hubs@example.org", "leigh@example.org"]
    assert sum(outcome.sent for outcome in outcomes) == 2
    assert sum(outcome.recent for outcome in outcomes) == 6
    assert Digest.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_kept_before_the_mail_goes(cast, strand, hubs, monkeypatch):
    """A run that is killed while it mails has claimed already, so that the next one does not mail again."""
    yesterday = timezone.localdate() - timedelta(days=1)
    builders.recommendation(strand, owner=hubs, due=yesterday, original_due=yesterday)
    seen = []

    def killed(self, messages):
        seen.append((connection.in_atomic_block, Digest.objects.filter(sent_at=None).count()))
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailBackend, "send_messages", killed)
    with pytest.raises(KeyboardInterrupt):
        send()
    assert seen == [(False, 1)]
    assert claim_digest(evaluation=cast.evaluation, day=timezone.localdate(), user=cast.leigh) is None

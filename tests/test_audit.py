"""The record of access: complete, only ever added to, free of confidential words, and read by evaluators."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import IntegrityError, transaction

from evaluations.actions.audit import record
from evaluations.actions.people import edit_participant, record_look
from evaluations.models import (
    AppendOnly,
    AuditEvent,
    Evaluation,
    Invitation,
    Membership,
    Owner,
    Participant,
    Verb,
    VerbGroup,
)

from . import builders
from .base import person, signed_in
from .files import book_of, rows_in, rows_of
from .pages import Page
from .test_access_walk import ROUTES, World, admin_addresses, decisions, world  # noqa: F401 - a fixture

RECORD = "/e/practice/set-up/record/"
SECRET = "Quillfeather said: never trust a marzipan"
SECRETS = re.compile("quillfeather|marzipan|trust", re.I)
ACCESS = VerbGroup.ACCESS.verbs
# Sends a file with nothing of an evaluation in it.
EMPTY = {"import-template"}
# What an account is allowed: whoever changes one of these changes access.
FLAGS = ("is_active", "is_superuser", "is_staff", "email", "password", "groups", "user_permissions")


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


def lines(browser, query=""):
    """Return the rows of the record's page, without when."""
    page = Page(browser.get(f"{RECORD}{query}"))
    return [tuple(cell.words for cell in row.all("td")[1:]) for row in page.all("tr")[1:]]


# --- Complete ---------------------------------------------------------------------------------------------


def requests(world):  # noqa: F811
    """Yield (what, client, method, address) for everything that somebody may do in the app and the admin."""
    clients = {name: signed_in(user) for name, user in world.people.items() if user}
    for row, (methods, people) in decisions().items():
        may = [name for name in clients if people[name] == "ok"]
        for method in methods if may else ():
            yield row, clients[may[0]], method, ROUTES[row].address(world.values)
    for address in sorted(admin_addresses(world)):
        for method in ("get", "post"):
            yield address, clients["superuser"], method, address


def test_whoever_is_sent_a_file_or_changes_access_leaves_an_event_without_a_word_of_theirs(world):  # noqa: F811
    """Whatever route is added: a download without an event fails here, and so does a change of access."""
    Evaluation.objects.filter(pk=world.evaluation.pk).update(title=SECRET)
    files, changes, silent, told_on = set(), set(), [], []
    for what, client, method, address in requests(world):
        cache.clear()
        client.raise_request_exception = False
        with transaction.atomic():
            before, count = access_now(), AuditEvent.objects.count()
            answer = getattr(client, method)(address, typed(world) if method == "post" else {"q": SECRET})
            events = list(AuditEvent.objects.order_by("pk")[count:])
            verbs = {event.verb for event in events}
            if answer.get("Content-Disposition", "").startswith("attachment") and what not in EMPTY:
                files.add(what)
                silent += [what] if not verbs else []
            if access_now() != before:
                changes.add(what)
                silent += [what] if not verbs.intersection(ACCESS) else []
            told_on += [str(event) for event in events if SECRETS.search(str(event))]
            transaction.set_rollback(True)
    assert (silent, told_on) == ([], [])
    assert files > {"matrix-export", "evidence-file", "import-errors", "audit-export", "contributor-export"}
    assert changes >= {"member-role", "member-remove", "setup-invite", "setup-revoke", "invitation-accept"}


def typed(world):  # noqa: F811
    """Return the form that changes something wherever it is sent, confidential words in each of its texts."""
    body = {
        name: SECRET if isinstance(value, str) and "Changed" in value else value
        for name, value in world.body.items()
    }
    texts = dict.fromkeys(
        ("organisation", "contact", "label", "question", "consent_how", "objectives"), SECRET
    )
    return body | texts | {"email": "marzipan@example.org", "post": "yes", "format": "json"}


def access_now():
    """Return everything that decides who may open what."""
    users = get_user_model().objects.order_by("pk", "groups", "user_permissions").values_list("pk", *FLAGS)
    invitations = Invitation.objects.order_by("pk").values_list("pk", "role", "revoked_at", "accepted_at")
    members = Membership.objects.order_by("pk").values_list("pk", "user", "role")
    return list(users), list(invitations), list(members)


def test_what_the_admin_does_with_accounts_is_recorded_and_their_evaluators_read_it(cast, evaluator):
    admin, rowan = signed_in(cast.sasha), cast.rowan
    change = f"/admin/auth/user/{rowan.pk}/change/"
    facts = {
        "username": "rowan",
        "email": rowan.email,
        "date_joined_0": "2024-05-14",
        "date_joined_1": "09:30",
    }
    admin.post(change, facts)
    admin.post(change, facts | {"is_active": "on", "is_superuser": "on"})
    admin.post(change, facts | {"is_active": "on"})
    admin.post(change, facts | {"is_active": "on", "is_staff": "on", "email": "else@example.org"})
    kept = facts | {"is_active": "on", "email": "else@example.org"}
    admin.post(change, kept)
    admin.post(change, kept | {"user_permissions": Permission.objects.first().pk})
    new = {"usable_password": "true", "password1": "another pass phrase", "password2": "another pass phrase"}
    assert admin.post(f"/admin/auth/user/{rowan.pk}/password/", new).status_code == 302
    admin.post("/admin/auth/user/add/", new | {"username": "noor"})

    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [
        Verb.STOPPED_ACCOUNT,
        Verb.REOPENED_ACCOUNT,
        Verb.MADE_SUPERUSER,
        Verb.ENDED_SUPERUSER,
        Verb.CHANGED_EMAIL,
        Verb.MADE_STAFF,
        Verb.ENDED_STAFF,
        Verb.CHANGED_PERMISSIONS,
        Verb.SET_PASSWORD,
        Verb.ADDED_ACCOUNT,
    ]
    shown = lines(evaluator)
    assert shown[0] == ("Sasha", "Set a password for somebody", "rowan")
    assert len(shown) == 9, "of an account that is no member's the evaluators learn nothing"


def test_attribution_is_recorded_as_consent_is(cast, evaluator):
    row = builders.participant(cast.evaluation, code="P07", attribution="sector")
    sent = Page(evaluator.get("/e/practice/participants/P07/edit/")).sends()
    evaluator.post("/e/practice/participants/P07/edit/", sent | {"attribution": "none", "consent": "no"})
    row.refresh_from_db()
    assert (row.attribution, row.consent) == ("none", "no")
    assert set(AuditEvent.objects.values_list("verb", "subject")) == {
        ("changed attribution", "participant P07 is none"),
        ("changed consent", "participant P07 is no"),
    }


# --- One list of verbs ------------------------------------------------------------------------------------


def test_every_verb_fits_its_column_and_is_told_in_words():
    longest = AuditEvent._meta.get_field("verb").max_length
    assert all(len(verb) <= longest and verb.words[:1].isupper() for verb in Verb)
    assert {verb.group for verb in Verb} == set(VerbGroup)


def test_a_verb_that_is_not_in_the_list_is_refused(db):
    with pytest.raises(ValueError, match="is not a valid Verb"):
        record(by=None, verb="looked at")


def test_events_from_before_the_list_are_found_and_told_as_they_were(cast, evaluator):
    AuditEvent.objects.create(evaluation=cast.evaluation, verb="closed vote 3", subject="workshop 4")
    assert lines(evaluator, "?group=readers")[0][1:] == ("Closed vote 3", "workshop 4")


# --- Only ever added to -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (lambda event: event.save(), AppendOnly),
        (lambda event: event.delete(), AppendOnly),
        (lambda event: AuditEvent(pk=event.pk, verb="exported").save(), IntegrityError),
        (lambda event: AuditEvent.objects.update(verb="exported"), AppendOnly),
        (lambda event: AuditEvent.objects.filter(pk=event.pk).delete(), AppendOnly),
        (lambda event: AuditEvent.objects.bulk_update([event], ["verb"]), AppendOnly),
        (lambda event: AuditEvent.objects.update_or_create(pk=event.pk, defaults={"verb": "x"}), AppendOnly),
    ],
)
def test_an_event_is_neither_changed_nor_deleted(cast, change, refused):
    event = record(
        by=cast.evelyn, verb=Verb.PUBLISHED, evaluation=cast.evaluation, subject="report version 1"
    )
    before = AuditEvent.objects.values().get()
    event.verb = "exported"
    with pytest.raises(refused), transaction.atomic():
        change(event)
    assert AuditEvent.objects.values().get() == before


def test_a_deleted_account_or_evaluation_leaves_its_events(cast):
    evaluation, user = builders.evaluation(), person("noor")
    record(by=user, verb=Verb.EXPORTED, evaluation=evaluation, subject="record of access as csv")
    user.delete()
    Evaluation.objects.get(pk=evaluation.pk).delete()
    event = AuditEvent.objects.get()
    assert (event.user, event.evaluation, event.verb) == (None, None, "exported")


# --- No confidential words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subject", ["Ada Quillfeather", "participant Ada", "user 3 <b>", "reviewer\nlead", "é"]
)
def test_a_subject_is_codes_numbers_and_the_words_of_the_record(db, subject):
    with pytest.raises(ValueError, match="made of codes"):
        record(by=None, verb=Verb.EXPORTED, subject=subject)
    assert not AuditEvent.objects.exists()


# --- Read and taken away ----------------------------------------------------------------------------------


@pytest.fixture
def recorded(cast):
    """Five events of four kinds, by two people, on two days."""
    builders.quotation(cast.evaluation, pk=77, speaker=builders.participant(cast.evaluation, code="P07"))
    builders.participant(cast.evaluation, code="P70")
    for by, verb, subject in (
        (cast.evelyn, Verb.SAW_IDENTITY, "participant P07"),
        (cast.evelyn, Verb.SAW_IDENTITY, "participant P70"),
        (cast.evelyn, Verb.APPROVED_QUOTATION, "quotation 77"),
        (cast.rowan, Verb.EXPORTED, f"matrix of strand {cast.evaluation.strand.pk} as csv"),
        (None, Verb.CHANGED_ROLE, f"user {cast.rowan.pk} is lead"),
    ):
        record(by=by, verb=verb, evaluation=cast.evaluation, subject=subject)
    AuditEvent._base_manager.filter(verb="exported").update(at=datetime(2024, 5, 14, 12, tzinfo=UTC))
    return cast


@pytest.mark.parametrize(
    ("query", "abouts"),
    [
        ("", ["Rowan, now project lead", "quotation 77", "participant P70", "participant P07", "CSV"]),
        ("?group=identities", ["participant P70", "participant P07"]),
        ("?group=exports", ["CSV"]),
        ("?participant=P07", ["quotation 77", "participant P07"]),
        ("?since=13/05/2024&until=14+May+2024", ["CSV"]),
        ("?until=13 May 2024", []),
    ],
)
def test_the_record_is_narrowed(recorded, evaluator, query, abouts):
    shown = lines(evaluator, query)
    assert len(shown) == len(abouts)
    assert all(words in about for words, (_, _, about) in zip(abouts, shown, strict=True))


def test_the_record_is_narrowed_to_a_person(recorded, evaluator):
    assert lines(evaluator, f"?who={recorded.rowan.pk}") == [
        ("Rowan", "Took a file", "matrix of Coproduction as a plain table (CSV)")
    ]
    assert lines(evaluator)[0] == (
        "Waterline itself, or somebody since removed",
        "Changed role",
        "Rowan, now project lead",
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?since=yesterday", "Write the date as day, month and year"),
        ("?since=2/1/2024&until=1/1/2024", "before the first day"),
        ("?group=nonsense", "nonsense is not one of the available choices"),
    ],
)
def test_a_record_that_cannot_be_narrowed_as_asked_is_neither_shown_nor_sent(
    recorded, evaluator, query, said
):
    assert lines(evaluator, query) == []
    assert said in Page(evaluator.get(f"{RECORD}{query}")).words
    events = AuditEvent.objects.count()
    refused = evaluator.get(f"{RECORD}export/csv/{query}")
    assert (refused.status_code, AuditEvent.objects.count()) == (400, events)
    assert said in Page(refused).words


def test_people_owners_and_findings_are_told_by_their_names_and_linked(recorded, evaluator):
    row = recorded.evaluation
    finding, owner = builders.finding(row.strand), Owner.objects.create(evaluation=row, name="Forum")
    record(by=None, verb=Verb.ROTATED_KEYS, evaluation=row, subject="4 texts")
    record(by=recorded.evelyn, verb=Verb.REMOVED_OWNER, evaluation=row, subject=f"owner {owner.pk}")
    said = f"finding {finding.pk} with user {recorded.rowan.pk}"
    record(by=recorded.evelyn, verb=Verb.SHARED_FOR_COMMENT, evaluation=row, subject=said)
    assert [line[0::2] for line in lines(evaluator)[:3]] == [
        ("Evelyn", f"finding {finding.pk} with Rowan"),
        ("Evelyn", "owner Forum"),
        ("Whoever runs the server", "4 texts"),
    ]
    links = [link.get("href") for link in Page(evaluator.get(RECORD)).all("a")]
    assert f"/e/practice/findings/{finding.pk}/" in links


def test_the_record_follows_a_participant_through_other_codes(recorded, evaluator):
    """P07 becomes P08, and somebody else gets the code P07 and then P09."""
    look(recorded, "P07")
    rename(recorded, "P07", "P08")
    look(recorded, "P08")
    builders.participant(recorded.evaluation, code="P07")
    look(recorded, "P07")
    rename(recorded, "P07", "P09")
    look(recorded, "P09")
    assert [about for _, _, about in lines(evaluator, "?participant=P08")] == [
        *("participant P08", "participant P08 was P07", "participant P07"),
        *("quotation 77", "participant P07"),
    ]
    assert [about for _, _, about in lines(evaluator, "?participant=P09")] == [
        *("participant P09", "participant P09 was P07", "participant P07"),
    ]
    builders.participant(recorded.evaluation, code="P07")
    assert lines(evaluator, "?participant=P07") == []


def look(recorded, code):
    record_look(participant=Participant.objects.get(code=code), by=recorded.evelyn)


def rename(recorded, code, new):
    row = Participant.objects.get(code=code)
    edit_participant(participant=row, version=row.version, changes={"code": new}, by=recorded.evelyn)


def test_an_empty_record_and_one_with_no_match_say_so(recorded, evaluator):
    assert "No event matches" in Page(evaluator.get(f"{RECORD}?until=1 May 2020")).words
    AuditEvent._base_manager.all().delete()
    assert "Nothing has been recorded yet" in Page(evaluator.get(RECORD)).words


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_record_is_taken_away_as_it_is_narrowed_and_that_is_recorded(recorded, evaluator, format):
    recorded.rowan.first_name = '=HYPERLINK("x")'
    recorded.rowan.save()
    answer = evaluator.get(f"{RECORD}export/{format}/?who={recorded.rowan.pk}")
    assert "record-of-access" in answer["Content-Disposition"]
    if format == "csv":
        (row,) = rows_of(answer.content)
        assert (row["Who"], row["What was done"]) == ('\'=HYPERLINK("x")', "Took a file")
        assert row["To what"] == "matrix of Coproduction as a plain table (CSV)"
        assert row["When"] == "2024-05-14 13:00:00", "the time of the place"
    else:
        sheet = book_of(answer.content)["Record of access"]
        assert [row["Who"] for row in rows_in(sheet)] == ['=HYPERLINK("x")']
        assert sheet["B2"].data_type == "s"
    event = AuditEvent.objects.first()
    assert (event.verb, event.subject) == ("exported", f"record of access as {format}")


def test_others_do_not_find_the_record(recorded):
    for user in (recorded.rowan, recorded.leigh, recorded.sam):
        assert signed_in(user).get(RECORD).status_code == 404
        assert signed_in(user).get(f"{RECORD}export/csv/").status_code == 404


def test_the_record_has_50_events_a_page(cast, evaluator):
    for number in range(51):
        record(by=cast.evelyn, verb=Verb.ADDED_SOURCE, evaluation=cast.evaluation, subject=f"source {number}")
    assert len(lines(evaluator)) == 50
    assert lines(evaluator, "?page=2&group=work") == [("Evelyn", "Added source", "source 0")]

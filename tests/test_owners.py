"""Owners of recommendations and actions: who they are, their accounts, reminders and private links."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.actions.owner_links import make_owner_link
from evaluations.actions.owners import owner_called
from evaluations.models import (
    Action,
    AuditEvent,
    ConflictingEdit,
    Membership,
    Owner,
    OwnerLink,
    ProgressUpdate,
)

from . import builders
from .assertions import refused, shows
from .base import signed_in
from .pages import Page, fill_in

LIST = "/e/practice/recommendations/owners/"
LINK_DAYS = 60


@pytest.fixture
def lead(cast):
    """Leigh's browser."""
    return signed_in(cast.leigh)


@pytest.fixture
def hubs(cast):
    """A team without an account."""
    return Owner.objects.create(evaluation=cast.evaluation, name="Family hubs", email="hubs@example.org")


def page_of(owner, rest=""):
    return f"{LIST}{owner.pk}/{rest}"


def facts(page, owner):
    """Return what the list says of an owner: ``{"Owns": "Nothing yet", ...}``, without buttons."""
    pairs = [part for part in page.with_id(f"owner-{owner.pk}").one("dl").children if part in page.all("div")]
    return {pair.one("dt").words: pair.one("dd").words for pair in pairs}


def now(owner):
    """Return an owner as it is now."""
    return Owner.objects.get(pk=owner.pk)


def audit():
    """Return what the record of access says, oldest first."""
    return [(row.verb, row.subject) for row in AuditEvent.objects.order_by("pk")]


# --- The list ---------------------------------------------------------------------------------------------


def test_an_empty_list_leads_to_adding_the_first_owner(lead):
    assert Page(lead.get(LIST)).links("Add the first owner") == [f"{LIST}new/"]


def test_owners_are_listed_by_name_and_of_this_evaluation_only(cast, lead, strand):
    elsewhere = Membership.objects.get(user=cast.sam).evaluation
    for evaluation, name in (
        (cast.evaluation, "The board"),
        (cast.evaluation, "family hubs"),
        (elsewhere, "X"),
    ):
        Owner.objects.create(evaluation=evaluation, name=name)
    builders.recommendation(strand, owner=Owner.objects.first())
    assert [heading.words for heading in Page(lead.get(LIST)).all("h2")] == ["family hubs", "The board"]


def test_the_list_says_what_each_owns_and_how_they_are_reached(cast, lead, hubs, strand):
    leigh = Owner.objects.create(evaluation=cast.evaluation, name="Leigh", user=cast.leigh)
    first = builders.recommendation(strand, owner=hubs)
    builders.recommendation(strand, owner=hubs)
    for removed_at in (None, None, None, timezone.now()):
        Action.objects.create(
            evaluation=cast.evaluation, recommendation=first, text="Ask", owner=hubs, removed_at=removed_at
        )

    page = Page(lead.get(LIST))

    said = facts(page, hubs)
    assert said["Owns"] == "2 recommendations, 3 actions"
    assert said["Account"] == "None"
    assert said["Reminders"] == "On, to hubs@example.org"
    assert said["Private links"].startswith("None")
    assert page.links("2 recommendations") == [f"/e/practice/recommendations/?owner={hubs.pk}"]
    said = facts(page, leigh)
    assert said == {"Owns": "Nothing yet", "Account": "Leigh", "Reminders": "On, to leigh@example.org"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"wants_reminders": False}, "Off"),
        ({"email": ""}, "None: no e-mail address of Family hubs"),
    ],
)
def test_the_list_says_who_gets_no_reminder(lead, hubs, fields, said):
    Owner.objects.filter(pk=hubs.pk).update(**fields)
    assert facts(Page(lead.get(LIST)), hubs)["Reminders"] == said


def test_the_list_says_whose_account_is_no_members_any_more(cast, lead, hubs):
    Owner.objects.filter(pk=hubs.pk).update(user=cast.sam)
    said = facts(Page(lead.get(LIST)), hubs)
    assert said["Account"] == "Sam, no longer a member"
    assert said["Reminders"] == "None: no longer a member"


def test_the_list_takes_the_same_number_of_queries_for_one_and_for_many(cast, lead, hubs, strand):
    def number():
        with CaptureQueriesContext(connection) as queries:
            lead.get(LIST)
        assert not any('"token_hash"' in query["sql"] for query in queries)  # counted, not loaded
        return len(queries)

    number()
    one = number()
    for count in range(20):
        owner = Owner.objects.create(evaluation=cast.evaluation, name=f"Team {count}")
        builders.recommendation(strand, owner=owner)
        make_owner_link(owner=owner, by=cast.leigh)
    assert number() == one


# --- Adding and editing -----------------------------------------------------------------------------------


def test_the_lead_adds_a_team_without_an_account(lead, cast):
    answer = fill_in(lead, f"{LIST}new/", {"name": " Family hubs ", "email": "hubs@example.org"})
    assert answer.url == LIST
    owner = Owner.objects.get()
    assert (owner.name, owner.email, owner.user, owner.wants_reminders) == (
        "Family hubs",
        "hubs@example.org",
        None,
        True,
    )
    assert audit() == []


def test_an_owner_that_the_report_named_is_linked_to_an_account(lead, cast, strand):
    named = Owner.objects.create(evaluation=cast.evaluation, name="SSBC project lead")
    builders.recommendation(strand, ref="R5", owner=named)

    answer = fill_in(lead, page_of(named), {"user": str(cast.leigh.pk)})

    assert answer.url == LIST
    assert (now(named).user, now(named).version) == (cast.leigh, 2)
    assert audit() == [("linked owner", f"owner {named.pk} to user {cast.leigh.pk}")]


def test_accounts_to_choose_are_the_members_who_are_no_other_owner(lead, cast, hubs):
    Owner.objects.create(evaluation=cast.evaluation, name="Rowan", user=cast.rowan)
    options = Page(lead.get(page_of(hubs))).with_id("id_user").all("option")
    assert [option.words for option in options] == ["No account", "Evelyn", "Leigh"]
    for somebody in (cast.rowan, cast.sam):
        refused(fill_in(lead, page_of(hubs), {"user": str(somebody.pk)}), "id_user", "Select a valid choice")
    assert now(hubs).user is None


def test_an_owner_keeps_the_account_it_has(lead, cast, hubs):
    Owner.objects.filter(pk=hubs.pk).update(user=cast.rowan)
    fill_in(lead, page_of(hubs), {"name": "Hubs"})
    assert (now(hubs).name, now(hubs).user) == ("Hubs", cast.rowan)


def test_reminders_are_turned_off(lead, hubs):
    fill_in(lead, page_of(hubs), {"wants_reminders": None})
    assert now(hubs).wants_reminders is False


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": "  "}, "id_name", "Give the name of the person or team."),
        ({"name": "FAMILY HUBS"}, "id_name", "Another owner has this name already."),
        ({"email": "nowhere"}, "id_email", "Enter a valid email address."),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_nothing_is_saved(lead, hubs, changes, field, message):
    answer = fill_in(lead, f"{LIST}new/", {"name": "The team", "email": "team@example.org"} | changes)
    page = refused(answer, field, message)
    assert page.with_id("id_name")["value"] == changes.get("name", "The team")
    assert Owner.objects.count() == 1


def test_a_stale_save_shows_both_versions_and_either_can_be_kept(lead, cast, hubs):
    opened = Page(lead.get(page_of(hubs))).sends()
    lead.post(page_of(hubs), opened | {"name": "Theirs"})

    answer = lead.post(page_of(hubs), opened | {"name": "Mine"})

    assert answer.status_code == 409
    assert shows(answer, "Theirs") and shows(answer, "Mine")
    assert ConflictingEdit.objects.get().fields["name"] == "Mine"
    assert now(hubs).name == "Theirs"
    again = Page(answer).sends()
    assert lead.post(page_of(hubs), again).status_code == 302
    assert now(hubs).name == "Mine"
    assert shows(lead.get(page_of(hubs)), "Set aside")


# --- Removing ---------------------------------------------------------------------------------------------


def test_an_owner_of_nothing_is_removed_after_asking_once(lead, hubs):
    [ask] = Page(lead.get(LIST)).links("Remove Family hubs")
    assert Page(lead.get(ask)).one("h1").words == "Remove Family hubs?"
    assert Owner.objects.exists()
    answer = lead.post(ask, follow=True)
    assert "Family hubs removed" in Page(answer).notices[0]
    assert not Owner.objects.exists()
    assert audit() == [("removed owner", f"owner {hubs.pk}")]


@pytest.mark.parametrize("what", ["recommendation", "removed action", "note"])
def test_an_owner_who_is_needed_is_not_removed(lead, cast, hubs, strand, what):
    row = builders.recommendation(strand, owner=hubs if what == "recommendation" else None)
    key = {"evaluation": cast.evaluation, "recommendation": row}
    if what == "removed action":
        Action.objects.create(text="Ask", owner=hubs, removed_at=timezone.now(), **key)
    if what == "note":
        ProgressUpdate.objects.create(date="2024-05-14", note="Asked", owner=hubs, **key)
    answer = lead.post(page_of(hubs, "remove/"), follow=True)
    assert "belong to this owner" in Page(answer).notices[0]
    assert now(hubs)


# --- Private links ----------------------------------------------------------------------------------------


def test_a_private_link_is_shown_once_and_stored_hashed(lead, hubs, settings):
    settings.SITE_URL = "https://waterline.example.org"
    answer = lead.post(page_of(hubs, "links/new/"))
    address = Page(answer).with_id("link")["value"]
    assert address.startswith("https://waterline.example.org/o/")
    token = urlsplit(address).path.removeprefix("/o/").strip("/")
    assert len(token) >= 40
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            assert token not in str(cursor.fetchall()), table
    link = OwnerLink.objects.get()
    assert (link.owner, link.evaluation) == (hubs, hubs.evaluation)
    assert link.expires_at - link.made_at == pytest.approx(
        timedelta(days=LINK_DAYS), abs=timedelta(minutes=1)
    )
    assert audit() == [("made private link", f"owner {hubs.pk}")]
    assert token not in lead.get(LIST).content.decode()


def test_the_list_counts_the_links_that_work(lead, cast, hubs):
    links = [make_owner_link(owner=hubs, by=cast.leigh)[0] for _ in range(4)]
    OwnerLink.objects.filter(pk=links[0].pk).update(revoked_at=timezone.now())
    OwnerLink.objects.filter(pk=links[1].pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    until = timezone.localdate(links[3].expires_at)
    said = facts(Page(lead.get(LIST)), hubs)["Private links"]
    assert said.startswith(f"2 work, until {until.day} {until:%B %Y}; not used to report yet")
    OwnerLink.objects.filter(pk=links[2].pk).update(used_at="2024-05-14T10:00Z")
    assert "; last used to report on 14 May 2024" in facts(Page(lead.get(LIST)), hubs)["Private links"]


def test_all_links_are_revoked_at_once(lead, cast, hubs):
    tokens = [make_owner_link(owner=hubs, by=cast.leigh)[1] for _ in range(2)]
    other = Owner.objects.create(evaluation=cast.evaluation, name="Somebody else")
    theirs = make_owner_link(owner=other, by=cast.leigh)[1]
    answer = lead.post(page_of(hubs, "links/revoke/"), follow=True)
    assert Page(answer).notices == [
        "The private links of Family hubs no longer work, and no reminders are sent until you switch them on "
        "again."
    ]
    assert (now(hubs).wants_reminders, now(hubs).version, now(other).wants_reminders) == (False, 2, True)
    assert [lead.get(f"/o/{token}/").status_code for token in [*tokens, theirs]] == [404, 404, 200]
    assert audit()[-1] == ("revoked private links", f"owner {hubs.pk}")


def test_an_owner_with_an_account_gets_no_private_link(lead, cast, hubs):
    Owner.objects.filter(pk=hubs.pk).update(user=cast.rowan)
    assert "Make a private link" not in Page(lead.get(LIST)).words
    answer = lead.post(page_of(hubs, "links/new/"), follow=True)
    assert "has an account and signs in" in Page(answer).notices[0]
    assert not OwnerLink.objects.exists()


@pytest.mark.parametrize("way", ["on the owners page", "where a recommendation is tracked"])
def test_private_links_end_when_the_owner_is_given_an_account(lead, cast, hubs, way):
    _, token = make_owner_link(owner=hubs, by=cast.leigh)
    if way == "on the owners page":
        fill_in(lead, page_of(hubs), {"user": str(cast.rowan.pk)})
    else:
        owner_called(evaluation=cast.evaluation, name="Family hubs", user=cast.rowan, by=cast.leigh)
    assert lead.get(f"/o/{token}/").status_code == 404
    assert now(hubs).version == 2
    assert audit()[1:] == [
        ("revoked private links", f"owner {hubs.pk}"),
        ("linked owner", f"owner {hubs.pk} to user {cast.rowan.pk}"),
    ]
    assert set(AuditEvent.objects.values_list("user", flat=True)) == {cast.leigh.pk}


def test_a_member_who_becomes_an_owner_stands_in_the_record_of_access(cast):
    owner = owner_called(evaluation=cast.evaluation, name="Rowan", user=cast.rowan, by=cast.leigh)
    assert owner_called(evaluation=cast.evaluation, name="Rowan", user=cast.rowan, by=cast.leigh) == owner
    assert audit() == [("linked owner", f"owner {owner.pk} to user {cast.rowan.pk}")]


@pytest.mark.parametrize(
    ("email", "changes", "works"),
    [
        ("hubs@example.org", {"email": "team@example.org"}, False),
        ("hubs@example.org", {"email": ""}, False),
        ("hubs@example.org", {"name": "Hubs"}, True),
        ("", {"email": "team@example.org"}, True),
    ],
)
def test_private_links_end_when_the_address_they_went_to_is_corrected(
    lead, cast, hubs, email, changes, works
):
    Owner.objects.filter(pk=hubs.pk).update(email=email)
    _, token = make_owner_link(owner=hubs, by=cast.leigh)
    [notice] = Page(lead.get(fill_in(lead, page_of(hubs), changes).url)).notices
    assert ("private links made before no longer work" in notice) is not works
    assert lead.get(f"/o/{token}/").status_code == (200 if works else 404)
    assert (audit()[-1] == ("revoked private links", f"owner {hubs.pk}")) is not works


def test_an_owner_of_another_evaluation_is_not_found(lead, cast):
    elsewhere = Membership.objects.get(user=cast.sam).evaluation
    theirs = Owner.objects.create(evaluation=elsewhere, name="Theirs")
    for rest in ("", "remove/", "links/new/", "links/revoke/"):
        assert lead.post(page_of(theirs, rest)).status_code == 404
    assert now(theirs)

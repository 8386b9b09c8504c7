"""Set-up: the evaluation's own facts, its strands, and who may open it. For evaluators only."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations.models import AuditEvent, Invitation, Membership, Strand

from . import builders
from .assertions import refused, shows
from .base import person, signed_in
from .pages import Page, fill_in

E = "/e/practice/"
SETUP = f"{E}set-up/"
FACTS = f"{SETUP}evaluation/"
NEW = f"{SETUP}strands/new/"
INVITE = f"{SETUP}invitations/new/"


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def strand(cast):
    return cast.evaluation.strand


def membership(user):
    return Membership.objects.get(user=user)


def notices(browser):
    """Return what the set-up page says was done."""
    return Page(browser.get(SETUP)).notices


# The evaluation itself


def test_the_facts_of_the_evaluation_are_changed(evaluator, cast):
    changes = {
        "title": "Legacy 2025",
        "programme": "Small Steps",
        "programme_short": "SSBC",
        "phase": "Six",
        "programme_ends": "31 March 2025",
        "introduction": "One.\r\n\r\nTwo.",
        "objectives": "First\r\nSecond",
        "method": "One-to-one interviews",
    }

    response = fill_in(evaluator, FACTS, changes)

    assert response.url == SETUP
    about = Page(evaluator.get(f"{E}about/"))
    for words in ("About Legacy 2025", "Small Steps, Six", "31 March 2025", "One. Two.", "interviews"):
        assert words in about.words, words
    objectives = about.with_id("h-objectives").parent.all("li")
    assert [item.words for item in objectives] == ["First", "Second"]
    cast.evaluation.refresh_from_db()
    assert cast.evaluation.version == 2


def test_an_evaluation_keeps_its_title(evaluator):
    response = fill_in(evaluator, FACTS, {"title": "  ", "phase": "kept"})

    page = refused(response, "id_title", "Give the evaluation a title.")
    assert page.sends()["phase"] == "kept"
    assert "Practice evaluation" in page.title, "a title that was not saved is not shown"


# Strands


def test_a_strand_is_added_last_with_an_address_made_from_its_name(evaluator, cast):
    response = fill_in(evaluator, NEW, {"name": "Father Inclusivity", "strategic_response": "Campaign."})

    assert response.url == SETUP
    row = Strand.objects.get(name="Father Inclusivity")
    assert (row.slug, row.position, row.provenance) == ("father-inclusivity", 1, "interviews")
    assert notices(evaluator) == ["Strand Father Inclusivity added."]
    assert evaluator.get(f"{E}matrix/father-inclusivity/").status_code == 200


@pytest.mark.parametrize(
    ("name", "slug"),
    [("COPRODUCTION!", "coproduction-2"), ("父亲", "strand"), ("New", "new-2"), ("x" * 120, "x" * 50)],
)
def test_every_strand_gets_an_address_of_its_own_that_works(evaluator, name, slug):
    fill_in(evaluator, NEW, {"name": name})

    assert Strand.objects.get(name=name).slug == slug
    page = Page(evaluator.get(f"{SETUP}strands/{slug}/"))
    assert page.sends()["name"] == name


@pytest.mark.parametrize("name", ["Coproduction", "COPRODUCTION", " coproduction "])
def test_a_strands_name_is_given_once(evaluator, strand, name):
    response = fill_in(evaluator, NEW, {"name": name, "provenance_note": "kept"})

    page = refused(response, "id_name", "already has that code or name")
    assert page.sends()["provenance_note"] == "kept"
    assert Strand.objects.filter(evaluation=strand.evaluation).count() == 1


def test_a_strand_cannot_take_anothers_name_when_it_is_edited(evaluator, strand):
    builders.strand(strand.evaluation, slug="food", name="Food")

    response = fill_in(evaluator, f"{SETUP}strands/food/", {"name": "Coproduction"})

    refused(response, "id_name", "already has that code or name")


def test_a_strand_is_edited_and_keeps_its_address(evaluator, strand):
    changes = {
        "name": "Working together",
        "provenance": "public_sources",
        "provenance_note": "From web pages.",
        "response_focus": "tangible",
        "response_focus_label": "Tangible actions",
    }

    response = fill_in(evaluator, f"{SETUP}strands/coproduction/", changes)

    assert response.url == SETUP
    strand.refresh_from_db()
    assert (strand.name, strand.slug, strand.version) == ("Working together", "coproduction", 2)
    page = Page(evaluator.get(f"{E}matrix/coproduction/"))
    assert "Working together is compiled from public sources" in page.words


def test_an_evaluation_without_strands_says_what_a_strand_is(evaluator, strand):
    strand.delete()

    assert "A strand is a part of the legacy plan under study" in Page(evaluator.get(SETUP)).words


# Members


def test_members_are_listed_with_their_roles(evaluator):
    rows = Page(evaluator.get(SETUP)).with_id("h-members").parent.parent.one("tbody").all("tr")

    people = [row.one("th").words for row in rows]
    roles = [row.one("option", selected=True)["value"] for row in rows]
    assert list(zip(people, roles, strict=True)) == [
        ("Evelyn (you)", "evaluator"),
        ("Leigh", "lead"),
        ("Rowan", "reviewer"),
    ]


def test_a_role_is_changed_at_once_and_recorded(evaluator, cast):
    action = f"{SETUP}members/{membership(cast.rowan).pk}/role/"

    fill_in(evaluator, SETUP, {"role": "lead"}, action=action)

    assert membership(cast.rowan).role == "lead"
    assert notices(evaluator) == ["Role changed."]
    event = AuditEvent.objects.get(verb="changed role")
    assert (event.user, event.subject) == (cast.evelyn, f"user {cast.rowan.pk} is lead")


def test_removing_a_member_asks_once_and_then_closes_the_evaluation_to_them(evaluator, cast):
    address = f"{SETUP}members/{membership(cast.rowan).pk}/remove/"
    assert Page(evaluator.get(address)).one("h1").words == "Remove Rowan?"
    assert Membership.objects.filter(user=cast.rowan).exists(), "looking at the question removes nobody"

    fill_in(evaluator, address, {})

    assert signed_in(cast.rowan).get(E).status_code == 404
    assert notices(evaluator) == ["Member removed. Invite them again to let them back in."]
    assert AuditEvent.objects.get(verb="removed member").subject == f"user {cast.rowan.pk} was reviewer"


@pytest.mark.parametrize("what", ["role", "remove"])
def test_the_last_evaluator_stays(evaluator, cast, what):
    own = membership(cast.evelyn)

    evaluator.post(f"{SETUP}members/{own.pk}/{what}/", {"role": "reviewer"})

    own.refresh_from_db()
    assert own.role == "evaluator"
    assert notices(evaluator) == ["An evaluation needs at least one evaluator. Make somebody else one first."]


@pytest.mark.parametrize("what", ["role", "remove"])
def test_an_evaluator_may_leave_when_there_is_another(evaluator, cast, what):
    builders.member(cast.evaluation, person("colleague"), "evaluator")
    own = membership(cast.evelyn)

    evaluator.post(f"{SETUP}members/{own.pk}/{what}/", {"role": "reviewer"})

    assert not Membership.objects.filter(pk=own.pk, role="evaluator").exists()


def test_a_role_that_there_is_not_is_refused(evaluator, cast):
    row = membership(cast.rowan)

    evaluator.post(f"{SETUP}members/{row.pk}/role/", {"role": "owner"})

    row.refresh_from_db()
    assert row.role == "reviewer"
    assert notices(evaluator) == ["Choose one of the three roles."]


@pytest.mark.parametrize("what", ["role", "remove"])
def test_another_evaluations_member_is_not_found(evaluator, cast, what):
    row = membership(cast.sam)

    answer = evaluator.post(f"{SETUP}members/{row.pk}/{what}/", {"role": "reviewer"})

    assert answer.status_code == 404
    assert membership(cast.sam).role == "evaluator"


# Invitations


def test_an_invitation_gives_a_link_once_that_lets_one_person_in(evaluator, cast):
    page = Page(fill_in(evaluator, SETUP, {"email": "nell@example.org", "role": "lead"}, action=INVITE))
    link = page.with_id("link")["value"]
    token = link.removeprefix("http://testserver/invite/").strip("/")

    assert link == f"http://testserver/invite/{token}/"
    assert len(token) > 40
    assert not shows(evaluator.get(SETUP), token), "it is shown this once"
    assert not Invitation.objects.filter(token_hash__contains=token).exists(), "and kept nowhere"

    nell = person("nell")
    fill_in(signed_in(nell), f"/invite/{token}/", {})
    assert membership(nell).role == "lead"
    page = Page(evaluator.get(SETUP))
    assert "nell@example.org Project lead" in page.words
    assert "Accepted by Nell" in page.words


def test_an_invitation_can_be_revoked_and_shows_its_state(evaluator, cast):
    page = Page(fill_in(evaluator, SETUP, {"role": "reviewer"}, action=INVITE))
    link = page.with_id("link")["value"].removeprefix("http://testserver")
    row = Invitation.objects.get()

    fill_in(evaluator, SETUP, {}, action=f"{SETUP}invitations/{row.pk}/revoke/")

    assert signed_in(person("nell")).get(link).status_code == 404
    page = Page(evaluator.get(SETUP))
    assert "Revoked" in page.words
    assert not page.all("form", action=f"{SETUP}invitations/{row.pk}/revoke/")


def test_an_invitation_that_ran_out_says_so(evaluator, cast):
    fill_in(evaluator, SETUP, {"role": "reviewer"}, action=INVITE)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    assert "Expired" in Page(evaluator.get(SETUP)).words


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({}, "id_role_0", "Choose a role."),
        ({"role": "owner"}, "id_role_0", "owner is not one of the available choices."),
        ({"role": "lead", "email": "nobody"}, "id_email", "Enter a valid email address."),
    ],
)
def test_an_invitation_names_a_role_and_may_name_an_address(evaluator, changes, field, message):
    response = fill_in(evaluator, SETUP, changes, action=INVITE)

    refused(response, field, message)
    assert not Invitation.objects.exists()


# The record of access


def test_what_was_done_with_access_is_on_record_newest_first(evaluator, cast):
    row = membership(cast.rowan)
    for role in ("lead", "reviewer"):
        evaluator.post(f"{SETUP}members/{row.pk}/role/", {"role": role})

    rows = Page(evaluator.get(f"{SETUP}record/")).one("tbody").all("tr")

    told = [[cell.words for cell in row.all("td")][1:] for row in rows]
    assert told == [
        ["Evelyn", f"changed role: user {cast.rowan.pk} is reviewer"],
        ["Evelyn", f"changed role: user {cast.rowan.pk} is lead"],
    ]

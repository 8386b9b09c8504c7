"""Set-up: the evaluation's own facts, its strands, and who may open it. For evaluators only."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations.models import AuditEvent, Invitation, Membership, Report, Strand

from . import builders
from .assertions import refused, shows
from .base import person, signed_in
from .pages import Page, fill_in
from .second_step import set_up

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
        ["Evelyn", "Changed role", "Rowan, now reviewer"],
        ["Evelyn", "Changed role", "Rowan, now project lead"],
    ]


# The evaluation's own words


def test_who_would_be_shut_out_is_said_before_two_step_sign_in_is_asked_for(evaluator, cast):
    set_up(cast.evelyn)
    assert "these 2 members open nothing of this evaluation" in Page(evaluator.get(SETUP)).words
    cast.leigh.is_active = False  # opens nothing as it is
    cast.leigh.save()
    page = Page(evaluator.get(SETUP)).words
    assert "this member opens nothing of this evaluation" in page
    assert "Not set up yet: Rowan." in page


def test_the_glossary_the_headings_and_the_dimensions_are_written_in_the_browser(evaluator, cast):
    changes = {
        "glossary": "ICB: Integrated Care Board\r\n\r\n PC : Parent Champion",
        "change_dimensions": "Culture\r\nCulture\r\n Policy ",
        "headings_policies": "Policy (& Governance)",
        "headings_mental_models": " Mental Models ",
        "evaluators": "Jo Smith",
        "report_title": "What we learnt",
        "about_model": "Six conditions.",
    }

    assert fill_in(evaluator, FACTS, changes).url == SETUP

    cast.evaluation.refresh_from_db()
    row = cast.evaluation
    assert row.glossary == {"ICB": "Integrated Care Board", "PC": "Parent Champion"}
    assert row.change_dimensions == ["Culture", "Policy"]
    assert row.headings == {"policies": "Policy (& Governance)", "mental_models": "Mental Models"}
    assert (row.evaluators, row.report_title, row.about_model) == (
        "Jo Smith",
        "What we learnt",
        "Six conditions.",
    )
    sent = Page(evaluator.get(FACTS)).sends()
    assert sent["glossary"].splitlines() == ["ICB: Integrated Care Board", "PC: Parent Champion"]
    assert (sent["headings_policies"], sent["headings_practices"]) == ("Policy (& Governance)", "")
    assert "Parent Champion" in Page(evaluator.get(f"{E}about/")).words
    fill_in(evaluator, FACTS, {})
    row.refresh_from_db()
    assert row.version == 2, "saving what is there changes nothing"


@pytest.mark.parametrize(
    ("glossary", "message"),
    [
        ("ICB: Board\r\nPC", "Line 2: write the term, a colon and what it means."),
        (": Board", "Line 1: write the term"),
        ("ICB: Board\r\nICB: Other", "Line 2: “ICB” stands here with two meanings."),
        (f"{'x' * 41}: Board", "Line 1: the term is longer than 40 characters."),
    ],
)
def test_a_fault_in_the_glossary_is_told_by_its_line_and_what_was_typed_is_kept(evaluator, glossary, message):
    page = refused(fill_in(evaluator, FACTS, {"glossary": glossary}), "id_glossary", message)

    assert page.sends()["glossary"].splitlines() == glossary.splitlines()


def test_two_who_write_the_glossary_can_keep_both_terms(evaluator, cast):
    opened = Page(evaluator.get(FACTS)).sends()
    fill_in(evaluator, FACTS, {"glossary": "ICB: Board", "headings_power": "Power"})

    answer = evaluator.post(FACTS, opened | {"glossary": "PC: Champion", "headings_power": "Who decides"})

    assert answer.status_code == 409
    both = Page(answer)
    assert "Power dynamics: Who decides" in both.words
    assert evaluator.post(FACTS, both.sends() | {"keep": "both"}).status_code == 302
    cast.evaluation.refresh_from_db()
    assert cast.evaluation.glossary == {"ICB": "Board", "PC": "Champion"}
    kept = Page(evaluator.get(FACTS)).words.partition("Set aside")[2]
    assert "Glossary: PC: Champion" in kept


# Order, out and back


def strands_shown(browser):
    table = Page(browser.get(SETUP)).with_id("h-strands").parent.parent.one("tbody")
    return [row.one("th").words for row in table.all("tr")]


@pytest.mark.parametrize(
    ("slug", "direction", "order"),
    [
        ("food", "up", ["Food", "Coproduction", "Play"]),
        ("food", "down", ["Coproduction", "Play", "Food"]),
        ("coproduction", "up", ["Coproduction", "Food", "Play"]),
    ],
)
def test_strands_are_put_in_order(evaluator, cast, slug, direction, order):
    for place, name in enumerate(["Food", "Play"], 1):
        builders.strand(cast.evaluation, slug=name.lower(), name=name, position=place)

    evaluator.post(f"{SETUP}strands/{slug}/move/", {"direction": direction})

    assert strands_shown(evaluator) == order


def test_an_empty_strand_is_removed_after_asking_once_and_can_be_put_back(evaluator, cast):
    subject = f"strand {builders.strand(cast.evaluation, slug='food', name='Food').pk}"
    address = f"{SETUP}strands/food/remove/"
    assert Page(evaluator.get(address)).one("h1").words == "Remove the strand Food?"
    assert strands_shown(evaluator) == ["Coproduction", "Food"]

    fill_in(evaluator, address, {})

    assert strands_shown(evaluator) == ["Coproduction"]
    assert evaluator.get(f"{E}matrix/food/").status_code == 404
    fill_in(evaluator, SETUP, {}, action=f"{SETUP}removed-strands/food/restore/")
    assert strands_shown(evaluator) == ["Coproduction", "Food"]
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", "subject")
    assert list(verbs) == [("removed strand", subject), ("restored strand", subject)]


@pytest.mark.parametrize("what", ["finding", "draft", "recommendation", "interview", "report"])
def test_a_strand_that_something_belongs_to_stays(evaluator, strand, what):
    if what == "interview":
        builders.interview(strand.evaluation).strands.add(
            strand, through_defaults={"evaluation": strand.evaluation}
        )
    elif what == "recommendation":
        builders.recommendation(strand)
    elif what == "report":
        report = Report.objects.create(evaluation=strand.evaluation)
        report.strands.add(strand, through_defaults={"evaluation": strand.evaluation})
    else:
        builders.finding(strand, status="draft" if what == "draft" else "ready")

    evaluator.post(f"{SETUP}strands/coproduction/remove/")

    assert "This strand is not empty" in notices(evaluator)[0]
    assert strands_shown(evaluator) == ["Coproduction"]


# What is still to do


def to_do(browser):
    """Return what the set-up page lists: sentence to whether it is done."""
    items = Page(browser.get(SETUP)).one("ul", class_="preparations").all("li")
    return {item.one("a").words: item.words.endswith(" done") for item in items}


def test_the_page_lists_what_is_still_to_set_up_with_links(evaluator, cast):
    assert to_do(evaluator) == {
        "Give the programme’s end date": False,
        "Name the strands of the plan under study": True,
        "Write the interview guide": False,
        "Add the participants, with their consent": False,
        "Invite reviewers and the project lead": True,
    }

    evaluator.post(f"{SETUP}guide/start/")
    builders.participant(cast.evaluation)
    fill_in(evaluator, FACTS, {"programme_ends": "31 March 2025"})

    assert set(to_do(evaluator).values()) == {True}
    for link in Page(evaluator.get(SETUP)).one("ul", class_="preparations").all("a"):
        assert evaluator.get(link["href"]).status_code == 200

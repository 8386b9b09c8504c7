"""The 2023 evaluation as `make demo` shows it. The figures are written by hand, from the printed report."""

import re

import pytest
from django.contrib.auth import get_user_model

from evaluations.models import (
    Finding,
    Interview,
    Membership,
    Participant,
    ParticipantIdentity,
    Quotation,
    Recommendation,
)

from .assertions import counts, marked, shows
from .base import signed_in
from .pages import Page

E = "/e/ssbc-legacy-2023/"

CONDITIONS = ("policies", "practices", "resources", "relationships", "power", "mental_models")
PRINTED = {
    ("coproduction", "achievement"): (3, 3, 3, 3, 2, 1),
    ("coproduction", "barrier"): (3, 4, 4, 3, 3, 7),
    ("father-inclusivity", "achievement"): (2, 3, 3, 2, 0, 0),
    ("father-inclusivity", "barrier"): (1, 2, 4, 2, 1, 3),
}
TOTALS = {
    ("coproduction", "achievement"): 15,
    ("coproduction", "barrier"): 24,
    ("father-inclusivity", "achievement"): 10,
    ("father-inclusivity", "barrier"): 13,
}
COMMITTED = ["R1", "R2", "R3", "R4", "R5"]
ADDED = ["R6", "R7", "R8", "R9", "R10"]
ACKNOWLEDGED = {
    "Small Steps Big Changes": 7,
    "Nottingham City Council": 4,
    "Integrated Care Board": 3,
    "Parent Champions": 3,
    "NHS": 1,
    "Nottingham CVS": 1,
    "Nottingham Trent University": 1,
    "University of Nottingham / Leicestershire County Council": 1,
}
CONDITION_NOTE = "the conditions shown are this data set’s own reading"


def cells(*strands):
    """Return the printed figures of these strands, cell by cell, empty cells included."""
    return {
        (strand, kind, condition): number
        for (strand, kind), row in PRINTED.items()
        if strand in strands
        for condition, number in zip(CONDITIONS, row, strict=True)
    }


@pytest.fixture
def reviewer(legacy_cast):
    return signed_in(legacy_cast.rowan)


@pytest.mark.parametrize("strand", ["coproduction", "father-inclusivity"])
def test_both_matrices_of_a_strand_hold_what_the_report_prints(reviewer, strand):
    page = reviewer.get(f"{E}matrix/{strand}/")

    assert counts(page) == cells(strand)
    assert len(marked(page, "data-finding")) == sum(cells(strand).values())


def test_the_rows_of_a_matrix_add_up_to_its_printed_total():
    assert {key: sum(row) for key, row in PRINTED.items()} == TOTALS


@pytest.mark.parametrize(("strand", "kind"), PRINTED)
def test_one_matrix_by_itself_holds_its_six_cells_and_says_their_total(reviewer, strand, kind):
    response = reviewer.get(f"{E}matrix/{strand}/?kind={kind}")

    assert counts(response) == {key: n for key, n in cells(strand).items() if key[1] == kind}
    assert Page(response).one("span", class_="total").words.startswith(f"{TOTALS[strand, kind]} ")


def test_each_cell_holds_as_many_findings_as_it_says(reviewer):
    for strand in ("coproduction", "father-inclusivity"):
        for cell in Page(reviewer.get(f"{E}matrix/{strand}/")).all(data_count=True):
            assert len(cell.all(data_finding=True)) == int(cell["data-count"]), cell.attributes


def test_the_comparison_of_both_strands_holds_the_same_figures(reviewer):
    page = reviewer.get(f"{E}compare/?strands=coproduction,father-inclusivity")

    assert counts(page, "data-value") == cells("coproduction", "father-inclusivity")


def test_every_finding_in_a_matrix_opens_beside_it_and_leads_to_its_page(reviewer):
    for strand, total in (("coproduction", 39), ("father-inclusivity", 23)):
        address = f"{E}matrix/{strand}/"
        found = Page(reviewer.get(address)).all(data_finding=True)
        links = [item.one("a") for item in found]
        assert [link["href"] for link in links] == [
            f"?finding={item['data-finding']}#finding" for item in found
        ]
        assert len({link["href"] for link in links}) == total
        for link in links[::8]:
            opened = Page(reviewer.get(address + link["href"].partition("#")[0]))
            assert opened.with_id("h-finding").words == link.words
            (page,) = opened.links("Open its own page")
            assert Page(reviewer.get(page)).one("h1").words == link.words


def test_the_tracker_holds_ten_recommendations_five_committed_and_five_added(reviewer):
    def refs(query=""):
        rows = marked(reviewer.get(f"{E}recommendations/{query}"), "data-recommendation")
        assert {row["data-status"] for row in rows} == {"not_started"}
        return [row["data-recommendation"] for row in rows]

    assert refs() == COMMITTED + ADDED
    assert refs("?source=committed") == COMMITTED
    assert refs("?source=added") == ADDED


def test_the_additions_say_what_they_add_to(legacy):
    adds_to = dict(Recommendation.objects.filter(source="added").values_list("ref", "adds_to__ref"))

    assert adds_to == {"R6": "R1", "R7": "R1", "R8": "R1", "R9": "R2", "R10": "R2"}


def test_the_people_acknowledged_are_participants_by_organisation_without_recorded_consent(legacy):
    people = Participant.objects.all()

    assert people.count() == 21
    found = [person.organisation for person in people]
    assert {name: found.count(name) for name in set(found)} == ACKNOWLEDGED
    assert {person.consent for person in people} == {"not_recorded"}
    assert {person.attribution for person in people} == {"none"}


def test_nobody_is_named(legacy):
    assert not ParticipantIdentity.objects.exists()
    assert not get_user_model().objects.exists()
    assert not Membership.objects.exists()


def test_no_interview_is_made_up_and_nothing_is_linked_to_one(legacy):
    assert not Interview.objects.exists()
    assert not Quotation.objects.exclude(speaker=None, answer=None).exists()


def test_every_quotation_is_a_published_one_and_no_finding_is_a_draft(legacy):
    assert Quotation.objects.count() == 37
    assert Quotation.objects.filter(source__label="June 2023 report").count() == 36
    (other,) = Quotation.objects.exclude(source__label="June 2023 report")
    assert (other.text, str(other.source)) == (
        "I just want a one stop shop for information…",
        "New dads in Nottingham - an information pack for new fathers (The National Lottery Community Fund)",
    )
    assert Finding.objects.count() == 62
    assert not Finding.objects.exclude(status="ready").exists()


def test_readers_see_a_quotation_with_the_report_it_is_from(reviewer):
    quoted = Finding.objects.get(quotations__text="invited in")

    page = Page(reviewer.get(f"{E}findings/{quoted.pk}/"))

    said = [item.words for item in page.all("li", class_="quote")]
    assert said == ["“invited in” June 2023 report", "“to be the irritant” June 2023 report"]


def test_only_father_inclusivity_comes_from_public_sources_and_says_so_wherever_it_is_shown(reviewer):
    notice = "Father Inclusivity is compiled from public sources, not from interviews."
    finding = Finding.objects.filter(strand__slug="father-inclusivity").first()

    for address in ("matrix/father-inclusivity/", "compare/", f"findings/{finding.pk}/"):
        assert shows(reviewer.get(E + address), notice), address
    assert not shows(reviewer.get(f"{E}matrix/coproduction/"), "public sources, not from interviews")


def test_screens_that_show_a_recommendations_condition_say_whose_reading_it_is(reviewer):
    assert shows(reviewer.get(f"{E}recommendations/"), CONDITION_NOTE)
    for ref in COMMITTED + ADDED:
        assert shows(reviewer.get(f"{E}recommendations/{ref}/"), CONDITION_NOTE), ref


@pytest.mark.parametrize("address", ["", "recommendations/"])
def test_the_programme_is_said_to_have_ended(reviewer, address):
    assert "ended on 31 March 2025" in Page(reviewer.get(E + address)).words


def every_address(role):
    """Return every address of the evaluation that shows something of it to a role."""
    yield from ("", "about/", "findings/", "findings/?page=2", "compare/", "recommendations/")
    yield from ("matrix/coproduction/", "matrix/coproduction/?print=1", "matrix/father-inclusivity/")
    yield from (f"recommendations/{ref}/" for ref in COMMITTED + ADDED)
    yield from (f"findings/{pk}/" for pk in Finding.objects.values_list("pk", flat=True)[::8])
    if role == "evaluator":
        yield from ("interviews/", "interviews/new/", "findings/new/", "recommendations/new/", "set-up/")
        yield from ("set-up/evaluation/", "set-up/strands/coproduction/", "recommendations/R1/edit/")
        yield from ("set-up/record/", "matrix/coproduction/?drafts=1")


@pytest.mark.parametrize("role", ["evaluator", "reviewer", "lead"])
def test_no_page_gives_a_number_of_interviews_names_a_person_or_speaks_of_time_left(legacy_cast, role):
    people = {"evaluator": legacy_cast.evelyn, "reviewer": legacy_cast.rowan, "lead": legacy_cast.leigh}
    browser = signed_in(people[role])
    forbidden = re.compile(r"\b121\b|\b(21|twenty-one) interviews|time left|Platts|Claire", re.IGNORECASE)

    for address in every_address(role):
        response = browser.get(E + address)
        assert response.status_code == 200, address
        said = Page(response).words
        assert not forbidden.search(said), f"{address}: {forbidden.search(said)}"
    assert browser.get(E).context["state"].interviews == 0


def test_the_about_page_prints_the_reports_headings_and_thanks_organisations_without_numbers(reviewer):
    page = Page(reviewer.get(f"{E}about/"))

    assert "The report’s heading: Policy (& Governance)." in page.words
    assert "The report’s heading: Resource (people, £, knowledge)." in page.words
    thanked = page.with_id("h-thanks").parent
    assert {item.words for item in thanked.all("li")} == set(ACKNOWLEDGED)
    assert not re.search(r"\d", thanked.words)


def test_what_was_loaded_can_be_added_to(legacy_cast):
    browser = signed_in(legacy_cast.evelyn)
    page = Page(browser.get(f"{E}findings/new/?strand=coproduction"))

    response = browser.post(
        f"{E}findings/new/",
        page.sends() | {"kind": "barrier", "condition": "power", "text": "New", "status": "ready"},
    )

    assert response.status_code == 302
    found = counts(browser.get(f"{E}matrix/coproduction/"))
    assert found == cells("coproduction") | {("coproduction", "barrier", "power"): 4}

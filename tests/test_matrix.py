"""The matrix of a strand: six cells in the model's shape, findings that lead to their evidence."""

import pytest

from evaluations.conditions import Condition, Kind
from evaluations.models import Finding, FindingStatus

from . import builders
from .assertions import counts, marked, shows
from .base import signed_in
from .pages import Page

E = "/e/practice/"
MATRIX = f"{E}matrix/coproduction/"


@pytest.fixture
def reviewer(cast):
    return signed_in(cast.rowan)


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def strand(cast):
    return cast.evaluation.strand


def add(strand, number, kind="barrier", condition="policies", status="ready"):
    """Add findings to a cell."""
    for _ in range(number):
        builders.finding(strand, kind=kind, condition=condition, status=status)


def test_an_empty_strand_has_twelve_empty_cells_that_say_so(reviewer):
    response = reviewer.get(MATRIX)

    assert len(counts(response)) == 12
    assert set(counts(response).values()) == {0}
    cells = Page(response).all(data_count=True)
    assert all("Nothing here yet." in cell.words for cell in cells)


@pytest.mark.parametrize("kind", Kind)
def test_a_matrix_is_three_above_two_above_one_with_the_waterline_below_the_first_three(reviewer, kind):
    page = Page(reviewer.get(MATRIX))

    section = page.with_id(f"h-{kind}").parent.parent
    levels = [
        [cell["data-condition"] for cell in level.all(data_condition=True)]
        for level in section.all("div", class_="level")
    ]
    order = [item.get("data-condition") or "waterline" for item in section.all() if is_part(item)]
    assert levels == [["policies", "practices", "resources"], ["relationships", "power"], ["mental_models"]]
    assert order.index("waterline") == 3
    assert section.one("div", class_="waterline").words == "↑ Tangible ↓ Intangible"


def is_part(element):
    """Say whether an element is a cell or the waterline."""
    return element.get("data-condition") or element.get("class") == "waterline"


def test_a_cell_counts_its_own_findings_only(reviewer, strand):
    add(strand, 3, "barrier", "power")
    add(strand, 1, "achievement", "power")
    add(builders.strand(strand.evaluation), 2, "barrier", "power")

    found = counts(reviewer.get(MATRIX))

    assert {key: n for key, n in found.items() if n} == {
        ("coproduction", "barrier", "power"): 3,
        ("coproduction", "achievement", "power"): 1,
    }


def test_findings_stand_in_the_order_the_evaluators_gave_them(reviewer, strand):
    for text, position in (("second", 1), ("third", 2), ("first", 0)):
        builders.finding(strand, text=text, position=position)

    page = Page(reviewer.get(MATRIX))

    assert [item.one("a").words for item in page.all(data_finding=True)] == ["first", "second", "third"]


def test_a_finding_stands_with_its_quotations_and_leads_to_its_page(reviewer, strand):
    finding = builders.finding(strand, text="Parents sit on the board")
    source = builders.source(strand.evaluation)
    builders.quotation(strand.evaluation, evidence_for=finding, source=source, text="We have a vote now")

    page = Page(reviewer.get(MATRIX))

    item = page.one(data_finding=str(finding.pk))
    assert item.one("a")["href"] == f"{E}findings/{finding.pk}/"
    assert item.words == "Parents sit on the board We have a vote now"


@pytest.mark.parametrize("kind", Kind)
def test_one_kind_can_be_shown_by_itself(reviewer, kind):
    found = counts(reviewer.get(f"{MATRIX}?kind={kind}"))

    assert set(found) == {("coproduction", kind, condition) for condition in Condition}


def test_drafts_are_counted_for_nobody_until_an_evaluator_asks_for_them(reviewer, evaluator, strand):
    cell = ("coproduction", "barrier", "policies")
    add(strand, 2)
    add(strand, 1, status="draft")

    assert counts(reviewer.get(MATRIX))[cell] == 2
    assert counts(evaluator.get(MATRIX))[cell] == 2
    assert counts(evaluator.get(f"{MATRIX}?drafts=1"))[cell] == 3
    assert counts(reviewer.get(f"{MATRIX}?drafts=1"))[cell] == 2


def test_what_is_printed_is_what_readers_see_even_when_drafts_are_asked_for(evaluator, strand):
    add(strand, 1, status="draft")

    response = evaluator.get(f"{MATRIX}?drafts=1&print=1")

    assert set(counts(response).values()) == {0}
    assert not marked(response, "data-finding")


def test_a_cell_shows_its_first_fifty_findings_then_a_link_to_all_of_them(reviewer, evaluator, strand):
    rows = [
        Finding(
            evaluation=strand.evaluation,
            strand=strand,
            kind="barrier",
            condition="power",
            text=f"Finding {position:02}",
            status=FindingStatus.READY,
            position=position,
        )
        for position in range(53)
    ]
    Finding.objects.bulk_create(rows)
    builders.finding(strand, condition="power", status="draft", position=99)

    for browser in (reviewer, evaluator):
        response = browser.get(MATRIX)
        page = Page(response)
        assert counts(response)["coproduction", "barrier", "power"] == 53
        shown = [item.one("a").words for item in page.all(data_finding=True)]
        assert shown == [f"Finding {position:02}" for position in range(50)]
        (link,) = page.links("Show all 53")
        assert "53 findings match" in Page(browser.get(link)).words


def test_fifty_findings_need_no_link_to_more(reviewer, strand):
    add(strand, 50)

    page = Page(reviewer.get(MATRIX))

    assert len(page.all(data_finding=True)) == 50
    assert not page.links("Show all")


def test_the_condition_with_the_largest_share_of_barriers_is_read_out(reviewer, strand):
    add(strand, 2, "barrier", "power")
    add(strand, 1, "barrier", "policies")
    add(strand, 1, "achievement", "policies")

    page = Page(reviewer.get(MATRIX))

    assert page.one("p", class_="reading").words == (
        "The largest share of what remains sits in power dynamics: 2 of 3 barriers, against 0 of 1 "
        "achievements. Counts are of findings, not of people."
    )


def test_nothing_is_read_out_where_two_conditions_share_the_lead(reviewer, strand):
    add(strand, 2, "barrier", "power")
    add(strand, 2, "barrier", "policies")

    assert not Page(reviewer.get(MATRIX)).all(class_="reading")


def test_the_figures_above_the_matrices_are_those_of_the_cells(reviewer, strand):
    add(strand, 1, "achievement", "mental_models")
    add(strand, 2, "barrier", "resources")
    add(strand, 4, "barrier", "mental_models")

    figures = [figure.words for figure in Page(reviewer.get(MATRIX)).all("div", class_="fig")]

    assert figures == ["1 achievement", "6 barriers", "2 tangible barriers", "4 intangible barriers"]


def test_a_strand_from_public_sources_says_where_it_comes_from_and_is_not_read_out(reviewer, strand):
    public = builders.strand(
        strand.evaluation,
        slug="fathers",
        name="Fathers",
        provenance="public_sources",
        provenance_note="Restated from web pages.",
    )
    source = builders.source(strand.evaluation, title="A web page")
    builders.finding(public, kind="barrier", source=source, text="No chair for fathers")

    page = Page(reviewer.get(f"{E}matrix/fathers/"))

    assert "Fathers is compiled from public sources, not from interviews." in page.words
    assert "Restated from web pages." in page.words
    assert not page.all(class_="reading")
    assert "1 fact from public sources" in page.words
    assert page.one(data_finding=True).words == "No chair for fathers A web page"
    assert "Not recorded." in page.words
    assert "Nothing here yet." not in page.words


def test_the_matrix_menu_opens_the_first_strand(reviewer):
    response = reviewer.get(f"{E}matrix/")

    assert response.status_code == 302
    assert response.url == MATRIX


def test_without_strands_evaluators_add_one_and_others_wait(reviewer, evaluator, strand):
    strand.delete()

    assert Page(evaluator.get(f"{E}matrix/")).links("Add a strand") == [f"{E}set-up/strands/new/"]
    page = Page(reviewer.get(f"{E}matrix/"))
    assert not page.links("Add a strand")
    assert "come back when they have" in page.words


@pytest.mark.parametrize("slug", ["nowhere", "elsewhere"])
def test_a_strand_that_is_not_of_this_evaluation_is_not_found(reviewer, slug):
    builders.strand(builders.evaluation(), slug="elsewhere")

    assert reviewer.get(f"{E}matrix/{slug}/").status_code == 404


def test_adding_a_finding_from_a_matrix_starts_with_its_strand(evaluator, strand):
    (link,) = Page(evaluator.get(MATRIX)).links("Add a finding")

    assert Page(evaluator.get(link)).sends()["strand"] == str(strand.pk)


def test_what_is_written_stands_on_the_page_escaped(reviewer, strand):
    hostile = "<script>alert(1)</script> & {{ 7|add:7 }}"
    finding = builders.finding(strand, text=hostile)

    response = reviewer.get(MATRIX)

    assert shows(response, hostile)
    assert Page(response).one(data_finding=str(finding.pk)).one("a").words == hostile

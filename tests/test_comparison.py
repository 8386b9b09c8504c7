"""Strands side by side: the same figures as marks, bars and a table, and one sentence where it is fair."""

import json

import pytest

from evaluations.conditions import Condition, Kind

from . import builders
from .assertions import counts, shows
from .base import signed_in
from .pages import Page

E = "/e/practice/"
COMPARE = f"{E}compare/"


@pytest.fixture
def reviewer(cast):
    return signed_in(cast.rowan)


@pytest.fixture
def strands(cast):
    """Three strands from interviews, with 6, 3 and 2 barriers: 4 of 6, 1 of 3 and 1 of 2 are intangible."""
    rows = [
        cast.evaluation.strand,
        builders.strand(cast.evaluation, slug="fathers", name="Fathers", position=1),
        builders.strand(cast.evaluation, slug="food", name="Food", position=2),
    ]
    fill(rows[0], barrier={"policies": 2, "power": 3, "mental_models": 1}, achievement={"practices": 2})
    fill(rows[1], barrier={"resources": 2, "relationships": 1}, achievement={"power": 1})
    fill(rows[2], barrier={"policies": 1, "power": 1})
    return rows


@pytest.fixture
def public(cast):
    """A strand from public sources, with one barrier."""
    row = builders.strand(
        cast.evaluation,
        slug="public",
        name="Public",
        position=9,
        provenance="public_sources",
        provenance_note="From web pages.",
        strategic_response="More campaign work.",
    )
    fill(row, barrier={"mental_models": 1})
    return row


def fill(strand, **kinds):
    """Add findings: ``fill(strand, barrier={"power": 3})``."""
    for kind, conditions in kinds.items():
        for condition, number in conditions.items():
            for _ in range(number):
                builders.finding(strand, kind=kind, condition=condition)


def table(page):
    """Return the page's table: ``{condition label or "All six conditions": [figure, ...]}``."""
    rows = page.one("table").all("tr")
    found = {}
    for row in rows:
        heads, cells = row.all("th", scope="row"), row.all("td")
        if heads:
            found[heads[0].words] = [cell.words for cell in cells]
    return found


def shares(page):
    """Return the shares of the table: ``{"Tangible": ["2 of 6", ...]}``."""
    return {
        row.one("th").words: [cell.words for cell in row.all("td")]
        for row in page.one("table").all("tr", class_="sub-row")
    }


def figures(page):
    """Return the page's charts as the script reads them: ``{id: figure}``."""
    return {
        script["id"]: json.loads("".join(script.children))
        for script in page.all("script", type="application/json")
    }


def test_two_strands_are_compared_cell_by_cell(reviewer, strands):
    found = counts(reviewer.get(f"{COMPARE}?strands=coproduction,fathers"), "data-value")

    assert {key[0] for key in found} == {"coproduction", "fathers"}
    assert len(found) == 2 * 2 * 6
    assert {key: n for key, n in found.items() if n} == {
        ("coproduction", "barrier", "policies"): 2,
        ("coproduction", "barrier", "power"): 3,
        ("coproduction", "barrier", "mental_models"): 1,
        ("coproduction", "achievement", "practices"): 2,
        ("fathers", "barrier", "resources"): 2,
        ("fathers", "barrier", "relationships"): 1,
        ("fathers", "achievement", "power"): 1,
    }


def test_any_number_of_strands_stand_in_the_order_they_were_chosen(reviewer, strands):
    page = Page(reviewer.get(f"{COMPARE}?strands=food,coproduction,fathers"))

    heads = [head.words for head in page.one("table").all("th", scope="colgroup")]
    assert heads == ["Food interviews", "Coproduction interviews", "Fathers interviews"]
    assert len(page.all(data_value=True)) == 3 * 2 * 6


def test_without_a_choice_the_first_two_strands_are_compared(reviewer, strands):
    found = counts(reviewer.get(COMPARE), "data-value")

    assert {key[0] for key in found} == {"coproduction", "fathers"}


def test_ticked_boxes_lead_to_the_address_with_commas(reviewer, strands):
    response = reviewer.get(f"{COMPARE}?strands=food&strands=fathers")

    assert response.status_code == 302
    assert response.url == f"{COMPARE}?strands=food,fathers"


def test_the_boxes_of_the_strands_on_show_are_ticked(reviewer, strands):
    page = Page(reviewer.get(f"{COMPARE}?strands=food,fathers"))

    boxes = page.all("input", name="strands")
    assert [box["value"] for box in boxes] == ["coproduction", "fathers", "food"]
    assert [box["value"] for box in boxes if "checked" in box.attributes] == ["fathers", "food"]


@pytest.mark.parametrize("chosen", ["coproduction", "food,food", "", ",,,"])
def test_fewer_than_two_strands_ask_for_a_choice(reviewer, strands, chosen):
    response = reviewer.get(f"{COMPARE}?strands={chosen}")

    assert response.status_code == 200
    assert "Choose at least two strands" in Page(response).words
    assert not counts(response, "data-value")


def test_an_unknown_strand_is_named_and_the_others_are_compared(reviewer, strands):
    response = reviewer.get(f"{COMPARE}?strands=food,nowhere,fathers")

    assert shows(response, "This evaluation has no strand “nowhere”.")
    assert {key[0] for key in counts(response, "data-value")} == {"food", "fathers"}


def test_another_evaluations_strand_is_unknown_here(reviewer, strands):
    fill(builders.strand(builders.evaluation(), slug="elsewhere", name="Elsewhere"), barrier={"power": 1})

    response = reviewer.get(f"{COMPARE}?strands=elsewhere,food")

    assert shows(response, "This evaluation has no strand “elsewhere”.")
    assert not counts(response, "data-value")


def test_one_sentence_reads_where_the_barriers_lie_beginning_with_the_most_intangible(reviewer, strands):
    page = Page(reviewer.get(f"{COMPARE}?strands=fathers,coproduction"))

    assert page.one("p", class_="sentence").words == (
        "Most of Coproduction’s barriers are intangible, 4 of 6, and 3 of these sit in power dynamics; "
        "in Fathers most are tangible, 2 of 3, and 2 of these sit in resource flows."
    )


def test_exactly_half_is_not_most(reviewer, strands):
    half = builders.strand(strands[0].evaluation, slug="half", name="Half")
    fill(half, barrier={"policies": 1, "power": 1})

    sentence = Page(reviewer.get(f"{COMPARE}?strands=food,half")).one("p", class_="sentence").words

    assert "most" not in sentence.lower()
    assert sentence == (
        "Food’s barriers are evenly split, 1 tangible and 1 intangible; "
        "those of Half are evenly split, 1 tangible and 1 intangible."
    )


def test_shares_carry_their_n(reviewer, strands):
    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,fathers"))

    assert shares(page) == {
        "Tangible": ["2 of 2", "2 of 6", "0 of 1", "2 of 3"],
        "Intangible": ["0 of 2", "4 of 6", "1 of 1", "1 of 3"],
    }
    assert "%" not in page.words


def test_the_table_holds_the_figures_of_the_marks(reviewer, strands):
    response = reviewer.get(f"{COMPARE}?strands=coproduction,fathers,food")
    marks, rows = counts(response, "data-value"), table(Page(response))

    chosen = ("coproduction", "fathers", "food")
    for condition in Condition:
        expected = [marks[strand, kind, condition] for strand in chosen for kind in Kind]
        assert [int(cell) for cell in rows[condition.label]] == expected
    assert [int(total) for total in rows["All six conditions"]] == [2, 6, 1, 3, 0, 2]


def test_the_bars_hold_the_figures_of_the_marks_as_plain_lists(reviewer, strands):
    response = reviewer.get(f"{COMPARE}?strands=coproduction,fathers")
    marks, charts = counts(response, "data-value"), figures(Page(response))

    assert set(charts) == {"chart-coproduction", "chart-fathers", "chart-shares"}
    for slug in ("coproduction", "fathers"):
        achievements, barriers = charts[f"chart-{slug}"]["data"]
        assert achievements["x"] == [-marks[slug, "achievement", condition] for condition in Condition]
        assert barriers["x"] == [marks[slug, "barrier", condition] for condition in Condition]
        assert [label.replace("<br>", " ") for label in barriers["y"]] == [c.label for c in Condition]


def test_every_chart_names_a_figure_that_is_on_the_page(reviewer, strands):
    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,fathers"))

    named = [place["data-chart"] for place in page.all(data_chart=True)]
    assert named == ["chart-coproduction", "chart-fathers", "chart-shares"]
    assert set(named) == set(figures(page))


def test_a_shape_is_drawn_for_each_finding_while_cells_are_small(reviewer, strands):
    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,fathers"))

    for cell in page.all(data_value=True):
        drawn = [units for box in cell.all(class_="units") for units in box.all("svg")]
        assert len(drawn) == int(cell["data-value"])


def test_large_cells_show_their_number_only(reviewer, strands):
    fill(strands[1], barrier={"policies": 13})

    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,fathers"))

    assert not page.all(class_="units")
    cell = page.one(data_strand="fathers", data_kind="barrier", data_condition="policies")
    assert cell.one("b").words == "13"


def test_each_strands_strategic_response_stands_beside_the_figures(reviewer, strands):
    strands[0].strategic_response = "Share the learning in a toolkit."
    strands[0].save()

    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,fathers"))

    section = page.with_id("h-response").parent
    assert section.one("h2").words == "How the programme responds"
    assert [article.words for article in section.all("article")] == [
        "Coproduction Share the learning in a toolkit.",
        "Fathers No strategic response has been written down yet.",
    ]


def test_beside_public_sources_there_is_no_sentence_no_share_and_no_ranking(reviewer, strands, public):
    for order in ("coproduction,public", "public,coproduction"):
        page = Page(reviewer.get(f"{COMPARE}?strands={order}"))

        assert not page.all(class_="sentence")
        assert "Most of" not in page.words
        assert shares(page) == {"Tangible": [], "Intangible": []}
        assert " of 6" not in page.words
        assert "%" not in page.words
        assert "chart-shares" not in figures(page)
        heads = [head.words.split()[0].lower() for head in page.one("table").all("th", scope="colgroup")]
        assert heads == order.split(","), "in the order they were chosen, not by a figure"


def test_beside_public_sources_there_are_a_notice_and_the_reports_own_conclusion(reviewer, strands, public):
    evaluation = public.evaluation
    evaluation.report_title = "The report"
    evaluation.save()

    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,public"))

    assert "Public is compiled from public sources, not from interviews. From web pages." in page.words
    section = page.with_id("h-response").parent
    assert section.one("h2").words == "What the report concluded"
    assert "Public More campaign work." in section.words
    assert "restated from “The report”" in section.words
    assert page.with_id("h-bars").words.startswith("Illustration: ")
    assert page.with_id("h-cond").words.startswith("Illustration: ")


def test_an_empty_cell_of_a_public_strand_is_not_recorded_rather_than_none(reviewer, strands, public):
    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,public"))

    def cell(strand):
        return page.one(data_strand=strand, data_kind="achievement", data_condition="power").words

    assert cell("public") == "0 achievements, not recorded"
    assert cell("coproduction") == "0 achievements, none"


@pytest.mark.parametrize("who", ["evelyn", "rowan", "leigh"])
def test_drafts_are_in_no_figure(cast, strands, who):
    builders.finding(strands[0], kind="achievement", condition="policies", status="draft")

    response = signed_in(getattr(cast, who)).get(f"{COMPARE}?strands=coproduction,fathers")

    assert counts(response, "data-value")["coproduction", "achievement", "policies"] == 0


def test_strands_without_findings_have_a_table_and_no_chart(reviewer, strands):
    for slug in ("new-one", "new-two"):
        builders.strand(strands[0].evaluation, slug=slug, name=slug)

    page = Page(reviewer.get(f"{COMPARE}?strands=new-one,new-two"))

    assert not page.all(data_chart=True)
    assert not page.all(class_="sentence")
    assert table(page)["All six conditions"] == ["0", "0", "0", "0"]


def test_one_strand_alone_leads_evaluators_to_add_another(cast):
    page = Page(signed_in(cast.evelyn).get(COMPARE))

    assert "There are not two strands yet" in page.words
    assert page.links("Add a strand") == [f"{E}set-up/strands/new/"]


def test_a_strands_name_cannot_end_the_script_that_holds_its_chart(reviewer, strands):
    hostile = "</script><script>alert(1)</script>"
    strands[1].name = hostile
    strands[1].save()

    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,fathers"))

    labels = figures(page)["chart-shares"]["data"][0]["y"]
    assert f"{hostile}: achievements" in labels
    assert all("alert" not in "".join(map(str, script.children)) for script in page.all("script", src=True))
    assert hostile in page.one("h1").words

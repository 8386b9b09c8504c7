"""Strands side by side: the same figures as marks, bars and a table, and one sentence where it is fair."""

import json

import pytest

from evaluations.conditions import Condition, Kind
from evaluations.models import AuditEvent, ComparisonReading, Finding

from . import builders
from .assertions import counts, refused, shows
from .base import signed_in
from .pages import Page, fill_in

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
    rows = page.one("table", data_figures=True).all("tr")
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
        for row in page.one("table", data_figures=True).all("tr", class_="sub-row")
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

    heads = [head.words for head in page.one("table", data_figures=True).all("th", scope="colgroup")]
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
        "in Fathers most are tangible, 2 of 3, and 2 of these sit in resource flows. "
        "All of Fathers’ achievements are intangible, 1 of 1; in Coproduction all are tangible, 2 of 2."
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
    assert named == ["chart-shares", "chart-coproduction", "chart-fathers"]
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
        heads = [
            head.words.split()[0].lower()
            for head in page.one("table", data_figures=True).all("th", scope="colgroup")
        ]
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


# --- Where they differ, and on how little -------------------------------------------------------------------


def ranks(page):
    """Return the rows of the ranking as words: ``[(rank, condition, kind, figure, ..., difference)]``."""
    rows = [row for table in page.all("table", class_="differ") for row in table.all("tr", data_rank=True)]
    return [tuple(cell.words for cell in row.children if not isinstance(cell, str)) for row in rows]


def test_the_cells_in_which_strands_differ_most_come_first(reviewer, strands):
    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,fathers"))

    assert ranks(page) == [
        ("1", "Power dynamics", "To do and barriers", "3 of 6", "0 of 3", "3 highest in Coproduction"),
        ("2", "Policies", "To do and barriers", "2 of 6", "0 of 3", "2 highest in Coproduction"),
        ("2", "Practices", "Achievements", "2 of 2", "0 of 1", "2 highest in Coproduction"),
        ("2", "Resource flows", "To do and barriers", "0 of 6", "2 of 3", "2 highest in Fathers"),
        (
            "5",
            "Relationships & connections",
            "To do and barriers",
            "0 of 6",
            "1 of 3",
            "1 highest in Fathers",
        ),
        ("5", "Power dynamics", "Achievements", "0 of 2", "1 of 1", "1 highest in Fathers"),
        ("5", "Mental models", "To do and barriers", "1 of 6", "0 of 3", "1 highest in Coproduction"),
    ]


def test_beside_public_sources_two_strands_from_interviews_are_ranked_without_shares(
    reviewer, strands, public
):
    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,public,fathers"))

    assert ranks(page)[0] == (
        "1",
        "Power dynamics",
        "To do and barriers",
        "3",
        "0",
        "3 highest in Coproduction",
    )
    assert "Only of the 2 strands that come from interviews." in page.words
    assert not ranks(Page(reviewer.get(f"{COMPARE}?strands=coproduction,public")))


def test_what_rests_on_one_interview_is_marked(reviewer, strands):
    one, two = (builders.answer(builders.interview(strands[0].evaluation)) for _ in range(2))
    thin = builders.finding(strands[2], condition="practices")
    firm = builders.finding(strands[0], kind="achievement", condition="policies")
    published = builders.finding(strands[0], condition="resources")
    for finding, answer in ((thin, one), (firm, one), (firm, two), (published, one)):
        builders.quotation(finding.evaluation, evidence_for=finding, answer=answer)
    source = builders.source(published.evaluation)
    builders.quotation(published.evaluation, evidence_for=published, source=source)

    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,food"))

    marked = [
        (cell["data-strand"], cell["data-condition"])
        for cell in page.all(data_value=True)
        if "one interview" in cell.words
    ]
    assert marked == [("food", "practices")]
    assert "Everything in Food rests on one interview." in page.words
    assert "Everything in Coproduction" not in page.words


def test_past_two_strands_each_has_a_panel_of_its_own(reviewer, strands):
    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction,fathers,food"))

    panels = page.all("article", class_="multiple")
    assert [panel.one("h3").words for panel in panels] == ["Coproduction", "Fathers", "Food"]
    assert panels[0].one(class_="sum").words == "2 achievements, 6 barriers"
    assert not Page(reviewer.get(f"{COMPARE}?strands=coproduction,fathers")).all(class_="multiple")


# --- The signed reading -------------------------------------------------------------------------------------

READING = f"{E}compare/reading/?strands=coproduction,fathers"
BESIDE = f"{COMPARE}?strands=coproduction,fathers"
SAID = "Both strands wait for the same decisions."
CHANGED = "The figures changed since it was signed."


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def signed(evaluator, strands):
    fill_in(evaluator, READING, {"text": SAID})
    return ComparisonReading.objects.get()


def read(client, address=BESIDE):
    """Return the reading on a page."""
    return Page(client.get(address)).one("p", class_="sentence").words


def test_a_signed_reading_stands_in_place_of_the_generated_one_with_name_and_date(cast, signed):
    day = f"{signed.signed_at.day} {signed.signed_at:%B %Y}"
    for user in (cast.evelyn, cast.rowan, cast.leigh):
        page = Page(signed_in(user).get(BESIDE))
        assert page.one("p", class_="sentence").words == SAID
        assert f"Signed by Evelyn, {day}" in page.words
        assert "Written by Waterline" not in page.words
        assert CHANGED not in page.words


def test_it_is_read_in_whatever_order_the_strands_stand_and_of_no_others(reviewer, signed):
    assert read(reviewer, f"{COMPARE}?strands=fathers,coproduction") == SAID
    assert read(reviewer, f"{COMPARE}?strands=coproduction,food") != SAID


def test_the_generated_reading_is_where_one_begins(evaluator, strands):
    assert Page(evaluator.get(READING)).sends()["text"] == read(evaluator)


def test_only_evaluators_sign_a_reading(cast, signed):
    for user in (cast.rowan, cast.leigh):
        client = signed_in(user)
        assert client.post(READING, {"text": "Mine"}).status_code == 403
        assert not Page(client.get(BESIDE)).links("Change or take back")
    assert ComparisonReading.objects.get().text == SAID


def test_a_reading_needs_words(evaluator, strands):
    refused(fill_in(evaluator, READING, {"text": " "}), "id_text", "Write a sentence")


def test_it_warns_everybody_once_the_figures_changed_and_not_for_drafts(reviewer, signed, strands):
    builders.finding(strands[0], status="draft")
    assert CHANGED not in Page(reviewer.get(BESIDE)).words
    builders.finding(strands[0])
    assert CHANGED in Page(reviewer.get(BESIDE)).words


def test_a_reading_signed_on_older_figures_warns_at_once(evaluator, strands):
    sent = Page(evaluator.get(READING)).sends()
    builders.finding(strands[0])
    evaluator.post(READING, sent | {"text": SAID})
    assert CHANGED in Page(evaluator.get(BESIDE)).words


def test_of_two_who_sign_at_once_the_second_sees_both(evaluator, signed):
    sent = Page(evaluator.get(READING)).sends(READING)
    evaluator.post(READING, sent | {"text": "First"})

    answer = evaluator.post(READING, sent | {"text": "Second"})

    assert answer.status_code == 409
    page = Page(answer)
    assert "First" in page.words
    assert "Second" in page.words
    assert read(evaluator) == "First"
    evaluator.post(READING, page.sends() | {"keep": "both"})
    assert read(evaluator) == "First Second"


def test_a_reading_taken_back_gives_way_to_the_generated_one_and_can_be_put_back(evaluator, signed):
    take_back = f"{E}compare/readings/{signed.pk}/take-back/"
    put_back = f"{E}compare/taken-back-readings/{signed.pk}/put-back/"
    evaluator.post(take_back, Page(evaluator.get(READING)).sends(take_back))
    assert read(evaluator).startswith("Most of Coproduction’s barriers")

    evaluator.post(put_back, Page(evaluator.get(READING)).sends(put_back))
    assert read(evaluator) == SAID


def test_who_signed_took_back_and_put_back_a_reading_is_recorded(evaluator, cast, signed):
    for address in ("readings/{}/take-back/", "taken-back-readings/{}/put-back/"):
        address = f"{E}compare/{address.format(signed.pk)}"
        evaluator.post(address, Page(evaluator.get(READING)).sends(address))
    fill_in(evaluator, READING, {"text": "Signed anew"}, action=READING)

    events = AuditEvent.objects.order_by("pk").values_list("verb", "subject", "user")
    assert list(events) == [
        (verb, f"reading {signed.pk}", cast.evelyn.pk)
        for verb in ("signed reading", "took back reading", "put back reading", "signed reading")
    ]


def test_who_signs_over_a_reading_is_told_that_only_the_newest_words_are_kept(evaluator, strands):
    told = "only the newest are kept"
    assert told not in Page(evaluator.get(READING)).words
    evaluator.post(READING, {"text": SAID})
    assert told in Page(evaluator.get(READING)).words


def test_taking_back_what_somebody_signed_anew_is_refused(evaluator, signed):
    take_back = f"{E}compare/readings/{signed.pk}/take-back/"
    sent = Page(evaluator.get(READING)).sends(take_back)
    ComparisonReading.objects.update(version=signed.version + 1, text="Another")

    page = Page(evaluator.post(take_back, sent, follow=True))

    assert any("Somebody signed another reading" in words for words in page.notices)
    assert read(evaluator) == "Another"


def test_a_reading_of_nothing_that_readers_see_is_not_shown(reviewer, signed):
    Finding.objects.update(status="draft")
    assert not Page(reviewer.get(BESIDE)).all(class_="sentence")


def test_fewer_than_two_strands_cannot_be_read(evaluator, strands):
    answer = evaluator.get(f"{E}compare/reading/?strands=food", follow=True)

    assert any("Choose at least two strands" in words for words in Page(answer).notices)


def test_many_strands_with_long_names_still_have_a_reading_of_their_own(cast, evaluator):
    slugs = [f"{'x' * 55}-{number}" for number in range(8)]
    for slug in slugs:
        fill(builders.strand(cast.evaluation, slug=slug, name=slug), barrier={"power": 1})
    address = f"{E}compare/reading/?strands={','.join(slugs)}"

    evaluator.post(address, {"text": SAID})

    assert read(evaluator, f"{COMPARE}?strands={','.join(reversed(slugs))}") == SAID

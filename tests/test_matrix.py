"""The matrix of a strand: six cells in the model's shape, findings that lead to their evidence."""

from datetime import UTC, datetime
from itertools import product

import pytest
from django.utils import timezone

from evaluations.analysis.evidence import Evidence
from evaluations.conditions import Condition, Kind
from evaluations.models import (
    CodingRound,
    Finding,
    FindingQuotation,
    FindingStatus,
    Interview,
    InterviewCondition,
    InterviewStrand,
    Workshop,
    WorkshopResult,
    WorkshopRound,
)
from evaluations.queries.evidence import of_strength
from evaluations.strength import Strength

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
    assert all("Not recorded." in cell.words for cell in cells)


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
    assert item.words == "Parents sit on the board We have a vote now Published, unattributed"
    opened = Page(reviewer.get(MATRIX + item.one("a")["href"].partition("#")[0]))
    assert opened.links("Open its own page") == [f"{E}findings/{finding.pk}/"]
    printed = Page(reviewer.get(f"{MATRIX}?print=1")).one(data_finding=str(finding.pk))
    assert printed.one("a")["href"] == f"{E}findings/{finding.pk}/"


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


# --- How much is read -------------------------------------------------------------------------------------


def test_figures_are_counts_with_one_mark_a_finding_and_no_finding_is_listed(reviewer, strand):
    add(strand, 3, "barrier", "power")
    add(strand, 13, "barrier", "policies")

    response = reviewer.get(f"{MATRIX}?depth=figures&kind=barrier")

    page = Page(response)
    cells = {cell["data-condition"]: cell for cell in page.all(data_count=True)}
    assert counts(response)["coproduction", "barrier", "power"] == 3
    assert not marked(response, "data-finding")
    assert len(cells["power"].one("a", class_="marks").all("i", class_="mark")) == 3
    assert not cells["policies"].one("a", class_="marks").all("i"), "thirteen marks are no longer taken in"
    assert cells["policies"].one("b", class_="figure").words == "13"
    (link,) = page.links("Read the 3 barriers in power dynamics")
    assert link == "?kind=barrier&depth=headlines#h-barrier-power"


def test_headlines_are_sentences_only(reviewer, strand):
    finding = builders.finding(strand, text="Parents sit on the board")
    source = builders.source(strand.evaluation)
    builders.quotation(strand.evaluation, evidence_for=finding, source=source, text="We have a vote now")

    page = Page(reviewer.get(f"{MATRIX}?depth=headlines"))

    assert page.one(data_finding=str(finding.pk)).words == "Parents sit on the board"


@pytest.mark.parametrize("depth", ["figures", "headlines", "full"])
def test_a_cells_summary_stands_at_every_depth(reviewer, strand, depth):
    add(strand, 1)
    builders.summary(strand, text="In one sentence")

    assert shows(reviewer.get(f"{MATRIX}?depth={depth}"), "In one sentence")


def test_tabs_print_and_presenting_keep_what_was_asked_for(evaluator):
    asked = "kind=barrier&depth=headlines&drafts=1&strength=one&q=trust"
    page = Page(evaluator.get(f"{MATRIX}?{asked}"))

    assert page.links("Achievements") == ["?kind=achievement&depth=headlines&drafts=1&strength=one&q=trust"]
    assert page.links("Full text") == ["?kind=barrier&drafts=1&strength=one&q=trust"]
    assert page.links("Print") == [f"?{asked}&print=1"]
    assert page.links("Present") == [f"?{asked}&present=1"]
    assert page.links("Coproduction")[0] == f"{MATRIX}?{asked}"
    assert page.links("Hide drafts") == ["?kind=barrier&depth=headlines&strength=one&q=trust"]
    assert page.links("Clear filters") == ["?depth=headlines&drafts=1"]
    form = page.one("form", role="search")
    hidden = {field["name"]: field["value"] for field in form.all("input", type="hidden")}
    assert hidden == {"kind": "barrier", "depth": "headlines", "drafts": "1"}


# --- Filters ----------------------------------------------------------------------------------------------


def evidence(finding, interviews, **participant):
    """Attach a quotation from each of so many new interviews, each with somebody new."""
    for _ in range(interviews):
        person = builders.participant(finding.evaluation, **participant)
        answer = builders.answer(builders.interview(finding.evaluation, participants=[person]))
        builders.quotation(finding.evaluation, evidence_for=finding, answer=answer, speaker=person)


@pytest.fixture
def weighted(strand):
    """Findings with evidence of every strength, by their text."""
    rows = {text: builders.finding(strand, text=text) for text in Strength}
    builders.quotation(
        strand.evaluation, evidence_for=rows["quoted"], speaker=builders.participant(strand.evaluation)
    )
    source = builders.source(strand.evaluation)
    builders.quotation(strand.evaluation, evidence_for=rows["published"], source=source)
    for text, number in (("one", 1), ("few", 4), ("many", 5)):
        evidence(rows[text], number)
    return rows


def listed(response):
    """Return the words of the links of the findings in the matrices."""
    return [item.one("a").words for item in Page(response).all(data_finding=True)]


@pytest.mark.parametrize("strength", Strength)
def test_findings_are_narrowed_by_the_strength_of_their_evidence(reviewer, weighted, strength):
    response = reviewer.get(f"{MATRIX}?strength={strength}")

    assert listed(response) == [strength]
    assert sum(counts(response).values()) == 1
    assert "1 of 6 findings shown." in Page(response).words
    assert listed(reviewer.get(f"{E}findings/?strength={strength}")) == [strength]


@pytest.mark.parametrize(
    ("strength", "words"),
    [
        (Strength.NONE, "No quotation"),
        (Strength.QUOTED, "Quoted, interview not recorded"),
        (Strength.PUBLISHED, "Published, unattributed"),
        (Strength.ONE, "1 interview only"),
        (Strength.FEW, "4 interviews, 1 sector"),
        (Strength.MANY, "5 interviews, 1 sector"),
    ],
)
def test_a_filter_finds_what_a_finding_says_of_itself(reviewer, weighted, strength, words):
    page = Page(reviewer.get(f"{MATRIX}?strength={strength}"))

    assert page.one(data_finding=True).one(class_="behind").words == words
    assert [chip for chip in page.all("span", class_="chip") if strength.label.lower() in chip.words]


def test_filters_count_evidence_as_its_line_does(strand):
    source, speaker = builders.source(strand.evaluation), builders.participant(strand.evaluation)
    expected = {}
    for interviews, is_published, is_quoted in product((0, 1, 2, 4, 5), (False, True), (False, True)):
        finding = builders.finding(strand)
        evidence(finding, interviews)
        if is_published:
            builders.quotation(strand.evaluation, evidence_for=finding, source=source)
        if is_quoted:
            builders.quotation(strand.evaluation, evidence_for=finding, speaker=speaker)
        line = Evidence(interviews, is_published=is_published, is_quoted=is_quoted or bool(interviews))
        expected.setdefault(line.strength, set()).add(finding.pk)

    links = FindingQuotation.objects.all()
    found = {
        strength: set(of_strength(Finding.objects.all(), links, strength).values_list("pk", flat=True))
        for strength in Strength
    }

    assert found == expected


@pytest.mark.parametrize(
    ("strength", "interviews"), [(Strength.ONE, 1), (Strength.FEW, 2), (Strength.MANY, 5)]
)
def test_no_finding_makes_the_database_count_the_interviews_of_all(strand, strength, interviews):
    """PostgreSQL would, where it does not know yet how large the tables are."""
    evidence(builders.finding(strand), interviews)
    asked = of_strength(Finding.objects.all(), FindingQuotation.objects.all(), strength)
    assert "GROUP BY" not in str(asked.query)
    assert asked.count() == 1


def test_only_achievements_say_whether_they_last(reviewer, strand):
    builders.finding(strand, text="kept", kind="achievement", lasting="at_risk")
    builders.finding(strand, text="unjudged", kind="achievement")
    builders.finding(strand, text="in the way")

    assert listed(reviewer.get(f"{MATRIX}?lasting=at_risk")) == ["kept"]
    assert listed(reviewer.get(f"{MATRIX}?lasting=not_judged")) == ["unjudged"]
    assert listed(reviewer.get(f"{MATRIX}?lasting=not_judged&kind=barrier")) == []


def test_words_are_looked_for_only_in_what_the_audience_sees(reviewer, evaluator, strand):
    finding = builders.finding(strand, text="A shared sentence", note="about buses")
    source = builders.source(strand.evaluation)
    builders.quotation(strand.evaluation, evidence_for=finding, source=source, text="published words")
    builders.quotation(strand.evaluation, evidence_for=finding, text="secret words")
    builders.finding(strand, text="An unfinished sentence", status="draft")

    for found in ("shared", "buses", "published+sentence"):
        assert listed(reviewer.get(f"{MATRIX}?q={found}")) == ["A shared sentence"], found
    for browser in (reviewer, evaluator):
        for unseen in ("secret", "unfinished"):
            assert listed(browser.get(f"{MATRIX}?q={unseen}")) == []
    assert listed(reviewer.get(f"{MATRIX}?q=secret&drafts=1")) == []
    assert listed(evaluator.get(f"{MATRIX}?q=secret&drafts=1")) == ["A shared sentence"]
    assert listed(evaluator.get(f"{MATRIX}?q=secret&drafts=1&print=1")) == []


def test_status_is_asked_about_only_where_drafts_are_shown(reviewer, evaluator, strand):
    builders.finding(strand, text="shared")
    builders.finding(strand, text="unfinished", status="draft")

    assert listed(evaluator.get(f"{MATRIX}?drafts=1&status=draft")) == ["unfinished"]
    assert listed(evaluator.get(f"{MATRIX}?drafts=1&status=ready")) == ["shared"]
    for browser, query in ((evaluator, "status=draft"), (reviewer, "status=draft&drafts=1")):
        response = browser.get(f"{MATRIX}?{query}")
        assert listed(response) == ["shared"]
        assert not Page(response).all(id="id_status")


def test_filters_combine_count_what_matches_and_say_so_in_cells_they_empty(reviewer, strand):
    builders.finding(strand, text="trust in one", kind="achievement", condition="power", lasting="at_risk")
    builders.finding(strand, text="trust in two", kind="achievement", condition="power")
    builders.finding(strand, text="trust in three", condition="policies")

    page = Page(response := reviewer.get(f"{MATRIX}?q=trust&lasting=at_risk"))

    assert listed(response) == ["trust in one"]
    assert counts(response)["coproduction", "achievement", "power"] == 1
    cells = {(cell["data-kind"], cell["data-condition"]): cell for cell in page.all(data_count=True)}
    assert "None match the filters." in cells["barrier", "policies"].words
    assert "Not recorded." in cells["barrier", "power"].words
    assert page.one("p", class_="shown").words == (
        "1 of 3 findings shown. Will it last? at risk Words: trust Clear filters"
    )
    assert not page.all(class_="reading"), "nothing is generated from a part of the findings"


def test_what_a_filter_does_not_know_is_named_and_left_out(reviewer, strand):
    add(strand, 2)

    page = Page(response := reviewer.get(f"{MATRIX}?strength=enormous&kind=neither&depth=deep"))

    assert sum(counts(response).values()) == 2
    assert [target for target, _ in page.summary] == ["id_strength"]
    assert not page.all("p", class_="shown")


def test_show_all_in_a_narrowed_cell_leads_to_as_many_in_the_list(reviewer, strand):
    Finding.objects.bulk_create(
        Finding(
            evaluation=strand.evaluation,
            strand=strand,
            kind="barrier",
            condition="power",
            text=f"About trust {position}" if position % 2 else "About time",
            status=FindingStatus.READY,
            position=position,
        )
        for position in range(104)
    )

    (link,) = Page(reviewer.get(f"{MATRIX}?q=trust&strength=none")).links("Show all 52")

    assert "52 findings match" in Page(reviewer.get(link)).words


# --- What stands behind a finding -------------------------------------------------------------------------


def behind(browser, finding, address=MATRIX):
    """Return what is said to stand behind a finding."""
    return Page(browser.get(address)).one(data_finding=str(finding.pk)).one("p", class_="behind").words


def test_evidence_counts_interviews_exactly_and_sectors_of_five_or_more(reviewer, evaluator, strand):
    finding = builders.finding(strand)
    evidence(finding, 2, sector="health")
    evidence(finding, 1, sector="parent")
    evidence(finding, 1, sector="university")
    for sector, number in (("health", 3), ("parent", 4), ("university", 3)):
        for _ in range(number):
            builders.participant(strand.evaluation, sector=sector)

    for browser in (reviewer, evaluator):
        assert behind(browser, finding) == "4 interviews, 2 sectors"
        assert behind(browser, finding, f"{E}findings/") == "4 interviews, 2 sectors"
        page = Page(browser.get(f"{E}findings/{finding.pk}/"))
        assert page.one("p", class_="behind").words == "4 interviews, 2 sectors"


def test_evidence_is_counted_whatever_may_be_quoted_but_not_once_it_is_removed(reviewer, strand):
    finding = builders.finding(strand)
    evidence(finding, 2, consent="no")
    answer = builders.answer(builders.interview(strand.evaluation))
    builders.quotation(strand.evaluation, evidence_for=finding, answer=answer, removed_at="2024-06-01T00:00Z")

    assert behind(reviewer, finding) == "2 interviews"


def test_a_single_interview_is_said_to_be_one_only_and_tells_nothing_of_its_sector(reviewer, strand):
    large, small = builders.finding(strand), builders.finding(strand)
    evidence(large, 1, sector="health")
    evidence(small, 1, sector="university")
    for _ in range(4):
        builders.participant(strand.evaluation, sector="health")

    assert behind(reviewer, large) == behind(reviewer, small) == "1 interview only"


def test_an_interview_that_a_member_codes_blind_is_not_counted_for_them(reviewer, evaluator, cast, strand):
    finding = builders.finding(strand)
    evidence(finding, 2)
    interview = Interview.objects.first()
    coding = CodingRound.objects.create(evaluation=strand.evaluation, interview=interview, second=cast.evelyn)

    assert behind(evaluator, finding) == "1 interview only"
    assert behind(reviewer, finding) == "2 interviews"
    assert listed(evaluator.get(f"{MATRIX}?strength=few")) == []
    coding.closed_at = timezone.now()
    coding.save()
    assert behind(evaluator, finding) == "2 interviews"


def test_what_was_said_in_no_recorded_interview_is_not_called_unquoted(reviewer, strand):
    finding = builders.finding(strand)
    builders.quotation(
        strand.evaluation, evidence_for=finding, speaker=builders.participant(strand.evaluation)
    )

    assert behind(reviewer, finding) == "Quoted, interview not recorded"


def test_what_a_closed_workshop_gave_a_finding_stands_with_it(reviewer, cast, strand):
    finding = builders.finding(strand, text="weighed", kind="barrier")
    closed = datetime(2024, 5, 5, 12, tzinfo=UTC)
    workshop = Workshop.objects.create(
        evaluation=strand.evaluation, title="May", code="ABCDEFGH", opened_at=closed, closed_at=closed
    )
    turn = WorkshopRound.objects.create(
        evaluation=strand.evaluation,
        workshop=workshop,
        number=1,
        question="What first?",
        kind="barrier",
        opened_at=closed,
        closed_at=closed,
    )
    WorkshopResult.objects.create(
        evaluation=strand.evaluation,
        round=turn,
        finding=finding,
        text=finding.text,
        strand=strand,
        condition="policies",
        position=0,
        dots=8,
        people=4,
        confirm=0,
        challenge=0,
    )

    assert behind(reviewer, finding) == "No quotation 8 dots in the workshop of 5 May 2024"
    assert "8 dots in the workshop of 5 May 2024" in Page(reviewer.get(f"{MATRIX}?present=1&slide=9")).words


# --- Empty cells ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ([], "Not recorded."),
        (["not_recorded"], "Not recorded."),
        (["not_asked", "not_recorded"], "Not asked about."),
        (["nothing_said"], "Asked in 1 interview: nothing was said."),
        (["nothing_said", "nothing_said", "not_asked"], "Asked in 2 interviews: nothing was said."),
        (["asked", "nothing_said", "asked"], "Asked in 3 interviews, no finding yet."),
    ],
)
def test_an_empty_cell_says_what_the_interviews_of_its_strand_say(reviewer, strand, states, words):
    key = {"evaluation": strand.evaluation}
    other = builders.strand(strand.evaluation)
    unseen = [("asked", other, {}), ("asked", strand, {"status": "planned", "date": None})]
    unseen += [("asked", strand, {"emptied_on": "2024-06-01"})]
    for state, of, fields in [(state, strand, {}) for state in states] + unseen:
        interview = builders.interview(strand.evaluation, **fields)
        InterviewStrand.objects.create(interview=interview, strand=of, **key)
        InterviewCondition.objects.create(interview=interview, condition="power", state=state, **key)

    cells = Page(reviewer.get(MATRIX)).all(data_condition="power")
    assert [cell.one("p", class_="empty").words for cell in cells] == [words, words]


# --- One finding beside the matrix ------------------------------------------------------------------------


def test_a_finding_opens_with_what_readers_hear_what_lasts_and_what_answers_it(reviewer, evaluator, strand):
    finding = builders.finding(
        strand, text="Parents co-chair", kind="achievement", lasting="at_risk", holder="The ICB"
    )
    source = builders.source(strand.evaluation, title="A long title", label="June report")
    builders.quotation(strand.evaluation, evidence_for=finding, source=source, text="we co-chair")
    builders.quotation(strand.evaluation, evidence_for=finding, text="in confidence")
    answer = builders.recommendation(strand, ref="R7", title="Fund the chairs", status="in_progress")
    answer.barriers.add(finding, through_defaults={"evaluation": strand.evaluation})

    for browser in (reviewer, evaluator):
        page = Page(browser.get(f"{MATRIX}?kind=achievement&finding={finding.pk}"))
        words = page.with_id("finding").words
        for part in ("Parents co-chair", "“we co-chair” June report", "At risk. Held afterwards by The ICB."):
            assert part in words
        assert "R7: Fund the chairs In progress" in words
        assert "Published, unattributed" in words
        assert "in confidence" not in page.words
        assert page.links("Close") == [f"?kind=achievement#f-{finding.pk}"]
    asked = Page(evaluator.get(f"{MATRIX}?drafts=1&finding={finding.pk}"))
    assert "in confidence" in asked.with_id("finding").words


@pytest.mark.parametrize(
    "number", ["draft", "other strand", "elsewhere", "removed", "0", "-1", "x", "9" * 30, "²"]
)
def test_no_other_finding_opens_beside_the_matrix(reviewer, evaluator, strand, number):
    other = builders.strand(strand.evaluation)
    rows = {
        "draft": builders.finding(strand, status="draft", text="unfinished"),
        "other strand": builders.finding(other, text="of another strand"),
        "elsewhere": builders.finding(builders.strand(builders.evaluation()), text="of others"),
        "removed": builders.finding(strand, removed_at="2024-06-01T00:00Z", text="taken away"),
    }
    asked = rows[number].pk if number in rows else number

    for browser, query in ((reviewer, "drafts=1"), (evaluator, "print=1")):
        response = browser.get(f"{MATRIX}?finding={asked}&{query}")
        page = Page(response)
        assert response.status_code == 200
        assert "That finding is not in this matrix." in page.words
        assert not page.all(id="finding")
        assert not any(shows(response, row.text) for row in rows.values())
        alone = browser.get(f"{MATRIX}?finding={asked}", headers={"X-Part": "finding"})
        assert alone.status_code == 404


def test_the_script_gets_the_finding_alone_as_the_page_shows_it(reviewer, strand):
    finding = builders.finding(strand)
    address = f"{MATRIX}?kind=barrier&finding={finding.pk}"

    alone = Page(reviewer.get(address, headers={"X-Part": "finding"}))

    assert alone.words == Page(reviewer.get(address)).with_id("finding").words
    assert not alone.all("main")


# --- Presenting -------------------------------------------------------------------------------------------


def test_presenting_shows_each_matrix_and_each_of_its_cells_in_turn(reviewer, strand):
    builders.finding(strand, text="Nobody is paid", condition="power")
    seen = []
    address = f"{MATRIX}?kind=barrier&present=1"
    while address:
        page = Page(reviewer.get(address))
        seen.append(page.one("h1").words)
        links = page.links("Next")
        address = f"{MATRIX}{links[0]}" if links else ""

    assert seen == [
        "1 barrier",
        "Policies 0 barriers",
        "Practices 0 barriers",
        "Resource flows 0 barriers",
        "Relationships & connections 0 barriers",
        "Power dynamics 1 barriers",
        "Mental models 0 barriers",
    ]
    assert page.links("Leave presenting") == [f"{MATRIX}?kind=barrier"]
    assert not page.all("header", class_="mast")


@pytest.mark.parametrize("slide", ["0", "99", "-3", "x", "²", "9" * 40])
def test_a_step_that_is_not_there_is_the_nearest_one(reviewer, slide):
    page = Page(reviewer.get(f"{MATRIX}?present=1&slide={slide}"))

    assert any(f"{number} of 14" in page.words for number in (1, 14))


def test_nobody_presents_a_draft_or_words_that_readers_may_not_see(evaluator, strand):
    finding = builders.finding(strand, text="shared")
    builders.quotation(strand.evaluation, evidence_for=finding, text="in confidence")
    builders.finding(strand, text="unfinished", status="draft")

    response = evaluator.get(f"{MATRIX}?present=1&drafts=1&status=draft&slide=9")

    assert shows(response, "shared")
    assert not shows(response, "unfinished")
    assert not shows(response, "in confidence")

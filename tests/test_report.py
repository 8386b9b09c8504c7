"""The report's content: sections in order, drafted from the data or as written, live parts for readers."""

import re
from collections import Counter, defaultdict
from datetime import date
from io import BytesIO
from itertools import combinations_with_replacement

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from evaluations.analysis.masking import breakdown
from evaluations.conditions import Condition, Kind
from evaluations.exporting.report import report_file
from evaluations.models import (
    DocumentKind,
    Finding,
    Quotation,
    RecommendationQuotation,
    ReflectionQuotation,
    ReportStrand,
    SectionKey,
)
from evaluations.queries.summaries import basis_of
from evaluations.report.blocks import Figure, Grid, Heading, Note, Paragraph, Table, plain
from evaluations.report.passages import quotations_in, texts_of
from evaluations.screens import report as screen
from evaluations.screens.report import read_outline
from evaluations.screens.report_data import read_report, report_strands, report_title

from . import builders
from .base import as_member
from .report_content import DAY, SAID, blocks_in, choose, document_of, draft_of, section_of, words_of


@pytest.fixture
def of_2023(legacy_cast):
    """Evelyn in the 2023 evaluation."""
    return as_member(legacy_cast.evelyn, legacy_cast.evaluation)


def test_the_2023_report_comes_from_the_data_alone(of_2023):
    report = document_of(of_2023)
    in_order = [key.value for key in SectionKey if key is not SectionKey.SUMMARY]
    assert [section.key for section in report.sections] == in_order
    assert report.title == "Coproduction Evaluation and Legacy Planning, June 2023"
    assert report.lines == (
        "Small Steps Big Changes, Phase Six: Full Delivery and Legacy (2023-2025)",
        "By Northern Lights Learning & Solutions and Richmond Baxter Ltd",
        SAID,
    )
    findings = Finding.objects.filter(strand__slug="coproduction")
    naive = Counter(findings.values_list("kind", "condition"))
    grids = blocks_in(report, "achievements", Grid) + blocks_in(report, "remaining", Grid)
    assert [len(level) for grid in grids for level in grid.rows] == [3, 2, 1, 3, 2, 1]
    shown = [cell for grid in grids for level in grid.rows for cell in level]
    assert [len(cell.items) for cell in shown] == [3, 3, 3, 3, 2, 1, 3, 4, 4, 3, 3, 7]
    assert [len(cell.items) for cell in shown] == [naive[kind, c] for kind in Kind for c in Condition]
    assert [grid.words for grid in grids] == ["15 achievements", "24 barriers"]
    assert shown[0].heading == "Policy (& Governance)"
    texts = {plain(item.runs) for cell in shown for item in cell.items}
    assert texts == set(findings.values_list("text", flat=True))

    heads = [(block.level, block.text.split()[0]) for block in blocks_in(report, "recommendations", Heading)]
    refs = [(4, f"R{number}") for number in range(1, 11)]
    assert heads == [(3, "Committed"), *refs[:5], (3, "Added"), *refs[5:]]
    linked = {
        *findings.values_list("quotations", flat=True),
        *ReflectionQuotation.objects.values_list("quotation", flat=True),
        *RecommendationQuotation.objects.values_list("quotation", flat=True),
    } - {None}
    assert quotations_in(report) == linked
    [thanks] = [block for block in section_of(report, "acknowledgements").blocks if hasattr(block, "items")]
    assert len(thanks.items) == 8
    assert not re.search(r"\d", " ".join(plain(item.runs) for item in thanks.items))
    words = words_of(report)
    assert not re.search(r"\b121\b|\b(21|twenty-one) interviews|time left", words, re.IGNORECASE)
    assert "The programme ended on 31 March 2025." in words
    assert "Father Inclusivity: " not in words, "its findings are not in this report"
    page = report_file(document_of(of_2023, DocumentKind.SUMMARY), "pdf", name=("summary",))
    assert len(PdfReader(BytesIO(page.content)).pages) == 1


def test_the_report_is_about_strands_from_interviews_unless_others_are_chosen(cast, writer, public):
    evaluation, strand = cast.evaluation, cast.evaluation.strand
    assert report_strands(writer) == [strand]
    choose(evaluation, public)
    assert report_strands(writer) == [public]
    ReportStrand.objects.all().delete()
    evaluation.strand.provenance = "public_sources"
    evaluation.strand.save()
    assert report_strands(writer) == [strand, public], "none comes from interviews"


def test_the_title_is_as_set_or_as_published_or_the_evaluations(cast, writer):
    assert report_title(writer) == "Practice evaluation"
    cast.evaluation.report_title = "As published"
    assert report_title(writer) == "As published"
    choose(cast.evaluation, title="As set")
    assert document_of(writer).title == "As set"


def test_sections_stand_where_they_were_put_and_say_what_was_written(cast, writer):
    evaluation = cast.evaluation
    evaluation.introduction, evaluation.method = "From the data.", "As the data says."
    builders.section(evaluation, "method", position=0, heading="How we did it", text="By *hand*.")
    builders.section(evaluation, "introduction", position=1, is_written=False, text="Kept, not shown.")
    builders.section(evaluation, "about_model", position=2, is_included=False)
    rows = read_outline(writer)
    assert [row.key for row in rows][:3] == ["method", "introduction", "objectives"]
    assert [row.key for row in rows][-1] == "summary"
    method, introduction = rows[:2]
    assert (method.heading, method.text, method.label) == ("How we did it", "By *hand*.", "Method")
    assert method.drafted.startswith("As the data says.")
    assert (introduction.text, introduction.version) == (introduction.drafted, 1)
    assert introduction.text.startswith("From the data.")
    report = document_of(writer)
    assert [section.key for section in report.sections][:2] == ["method", "introduction"]
    assert "about_model" not in [section.key for section in report.sections]
    assert "Kept, not shown" not in words_of(report)
    assert screen.section_of(read_report(writer, DAY), method) == section_of(report, "method")


def test_a_section_without_anything_to_say_is_not_in_the_document(writer):
    keys = [section.key for section in document_of(writer).sections]
    assert keys == ["introduction", "about_model", "achievements", "remaining", "method"]
    assert document_of(writer, DocumentKind.SUMMARY).sections == ()


def test_whoever_asks_it_is_what_readers_see(cast, writer, strand):
    evaluation = cast.evaluation
    speaker = builders.participant(evaluation, consent="yes")
    ready = builders.finding(strand)
    builders.finding(strand, status="draft", text="Draft finding")
    builders.quotation(evaluation, evidence_for=ready, speaker=speaker, text="Not approved")
    approved = builders.quotation(
        evaluation, evidence_for=ready, speaker=speaker, text="Approved", approved_on=date(2024, 5, 1)
    )
    draft = builders.reflection(evaluation, status="draft", theme="Draft theme")
    builders.point(draft, text="Draft point")
    shared = builders.reflection(evaluation, theme="Shared theme")
    shown = builders.point(shared, text="Shared point")
    ReflectionQuotation.objects.create(
        evaluation=evaluation, point=shown, quotation=Quotation.objects.first()
    )
    report = document_of(writer)
    words = words_of(report)
    assert "Shared point" in words
    assert quotations_in(report) == {approved.pk}
    assert not re.search("Draft finding|Not approved|Draft theme|Draft point", words)


def test_a_strand_from_public_sources_says_so_and_has_no_sentence_of_its_figures(
    cast, writer, public, strand
):
    public.provenance_note = "Read on the web."
    public.save()
    builders.finding(strand)
    choose(cast.evaluation, strand, public)
    report = document_of(writer)
    note = "Public: Compiled from public sources, not from interviews. Read on the web."
    assert note in report.notes
    for key in ("achievements", "remaining"):
        assert note in [block.text for block in blocks_in(report, key, Note)]
    prose = " ".join(plain(block.runs) for block in blocks_in(report, "remaining", Paragraph))
    assert "1 barrier in Coproduction" in prose
    assert "Public" not in prose
    assert draft_of(writer, "achievements") == ""
    assert blocks_in(report, "achievements", Grid)[1].words == "1 fact from public sources"
    captions = [figure.caption for figure in blocks_in(report, "remaining", Figure)]
    assert [caption.endswith("not from interviews") for caption in captions] == [False, True]
    assert any(block.text.startswith("An illustration") for block in blocks_in(report, "remaining", Note))


def test_strands_are_compared_only_when_there_are_two_and_counts_stand_beside(cast, writer, strand):
    builders.finding(strand, condition="power")
    assert blocks_in(document_of(writer), "remaining", Figure) == []
    other = builders.strand(cast.evaluation, name="Food", position=8)
    builders.finding(other, kind="achievement", condition="policies")
    report = document_of(writer)
    assert len(blocks_in(report, "remaining", Figure)) == 2
    [table] = blocks_in(report, "remaining", Table)
    rows = {row[0]: row[1:] for row in table.rows}
    assert table.heads[1:] == (
        "Coproduction: achievements",
        "Coproduction: barriers",
        "Food: achievements",
        "Food: barriers",
    )
    assert rows["Power dynamics"] == ("0", "1", "0", "0")
    assert rows["Tangible"] == ("0", "0", "1", "0")
    assert rows["All"] == ("0", "1", "1", "0")
    notes = [block.text for block in blocks_in(report, "remaining", Note)]
    assert notes.count("Counts are of findings, not of people.") == 2


def test_most_is_said_above_half_only(writer, strand):
    for condition in ("power", "power", "policies", "policies"):
        builders.finding(strand, condition=condition)
    assert "most" not in draft_of(writer, "remaining").lower()
    builders.finding(strand, condition="power")
    assert "Most of Coproduction’s barriers are intangible, 3 of 5" in draft_of(writer, "remaining")


def test_what_was_judged_of_lasting_is_told_at_the_finding_in_words_and_in_figures(cast, writer, strand):
    achieved = {"kind": "achievement"}
    builders.finding(strand, **achieved, text="It holds", lasting="embedded", holder="The ICB")
    builders.finding(strand, **achieved, text="It goes", lasting="ends")
    builders.finding(strand, **achieved, text="Who knows")
    cast.evaluation.programme_ends = date(2025, 3, 31)
    report = document_of(writer)
    [grid] = blocks_in(report, "achievements", Grid)
    assert [plain(item.runs) for item in grid.rows[0][0].items] == [
        "It holds Embedded; held by The ICB.",
        "It goes Ended with the programme.",
        "Who knows",
    ]
    [table] = blocks_in(report, "achievements", Table)
    assert {row[0]: row[1:] for row in table.rows} == {
        "At risk": ("0", "0", "0"),
        "Ended with the programme": ("0", "1", "1"),
        "Not judged": ("0", "1", "1"),
        "Embedded": ("1", "0", "1"),
    }
    assert "1 of 3 achievements is at risk or ended" in words_of(report)
    builders.strand(cast.evaluation, name="Food", position=8)
    assert "Coproduction: 1 of 3 achievements is at risk" in draft_of(writer, "achievements")


def test_a_signed_summary_stands_in_its_cell_while_findings_back_it(cast, writer, strand):
    summary = builders.summary(strand, signed_by=cast.evelyn, signed_at=timezone.now())
    assert "In short" not in words_of(document_of(writer))
    finding = builders.finding(strand)
    builders.finding(builders.strand(cast.evaluation, position=8))
    cell, elsewhere = (grid.rows[0][0] for grid in blocks_in(document_of(writer), "remaining", Grid))
    assert elsewhere.summary == ""
    assert cell.summary.startswith("In short (Signed by Evelyn")
    assert cell.summary.endswith("The findings behind it changed since.)")
    assert cell.summary_about == f"summary:{summary.pk}"
    summary.basis = basis_of(Finding.objects.filter(pk=finding.pk))
    summary.save()
    assert "changed since" not in words_of(document_of(writer))


def test_recommendations_stand_by_origin_with_what_became_of_them(cast, writer, strand):
    evaluation = cast.evaluation
    evaluation.programme_short, evaluation.condition_note = "SSBC", "Conditions are our own reading."
    own = builders.recommendation(strand, ref="R1", source="committed", title="Own", text="In more words")
    builders.action(own, text="A step")
    answer = {"response": "partly_accepted", "response_reason": "No money"}
    builders.recommendation(strand, ref="R2", title="Added", adds_to=own, **answer)
    builders.recommendation(strand, ref="R3", title="Open")
    report = document_of(writer)
    heads = [block.text for block in blocks_in(report, "recommendations", Heading)]
    assert heads == ["Committed by SSBC", "R1 Own", "Added by the evaluators", "R2 Added", "R3 Open"]
    [note] = blocks_in(report, "recommendations", Note)
    assert note.text == "Conditions are our own reading."
    lines = [text.text for text in texts_of(report) if text.about == "recommendation:R2"]
    assert lines == [
        "R2 Added",
        "Response: Partly accepted. No money",
        "Condition: Power dynamics. Adds to R1.",
    ]
    assert "A step" in words_of(report)
    draft = draft_of(writer, "recommendations")
    assert draft.startswith("SSBC committed to 1 recommendation, and the evaluators added 2.")
    assert draft.endswith("SSBC accepted 1 in part and has not answered 1 yet.")


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 9, "b": 8}, ["a", "b"]),
        ({"a": 9, "b": 6, "c": 4}, ["a"]),
        ({"a": 6, "b": 6, "c": 4}, []),
        ({"a": 5, "b": 5, "c": 4}, []),
        ({"a": 6, "b": 4, "c": 4, "d": 3}, []),
        ({"a": 9, "b": 3, "c": 2}, ["a"]),
        ({"a": 9, "b": 1, "c": 1}, []),
        ({"a": 9, "b": 4, "c": 4}, []),
        ({"a": 7, "b": 4, "c": 4, "d": 3, "e": 2, "f": 1}, ["a"]),
        ({"a": 4}, []),
        ({"a": 9, "b": 0}, ["a"]),
        ({}, []),
    ],
)
def test_no_small_group_is_shown_nor_can_one_be_worked_out(counts, shown):
    found = breakdown(counts, smallest=5)
    assert [group for group, _ in found.shown] == shown
    assert found.total == sum(counts.values())
    assert {group for group, _ in (*found.shown, *found.masked)} == {key for key, n in counts.items() if n}


def test_of_all_small_breakdowns_none_lets_a_masked_number_be_worked_out():
    told = defaultdict(set)
    for numbers in combinations_with_replacement(range(9, 0, -1), 4):
        found = breakdown(dict(zip("abcd", numbers, strict=True)), smallest=4)
        if found.shown and found.masked:
            told[found.shown, found.together].add(tuple(number for _, number in found.masked))
    assert told
    fixed = {
        said for said, splits in told.items() for rank in zip(*splits, strict=True) if len(set(rank)) == 1
    }
    assert not fixed


def test_the_summary_stays_on_a_page_in_plain_words(cast, writer, strand):
    for number, condition in enumerate(Condition):
        for kind in Kind:
            text = f"{kind.label} {number} " + "word " * (18 if number else 500)
            builders.finding(strand, kind=kind, condition=condition, text=text)
    for number in range(1, 9):
        builders.recommendation(strand, ref=f"R{number}", title=f"Do it {number} " + "well " * 20)
    builders.recommendation(strand, ref="R9", title="Refused", response="not_accepted", response_reason="No")
    draft = draft_of(writer, "summary")
    assert len(draft.split()) <= 350
    assert "Achievement 1" in draft
    assert "Achievement 0" not in draft, "it is too long for a page"
    assert "Refused" not in draft
    assert not re.search("mental model|tangible|barrier |condition", draft)
    [section] = document_of(writer, DocumentKind.SUMMARY).sections
    heads = [block.text for block in section.blocks if isinstance(block, Heading)]
    assert heads == [
        "What was looked at",
        "What has changed",
        "What still needs to be done",
        "What happens next",
        "Thank you",
    ]


def test_the_summary_tells_first_what_the_programme_agreed_to(cast, writer, strand):
    builders.recommendation(strand, title="Only asked for")
    assert "The people who wrote the report ask for this:\n\n- Only asked for" in draft_of(writer, "summary")
    builders.recommendation(strand, title="Agreed to", response="accepted")
    draft = draft_of(writer, "summary")
    assert "## What happens next\n\nA programme has said that it will do this:\n\n- Agreed to" in draft
    assert "Only asked for" not in draft
    for number in range(5):
        builders.recommendation(strand, title=f"Agreed too {number}", response="accepted")
    assert "A programme has said that it will do 6 things, among them:\n\n- Agreed to" in draft_of(
        writer, "summary"
    )
    cast.evaluation.programme_ends = date(2025, 3, 31)
    assert "## What was promised\n\nA programme said that it would do 6 things" in draft_of(writer, "summary")


def test_the_summary_writes_short_forms_out_once(cast, writer, strand):
    evaluation = cast.evaluation
    evaluation.programme, evaluation.programme_short = "Small Steps", "SST"
    evaluation.glossary = {"PC": "Parent Champion", "ICB": "Care *Board*", "vote": "A count of hands"}
    builders.finding(strand, kind="achievement", text="PCs have a vote at the ICB. PCs and ICB met.")
    draft = draft_of(writer, "summary")
    assert "Small Steps (SST) leaves behind" in draft
    words = words_of(document_of(writer, DocumentKind.SUMMARY))
    assert "Parent Champions (PCs) have a vote at the Care *Board* (ICB). PCs and ICB met." in words


def test_the_summary_says_whether_it_will_last_where_that_was_judged_alone(cast, writer, strand):
    builders.finding(strand, kind="achievement", text="Done")
    assert "last" not in draft_of(writer, "summary")
    for lasting in ("embedded", "embedded", "ends"):
        builders.finding(strand, kind="achievement", text="Done", lasting=lasting)
    draft = draft_of(writer, "summary")
    assert "what has changed, and whether it will last." in draft
    said = "2 are made to last, 1 is going to end with the programme and 1 is not yet judged. Among them:"
    assert f"Of 4 changes that the report found, {said}" in draft


def test_made_up_evaluations_say_so_above_and_on_every_page(cast, writer):
    assert document_of(writer).notes == ()
    cast.evaluation.is_made_up = True
    for kind in DocumentKind:
        document = document_of(writer, kind)
        assert "Made-up practice evaluation: nobody said any of this." in document.notes
        assert document.foot.endswith("Draft of 30 November 2026. Made-up practice evaluation")


def test_the_foot_is_one_line_and_the_files_name_the_evaluators(cast, writer):
    choose(cast.evaluation, title="On " + "coproduction " * 15)
    cast.evaluation.is_made_up, cast.evaluation.evaluators = True, "Ada Ltd\nNorth & Co"
    document = document_of(writer, DocumentKind.SUMMARY)
    assert len(document.foot) <= 85
    assert document.foot.startswith("On coproduction coproduct") and "… Draft of 30" in document.foot
    assert document.authors == ("Ada Ltd", "North & Co")


def test_the_glossary_is_in_the_order_of_its_words(cast, writer):
    cast.evaluation.glossary = {"PC": "Parent Champion", "icb": "Board", "CVS": "Voluntary"}
    [table] = blocks_in(document_of(writer), "glossary", Table)
    assert [row[0] for row in table.rows] == ["CVS", "icb", "PC"]


def test_words_of_the_data_are_no_formatting_in_drafts(cast, writer, strand):
    strand.name = "*Food* & <b>more</b>"
    strand.save()
    builders.finding(strand)
    assert "The evaluators found 1 barrier in *Food* & <b>more</b>." in words_of(document_of(writer))


def test_a_thousand_findings_take_no_more_queries_than_ten(cast, writer, strand):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            document_of(writer)
        return len(captured)

    def add(number):
        speaker = builders.participant(cast.evaluation, sector="health")
        said = {"speaker": speaker, "approved_on": date(2024, 5, 1)}
        for _ in range(number):
            finding = builders.finding(strand)
            builders.quotation(cast.evaluation, evidence_for=finding, **said)
        recommendation = builders.recommendation(strand)
        builders.action(recommendation)
        point = builders.point(builders.reflection(cast.evaluation, strand=strand))
        ReflectionQuotation.objects.create(
            evaluation=cast.evaluation, point=point, quotation=Quotation.objects.last()
        )
        builders.summary(strand, condition=Condition.POWER if number > 10 else Condition.POLICIES)
        builders.answer(builders.interview(cast.evaluation, participants=[speaker]))

    add(10)
    few = queries()
    add(1000)
    assert queries() == few

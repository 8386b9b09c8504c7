"""The matrices as files: whole, for readers whoever asks, and text that stays text."""

import re
from collections import defaultdict

import pytest
from defusedxml import ElementTree
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.conditions import Condition, Kind
from evaluations.models import AuditEvent, Finding, FindingStatus

from . import builders
from .base import signed_in
from .files import (
    HEADING,
    book_of,
    cells_in_shape,
    lines_of,
    parts_of,
    rows_in,
    rows_of,
    sent,
    tables_of,
    words_of,
)

LEGACY = "/e/ssbc-legacy-2023/"
E = "/e/practice/"
MATRIX = f"{E}matrix/coproduction/export/"
FORMULAS = ["=1+1", "+44 115", "-1 and falling", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://x")']
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def legacy_reader(legacy_cast):
    return signed_in(legacy_cast.rowan)


def printed(kind):
    """Return ``{condition: sentences}`` of the 2023 Coproduction matrix of a kind."""
    rows = Finding.objects.filter(strand__slug="coproduction", kind=kind).order_by("position", "pk")
    return {condition: [row.text for row in rows if row.condition == condition] for condition in Condition}


# --- The matrices of 2023 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "total"), [(Kind.ACHIEVEMENT, 15), (Kind.BARRIER, 24)])
def test_the_workbook_of_2023_holds_the_printed_matrices_in_the_models_shape(
    legacy, legacy_reader, kind, total
):
    book = book_of(sent(legacy_reader, f"{LEGACY}matrix/coproduction/export/xlsx/"))

    shape = cells_in_shape(book[kind.short_heading])

    assert list(shape) == [legacy.headings[condition] for condition in Condition]
    for condition, texts in printed(kind).items():
        assert shape[legacy.headings[condition]] == texts
    assert sum(map(len, shape.values())) == total


def test_the_shape_is_three_above_two_above_one_with_the_waterline_below_the_first_three(legacy_reader):
    sheet = book_of(sent(legacy_reader, f"{LEGACY}matrix/coproduction/export/xlsx/"))["Achievements"]

    widths, order = defaultdict(list), []
    for area in sheet.merged_cells.ranges:
        cell = sheet.cell(area.min_row, area.min_col)
        if cell.fill.fgColor.rgb == HEADING:
            widths[area.min_row].append(area.max_col - area.min_col + 1)
            order.append((area.min_row, "heading"))
        if str(cell.value).startswith("Waterline: tangible conditions above"):
            order.append((area.min_row, "waterline"))
    assert [widths[row] for row in sorted(widths)] == [[2, 2, 2], [3, 3], [6]]
    assert [what for _, what in sorted(order)] == ["heading"] * 3 + ["waterline"] + ["heading"] * 3
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0, "as wide as the page, as many pages as it takes"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$1:$2"


def test_the_tidy_sheet_of_2023_has_one_row_a_finding(legacy_reader):
    book = book_of(sent(legacy_reader, f"{LEGACY}matrix/coproduction/export/xlsx/"))

    rows = rows_in(book["Findings"])

    assert book.sheetnames == ["Achievements", "To do and barriers", "Findings", "About"]
    assert len(rows) == 39
    for kind in Kind:
        for condition, texts in printed(kind).items():
            mine = [r for r in rows if (r["Kind"], r["Condition"]) == (kind.label, condition.label)]
            assert [row["Finding"] for row in mine] == texts
            assert [row["Position"] for row in mine] == list(range(1, len(texts) + 1))
            assert {row["Tangible or intangible"] for row in mine} <= {condition.tangibility.label}


def test_the_document_of_2023_holds_the_printed_matrices_in_its_tables(legacy, legacy_reader):
    content = sent(legacy_reader, f"{LEGACY}matrix/coproduction/export/docx/")

    tables = tables_of(content)

    assert [len(table[0]) for table in tables] == [3, 2, 1, 3, 2, 1]
    assert all(len(table) == 2 for table in tables)
    heads = [" ".join(lines_of(cell)) for table in tables for cell in table[0]]
    boxes = [cell for table in tables for cell in table[1]]
    total = 0
    for at, (kind, condition) in enumerate((kind, condition) for kind in Kind for condition in Condition):
        texts = printed(kind)[condition]
        assert heads[at] == f"{legacy.headings[condition]} ({len(texts)})"
        assert lines_of(boxes[at], "ListBullet") == texts
        total += len(lines_of(boxes[at], "ListBullet"))
    assert total == 39


def test_the_csv_of_2023_has_the_same_rows_as_the_workbook(legacy_reader):
    address = f"{LEGACY}matrix/coproduction/export/"
    rows = rows_of(sent(legacy_reader, f"{address}csv/"))
    book = book_of(sent(legacy_reader, f"{address}xlsx/"))

    same = [
        {key: "" if value is None else str(value) for key, value in row.items()}
        for row in rows_in(book["Findings"])
    ]
    assert [{key: row[key] for key in same[0]} for row in rows] == same


def test_a_published_quotation_stands_with_where_it_was_published(legacy_reader):
    address = f"{LEGACY}matrix/coproduction/export/"
    rows = rows_of(sent(legacy_reader, f"{address}csv/"))
    (row,) = [row for row in rows if "invited in" in row["Quotations"]]

    assert row["Quotations"] == "“invited in” (June 2023 report)\n“to be the irritant” (June 2023 report)"
    assert "“invited in” (June 2023 report)" in words_of(sent(legacy_reader, f"{address}docx/"), "docx")


def test_recommendations_stand_beside_the_barriers_that_they_answer(reviewer, strand):
    barrier = builders.finding(strand)
    for ref, title in (("R10", "Later"), ("R2", "Sooner")):
        row = builders.recommendation(strand, ref=ref, title=title)
        row.barriers.add(barrier, through_defaults={"evaluation": strand.evaluation})

    (row,) = rows_of(sent(reviewer, f"{MATRIX}csv/"))

    assert row["Recommendations that answer it"] == "R2 Sooner\nR10 Later"


# --- What a file says of itself ---------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["xlsx", "csv", "docx"])
def test_a_file_says_when_it_was_made_of_what_and_where_it_comes_from(legacy_reader, format):
    content = sent(legacy_reader, f"{LEGACY}matrix/father-inclusivity/export/{format}/?kind=barrier")
    said, today = words_of(content, format), timezone.localdate()

    assert "SSBC Legacy Plan evaluation 2023" in said
    assert "Compiled from public sources, not from interviews" in said
    assert "Barriers only" in said
    assert (today.isoformat() if format == "csv" else f"{today.day} {today:%B %Y}") in said
    if format != "csv":
        assert "Counts are of findings, not of people." in said


@pytest.mark.parametrize("format", ["xlsx", "csv", "docx"])
def test_a_made_up_evaluation_says_so_in_every_file(cast, reviewer, strand, format):
    builders.finding(strand)
    assert "Made-up" not in words_of(sent(reviewer, f"{MATRIX}{format}/"), format)
    cast.evaluation.is_made_up = True
    cast.evaluation.save()

    assert "Made-up practice evaluation" in words_of(sent(reviewer, f"{MATRIX}{format}/"), format)


@pytest.mark.parametrize(
    ("format", "kind"),
    [
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("csv", "text/csv; charset=utf-8"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_a_file_is_named_after_what_it_holds_and_nothing_keeps_it(reviewer, strand, format, kind):
    answer = reviewer.get(f"{MATRIX}{format}/")

    name = f"practice-coproduction-matrix-{timezone.localdate():%Y-%m-%d}.{format}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"] == kind
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("format", ["pdf", "XLSX", "xls", "html", "0"])
def test_another_format_is_not_found_and_nothing_is_recorded(reviewer, strand, format):
    assert reviewer.get(f"{MATRIX}{format}/").status_code == 404
    assert not AuditEvent.objects.filter(verb="exported").exists()


def test_what_was_taken_away_is_recorded_without_its_words(cast, reviewer, strand):
    builders.finding(strand, text="Told in confidence")
    reviewer.get(f"{MATRIX}csv/?q=confidence")

    (event,) = AuditEvent.objects.filter(verb="exported")
    assert (event.user, event.evaluation, event.subject) == (
        cast.rowan,
        cast.evaluation,
        f"matrix of strand {strand.pk} as csv",
    )


def test_the_document_can_be_heard_and_printed(legacy_reader):
    parts = parts_of(sent(legacy_reader, f"{LEGACY}matrix/coproduction/export/docx/"))
    document = ElementTree.fromstring(parts["word/document.xml"])
    styles, core = parts["word/styles.xml"].decode(), parts["docProps/core.xml"].decode()

    assert re.findall(r'<w:lang [^>]*w:val="([^"]+)"', styles) == ["en-GB"]
    assert "<dc:title>Coproduction: what has changed, and what remains</dc:title>" in core
    assert "python-docx" not in core
    page = document.find(f".//{W}pgSz")
    assert page.get(f"{W}orient") == "landscape"
    assert abs(int(page.get(f"{W}w")) - 16838) < 5
    for table in document.iter(f"{W}tbl"):
        assert table.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val")
        assert table.find(f"{W}tblPr/{W}tblDescription").get(f"{W}val")
        head, *rows = table.findall(f"{W}tr")
        assert head.find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    assert all("".join(paragraph.itertext()) for paragraph in document.iter(f"{W}p")), "an empty paragraph"
    used = [style.get(f"{W}val") for style in document.iter(f"{W}pStyle")]
    assert used[0] == "Heading1"
    assert {"Heading2", "Heading3", "ListBullet", "Quote"} <= set(used)
    footers = "".join(part.decode() for name, part in parts.items() if "footer" in name)
    assert 'w:instr="PAGE"' in footers
    assert 'w:instr="NUMPAGES"' in footers


# --- Access, consent and filters --------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["xlsx", "csv", "docx"])
def test_everybody_gets_the_same_file_and_drafts_and_unapproved_words_are_in_none(cast, strand, format):
    speaker = builders.participant(cast.evaluation)
    shown = builders.finding(strand, text="Everybody reads this")
    builders.finding(strand, text="Draft sentence", status="draft")
    builders.quotation(cast.evaluation, evidence_for=shown, text="Not approved", speaker=speaker)
    approved = {"speaker": speaker, "approved_on": "2024-05-14"}
    builders.quotation(cast.evaluation, evidence_for=shown, text="We may be quoted", **approved)
    refuses = builders.participant(cast.evaluation, consent="no")
    builders.quotation(
        cast.evaluation, evidence_for=shown, text="Not consented", speaker=refuses, approved_on="2024-05-14"
    )

    def face(user, query=""):
        content = sent(signed_in(user), f"{MATRIX}{format}/{query}")
        return content if format == "csv" else parts_of(content)

    faces = [face(user) for user in (cast.rowan, cast.leigh, cast.evelyn)]
    faces += [face(cast.evelyn, "?drafts=1&status=draft"), face(cast.rowan, "?drafts=1&depth=figures")]
    assert all(other == faces[0] for other in faces[1:])
    said = words_of(sent(signed_in(cast.evelyn), f"{MATRIX}{format}/?drafts=1"), format)
    assert "Everybody reads this" in said
    assert "We may be quoted" in said
    for secret in ("Draft sentence", "Not approved", "Not consented", speaker.code):
        assert secret not in said


def test_filters_narrow_every_sheet_and_are_said(reviewer, strand):
    builders.finding(strand, text="Trust is low", kind="barrier", condition="power")
    builders.finding(strand, text="Trust grew", kind="achievement", lasting="at_risk", holder="The board")
    builders.finding(strand, text="Money came", kind="achievement")

    book = book_of(sent(reviewer, f"{MATRIX}xlsx/?q=trust&kind=achievement"))

    assert book.sheetnames == ["Achievements", "Findings", "About"]
    assert [row["Finding"] for row in rows_in(book["Findings"])] == ["Trust grew"]
    assert cells_in_shape(book["Achievements"])["Policies"] == ["Trust grew"]
    assert cells_in_shape(book["Achievements"])["Power dynamics"] == ["Not recorded."]
    about = dict(book["About"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert about["Filters"] == "Achievements only; Words: trust"
    (row,) = rows_of(sent(reviewer, f"{MATRIX}csv/?lasting=at_risk"))
    assert (row["Finding"], row["Will it last?"], row["Held by"]) == ("Trust grew", "At risk", "The board")


def test_how_much_stands_behind_a_finding_is_counted_and_a_single_interviews_sector_is_not_told(cast, strand):
    people = [builders.participant(cast.evaluation, sector="health") for _ in range(5)]
    thin, firm = builders.finding(strand, text="Thin"), builders.finding(strand, text="Firm")
    for finding, speakers in ((thin, people[:1]), (firm, people[:3])):
        for person in speakers:
            answer = builders.answer(builders.interview(cast.evaluation, participants=[person]))
            builders.quotation(cast.evaluation, evidence_for=finding, speaker=person, answer=answer)

    rows = {row["Finding"]: row for row in rows_of(sent(signed_in(cast.rowan), f"{MATRIX}csv/"))}

    def told(name):
        return [rows[name][key] for key in ("Interviews", "Sectors large enough to count")]

    assert told("Thin") == ["1", ""]
    assert told("Firm") == ["3", "1"]
    assert rows["Thin"]["What stands behind it"] == "1 interview only"


# --- Hostile words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_like_finding_stays_text(reviewer, strand, text):
    builders.finding(strand, text=text, note=text)

    book = book_of(sent(reviewer, f"{MATRIX}xlsx/"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    (row,) = rows_of(sent(reviewer, f"{MATRIX}csv/"))

    same = text.replace("\r", "\n")
    held = [cell for cell in cells if cell.value == same]
    assert len(held) == 3  # in its matrix, and twice in the tidy sheet
    assert {cell.data_type for cell in held} == {"s"}
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert row["Finding"] == row["What else it touches"] == f"'{same}"
    assert same.strip() in words_of(sent(reviewer, f"{MATRIX}docx/"), "docx").replace("&amp;", "&")


@pytest.mark.parametrize(
    "text",
    [
        "\u202eright to left\u202c and \u2066back\u2069",
        "Waves 🌊👩‍👩‍👧 and 𝔸",
        "<script>alert(1)</script> & ]]> <!--",
        "_x0041_ stays as it is",
        "Zoë’s “naïve” £5",
        'one "two", three\nfour;five',
    ],
)
def test_odd_words_arrive_whole(reviewer, strand, text):
    builders.finding(strand, text=text)

    assert rows_in(book_of(sent(reviewer, f"{MATRIX}xlsx/"))["Findings"])[0]["Finding"] == text
    assert rows_of(sent(reviewer, f"{MATRIX}csv/"))[0]["Finding"] == text
    document = words_of(sent(reviewer, f"{MATRIX}docx/"), "docx")
    assert text.split("\n")[0] in document


def test_characters_that_no_file_may_hold_are_left_out(reviewer, strand):
    # PostgreSQL refuses a null by itself; the others it takes.
    builders.finding(strand, text="be\x07fore\x1b[0m\x0b\ufffe\uffffafter")

    assert rows_in(book_of(sent(reviewer, f"{MATRIX}xlsx/"))["Findings"])[0]["Finding"] == "before[0mafter"
    assert rows_of(sent(reviewer, f"{MATRIX}csv/"))[0]["Finding"] == "before[0mafter"
    assert "before[0mafter" in words_of(sent(reviewer, f"{MATRIX}docx/"), "docx")


@pytest.mark.parametrize("letter", ["a", "🌊"])
def test_a_text_longer_than_a_cell_is_cut_with_a_note_in_the_workbook_alone(reviewer, strand, letter):
    text = letter * 40_000
    builders.finding(strand, text=text)

    cell = rows_in(book_of(sent(reviewer, f"{MATRIX}xlsx/"))["Findings"])[0]["Finding"]

    assert len(cell.encode("utf-16-le")) // 2 <= 32_767
    assert cell.startswith(letter * 10_000)
    assert cell.endswith(
        "[Cut here: Excel holds 32,767 characters in a cell. The whole text is in Waterline.]"
    )
    assert rows_of(sent(reviewer, f"{MATRIX}csv/"))[0]["Finding"] == text
    assert text in words_of(sent(reviewer, f"{MATRIX}docx/"), "docx")


def test_a_csv_has_a_byte_order_mark_and_ends_lines_as_rfc_4180_says(reviewer, strand):
    builders.finding(strand, text="one\ntwo")
    content = sent(reviewer, f"{MATRIX}csv/")

    assert content.startswith(b"\xef\xbb\xbfEvaluation,")
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == 2
    assert b"one\ntwo" in content


# --- Many findings ----------------------------------------------------------------------------------------


def add_many(strand, number):
    """Add findings, spread over the cells."""
    cells = [(kind, condition) for kind in Kind for condition in Condition]
    Finding.objects.bulk_create(
        Finding(
            evaluation=strand.evaluation,
            strand=strand,
            kind=cells[n % 12][0],
            condition=cells[n % 12][1],
            text=f"Finding {n}",
            status=FindingStatus.READY,
            position=n,
        )
        for n in range(number)
    )


def asked_and_sent(client, address):
    """Return how many queries a file takes, and the file."""
    with CaptureQueriesContext(connection) as asked:
        content = sent(client, address)
    return len(asked), content


@pytest.mark.parametrize("format", ["xlsx", "csv", "docx"])
def test_all_of_four_thousand_findings_are_in_a_file_for_the_same_number_of_queries(reviewer, strand, format):
    add_many(strand, 12)
    few, _ = asked_and_sent(reviewer, f"{MATRIX}{format}/")
    add_many(strand, 3_988)

    many, content = asked_and_sent(reviewer, f"{MATRIX}{format}/")

    assert many == few
    if format == "csv":
        assert len(rows_of(content)) == 4_000
    elif format == "docx":
        assert parts_of(content)["word/document.xml"].count(b'w:val="ListBullet"') == 4_000
    else:
        book = book_of(content, read_only=True)
        assert len(rows_in(book["Findings"])) == 4_000
        shape = [cell for row in book["Achievements"].values for cell in row if cell]
        assert sum(text.startswith("Finding ") for text in shape) == 2_002

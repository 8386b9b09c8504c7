"""The three formats of a document of the report: the same words in each, and each fit for everybody."""

import io
import itertools
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from defusedxml import ElementTree
from django.template.loader import render_to_string
from docx import Document as WordDocument
from docx.oxml.ns import qn
from PIL import Image
from pypdf import PdfReader

from evaluations.exporting import pdf
from evaluations.exporting.figures import as_png, as_svg
from evaluations.exporting.report import FORMATS, report_file
from evaluations.models import DocumentKind
from evaluations.report.blocks import Paragraph, Run
from evaluations.report.drawing import Drawing, Rect, Words
from evaluations.screens.report import document_of
from evaluations.screens.report_data import read_report

from . import documents
from .base import as_member
from .documents import DAY, DRAWING
from .pdf_tags import Tags, faults
from .report_readers import SVG_BLIP, squeezed, words_in
from .test_board_report import PANGO, needs_pango

MADE = ["docx", "html", *(["pdf"] if PANGO else [])]
HOSTILE = (
    "\x00ctrl\x0b\ufffe and \x7fmore",
    "\u202eturned\u202c \u2066held\u2069",
    "cafe\u0301 e\u0323\u0302",
    "שלום hello עולם",
    "مرحبا",
    "😀 smiled",
    "office final fluffy difficult",
    "=1+1 @x",
    "soft\u00adhyphen zero\u200bwidth",
    "w" * 150,
    "<b>&amp;</b> {{ x }} {% y %}",
    "tab\there\nand a line\r\nand another",
    "co-production and/or",
)


def made(document, format):
    return report_file(document, format, name=("practice", "report")).content


def said(document):
    """Return the words of a document by format."""
    return {format: words_in(made(document, format), format) for format in MADE}


@pytest.fixture(scope="module")
def every():
    """Return the files of a document with every kind of block, by format."""
    document = documents.every_block()
    return {format: made(document, format) for format in MADE}


# The same words


def test_each_format_says_the_same_in_the_same_order_figures_included(every):
    words = {format: words_in(content, format) for format, content in every.items()}
    assert words["docx"] == words["html"]
    assert " ".join(words["docx"]).startswith(
        "What lasts An evaluation Version 2 Made up. Introduction A heading"
    )
    for expected in (
        "Rules & plans Beliefs What is seen",
        "first again",
        "3 barriers",
        "Waterline: tangible",
    ):
        assert expected in " ".join(words["docx"])
    assert all(squeezed(found) == squeezed(words["docx"]) for found in words.values())


def test_words_are_cut_alike_on_paper_and_where_a_matrix_and_a_table_go_on_for_pages():
    document = documents.document(documents.grid(30), documents.table(40), documents.table(2, "said " * 900))
    files = {format: made(document, format) for format in MADE}
    words = {format: words_in(content, format) for format, content in files.items()}
    assert all(found == words["docx"] for found in words.values())
    if not PANGO:
        return
    tags = Tags(PdfReader(io.BytesIO(files["pdf"])))
    tables = [element for element, _ in tags.elements() if element["/S"] == "/Table"]
    rows = [[kid["/S"] for kid, _ in tags.elements(table)].count("/TR") for table in tables]
    assert rows == [2, 2, 2, 41, 3], "a table that goes on is one table, a row that was cut one row"
    assert faults(tags.reader) == []


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_is_the_same_in_word_and_html(text):
    document = documents.every_block(lambda words: f"{words} {text}")
    word, page = (words_in(made(document, format), format) for format in ("docx", "html"))
    assert word == page
    assert not set("".join(word)) & set("\x00\x0b\ufffe\u202e\u202c\u2066\u2069")


@needs_pango
def test_hostile_text_is_the_same_in_a_pdf_and_harms_no_tag():
    texts = iter(HOSTILE * 10)
    document = documents.every_block(lambda words: f"{words} {next(texts)}")
    content = made(document, "pdf")
    assert squeezed(words_in(content, "pdf")) == squeezed(words_in(made(document, "html"), "html"))
    assert faults(PdfReader(io.BytesIO(content))) == []


def test_the_report_of_2023_says_the_same_in_each_format(legacy_cast):
    member = as_member(legacy_cast.rowan, legacy_cast.evaluation)
    data = read_report(member, DAY)
    document = document_of(data, DocumentKind.REPORT, said="Draft of 3 December 2026")
    words = said(document)
    assert words["docx"] == words["html"] and len(words["docx"]) > 2000
    assert all(squeezed(found) == squeezed(words["docx"]) for found in words.values())
    if PANGO:
        assert faults(PdfReader(io.BytesIO(made(document, "pdf")))) == []


def test_a_file_is_named_after_what_it_is_and_its_day():
    sent = report_file(documents.document(), "html", name=("practice", "report", "version-2"))
    assert sent.name == "practice-report-version-2-2026-12-03.html"
    assert sent.content_type == "text/html; charset=utf-8"
    assert set(FORMATS) == {"docx", "pdf", "html"}


# Word


def word(every):
    return WordDocument(io.BytesIO(every["docx"]))


def paragraphs(document):
    """Return all paragraphs of a document, those in tables included."""
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return [*document.paragraphs, *(line for cell in cells for line in cell.paragraphs)]


def test_a_word_document_has_real_styles_a_title_and_a_language(every):
    document = word(every)
    used = [line.style.name for line in paragraphs(document)]
    for style in (
        "Title",
        "Heading 1",
        "Heading 2",
        "Heading 3",
        "List Bullet",
        "List Number",
        "Quote",
        "Caption",
    ):
        assert style in used
    assert document.core_properties.title == "What lasts" and document.core_properties.language == "en-GB"
    languages = {language.get(qn("w:val")) for language in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}
    foot = document.sections[0].footer._element
    assert [field.get(qn("w:instr")) for field in foot.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


def test_the_rules_of_words_accessibility_checker_hold(every):
    """Those of https://support.microsoft.com/office/651e08f2-0fc3-4e10-aaca-74b4a67101c1 for Word."""
    document = word(every)
    body = document.element.body
    drawn = list(body.iter(qn("wp:docPr")))
    assert [picture.get("descr") for picture in drawn] == ["What it shows", documents.ALTERNATIVE]
    assert not list(body.iter(qn("wp:anchor"), qn("w:pict"), qn("w:framePr"))), (
        "objects in line with the text"
    )
    assert len(document.tables) == 6
    for table in document.tables:
        first, *others = table.rows
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None and others
        assert table._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstRow")) == "1"
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))
        assert not list(table._tbl.iter(qn("w:vMerge"), qn("w:gridSpan"))), "no merged or split cells"
        assert len({len(row.cells) for row in table.rows}) == 1
        assert all(cell.text.strip() for row in table.rows for cell in row.cells)
    levels = [
        int(line.style.name[-1]) for line in document.paragraphs if line.style.name.startswith("Heading ")
    ]
    assert levels[0] == 1 and all(now <= before + 1 for before, now in itertools.pairwise(levels))
    empty = [
        line for line in paragraphs(document) if not line.text.strip() and not list(line._p.iter(SVG_BLIP))
    ]
    assert not empty, "no empty paragraphs for space"


def contrast(one, other):
    """Return the contrast of two colours, ``rrggbb``, as WCAG 2.2 counts it."""
    shades = []
    for colour in (one, other):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        shades.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(shades) + 0.05) / (min(shades) + 0.05)


def test_words_in_word_stand_out_from_what_is_behind_them(every):
    document = word(every)
    for table in document.tables:
        for cell in (cell for row in table.rows for cell in row.cells):
            shade = cell._tc.tcPr.find(qn("w:shd"))
            behind = "FFFFFF" if shade is None else shade.get(qn("w:fill"))
            for line in cell.paragraphs:
                assert contrast(str(colour_of(line.style)), behind) >= 4.5, (line.style.name, behind)


def colour_of(style):
    """Return the colour of a style, its own or that of the one it is like."""
    return style.font.color.rgb if style.font.color and style.font.color.rgb else colour_of(style.base_style)


def test_a_matrix_has_the_shape_three_two_one_in_word(every):
    matrix = word(every).tables[:3]
    assert [len(table.columns) for table in matrix] == [3, 2, 1]
    assert matrix[0].rows[0].cells[0].text == "Policies of old\u00a02"
    found = [line.text for line in matrix[0].rows[1].cells[0].paragraphs if line.style.name == "Small Bullet"]
    assert found == [
        "Parents are on the panel that decides, 0 of Policies",
        "Parents are on the panel that decides, 1 of Policies",
    ]


def test_each_numbered_list_begins_at_one(every):
    document = word(every)
    lines = [line for line in document.paragraphs if line.style.name == "List Number"]
    first, second, again = (line._p.pPr.numPr.numId.val for line in lines)
    assert first == second != again
    numbering = document.part.numbering_part.element
    assert [
        numbering.num_having_numId(number).lvlOverride_lst[0].startOverride.val for number in (first, again)
    ] == [1, 1]


def test_a_figure_in_word_is_a_drawing_with_a_picture_for_older_programs(every):
    document = word(every)
    blips = list(document.element.body.iter(qn("a:blip")))
    assert len(blips) == 2
    for blip in blips:
        picture = document.part.related_parts[blip.get(qn("r:embed"))]
        drawing = document.part.related_parts[next(blip.iter(SVG_BLIP)).get(qn("r:embed"))]
        assert (picture.content_type, drawing.content_type) == ("image/png", "image/svg+xml")
        assert ElementTree.fromstring(drawing.blob).tag == "{http://www.w3.org/2000/svg}svg"


# Drawings


def test_a_drawing_as_svg_holds_its_shapes_and_words():
    drawn = ElementTree.fromstring(as_svg(DRAWING))
    kinds = [shape.tag.rpartition("}")[2] for shape in drawn]
    assert kinds == ["rect", "text", "polyline", "rect", "text", "line", "text"]
    assert drawn[1].text == "Rules & plans"


def test_a_drawing_as_a_picture_has_the_same_shapes():
    shapes = (Rect(0, 0, 50, 20, "#0a6b55"), Words("I\nI\x00", 75, 15, 12, "#9a4a0a", "middle", bold=True))
    picture = Image.open(io.BytesIO(as_png(Drawing(100, 20, shapes))))
    assert picture.size == (300, 60)
    assert picture.getpixel((30, 30)) == (0x0A, 0x6B, 0x55) and picture.getpixel((290, 5)) == (255, 255, 255)
    words = [colour for _, colour in picture.crop((160, 0, 300, 60)).getcolors(9999)]
    assert (0x9A, 0x4A, 0x0A) in words


# One page of HTML


class Parts(HTMLParser):
    """Notes the tags of a page with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def of(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]


def test_a_page_asks_for_nothing_and_may_do_nothing(every):
    text = every["html"].decode()
    parts = Parts(text)
    assert not parts.of("script", "link", "iframe", "object", "img")
    leading = [
        value for _, held in parts.found for name, value in held.items() if name in ("src", "href", "action")
    ]
    assert leading == ["#report"]
    styles = re.search("<style>(.*)</style>", text, re.DOTALL)[1]
    assert all(address.startswith("data:") for address in re.findall(r'url\("?([^")]*)', styles))
    policy = next(held["content"] for held in parts.of("meta") if "http-equiv" in held)
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert f"'sha256-{b64encode(sha256(styles.encode()).digest()).decode()}'" in policy


def test_a_page_has_a_language_a_title_landmarks_headings_in_order_and_heads_of_tables(every):
    text = every["html"].decode()
    parts = Parts(text)
    assert parts.of("html")[0]["lang"] == "en-GB" and "<title>What lasts</title>" in text
    assert len(parts.of("main")) == len(parts.of("h1")) == 1
    levels = [int(tag[1]) for tag, _ in parts.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and all(now <= before + 1 for before, now in itertools.pairwise(levels))
    assert {held.get("scope") for held in parts.of("th")} == {"col", "row"}
    assert [held["aria-label"] for held in parts.of("svg")] == ["What it shows", documents.ALTERNATIVE]


def test_within_a_page_of_the_app_the_title_is_one_heading_among_others_and_ids_are_its_own():
    document = documents.every_block()
    text = render_to_string("evaluations/_report_document.html", {"document": document})
    levels = [int(tag[1]) for tag, _ in Parts(text).found if re.fullmatch("h[1-6]", tag)]
    assert levels[:4] == [2, 3, 4, 5] and min(levels) == 2
    ids = [held["id"] for _, held in Parts(text).found if "id" in held]
    assert ids == ["report-introduction", "report-method"]


def test_a_cell_says_what_it_counts():
    text = render_to_string(
        "evaluations/_report_document.html", {"document": documents.document(documents.grid(4))}
    )
    cells = [held for held in Parts(text).of("td") if "data-condition" in held]
    assert [held["data-count"] for held in cells] == ["4"] * 5 + ["0"]
    assert cells[0]["data-strand"] == "coproduction" and cells[0]["data-kind"] == "achievement"


# PDF


@needs_pango
def test_a_pdf_meets_what_a_machine_can_check_of_pdf_ua(every):
    assert faults(PdfReader(io.BytesIO(every["pdf"]))) == []


@needs_pango
def test_the_checks_find_what_is_wrong(monkeypatch):
    monkeypatch.setattr(pdf, "mend", lambda document, pdf: None)
    found = faults(PdfReader(io.BytesIO(made(documents.every_block(), "pdf"))))
    assert {fault.split(":")[0] for fault in found} == {"01-005", "09-005", "15-003"}


@needs_pango
def test_the_checks_find_a_page_that_says_too_little():
    page = "<h1>Title</h1><h3>Skipped</h3><svg width='9' height='9'><path d='M0 0h9'/></svg>"
    found = faults(PdfReader(io.BytesIO(pdf.pdf_of(page))))
    assert {fault.split(":")[0] for fault in found} == {"06-003", "11-006", "13-004", "14-002, 14-003"}


@needs_pango
def test_a_pdf_has_bookmarks_page_numbers_and_what_it_is(every):
    reader = PdfReader(io.BytesIO(every["pdf"]))
    assert reader.metadata.title == "What lasts" and reader.trailer["/Root"]["/Lang"] == "en-GB"
    titles = re.findall("'/Title': '([^']*)'", str(reader.outline))
    assert titles[:5] == [
        "What lasts",
        "Introduction",
        "A heading",
        "A smaller heading",
        "Coproduction: what was achieved",
    ]
    for number, page in enumerate(reader.pages, start=1):
        assert f"Page {number} of {len(reader.pages)}" in page.extract_text()
        assert "What lasts. Version 2" in page.extract_text()


@needs_pango
def test_a_pdf_opens_nothing_but_our_own_static_files(tmp_path):
    outside = tmp_path / "words.css"
    outside.write_text("p::before { content: 'Stolen' }")
    page = '<html lang="en"><link rel="stylesheet" href="{}"><h1>T</h1><p>Words</p></html>'
    for address in (outside.as_uri(), "data:text/css,p::before{content:'Stolen'}", "../manage.py"):
        assert "Stolen" not in PdfReader(io.BytesIO(pdf.pdf_of(page.format(address)))).pages[0].extract_text()


def test_without_pango_a_pdf_is_refused(monkeypatch):
    def missing():
        raise pdf.PdfUnavailable

    monkeypatch.setattr(pdf, "_weasyprint", missing)
    with pytest.raises(pdf.PdfUnavailable):
        made(documents.document(Paragraph((Run("Words"),))), "pdf")


# What the files say of themselves


def test_the_files_name_their_authors_and_the_software_where_there_are_none():
    for authors, author in ((("Ada Ltd", "North & Co"), "Ada Ltd; North & Co"), ((), "Waterline")):
        document = documents.document(Paragraph((Run("Words"),)), authors=authors)
        assert WordDocument(io.BytesIO(made(document, "docx"))).core_properties.author == author
        page = Parts(made(document, "html").decode())
        assert {"name": "author", "content": author} in page.of("meta")


def test_rows_of_a_matrix_in_word_may_break_over_pages_and_those_of_a_table_may_not(every):
    *matrix, table = word(every).tables[:5]
    assert not [
        row
        for each in matrix
        for row in each.rows
        if row._tr.trPr is not None and row._tr.trPr.find(qn("w:cantSplit")) is not None
    ]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows[1:])


def test_a_document_of_one_section_is_set_smaller_in_word(every):
    one = WordDocument(io.BytesIO(made(documents.document(Paragraph((Run("Words"),))), "docx")))
    assert one.styles["Normal"].font.size < word(every).styles["Normal"].font.size
    assert one.sections[0].left_margin < word(every).sections[0].left_margin

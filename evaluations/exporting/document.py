"""A Word document: A4, real headings, tables that say what they are, a foot with page numbers."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from evaluations.report.blocks import Run

from .file import AUTHOR
from .words import readable

LANGUAGE = "en-GB"
LONG_SIDE, SHORT_SIDE = Mm(297), Mm(210)
DEEP, INK, PALE = RGBColor(0x0D, 0x4A, 0x5E), RGBColor(0x12, 0x30, 0x3A), "E8F2F5"
FONT = "Calibri"
NORMAL, BULLET, QUOTE = "Normal", "List Bullet", "Quote"


@dataclass(frozen=True)
class Look:
    """How a document looks: its sheet, its sizes of type by style, the points below a paragraph."""

    upright: bool
    sizes: dict
    after: float
    margin: int = Mm(15)
    font_of_headings: str = FONT


WIDE = Look(False, {"Heading 1": 20, "Heading 2": 15, "Heading 3": 12, NORMAL: 10.5}, after=4)
ONE_PAGE = Look(True, {"Heading 1": 16, "Heading 2": 11, "Heading 3": 9, NORMAL: 8}, after=1)


class Pages:
    """A document being written, with a title, a language, and a foot with the number of every page."""

    def __init__(self, look, *, title, subject, comments, day, foot, author=AUTHOR):
        self._document = Document()
        self._look = look
        self._lines = {}
        self._set_page(foot)
        self._set_styles()
        said = self._document.core_properties
        said.title, said.subject, said.comments = (
            readable(text)[:255] for text in (title, subject, comments)
        )
        said.author = said.last_modified_by = readable(author)[:255]
        said.language = LANGUAGE
        said.created = said.modified = datetime.combine(day, time())

    def heading(self, text, level, *, new_page=False):
        """Add a heading."""
        heading = self._document.add_heading(readable(text), level)
        heading.paragraph_format.page_break_before = new_page or None

    def paragraph(self, content, style=NORMAL):
        """Add a paragraph, a text or ``Run`` objects; return it."""
        line = self._line(style, content)
        self._document.element.body.sectPr.addprevious(line)
        return Paragraph(line, self._document)

    def waterline(self, words):
        """Add the line between tangible and intangible, with its words."""
        self.paragraph(words, "Waterline").paragraph_format.keep_with_next = True

    def table(
        self,
        heads,
        rows,
        *,
        title,
        description,
        widths=None,
        first_column_heads=False,
        style=NORMAL,
        fill="",
        whole=True,
    ):
        """Add a table whose first row holds ``heads`` and is repeated on every page.

        A head or a cell of ``rows`` is a text or ``Run`` objects, in a ``style``; a cell may be a list of
        (style, content), one a paragraph. ``title`` and ``description`` are read out by screen readers. With
        ``first_column_heads`` a row's first cell names the row. ``widths`` are in proportion; all columns are
        as wide without them. ``fill`` is a colour of all cells. Without ``whole`` a row may break over pages.
        """
        table = self._document.add_table(rows=1, cols=len(heads), style="Table Grid")
        table.autofit = False
        _describe(table, title, description, first_column_heads)
        _repeat(table.rows[0])
        widths = self._shared_out(widths or [1] * len(heads))
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for cell, head, width in zip(table.rows[0].cells, heads, widths, strict=True):
            cell.width = width
            _shade(cell, fill or PALE)
            self._fill(cell, head, style, bold=True)
        for row in rows:
            added = table.add_row()
            if whole:
                _keep_whole(added)
            for at, (cell, content) in enumerate(zip(added.cells, row, strict=True)):
                cell.width = widths[at]
                if fill:
                    _shade(cell, fill)
                self._fill(cell, content, style, bold=first_column_heads and at == 0)
        for paragraph in table.rows[0]._tr.iter(qn("w:p")):
            paragraph.get_or_add_pPr().get_or_add_keepNext()

    def _fill(self, cell, content, style, *, bold):
        lines = content if isinstance(content, list) else [(style, content)]
        first, *others = [self._line(style, words, bold=bold) for style, words in lines]
        cell._tc.replace(cell.paragraphs[0]._p, first)
        for line in others:
            cell._tc.append(line)

    def _line(self, style, content, *, bold=False):
        """Return a paragraph's element, copied from the first of its style: thousands are quick that way."""
        if style not in self._lines:
            model = self._document.add_paragraph(style=style)
            self._lines[style] = model._p
            model._p.getparent().remove(model._p)
        line = deepcopy(self._lines[style])
        _write(line, content, bold=bold)
        return line

    def _set_page(self, words):
        section, look = self._document.sections[0], self._look
        sides = (SHORT_SIDE, LONG_SIDE) if look.upright else (LONG_SIDE, SHORT_SIDE)
        section.orientation = WD_ORIENT.PORTRAIT if look.upright else WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = sides
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = look.margin
        foot = section.footer.paragraphs[0]
        foot.add_run(f"{readable(words)} Page ")
        foot._p.append(_field("PAGE"))
        foot.add_run(" of ")
        foot._p.append(_field("NUMPAGES"))

    def _set_styles(self):
        styles, look = self._document.styles, self._look
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), LANGUAGE)
        for language in self._document.settings.element.iter(qn("w:themeFontLang")):
            language.set(qn("w:val"), LANGUAGE)
        for name, size in look.sizes.items():
            is_heading = name != NORMAL
            font = styles[name].font
            font.name, font.size = look.font_of_headings if is_heading else FONT, Pt(size)
            font.color.rgb = DEEP if is_heading else INK
            if look.upright and is_heading:
                styles[name].paragraph_format.space_before = Pt(size / 2)
            fonts = styles[name].element.rPr.rFonts
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
        for name in (NORMAL, BULLET):
            styles[name].paragraph_format.space_after = Pt(look.after)
            for contextual in styles[name].element.iter(qn("w:contextualSpacing")):
                contextual.set(qn("w:val"), "false")
        quote = styles[QUOTE]
        quote.font.color.rgb = INK
        quote.paragraph_format.left_indent = Mm(9)
        quote.paragraph_format.space_after = Pt(3)
        waterline = self._style("Waterline", NORMAL)
        waterline.font.bold, waterline.font.color.rgb = True, DEEP
        waterline.paragraph_format.space_before = Pt(10)
        waterline.element.get_or_add_pPr().append(_line_above())

    def _style(self, name, base, size=None):
        """Add a style of paragraphs that is like another but for what is set on it; return it."""
        style = self._document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = self._document.styles[base]
        style.font.size = Pt(size) if size else None
        return style

    @property
    def _width(self):
        """Return how wide a line is."""
        return (SHORT_SIDE if self._look.upright else LONG_SIDE) - 2 * self._look.margin

    def _shared_out(self, widths):
        """Return widths in proportion as they fill the page."""
        return [self._width * width // sum(widths) for width in widths]

    def bytes(self):
        """Return the finished document."""
        content = BytesIO()
        self._document.save(content)
        return content.getvalue()


class Paper(Pages):
    """A document on something: landscape, or ``upright`` in small type to fit on one page.

    It begins with its title and what it says of itself; upright only with the title.
    """

    def __init__(self, about, *, upright=False):
        super().__init__(
            ONE_PAGE if upright else WIDE,
            title=about.title,
            subject=about.evaluation,
            comments=" ".join(about.provenance),
            day=about.day,
            foot=f"{about.evaluation}, {about.written_on}.",
        )
        self.heading(about.title, 1)
        for label, words in () if upright else about.lines:
            self.labelled(label, words)

    def labelled(self, label, words):
        """Add a paragraph that begins with a label in bold."""
        row = self.paragraph((Run(f"{label}: ", bold=True), Run(words)))
        row.paragraph_format.space_after = Pt(2)

    def tidy(self, table, *, description):
        """Add a ``Table`` whose first column names its rows."""
        heads = [column.heading for column in table.columns]
        rows = [[str(value) for value in row] for row in table.rows]
        widths = [column.width for column in table.columns]
        said = {"title": table.title, "description": description}
        self.table(heads, rows, widths=widths, first_column_heads=True, **said)


def _write(paragraph, content, *, bold=False):
    """Write a text or ``Run`` objects into a paragraph's element; ``bold`` for all of it."""
    for run in (Run(content),) if isinstance(content, str) else content:
        written = paragraph.add_r()
        written.text = readable(run.text)
        for name in [*(["w:b"] if bold or run.bold else []), *(["w:i"] if run.italic else [])]:
            written.get_or_add_rPr().append(OxmlElement(name))


def _element(name, **attributes):
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _field(name):
    """Return a field that the program fills in, for example the page's number."""
    field = _element("w:fldSimple", instr=name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    return field


def _line_above():
    borders = OxmlElement("w:pBdr")
    borders.append(_element("w:top", val="wave", sz="12", space="6", color="0B6E8A"))
    return borders


def _describe(table, title, description, first_column_heads):
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        properties.remove(look)
    first_column = "1" if first_column_heads else "0"
    value = "00A0" if first_column_heads else "0020"
    look = {"val": value, "firstRow": "1", "lastRow": "0", "firstColumn": first_column, "lastColumn": "0"}
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", "60"), ("left", "110"), ("bottom", "40"), ("right", "110")):
        margins.append(_element(f"w:{side}", w=width, type="dxa"))
    properties.append(margins)
    properties.append(_element("w:tblLook", **look, noHBand="1", noVBand="1"))
    properties.append(_element("w:tblCaption", val=readable(title)))
    properties.append(_element("w:tblDescription", val=readable(description)))


def _repeat(row):
    row._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))


def _keep_whole(row):
    """Keep a row on one page, where a page can hold it."""
    row._tr.get_or_add_trPr().append(_element("w:cantSplit", val="true"))


def _shade(cell, colour):
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=colour))

"""A document of the report for Word: real styles, tables with heads, pictures with alternative text."""

from dataclasses import replace
from functools import singledispatchmethod
from io import BytesIO

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from evaluations.report.blocks import Bullets, Figure, Grid, Heading, Note, Paragraph, Quote, Run, Table

from .document import BULLET, NORMAL, QUOTE, Look, Pages
from .figures import as_png, as_svg
from .file import AUTHOR
from .matrix import WATERLINE

TITLE, LINE, CAPTION, NUMBER = "Title", "Title Line", "Caption", "List Number"
SMALL, SMALL_BULLET, SMALL_QUOTE, SMALL_SOURCE = "Small", "Small Bullet", "Small Quote", "Small Source"
NOTE, SOURCE, FIGURE = "Note", "Quote Source", "Figure"
SIZES = {TITLE: 26, "Heading 1": 18, "Heading 2": 14, "Heading 3": 12, NORMAL: 11}
LOOK = Look(upright=True, sizes=SIZES, after=7, margin=Mm(22), font_of_headings="Georgia")
# A document with one section is the summary: it is to stay on one page.
PAGE_SIZES = {TITLE: 16, "Heading 1": 14, "Heading 2": 12, "Heading 3": 11, NORMAL: 10.5}
ONE_PAGE = replace(LOOK, sizes=PAGE_SIZES, after=4, margin=Mm(18))
TIGHT = 0.5  # of the space between paragraphs there
# Styles: name, the one it is like (none: there already), size of type, indent, space above and below.
STYLES = (
    (TITLE, None, 26, None, 0, 10),
    ("Heading 1", None, 18, None, 24, 6),
    ("Heading 2", None, 14, None, 16, 4),
    ("Heading 3", None, 12, None, 12, 3),
    (CAPTION, None, 10, None, 8, 4),
    (QUOTE, None, 11, 18, 6, 2),
    (BULLET, None, 11, 18, 0, 4),
    (NUMBER, None, 11, 18, 0, 4),
    (LINE, NORMAL, 11, None, 0, 2),
    (NOTE, NORMAL, 11, 12, 8, 10),
    (SOURCE, NORMAL, 10, 18, 0, 8),
    (FIGURE, NORMAL, 11, None, 8, 4),
    (SMALL, NORMAL, 9.5, None, 1, 3),
    (SMALL_BULLET, BULLET, 9.5, 10, 1, 3),
    (SMALL_QUOTE, QUOTE, 9, 10, 0, 1),
    (SMALL_SOURCE, SOURCE, 8.5, 10, 0, 4),
)
SIDES = ("w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV")
SOFT = RGBColor(0x48, 0x62, 0x6B)
DEPTHS = ("EEF7F9", "D6EAF0", "B4D6E1")  # from the surface down, one a level of a matrix
EDGE = "9FB8C1"
# How Word finds the drawing behind a picture: [MS-ODRAWXML] 2.3.4.
SVG = """<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
 <a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">
 <asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" r:embed="{}"/></a:ext>
</a:extLst>"""


def report_docx(document):
    """Return a ``Document`` as the bytes of a Word document."""
    pages = _Report(document)
    for section in document.sections:
        pages.heading(section.heading, 1)
        for block in section.blocks:
            pages.add(block)
    return pages.bytes()


class _Report(Pages):
    """A document of the report being written; it begins with the title and what holds for all of it."""

    def __init__(self, document):
        look = ONE_PAGE if len(document.sections) == 1 else LOOK
        self._space = 1 if look is LOOK else TIGHT
        super().__init__(
            look,
            title=document.title,
            subject=document.evaluation,
            comments=" ".join(document.notes),
            day=document.day,
            foot=f"{document.foot.removesuffix('.')}.",
            author="; ".join(document.authors) or AUTHOR,
        )
        self._figures = 0
        self.heading(document.title, 0)
        for line in document.below_title:
            self.paragraph(line, LINE)
        for note in document.notes:
            self.paragraph(note, NOTE)

    @singledispatchmethod
    def add(self, block):
        """Add a block below what there is."""
        raise TypeError(f"No way to write {type(block).__name__} was decided.")

    @add.register
    def _(self, block: Heading):
        self.heading(block.text, block.level - 1)

    @add.register
    def _(self, block: Paragraph):
        self.paragraph(block.runs)

    @add.register
    def _(self, block: Note):
        self.paragraph(block.text, NOTE)

    @add.register
    def _(self, block: Quote):
        for style, content in _quote(block, QUOTE, SOURCE):
            self.paragraph(content, style)

    @add.register
    def _(self, block: Bullets):
        number = self._numbering() if block.is_numbered else None
        for item in block.items:
            paragraph = self.paragraph(item.runs, NUMBER if block.is_numbered else BULLET)
            if block.is_numbered:
                paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number
            for quote in item.quotes:
                self.add(quote)

    @add.register
    def _(self, block: Table):
        self._caption(block.title)
        heads = [(Run(head),) for head in block.heads]
        said = {"title": block.title, "description": block.description}
        widths = block.widths or None
        self.table(heads, block.rows, widths=widths, first_column_heads=True, style=SMALL, **said)

    @add.register
    def _(self, block: Grid):
        self.heading(block.title, 2)
        self.paragraph(block.words).paragraph_format.keep_with_next = True
        for number, (words, cells) in enumerate(block.levels):
            if number == 1:
                self.waterline(WATERLINE)
            self._caption(words)
            self.table(
                [(Run(cell.heading, bold=True), Run(f"\u00a0{len(cell.items)}")) for cell in cells],
                [[_contents(cell) for cell in cells]],
                title=f"{block.title}. {words}",
                description=f"One column a condition, its {block.kind}s below its name and their number.",
                style=SMALL,
                fill=DEPTHS[number],
                whole=False,
            )

    @add.register
    def _(self, block: Figure):
        paragraph = self.paragraph("", FIGURE)
        width = min(Pt(block.drawing.width), self._width)
        inline = paragraph.add_run().add_picture(BytesIO(as_png(block.drawing)), width=width)._inline
        self._figures += 1
        inline.docPr.set("name", f"Figure {self._figures}")
        inline.docPr.set("descr", block.alternative)
        inline.graphic.graphicData.pic.blipFill.blip.append(parse_xml(SVG.format(self._drawn(block.drawing))))
        self.paragraph(block.caption, CAPTION)

    def _caption(self, words):
        """Add what stands above a table."""
        self.paragraph(words, CAPTION).paragraph_format.keep_with_next = True

    def _numbering(self):
        """Return a new numbering, from 1, like that of numbered lists."""
        numberings = self._document.part.numbering_part.element
        like = self._document.styles[NUMBER].element.pPr.numPr.numId.val
        added = numberings.add_num(numberings.num_having_numId(like).abstractNumId.val)
        added.add_lvlOverride(ilvl=0).add_startOverride(1)
        return added.numId

    def _drawn(self, drawing):
        """Store a drawing as SVG; return what a picture names it by."""
        main = self._document.part
        name = PackURI(f"/word/media/drawing{self._figures}.svg")
        part = Part(name, "image/svg+xml", as_svg(drawing).encode(), main.package)
        return main.relate_to(part, RELATIONSHIP_TYPE.IMAGE)

    def _set_styles(self):
        super()._set_styles()
        for name, base, size, left, before, after in STYLES:
            style = self._style(name, base, size) if base else self._document.styles[name]
            space = style.paragraph_format
            space.left_indent, space.space_before, space.space_after = (
                length if length is None else Pt(length)
                for length in (left, before * self._space, after * self._space)
            )
        styles = self._document.styles
        for name in (SMALL_BULLET, BULLET, NUMBER):
            styles[name].paragraph_format.first_line_indent = -styles[name].paragraph_format.left_indent
        for name in (QUOTE, SMALL_QUOTE):
            styles[name].font.name = LOOK.font_of_headings
            styles[name].paragraph_format.keep_with_next = True
        for name in (SOURCE, SMALL_SOURCE, CAPTION, LINE):
            styles[name].font.color.rgb = SOFT
        for name in (FIGURE, NOTE):
            styles[name].paragraph_format.keep_with_next = True
        styles["Footer"].font.size = Pt(8)
        styles[NOTE].element.get_or_add_pPr().append(_edge())
        for border in styles["Table Grid"].element.iter(*map(qn, SIDES)):
            border.set(qn("w:color"), EDGE)


def _quote(quote, style, source):
    """Return a quotation as (style, content), one a paragraph."""
    return [(style, quote.marked), *([(source, quote.attribution)] if quote.attribution else [])]


def _contents(cell):
    """Return what stands in a cell of a matrix as (style, content), one a paragraph."""
    lines = [(SMALL, (Run(cell.summary, bold=True),))] if cell.summary else []
    for item in cell.items:
        lines.append((SMALL_BULLET, item.runs))
        for quote in item.quotes:
            lines += _quote(quote, SMALL_QUOTE, SMALL_SOURCE)
    return lines if cell.items else [*lines, (SMALL, cell.empty)]


def _edge():
    """Return the line to the left of a note."""
    borders = OxmlElement("w:pBdr")
    left = OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "8"), ("color", "C39C3C")):
        left.set(qn(f"w:{name}"), value)
    borders.append(left)
    return borders

"""The board's report as a file of one page: the words and figures of its page, nothing else."""

from django.template.loader import render_to_string

from .book import Book, height
from .document import BULLET, Paper
from .file import file
from .pdf import pdf_of
from .words import day

GLANCE = "At a glance"
NO_OWNER, NOBODY = "No owner yet", "Nobody named"
NOTHING_CHANGED, NOTHING_LATE, NOTHING_OPEN = "Nothing changed.", "Nothing is late.", "Nothing is open."
LATE = ("Recommendation", "Due", "Days late", "Owner", "Why")
OPEN = ("Recommendation", "Status", "Owner", "Taken on by")
WIDTHS = (40, 17, 11, 20, 44)  # of the five columns of the sheet, in characters


def _late(report):
    """Return what is late, as rows under LATE."""
    return [
        (_name(late.item), day(late.item.due), late.item.days_late, late.item.owner or NO_OWNER, late.why)
        for late in report.late.shown
    ]


def _open(report):
    """Return what is open, as rows under OPEN."""
    return [
        (_name(item), item.status, item.owner or NO_OWNER, item.taken_on_by or NOBODY)
        for item in report.remaining.shown
    ]


def _name(item):
    return f"{item.ref} {item.short}"


def _changes(kind):
    """Return the lines of one kind of change, the last of which says how many more there are."""
    return [*kind.lines.shown, *([kind.lines.and_more] if kind.lines.more else [])]


def _changed_heading(report):
    return f"What changed since {day(report.since)}"


def _number(figure):
    return str(figure.number) if figure.of is None else f"{figure.number} of {figure.of}"


def _docx(report, about):
    paper = Paper(about, upright=True)
    paper.paragraph(f"{about.evaluation}, {about.written_on}")
    paper.heading(GLANCE, 2)
    paper.paragraph(report.end)
    rows = [[_number(figure), figure.label, figure.note] for figure in report.figures]
    said = {"title": GLANCE, "description": "One row a figure: its number, its name, what it means."}
    paper.table(["Number", "Figure", "What it means"], rows, widths=[10, 20, 70], **said)
    paper.heading(_changed_heading(report), 2)
    for kind in report.changes:
        paper.heading(kind.heading, 3)
        for line in _changes(kind):
            paper.paragraph(line, BULLET)
    if not report.changes:
        paper.paragraph(NOTHING_CHANGED)
    _docx_table(paper, "What is late, and why", LATE, _late(report), report.late, NOTHING_LATE, WIDTHS)
    _docx_table(
        paper, report.remaining_heading, OPEN, _open(report), report.remaining, NOTHING_OPEN, (55, 18, 22, 25)
    )
    for sentence in about.provenance:
        paper.paragraph(sentence)
    return paper.bytes()


def _docx_table(paper, heading, heads, rows, listed, nothing, widths):
    paper.heading(heading, 2)
    if not rows:
        paper.paragraph(nothing)
        return
    texts = [[str(value) for value in row] for row in rows]
    said = {"title": heading, "description": "One row a recommendation."}
    paper.table(heads, texts, widths=widths, first_column_heads=True, **said)
    if listed.more:
        paper.paragraph(listed.and_more)


def _xlsx(report, about):
    book = Book(about)
    page = _Page(book)
    page.across(about.title, "title")
    page.across(f"{about.evaluation}, {about.written_on}", "soft")
    page.across(GLANCE, "head")
    page.across(report.end, "label")
    for figure in report.figures:
        number = figure.number if figure.of is None else _number(figure)
        page.row([(figure.label, 1, "label"), (number, 1, "cell"), (figure.note, 3, "words")])
    page.across(_changed_heading(report), "head")
    for kind in report.changes:
        page.row([(kind.heading, 1, "label"), ("\n".join(_changes(kind)), 4, "words")])
    if not report.changes:
        page.across(NOTHING_CHANGED, "words")
    page.table("What is late, and why", LATE, _late(report), (1, 1, 1, 1, 1), report.late, NOTHING_LATE)
    spans = (1, 1, 2, 1)
    page.table(report.remaining_heading, OPEN, _open(report), spans, report.remaining, NOTHING_OPEN)
    book.say_what_it_is()
    return book.bytes()


class _Page:
    """The sheet that prints as one page, written from top to bottom."""

    def __init__(self, book):
        self._book = book
        self._sheet = book.sheet("Board report", widths=WIDTHS, top_rows=1, upright=True)
        self._at = 0

    def row(self, cells):
        """Write ``cells``, each (value, columns it spans, style), as the next row."""
        column, texts = 0, []
        for value, span, style in cells:
            if span == 1:
                self._book.write(self._sheet, self._at, column, value, style)
            else:
                self._book.merge(self._sheet, self._at, column, column + span - 1, value, style)
            texts.append((str(value), sum(WIDTHS[column : column + span])))
            column += span
        self._sheet.set_row(self._at, height(texts))
        self._at += 1

    def across(self, text, style):
        """Write a text across the page."""
        self.row([(text, len(WIDTHS), style)])

    def table(self, heading, heads, rows, spans, listed, nothing):
        """Write a heading and a table below it, or that there is nothing."""
        self.across(heading, "head")
        if not rows:
            self.across(nothing, "words")
            return
        for style, values in [("label", heads), *(("cell", row) for row in rows)]:
            self.row([(value, span, style) for value, span in zip(values, spans, strict=True)])
        if listed.more:
            self.across(listed.and_more, "words")


def _pdf(report, about):
    return pdf_of(render_to_string("evaluations/board_report_pdf.html", {"report": report, "about": about}))


FORMATS = {"docx": _docx, "pdf": _pdf, "xlsx": _xlsx}


def board_report_file(report, about, format, *, name):
    """Return a ``BoardReport`` (of ``screens.board_report``) in one of ``FORMATS`` as a ``File``.

    Raises PdfUnavailable for a PDF where the server cannot make one.
    """
    return file(format, FORMATS[format](report, about), day=about.day, name=(*name, "board-report"))

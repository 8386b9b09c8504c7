"""The matrices of a strand as a file: in the model's shape, and as a tidy table."""

from dataclasses import dataclass

from evaluations.conditions import Condition, Level

from .book import TITLE_HEIGHT, Book, height
from .document import BULLET, NORMAL, QUOTE, Paper
from .file import COUNTS_NOTE, About, file
from .findings import findings_table, quoted
from .tidy import comma_separated
from .words import signed

WATERLINE = "Waterline: tangible conditions above, intangible conditions below"
COLUMNS = 6  # of the shape: three cells take two each, two take three, one takes all
COLUMN_WIDTH = 22


@dataclass(frozen=True)
class StrandMatrices:
    """What there is to take away of one strand.

    ``matrices`` (of ``analysis.matrix``) hold all their findings, ``whole`` is how many there are without
    filters. ``headings`` are the six conditions' names as the evaluation words them, ``recommendations``
    titles by the finding that they answer.
    """

    about: About
    matrices: tuple
    whole: int
    headings: dict
    recommendations: dict

    @property
    def source(self):
        """Return where the strand comes from."""
        return self.about.sources[0]

    @property
    def table(self):
        """Return every finding as a tidy table."""
        cells = [cell for matrix in self.matrices for cell in matrix.cells]
        return findings_table(cells, source=self.source, recommendations=self.recommendations)

    def heading(self, cell):
        """Return the heading of a cell."""
        return self.headings.get(cell.condition) or Condition(cell.condition).label

    def counted(self, number):
        """Return a number of findings in words; what comes from public sources are facts."""
        plural = "" if number == 1 else "s"
        if self.source.from_interviews:
            return f"{number} finding{plural}"
        return f"{number} fact{plural} from public sources"


def _xlsx(strand):
    book = Book(strand.about)
    for matrix in strand.matrices:
        _sheet(book, strand, matrix)
    book.tidy("Findings", strand.table)
    counts = [(matrix.kind.heading, strand.counted(matrix.total)) for matrix in strand.matrices]
    counts.append(("Both kinds, without filters", strand.counted(strand.whole)))
    book.say_what_it_is(*counts)
    return book.bytes()


def _sheet(book, strand, matrix):
    """Add one matrix in the model's shape: three cells above two above one, one row a finding."""
    about = strand.about
    sheet = book.sheet(matrix.kind.short_heading, widths=[COLUMN_WIDTH] * COLUMNS, top_rows=2)
    _across(book, sheet, 0, f"{strand.source.name}: {matrix.kind.heading.lower()}", "title")
    sheet.set_row(0, TITLE_HEIGHT)
    said = [strand.counted(matrix.total), *about.provenance, f"Filters: {about.narrowed}", about.written_on]
    _across(book, sheet, 1, " ".join(f"{words.removesuffix('.')}." for words in (*said, COUNTS_NOTE)), "soft")
    row = 2
    for level, cells in zip(Level, matrix.levels, strict=True):
        if level is Level.RELATIONAL:
            _across(book, sheet, row, WATERLINE, "water")
            row += 1
        row = _level(book, sheet, row, [_column(strand, cell) for cell in cells])


def _column(strand, cell):
    """Return what stands in one cell from top to bottom, as (style, text)."""
    summary = [("summary", _summary(cell))] if cell.summary else []
    findings = [("cell", finding.text) for finding in cell.findings] or [("cell", cell.why_empty)]
    return [("head", strand.heading(cell)), ("count", strand.counted(cell.count)), *summary, *findings]


def _summary(cell):
    return f"In short: {signed(cell.summary, 'The findings behind it')}"


def _level(book, sheet, row, columns):
    """Write the cells of one level beside each other; return the row below the longest."""
    span = COLUMNS // len(columns)
    for line in range(max(map(len, columns))):
        texts = [column[line] if line < len(column) else ("cell", "") for column in columns]
        for at, (style, text) in enumerate(texts):
            book.merge(sheet, row, at * span, at * span + span - 1, text, style)
        sheet.set_row(row, height([(text, span * COLUMN_WIDTH) for _, text in texts]))
        row += 1
    return row


def _across(book, sheet, row, text, style):
    book.merge(sheet, row, 0, COLUMNS - 1, text, style)
    sheet.set_row(row, height([(text, COLUMNS * COLUMN_WIDTH)]))


def _docx(strand):
    paper = Paper(strand.about)
    for number, matrix in enumerate(strand.matrices):
        heading = f"{matrix.kind.heading}: {strand.counted(matrix.total)}"
        paper.heading(heading, 2, new_page=number > 0)
        for level, cells in zip(Level, matrix.levels, strict=True):
            if level is Level.RELATIONAL:
                paper.waterline(WATERLINE)
            side = cells[0].condition.tangibility
            paper.heading(f"{side.label}: {level} conditions", 3)
            paper.table(
                [f"{strand.heading(cell)} ({cell.count})" for cell in cells],
                [[_contents(cell) for cell in cells]],
                title=f"{matrix.kind.heading}, {level} conditions",
                description=f"One column a condition, below its name the {matrix.kind.plural} under it.",
            )
    paper.paragraph(COUNTS_NOTE)
    return paper.bytes()


def _contents(cell):
    """Return the paragraphs of one cell as (style, text)."""
    lines = [(NORMAL, _summary(cell))] if cell.summary else []
    for finding in cell.findings:
        lines.append((BULLET, finding.text))
        lines += [(QUOTE, quoted(quotation)) for quotation in finding.quotations]
    return lines or [(NORMAL, cell.why_empty)]


def _csv(strand):
    return comma_separated(strand.table, strand.about)


FORMATS = {"xlsx": _xlsx, "csv": _csv, "docx": _docx}


def matrix_file(strand, format, *, name):
    """Return ``StrandMatrices`` in one of ``FORMATS`` as a ``File`` named after the parts of ``name``."""
    return file(format, FORMATS[format](strand), day=strand.about.day, name=(*name, "matrix"))

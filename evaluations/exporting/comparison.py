"""A comparison of strands as a file: what is read from it, its figures, what moved between two rounds."""

from dataclasses import dataclass

from evaluations.analysis.comparison import Comparison
from evaluations.conditions import Kind, Tangibility

from .book import Book
from .document import Paper
from .file import COUNTS_NOTE, About, file
from .tidy import Column, Table, comma_separated
from .words import signed

SIDE_BY_SIDE = 4  # strands in one table of a page
NO_SHARES = "No sentence and no shares: a strand here does not come from interviews."
BY_WATERLINE = "Written by Waterline from the counts below."
ILLUSTRATION = "Illustration: findings from interviews beside facts from public sources"
THIN = "one interview only"
FIGURES = (
    Column("Evaluation", 28),
    Column("Strand", 22),
    Column("Where this comes from", 30),
    Column("Kind", 13),
    Column("Condition", 24),
    Column("Level", 15),
    Column("Tangible or intangible", 14),
    Column("Findings", 10),
    Column("All findings of this kind", 12),
    Column("Rests on one interview only", 14),
    Column("How to read counts", 30),
)
DIFFERENCES = (
    Column("Rank", 12),
    Column("Condition", 26),
    Column("Kind", 20),
    Column("Difference", 18),
    Column("Findings in each strand", 60),
    Column("Most in", 30),
)
MOVED = (
    Column("Strand", 20),
    Column("What became of it", 18),
    Column("Kind", 14),
    Column("Condition", 24),
    Column("Finding of the earlier round", 60),
    Column("Findings of the later round", 60),
)
RESPONSES = (Column("Strand", 24), Column("The programme’s strategic response", 100))


@dataclass(frozen=True)
class ComparedStrands:
    """What there is to take away of a comparison.

    ``signed`` is the reading that an evaluator signed, or None; ``sentences`` are the generated one, empty
    where nothing may be generated. ``responses`` are (strand's name, the programme's strategic response);
    ``rounds`` (of ``analysis.rounds``) say what moved since an earlier round.
    """

    about: About
    comparison: Comparison
    responses: tuple
    signed: object = None
    sentences: tuple = ()
    rounds: tuple = ()

    @property
    def reading(self):
        """Return what is read from the figures, as paragraphs, with who wrote it."""
        if self.signed:
            return [signed(self.signed, "The figures")]
        if self.sentences:
            return [*self.sentences, BY_WATERLINE]
        return ["There is nothing to read yet." if self.comparison.from_interviews else NO_SHARES]

    @property
    def table(self):
        """Return the figures as a tidy table: one row a strand, kind and condition."""
        rows = [
            self._figure(strand, source, figure)
            for strand, source in zip(self.comparison.strands, self.about.sources, strict=True)
            for level in self.comparison.levels
            for condition, _ in level
            for figure in strand.figures(condition)
        ]
        return Table("Figures", FIGURES, tuple(rows))

    def _figure(self, strand, source, figure):
        return (
            source.evaluation,
            strand.name,
            source.words,
            figure.kind.label,
            figure.condition.label,
            figure.condition.level.capitalize(),
            figure.condition.tangibility.label,
            figure.value,
            strand.total(figure.kind),
            "Yes" if figure.is_thin else "No",
            COUNTS_NOTE,
        )

    @property
    def side_by_side(self):
        """Return the figures as tables to read: conditions down, at most four strands across each."""
        strands = self.comparison.strands
        groups = [strands[at : at + SIDE_BY_SIDE] for at in range(0, len(strands), SIDE_BY_SIDE)]
        return [Table("Findings by condition", self._heads(group), self._rows(group)) for group in groups]

    def _heads(self, strands):
        names = [f"{_named(strand)}: {kind.short_heading.lower()}" for strand in strands for kind in Kind]
        return (Column("Condition", 30), *(Column(name, 26) for name in names))

    def _rows(self, strands):
        conditions = [condition for level in self.comparison.levels for condition, _ in level]
        rows = []
        for side in Tangibility:
            for condition in conditions:
                if condition.tangibility is side:
                    figures = [_shown(s, figure) for s in strands for figure in s.figures(condition)]
                    rows.append((condition.label, *figures))
            if self.comparison.from_interviews:
                shares = [self.comparison.share(s, kind, side) for s in strands for kind in Kind]
                rows.append((f"All {side} conditions", *(f"{n} of {of}" for n, of in shares)))
        rows.append(("All six conditions", *(s.total(kind) for s in strands for kind in Kind)))
        return tuple(rows)

    @property
    def differences(self):
        """Return the cells by how far the strands differ in them, or None where none is ranked."""
        rows = [
            (
                found.rank,
                found.condition.label,
                found.kind.label,
                found.difference,
                "; ".join(f"{strand.name}: {count} of {of}" for strand, count, of in found.figures),
                ", ".join(found.most),
            )
            for found in self.comparison.differences
        ]
        return Table("Where they differ most", DIFFERENCES, tuple(rows)) if rows else None

    @property
    def moved(self):
        """Return what became of each finding since an earlier round, or None where none is compared."""
        rows = [
            (
                rounds.later.name,
                moved.move.label,
                moved.kind.label,
                moved.condition.label,
                moved.earlier.text if moved.earlier else "",
                "\n".join(later.text for later in moved.later),
            )
            for rounds in self.rounds
            for moved in rounds.moved
        ]
        return Table("What moved", MOVED, tuple(rows)) if rows else None

    @property
    def answers(self):
        """Return the strategic response to each strand."""
        rows = tuple((name, words or "None has been written down yet") for name, words in self.responses)
        return Table("Strategic response", RESPONSES, rows)

    @property
    def counts(self):
        """Return the totals of each strand, as (label, number)."""
        return [
            (f"{strand.name}: {kind.short_heading.lower()}", strand.total(kind))
            for strand in self.comparison.strands
            for kind in Kind
        ]


def _named(strand):
    return strand.name if strand.from_interviews else f"{strand.name} (public sources)"


def _shown(strand, figure):
    """Return a figure as people read it: a number, or one with what has to be known of it."""
    if figure.is_thin:
        return f"{figure.value} ({THIN})"
    if not figure.value and not strand.from_interviews:
        return "0 (not recorded)"
    return figure.value


def _tables(compared):
    """Return the tables that follow the figures, with what each is, where there is something in them."""
    tables = [
        (compared.differences, "One row a condition and kind, those in which the strands differ most first."),
        (compared.answers, "One row a strand."),
        (compared.moved, "One row a finding of either round."),
    ]
    return [(table, description) for table, description in tables if table]


def _xlsx(compared):
    book = Book(compared.about)
    for number, table in enumerate(compared.side_by_side, start=1):
        book.tidy("Comparison" if number == 1 else f"Comparison {number}", table)
    for table, _ in _tables(compared):
        book.tidy(table.title, table)
    book.tidy("Figures", compared.table)
    book.say_what_it_is(("What is read from it", "\n".join(compared.reading)), *compared.counts)
    return book.bytes()


def _docx(compared):
    paper = Paper(compared.about)
    paper.heading("What is read from it", 2)
    for words in compared.reading:
        paper.paragraph(words)
    paper.heading("Findings by condition" if compared.comparison.from_interviews else ILLUSTRATION, 2)
    for number, table in enumerate(compared.side_by_side):
        if number:
            paper.heading("Findings by condition, further strands", 3)
        paper.tidy(table, description="One row a condition, two columns a strand: counts of findings.")
    for table, description in _tables(compared):
        paper.heading(table.title, 2)
        paper.tidy(table, description=description)
    paper.paragraph(COUNTS_NOTE)
    return paper.bytes()


def _csv(compared):
    return comma_separated(compared.table, compared.about)


FORMATS = {"xlsx": _xlsx, "csv": _csv, "docx": _docx}


def comparison_file(compared, format, *, name):
    """Return ``ComparedStrands`` in one of ``FORMATS`` as a ``File`` named after the parts of ``name``."""
    return file(format, FORMATS[format](compared), day=compared.about.day, name=(*name, "comparison"))

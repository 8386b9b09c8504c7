"""Whether achievements will last, as a file: the figures, and one row an achievement."""

from dataclasses import dataclass

from evaluations.analysis.lasting import Group
from evaluations.conditions import Condition

from .book import Book
from .file import About, file
from .tidy import Column, Table, comma_separated

COLUMNS = (
    Column("Evaluation", 28),
    Column("Strand", 18),
    Column("Where this comes from", 24),
    Column("Condition", 20),
    Column("Tangible or intangible", 14),
    Column("Achievement", 60),
    Column("Will it last?", 20),
    Column("Held by", 30),
    Column("At risk or ending, and held by nobody", 18),
)
FIGURES = (
    Column("Where this comes from", 34),
    Column("Will it last?", 26),
    Column("No holder named", 16),
    Column("Holder named", 16),
    Column("All achievements", 16),
)


@dataclass(frozen=True)
class LastingAchievements:
    """What there is to take away.

    ``parts`` are those of ``screens.lasting``: strands from interviews and those that are not, each with its
    figures of all achievements and with those that the filters leave, in lists. ``sources`` are the strands'
    ``StrandSource`` by slug, ``total`` is how many achievements there are without filters.
    """

    about: About
    parts: tuple
    sources: dict
    total: int

    @property
    def figures(self):
        """Return the figures of all achievements, those from public sources apart, whatever was chosen."""
        rows = [
            (_origin(part.part), one.words, one.row.nobody, one.row.somebody, one.row.total)
            for part in self.parts
            for one in part.rows
        ]
        return Table("Will it last?", FIGURES, tuple(rows))

    @property
    def table(self):
        """Return the chosen achievements, one a row."""
        rows = [self._row(one) for part in self.parts for found in part.lists for one in found.shown]
        return Table("Achievements", COLUMNS, tuple(rows))

    def _row(self, one):
        condition, source = Condition(one.item.condition), self.sources[one.item.strand]
        return (
            source.evaluation,
            source.name,
            source.words,
            condition.label,
            condition.tangibility.label,
            one.text,
            one.words,
            one.item.holder,
            "Yes" if one.item.group is Group.GAPS else "No",
        )


def _origin(part):
    return "From interviews" if part.from_interviews else "From public sources, not interviews"


def _xlsx(lasting):
    book = Book(lasting.about)
    book.tidy("Will it last", lasting.figures)
    book.tidy("Achievements", lasting.table)
    readings = [("What is read from it", part.reading) for part in lasting.parts if part.reading]
    book.say_what_it_is(
        *readings,
        ("All achievements", lasting.total),
        ("Achievements in this file", len(lasting.table.rows)),
    )
    return book.bytes()


def _csv(lasting):
    return comma_separated(lasting.table, lasting.about)


FORMATS = {"xlsx": _xlsx, "csv": _csv}


def lasting_file(lasting, format, *, name):
    """Return ``LastingAchievements`` in one of ``FORMATS`` as a ``File`` named after ``name``."""
    return file(format, FORMATS[format](lasting), day=lasting.about.day, name=(*name, "will-it-last"))

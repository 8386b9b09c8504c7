"""What a workshop weighed, as a file: its votes, one row a finding and vote, and dots by condition.

First names and notes are in no file.
"""

from dataclasses import dataclass

from evaluations.analysis.workshop import WorkshopResults

from .book import Book
from .file import About, file
from .tidy import Column, Table, comma_separated
from .words import moment

DOTS_NOTE = "Dots are what people in one room gave; they say nothing of how strong a finding is."
RESULTS = (
    Column("Evaluation", 28),
    Column("Workshop", 24),
    Column("Vote", 8),
    Column("Question", 36),
    Column("Kind", 13),
    Column("Strand", 18),
    Column("Where this comes from", 24),
    Column("Condition", 20),
    Column("Level", 15),
    Column("Tangible or intangible", 14),
    Column("Finding", 60),
    Column("Rank", 8),
    Column("Dots", 8),
    Column("People who gave it dots", 12),
    Column("Confirmed by", 12),
    Column("Challenged by", 12),
    Column("What became of it since", 24),
    Column("How to read dots", 30),
)
VOTES = (
    Column("Vote", 8),
    Column("Question", 44),
    Column("Kind", 13),
    Column("Opened", 24),
    Column("Closed", 24),
    Column("Dots for each person", 12),
    Column("People who joined", 12),
    Column("People who placed dots", 12),
    Column("People who finished", 12),
    Column("Dots placed", 12),
    Column("Dots there were", 12),
)
CONDITIONS = (
    Column("Vote", 8),
    Column("Question", 44),
    Column("Condition", 24),
    Column("Level", 15),
    Column("Tangible or intangible", 14),
    Column("Dots", 10),
)


@dataclass(frozen=True)
class WeighedFindings:
    """What there is to take away of a workshop: the results that readers may see (``analysis.workshop``).

    ``sources`` are its strands' ``StrandSource`` by slug.
    """

    about: About
    results: WorkshopResults
    sources: dict

    @property
    def table(self):
        """Return one row a finding and vote, heaviest first."""
        rows = [self._result(one, tally) for one in self.results.rounds for tally in one.tallies]
        return Table("Results", RESULTS, tuple(rows))

    def _result(self, one, tally):
        source = self.sources[tally.strand.slug]
        return (
            self.about.evaluation,
            self.results.title,
            one.number,
            one.question,
            one.kind.label,
            source.name,
            source.words,
            tally.condition.label,
            tally.condition.level.capitalize(),
            tally.condition.tangibility.label,
            tally.words,
            tally.rank or "",
            tally.dots,
            tally.people,
            tally.confirm,
            tally.challenge,
            tally.since,
            DOTS_NOTE,
        )

    @property
    def votes(self):
        """Return the facts of each vote, one a row."""
        rows = [
            (
                one.number,
                one.question,
                one.kind.label,
                moment(one.opened_at),
                moment(one.closed_at),
                one.dots_each,
                one.joined,
                one.started,
                one.finished,
                one.placed,
                one.given,
            )
            for one in self.results.rounds
        ]
        return Table("Votes", VOTES, tuple(rows))

    @property
    def conditions(self):
        """Return the dots of each condition in each vote, one a row."""
        rows = [
            (
                one.number,
                one.question,
                total.condition.label,
                total.condition.level.capitalize(),
                total.condition.tangibility.label,
                total.dots,
            )
            for one in self.results.rounds
            for total in one.conditions
        ]
        return Table("Dots by condition", CONDITIONS, tuple(rows))


def _xlsx(weighed):
    book = Book(weighed.about)
    for table in (weighed.votes, weighed.table, weighed.conditions):
        book.tidy(table.title, table)
    book.say_what_it_is(("Workshop", weighed.results.title), ("How to read dots", DOTS_NOTE))
    return book.bytes()


def _csv(weighed):
    return comma_separated(weighed.table, weighed.about)


FORMATS = {"xlsx": _xlsx, "csv": _csv}


def workshop_file(weighed, format, *, name):
    """Return ``WeighedFindings`` in one of ``FORMATS`` as a ``File`` named after the parts of ``name``."""
    return file(format, FORMATS[format](weighed), day=weighed.about.day, name=(*name, "workshop"))

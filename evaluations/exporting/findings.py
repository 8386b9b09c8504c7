"""Findings as a tidy table: one row a finding, with everything that readers may know of it."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from evaluations.conditions import Condition, Kind

from .book import Book
from .file import About, file
from .tidy import Column, Table, comma_separated
from .words import day

COLUMNS = (
    Column("Evaluation", 28),
    Column("Strand", 18),
    Column("Where this comes from", 24),
    Column("Kind", 13),
    Column("Condition", 20),
    Column("Level", 15),
    Column("Tangible or intangible", 14),
    Column("Position", 10),
    Column("Finding", 60),
    Column("What else it touches", 40),
    Column("Scope", 16),
    Column("Will it last?", 18),
    Column("Held by", 24),
    Column("What stands behind it", 24),
    Column("Interviews", 12),
    Column("Sectors large enough to count", 16),
    Column("Published source", 24),
    Column("Quotations", 60),
    Column("Recommendations that answer it", 40),
    Column("Dots in the last workshop", 12),
    Column("Which workshop", 30),
)


def findings_table(cells, *, source, recommendations):
    """Return the findings of ``cells`` (of ``analysis.matrix``) as a ``Table``, in the order of the cells.

    ``source`` is their strand's ``StrandSource``; ``recommendations`` are titles by finding.
    """
    rows = (
        _row(finding, place, source=source, answers=recommendations.get(finding.id, ()))
        for cell in cells
        for place, finding in enumerate(cell.findings, start=1)
    )
    return Table("Findings", COLUMNS, tuple(rows))


@dataclass(frozen=True)
class ListedFindings:
    """Findings of any strands to take away, in the model's order.

    ``sources`` are the strands' ``StrandSource`` by number, ``recommendations`` titles by finding.
    """

    about: About
    findings: list
    sources: dict
    recommendations: dict

    @cached_property
    def table(self):
        """Return one row a finding; its position is that among those of its cell in this file."""
        places, rows = Counter(), []
        for finding in self.findings:
            strand = finding.row.strand_id
            cell = (strand, finding.kind, finding.condition)
            places[cell] += 1
            answers = self.recommendations.get(finding.id, ())
            rows.append(_row(finding, places[cell], source=self.sources[strand], answers=answers))
        return Table("Findings", COLUMNS, tuple(rows))


def _xlsx(listed):
    book = Book(listed.about)
    book.tidy("Findings", listed.table)
    book.say_what_it_is(("Findings in this file", len(listed.table.rows)))
    return book.bytes()


def _csv(listed):
    return comma_separated(listed.table, listed.about)


FORMATS = {"xlsx": _xlsx, "csv": _csv}


def listed_file(listed, format, *, name):
    """Return ``ListedFindings`` in one of ``FORMATS`` as a ``File`` named after ``name``."""
    return file(format, FORMATS[format](listed), day=listed.about.day, name=(*name, "findings"))


def _row(finding, place, *, source, answers):
    condition, kind = Condition(finding.condition), Kind(finding.kind)
    return (
        source.evaluation,
        source.name,
        source.words,
        kind.label,
        condition.label,
        condition.level.capitalize(),
        condition.tangibility.label,
        place,
        finding.text,
        finding.note,
        finding.scope,
        finding.lasting,
        finding.holder,
        *evidence_values(finding.evidence),
        finding.source,
        "\n".join(quoted(quotation) for quotation in finding.quotations),
        "\n".join(answers),
        *_room_weight(finding.room_weight),
    )


def quoted(quotation):
    """Return a quotation with its attribution, for example ``“We have a vote now” (June 2023 report)``."""
    return f"“{quotation.text}” ({quotation.attribution})"


def evidence_values(evidence):
    """Return what stands behind a finding: in words, and as numbers of interviews and sectors.

    Of one interview the sector is never counted: whether it was would tell whether its group is small.
    """
    return evidence.words, evidence.interviews, "" if evidence.interviews < 2 else evidence.sectors


def _room_weight(given):
    """Return the dots that the last workshop gave a finding, and which that was; nothing where none did."""
    return (given.dots, f"{given.workshop}, {day(given.closed_at)}") if given else ("", "")

"""Findings as a tidy table: one row a finding, with everything that readers may know of it."""

from evaluations.conditions import Condition, Kind

from .tidy import Column, Table
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
        _row(cell, place, finding, source=source, answers=recommendations.get(finding.id, ()))
        for cell in cells
        for place, finding in enumerate(cell.findings, start=1)
    )
    return Table("Findings", COLUMNS, tuple(rows))


def _row(cell, place, finding, *, source, answers):
    condition, kind = Condition(cell.condition), Kind(cell.kind)
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

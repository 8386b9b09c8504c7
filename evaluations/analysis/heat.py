"""Counts by condition and strand as a table whose cells are shaded by their number."""

from dataclasses import dataclass

from evaluations.conditions import Condition, Kind

STEPS = 5


@dataclass(frozen=True)
class HeatCell:
    """One count with its shade, from 0 (nothing) to ``STEPS``; None where it is not to be ranked."""

    count: int
    step: int | None


@dataclass(frozen=True)
class Heat:
    """The counts of one kind: ``rows`` are (condition, cells in the order of the strands)."""

    kind: Kind
    strands: tuple
    rows: tuple


def heat(comparison):
    """Return one ``Heat`` a kind of a ``Comparison``.

    All cells of both kinds are on one scale, in which each step stands for the same stretch of numbers. A
    strand that does not come from interviews is counted, not shaded: shading would rank it.
    """
    ranked = [strand for strand in comparison.strands if strand.from_interviews]
    largest = max((count for strand in ranked for count in strand.counts.values()), default=0)
    return [
        Heat(
            kind=kind,
            strands=comparison.strands,
            rows=tuple(
                (condition, [_cell(strand, kind, condition, largest) for strand in comparison.strands])
                for condition in Condition
            ),
        )
        for kind in Kind
    ]


def _cell(strand, kind, condition, largest):
    count = strand.counts[kind, condition]
    return HeatCell(count, _step(count, largest) if strand.from_interviews else None)


def _step(count, largest):
    """Return the shade of a count: 0 for none, else rounded up, so that one finding is never blank."""
    return -(-count * STEPS // largest) if count else 0

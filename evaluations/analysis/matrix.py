"""A strand's findings laid out by the six conditions, one matrix per kind.

Frames of counts have the columns ``strand`` (slug), ``kind``, ``condition`` and ``count``; cells without
findings have no row.
"""

from dataclasses import dataclass

from evaluations.conditions import LEVELS, Condition, Kind, Tangibility


@dataclass(frozen=True)
class Cell:
    """One condition of one kind: how many findings there are, those that are shown, its signed summary."""

    strand: str
    kind: Kind
    condition: Condition
    count: int
    findings: tuple = ()
    summary: object = None

    def __post_init__(self):
        if len(self.findings) > self.count:
            raise ValueError(f"{self.condition}: {len(self.findings)} findings shown of {self.count}")

    @property
    def has_more(self):
        """Say whether some findings of the cell are not shown."""
        return len(self.findings) < self.count


@dataclass(frozen=True)
class Matrix:
    """The six cells of one strand and kind, in the model's order."""

    strand: str
    kind: Kind
    cells: tuple

    def __post_init__(self):
        if [cell.condition for cell in self.cells] != list(Condition):
            raise ValueError("A matrix has the six conditions in the model's order")

    @property
    def total(self):
        """Return the number of findings of this kind."""
        return sum(cell.count for cell in self.cells)

    @property
    def levels(self):
        """Return the cells in the model's shape: three above two above one."""
        return [[self.cell(condition) for condition in conditions] for conditions in LEVELS.values()]

    def side(self, tangibility):
        """Return the number of findings on one side of the waterline."""
        return sum(cell.count for cell in self.cells if cell.condition.tangibility is tangibility)

    @property
    def tangible(self):
        """Return the number of findings under tangible conditions."""
        return self.side(Tangibility.TANGIBLE)

    @property
    def intangible(self):
        """Return the number of findings under intangible conditions."""
        return self.side(Tangibility.INTANGIBLE)

    def cell(self, condition):
        """Return the cell of one condition."""
        return next(cell for cell in self.cells if cell.condition == condition)


def cell_counts(frame):
    """Return ``{(strand, kind, condition): count}`` of a frame of counts.

    >>> cell_counts(frame)["coproduction", "barrier", "mental_models"]
    7
    """
    counts = frame.groupby(["strand", "kind", "condition"])["count"].sum()
    return {key: int(count) for key, count in counts.items()}


def build_matrix(frame, *, strand, kind, findings=(), summaries=()):
    """Return the ``Matrix`` of one strand (slug) and kind.

    ``findings`` are the findings to show, in order, as objects with ``kind`` and ``condition``; those of the
    other kind are passed over. So are ``summaries``, at most one a cell.
    """
    by_cell = {(summary.kind, summary.condition): summary for summary in summaries}
    counts = cell_counts(frame)
    cells = []
    for condition in Condition:
        shown = tuple(f for f in findings if f.kind == kind and f.condition == condition)
        # The count was read a moment before the findings, and one may have been added since.
        count = max(counts.get((strand, kind, condition), 0), len(shown))
        summary = by_cell.get((kind, condition))
        cells.append(Cell(strand, Kind(kind), condition, count, shown, summary))
    cells = tuple(cells)
    return Matrix(strand=strand, kind=Kind(kind), cells=cells)


def largest_remaining(barriers, achievements):
    """Return where the largest share of the barriers sits, or None without a single such condition.

    Returns a dict with ``condition``, ``barriers``, ``of_barriers``, ``achievements``, ``of_achievements``.
    """
    if not barriers.total:
        return None
    most = max(cell.count for cell in barriers.cells)
    leaders = [cell.condition for cell in barriers.cells if cell.count == most]
    if len(leaders) > 1:
        return None
    return {
        "condition": leaders[0],
        "barriers": most,
        "of_barriers": barriers.total,
        "achievements": achievements.cell(leaders[0]).count,
        "of_achievements": achievements.total,
    }

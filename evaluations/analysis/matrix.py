"""A strand's findings laid out by the six conditions, one matrix per kind.

Frames of counts have the columns ``strand`` (slug), ``kind``, ``condition`` and ``count``; cells without
findings have no row.
"""

from dataclasses import dataclass

from evaluations.conditions import LEVELS, Condition, Kind, Tangibility

MOST_MARKS = 12  # beyond these, marks are no longer taken in at a glance
NOT_RECORDED = "Not recorded."


@dataclass(frozen=True)
class Asked:
    """In how many interviews something was said of a condition, nothing was, and it was not asked about."""

    something_said: int = 0
    nothing_said: int = 0
    not_asked: int = 0

    @property
    def words(self):
        """Return what an empty cell says, for example ``Asked in 5 interviews: nothing was said.``"""
        asked = self.something_said + self.nothing_said
        if not asked:
            return "Not asked about." if self.not_asked else NOT_RECORDED
        interviews = f"Asked in {asked} interview{'' if asked == 1 else 's'}"
        if self.something_said:
            return f"{interviews}, no finding yet."
        return f"{interviews}: nothing was said."


@dataclass(frozen=True)
class Cell:
    """One condition of one kind: how many findings there are, those that are shown, its signed summary.

    ``whole`` is how many there are without filters, ``asked`` what interviews say of its condition; None
    where findings do not come from interviews.
    """

    strand: str
    kind: Kind
    condition: Condition
    count: int
    findings: tuple = ()
    summary: object = None
    whole: int = 0
    asked: Asked | None = None

    def __post_init__(self):
        if len(self.findings) > self.count:
            raise ValueError(f"{self.condition}: {len(self.findings)} findings shown of {self.count}")

    @property
    def has_more(self):
        """Say whether some findings of the cell are not shown."""
        return len(self.findings) < self.count

    @property
    def why_empty(self):
        """Return why the cell shows no finding, in words."""
        if self.whole > self.count:
            return "None match the filters."
        return self.asked.words if self.asked else NOT_RECORDED

    @property
    def has_marks(self):
        """Say whether the cell is drawn with one mark a finding."""
        return 0 < self.count <= MOST_MARKS


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


def build_matrix(frame, *, strand, kind, findings=(), summaries=(), whole=None, asked=None):
    """Return the ``Matrix`` of one strand (slug) and kind.

    ``findings`` are the findings to show, in order, as objects with ``kind`` and ``condition``; those of the
    other kind are passed over. So are ``summaries``, at most one a cell. ``whole`` are the counts without
    filters, ``asked`` is ``{condition: Asked}`` where findings come from interviews.
    """
    by_cell = {(summary.kind, summary.condition): summary for summary in summaries}
    counts = cell_counts(frame)
    all_counts = counts if whole is None else cell_counts(whole)
    cells = []
    for condition in Condition:
        shown = tuple(f for f in findings if f.kind == kind and f.condition == condition)
        # The count was read a moment before the findings, and one may have been added since.
        count = max(counts.get((strand, kind, condition), 0), len(shown))
        cells.append(
            Cell(
                strand=strand,
                kind=Kind(kind),
                condition=condition,
                count=count,
                findings=shown,
                summary=by_cell.get((kind, condition)),
                whole=max(count, all_counts.get((strand, kind, condition), 0)),
                asked=None if asked is None else asked.get(condition, Asked()),
            )
        )
    return Matrix(strand=strand, kind=Kind(kind), cells=tuple(cells))


def asked_by_condition(states):
    """Return ``{condition: Asked}`` of ``{condition: {state: number of interviews}}``."""
    return {
        Condition(condition): Asked(
            something_said=numbers.get("asked", 0),
            nothing_said=numbers.get("nothing_said", 0),
            not_asked=numbers.get("not_asked", 0),
        )
        for condition, numbers in states.items()
    }


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

"""Strands side by side: counts by condition and kind, shares, differences, sentences that read them."""

from collections import defaultdict
from dataclasses import dataclass

from evaluations.conditions import LEVELS, Condition, Kind, Tangibility

from .matrix import MOST_MARKS, cell_counts
from .sentences import read


@dataclass(frozen=True)
class StrandFigures:
    """The counts of one strand: ``counts[kind, condition]`` for both kinds and all six conditions.

    ``slug`` is what the address calls it; ``thin`` holds the cells whose findings rest on one interview only.
    """

    slug: str
    name: str
    from_interviews: bool
    counts: dict
    thin: frozenset = frozenset()
    rests_on_one: bool = False

    def __post_init__(self):
        if set(self.counts) != {(kind, condition) for kind in Kind for condition in Condition}:
            raise ValueError("Figures of a strand cover both kinds and the six conditions")

    def total(self, kind):
        """Return the number of findings of one kind."""
        return sum(self.counts[kind, condition] for condition in Condition)

    def side(self, kind, tangibility):
        """Return the number of findings of one kind on one side of the waterline."""
        return sum(self.counts[kind, c] for c in Condition if c.tangibility is tangibility)

    def figures(self, condition):
        """Return the two figures of one condition, achievements and barriers."""
        return tuple(
            Figure(
                strand=self.slug,
                kind=kind,
                condition=condition,
                value=self.counts[kind, condition],
                is_thin=(kind, condition) in self.thin,
            )
            for kind in Kind
        )


@dataclass(frozen=True)
class Figure:
    """One figure of the comparison: the count of findings in a cell of a strand.

    ``is_thin`` when they rest on one interview only.
    """

    strand: str
    kind: Kind
    condition: Condition
    value: int
    is_thin: bool = False


@dataclass(frozen=True)
class Difference:
    """One cell, by how far the strands differ in it; the same difference has the same ``rank``.

    ``figures`` are ``(strand, count, all findings of the kind)`` in the order of the strands; ``most`` are
    the names of the strands with the highest count.
    """

    rank: int
    condition: Condition
    kind: Kind
    figures: tuple
    difference: int
    most: tuple


@dataclass(frozen=True)
class TablePart:
    """One side of the waterline in a table: rows as ``Comparison.levels`` has them, shares as (n, of)."""

    side: Tangibility
    rows: tuple
    shares: tuple


@dataclass(frozen=True)
class Comparison:
    """Any number of strands, in the order they were chosen."""

    strands: tuple

    @property
    def from_interviews(self):
        """Say whether every strand comes from interviews; only then are there shares and a sentence."""
        return all(strand.from_interviews for strand in self.strands)

    @property
    def is_empty(self):
        """Say whether no strand has a finding."""
        return not any(strand.total(kind) for strand in self.strands for kind in Kind)

    @property
    def largest(self):
        """Return the largest count in any cell."""
        return max((count for strand in self.strands for count in strand.counts.values()), default=0)

    @property
    def fits_unit_marks(self):
        """Say whether every cell is small enough to show one mark for each finding."""
        return self.largest <= MOST_MARKS

    @property
    def levels(self):
        """Return the rows in the model's shape: per level, per condition, per strand its two figures.

        Each row is ``(condition, [(strand, achievements, barriers), ...])`` with ``Figure`` objects.
        """
        return [[(condition, self._row(condition)) for condition in group] for group in LEVELS.values()]

    @property
    def panels(self):
        """Return each strand by itself, for small multiples: ``(strand, levels, [(kind, total)])``.

        ``levels`` are the rows in the model's shape, each ``(condition, figures)``.
        """
        return [
            (
                strand,
                [
                    [(condition, strand.figures(condition)) for condition in group]
                    for group in LEVELS.values()
                ],
                [(kind, strand.total(kind)) for kind in Kind],
            )
            for strand in self.strands
        ]

    def _row(self, condition):
        return [(strand, *strand.figures(condition)) for strand in self.strands]

    @property
    def ranked(self):
        """Return the strands whose cells are ranked: those from interviews, when there are two or more."""
        strands = tuple(strand for strand in self.strands if strand.from_interviews)
        return strands if len(strands) > 1 else ()

    @property
    def differences(self):
        """Return the cells in which the ranked strands differ as ``Difference`` objects, widest first.

        The difference is one of counts, between the highest and the lowest; cells that differ alike share a
        rank, as in 1, 1, 3, and stand in the model's order.
        """
        cells = [(kind, condition) for condition in Condition for kind in Kind]
        spans = {cell: self._span(cell) for cell in cells} if self.ranked else {}
        widest = sorted((cell for cell in cells if spans.get(cell)), key=lambda cell: -spans[cell])
        return [
            Difference(
                rank=1 + sum(span > spans[kind, condition] for span in spans.values()),
                condition=condition,
                kind=kind,
                figures=tuple((s, s.counts[kind, condition], s.total(kind)) for s in self.ranked),
                difference=spans[kind, condition],
                most=self._most(kind, condition),
            )
            for kind, condition in widest
        ]

    def _span(self, cell):
        counts = [strand.counts[cell] for strand in self.ranked]
        return max(counts) - min(counts)

    def _most(self, kind, condition):
        highest = max(strand.counts[kind, condition] for strand in self.ranked)
        return tuple(s.name for s in self.ranked if s.counts[kind, condition] == highest)

    @property
    def totals(self):
        """Return the totals in the order of a table's columns: achievements and barriers of each strand."""
        return [strand.total(kind) for strand in self.strands for kind in Kind]

    @property
    def parts(self):
        """Return the two sides of the waterline for a table, with rows and, where allowed, shares."""
        rows = [row for level in self.levels for row in level]
        return [
            TablePart(
                side=side,
                rows=tuple(row for row in rows if row[0].tangibility is side),
                shares=tuple(self.share(strand, kind, side) for strand in self.strands for kind in Kind)
                if self.from_interviews
                else (),
            )
            for side in Tangibility
        ]

    def share(self, strand, kind, tangibility):
        """Return ``(n, of)``: the findings of one kind on one side, of all of that kind.

        Raises ValueError when a strand does not come from interviews: then there are no shares.
        """
        if not self.from_interviews:
            raise ValueError("Shares are worked out only when every strand comes from interviews")
        return strand.side(kind, tangibility), strand.total(kind)

    @property
    def sentences(self):
        """Return up to two plain sentences on where each strand's barriers and its achievements lie.

        None when a strand does not come from interviews, and of a kind that no strand has.
        """
        if not self.from_interviews:
            return ()
        kinds = [
            kind for kind in (Kind.BARRIER, Kind.ACHIEVEMENT) if any(s.total(kind) for s in self.strands)
        ]
        return tuple(read(self.strands, kind) for kind in kinds)


def compare(frame, strands, rested_on=()):
    """Return the ``Comparison`` of ``strands``, a list of (slug, name, from_interviews), in that order.

    ``frame`` has the columns ``strand``, ``kind``, ``condition``, ``count``. ``rested_on`` says what the
    findings of cells rest on: (slug, kind, condition, interview, or None for anything else).
    """
    counts = cell_counts(frame)
    cells, wholes = defaultdict(set), defaultdict(set)
    for slug, kind, condition, interview in rested_on:
        cells[slug, kind, condition].add(interview)
        wholes[slug].add(interview)
    return Comparison(
        strands=tuple(
            StrandFigures(
                slug=slug,
                name=name,
                from_interviews=from_interviews,
                counts={
                    (kind, condition): counts.get((slug, kind, condition), 0)
                    for kind in Kind
                    for condition in Condition
                },
                thin=frozenset(
                    (kind, condition)
                    for kind in Kind
                    for condition in Condition
                    if from_interviews and _is_one_interview(cells[slug, kind, condition])
                ),
                rests_on_one=from_interviews and _is_one_interview(wholes[slug]),
            )
            for slug, name, from_interviews in strands
        )
    )


def _is_one_interview(rests_on):
    return len(rests_on) == 1 and None not in rests_on

"""Strands side by side: counts by condition and kind, shares, and one sentence that reads them."""

from dataclasses import dataclass

from evaluations.conditions import LEVELS, Condition, Kind, Tangibility

from .matrix import cell_counts

UNIT_MARKS_UP_TO = 12


@dataclass(frozen=True)
class StrandFigures:
    """The counts of one strand: ``counts[kind, condition]`` for both kinds and all six conditions."""

    slug: str
    name: str
    from_interviews: bool
    counts: dict

    def __post_init__(self):
        if set(self.counts) != {(kind, condition) for kind in Kind for condition in Condition}:
            raise ValueError("Figures of a strand cover both kinds and the six conditions")

    def total(self, kind):
        """Return the number of findings of one kind."""
        return sum(self.counts[kind, condition] for condition in Condition)

    def side(self, kind, tangibility):
        """Return the number of findings of one kind on one side of the waterline."""
        return sum(self.counts[kind, c] for c in Condition if c.tangibility is tangibility)


@dataclass(frozen=True)
class Figure:
    """One figure of the comparison: the count of findings in a cell of a strand."""

    strand: str
    kind: Kind
    condition: Condition
    value: int


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
        return self.largest <= UNIT_MARKS_UP_TO

    @property
    def levels(self):
        """Return the rows in the model's shape: per level, per condition, per strand its two figures.

        Each row is ``(condition, [(strand, achievements, barriers), ...])`` with ``Figure`` objects.
        """
        return [[(condition, self._row(condition)) for condition in group] for group in LEVELS.values()]

    def _row(self, condition):
        return [
            (strand, *(Figure(strand.slug, kind, condition, strand.counts[kind, condition]) for kind in Kind))
            for strand in self.strands
        ]

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
    def reading(self):
        """Return one plain sentence on where each strand's barriers lie, or None.

        None when a strand does not come from interviews, and when there is no barrier to read.
        """
        if not self.from_interviews or not any(s.total(Kind.BARRIER) for s in self.strands):
            return None
        ordered = sorted(self.strands, key=lambda s: -_intangible_part(s))
        clauses = [_clause(strand, first=index == 0) for index, strand in enumerate(ordered)]
        return "; ".join(clauses) + "."


def compare(frame, strands):
    """Return the ``Comparison`` of ``strands``, a list of (slug, name, from_interviews), in that order.

    ``frame`` has the columns ``strand``, ``kind``, ``condition``, ``count``.
    """
    counts = cell_counts(frame)
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
            )
            for slug, name, from_interviews in strands
        )
    )


def _intangible_part(strand):
    total = strand.total(Kind.BARRIER)
    return strand.side(Kind.BARRIER, Tangibility.INTANGIBLE) / total if total else -1


def _clause(strand, *, first):
    """Read one strand: "most" only above half, figures as n of all, the condition that leads by itself."""
    total = strand.total(Kind.BARRIER)
    intangible = strand.side(Kind.BARRIER, Tangibility.INTANGIBLE)
    if not total:
        return f"{strand.name} has no barriers"
    if intangible * 2 == total:
        whose = f"{strand.name}’s barriers" if first else f"those of {strand.name}"
        return f"{_upper(whose, first)} are evenly split, {intangible} tangible and {intangible} intangible"
    side, count = (
        (Tangibility.INTANGIBLE, intangible)
        if intangible * 2 > total
        else (Tangibility.TANGIBLE, total - intangible)
    )
    start = f"Most of {strand.name}’s barriers are" if first else f"in {strand.name} most are"
    return f"{start} {side}, {count} of {total}{_leader(strand, side)}"


def _upper(text, first):
    return text[0].upper() + text[1:] if first else text


def _leader(strand, side):
    counts = {c: strand.counts[Kind.BARRIER, c] for c in Condition if c.tangibility is side}
    most = max(counts.values())
    leaders = [condition for condition, count in counts.items() if count == most]
    if len(leaders) > 1:
        return ""
    verb = "sits" if most == 1 else "sit"
    return f", and {most} of these {verb} in {leaders[0].label.lower()}"

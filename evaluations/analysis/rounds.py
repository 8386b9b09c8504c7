"""Two rounds of one strand: what became of the earlier round's findings, and what is new in the later one.

An outcome counts where both its findings are seen: a later finding that is not (a draft, to readers) leaves
its earlier one undecided, an earlier finding that is not leaves its later one new.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from evaluations.conditions import Condition, Kind

from .sentences import listed


class Move(StrEnum):
    """What became of an earlier finding; or ``new``, of a later one that meets no earlier one."""

    RESOLVED = "resolved"
    PERSISTS = "persists"
    WORSENED = "worsened"
    UNDECIDED = "undecided"
    NEW = "new"

    @property
    def label(self):
        """Return the words on screen, for example ``Not decided yet``."""
        return _LABELS[self]


_LABELS = {
    Move.RESOLVED: "Resolved",
    Move.PERSISTS: "Persists",
    Move.WORSENED: "Worsened",
    Move.UNDECIDED: "Not decided yet",
    Move.NEW: "New",
}
EARLIER_MOVES = (Move.RESOLVED, Move.PERSISTS, Move.WORSENED, Move.UNDECIDED)
# Where an earlier finding meets several later ones with several outcomes, the gravest says how it stands.
_GRAVEST_FIRST = (Move.WORSENED, Move.PERSISTS, Move.RESOLVED)


@dataclass(frozen=True)
class FindingLine:
    """One finding of a round, as a list shows it; ``strand`` is its strand's name."""

    id: int
    kind: str
    condition: str
    text: str
    strand: str = ""


@dataclass(frozen=True)
class Moved:
    """One finding and what became of it: an earlier one with the ``later`` ones that it meets, or a new one.

    ``kind`` and ``condition`` are the earlier finding's own; a new one has no ``earlier``.
    """

    move: Move
    kind: Kind
    condition: Condition
    earlier: FindingLine | None
    later: tuple


@dataclass(frozen=True)
class Rounds:
    """What moved between two rounds of a strand; ``earlier`` and ``later`` are their ``StrandFigures``."""

    earlier: object
    later: object
    moved: tuple

    @property
    def from_interviews(self):
        """Say whether both rounds come from interviews; only then is there a sentence."""
        return self.earlier.from_interviews and self.later.from_interviews

    @cached_property
    def _by_cell(self):
        cells = defaultdict(list)
        for row in self.moved:
            cells[row.kind, row.condition, row.move].append(row)
        return cells

    def count(self, kind, move, condition=None):
        """Return how many findings of a kind (under one condition, if given) moved so."""
        conditions = Condition if condition is None else (condition,)
        return sum(len(self._by_cell[kind, c, move]) for c in conditions)

    def of_earlier(self, kind):
        """Return how many findings of a kind the earlier round has."""
        return sum(self.count(kind, move) for move in EARLIER_MOVES)

    @property
    def decided(self):
        """Return ``(n, of)``: the earlier round's findings with an outcome, of all of them."""
        of = sum(self.of_earlier(kind) for kind in Kind)
        return of - sum(self.count(kind, Move.UNDECIDED) for kind in Kind), of

    @property
    def tables(self):
        """Return a table a kind that has findings: ``(kind, [(condition, numbers)], totals)``.

        Numbers stand in the order of ``Move``, conditions in the model's.
        """
        kinds = [kind for kind in Kind if any(self.count(kind, move) for move in Move)]
        return [
            (
                kind,
                [
                    (condition, [self.count(kind, move, condition) for move in Move])
                    for condition in Condition
                ],
                [self.count(kind, move) for move in Move],
            )
            for kind in kinds
        ]

    @property
    def lists(self):
        """Return the findings behind the figures: ``(condition, findings)``, what holds none left out."""
        found = [
            (
                condition,
                [row for kind in Kind for move in Move for row in self._by_cell[kind, condition, move]],
            )
            for condition in Condition
        ]
        return [(condition, rows) for condition, rows in found if rows]

    @property
    def reading(self):
        """Return one plain sentence on what became of the earlier round's barriers, or None.

        None when a round does not come from interviews, and when neither has a barrier.
        """
        new = self.count(Kind.BARRIER, Move.NEW)
        of = self.of_earlier(Kind.BARRIER)
        if not self.from_interviews or not (of or new):
            return None
        return f"{self._earlier_in_words(of)}; {new} {'is' if new == 1 else 'are'} new in {self.later.name}."

    def _earlier_in_words(self, of):
        if not of:
            return f"{self.earlier.name} has no barriers"
        counts = [(move, self.count(Kind.BARRIER, move)) for move in EARLIER_MOVES]
        said = [f"{number} {_verb(move, number)}" for move, number in counts if number]
        return f"Of the {of} barrier{'' if of == 1 else 's'} in {self.earlier.name}, {listed(said)}"


def compare_rounds(*, earlier, later, earlier_findings, later_findings, outcomes, elsewhere=()):
    """Return the ``Rounds`` of two rounds of a strand.

    ``earlier`` and ``later`` are their ``StrandFigures``; ``earlier_findings`` and ``later_findings`` the
    ``FindingLine`` objects of the strand in each, in the order of lists; ``elsewhere`` those of the later
    evaluation's other strands that outcomes name. ``outcomes`` are ``(number of the earlier finding, number
    of the later one or None, outcome)`` of either.
    """
    known = {row.id: row for row in (*later_findings, *elsewhere)}
    found = defaultdict(list)
    for before, after, outcome in outcomes:
        if after is None or after in known:
            found[before].append((Move(outcome), known.get(after)))
    met = {after for _, after, _ in outcomes}
    moved = [_became(row, found[row.id]) for row in earlier_findings]
    moved += [
        Moved(Move.NEW, Kind(row.kind), Condition(row.condition), None, (row,))
        for row in later_findings
        if row.id not in met
    ]
    return Rounds(earlier=earlier, later=later, moved=tuple(moved))


def _became(row, outcomes):
    moves = [move for move, _ in outcomes]
    move = next((move for move in _GRAVEST_FIRST if move in moves), Move.UNDECIDED)
    later = tuple(line for _, line in outcomes if line)
    return Moved(move, Kind(row.kind), Condition(row.condition), row, later)


_VERBS = {
    Move.RESOLVED: ("is resolved", "are resolved"),
    Move.PERSISTS: ("persists", "persist"),
    Move.WORSENED: ("worsened", "worsened"),
    Move.UNDECIDED: ("is not decided yet", "are not decided yet"),
}


def _verb(move, number):
    return _VERBS[move][number != 1]

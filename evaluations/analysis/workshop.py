"""What a room made of the findings that it weighed: tallies by finding and by condition, and their order.

A tally's figures are the room's and say nothing of the findings' own strength: they are kept apart.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from evaluations.conditions import LEVELS, Condition, Kind

NOT_SHARED = "A finding that is no longer shared"


@dataclass(frozen=True)
class WeighedStrand:
    """A strand that a workshop is about, and whether its findings come from interviews."""

    slug: str
    name: str
    from_interviews: bool = True


@dataclass(frozen=True)
class Tally:
    """What the room made of one finding; ``place`` is where it stands in the evaluators' order.

    ``finding`` is its number while readers may see it; of one they may not, ``text`` is empty and the figures
    stay. ``since`` says in words what became of it after the round closed, empty for nothing. ``rank`` is its
    place by dots, shared by equals, and 0 without dots.
    """

    finding: int | None
    text: str
    strand: WeighedStrand
    condition: Condition
    dots: int = 0
    people: int = 0
    confirm: int = 0
    challenge: int = 0
    since: str = ""
    place: int = 0
    rank: int = 0

    @property
    def words(self):
        """Return the finding's words, or that it is no longer shared."""
        return self.text or NOT_SHARED


@dataclass(frozen=True)
class ConditionTotal:
    """The dots on one condition's findings; ``share`` is their part of the largest number, from 0 to 100."""

    condition: Condition
    findings: int
    dots: int
    share: float


@dataclass(frozen=True)
class RoundResult:
    """One round of a workshop: the facts, and its tallies, heaviest first.

    ``joined``, ``started`` and ``finished`` count people's phones. While it is open ``closed_at`` is None.
    """

    number: int
    question: str
    kind: Kind
    dots_each: int
    opened_at: datetime
    closed_at: datetime | None
    joined: int
    started: int
    finished: int
    tallies: tuple = ()

    @property
    def placed(self):
        """Return the number of dots that were placed."""
        return sum(tally.dots for tally in self.tallies)

    @property
    def given(self):
        """Return the number of dots that everybody who joined had together."""
        return self.joined * self.dots_each

    @property
    def conditions(self):
        """Return the six ``ConditionTotal``, in the model's order."""
        findings = Counter(tally.condition for tally in self.tallies)
        dots = Counter()
        for tally in self.tallies:
            dots[tally.condition] += tally.dots
        most = max(dots.values(), default=0) or 1
        return tuple(
            ConditionTotal(name, findings[name], dots[name], 100 * dots[name] / most) for name in Condition
        )

    @property
    def most(self):
        """Return the number of dots on the heaviest finding."""
        return max((tally.dots for tally in self.tallies), default=0)

    @property
    def levels(self):
        """Return the totals in the model's shape: three above two above one."""
        totals = {total.condition: total for total in self.conditions}
        return [[totals[condition] for condition in conditions] for conditions in LEVELS.values()]

    def under(self, condition, *, by_weight):
        """Return the tallies of one condition, heaviest first or, telling nothing, in order."""
        found = [tally for tally in self.tallies if tally.condition == condition]
        return found if by_weight else sorted(found, key=lambda tally: tally.place)

    def heaviest(self, places=5, at_most=8):
        """Return the tallies on the first ``places``, those with as many dots as the last one included.

        Never more than ``at_most``, and none without dots.
        """
        return tuple(tally for tally in self.tallies if 0 < tally.rank <= places)[:at_most]


@dataclass(frozen=True)
class WorkshopResults:
    """All rounds of a workshop that closed, in order, with the strands it was about."""

    title: str
    strands: tuple
    rounds: tuple


def ranked(tallies):
    """Return tallies heaviest first, each with its rank; equals share one and stay in the order they came in.

    >>> [(tally.dots, tally.rank) for tally in ranked(tallies)]
    [(8, 1), (5, 2), (5, 2), (4, 4), (0, 0)]
    """
    heaviest_first = sorted(tallies, key=lambda tally: -tally.dots)
    places = {}
    for place, tally in enumerate(heaviest_first, 1):
        places.setdefault(tally.dots, place)
    return tuple(replace(tally, rank=places[tally.dots] if tally.dots else 0) for tally in heaviest_first)


def round_result(facts, rows):
    """Return the ``RoundResult`` of a round's facts and of its tallies' fields, in order, as dictionaries.

    ``strand`` in a row is a ``WeighedStrand``'s fields.
    """
    tallies = [
        Tally(**row | {"strand": WeighedStrand(**row["strand"]), "place": place})
        for place, row in enumerate(rows)
    ]
    return RoundResult(**facts, tallies=ranked(tallies))


def build_results(*, title, strands, rounds):
    """Return the ``WorkshopResults`` of what ``queries.workshops.results_of`` read."""
    return WorkshopResults(
        title=title,
        strands=tuple(WeighedStrand(**strand) for strand in strands),
        rounds=tuple(round_result(facts, rows) for facts, rows in rounds),
    )

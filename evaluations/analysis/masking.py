"""Breakdowns of people by group in which nobody can be told apart: small groups are counted together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Breakdown:
    """People by group, as ``(group, number)``, the largest first.

    ``shown`` stand by themselves; the numbers of ``masked`` are never shown, only what they are ``together``,
    and of fewer people in all than ``smallest`` not even their groups.
    """

    shown: tuple
    masked: tuple
    smallest: int

    @property
    def total(self):
        """Return how many people there are."""
        return sum(number for _, number in (*self.shown, *self.masked))

    @property
    def is_too_small(self):
        """Say whether there are so few people that even naming their groups tells them apart."""
        return self.total < self.smallest

    @property
    def together(self):
        """Return how many people the masked groups have together."""
        return sum(number for _, number in self.masked)


def breakdown(counts, *, smallest):
    """Return the ``Breakdown`` of ``{group: number}``.

    Groups under ``smallest`` people are masked, and then the next larger ones as long as a masked number
    could be worked out from what is shown.

    >>> breakdown({"health": 9, "parent": 6, "university": 2}, smallest=5).shown
    (('health', 9),)
    """
    groups = sorted(((name, n) for name, n in counts.items() if n), key=lambda group: (-group[1], group[0]))
    edge = sum(number >= smallest for _, number in groups)
    while edge and _can_be_worked_out([number for _, number in groups[edge:]], smallest):
        edge -= 1
    return Breakdown(shown=tuple(groups[:edge]), masked=tuple(groups[edge:]), smallest=smallest)


def _can_be_worked_out(masked, smallest):
    """Say whether the numbers of masked groups follow from what they are together.

    They are known when each has the fewest people that are possible, or the most that a small group has. And
    together they must not be too small a group either, which one by itself always is.
    """
    if not masked:
        return False
    together, most = sum(masked), len(masked) * (smallest - 1)
    return together < smallest or (together in (len(masked), most) and max(masked) < smallest)

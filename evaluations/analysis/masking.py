"""Breakdowns of people by group in which nobody can be told apart: small groups are counted together."""

from dataclasses import dataclass
from functools import lru_cache


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
    numbers = tuple(number for _, number in groups)
    while edge and _can_be_worked_out(numbers[edge:], numbers[edge - 1], smallest):
        edge -= 1
    return Breakdown(shown=tuple(groups[:edge]), masked=tuple(groups[edge:]), smallest=smallest)


def _can_be_worked_out(masked, least_shown, smallest):
    """Say whether a number of the ``masked`` follows from what they are together.

    It may follow for whoever knows this rule, and for whoever takes every masked group for a small one when
    each is as large as a small one can be. And together they must not be too small a group either, which one
    by itself always is.
    """
    if not masked:
        return False
    together = sum(masked)
    if together < smallest or _is_full(masked, smallest):
        return True
    return _follows(together, len(masked), min(least_shown, together), smallest)


def _is_full(masked, smallest):
    return set(masked) == {smallest - 1}


@lru_cache(maxsize=10_000)
def _follows(together, groups, most, smallest):
    """Say whether a number, in the order of size, is the same in all ways to mask so many groups."""
    seen = [set() for _ in range(groups)]
    for split in _splits(together, groups, most, smallest):
        if not _is_full(split, smallest):
            for numbers, number in zip(seen, split, strict=True):
                numbers.add(number)
        if all(len(numbers) > 1 for numbers in seen):
            return False
    return True


def _splits(together, groups, most, smallest, masked=()):
    """Yield all numbers that so many more groups beside ``masked`` may have, being ``together`` people.

    None has more than ``most``, the least that is shown. One that is not small is masked only where without
    it a number could be worked out.
    """
    if not groups:
        yield from () if together else (masked,)
        return
    for number in range(masked[0] if masked else 1, min(most, together // groups) + 1):
        if number < smallest or _can_be_worked_out(masked, number, smallest):
            yield from _splits(together - number, groups - 1, most, smallest, (number, *masked))

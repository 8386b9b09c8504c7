"""Achievements by how likely they are to outlive the programme, and who holds them afterwards.

A gap is an achievement that is at risk, or ends with the programme, and that nobody holds. Strands that do
not come from interviews are counted apart and read in no sentence.
"""

from collections import Counter
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from itertools import chain

# The most worrying first; the codes are those of ``Finding.lasting``.
LIKELIHOODS = ("at_risk", "ends", "not_judged", "embedded")
WORRYING = ("at_risk", "ends")


class Held(StrEnum):
    """Whether somebody holds an achievement after the programme's end."""

    NOBODY = "nobody"
    SOMEBODY = "somebody"


class Group(StrEnum):
    """The lists in which achievements are read, in this order."""

    GAPS = "gaps"
    HELD = "held"
    NOT_JUDGED = "not_judged"
    EMBEDDED = "embedded"

    def heading(self, *, ended):
        """Return the heading of the list; ``ended`` says whether the programme's end date has passed."""
        return _HEADINGS[self].format(end="ended" if ended else "ending")

    @property
    def short_heading(self):
        """Return the heading where space is short."""
        return _SHORT[self]


_HEADINGS = {
    Group.GAPS: "Gaps: at risk or {end} with the programme, and held by nobody",
    Group.HELD: "At risk or {end} with the programme, and held by somebody",
    Group.NOT_JUDGED: "Not judged yet",
    Group.EMBEDDED: "Embedded",
}
_OTHERS = {group.value: group for group in (Group.NOT_JUDGED, Group.EMBEDDED)}
_SHORT = {
    Group.GAPS: "Gaps",
    Group.HELD: "At risk or ending, held",
    Group.NOT_JUDGED: "Not judged",
    Group.EMBEDDED: "Embedded",
}


@dataclass(frozen=True)
class Achievement:
    """One achievement: its number, its strand (slug), its condition, its likelihood and its holder."""

    id: int
    strand: str
    condition: str
    lasting: str
    holder: str

    @property
    def held(self):
        """Say whether a holder is named."""
        return Held.SOMEBODY if self.holder else Held.NOBODY

    @property
    def group(self):
        """Return the list in which it is read."""
        if self.lasting in WORRYING:
            return Group.HELD if self.holder else Group.GAPS
        return _OTHERS[self.lasting]


@dataclass(frozen=True)
class Row:
    """One likelihood in the table of figures: how many nobody holds, and how many somebody."""

    lasting: str
    nobody: int
    somebody: int

    @property
    def total(self):
        """Return how many there are of this likelihood."""
        return self.nobody + self.somebody

    @property
    def is_worrying(self):
        """Say whether those that nobody holds are gaps."""
        return self.lasting in WORRYING


@dataclass(frozen=True)
class Holder:
    """Somebody who holds achievements: how many, and how many of these are at risk or end."""

    name: str
    count: int
    worrying: int


@dataclass(frozen=True)
class StrandCounts:
    """One strand's achievements, by list."""

    slug: str
    name: str
    counts: dict

    @property
    def total(self):
        """Return how many achievements the strand has."""
        return sum(self.counts.values())

    @property
    def figures(self):
        """Return the counts in the order of the lists."""
        return [self.counts[group] for group in Group]


@dataclass(frozen=True)
class LastingFigures:
    """How many achievements are how likely to last: ``counts[likelihood, whether somebody holds it]``."""

    from_interviews: bool
    counts: Counter

    @property
    def total(self):
        """Return how many achievements there are."""
        return sum(self.counts.values())

    @property
    def rows(self):
        """Return the table of figures: one ``Row`` a likelihood, the most worrying first."""
        return [Row(name, self.counts[name, False], self.counts[name, True]) for name in LIKELIHOODS]

    @property
    def largest(self):
        """Return the largest figure in the table."""
        return max(max(row.nobody, row.somebody) for row in self.rows)

    @property
    def nobody(self):
        """Return how many achievements nobody holds."""
        return sum(row.nobody for row in self.rows)

    @property
    def somebody(self):
        """Return how many achievements somebody holds."""
        return sum(row.somebody for row in self.rows)

    @property
    def gaps(self):
        """Return how many are at risk, or end with the programme, and are held by nobody."""
        return sum(row.nobody for row in self.rows if row.is_worrying)

    @property
    def worrying(self):
        """Return how many are at risk or end with the programme."""
        return sum(row.total for row in self.rows if row.is_worrying)

    @property
    def not_judged(self):
        """Return how many nobody has judged yet."""
        return sum(row.total for row in self.rows if row.lasting == Group.NOT_JUDGED)

    def reading(self, *, ended):
        """Return plain sentences on the gaps and on what is not judged, or None with nothing to read.

        ``ended`` says whether the programme's end date has passed. None for strands that do not come from
        interviews: nothing is generated of these.
        """
        if not self.from_interviews or not self.total:
            return None
        if self.not_judged == self.total:
            return f"{self.total} of {self.total} {_are_not_judged(self.total)} yet."
        sentence = self._on_gaps(ended)
        if self.not_judged:
            verb = "is" if self.not_judged == 1 else "are"
            sentence += f" {self.not_judged} of {self.total} {verb} not judged yet."
        return sentence

    def _on_gaps(self, ended):
        if not self.worrying:
            end = "have ended" if ended else "end"
            return f"No achievement is judged to be at risk, or to {end} with the programme."
        number = self.gaps or self.worrying
        be = "is" if number == 1 else "are"
        end = "ended" if ended else "ends" if number == 1 else "end"
        start = f"{number} of {_achievements(self.total)} {be} at risk or {end} with the programme"
        if self.gaps:
            return f"{start}, and nobody holds {'it' if number == 1 else 'them'}."
        return f"{start}; {'it has' if number == 1 else 'each has'} a holder."


@dataclass(frozen=True)
class OriginPart(LastingFigures):
    """The achievements of all strands that come from interviews, or of all that do not."""

    strands: tuple
    achievements: tuple

    @cached_property
    def _by_group(self):
        """Return ``{list: achievements}``, each looked at once."""
        found = {group: [] for group in Group}
        for item in self.achievements:
            found[item.group].append(item)
        return found

    def count(self, group):
        """Return how many achievements one list holds."""
        return len(self._by_group[group])

    def chosen(self, *, lasting="", held="", holder=""):
        """Return the achievements that these filters leave, in the order they are read: gaps first."""
        key = holder_key(holder)
        return [
            item
            for item in chain.from_iterable(self._by_group.values())
            if (not lasting or lasting == item.lasting)
            and (not held or held == item.held)
            and (not key or holder_key(item.holder) == key)
        ]

    @property
    def by_strand(self):
        """Return one ``StrandCounts`` a strand, in the order of the strands."""
        counts = Counter((item.strand, group) for group, items in self._by_group.items() for item in items)
        return [
            StrandCounts(slug, name, {group: counts[slug, group] for group in Group})
            for slug, name in self.strands
        ]

    @property
    def holders(self):
        """Return who holds what, those who hold most first; spellings that differ in case are one holder."""
        names, counts, worrying = {}, Counter(), Counter()
        spelled = Counter(
            (item.holder, item.lasting in WORRYING) for item in self.achievements if item.holder
        )
        for (name, is_worrying), number in spelled.items():
            key = holder_key(name)
            names.setdefault(key, name)
            counts[key] += number
            worrying[key] += number if is_worrying else 0
        found = [Holder(names[key], number, worrying[key]) for key, number in counts.items()]
        return sorted(found, key=lambda holder: (-holder.count, holder.name.casefold()))


def will_it_last(frame, strands):
    """Return the ``OriginPart`` of the strands from interviews, then the others'; none without a strand.

    ``frame`` has one row an achievement, in the order to read them, with the fields of ``Achievement`` as
    columns; ``strands`` is a list of (slug, name, from_interviews), in their order.
    """
    columns = [field.name for field in fields(Achievement)]
    found = list(map(Achievement, *(frame[column].tolist() for column in columns)))
    parts = []
    for from_interviews in (True, False):
        names = {slug: name for slug, name, interviews in strands if interviews == from_interviews}
        if names:
            inside = tuple(item for item in found if item.strand in names)
            counts = Counter((item.lasting, bool(item.holder)) for item in inside)
            parts.append(OriginPart(from_interviews, counts, tuple(names.items()), inside))
    return tuple(parts)


def holder_key(name):
    """Return what two spellings of one holder share.

    >>> holder_key("Public  Health") == holder_key("public health")
    True
    """
    return " ".join(name.split()).casefold()


def _achievements(number):
    return f"{number} achievement{'' if number == 1 else 's'}"


def _are_not_judged(number):
    return "achievement is not judged" if number == 1 else "achievements are not judged"

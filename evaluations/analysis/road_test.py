"""The road test of a legacy plan: its ambitions laid against the six conditions, and the gaps in it.

Four rules find gaps, each in plain words; there is no score. None of them fires before the first ambition is
entered. Findings are those that readers see, recommendations those that still stand: ones that are no longer
applicable or were not accepted are not among them.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from evaluations.conditions import LEVELS, Condition, Kind, Tangibility


class Rule(StrEnum):
    """What makes a gap, in the order in which gaps are read."""

    TANGIBLE_ONLY = "tangible_only"
    UNANSWERED_CONDITION = "unanswered_condition"
    ENDS_UNHELD = "ends_unheld"
    SERVES_NO_AMBITION = "serves_no_ambition"

    @property
    def noun(self):
        """Return what kind of row a gap of this rule is about."""
        return _NOUNS[self]

    def heading(self, *, ended):
        """Return the rule in a few words; ``ended`` says whether the programme's end date has passed."""
        return _HEADINGS[self].format(ends="ended" if ended else "ends")

    def explanation(self, *, ended):
        """Return the rule in plain sentences; ``ended`` as in ``heading``."""
        return _EXPLANATIONS[self].format(ends="ended" if ended else "ends")


_NOUNS = {
    Rule.TANGIBLE_ONLY: "ambition",
    Rule.UNANSWERED_CONDITION: "strand",
    Rule.ENDS_UNHELD: "finding",
    Rule.SERVES_NO_AMBITION: "recommendation",
}
_HEADINGS = {
    Rule.TANGIBLE_ONLY: "Ambitions that lean only on tangible conditions",
    Rule.UNANSWERED_CONDITION: "Conditions with barriers that nothing answers",
    Rule.ENDS_UNHELD: "Achievements that {ends} with the programme, held by nobody",
    Rule.SERVES_NO_AMBITION: "Recommendations that serve no ambition",
}
_EXPLANATIONS = {
    Rule.TANGIBLE_ONLY: (
        "Every condition that the ambition needs to shift is above the waterline: policies, practices or "
        "resource flows. It names no relationship, no power and no way of thinking that has to shift too."
    ),
    Rule.UNANSWERED_CONDITION: (
        "The condition has barriers that are ready to share. No ambition of its strand needs it to shift, no "
        "recommendation of the strand is placed under it, and none is linked to one of these barriers. "
        "Recommendations that are no longer applicable or were not accepted do not count."
    ),
    Rule.ENDS_UNHELD: (
        "The achievement is ready to share and was judged to be one that {ends} with the programme, and "
        "nobody is named who holds it afterwards."
    ),
    Rule.SERVES_NO_AMBITION: (
        "No ambition of its strand needs the condition that the recommendation is placed under, nor the "
        "condition of a barrier that it is linked to. Recommendations that are no longer applicable or were "
        "not accepted are left out."
    ),
}


@dataclass(frozen=True)
class PlanAmbition:
    """An ambition: its number, its strand's, and the conditions that it needs to shift."""

    id: int
    strand: int
    conditions: frozenset

    @property
    def leans_only_on_tangible(self):
        """Say whether every condition that it needs to shift is tangible."""
        sides = {Condition(one).tangibility for one in self.conditions}
        return sides == {Tangibility.TANGIBLE}


@dataclass(frozen=True)
class PlanRecommendation:
    """A recommendation that stands: its number, its place, and the places of the barriers it is linked to.

    A place is a strand's number and a condition.
    """

    id: int
    strand: int
    condition: str
    answers: frozenset = frozenset()


@dataclass(frozen=True)
class Place:
    """One condition of one strand: how many achievements and barriers there are, and what stands there.

    ``answers`` are the numbers of recommendations that are linked to one of its barriers, ``also_placed`` of
    those of the strand that stand under the condition without such a link.
    """

    condition: Condition
    achievements: int
    barriers: int
    answers: tuple
    also_placed: tuple

    @property
    def recommendations(self):
        """Return the numbers of all recommendations that bear on it."""
        return self.answers + self.also_placed


@dataclass(frozen=True)
class Gap:
    """What a rule found: in which strand, the number of what it is about, and the condition if it is one."""

    rule: Rule
    strand: int
    number: int
    condition: Condition | None = None

    @property
    def subject(self):
        """Return what the gap is called whatever is renamed, for example ``ends_unheld:finding:12``."""
        named = [self.rule, self.rule.noun, str(self.number), self.condition]
        return ":".join(filter(None, named))


@dataclass(frozen=True)
class Plan:
    """Everything that a road test looks at: numbers of strands, and rows, all in the order to read them.

    ``counts`` are the findings that readers see, ``{(strand, kind, condition): number}``; ``unheld`` are
    ``(strand, number)`` of the achievements that end with the programme and that nobody holds.
    """

    strands: tuple
    ambitions: tuple
    counts: dict
    unheld: tuple
    recommendations: tuple

    @cached_property
    def needed(self):
        """Return ``{strand: conditions that one of its ambitions needs to shift}``."""
        found = defaultdict(frozenset)
        for row in self.ambitions:
            found[row.strand] |= row.conditions
        return found

    @cached_property
    def places(self):
        """Return ``{strand: {condition: Place}}``, each strand's in the model's order."""
        return {
            strand: {condition: self._place(strand, condition) for condition in Condition}
            for strand in self.strands
        }

    @cached_property
    def _answers(self):
        found = defaultdict(list)
        for row in self.recommendations:
            for place in row.answers:
                found[place].append(row.id)
        return found

    @cached_property
    def _placed(self):
        found = defaultdict(list)
        for row in self.recommendations:
            found[row.strand, row.condition].append(row.id)
        return found

    def _place(self, strand, condition):
        answers, placed = self._answers[strand, condition], self._placed[strand, condition]
        return Place(
            condition=condition,
            achievements=self.counts.get((strand, Kind.ACHIEVEMENT, condition), 0),
            barriers=self.counts.get((strand, Kind.BARRIER, condition), 0),
            answers=tuple(answers),
            also_placed=tuple(number for number in placed if number not in answers),
        )


def levels_of(cells):
    """Return things with a ``condition``, one a condition, in the model's shape: three, two, one."""
    return [[cell for cell in cells if cell.condition in level] for level in LEVELS.values()]


def road_test(plan):
    """Return every ``Gap`` of a ``Plan``: rule by rule, strand by strand; none before the first ambition."""
    if not plan.ambitions:
        return ()
    order = {strand: at for at, strand in enumerate(plan.strands)}
    rules = (tangible_only, unanswered_conditions, ends_unheld, serving_no_ambition)
    return tuple(gap for rule in rules for gap in sorted(rule(plan), key=lambda gap: order[gap.strand]))


def tangible_only(plan):
    """Return a gap for each ambition that leans only on tangible conditions."""
    return [
        Gap(Rule.TANGIBLE_ONLY, row.strand, row.id) for row in plan.ambitions if row.leans_only_on_tangible
    ]


def unanswered_conditions(plan):
    """Return a gap for each condition with barriers, and neither an ambition nor a recommendation."""
    return [
        Gap(Rule.UNANSWERED_CONDITION, strand, strand, condition)
        for strand, places in plan.places.items()
        for condition, place in places.items()
        if place.barriers and not place.recommendations and condition not in plan.needed[strand]
    ]


def ends_unheld(plan):
    """Return a gap for each achievement that ends with the programme and that nobody holds."""
    return [Gap(Rule.ENDS_UNHELD, strand, number) for strand, number in plan.unheld]


def serving_no_ambition(plan):
    """Return a gap for each recommendation whose conditions no ambition of its strand needs to shift."""
    return [
        Gap(Rule.SERVES_NO_AMBITION, row.strand, row.id)
        for row in plan.recommendations
        if plan.needed[row.strand].isdisjoint(conditions_of(row))
    ]


def conditions_of(recommendation):
    """Return the conditions that a recommendation bears on: its own, and those of the barriers it answers."""
    return {recommendation.condition, *(condition for _, condition in recommendation.answers)}

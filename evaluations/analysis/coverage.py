"""Coverage: barriers that a recommendation answers, recommendations that answer one, and what is left."""

from dataclasses import dataclass

from evaluations.conditions import LEVELS, Condition


@dataclass(frozen=True)
class ConditionCoverage:
    """One condition of a strand: how many barriers, answered ones and recommendations it has."""

    condition: Condition
    barriers: int
    answered: int
    recommendations: int

    @property
    def unanswered(self):
        """Return how many of its barriers no recommendation answers."""
        return self.barriers - self.answered


@dataclass(frozen=True)
class StrandCoverage:
    """The six conditions of one strand, in the model's order."""

    conditions: tuple

    @property
    def barriers(self):
        """Return how many barriers the strand has."""
        return sum(row.barriers for row in self.conditions)

    @property
    def answered(self):
        """Return how many of them a recommendation answers."""
        return sum(row.answered for row in self.conditions)

    @property
    def levels(self):
        """Return the conditions in the model's shape: three above two above one."""
        return [[row for row in self.conditions if row.condition in level] for level in LEVELS.values()]

    @property
    def without_recommendation(self):
        """Return the conditions under which there is no recommendation."""
        return [row for row in self.conditions if not row.recommendations]


def cover(strand, barriers, answered, recommendations):
    """Return the ``StrandCoverage`` of a strand (a number); the others are ``{(strand, condition): number}``.

    A barrier that was linked between two of the counts is not counted twice.
    """
    return StrandCoverage(
        tuple(
            ConditionCoverage(
                condition=condition,
                barriers=max(barriers[strand, condition], answered[strand, condition]),
                answered=answered[strand, condition],
                recommendations=recommendations[strand, condition],
            )
            for condition in Condition
        )
    )

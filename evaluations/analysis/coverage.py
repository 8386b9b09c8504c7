"""Coverage: barriers that a recommendation answers, recommendations that answer one, and what is left."""

from dataclasses import dataclass

from evaluations.conditions import LEVELS, Condition


@dataclass(frozen=True)
class ConditionCoverage:
    """One condition of a strand: its barriers, the numbers of those unanswered, how many recommendations."""

    condition: Condition
    barriers: int
    unanswered: tuple
    recommendations: int

    @property
    def answered(self):
        """Return how many of its barriers a recommendation answers."""
        return self.barriers - len(self.unanswered)


@dataclass(frozen=True)
class StrandCoverage:
    """The six conditions of one strand, in the model's order."""

    strand: str
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


@dataclass(frozen=True)
class Coverage:
    """The strands asked for, and the numbers of their recommendations that answer no barrier.

    Without ``has_links`` nobody has linked anything yet in the whole evaluation, so gaps mean nothing.
    """

    strands: tuple
    idle: tuple
    has_links: bool


def cover(barriers, recommendations, links, strands):
    """Return the ``Coverage`` of ``strands`` (slugs).

    ``barriers`` and ``recommendations`` are frames with id, strand (slug) and condition, in the order to
    show them; ``links`` has one row a link, with recommendation and finding, of the whole evaluation.
    """
    unanswered = barriers[~barriers["id"].isin(links["finding"])]
    idle = recommendations[~recommendations["id"].isin(links["recommendation"])]
    return Coverage(
        strands=tuple(_strand(slug, barriers, unanswered, recommendations) for slug in strands),
        idle=tuple(idle.loc[idle["strand"].isin(strands), "id"]),
        has_links=not links.empty,
    )


def _strand(slug, barriers, unanswered, recommendations):
    def of(frame, condition):
        return tuple(frame.loc[(frame["strand"] == slug) & (frame["condition"] == condition), "id"])

    rows = [
        ConditionCoverage(
            condition=condition,
            barriers=len(of(barriers, condition)),
            unanswered=of(unanswered, condition),
            recommendations=len(of(recommendations, condition)),
        )
        for condition in Condition
    ]
    return StrandCoverage(slug, tuple(rows))

"""Reading which barriers recommendations answer, and the first of those that none answers."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from .findings import cell_counts, first_numbers


@dataclass(frozen=True)
class Link:
    """A recommendation that answers a barrier, by number, and the place of the barrier."""

    recommendation: int
    barrier: int
    strand: int
    condition: str


def links_between(recommendations, barriers):
    """Return every ``Link`` between the given recommendations and barriers.

    ``barriers`` are those the reader may learn of: a link to another one is not told.
    """
    links = recommendations.filter(barriers__in=barriers).order_by()
    told = ("pk", "barriers", "barriers__strand", "barriers__condition")
    return [Link(*row) for row in links.values_list(*told)]


def barrier_counts(barriers):
    """Return ``Counter`` of barriers by strand (number) and condition. One query."""
    return Counter({(strand, condition): n for (strand, _, condition), n in cell_counts(barriers).items()})


def first_unanswered(barriers, recommendations, *, most):
    """Return the first ``most`` barriers of each condition of a strand that no recommendation answers.

    In their order within a condition; those that the given recommendations are linked to are answered. Two
    queries.
    """
    linked = recommendations.filter(barriers__isnull=False).order_by().values("barriers")
    numbers = first_numbers(barriers.exclude(pk__in=linked), most)
    return list(barriers.filter(pk__in=numbers).order_by("position", "pk"))


def barriers_by_recommendation(recommendations, findings):
    """Return ``{recommendation: [text of a barrier, ...]}`` of those the reader may know. One query."""
    rows = findings.filter(recommendations__in=[row.pk for row in recommendations])
    found = defaultdict(list)
    for number, text in rows.values_list("recommendations", "text"):
        found[number].append(text)
    return found

"""Reading what the road test of a legacy plan looks at, a fixed number of queries whatever there is."""

from collections import defaultdict

from evaluations.conditions import Condition, Kind
from evaluations.models import AmbitionCondition, Lasting, Response, Status

from .coverage import links_between
from .findings import first_numbers


def conditions_by_ambition(ambitions):
    """Return ``{ambition: [Condition, ...]}`` of the conditions each needs to shift, in the model's order."""
    found = defaultdict(set)
    rows = AmbitionCondition.objects.filter(ambition__in=ambitions.order_by().values("pk"))
    for number, condition in rows.values_list("ambition", "condition"):
        found[number].add(condition)
    return {number: [one for one in Condition if one in chosen] for number, chosen in found.items()}


def conditions_of(ambition):
    """Return the conditions that one ambition needs to shift, in the model's order."""
    chosen = set(ambition.conditions.values_list("condition", flat=True))
    return [one for one in Condition if one in chosen]


def standing(recommendations):
    """Return the recommendations that still stand: neither no longer applicable nor not accepted."""
    return recommendations.exclude(status=Status.NOT_APPLICABLE).exclude(response=Response.NOT_ACCEPTED)


def ending_unheld(findings):
    """Return ``(strand, number)`` of achievements that end with the programme and that nobody holds.

    In the model's order.
    """
    rows = findings.filter(kind=Kind.ACHIEVEMENT, lasting=Lasting.ENDS, holder="")
    return tuple(rows.in_model_order().values_list("strand_id", "pk"))


def places_answered(recommendations, findings):
    """Return ``{recommendation: {(strand, condition), ...}}`` of those ``findings`` that it is linked to."""
    found = defaultdict(set)
    for link in links_between(recommendations, findings):
        found[link.recommendation].add((link.strand, link.condition))
    return found


def first_in_cells(findings, strands, *, most):
    """Return ``{(strand, kind, condition): [finding, ...]}`` of these strands.

    Of each cell the first ``most``; without it, all of them.
    """
    rows = findings.filter(strand__in=strands)
    if most is not None:
        rows = findings.filter(pk__in=first_numbers(rows, most))
    found = defaultdict(list)
    for row in rows.order_by("position", "pk"):
        found[row.strand_id, row.kind, row.condition].append(row)
    return found

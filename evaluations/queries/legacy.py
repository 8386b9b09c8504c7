"""Reading what the road test of a legacy plan looks at, a fixed number of queries whatever there is."""

from collections import defaultdict

from evaluations.conditions import Condition
from evaluations.models import AmbitionCondition, Response, Status


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


def finding_rows(findings):
    """Return findings in the model's order: id, strand, kind, condition, lasting, holder of each."""
    rows = findings.in_model_order()
    return list(rows.values_list("pk", "strand_id", "kind", "condition", "lasting", "holder"))


def barriers_by_number(recommendations, findings):
    """Return ``{recommendation: {barrier, ...}}`` by number, of those ``findings`` that it is linked to."""
    links = recommendations.filter(barriers__in=findings).order_by().values_list("pk", "barriers")
    found = defaultdict(set)
    for number, barrier in links:
        found[number].add(barrier)
    return found

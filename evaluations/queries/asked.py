"""Reading in how many interviews each condition was asked about."""

from collections import defaultdict

from django.db.models import Count


def asked_in(rows, strand):
    """Return ``{condition: {state: number of interviews}}`` of a strand's interviews. One query.

    ``rows`` are those of ``access.asked_conditions_for``.
    """
    counted = rows.filter(interview__strands=strand).order_by().values_list("condition", "state")
    found = defaultdict(dict)
    for condition, state, number in counted.annotate(n=Count("pk")):
        found[condition][state] = number
    return dict(found)

"""Reading in how many interviews each condition was asked about."""

from collections import defaultdict

from django.db.models import Count


def asked_in(rows, strand):
    """Return ``{condition: {state: number of interviews}}`` of a strand's interviews. One query.

    ``rows`` are those of ``access.asked_conditions_for``.
    """
    return asked_in_each(rows, [strand]).get(strand.pk, {})


def asked_in_each(rows, strands):
    """Return by strand (number) what ``asked_in`` returns of one; none without an interview. One query."""
    names = ("interview__strands", "condition", "state")
    counted = rows.filter(interview__strands__in=strands).order_by().values_list(*names)
    found = defaultdict(lambda: defaultdict(dict))
    for strand, condition, state, number in counted.annotate(n=Count("pk")):
        found[strand][condition][state] = number
    return dict(found)

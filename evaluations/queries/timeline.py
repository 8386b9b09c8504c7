"""Reading what may stand on the timeline: recommendations and their actions, with how their dates moved."""

from collections import defaultdict

from django.utils import timezone

from .recommendations import BY_NUMBER


def timeline_rows(recommendations, actions, due_changes):
    """Return a row for each recommendation, followed by its actions', as ``build_timeline`` takes them.

    Nothing remains to be done on the actions of a closed recommendation, whatever they say. Three queries.
    """
    moved = defaultdict(list)
    for change in due_changes.order_by("-at", "-pk"):
        moved[change.recommendation_id, change.action_id].append(change.reason)
    steps = defaultdict(list)
    for action in actions:
        steps[action.recommendation_id].append(action)
    rows = []
    for row in recommendations.order_by(*BY_NUMBER):
        rows.append(_row(row, row, moved[row.pk, None], action=None, words=row.title))
        for number, action in enumerate(steps[row.pk], start=1):
            reasons = moved[row.pk, action.pk]
            rows.append(_row(row, action, reasons, action=number, words=action.text))
    return rows


def status_label(recommendation, record):
    """Return the status, in words, of a recommendation or of one of its actions (``record``)."""
    is_closed_with = record.is_open and not recommendation.is_open
    return f"Closed with {recommendation.ref}" if is_closed_with else record.get_status_display()


def _row(recommendation, record, reasons, **what):
    return {
        **what,
        "ref": recommendation.ref,
        "status": record.status,
        "status_label": status_label(recommendation, record),
        "is_open": record.is_open and recommendation.is_open,
        "first_due": record.original_due,
        "due": record.due,
        "moves": len(reasons),
        "why": reasons[0] if reasons else "",
        "entered": timezone.localdate(record.created_at),
    }

"""Reading recommendations: a frame for the figures, rows for the tracker, one with its whole story."""

from dataclasses import dataclass

import pandas as pd
from django.db.models import Case, Max, Prefetch, Value, When
from django.db.models.functions import Length

from evaluations.models import Action, ProgressUpdate, Status

FRAME = ["ref", "strand", "source", "response", "status", "due", "owner", "last_update", "created"]


def recommendation_frame(recommendations):
    """Return one row a recommendation: ref, strand (slug), source, response, status, due, owner (number),
    last_update (date or None), created (date)."""
    rows = recommendations.annotate(last_update=Max("updates__date")).values_list(
        "ref", "strand__slug", "source", "response", "status", "due", "owner_id", "last_update", "created_at"
    )
    records = [(*row[:-1], row[-1].date()) for row in rows]
    return pd.DataFrame.from_records(records, columns=FRAME).astype({"owner": "Int64"})


def for_tracker(recommendations):
    """Return recommendations with what a row of the tracker shows, each with ``last_update``, by status."""
    order = Case(*[When(status=status, then=Value(rank)) for rank, status in enumerate(Status)])
    return (
        recommendations.select_related("strand", "owner", "adds_to")
        .prefetch_related("due_changes")
        .annotate(last_update=Max("updates__date"))
        .order_by(order, Length("ref"), "ref", "pk")
    )


@dataclass(frozen=True)
class StatusGroup:
    """The recommendations of one status on a page."""

    status: Status
    rows: tuple


def by_status(recommendations, today, *, show_empty):
    """Return ``StatusGroup`` objects in the tracker's order; empty ones where ``show_empty``.

    Each row gets ``days_overdue`` (0 unless it is open and its date has passed).
    """
    for row in recommendations:
        late = row.is_open and row.due is not None and row.due < today
        row.days_overdue = (today - row.due).days if late else 0
    groups = [StatusGroup(s, tuple(row for row in recommendations if row.status == s)) for s in Status]
    return [group for group in groups if group.rows or show_empty]


def next_ref(recommendations):
    """Return the next reference after the highest ``R`` number, for example ``R11``."""
    refs = recommendations.filter(ref__regex=r"^R[0-9]+$").values_list("ref", flat=True)
    return f"R{max((int(ref[1:]) for ref in refs), default=0) + 1}"


def with_story(recommendations):
    """Return recommendations with everything that one's own page shows."""
    return recommendations.select_related(
        "strand", "owner", "owner__user", "adds_to", "responded_by"
    ).prefetch_related(
        "additions",
        Prefetch("actions", Action.objects.select_related("owner")),
        Prefetch("updates", ProgressUpdate.objects.select_related("author")),
        "due_changes__by",
    )

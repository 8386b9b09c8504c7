"""Reading recommendations: a frame for the figures, rows for the tracker, one with its whole story."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
from django.db.models import Case, Count, Max, Prefetch, Value, When
from django.db.models.functions import Length
from django.utils import timezone

from evaluations.models import Action, EvidenceFile, ProgressUpdate, Status

SOON = timedelta(days=30)
FRAME = [
    "ref",
    "strand",
    "condition",
    "source",
    "response",
    "status",
    "due",
    "owner",
    "last_update",
    "created",
]


def recommendation_frame(recommendations):
    """Return one row a recommendation: ref, strand (slug), condition, source, response, status, due, owner
    (number), last_update (date or None), created (date)."""
    rows = recommendations.annotate(last_update=Max("updates__date")).values_list(
        "ref",
        "strand__slug",
        "condition",
        "source",
        "response",
        "status",
        "due",
        "owner_id",
        "last_update",
        "created_at",
    )
    records = [(*row[:-1], timezone.localdate(row[-1])) for row in rows]
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


def narrowed(recommendations, *, exact, owner, due, user, today, programme_ends):
    """Return the recommendations that the tracker's filters leave.

    ``exact`` compares fields; ``owner`` is "me", "none" or a number; ``due`` is overdue, soon, after_end or
    none.
    As in the figures above the tracker, only open ones are overdue, due soon, undated or without an owner.
    """
    rows = recommendations.filter(**exact)
    if owner == "me":
        rows = rows.filter(owner__user=user)
    elif owner == "none":
        rows = rows.open().filter(owner__isnull=True)
    elif owner:
        rows = rows.filter(owner=owner)
    if due == "after_end" and programme_ends is None:
        return rows.none()
    limits = {
        "overdue": {"due__lt": today},
        "soon": {"due__gte": today, "due__lte": today + SOON},
        "after_end": {"due__gt": programme_ends},
        "none": {"due__isnull": True},
    }
    return rows.open().filter(**limits[due]) if due else rows


@dataclass(frozen=True)
class StatusGroup:
    """The recommendations of one status on a page, and how many there are on all pages."""

    status: Status
    rows: tuple
    count: int


def by_status(recommendations, page, today, *, show_empty):
    """Return ``StatusGroup`` objects in the tracker's order; those of other pages only where ``show_empty``.

    ``page`` are the rows of one page of ``recommendations``. Each gets ``days_overdue`` (0 unless it is open
    and its date has passed).
    """
    counts = dict(recommendations.order_by().values_list("status").annotate(n=Count("pk", distinct=True)))
    for row in page:
        late = row.is_open and row.due is not None and row.due < today
        row.days_overdue = (today - row.due).days if late else 0
    groups = [
        StatusGroup(status, tuple(row for row in page if row.status == status), counts.get(status, 0))
        for status in Status
    ]
    return [group for group in groups if group.rows or show_empty]


def next_ref(recommendations):
    """Return the next reference after the highest ``R`` number, for example ``R11``."""
    refs = recommendations.filter(ref__regex=r"^R[0-9]{1,6}$").values_list("ref", flat=True)
    return f"R{max((int(ref[1:]) for ref in refs), default=0) + 1}"


def with_story(recommendations):
    """Return recommendations with everything that one's own page shows."""
    return recommendations.select_related(
        "strand", "owner", "owner__user", "adds_to", "responded_by"
    ).prefetch_related(
        "additions",
        Prefetch("actions", Action.objects.select_related("owner")),
        Prefetch("updates", ProgressUpdate.objects.select_related("author", "owner", "action", "corrects")),
        "updates__corrections",
        Prefetch("updates__files", EvidenceFile.objects.defer("content")),
        "due_changes__by",
    )


def answers_by_finding(recommendations):
    """Return ``{finding: [recommendation, ...]}`` of those that answer a barrier, as ``R1 Title``."""
    rows = recommendations.filter(barriers__isnull=False).order_by(Length("ref"), "ref", "pk")
    found = defaultdict(list)
    for finding, ref, title in rows.values_list("barriers", "ref", "title"):
        found[finding].append(f"{ref} {title}")
    return dict(found)

"""Reading recommendations: a frame for the figures, rows for the tracker, one with its whole story."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import pandas as pd
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Length, Lower
from django.utils import timezone

from evaluations.conditions import Condition
from evaluations.models import (
    DueDateChange,
    EvidenceFile,
    Priority,
    ProgressUpdate,
    RecommendationSource,
    Response,
    Status,
)
from evaluations.text import search_words

FRAME = [
    "ref",
    "strand",
    "condition",
    "source",
    "response",
    "status",
    "due",
    "owner",
    "funding",
    "taken_on_by",
    "last_update",
    "created",
]
ACCEPTED = (Response.ACCEPTED, Response.PARTLY)
RECENT = 8


def recommendation_frame(recommendations):
    """Return one row a recommendation: ref, strand (slug), condition, source, response, status, due, owner
    (number), funding (whether it depends on it), taken_on_by, last_update (date or None), created (date)."""
    rows = recommendations.annotate(last_update=Max("updates__date")).values_list(
        "ref",
        "strand__slug",
        "condition",
        "source",
        "response",
        "status",
        "due",
        "owner_id",
        "depends_on_funding",
        "taken_on_by",
        "last_update",
        "created_at",
    )
    records = [(*row[:-1], timezone.localdate(row[-1])) for row in rows]
    return pd.DataFrame.from_records(records, columns=FRAME).astype({"owner": "Int64"})


@dataclass(frozen=True)
class Days:
    """The days by which recommendations are late, due soon or stuck; the programme may have no end date."""

    today: date
    soon_until: date
    stuck_since: date
    programme_ends: date | None


def narrowed(recommendations, *, exact, words, only_open, response, owner, due, only_stuck, user, days):
    """Return the recommendations that the tracker's filters leave.

    ``exact`` compares fields; ``words`` stand in reference, title or text, in any order; ``response`` is one
    of ``Response`` or "agreed" (committed to, accepted, partly accepted); ``owner`` is "me", "none" or a
    number; ``due`` is overdue, soon, after_end or none; ``days`` are the ``Days`` that say what these mean.
    As in the figures above the tracker, only open ones are overdue, due soon, undated, without an owner or
    stuck.
    """
    rows = recommendations.filter(**exact)
    for word in search_words(words):
        rows = rows.filter(Q(ref__iexact=word) | Q(title__icontains=word) | Q(text__icontains=word))
    if only_open:
        rows = rows.open()
    if response:
        rows = rows.filter(_response(response))
    if owner:
        rows = _of_owner(rows, owner, user)
    if due:
        rows = _due(rows, due, days)
    return _stuck(rows, days.stuck_since) if only_stuck else rows


def _response(response):
    added = Q(source=RecommendationSource.ADDED)
    if response == "agreed":
        return ~added | Q(response__in=ACCEPTED)
    return added & Q(response=response)


def _of_owner(rows, owner, user):
    if owner == "me":
        return rows.filter(owner__user=user)
    if owner == "none":
        return rows.open().filter(owner__isnull=True)
    return rows.filter(owner=owner)


def _due(rows, due, days):
    if due == "after_end" and days.programme_ends is None:
        return rows.none()
    limits = {
        "overdue": {"due__lt": days.today},
        "soon": {"due__gte": days.today, "due__lte": days.soon_until},
        "after_end": {"due__gt": days.programme_ends},
        "none": {"due__isnull": True},
    }
    return rows.open().filter(**limits[due])


def _stuck(rows, since):
    """Return the open ones whose last progress note, or else their entry, is of ``since`` or before."""
    notes = ProgressUpdate.objects.filter(recommendation=OuterRef("pk"))
    waits = Exists(notes) | Q(created_at__date__lte=since)
    return rows.open().filter(waits, ~Exists(notes.filter(date__gt=since)))


def _rank(field, values):
    """Return what sorts a field in the order of ``values``; anything else comes last."""
    return Case(
        *[When(Q(**{field: value}), then=Value(rank)) for rank, value in enumerate(values)],
        default=Value(len(values)),
    )


BY_NUMBER = (Length("ref"), "ref", "pk")
SORTS = {
    "title": Lower("title"),
    "priority": _rank("priority", Priority),
    "due": F("due"),
    "update": F("last_update"),
}
GROUPS = {
    "status": [_rank("status", Status)],
    "owner": [Lower("owner__name").asc(nulls_last=True), F("owner").asc(nulls_last=True)],
    "condition": [_rank("condition", Condition)],
    "strand": ["strand__position", "strand"],
    "source": [_rank("source", RecommendationSource)],
    "none": [],
}


def for_tracker(recommendations, *, sort="ref", group="status", actions, due_changes):
    """Return recommendations with what a row of the tracker shows, in groups and in order.

    ``sort`` is ref or one of SORTS, with a minus sign to turn it round; what has no date stays last.
    ``group`` is one of GROUPS. ``actions`` and ``due_changes`` are those that count. Each row has
    ``last_update``, ``steps`` (its actions) and ``moves`` (of its own date, newest first).
    """
    own_moves = due_changes.filter(action__isnull=True)
    return (
        recommendations.select_related("strand", "owner", "adds_to")
        .prefetch_related(
            Prefetch("actions", actions, to_attr="steps"), Prefetch("due_changes", own_moves, to_attr="moves")
        )
        .annotate(last_update=Max("updates__date"))
        .order_by(*GROUPS[group], *_order(sort))
    )


def _order(sort):
    turned, code = sort.startswith("-"), sort.removeprefix("-")
    if code == "ref":
        return [Length("ref").desc(), "-ref", "-pk"] if turned else BY_NUMBER
    key = SORTS[code]
    return [key.desc(nulls_last=True) if turned else key.asc(nulls_last=True), *BY_NUMBER]


@dataclass(frozen=True)
class Group:
    """Recommendations that belong together: those on a page, and how many there are on all pages.

    ``icon`` is the name of their sign, where they have one; one list without groups has no ``label``.
    """

    label: str
    icon: str
    rows: tuple
    count: int


def grouped(recommendations, page, group, *, show_empty):
    """Return the ``Group`` objects of one page of ``recommendations``, in order. One query.

    Statuses that no recommendation on the page has are there only where ``show_empty``.
    """
    if group == "none":
        return [Group("", "", tuple(page), recommendations.count())] if page else []
    counts = dict(recommendations.order_by().values_list(group).annotate(n=Count("pk", distinct=True)))
    found = defaultdict(list)
    if group == "status" and show_empty:
        found.update((status.value, []) for status in Status)
    for row in page:
        found[getattr(row, row._meta.get_field(group).attname)].append(row)
    return [
        Group(*_heading(group, value, rows), tuple(rows), counts.get(value, 0))
        for value, rows in found.items()
    ]


def _heading(group, value, rows):
    """Return what a group is called, and its sign."""
    if group == "owner":
        return (rows[0].owner.name if value else "No owner yet"), ""
    if group == "strand":
        return rows[0].strand.name, ""
    choices = {"status": Status, "condition": Condition, "source": RecommendationSource}[group]
    return choices(value).label, value


def marked(page, today):
    """Say of each row of a page how late it is and how far its actions are, and return the rows.

    ``days_overdue`` is 0 unless it is open and its date has passed. ``steps_done`` of ``steps_counted``
    actions are completed; those that no longer apply do not count.
    """
    for row in page:
        late = row.is_open and row.due is not None and row.due < today
        row.days_overdue = (today - row.due).days if late else 0
        statuses = [step.status for step in row.steps if step.status != Status.NOT_APPLICABLE]
        row.steps_counted, row.steps_done = len(statuses), statuses.count(Status.COMPLETED)
    return page


def at_the_end(recommendations):
    """Return the open ones as two lists: those that somebody takes on, and those that nobody does."""
    rows = list(recommendations.open().order_by(*BY_NUMBER).only("ref", "taken_on_by"))
    return [row for row in rows if row.taken_on_by], [row for row in rows if not row.taken_on_by]


def recent_changes(changes):
    """Return the latest changes to several recommendations at once, with who made them."""
    return list(changes.select_related("by")[:RECENT])


def followed_statuses(actions):
    """Return ``{recommendation: the status that follows}`` from ``actions``, those that count."""
    found = defaultdict(set)
    for recommendation, status in actions.order_by().values_list("recommendation", "status"):
        found[recommendation].add(status)
    return {recommendation: Status.followed_from(statuses) for recommendation, statuses in found.items()}


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
        Prefetch("updates", ProgressUpdate.objects.select_related("author", "owner", "action", "corrects")),
        "updates__corrections",
        Prefetch("updates__files", EvidenceFile.objects.defer("content")),
        Prefetch("due_changes", DueDateChange.objects.filter(action__isnull=True).select_related("by")),
    )


def answers_by_finding(recommendations):
    """Return ``{finding: [recommendation, ...]}`` of those that answer a barrier, as ``R1 Title``."""
    rows = recommendations.filter(barriers__isnull=False).order_by(Length("ref"), "ref", "pk")
    found = defaultdict(list)
    for finding, ref, title in rows.values_list("barriers", "ref", "title"):
        found[finding].append(f"{ref} {title}")
    return dict(found)

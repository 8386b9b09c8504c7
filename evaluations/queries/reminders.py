"""Reading what is open and when it is due, for reminders and calendars."""

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from django.db.models import Max, OuterRef, Q, Subquery
from django.db.models.functions import Length
from django.utils import timezone

from evaluations.models import OPEN_STATUSES, ProgressUpdate

FRAME = ["ref", "words", "owner", "owner_name", "status", "due", "last_update", "created", "is_action"]
STEPS_IN_ORDER = (Length("recommendation__ref"), "recommendation__ref", "position", "pk")


def reminder_frame(recommendations, actions):
    """Return one row a recommendation and one an action of what is open, each by reference. Two queries.

    Columns: ref (of the recommendation), words (its title, or what is done), owner (number), owner_name,
    status, due, last_update (day of the last progress note, or None), created (day), is_action. For an action
    a note on its recommendation as a whole counts as well.
    """
    shared = ["owner_id", "owner__name", "status", "due", "last_update", "created_at"]
    whole = recommendations.open().annotate(last_update=Max("updates__date")).order_by(Length("ref"), "ref")
    steps = _open_steps(actions).annotate(last_update=_last_note_of_action()).order_by(*STEPS_IN_ORDER)
    rows = [(*row, False) for row in whole.values_list("ref", "title", *shared)]
    rows += [(*row, True) for row in steps.values_list("recommendation__ref", "text", *shared)]
    frame = pd.DataFrame.from_records(rows, columns=FRAME).astype({"owner": "Int64"})
    frame["owner_name"] = frame["owner_name"].fillna("")
    frame["created"] = [timezone.localdate(moment) for moment in frame["created"]]
    return frame


def _open_steps(actions):
    """Return the open actions of open recommendations: of one that was closed by hand, nothing is asked."""
    return actions.open().filter(recommendation__status__in=OPEN_STATUSES)


def _last_note_of_action():
    about = Q(action=OuterRef("pk")) | Q(recommendation=OuterRef("recommendation"), action__isnull=True)
    return Subquery(ProgressUpdate.objects.filter(about).order_by("-date").values("date")[:1])


@dataclass(frozen=True)
class DatedEntry:
    """A day in a calendar: ``key`` names the row for ever, for example ``action-12``."""

    key: str
    day: date
    title: str
    changed_at: datetime


def dated_entries(recommendations, actions):
    """Return ``DatedEntry`` objects for what is open and has a due date, soonest first. Two queries."""
    whole = recommendations.open().filter(due__isnull=False)
    steps = _open_steps(actions).filter(due__isnull=False)
    entries = [
        DatedEntry(f"recommendation-{row.pk}", row.due, f"{row.ref}: {row.title}", row.updated_at)
        for row in whole
    ]
    entries += [DatedEntry(f"action-{row.pk}", row.due, row.text, row.updated_at) for row in steps]
    return sorted(entries, key=lambda entry: (entry.day, entry.key))

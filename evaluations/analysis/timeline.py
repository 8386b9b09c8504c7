"""Recommendations and their actions in time: when each is due, was first due, and how it stands on a day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """How something stands on a day, as its mark on the timeline shows it."""

    DONE = "done"
    LATE = "late"
    ON_HOLD = "on_hold"
    OPEN = "open"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Item:
    """A recommendation, or its ``action`` by number, with its dates; ``moves`` is how often its date moved.

    ``is_open`` says whether work on it remains, ``why`` is the reason of the latest move, ``days_late`` is 0
    unless it is open and its date has passed.
    """

    ref: str
    action: int | None
    words: str
    status: str
    status_label: str
    is_open: bool
    first_due: date | None
    due: date | None
    moves: int
    why: str
    days_late: int

    @property
    def key(self):
        """Return what it is called, for example ``R6`` or ``R6 action 2``."""
        return self.ref if self.action is None else f"{self.ref} action {self.action}"

    @property
    def has_moved(self):
        """Say whether it is due on another day than at first."""
        return self.due is not None and self.first_due != self.due

    @property
    def standing(self):
        """Return its ``Standing``; what is late is that first, on hold or not."""
        if not self.is_open:
            return Standing.DONE if self.status == "completed" else Standing.DROPPED
        if self.days_late:
            return Standing.LATE
        return Standing.ON_HOLD if self.status == "on_hold" else Standing.OPEN


@dataclass(frozen=True)
class Timeline:
    """What has a date, in order, and what has none; from ``start`` to ``end``.

    ``ends`` is the programme's end date, or None. Without any dated item ``start`` and ``end`` are None.
    """

    items: tuple
    undated: tuple
    start: date | None
    end: date | None
    ends: date | None
    today: date

    @property
    def shows_today(self):
        """Say whether today lies within it."""
        return bool(self.items) and self.start <= self.today <= self.end

    @property
    def has_ended(self):
        """Say whether the programme's end date has passed."""
        return self.ends is not None and self.ends < self.today

    @property
    def after_end(self):
        """Return the items that are due after the programme's end."""
        return [item for item in self.items if self.ends is not None and item.due > self.ends]

    @property
    def open(self):
        """Return how many of the dated items remain open."""
        return sum(item.is_open for item in self.items)

    @property
    def late(self):
        """Return how many of the dated items are late."""
        return sum(item.standing is Standing.LATE for item in self.items)


def build_timeline(rows, *, today, ends):
    """Return the ``Timeline`` of ``rows`` on a day.

    ``rows`` hold the fields of an ``Item`` but ``days_late``, and ``entered``, the day it was entered:
    recommendations in order, each before its actions.
    What belongs to one recommendation stays together, the soonest first. It reaches from when the first was
    entered, or due if earlier, to the programme's end, or the last date if later.
    """
    items = [_item(row, today) for row in rows]
    dated = [item for item in items if item.due is not None]
    first = {}
    for item in dated:
        first[item.ref] = min(item.due, first.get(item.ref, item.due))
    days = [day for item in dated for day in (item.first_due, item.due)]
    entered = [row["entered"] for row in rows if row["due"] is not None]
    return Timeline(
        items=tuple(sorted(dated, key=lambda item: first[item.ref])),
        undated=tuple(item for item in items if item.due is None),
        start=min(days + entered, default=None),
        end=max(days + ([ends] if ends else []), default=None) if days else None,
        ends=ends,
        today=today,
    )


def _item(row, today):
    fields = {name: value for name, value in row.items() if name != "entered"}
    is_late = row["is_open"] and row["due"] is not None and row["due"] < today
    return Item(**fields, days_late=(today - row["due"]).days if is_late else 0)

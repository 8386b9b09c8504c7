"""The board's report: what changed since a day, what is late and why, what is open at the programme's end.

``Item`` objects stand for recommendations. Their stories hold entries, newest first, each with ``at``,
``action`` (the action it is about, or nothing), ``changes`` (``name``, ``old``, ``new``, ``why``), ``note``
(``date``, ``text``) and ``is_first``. What comes out is in words, and cut where a page would overflow.
"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

MOST_ROWS, MOST_LINES = 10, 4
LONGEST_TITLE, LONGEST_WHY = 70, 90
NOTHING, NO_RESPONSE = "nothing", "None yet"  # how a story calls what was empty
NO_REASON = "No reason is recorded."


@dataclass(frozen=True)
class Item:
    """A recommendation today; ``recent`` is the part of its ``story`` since the day that was chosen."""

    ref: str
    title: str
    status: str
    is_open: bool
    is_completed: bool
    owner: str
    due: date | None
    days_late: int
    taken_on_by: str
    story: tuple
    recent: tuple

    @property
    def short(self):
        """Return its title, cut to fit a line or two."""
        return cut(self.title, LONGEST_TITLE)


@dataclass(frozen=True)
class Listed:
    """The first of a list, and how many more there are in the tracker."""

    shown: tuple
    more: int

    @property
    def and_more(self):
        """Return the rest in words; nothing when all are shown."""
        return f"And {self.more} more in the tracker." if self.more else ""


@dataclass(frozen=True)
class Changes:
    """One kind of change: its heading, and a line for each recommendation."""

    heading: str
    lines: Listed


@dataclass(frozen=True)
class Late:
    """A recommendation past its due date, and why as far as anybody said."""

    item: Item
    why: str


def months_before(day, months):
    """Return the same day of the month so many months earlier, or that month's last day.

    >>> months_before(date(2025, 5, 31), 3)
    datetime.date(2025, 2, 28)
    """
    return (pd.Timestamp(day) - pd.DateOffset(months=months)).date()


def programme_end(ends, today, remaining):
    """Return when the programme ends or ended and how many recommendations are open, in a sentence."""
    if ends is None:
        return f"{_are(remaining).capitalize()} open; no end date of the programme is set."
    on = f"{ends.day} {ends:%B %Y}"
    if ends >= today:
        return f"Programme ends on {on}; {_are(remaining)} open."
    return f"Programme ended on {on}; {remaining or 'none'} {'remain' if remaining > 1 else 'remains'} open."


def _are(number):
    return f"{number or 'none'} {'are' if number > 1 else 'is'}"


def what_changed(items):
    """Return the ``Changes`` in the recent part of the items' stories; kinds that did not occur are left out.

    A status, response or date that changed more than once is told from what it was to what it is.
    """
    moved = [(item, change) for item in items for change in _net(item)]
    statuses = [(item, change) for item, change in moved if change.name == "status"]
    found = [
        ("Completed", [_line(*one) for one in statuses if one[0].is_completed]),
        ("Other changes of status", [_line(*one) for one in statuses if not one[0].is_completed]),
        ("Responses given", [_line(*one) for one in moved if one[1].name == "response"]),
        ("Dates moved", [_line(*one) for one in moved if one[1].name == "due" and one[1].old != NOTHING]),
        ("Dates set for the first time", [_line(*one) for one in moved if _is_first_date(one[1])]),
        ("New recommendations", _new(items)),
        ("Progress notes", _notes(items)),
    ]
    return tuple(Changes(heading, listed(lines, MOST_LINES)) for heading, lines in found if lines)


@dataclass(frozen=True)
class Net:
    """What became of one field of a recommendation, or of the date of one of its actions."""

    name: str
    action: str
    old: str
    new: str
    why: str


def _net(item):
    """Return the ``Net`` of status, response and dates in the recent part of a story, in its order."""
    found = {}
    for entry in reversed(item.recent):
        for change in entry.changes:
            if change.name == "due" or (change.name in ("status", "response") and not entry.action):
                key = (change.name, entry.number)
                old = found[key].old if key in found else change.old
                found[key] = Net(change.name, entry.action, old, change.new, change.why)
    return [net for net in found.values() if net.old != net.new]


def _line(item, net):
    about = f" ({cut(net.action, LONGEST_TITLE)})" if net.action else ""
    before = "" if net.old in (NOTHING, NO_RESPONSE) else f"{net.old} to "
    after = "no date" if net.new == NOTHING else net.new
    why = f". {cut(net.why, LONGEST_WHY)}" if net.why else ""
    return f"{item.ref}{about}: {before}{after}{why}"


def _is_first_date(net):
    return net.name == "due" and net.old == NOTHING


def _new(items):
    """Return in one line what somebody wrote in the recent part; being loaded with the rest is no writing."""
    refs = [item.ref for item in items if any(_begins(entry) for entry in item.recent)]
    return [", ".join(refs)] if refs else []


def _begins(entry):
    return entry.is_first and not entry.action and not entry.reason


def _notes(items):
    """Return how many progress notes there are on which recommendations, in one line; nothing without any."""
    numbers = {item.ref: sum(1 for entry in item.recent if entry.note) for item in items}
    total = sum(numbers.values())
    refs = ", ".join(ref for ref, number in numbers.items() if number)
    return [f"{total} note{'' if total == 1 else 's'}, on {refs}"] if total else []


def what_is_late(items):
    """Return the open items past their due date as ``Late``, the latest first."""
    rows = sorted((item for item in items if item.days_late), key=lambda item: -item.days_late)
    return listed([Late(item, _why(item.story)) for item in rows], MOST_ROWS)


def _why(story):
    """Return the latest that was said of why something is as it is: a reason, or a progress note."""
    for entry in story:
        if entry.note:
            return cut(f"Note of {_day(entry.note.date)}: {entry.note.text}", LONGEST_WHY)
        reasons = [change.why for change in entry.changes if change.why]
        if reasons:
            return cut(reasons[0], LONGEST_WHY)
    return NO_REASON


def what_is_open(items):
    """Return the open items, in their order."""
    return listed([item for item in items if item.is_open], MOST_ROWS)


def listed(rows, most):
    """Return the first of ``rows`` and how many there are beyond."""
    return Listed(tuple(rows[:most]), max(0, len(rows) - most))


def cut(text, most):
    """Return a text on one line, cut at a word with "…" where it is longer than ``most`` characters."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return f"{head.rsplit(' ', 1)[0] if ' ' in head else head}…"


def _day(day):
    return f"{day.day} {day:%B %Y}"

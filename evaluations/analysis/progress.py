"""What a tracker says of recommendations on a given day. Derived each time, never stored."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from evaluations.conditions import Condition

STUCK_AFTER = timedelta(days=30)
SOON = timedelta(days=30)
CLOSED = ("completed", "no_longer_applicable")
ACCEPTED = ("accepted", "partly_accepted")


@dataclass(frozen=True)
class Headlines:
    """The figures above the tracker; the two rates carry their n.

    All from ``overdue`` on count open recommendations only, ``dated`` apart.
    """

    total: int
    added: int
    accepted: int
    implementable: int
    completed: int
    open: int
    overdue: int
    soon: int
    undated: int
    unowned: int
    stuck: int
    funding: int
    taken_on: int
    dated: int

    @property
    def committed(self):
        """Return how many the programme committed to."""
        return self.total - self.added

    @property
    def dated_open(self):
        """Return how many open ones have a due date: without any, nothing can be overdue or due."""
        return self.open - self.undated


@dataclass(frozen=True)
class Figure:
    """One headline figure in words: ``name`` is its code, ``of`` the n of a rate (None for a count)."""

    name: str
    number: int
    label: str
    note: str
    of: int | None = None


def flags(frame, today):
    """Return ``frame`` with ``is_open``, ``overdue``, ``soon``, ``undated``, ``unowned`` and ``stuck`` added.

    ``frame`` has one row a recommendation: ``source``, ``response``, ``status``, ``due`` (date or None),
    ``owner`` (number or None), ``last_update`` (date or None), ``created`` (date). ``today`` is a date.
    Due soon is open, and due today or within 30 days. Stuck is open and without an update for 30 days,
    counted from the day it was entered when there is none.
    """
    result = frame.copy()
    due = pd.to_datetime(result["due"])
    last = pd.to_datetime(result["last_update"]).fillna(pd.to_datetime(result["created"]))
    now = pd.Timestamp(today)
    result["is_open"] = ~result["status"].isin(CLOSED)
    result["overdue"] = result["is_open"] & (due < now)
    result["soon"] = result["is_open"] & (due >= now) & (due - now <= pd.Timedelta(SOON))
    result["undated"] = result["is_open"] & due.isna()
    result["unowned"] = result["is_open"] & result["owner"].isna()
    result["stuck"] = result["is_open"] & (now - last >= pd.Timedelta(STUCK_AFTER))
    return result


def headlines(frame, today):
    """Return the ``Headlines`` of a frame as ``flags`` takes it.

    It has two columns more: ``funding`` (whether it depends on funding), ``taken_on_by`` (text).
    Accepted counts accepted and partly accepted, of those the evaluators added. Completed is of those that
    were committed to, accepted or partly accepted.
    """
    flagged = flags(frame, today)
    is_open = flagged["is_open"]
    added = flagged["source"] == "added"
    accepted = added & flagged["response"].isin(ACCEPTED)
    implementable = ~added | accepted
    return Headlines(
        total=len(flagged),
        added=int(added.sum()),
        accepted=int(accepted.sum()),
        implementable=int(implementable.sum()),
        completed=int((implementable & (flagged["status"] == "completed")).sum()),
        open=int(is_open.sum()),
        overdue=int(flagged["overdue"].sum()),
        soon=int(flagged["soon"].sum()),
        undated=int(flagged["undated"].sum()),
        unowned=int(flagged["unowned"].sum()),
        stuck=int(flagged["stuck"].sum()),
        funding=int((is_open & flagged["funding"].astype(bool)).sum()),
        taken_on=int((is_open & (flagged["taken_on_by"] != "")).sum()),
        dated=int(flagged["due"].notna().sum()),
    )


def figures(heads):
    """Return the ``Figure`` objects of ``Headlines``: what each number means, or why it can only be 0."""
    accepted, implemented = _accepted_note(heads), _implemented_note(heads)
    overdue = _due_note(heads, "open, and past the due date", "overdue")
    soon = _due_note(heads, f"open, due within {SOON.days} days", "due")
    stuck = _open_note(heads, f"open, {STUCK_AFTER.days} days since the last update, or since it was entered")
    funding = "depends on funding" if heads.funding == 1 else "depend on funding"
    return (
        Figure("accepted", heads.accepted, "accepted", accepted, of=heads.added),
        Figure("implemented", heads.completed, "implemented", implemented, of=heads.implementable),
        Figure("overdue", heads.overdue, "overdue", overdue),
        Figure("soon", heads.soon, "due soon", soon),
        Figure("undated", heads.undated, "no date", _open_note(heads, "open, with no due date")),
        Figure("unowned", heads.unowned, "no owner", _open_note(heads, "open, with nobody named")),
        Figure("stuck", heads.stuck, "stuck", stuck),
        Figure("funding", heads.funding, funding, _open_note(heads, "open, and marked so")),
    )


def _accepted_note(heads):
    if not heads.added:
        return "nothing to respond to: the evaluators added none"
    others = f"the other {heads.committed} {'is a commitment' if heads.committed == 1 else 'are commitments'}"
    note = "of those the evaluators added, wholly or partly"
    return f"{note}; {others}" if heads.committed else note


def _implemented_note(heads):
    if not heads.implementable:
        return "nothing can be: none is committed to or accepted"
    return "completed, of those committed to or accepted"


def _due_note(heads, note, word):
    if heads.open and not heads.dated_open:
        return f"nothing can be {word}: {'no open one has a date' if heads.dated else 'no dates set'}"
    return _open_note(heads, note)


def _open_note(heads, note):
    return note if heads.open else "nothing is open"


def by_condition(frame, statuses):
    """Return how far the recommendations of each condition are: ``[(condition, {status: number})]``.

    ``frame`` has the columns ``condition`` and ``status``, ``statuses`` are the codes in the order of the
    tracker. Conditions without a recommendation are left out.
    """
    counts = frame.groupby(["condition", "status"]).size()
    rows = [
        (condition, {status: int(counts.get((condition, status), 0)) for status in statuses})
        for condition in Condition
    ]
    return [(condition, numbers) for condition, numbers in rows if any(numbers.values())]

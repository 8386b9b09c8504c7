"""What a tracker says of recommendations on a given day. Derived each time, never stored."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from evaluations.conditions import Condition

STUCK_AFTER = timedelta(days=30)
CLOSED = ("completed", "no_longer_applicable")
ACCEPTED = ("accepted", "partly_accepted")


@dataclass(frozen=True)
class Headlines:
    """The figures above the tracker; the two rates carry their n."""

    total: int
    added: int
    accepted: int
    implementable: int
    completed: int
    open: int
    overdue: int
    undated: int
    unowned: int
    stuck: int
    dated: int

    @property
    def committed(self):
        """Return how many the programme committed to."""
        return self.total - self.added


def flags(frame, today):
    """Return ``frame`` with the columns ``is_open``, ``overdue``, ``undated``, ``unowned``, ``stuck``.

    ``frame`` has one row a recommendation: ``source``, ``response``, ``status``, ``due`` (date or None),
    ``owner`` (number or None), ``last_update`` (date or None), ``created`` (date). ``today`` is a date.
    Stuck is open and without an update for 30 days, counted from the day it was entered when there is none.
    """
    result = frame.copy()
    due = pd.to_datetime(result["due"])
    last = pd.to_datetime(result["last_update"]).fillna(pd.to_datetime(result["created"]))
    now = pd.Timestamp(today)
    result["is_open"] = ~result["status"].isin(CLOSED)
    result["overdue"] = result["is_open"] & (due < now)
    result["undated"] = result["is_open"] & due.isna()
    result["unowned"] = result["is_open"] & result["owner"].isna()
    result["stuck"] = result["is_open"] & (now - last >= pd.Timedelta(STUCK_AFTER))
    return result


def headlines(frame, today):
    """Return the ``Headlines`` of a frame as ``flags`` takes it.

    Accepted counts accepted and partly accepted, of those the evaluators added. Completed is of those that
    were committed to, accepted or partly accepted.
    """
    flagged = flags(frame, today)
    added = flagged["source"] == "added"
    accepted = added & flagged["response"].isin(ACCEPTED)
    implementable = ~added | accepted
    return Headlines(
        total=len(flagged),
        added=int(added.sum()),
        accepted=int(accepted.sum()),
        implementable=int(implementable.sum()),
        completed=int((implementable & (flagged["status"] == "completed")).sum()),
        open=int(flagged["is_open"].sum()),
        overdue=int(flagged["overdue"].sum()),
        undated=int(flagged["undated"].sum()),
        unowned=int(flagged["unowned"].sum()),
        stuck=int(flagged["stuck"].sum()),
        dated=int(flagged["due"].notna().sum()),
    )


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

"""What needs somebody's attention on a given day, for reminders."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from .progress import flags

DUE_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Item:
    """A recommendation or an action in a reminder. ``owner`` is a name, empty for nobody.

    ``days`` is how many it is overdue (0 when it is not), ``last_update`` the day of its last note or None.
    """

    ref: str
    words: str
    is_action: bool
    owner: str
    due: date | None
    days: int
    last_update: date | None


@dataclass(frozen=True)
class Attention:
    """What is overdue, else due within 14 days, else stuck; how many have no date and how many no owner."""

    overdue: tuple
    soon: tuple
    stuck: tuple
    undated: int
    unowned: int

    @property
    def number(self):
        """Return how many things need attention: without any, nobody is reminded."""
        return len(self.items)

    @property
    def has_actions(self):
        """Say whether any of them is an action."""
        return any(item.is_action for item in self.items)

    @property
    def items(self):
        """Return everything that needs attention."""
        return self.overdue + self.soon + self.stuck


def attention(frame, today):
    """Return the ``Attention`` for a frame as ``queries.reminders.reminder_frame`` returns it.

    Stuck is open and without a note for 30 days. All are by date, those without one last.
    """
    found = flags(frame, today).assign(day=pd.to_datetime(frame["due"]))
    ahead = found["day"] - pd.Timestamp(today)
    found["soon"] &= ahead <= pd.Timedelta(DUE_WITHIN)
    found["stuck"] &= ~found["overdue"] & ~found["soon"]
    found = found.sort_values("day", kind="stable")
    return Attention(
        overdue=_items(found[found["overdue"]], today),
        soon=_items(found[found["soon"]], today),
        stuck=_items(found[found["stuck"]], today),
        undated=int(found["undated"].sum()),
        unowned=int(found["unowned"].sum()),
    )


def _items(rows, today):
    return tuple(
        Item(
            ref=row.ref,
            words=row.words,
            is_action=bool(row.is_action),
            owner=row.owner_name,
            due=row.due,
            days=max((today - row.due).days, 0) if row.due else 0,
            last_update=row.last_update,
        )
        for row in rows.itertuples()
    )

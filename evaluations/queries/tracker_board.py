"""Reading the status board: cards by status, how many of their actions are done, the move just made."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Length

from evaluations.models import Recommendation, Status

MOST_CARDS = 50


@dataclass(frozen=True)
class Card:
    """One recommendation: ``days_overdue`` is 0 unless it is open and late; ``done`` of its ``actions``."""

    row: Recommendation
    days_overdue: int
    actions: int
    done: int


@dataclass(frozen=True)
class Column:
    """One status with its first cards, and how many recommendations have it."""

    status: Status
    cards: tuple
    count: int

    @property
    def is_cut(self):
        """Say whether there are more than are shown."""
        return self.count > len(self.cards)


def columns(recommendations, actions, today):
    """Return a ``Column`` for every status, in the tracker's order. A fixed number of queries.

    ``actions`` are those that count, of any recommendation.
    """
    rows = recommendations.select_related("owner").order_by(Length("ref"), "ref", "pk")
    shown = {status: list(rows.filter(status=status)[:MOST_CARDS]) for status in Status}
    counts = dict(recommendations.order_by().values_list("status").annotate(n=Count("pk", distinct=True)))
    steps = _steps(actions, [row.pk for found in shown.values() for row in found])
    return [
        Column(
            status=status,
            cards=tuple(Card(row, _days_overdue(row, today), *steps.get(row.pk, (0, 0))) for row in found),
            count=counts.get(status, 0),
        )
        for status, found in shown.items()
    ]


def _steps(actions, recommendations):
    """Return ``{recommendation: (actions, done)}`` of those that have any."""
    rows = actions.filter(recommendation__in=recommendations).order_by().values_list("recommendation")
    done = Count("pk", filter=Q(status=Status.COMPLETED))
    return {key: tuple(numbers) for key, *numbers in rows.annotate(n=Count("pk"), done=done)}


def _days_overdue(row, today):
    is_late = row.is_open and row.due is not None and row.due < today
    return (today - row.due).days if is_late else 0


@dataclass(frozen=True)
class Move:
    """What status and reason a recommendation had, and which it has now; ``row`` is as it is now."""

    row: Recommendation
    before: Status
    reason_before: str
    now: Status


def last_move(row, lines, by):
    """Return the ``Move`` that the newest of a recommendation's history ``lines`` tells of; else None.

    None too when somebody other than ``by`` made it, or when something else changed since.
    """
    now, before = [*lines.select_related("history_user")[:2], None, None][:2]
    if before is None or now.history_user != by:
        return None
    if (now.status, now.status_reason) == (before.status, before.status_reason):
        return None
    return Move(row, Status(before.status), before.status_reason, Status(now.status))

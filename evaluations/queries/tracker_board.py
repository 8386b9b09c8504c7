"""Reading the status board: cards by status, how many of their actions are done, the move just made."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch, prefetch_related_objects

from evaluations.models import Recommendation, Status

from .recommendations import BY_NUMBER, marked

MOST_CARDS = 50


@dataclass(frozen=True)
class Column:
    """One status with its first recommendations, as ``marked`` returns them, and how many have it."""

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
    rows = recommendations.select_related("owner").order_by(*BY_NUMBER)
    shown = {status: list(rows.filter(status=status)[:MOST_CARDS]) for status in Status}
    cards = [row for found in shown.values() for row in found]
    prefetch_related_objects(cards, Prefetch("actions", actions, to_attr="steps"))
    marked(cards, today)
    counts = dict(recommendations.order_by().values_list("status").annotate(n=Count("pk", distinct=True)))
    return [Column(status, tuple(found), counts.get(status, 0)) for status, found in shown.items()]


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

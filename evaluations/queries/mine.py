"""Reading what one person owns: their recommendations and actions in one list, soonest due first."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from evaluations.models import OPEN_STATUSES

MOST_DONE = 50


@dataclass(frozen=True)
class OwnItem:
    """A recommendation, or one of its actions; ``days_overdue`` is 0 unless it is open and late."""

    recommendation: object
    action: object | None
    days_overdue: int

    @property
    def row(self):
        """Return the row that is owned."""
        return self.action or self.recommendation

    @property
    def text(self):
        """Return what there is to do."""
        return self.action.text if self.action else self.recommendation.title


def count_open(recommendations, actions):
    """Return how many of these are open. Two queries."""
    return recommendations.open().count() + _open_actions(actions).count()


def _open_actions(actions):
    """Return those on which work remains: none of a recommendation that is closed, whatever they say."""
    return actions.open().filter(recommendation__status__in=OPEN_STATUSES)


def own_items(recommendations, actions, today):
    """Return ``OwnItem`` objects as two lists: open ones, soonest due first, and the latest closed ones.

    What has no date comes after what has one. A fixed number of queries.
    """
    found = [(row, None) for row in recommendations.open()]
    found += [(step.recommendation, step) for step in _open_actions(actions).select_related("recommendation")]
    items = [_item(row, step, today) for row, step in found]
    items.sort(key=lambda item: (item.row.due or date.max, _by_number(item.recommendation.ref)))
    return items, _closed(recommendations, actions, today)


def _closed(recommendations, actions, today):
    rows = recommendations.exclude(status__in=OPEN_STATUSES).order_by("-updated_at")
    is_open = Q(status__in=OPEN_STATUSES, recommendation__status__in=OPEN_STATUSES)
    steps = actions.exclude(is_open).order_by("-updated_at").select_related("recommendation")
    items = [_item(row, None, today) for row in rows[:MOST_DONE]]
    items += [_item(step.recommendation, step, today) for step in steps[:MOST_DONE]]
    return sorted(items, key=lambda item: item.row.updated_at, reverse=True)[:MOST_DONE]


def _item(recommendation, action, today):
    row = action or recommendation
    is_open = recommendation.is_open and row.is_open
    late = is_open and row.due is not None and row.due < today
    return OwnItem(recommendation, action, (today - row.due).days if late else 0)


def without_account(recommendations, actions):
    """Return who owns something open and has no account: ``[(name, references)]``, by name. Two queries."""
    has_none = {"owner__isnull": False, "owner__user__isnull": True}
    rows = [
        *recommendations.open().filter(**has_none).values_list("owner__name", "ref"),
        *_open_actions(actions).filter(**has_none).values_list("owner__name", "recommendation__ref"),
    ]
    found = defaultdict(set)
    for name, ref in rows:
        found[name].add(ref)
    return [(name, sorted(refs, key=_by_number)) for name, refs in sorted(found.items())]


def _by_number(ref):
    return len(ref), ref

"""Reading who owns recommendations and actions, and who could."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q
from django.db.models.functions import Lower

from .timeline import status_label


def who_can_own(owners, memberships):
    """Return ``{"owners": [Owner, ...], "members": [user, ...]}``: members are those who own nothing yet.

    ``owners`` and ``memberships`` are rows of one evaluation. Two queries.
    """
    owners = list(owners)
    taken = {owner.user_id for owner in owners}
    users = [membership.user for membership in memberships]
    return {"owners": owners, "members": [user for user in users if user.pk not in taken]}


def who_can_sign_in_as(owner, owners, memberships):
    """Return the members (users) whose account an owner may have: who are no other owner. Two queries."""
    others = owners.exclude(pk=owner.pk).filter(user__isnull=False)
    taken = set(others.values_list("user_id", flat=True))
    return [membership.user for membership in memberships if membership.user_id not in taken]


@dataclass(frozen=True)
class OwnerLinks:
    """The private links of an owner: how many work, until when the longest, when any was last used."""

    working: int = 0
    expires_at: datetime | None = None
    used_at: datetime | None = None


def owners_with_holdings(owners, links, memberships, now):
    """Return owners by name with what they own, their private links and their account. Three queries.

    Each has ``recommendation_count``, ``action_count``, ``links_now`` (an ``OwnerLinks``) and ``is_member``,
    whether their account is a member's. ``links`` are private links, ``memberships`` those of the evaluation.
    """
    rows = (
        owners.select_related("user")
        .annotate(
            recommendation_count=Count("recommendations", distinct=True),
            action_count=Count("actions", filter=Q(actions__removed_at__isnull=True), distinct=True),
        )
        .order_by(Lower("name"), "pk")
    )
    members = {membership.user_id for membership in memberships}
    links_now = _links_now(links, now)
    found = list(rows)
    for owner in found:
        owner.links_now = links_now.get(owner.pk, OwnerLinks())
        owner.is_member = owner.user_id in members
    return found


def _links_now(links, now):
    """Return the ``OwnerLinks`` of each owner who ever had one, by the owner's number."""
    works = Q(revoked_at__isnull=True, expires_at__gt=now)
    rows = links.order_by().values_list("owner")
    rows = rows.annotate(
        working=Count("pk", filter=works), until=Max("expires_at", filter=works), last=Max("used_at")
    )
    return {owner: OwnerLinks(*figures) for owner, *figures in rows}


def actions_soonest_first(actions, today):
    """Return actions with their recommendations: open ones first, by due date, those without one after them.

    Each gets ``is_to_do``, False too where its recommendation is closed, ``status_label``, and
    ``days_overdue``, 0 unless it is to do and late. One query.
    """
    rows = list(actions.select_related("recommendation"))
    for row in rows:
        row.is_to_do = row.is_open and row.recommendation.is_open
        row.status_label = status_label(row.recommendation, row)
        late = row.is_to_do and row.due is not None and row.due < today
        row.days_overdue = (today - row.due).days if late else 0
    return sorted(rows, key=lambda row: (not row.is_to_do, row.due or date.max, row.pk))

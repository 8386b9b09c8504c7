"""Reading who owns recommendations and actions, and who could."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Lower


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

    working: int
    expires_at: datetime | None
    used_at: datetime | None


def owners_with_holdings(owners, links, memberships, now):
    """Return owners by name with what they own, their private links and their account. Three queries.

    Each has ``recommendation_count``, ``action_count``, ``links_now`` (an ``OwnerLinks``) and ``is_member``,
    whether their account is a member's. ``links`` are private links, ``memberships`` those of the evaluation.
    """
    rows = (
        owners.select_related("user")
        .prefetch_related(Prefetch("links", links, to_attr="all_links"))
        .annotate(
            recommendation_count=Count("recommendations", distinct=True),
            action_count=Count("actions", filter=Q(actions__removed_at__isnull=True), distinct=True),
        )
        .order_by(Lower("name"), "pk")
    )
    members = {membership.user_id for membership in memberships}
    found = list(rows)
    for owner in found:
        owner.links_now = _links_now(owner.all_links, now)
        owner.is_member = owner.user_id in members
    return found


def _links_now(links, now):
    working = [link for link in links if link.revoked_at is None and link.expires_at > now]
    return OwnerLinks(
        working=len(working),
        expires_at=max((link.expires_at for link in working), default=None),
        used_at=max((link.used_at for link in links if link.used_at), default=None),
    )


def actions_soonest_first(actions, today):
    """Return actions with their recommendations: open ones first, by due date, those without one after them.

    Each gets ``days_overdue``, 0 unless it is open and late. One query.
    """
    rows = sorted(
        actions.select_related("recommendation"),
        key=lambda row: (not row.is_open, row.due or date.max, row.pk),
    )
    for row in rows:
        late = row.is_open and row.due is not None and row.due < today
        row.days_overdue = (today - row.due).days if late else 0
    return rows

"""Of which evaluations people are reminded, and what a calendar with a secret address holds."""

from django.utils import timezone

from evaluations.models import CalendarFeed, Evaluation, opens_to

from .recommendations import actions_for, recommendations_for
from .rules import Ability, Member, Role, can


def reminded_evaluations():
    """Return the evaluations that reminders are sent for: none that is made up."""
    return Evaluation.objects.filter(is_made_up=False).order_by("pk")


def calendars_for(member):
    """Return the member's own calendar, in a queryset."""
    return CalendarFeed.objects.filter(evaluation=member.evaluation, membership__user=member.user)


def open_calendar(token_hash):
    """Return the member whose calendar has this secret address, while it works; else None.

    It ends with the membership, with the account, and when it expires, and rests while the evaluation asks
    for a second step of signing in that the member has not set up: they may open nothing of it then.
    """
    calendars = CalendarFeed.objects.select_related("evaluation", "membership__user")
    works = {"expires_at__gt": timezone.now(), "membership__user__is_active": True}
    calendar = calendars.filter(opens_to("membership__user"), token_hash=token_hash, **works).first()
    if calendar is None:
        return None
    membership = calendar.membership
    return Member(membership.user, calendar.evaluation, Role(membership.role))


def calendar_rows_for(member):
    """Return what stands in the member's calendar: to those who track everything, else what they own.

    Two querysets by name: ``recommendations`` and ``actions``.
    """
    rows = {"recommendations": recommendations_for(member), "actions": actions_for(member)}
    if can(member, Ability.TRACK_RECOMMENDATIONS):
        return rows
    return {name: each.filter(owner__user=member.user) for name, each in rows.items()}

"""Calendars: a member's due dates under a secret address that ends with the membership."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from evaluations.models import CalendarFeed, Membership, Verb

from .audit import record
from .errors import NotAllowedNow
from .setup import token_hash

CALENDAR_LASTS = timedelta(days=365)


@transaction.atomic
def make_calendar(*, evaluation, by):
    """Make the calendar of a member; an earlier one's address stops working. It lasts 365 days.

    Returns ``(calendar, token)``; the token is kept nowhere. Raises NotAllowedNow for who is no member.
    """
    membership = _locked_membership(evaluation, by)
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.filter(membership=membership).delete()
    calendar = CalendarFeed.objects.create(
        evaluation=evaluation,
        membership=membership,
        token_hash=token_hash(token),
        expires_at=timezone.now() + CALENDAR_LASTS,
    )
    record(by=by, evaluation=evaluation, verb=Verb.MADE_CALENDAR, subject=f"calendar {calendar.pk}")
    return calendar, token


@transaction.atomic
def stop_calendar(*, evaluation, by):
    """Make the address of a member's calendar stop working. Raises NotAllowedNow for who is no member."""
    membership = _locked_membership(evaluation, by)
    calendar = CalendarFeed.objects.filter(membership=membership).first()
    if calendar:
        record(by=by, evaluation=evaluation, verb=Verb.STOPPED_CALENDAR, subject=f"calendar {calendar.pk}")
        calendar.delete()


def _locked_membership(evaluation, user):
    rows = Membership.objects.select_for_update().filter(evaluation=evaluation, user=user)
    if (membership := rows.first()) is None:
        raise NotAllowedNow("You are no longer a member of this evaluation.")
    return membership

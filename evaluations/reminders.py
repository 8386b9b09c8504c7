"""Reminders by mail: to each owner what is theirs, to each lead what there is, once a week at most.

Somebody who is both gets one mail. Whoever wants none, has no address, has an account that is no member's any
more, or lacks the second step of signing in that the evaluation asks for, gets none.
"""

import logging
import smtplib
from dataclasses import dataclass
from textwrap import shorten

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from evaluations import access
from evaluations.access import Member
from evaluations.actions.owner_links import delete_old_links, make_owner_link
from evaluations.actions.reminders import claim_digest, give_back, had_digest, mark_sent, unsure
from evaluations.analysis.reminders import Attention, attention
from evaluations.models import Evaluation, Owner, Role
from evaluations.queries.reminders import reminder_frame

logger = logging.getLogger("evaluations.reminders")

SHOWN = 10  # of each kind: a reminder is short
LONGEST_LINE = 200
# The connection broke: the mail server may have taken the mail before it did.
MAY_HAVE_GONE = (smtplib.SMTPServerDisconnected, TimeoutError)
NO_ABSENCE_NOTES = {"Auto-Submitted": "auto-generated"}


@dataclass(frozen=True)
class Reminder:
    """A mail to one person: a member (``user``), or an ``owner`` without an account."""

    evaluation: Evaluation
    attention: Attention
    name: str
    email: str
    is_lead: bool = False
    user: object = None
    owner: Owner | None = None

    @property
    def to(self):
        """Return for whom it is claimed."""
        return {"evaluation": self.evaluation, "user": self.user, "owner": self.owner}


@dataclass
class Outcome:
    """How many reminders were sent (or would be), were not due as one came within a week, and failed.

    ``unsure`` are those that an earlier run claimed and may not have mailed (``actions.reminders.unsure``).
    """

    sent: int = 0
    recent: int = 0
    failed: int = 0
    unsure: int = 0


def send_reminders(evaluations, *, dry_run=False):
    """Mail the reminders of these evaluations that are due today, and return the ``Outcome``.

    Private links that ended long ago are deleted. A dry run mails and writes nothing.
    """
    today = timezone.localdate()
    outcome = Outcome(unsure=unsure(evaluations=evaluations, day=today))
    if not dry_run:
        delete_old_links()
    for evaluation in evaluations:
        for reminder in reminders_of(evaluation, today):
            result = _look(reminder, today) if dry_run else _send(reminder, today)
            setattr(outcome, result, getattr(outcome, result) + 1)
    return outcome


def reminders_of(evaluation, today):
    """Return a ``Reminder`` for everybody who is told what is due in an evaluation. Four queries."""
    reader = Member(user=None, evaluation=evaluation, role=Role.LEAD)  # nobody is told more than a lead sees
    frame = reminder_frame(access.recommendations_for(reader), access.actions_for(reader))
    everything = attention(frame, today)
    if not everything.number:
        return []
    owners = list(access.owners_for(reader).select_related("user"))
    members = {row.user_id: row for row in access.members_for(reader) if _may_open(row, evaluation)}
    leads = {number: row.user for number, row in members.items() if row.role == Role.LEAD}
    found = _to_leads(evaluation, everything, leads, owners)
    for owner in owners:
        is_reached = owner.user_id is None or owner.user_id in members.keys() - leads.keys()
        if owner.wants_reminders and is_reached:
            own = attention(frame[frame["owner"].isin([owner.pk])], today)
            found += [_to_owner(evaluation, own, owner)] if own.number else []
    return [reminder for reminder in found if reminder.email]


def _may_open(membership, evaluation):
    return membership.user.is_active and (membership.has_two_step or not evaluation.two_step_required)


def _to_leads(evaluation, everything, leads, owners):
    as_owner = {owner.user_id: owner for owner in owners}
    return [
        Reminder(evaluation, everything, _name(user), user.email, is_lead=True, user=user)
        for number, user in leads.items()
        if number not in as_owner or as_owner[number].wants_reminders
    ]


def _to_owner(evaluation, own, owner):
    if owner.user:
        return Reminder(evaluation, own, _name(owner.user), owner.user.email, user=owner.user)
    return Reminder(evaluation, own, owner.name, owner.email, owner=owner)


def _name(user):
    return user.get_full_name() or user.get_username()


def _look(reminder, today):
    return "recent" if had_digest(day=today, **reminder.to) else "sent"


def _send(reminder, today):
    """Claim a reminder, mail it, and say what came of it: the name of a field of ``Outcome``."""
    digest = claim_digest(day=today, **reminder.to)
    if digest is None:
        return "recent"
    link = None
    try:
        address, link = _way_in(reminder)
        _mail(reminder, address, link).send()
    except Exception as error:
        logger.exception("reminder-failed", extra={"user": reminder.user and reminder.user.pk})
        give_back(digest=digest, link=None if isinstance(error, MAY_HAVE_GONE) else link)
        return "failed"
    mark_sent(digest=digest)
    logger.info("reminder-sent", extra={"user": reminder.user and reminder.user.pk})
    return "sent"


def _way_in(reminder):
    """Return where the person goes on, and the private link made for that, None for a member.

    Nowhere for an owner without an account who owns recommendations only: a private link shows actions.
    """
    slug = reminder.evaluation.slug
    if reminder.user:
        route = "recommendation-list" if reminder.is_lead else "recommendation-mine"
        return _whole(reverse(route, args=[slug])), None
    if not reminder.attention.has_actions:
        return "", None
    link, token = make_owner_link(owner=reminder.owner, by=None)
    return _whole(reverse("owner-link", args=[token])), link


def _whole(path):
    return f"{settings.SITE_URL}{path}"


def _mail(reminder, address, link):
    evaluation, needs = reminder.evaluation, reminder.attention
    sections = [
        ("Overdue", needs.overdue),
        ("Due in the next 14 days", needs.soon),
        ("Without a progress note for 30 days", needs.stuck),
    ]
    context = {
        "reminder": reminder,
        "evaluation": evaluation,
        "sections": [_section(heading, items) for heading, items in sections if items],
        "address": address,
        "link": link,
        "owners": _whole(reverse("owner-list", args=[evaluation.slug])),
    }
    return EmailMessage(
        subject=" ".join(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{_in_short(needs)}: {evaluation}".split()),
        body=render_to_string("evaluations/mail/reminder.txt", context),
        to=[reminder.email],
        headers=NO_ABSENCE_NOTES,
    )


def _section(heading, items):
    """Return one kind of thing as the mail lists it: its first ten, and how many more there are."""
    shown = [(item, shorten(item.words, LONGEST_LINE, placeholder=" …")) for item in items[:SHOWN]]
    return {"heading": heading, "number": len(items), "shown": shown, "more": len(items) - len(shown)}


def _in_short(needs):
    """Return how many things need attention, in words: ``2 overdue, 1 due soon``."""
    kinds = [(needs.overdue, "overdue"), (needs.soon, "due soon"), (needs.stuck, "without news")]
    return ", ".join(f"{len(items)} {words}" for items, words in kinds if items)

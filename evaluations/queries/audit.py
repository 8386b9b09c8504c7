"""Reading the record of access: narrowed, and each event as a page or a file says it."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from evaluations.models import ONCE_NUMBERED, Strand, Verb, VerbGroup

from .history import name_of

NOBODY = "Waterline itself, or somebody since removed"
NUMBERED = re.compile(r"\b(user|strand) ([0-9]+)")


@dataclass(frozen=True)
class Event:
    """One line of the record: ``what`` was done to ``about``, people and strands by their names."""

    at: datetime
    who: str
    what: str
    about: str


def narrowed(events, *, who=None, group="", since=None, until=None, participant=None):
    """Return the events of a person (``who``), a ``VerbGroup``, days (both included), a ``Participant``."""
    if participant:
        events = events.filter(about(events, participant))
    if who:
        events = events.filter(user=who)
    if group:
        events = events.filter(_in_group(group))
    if since:
        events = events.filter(at__date__gte=since)
    if until:
        events = events.filter(at__date__lte=until)
    return events


def about(events, participant):
    """Return the condition that an event is about a participant, by whichever code they had at the time.

    Those about a quotation of theirs, by its number, belong to them as well.
    """
    found = Q(subject__in=[f"quotation {key}" for key in participant.quotations.values_list("pk", flat=True)])
    changes = events.filter(verb=Verb.CHANGED_CODE, evaluation=participant.evaluation_id)
    code, until = participant.code, Q()
    for key, subject in changes.order_by("-pk").values_list("pk", "subject"):
        _, new, _, old = subject.split()
        if code == old:  # before, it was somebody else's
            return found | _by_code(code) & until & Q(pk__gt=key)
        if code == new:
            found |= _by_code(code) & until & Q(pk__gte=key)
            code, until = old, Q(pk__lt=key)
    return found | _by_code(code) & until


def _by_code(code):
    named = f"participant {code}"
    sheet = Q(subject__startswith=f"contributor sheet {code} ")
    return Q(subject=named) | Q(subject__startswith=f"{named} ") | sheet


def to_withdraw_again(events, participants):
    """Return the codes of those who withdrew and are back, as an older backup was restored. Two queries."""
    codes = set()
    told = events.filter(verb__in=[Verb.MUST_WITHDRAW_AGAIN, Verb.CHANGED_CODE]).order_by("pk")
    for verb, subject in told.values_list("verb", "subject"):
        _, code, *was = subject.split()
        if verb == Verb.MUST_WITHDRAW_AGAIN:
            codes.add(code)
        elif was[-1] in codes:
            codes = codes - {was[-1]} | {code}
    return list(participants.filter(code__in=codes, withdrawn_on=None).values_list("code", flat=True))


def names_deleted_at(events):
    """Return when names and contacts were last deleted; None where never, or where a restore undid it."""
    deleted = []
    told = events.filter(verb__in=[Verb.DELETED_IDENTITIES, Verb.RESTORED_BACKUP]).order_by("pk")
    for verb, at, subject in told.values_list("verb", "at", "subject"):
        if verb == Verb.DELETED_IDENTITIES:
            deleted.append(at)
        else:  # "backup of 2026-05-31"
            deleted = [at for at in deleted if f"{at:%Y-%m-%d}" < subject.split()[-1]]
    return deleted[-1] if deleted else None


def people_in(events):
    """Return the people who did something that is among the events, by name."""
    users = get_user_model().objects.filter(Exists(events.order_by().filter(user=OuterRef("pk"))))
    return users.order_by("first_name", "last_name", "username")


def told(events):
    """Return events, with their users, as ``Event`` objects. Two queries."""
    events = list(events)
    numbers = {"user": set(), "strand": set()}
    for event in events:
        for kind, number in NUMBERED.findall(event.subject):
            numbers[kind].add(int(number))
    users = get_user_model().objects.filter(pk__in=numbers["user"])
    strands = Strand.objects.filter(pk__in=numbers["strand"])
    names = {("user", row.pk): name_of(row) for row in users}
    names |= {("strand", row.pk): row.name for row in strands}

    def named(match):
        return names.get((match[1], int(match[2])), match[0])

    return [
        Event(
            at=event.at,
            who=name_of(event.user) or NOBODY,
            what=event.words,
            about=NUMBERED.sub(named, event.subject),
        )
        for event in events
    ]


def _in_group(group):
    verbs = VerbGroup(group).verbs
    found = Q(verb__in=verbs)
    for verb in ONCE_NUMBERED:
        if verb in verbs:
            found |= Q(verb__startswith=f"{verb} ")
    return found

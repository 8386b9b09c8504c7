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
    if who:
        events = events.filter(user=who)
    if group:
        events = events.filter(_in_group(group))
    if since:
        events = events.filter(at__date__gte=since)
    if until:
        events = events.filter(at__date__lte=until)
    return events.filter(about(participant)) if participant else events


def about(participant):
    """Return the condition that an event is about a participant, or a quotation of theirs, by its number."""
    code = f"participant {participant.code}"
    quotations = [f"quotation {key}" for key in participant.quotations.values_list("pk", flat=True)]
    sheet = Q(subject__startswith=f"contributor sheet {participant.code} ")
    return Q(subject=code) | Q(subject__startswith=f"{code} ") | sheet | Q(subject__in=quotations)


def names_deleted_at(events):
    """Return when names and contacts of an evaluation were last deleted; None where they never were."""
    return events.filter(verb=Verb.DELETED_IDENTITIES).values_list("at", flat=True).first()


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

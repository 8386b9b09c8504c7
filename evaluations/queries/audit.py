"""Reading the record of access: narrowed, and each event as a page or a file says it."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from evaluations.models import ONCE_NUMBERED, Finding, Owner, Role, Strand, Verb, VerbGroup

from .history import name_of

NOBODY = "Waterline itself, or somebody since removed"
OPERATOR = "Whoever runs the server"
# What nobody does on a page: without a person, it was done at the command line.
BY_COMMAND = {*VerbGroup.RUNNING.verbs, Verb.RESET_TWO_STEP, Verb.MUST_WITHDRAW_AGAIN}
NUMBERED = re.compile(r"\b(user|strand|owner) ([0-9]+)")
FINDING = re.compile(r"finding ([0-9]+)( with user [0-9]+)?")
ROLE = re.compile(r"(user [0-9]+) is ([a-z]+)")
FORMAT = re.compile(r" as ([a-z]+)$")
FORMATS = {
    "csv": "a plain table (CSV)",
    "docx": "a Word document",
    "html": "a web page",
    "json": "a data file (JSON)",
    "pdf": "a PDF",
    "xlsx": "an Excel workbook",
}


@dataclass(frozen=True)
class Event:
    """One line of the record: ``what`` was done to ``about``, people, owners and strands by their names.

    ``finding`` is the number of the finding it is about, where that is still there.
    """

    at: datetime
    who: str
    what: str
    about: str
    finding: int | None = None


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
    """Return events, with their users, as ``Event`` objects. Four queries."""
    events = list(events)
    numbers = {"user": set(), "strand": set(), "owner": set()}
    for event in events:
        for kind, number in NUMBERED.findall(event.subject):
            numbers[kind].add(int(number))
    users = get_user_model().objects.filter(pk__in=numbers["user"])
    strands = Strand.objects.filter(pk__in=numbers["strand"])
    names = {("user", row.pk): name_of(row) for row in users}
    names |= {("strand", row.pk): row.name for row in strands}
    owners = Owner.objects.filter(pk__in=numbers["owner"])
    names |= {("owner", row.pk): f"owner {row.name}" for row in owners}
    findings = _findings_still_there(events)

    def named(match):
        return names.get((match[1], int(match[2])), match[0])

    return [
        Event(
            at=event.at,
            who=name_of(event.user) or (OPERATOR if event.verb in BY_COMMAND else NOBODY),
            what=event.words,
            about=NUMBERED.sub(named, _in_plain_words(event.subject)),
            finding=findings.get(event.subject),
        )
        for event in events
    ]


def _findings_still_there(events):
    """Return ``{subject of an event: number of the finding}``."""
    subjects = {match[0]: int(match[1]) for event in events if (match := FINDING.fullmatch(event.subject))}
    there = Finding.objects.filter(pk__in=subjects.values(), removed_at=None).values_list("pk", flat=True)
    there = set(there)
    return {subject: number for subject, number in subjects.items() if number in there}


def _in_plain_words(subject):
    """Return a subject with roles and files as pages call them."""
    if (role := ROLE.fullmatch(subject)) and role[2] in Role.values:
        return f"{role[1]}, now {Role(role[2]).label.lower()}"
    return FORMAT.sub(lambda match: f" as {FORMATS.get(match[1], match[1])}", subject)


def _in_group(group):
    verbs = VerbGroup(group).verbs
    found = Q(verb__in=verbs)
    for verb in ONCE_NUMBERED:
        if verb in verbs:
            found |= Q(verb__startswith=f"{verb} ")
    return found

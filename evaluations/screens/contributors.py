"""What each participant said: the list of them, and one person's passages to ask them about.

Where it is not known who spoke, everybody who was there is asked, but only about what nobody of them keeps
back.
"""

from dataclasses import dataclass

from evaluations import access
from evaluations.access import Audience, Waits
from evaluations.models import Attribution
from evaluations.queries.consent import narrowed
from evaluations.queries.contributors import SEEN, contributors
from evaluations.queries.quotations import A_PARTICIPANT, attribution, reader_groups

# What passages wait for, in the words of the list.
WAITING = {
    Waits.ASK: "to ask about",
    Waits.APPROVE: "to approve",
    Waits.REFUSED: "refused",
    Waits.NEVER: "without consent",
    SEEN: "seen by readers",
}


@dataclass(frozen=True)
class ListedContributor:
    """A ``Contributor`` with what the passages wait for in words, as "2 to ask about, 1 refused"."""

    contributor: object
    waits: str


@dataclass(frozen=True)
class Passage:
    """One passage: when it was said (None where not known), how it would be attributed, what was answered."""

    text: str
    said_on: object
    attributed: str
    agreed_on: object
    refused_on: object


@dataclass(frozen=True)
class ContributorSheet:
    """What one participant said (``own``), and what nobody is named for where they took part (``shared``)."""

    participant: object
    evaluation: object
    own: tuple
    shared: tuple


def read_contributors(member):
    """Return the participants with passages as ``ListedContributor`` objects. A fixed number of queries."""
    people = access.participants_for(member).filter(withdrawn_on__isnull=True)
    rows = contributors(people, *_to_ask_about(member))
    return [ListedContributor(row, _in_words(row.waits)) for row in rows]


def read_contributor_sheet(member, participant):
    """Return the ``ContributorSheet`` of a participant. A fixed number of queries."""
    groups = reader_groups(*access.speakers_for_readers(member))
    rows = [
        row
        for part in _to_ask_about(member)
        for row in narrowed(part, participant=participant.code).select_related("speaker", "answer__interview")
    ]
    passages = [(row.speaker_id is None, _passage(row, groups)) for row in sorted(rows, key=_order)]
    return ContributorSheet(
        participant=participant,
        evaluation=member.evaluation,
        own=tuple(passage for is_shared, passage in passages if not is_shared),
        shared=tuple(passage for is_shared, passage in passages if is_shared),
    )


def _to_ask_about(member):
    """Return two querysets: quotations that wait for something, and those that readers see."""
    waiting = access.waiting_quotations_for(member).exclude(speaker__isnull=True, waits=Waits.NEVER)
    return waiting, access.quotations_for(member, Audience.READERS)


def _order(row):
    interview = row.answer.interview if row.answer else None
    code = interview.code if interview else ""
    return len(code), code, row.start or 0, row.pk


def _passage(row, groups):
    return Passage(
        text=row.text,
        said_on=row.answer.interview.date if row.answer else None,
        attributed=_attributed(row, groups),
        agreed_on=row.agreed_on,
        refused_on=row.refused_on,
    )


def _attributed(row, groups):
    """Return how readers would see it attributed, without the name of anybody who is to be named."""
    if row.speaker is None:
        return f"“{A_PARTICIPANT}”"
    if row.speaker.attribution == Attribution.NAMED:
        return "you, by name"
    return f"“{attribution(row, groups)}”"


def _in_words(waits):
    return ", ".join(f"{waits[key]} {words}" for key, words in WAITING.items() if key in waits)

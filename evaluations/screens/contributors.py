"""What each participant said: the list of them, and one person's passages to ask them about.

Where it is not known who spoke, everybody who was there is asked, but only about what nobody of them keeps
back.
"""

from dataclasses import dataclass

from evaluations import access
from evaluations.access import Audience, Waits
from evaluations.models import Attribution
from evaluations.queries.consent import narrowed
from evaluations.queries.contributors import SEEN, contributors, with_passages
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
    """One passage: when it was said and answered (None where it was not), how it would be attributed.

    ``is_shared`` says that it is not known who of several people said it.
    """

    text: str
    said_on: object
    attributed: str
    is_shared: bool
    answered_on: object


@dataclass(frozen=True)
class ContributorSheet:
    """The passages of one participant: to ask about, and those that were ``agreed`` to or ``refused``.

    To ask about is what they said themselves (``own``), and what nobody is named for where they took part
    (``shared``).
    """

    participant: object
    evaluation: object
    own: tuple
    shared: tuple
    agreed: tuple
    refused: tuple

    @property
    def asks(self):
        """Say whether there is a passage to ask about."""
        return bool(self.own or self.shared)

    @property
    def is_empty(self):
        """Say whether there is no passage at all."""
        return not (self.asks or self.agreed or self.refused)


def read_contributors(member):
    """Return two lists: the numbers of participants with passages, and the codes of all others."""
    people = access.participants_for(member).filter(withdrawn_on__isnull=True).values_list("pk", "code")
    everything = access.quotations_for(member, Audience.EVALUATORS)
    listed = with_passages(everything, *_to_ask_about(member))
    people = list(people)
    return [pk for pk, _ in people if pk in listed], [code for pk, code in people if pk not in listed]


def listed_contributors(member, numbers):
    """Return the participants with these numbers as ``ListedContributor``. A fixed number of queries."""
    people = list(access.participants_for(member).filter(pk__in=numbers))
    rows = contributors(people, *_to_ask_about(member))
    return [ListedContributor(row, _in_words(row.waits)) for row in rows]


def read_contributor_sheet(member, participant):
    """Return the ``ContributorSheet`` of a participant. A fixed number of queries.

    What lies within a passage that was refused is not asked about.
    """
    groups = reader_groups(*access.speakers_for_readers(member))
    rows = [
        row
        for part in _to_ask_about(member)
        for row in narrowed(part, participant=participant.code).select_related("speaker", "answer__interview")
    ]
    kept_back = narrowed(access.waiting_quotations_for(member), participant=participant.code)
    kept_back = list(kept_back.filter(refused_on__isnull=False))
    parts = {name: [] for name in ("own", "shared", "agreed", "refused")}
    for row in sorted(rows, key=_order):
        part = _part(row, kept_back)
        if part:
            parts[part].append(_passage(row, groups))
    return ContributorSheet(
        participant=participant,
        evaluation=member.evaluation,
        **{name: tuple(passages) for name, passages in parts.items()},
    )


def _to_ask_about(member):
    """Return two querysets: quotations that wait for something, and those that readers see."""
    waiting = access.waiting_quotations_for(member)
    waiting = waiting.exclude(speaker__isnull=True, waits__in=[Waits.NEVER, Waits.REFUSED])
    return waiting, access.quotations_for(member, Audience.READERS)


def _part(row, kept_back):
    """Return in which part of a sheet a quotation stands; None where it lies within one that was refused."""
    if row.refused_on:
        return "refused"
    if any(
        row.answer_id and row.answer_id == other.answer_id and row.text in other.text for other in kept_back
    ):
        return None
    if row.agreed_on:
        return "agreed"
    return "shared" if row.speaker_id is None else "own"


def _order(row):
    interview = row.answer.interview if row.answer else None
    code = interview.code if interview else ""
    return len(code), code, row.start or 0, row.pk


def _passage(row, groups):
    return Passage(
        text=row.text,
        said_on=row.answer.interview.date if row.answer else None,
        attributed=_attributed(row, groups),
        is_shared=row.speaker_id is None,
        answered_on=row.refused_on or row.agreed_on,
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

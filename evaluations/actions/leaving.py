"""What tells of somebody who withdraws: words, name, contact and organisation, to be struck out of texts."""

import re
from dataclasses import dataclass

from cryptography.fernet import InvalidToken

from evaluations.models import (
    Attribution,
    Participant,
    ParticipantIdentity,
    Recommendation,
    ReportSection,
    SectionKey,
)
from evaluations.report.people import People, Person
from evaluations.traces import STRUCK, Traces, words_of

from .copies import short_runs

# What a text of a document is about, as ``copies.short_runs`` calls it.
RECORDS = {"point": "reflectionpoint"}


@dataclass(frozen=True)
class Leaving:
    """What of a participant goes from published documents and from all that people wrote.

    ``quotations`` are numbers, ``said`` the words of each; ``traces`` and ``short`` tell copies, as in
    ``copies``; ``people`` finds them by name, and ``is_named`` says that they had agreed to be named: then
    a part of it in what was published means them. ``organisation`` is empty when others of it stay, and is
    looked for in the sections of ``thanks`` (records, as in ``copies``).
    """

    quotations: frozenset
    said: frozenset
    traces: Traces
    short: dict
    people: People
    is_named: bool
    organisation: str
    thanks: frozenset
    refs: dict

    def is_gone(self, quote):
        """Say whether a ``Quote`` is theirs, or is one of theirs that evaluators typed."""
        if quote.quotation is not None:
            return quote.quotation in self.quotations
        return words_of(quote.text) in self.said

    def change(self, text, about="", section=""):
        """Return a text of a document without what is theirs: the very same when it holds nothing."""
        if section == SectionKey.ACKNOWLEDGEMENTS:
            text = self._without_organisation(text)
        return self.people.strike(self.strike(text, [self._record(about)]), STRUCK, parts=self.is_named)

    def strike(self, text, records):
        """Return a text about ``records`` without what is theirs: the very same when it holds nothing."""
        if not self.thanks.isdisjoint(records):
            text = self._without_organisation(text)
        runs = frozenset().union(*(self.short.get(record, ()) for record in records))
        return self.people.strike(self.traces.strike(text, runs), STRUCK)

    def _record(self, about):
        kind, _, key = about.partition(":")
        key = self.refs.get(key, key)
        return RECORDS.get(kind, kind), int(key) if str(key).isdecimal() else key

    def _without_organisation(self, text):
        """Return a text without the organisation: a line that is nothing else goes as a whole."""
        words = words_of(self.organisation)
        if not words:
            return text
        kept = "\n".join(line for line in text.split("\n") if words_of(line) != words)
        return _named(self.organisation).sub(_struck, kept)


def _named(organisation):
    """Return what finds an organisation in prose, in any spacing and with signs of bold or italic in it."""
    signs = r"[*_\\]*"
    named = rf"{signs}\s+{signs}".join(
        signs.join(map(re.escape, re.findall(r"\w+|\W", word))) for word in organisation.split()
    )
    return re.compile(rf"(?<![^\W_]){named}(?![^\W_])", re.IGNORECASE)


def _struck(found):
    """Return ``STRUCK`` with the signs that began or ended in what was found, so that the rest reads on."""
    begun, ended = re.findall(r"(?<!\w)[*_]+(?=\w)", found[0]), re.findall(r"(?<=\w)[*_]+(?!\w)", found[0])
    return "".join([*begun, STRUCK, *ended])


def leaving(participant, quotations, traces):
    """Return the ``Leaving`` of a participant with the quotations that go with them."""
    evaluation = participant.evaluation
    rows = list(quotations.values_list("pk", "text"))
    refs = Recommendation.objects.filter(evaluation=evaluation).values_list("ref", "pk")
    thanks = ReportSection.objects.filter(evaluation=evaluation, key=SectionKey.ACKNOWLEDGEMENTS)
    return Leaving(
        quotations=frozenset(key for key, _ in rows),
        said=frozenset(words_of(text) for _, text in rows),
        traces=traces,
        short=short_runs(evaluation, quotations),
        people=People(_identity(participant)),
        is_named=participant.attribution == Attribution.NAMED,
        organisation=_last_of_organisation(participant),
        thanks=frozenset(("reportsection", key) for key in thanks.values_list("pk", flat=True)),
        refs=dict(refs),
    )


def _identity(participant):
    """Return who a participant is as a list of one ``Person``; of none where that cannot be read."""
    try:
        row = ParticipantIdentity.objects.filter(participant=participant).first()
    except InvalidToken:
        row = None
    return [Person(participant.pk, row.name, row.contact)] if row else []


def _last_of_organisation(participant):
    """Return the organisation of a participant, nothing when somebody else of it stays."""
    others = Participant.objects.filter(
        evaluation=participant.evaluation, organisation=participant.organisation, withdrawn_on__isnull=True
    ).exclude(pk=participant.pk)
    return "" if others.exists() else participant.organisation

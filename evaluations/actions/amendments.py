"""What a withdrawal takes out of published versions: words, quotations, a name, an organisation.

A version in which nothing of theirs stands stays as it was published, with its files.
"""

import re
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.utils import timezone

from evaluations.models import (
    Participant,
    ParticipantIdentity,
    PublishedVersion,
    Recommendation,
    ReportFile,
    SectionKey,
)
from evaluations.report.blocks import as_data, document_from
from evaluations.report.passages import change_texts
from evaluations.report.people import People, Person
from evaluations.traces import STRUCK, Traces, words_of

# What a text of a document is about, as ``copies.short_runs`` calls it.
RECORDS = {"point": "reflectionpoint"}
LONGEST_TITLE = PublishedVersion._meta.get_field("title").max_length


@dataclass(frozen=True)
class Leaving:
    """What of a participant goes from published documents.

    ``quotations`` are numbers, ``said`` the words of each; ``traces`` and ``short`` tell copies, as in
    ``copies``; ``people`` finds them by name; ``organisation`` is empty when others of it stay.
    """

    quotations: frozenset
    said: frozenset
    traces: Traces
    short: dict
    people: People
    organisation: str
    refs: dict

    def is_gone(self, quote):
        """Say whether a ``Quote`` is theirs, or is one of theirs that evaluators typed."""
        if quote.quotation is not None:
            return quote.quotation in self.quotations
        return words_of(quote.text) in self.said

    def change(self, text, about="", section=""):
        """Return a text without what is theirs: the very same when it holds nothing."""
        if section == SectionKey.ACKNOWLEDGEMENTS and self.organisation:
            text = self._without_organisation(text)
        text = self.traces.strike(text, self.short.get(self._record(about), frozenset()))
        return self.people.strike(text, STRUCK)

    def _record(self, about):
        kind, _, key = about.partition(":")
        key = self.refs.get(key, key)
        return RECORDS.get(kind, kind), int(key) if str(key).isdecimal() else key

    def _without_organisation(self, text):
        if words_of(text) == words_of(self.organisation):
            return ""
        return re.sub(rf"\b{re.escape(self.organisation)}\b", STRUCK, text, flags=re.IGNORECASE)


def leaving(participant, quotations, traces, short):
    """Return the ``Leaving`` of a participant with the quotations that go with them."""
    rows = list(quotations.values_list("pk", "text"))
    refs = Recommendation.objects.filter(evaluation=participant.evaluation).values_list("ref", "pk")
    return Leaving(
        quotations=frozenset(key for key, _ in rows),
        said=frozenset(words_of(text) for _, text in rows),
        traces=traces,
        short=short,
        people=People(_identity(participant)),
        organisation=_last_of_organisation(participant),
        refs=dict(refs),
    )


def find_amendments(evaluation, leaving):
    """Yield each published version that holds something of who leaves, as it is without; saves nothing."""
    for version in PublishedVersion.objects.filter(evaluation=evaluation).order_by("number"):
        before = (version.title, version.note, version.documents)
        version.title = leaving.change(version.title)[:LONGEST_TITLE]
        version.note = leaving.change(version.note)
        version.documents = {kind: _without(data, leaving) for kind, data in version.documents.items()}
        if before != (version.title, version.note, version.documents):
            yield version


def _without(data, leaving):
    """Return a document, as JSON holds it, without what is theirs: the very same when it holds nothing."""
    document = document_from(data)
    changed = change_texts(document, leaving.change, is_gone=leaving.is_gone)
    return data if changed == document else as_data(changed)


def amend_versions(evaluation, leaving):
    """Take what is theirs out of every published version, delete the files of those, and date them."""
    for version in find_amendments(evaluation, leaving):
        version.amended_on = timezone.localdate()
        version.save()
        ReportFile.objects.filter(version=version).delete()


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

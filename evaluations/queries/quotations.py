"""Reading quotations: what is shown of them, and to whom they are attributed."""

import logging
from dataclasses import dataclass
from urllib.parse import urlencode

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db.models import Count, TextField
from django.db.models.functions import Cast

from evaluations.models import Attribution, Consent, unseal

from .versions import standing_in

A_PARTICIPANT = "a participant"
LEFT_OUT = "Readers’ other pages leave these words out, and so will the next version."
logger = logging.getLogger("evaluations.quotations")


@dataclass(frozen=True)
class ShownQuotation:
    """A quotation as readers see it; without ``reaches_readers``, as evaluators see it beside a draft."""

    id: int
    text: str
    attribution: str
    is_published: bool
    reaches_readers: bool


@dataclass(frozen=True)
class ReaderGroups:
    """What decides an attribution: sizes of groups, and the sealed names of those who agreed to be named."""

    sectors: dict
    organisations: dict
    sealed: dict

    def name_of(self, participant):
        """Return the name of a participant (a number) who agreed to be named, else nothing."""
        return _readable(self.sealed.get(participant, ""))


def reader_groups(participants, identities):
    """Return the ``ReaderGroups`` of an evaluation: three queries, however many participants there are.

    ``participants`` are those who have not withdrawn, ``identities`` theirs who agreed to be named. A name
    whose key is lost is left out: then readers see "a participant".
    """
    people = participants.order_by()
    sealed = identities.annotate(sealed=Cast("name", TextField()))
    return ReaderGroups(
        sectors=dict(people.values_list("sector").annotate(n=Count("pk"))),
        organisations=dict(people.values_list("organisation").annotate(n=Count("pk"))),
        sealed=dict(sealed.values_list("participant_id", "sealed")),
    )


def _readable(sealed):
    try:
        return unseal(sealed)
    except InvalidToken:
        logger.error("identity-key-missing")
        return ""


def attribution(quotation, groups):
    """Return how readers see a quotation attributed, for example ``June 2023 report``.

    A group under five people (``settings.SMALLEST_GROUP``) reads "a participant", unless the person agreed
    to be named.
    """
    if quotation.source_id:
        return str(quotation.source)
    speaker = quotation.speaker
    if speaker is None or speaker.attribution == Attribution.NONE:
        return A_PARTICIPANT
    if speaker.attribution == Attribution.NAMED:
        return groups.name_of(speaker.pk) or A_PARTICIPANT
    if speaker.attribution == Attribution.SECTOR:
        if groups.sectors.get(speaker.sector, 0) < settings.SMALLEST_GROUP:
            return A_PARTICIPANT
        return f"{A_PARTICIPANT}, {speaker.get_sector_display().lower()} sector"
    group = groups.organisations.get(speaker.organisation, 0)
    if not speaker.organisation or group < settings.SMALLEST_GROUP:
        return A_PARTICIPANT
    return f"{A_PARTICIPANT}, {speaker.organisation}"


# What a quotation and its attribution are made of.
SHOWN = (
    "text",
    "source__label",
    "source__title",
    "speaker__attribution",
    "speaker__sector",
    "speaker__organisation",
)


def shown_quotations(quotations, ids, groups):
    """Return ``{id: ShownQuotation}`` of those ``quotations`` (scoped to an audience) that have these ids."""
    rows = quotations.filter(pk__in=ids).select_related("source", "speaker").only(*SHOWN)
    return {
        row.pk: ShownQuotation(
            id=row.pk,
            text=row.text,
            attribution=attribution(row, groups),
            is_published=row.source_id is not None,
            reaches_readers=row.reaches_readers,
        )
        for row in rows
    }


@dataclass(frozen=True)
class GatedQuotation:
    """A quotation as evaluators see it: place, consent, approval, and what follows for readers.

    ``passage_query`` leads to its passage on the interview's page; nothing when it has none. ``stands_in``
    are the published versions that show it although readers may not see it by now.
    """

    id: int
    version: int
    text: str
    is_published: bool
    source: object
    speaker: str
    interview: object
    passage_query: str
    area: str
    kind: str
    kind_label: str
    consent: str
    consent_label: str
    is_approved: bool
    agreed_on: object
    refused_on: object
    reaches_readers: bool
    consequence: str
    stands_in: tuple

    @property
    def can_approve(self):
        """Say whether an evaluator's approval is what is missing."""
        decided = self.is_published or self.is_approved or self.refused_on
        return not decided and self.consent in _APPROVABLE

    @property
    def awaits_answer(self):
        """Say whether the speaker has still to be asked about these words."""
        return self.asks and self.agreed_on is None and self.refused_on is None

    @property
    def asks(self):
        """Say whether the speaker's answer about these words decides, whatever it was so far."""
        return not self.is_published and self.consent == Consent.ASK_FIRST


_APPROVABLE = (Consent.YES, Consent.ASK_FIRST)
_STRICTEST_FIRST = (Consent.NO, Consent.NOT_RECORDED, Consent.ASK_FIRST, Consent.YES)


def gated_quotations(quotations, groups, versions=None):
    """Return scoped quotations (with ``reaches_readers``) as a list of ``GatedQuotation``.

    ``versions`` are the published ones; without them nothing is said of where a quotation still stands.
    """
    rows = quotations.select_related(
        "source", "speaker", "answer__interview", "answer__question"
    ).prefetch_related("answer__interview__participants")
    kept_back = {row.pk for row in rows if not row.reaches_readers}
    standing = standing_in(versions, kept_back) if versions is not None and kept_back else {}
    return [_gated(row, groups, standing.get(row.pk, ())) for row in rows]


def strictest_consent(quotation):
    """Return the consent that decides: the speaker's, or the strictest among those present, or "no".

    A person who withdrew counts as no; "not recorded" is told apart, though it counts as no as well.
    """
    if quotation.speaker:
        people = [quotation.speaker]
    elif quotation.answer:
        people = list(quotation.answer.interview.participants.all())
    else:
        people = []
    given = {Consent.NO if person.withdrawn_on else Consent(person.consent) for person in people}
    return next((consent for consent in _STRICTEST_FIRST if consent in given), Consent.NOT_RECORDED)


def _gated(row, groups, standing):
    consent = strictest_consent(row)
    interview = row.answer.interview if row.answer else None
    return GatedQuotation(
        id=row.pk,
        version=row.version,
        text=row.text,
        is_published=row.source_id is not None,
        source=row.source,
        speaker=str(row.speaker or ""),
        interview=interview,
        passage_query=_passage_query(row),
        area=row.answer.question.get_area_display() if row.answer and row.answer.question else "",
        kind=row.kind,
        kind_label=row.get_kind_display(),
        consent=consent.value,
        consent_label="Consent not recorded" if consent == Consent.NOT_RECORDED else consent.label,
        is_approved=row.approved_on is not None,
        agreed_on=row.agreed_on,
        refused_on=row.refused_on,
        reaches_readers=row.reaches_readers,
        consequence=LEFT_OUT if standing else _consequence(row, consent, groups),
        stands_in=standing,
    )


def _passage_query(row):
    if row.start is None:
        return ""
    return urlencode({"condition": row.answer.condition, "code": row.answer_id})


def _consequence(row, consent, groups):
    """Say in words what readers see of a quotation, and what that waits for."""
    if row.reaches_readers:
        return f"Readers see it as: {attribution(row, groups)}."
    if consent == Consent.NOT_RECORDED:
        return "No consent is recorded, which counts as no: readers never see these words."
    if consent == Consent.NO:
        return "Readers never see these words."
    if row.refused_on:
        return "These words were refused: readers never see them."
    if consent == Consent.ASK_FIRST and row.agreed_on is None:
        return f"Readers see nothing until {row.speaker or 'everybody who was there'} has said yes."
    return "Readers see nothing until an evaluator approves it."

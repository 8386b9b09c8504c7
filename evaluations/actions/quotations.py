"""Writing quotations: what was said, whether its speaker agreed, whether an evaluator approved it."""

from django.db import transaction
from django.utils import timezone

from evaluations.models import Consent, Participant, Quotation, QuotationVersion, Source

from .audit import record
from .errors import NotAllowedNow, StaleVersion
from .versions import same_evaluation, save_changes, write

WORDS_OR_ATTRIBUTION = ("text", "speaker", "source", "answer")
NO_APPROVAL = {"approved_by": None, "approved_on": None}


@transaction.atomic
def add_quotation(*, evaluation, fields, by, new_source=None):
    """Add a quotation and return it. ``fields``: text, speaker, source, answer. Raises ForeignRecord.

    ``new_source`` (title, address) names a publication that may not be in the list yet.
    """
    fields = _with_source(evaluation, fields, new_source, by)
    same_evaluation(evaluation, fields.values())
    return Quotation.objects.create(evaluation=evaluation, coder=by, **fields)


def edit_quotation(*, quotation, version, changes, by, new_source=None):
    """Save ``changes`` and return the quotation. Other words or another attribution void its approval.

    The words it had are kept as a version. Raises StaleVersion (the words sent are kept, set aside) and
    ForeignRecord.
    """

    def before_save(current, changes):
        changes |= _with_source(current.evaluation, changes, new_source, by)
        if any(name in changes and changes[name] != getattr(current, name) for name in WORDS_OR_ATTRIBUTION):
            changes |= {**NO_APPROVAL, "agreed_on": None}
        _keep_version(current, current.version, current.text, by, set_aside=False)

    def keep(current, version, sent, by):
        if sent["text"] != current.text:
            _keep_version(current, version, sent["text"], by, set_aside=True)

    return save_changes(
        quotation,
        version=version,
        changes=dict(changes),
        by=by,
        keep=keep,
        before_save=before_save,
        unchanged=lambda current: new_source is None or _is_titled(current.source, new_source),
    )


def _is_titled(source, sent):
    """Say whether a source is the one that was typed in: so that pressing Save twice is no second change."""
    return source is not None and source.title == sent["title"]


def approve_quotation(*, quotation, version, by):
    """Approve the words that were seen in ``version`` for readers and return the quotation.

    Raises StaleVersion when the words changed since, NotAllowedNow for a published quotation (it needs none)
    and where consent is missing.
    """
    with transaction.atomic():
        current = _locked(quotation, version)
        _check_unpublished(current)
        record(
            by=by, evaluation=current.evaluation, verb="approved quotation", subject=f"quotation {current.pk}"
        )
        approval = {"approved_by": by, "approved_on": timezone.localdate()}
        return save_changes(current, version=version, changes=approval, by=by)


def stop_using_quotation(*, quotation, version, by):
    """Take an approval back, so that readers no longer see the words; returns the quotation.

    Raises StaleVersion when the quotation changed since ``version``.
    """
    with transaction.atomic():
        current = _locked(quotation, version)
        verb = "took back approval of quotation"
        record(by=by, evaluation=current.evaluation, verb=verb, subject=f"quotation {current.pk}")
        return save_changes(current, version=version, changes=dict(NO_APPROVAL), by=by)


def record_agreement(*, quotation, version, agreed_on, by):
    """Record the day on which a speaker who asks to be asked first agreed to these words.

    Raises StaleVersion when the words changed since ``version``, NotAllowedNow for a published quotation (it
    needs none) and where somebody refused. Returns the quotation.
    """
    with transaction.atomic():
        current = _locked(quotation, version)
        _check_unpublished(current)
        verb = "recorded agreement to quotation"
        record(by=by, evaluation=current.evaluation, verb=verb, subject=f"quotation {current.pk}")
        return save_changes(current, version=version, changes={"agreed_on": agreed_on}, by=by)


def void_unnamed(*, interview, by):
    """Void agreements and approvals of an interview's quotations without a known speaker."""
    _void(Quotation.objects.filter(answer__interview=interview, speaker__isnull=True), by)


def void_spoken_by(*, participant, by):
    """Void agreements and approvals of everything that a participant said."""
    _void(Quotation.objects.filter(speaker=participant), by)


def _void(rows, by):
    for quotation in rows.select_for_update().exclude(agreed_on__isnull=True, approved_on__isnull=True):
        verb = "voided approval of quotation"
        record(by=by, evaluation=quotation.evaluation, verb=verb, subject=f"quotation {quotation.pk}")
        write(quotation, {**NO_APPROVAL, "agreed_on": None}, by=by)


def _with_source(evaluation, fields, new_source, by):
    """Return ``fields`` with the source of this title, added when there is none yet."""
    if not new_source:
        return dict(fields)
    source, is_new = Source.objects.get_or_create(
        evaluation=evaluation, title=new_source["title"], defaults={"address": new_source["address"]}
    )
    if is_new:
        record(by=by, evaluation=evaluation, verb="added source", subject=f"source {source.pk}")
    return {**fields, "source": source}


def _check_unpublished(quotation):
    """Raise NotAllowedNow for words that need no approval, and for those that cannot have one."""
    if quotation.source_id:
        raise NotAllowedNow("This quotation is published already: readers see it without approval.")
    if objection := _objection(quotation):
        raise NotAllowedNow(objection)


def _objection(quotation):
    """Say who has not consented to be quoted; nothing when everybody whose consent decides has.

    That is the speaker or, when it is not known who spoke, everybody who took part in the interview.
    """
    if quotation.speaker:
        people = [quotation.speaker]
    elif quotation.answer_id:
        people = list(Participant.objects.filter(interviews__answers=quotation.answer_id))
    else:
        people = []
    if not people:
        return "Nobody is recorded as having said this, so nobody can have consented to be quoted."
    refused = (Consent.NO, Consent.NOT_RECORDED)
    who = next((person for person in people if person.withdrawn_on or person.consent in refused), None)
    return who and f"{who} has not consented to be quoted, so readers cannot see it."


def _locked(quotation, version):
    current = Quotation.objects.select_for_update(of=("self",)).select_related("speaker").get(pk=quotation.pk)
    if current.version != version:
        raise StaleVersion(current)
    return current


def _keep_version(current, number, text, by, *, set_aside):
    QuotationVersion.objects.create(
        evaluation=current.evaluation, quotation=current, number=number, text=text, set_aside=set_aside, by=by
    )

"""Writing quotations: what was said, whether its speaker agreed, whether an evaluator approved it."""

from operator import attrgetter

from django.db import transaction
from django.utils import timezone

from evaluations.models import (
    Answer,
    Consent,
    Interview,
    Participant,
    Passage,
    Quotation,
    QuotationVersion,
    Source,
    Verb,
)
from evaluations.ranges import only_range

from .audit import record
from .errors import ActionError, Gone, NotAllowedNow, StaleVersion
from .versions import same_evaluation, save_changes, write

WORDS_OR_ATTRIBUTION = {"text", "speaker", "source", "answer"}
NO_APPROVAL = {"approved_by": None, "approved_on": None}
NOT_ASKED = {"agreed_on": None, "refused_on": None}


@transaction.atomic
def add_quotation(*, evaluation, fields, by, new_source=None):
    """Add a quotation and return it. ``fields``: text, speaker, source, answer. Raises ForeignRecord.

    It has its place in the answer when its words stand there once.
    ``new_source`` (title, address) names a publication that may not be in the list yet.
    """
    fields = _with_source(evaluation, fields, new_source, by)
    same_evaluation(evaluation, fields.values())
    check_not_withdrawn(speaker=fields.get("speaker"), answer=fields.get("answer"))
    fields |= _placed(fields["text"], fields.get("answer"))
    return Quotation.objects.create(evaluation=evaluation, coder=by, **fields)


def edit_quotation(*, quotation, version, changes, by, new_source=None):
    """Save ``changes`` and return the quotation. Other words or another attribution void its approval.

    The words it had are kept as a version. Raises StaleVersion (the words sent are kept, set aside) and
    ForeignRecord.
    """

    def before_save(current, changes):
        changes |= _with_source(current.evaluation, changes, new_source, by)
        new = {name: changes.get(name) for name in ("speaker", "answer")}
        check_not_withdrawn(**{n: row if row != getattr(current, n) else None for n, row in new.items()})
        differing = {name for name, value in changes.items() if value != getattr(current, name)}
        if differing & WORDS_OR_ATTRIBUTION:
            changes |= NO_APPROVAL | NOT_ASKED
        if differing & {"text", "answer"}:
            text, answer = (changes.get(name, getattr(current, name)) for name in ("text", "answer"))
            changes |= _placed(text, answer, current)
        _keep_version(current, current.version, current.text, by, set_aside=False)

    def keep(current, version, sent, by):
        if sent["text"] != current.text:
            _keep_version(current, version, sent["text"], by, set_aside=True)

    return save_changes(
        quotation,
        version=version,
        changes=dict(changes),
        by=by,
        first=before(quotation, changes),
        keep=keep,
        before_save=before_save,
        unchanged=lambda current: new_source is None or _is_titled(current.source, new_source),
    )


def before(quotation, changes):
    """Return the rows to lock before a quotation is changed: its interviews, then who is its speaker."""
    ids = [quotation.answer_id, getattr(changes.get("answer"), "pk", None)]
    interviews = Interview.objects.filter(answers__in=list(filter(None, ids))).distinct().order_by("pk")
    return [*interviews, *filter(None, [changes.get("speaker")])]


def _placed(text, answer, current=None):
    """Return the range of words in an answer whose interview is locked, and what it says of them.

    They stand where they are found once; ``current``, which stood elsewhere in it, says that it changed.
    """
    now = Answer.objects.get(pk=answer.pk).text if answer else ""
    if current and current.answer == answer and current.start is not None:
        start, end = current.start, current.end
        if now[start:end] == text:
            return {"start": start, "end": end, "passage": Passage.IN_PLACE}
    else:
        start = end = None
    if found := only_range(text, now):
        return {"start": found[0], "end": found[1], "passage": Passage.IN_PLACE}
    return {"start": start, "end": end, "passage": "" if start is None else Passage.CHANGED}


def check_not_withdrawn(*, speaker, answer):
    """Raise Gone when this speaker withdrew, or this answer was deleted, while the words were on their way.

    Locks both (either may be None), so that a withdrawal comes before or after, never in between.
    """
    if answer is not None:
        Interview.objects.select_for_update().filter(pk=answer.interview_id).first()
        if not Answer.objects.filter(pk=answer.pk).exists():
            raise Gone("This answer was deleted meanwhile.")
    if speaker is not None:
        people = Participant.objects.select_for_update().filter(withdrawn_on__isnull=True)
        if not people.filter(pk=speaker.pk).exists():
            raise Gone(f"{speaker} withdrew meanwhile.")


def _is_titled(source, sent):
    """Say whether a source is the one that was typed in: so that pressing Save twice is no second change."""
    return source is not None and source.title == sent["title"]


def approve_quotation(*, quotation, version, by):
    """Approve the words that were seen in ``version`` for readers and return the quotation.

    Raises StaleVersion when the words changed since, NotAllowedNow for a published quotation (it needs none),
    where consent is missing and where the speaker refused these words.
    """
    with transaction.atomic():
        current = _current(quotation)
        if current.approved_on and current.version == version + 1:
            return current  # the approval is what came after the version seen: the button was pressed twice
        _check_version(current, version)
        _check_unpublished(current)
        if current.refused_on:
            raise NotAllowedNow("These words were refused. Record another answer before you approve them.")
        record(
            by=by,
            evaluation=current.evaluation,
            verb=Verb.APPROVED_QUOTATION,
            subject=f"quotation {current.pk}",
        )
        approval = {"approved_by": by, "approved_on": timezone.localdate()}
        return save_changes(current, version=version, changes=approval, by=by)


def stop_using_quotation(*, quotation, version, by):
    """Take an approval back, so that readers no longer see the words; returns the quotation.

    Raises StaleVersion when the quotation changed since ``version``.
    """
    with transaction.atomic():
        current = _locked(quotation, version)
        verb = Verb.TOOK_BACK_APPROVAL
        record(by=by, evaluation=current.evaluation, verb=verb, subject=f"quotation {current.pk}")
        return save_changes(current, version=version, changes=dict(NO_APPROVAL), by=by)


@transaction.atomic
def approve_quotations(*, quotations, seen, by):
    """Approve several quotations, ``seen`` by number in which version; return those that were.

    One that changed since, or that cannot be approved, stays as it is and does not hold up the others.
    """
    return _each(approve_quotation, quotations, seen, by)


@transaction.atomic
def take_approvals_back(*, quotations, seen, by):
    """Take back the approval of several quotations, as ``approve_quotations`` gives it; return those."""
    approved = [row for row in quotations if row.approved_on]
    return _each(stop_using_quotation, approved, seen, by)


def _each(act, quotations, seen, by):
    done = []
    for quotation in sorted(quotations, key=attrgetter("pk")):
        try:
            done.append(act(quotation=quotation, version=seen[quotation.pk], by=by))
        except ActionError:
            continue
    return done


def record_agreement(*, quotation, version, agreed_on, by):
    """Record the day on which a speaker who asks to be asked first agreed to these words.

    Raises StaleVersion when the words changed since ``version``, NotAllowedNow for a published quotation (it
    needs none) and where somebody refused. Returns the quotation.
    """
    with transaction.atomic():
        current = _locked(quotation, version)
        _check_unpublished(current)
        verb = Verb.RECORDED_AGREEMENT
        record(by=by, evaluation=current.evaluation, verb=verb, subject=f"quotation {current.pk}")
        changes = {"agreed_on": agreed_on, "refused_on": None}
        return save_changes(current, version=version, changes=changes, by=by)


def record_refusal(*, quotation, version, refused_on, by):
    """Record the day on which a speaker refused these words, which voids an approval; return the quotation.

    Raises as ``record_agreement`` does.
    """
    with transaction.atomic():
        current = _locked(quotation, version)
        _check_unpublished(current)
        verb = Verb.RECORDED_REFUSAL
        record(by=by, evaluation=current.evaluation, verb=verb, subject=f"quotation {current.pk}")
        changes = {"refused_on": refused_on, "agreed_on": None, **NO_APPROVAL}
        return save_changes(current, version=version, changes=changes, by=by)


def void_unnamed(*, interview, by):
    """Void decisions about an interview's quotations without a known speaker, and their approvals."""
    _void(Quotation.objects.filter(answer__interview=interview, speaker__isnull=True), by)


def void_spoken_by(*, participant, by):
    """Void decisions about everything that a participant said, and its approvals."""
    _void(Quotation.objects.filter(speaker=participant), by)


def _void(rows, by):
    undecided = {f"{name}__isnull": True for name in ("approved_on", *NOT_ASKED)}
    for quotation in rows.select_for_update().exclude(**undecided):
        verb = Verb.VOIDED_APPROVAL
        record(by=by, evaluation=quotation.evaluation, verb=verb, subject=f"quotation {quotation.pk}")
        write(quotation, NO_APPROVAL | NOT_ASKED, by=by)


def _with_source(evaluation, fields, new_source, by):
    """Return ``fields`` with the source of this title, added when there is none yet."""
    if not new_source:
        return dict(fields)
    source, is_new = Source.objects.get_or_create(
        evaluation=evaluation, title=new_source["title"], defaults={"address": new_source["address"]}
    )
    if is_new:
        record(by=by, evaluation=evaluation, verb=Verb.ADDED_SOURCE, subject=f"source {source.pk}")
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


def _current(quotation):
    rows = Quotation.objects.select_for_update(of=("self",)).select_related("speaker")
    current = rows.filter(pk=quotation.pk).first()
    if current is None:
        raise Gone("This quotation was deleted meanwhile.")
    return current


def _locked(quotation, version):
    current = _current(quotation)
    _check_version(current, version)
    return current


def _check_version(current, version):
    if current.version != version:
        raise StaleVersion(current)


def _keep_version(current, number, text, by, *, set_aside):
    QuotationVersion.objects.create(
        evaluation=current.evaluation, quotation=current, number=number, text=text, set_aside=set_aside, by=by
    )

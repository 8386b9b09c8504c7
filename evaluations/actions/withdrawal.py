"""A participant withdraws: what they said goes everywhere at once, and cannot come back."""

from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalChanges

from evaluations.models import (
    Answer,
    AnswerVersion,
    Attribution,
    AuditEvent,
    BlindCode,
    CodingRound,
    CodingUnit,
    ConditionState,
    ConflictingEdit,
    Consent,
    EditableRecord,
    EncryptedTextField,
    Evaluation,
    Finding,
    FindingStatus,
    GroupDecision,
    HeldFile,
    Interview,
    InterviewCondition,
    InterviewStatus,
    Job,
    JobKind,
    JobState,
    Participant,
    ParticipantIdentity,
    Quotation,
    QuotationVersion,
    Recommendation,
    Sector,
    Setting,
    SettlementVersion,
    Source,
    Strand,
)

from .audit import record
from .cleaning import clean_database
from .errors import NotAllowedNow
from .quotations import void_unnamed
from .traces import Traces, sentences
from .versions import locked, write

REASON = "A participant withdrew"
# An import that has not said for this long how far it is was stopped from outside.
STILL_AT_WORK = timedelta(minutes=5)
# What others said, what was published, and what goes as a whole: copies are not looked for there.
NOT_COPIES = (
    Answer,
    AnswerVersion,
    Quotation,
    QuotationVersion,
    AuditEvent,
    HeldFile,
    Job,
    Participant,
    ParticipantIdentity,
    Source,
    Strand,
)


@dataclass(frozen=True)
class Said:
    """What was said in an interview, in numbers: ``quotations`` are those taken from it."""

    interview: object
    answers: int
    words: int
    quotations: int


@dataclass(frozen=True)
class Going:
    """What a withdrawal takes, before it does.

    ``own`` are the one-to-one interviews, ``groups`` those in which others spoke too (each a ``Said``);
    ``findings`` those left without evidence, ``copied`` the findings whose sentence holds the words;
    ``other_copies`` counts other texts that do.
    """

    own: tuple
    groups: tuple
    quotations: tuple
    findings: tuple
    copied: tuple
    other_copies: int
    recommendations: tuple
    files: int
    has_identity: bool


def what_goes(participant):
    """Return what a withdrawal takes, as ``Going``; what it would take with a group is counted there."""
    own, groups = _interviews_of(participant)
    quotations = _going_quotations(participant, own)
    copies = list(_copies(participant.evaluation, _traces(quotations, own)))
    copied = {key for model, key, _ in copies if model is Finding}
    return Going(
        own=tuple(map(_said, own)),
        groups=tuple(map(_said, groups)),
        quotations=tuple(quotations.select_related("answer__interview")),
        findings=tuple(_left_without_evidence(quotations)),
        copied=tuple(Finding.objects.filter(pk__in=copied, removed_at__isnull=True)),
        other_copies=sum(not issubclass(model, (Finding, HistoricalChanges)) for model, _, _ in copies),
        recommendations=tuple(Recommendation.objects.filter(quotations__in=quotations).distinct()),
        files=HeldFile.objects.filter(evaluation=participant.evaluation).count(),
        has_identity=ParticipantIdentity.objects.filter(participant=participant).exists(),
    )


def withdraw_participant(*, participant, decisions, by):
    """Delete everything that a participant said; say whether the database's own files are clean as well.

    ``decisions`` says what becomes of each group interview: its number to a ``GroupDecision``. The code
    stays, with the day; what others said stays. Raises NotAllowedNow when a decision is missing, when a
    group's answers still hold their words, while an import runs, and for somebody who withdrew already.
    """
    with transaction.atomic():
        _withdraw(participant, decisions, by)
    return clean_database()


def _withdraw(participant, decisions, by):
    interviews = Interview.objects.select_for_update(of=("self",)).order_by("pk")
    list(interviews.filter(participants=participant))
    current = locked(participant)
    if current.withdrawn_on:
        raise NotAllowedNow(f"{current} withdrew already.")
    own, groups = _interviews_of(current)
    _check_decided(groups, decisions)
    _check_no_import(current.evaluation)
    emptied = own + [row for row in groups if decisions[row.pk] == GroupDecision.DELETE]
    kept = [row for row in groups if row not in emptied]
    quotations = _going_quotations(current, emptied)
    traces = _traces(quotations, emptied)
    _lock_around(quotations, traces, current.evaluation)
    _check_taken_out(quotations, kept)
    changed = _evidence_of(quotations)
    quotations.delete()
    for interview in emptied:
        _empty(interview, by)
    for interview in kept:
        _forget_versions(interview, by)
    _delete_about(current)
    _strike(current.evaluation, traces, changed)
    _note(changed, by)
    _close(current, by)


def _lock_around(quotations, traces, evaluation):
    """Lock the findings and recommendations that change, then the quotations (``locks`` has the order)."""
    copies = list(_copies(evaluation, traces))
    for model in (Finding, Recommendation):
        keys = set(model.objects.filter(quotations__in=quotations).values_list("pk", flat=True))
        keys |= {key for copied, key, _ in copies if copied is model}
        list(model.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    list(quotations.select_for_update(of=("self",)))


def _interviews_of(participant):
    """Return two lists: the interviews with nobody else in them, and the others."""
    rows = list(participant.interviews.filter(emptied_on__isnull=True).prefetch_related("participants"))
    own = [row for row in rows if row.setting != Setting.GROUP and len(row.participants.all()) == 1]
    return own, [row for row in rows if row not in own]


def _going_quotations(participant, emptied):
    theirs = Q(speaker=participant) | Q(answer__interview__in=emptied)
    return Quotation.objects.filter(theirs, evaluation=participant.evaluation).order_by("pk")


def _said(interview):
    texts = [text for text in interview.answers.values_list("text", flat=True) if text]
    return Said(
        interview=interview,
        answers=len(texts),
        words=sum(len(text.split()) for text in texts),
        quotations=Quotation.objects.filter(answer__interview=interview).count(),
    )


def _left_without_evidence(quotations):
    """Return the findings whose evidence is these quotations and nothing else."""
    staying = Quotation.objects.filter(removed_at__isnull=True).exclude(pk__in=quotations.values("pk"))
    return (
        Finding.objects.filter(quotations__in=quotations, source__isnull=True, removed_at__isnull=True)
        .exclude(quotations__in=staying)
        .distinct()
    )


def _traces(quotations, emptied):
    """Return the ``Traces`` of what goes: the quotations, and the sentences of the answers."""
    ids = list(quotations.values_list("pk", flat=True))
    passages = set(quotations.values_list("text", flat=True))
    passages |= set(QuotationVersion.objects.filter(quotation__in=ids).values_list("text", flat=True))
    for rows in (
        Answer.objects.filter(interview__in=emptied),
        AnswerVersion.objects.filter(answer__interview__in=emptied),
    ):
        for text in rows.values_list("text", flat=True).iterator():
            passages.update(sentences(text))
    return Traces(passages)


def _check_decided(groups, decisions):
    missing = [row.code for row in groups if decisions.get(row.pk) not in GroupDecision.values]
    if missing:
        raise NotAllowedNow(f"Decide what becomes of {', '.join(missing)}, where others spoke too.")


def _check_no_import(evaluation):
    since = timezone.now() - STILL_AT_WORK
    if Job.objects.filter(evaluation=evaluation, state=JobState.RUNNING, seen_at__gte=since).exists():
        raise NotAllowedNow("An import is running. Wait until it has finished, then withdraw them.")


def _check_taken_out(quotations, kept):
    """Raise NotAllowedNow when an answer that is to be kept still holds one of the quotations."""
    traces = Traces(quotations.values_list("text", flat=True))
    for answer in Answer.objects.filter(interview__in=kept).select_related("interview"):
        if traces.found_in(answer.text):
            where = f"{answer.interview}, {answer.get_condition_display()}"
            raise NotAllowedNow(f"Their words still stand in an answer of {where}. Take them out first.")


@dataclass
class _Changed:
    """The keys of findings and recommendations that lose evidence or words; ``drafts`` become drafts."""

    findings: set
    drafts: set
    recommendations: set


def _evidence_of(quotations):
    return _Changed(
        findings=set(Finding.objects.filter(quotations__in=quotations).values_list("pk", flat=True)),
        drafts=set(_left_without_evidence(quotations).values_list("pk", flat=True)),
        recommendations=set(
            Recommendation.objects.filter(quotations__in=quotations).values_list("pk", flat=True)
        ),
    )


def _empty(interview, by):
    """Delete what was said in an interview; its facts stay."""
    interview.answers.all().delete()
    CodingRound.objects.filter(interview=interview).delete()
    InterviewCondition.objects.filter(interview=interview).update(state=ConditionState.NOT_RECORDED)
    status = min(interview.status, InterviewStatus.HELD, key=list(InterviewStatus).index)
    facts = {"emptied_on": timezone.localdate(), "status": status, "focus_condition": ""}
    write(interview, facts, by=by)


def _forget_versions(interview, by):
    """Keep the answers of an interview as they are now, under new numbers, and nothing from before."""
    AnswerVersion.objects.filter(answer__interview=interview).delete()
    void_unnamed(interview=interview, by=by)
    unnamed = Quotation.objects.filter(answer__interview=interview, speaker__isnull=True)
    QuotationVersion.objects.filter(quotation__in=unnamed).delete()
    units = CodingUnit.objects.filter(answer__interview=interview)
    SettlementVersion.objects.filter(unit__in=units).delete()
    units.update(note="", version=F("version") + 1)
    for answer in interview.answers.select_for_update():
        codes = BlindCode.objects.filter(answer=answer, text_version=answer.version)
        codes.update(text_version=answer.version + 1)
        write(answer, {}, by=by)
        AnswerVersion.objects.create(
            evaluation=answer.evaluation, answer=answer, number=answer.version, text=answer.text, by=by
        )


def _delete_about(participant):
    """Delete who they are, what was set aside about them, and every file and order of an import."""
    identity = ParticipantIdentity.objects.filter(participant=participant)
    for name, ids in (
        ("participant", [participant.pk]),
        ("participantidentity", list(identity.values_list("pk", flat=True))),
    ):
        ConflictingEdit.objects.filter(
            evaluation=participant.evaluation, record_type=name, record_id__in=ids
        ).delete()
    identity.delete()
    Job.objects.filter(evaluation=participant.evaluation, kind=JobKind.IMPORT).delete()
    HeldFile.objects.filter(evaluation=participant.evaluation).delete()


def _strike(evaluation, traces, changed):
    """Strike copies of the words out of every text of an evaluation; adds to what ``changed``."""
    for model, key, texts in list(_copies(evaluation, traces)):
        more = {"version": F("version") + 1} if issubclass(model, EditableRecord) else {}
        model._base_manager.filter(pk=key).update(**texts, **more)
        if model is Finding:
            changed.findings.add(key)
            changed.drafts.add(key)
        if model is Recommendation:
            changed.recommendations.add(key)


def _copies(evaluation, traces):
    """Yield (model, key, {field: the text without the words}) for every row that holds a copy of them."""
    for model in apps.get_app_config("evaluations").get_models():
        names = _texts_of(model)
        for key, *texts in _rows_of(model, evaluation).values_list("pk", *names) if names else ():
            struck = {
                name: _fit(model, name, traces.strike(text))
                for name, text in zip(names, texts, strict=True)
                if traces.found_in(text)
            }
            if struck:
                yield model, key, struck


def _texts_of(model):
    """Return the names of the fields in which people write freely."""
    if model in NOT_COPIES or not (model is Evaluation or hasattr(model, "evaluation")):
        return []
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not isinstance(field, models.SlugField | EncryptedTextField)
        and not field.choices
    ]


def _rows_of(model, evaluation):
    rows = model._base_manager.order_by("pk")
    return rows.filter(pk=evaluation.pk) if model is Evaluation else rows.filter(evaluation=evaluation)


def _fit(model, name, value):
    return value[: model._meta.get_field(name).max_length] if isinstance(value, str) else value


def _note(changed, by):
    """Give all that lost evidence or words a line of history, and make drafts of what rests on none."""
    for finding in Finding.objects.select_for_update().filter(pk__in=changed.findings).order_by("pk"):
        changes = {"status": FindingStatus.DRAFT} if finding.pk in changed.drafts else {}
        write(finding, changes, by=by, reason=REASON)
    rows = Recommendation.objects.select_for_update().filter(pk__in=changed.recommendations)
    for recommendation in rows.order_by("pk"):
        write(recommendation, {}, by=by, reason=REASON)


def _close(participant, by):
    """Leave of a participant the code, the days and that they withdrew."""
    nothing = {
        "consent": Consent.NO,
        "attribution": Attribution.NONE,
        "sector": Sector.OTHER,
        "organisation": "",
        "consent_how": "",
        "withdrawn_on": timezone.localdate(),
    }
    write(participant, nothing, by=by)
    subject = f"participant {participant.code}"
    record(by=by, evaluation=participant.evaluation, verb="withdrew participant", subject=subject)

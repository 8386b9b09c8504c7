"""A participant withdraws: what they said goes everywhere at once, and cannot come back."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from evaluations.models import (
    Acceptance,
    AcceptedAs,
    Answer,
    AnswerVersion,
    Attribution,
    BlindCode,
    CodingRound,
    CodingUnit,
    ConditionState,
    ConflictingEdit,
    Consent,
    EditableRecord,
    Evaluation,
    EvidenceFile,
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
    ParticipantIdentity,
    Quotation,
    QuotationVersion,
    Recommendation,
    ReportSection,
    Sector,
    SettlementVersion,
    Verb,
)
from evaluations.traces import RUN, words_of

from .amendments import amend_versions
from .audit import record
from .cleaning import clean_database
from .copies import find_copies, traces_of
from .errors import NotAllowedNow
from .jobs import heard_of
from .leaving import leaving
from .locks import keep_saves_waiting
from .publishing import hold_report
from .quotations import void_unnamed
from .versions import locked, write
from .withdrawal_plan import going_quotations, interviews_of, left_without_evidence

REASON = "A participant withdrew"
AT_WORK = {
    JobKind.IMPORT: "An import is running",
    JobKind.EXPORT: "A file of the report is being made",
    JobKind.PUBLISH: "The report is being published",
}


def withdraw_participant(*, participant, decisions, by, evidence=()):
    """Delete everything that a participant said; say whether the database's own files are clean as well.

    ``decisions`` says what becomes of each group interview: its number to a ``GroupDecision``. ``evidence``
    are the files of progress notes that go with it. The code stays, with the day; what others said stays.
    Raises NotAllowedNow when a decision is missing, when a group's answers still hold their words, while an
    import runs or a file of the report is made, and for somebody who withdrew already.
    """
    with transaction.atomic():
        _withdraw(participant, decisions, by)
        _delete_evidence(participant.evaluation, evidence, by)
    return clean_database()


def _withdraw(participant, decisions, by):
    keep_saves_waiting(pk=participant.evaluation_id)
    _hold_work(participant.evaluation)
    interviews = Interview.objects.select_for_update(of=("self",)).order_by("pk")
    list(interviews.filter(participants=participant))
    current = locked(participant)
    if current.withdrawn_on:
        raise NotAllowedNow(f"{current} withdrew already.")
    own, groups = interviews_of(current)
    _check_decided(groups, decisions)
    emptied = own + [row for row in groups if decisions[row.pk] == GroupDecision.DELETE]
    kept = [row for row in groups if row not in emptied]
    quotations = going_quotations(current, emptied)
    traces = traces_of(current, quotations, emptied, kept)
    _lock_around(current.evaluation, quotations, leaving(current, quotations, traces))
    _check_taken_out(quotations, kept)
    changed = _evidence_of(quotations)
    gone = leaving(current, quotations, traces)
    amend_versions(current.evaluation, gone)
    quotations.delete()
    for interview in emptied:
        _empty(interview, by)
    for interview in kept:
        _forget_versions(interview, by)
    _delete_about(current)
    _strike(current.evaluation, gone, changed)
    _note(changed, by)
    _close(current, by)


def _lock_around(evaluation, quotations, leaving):
    """Lock the findings and recommendations that change, then the quotations (``locks`` has the order)."""
    copies = list(find_copies(evaluation, leaving))
    for model in (Finding, Recommendation):
        keys = set(model.objects.filter(quotations__in=quotations).values_list("pk", flat=True))
        keys |= {key for copied, key, _ in copies if copied is model}
        list(model.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    list(quotations.select_for_update(of=("self",)))


def _check_decided(groups, decisions):
    missing = [row.code for row in groups if decisions.get(row.pk) not in GroupDecision.values]
    if missing:
        raise NotAllowedNow(f"Decide what becomes of {', '.join(missing)}, where others spoke too.")


def _hold_work(evaluation):
    """Lock all long work, so that none begins before this is done. Raises NotAllowedNow while some runs.

    Jobs come before the evaluation, as whoever carries one out locks them; and once more after it, for what
    was asked for meanwhile.
    """
    _hold_jobs(evaluation)
    hold_report(evaluation)
    _hold_jobs(evaluation)


def _hold_jobs(evaluation):
    jobs = Job.objects.filter(evaluation=evaluation)
    running = jobs.filter(heard_of(), state=JobState.RUNNING).first()
    if running:
        raise NotAllowedNow(f"{AT_WORK[running.kind]}. Wait until that has finished, then withdraw them.")
    list(jobs.select_for_update(of=("self",)).order_by("pk"))


def _check_taken_out(quotations, kept):
    """Raise NotAllowedNow when an answer that is to be kept still holds one of the quotations.

    One of a few words that was taken from another interview says nothing about this one.
    """
    quoted = [
        (_spaced(words), interview, len(words) < RUN)
        for words, interview in (
            (words_of(text), interview)
            for text, interview in quotations.values_list("text", "answer__interview")
        )
        if words
    ]
    for answer in Answer.objects.filter(interview__in=kept).select_related("interview"):
        text = _spaced(words_of(answer.text))
        own = (answer.interview_id, None)
        if any(words in text for words, taken_from, few in quoted if not few or taken_from in own):
            where = f"{answer.interview}, {answer.get_condition_display()}"
            raise NotAllowedNow(f"Their words still stand in an answer of {where}. Take them out first.")


def _spaced(words):
    return f" {' '.join(words)} "


@dataclass
class _Changed:
    """The keys of what loses evidence or words, by kind; ``drafts`` are the findings that become drafts."""

    findings: set
    drafts: set
    recommendations: set
    sections: set


def _evidence_of(quotations):
    return _Changed(
        findings=set(Finding.objects.filter(quotations__in=quotations).values_list("pk", flat=True)),
        drafts={row.pk for row in left_without_evidence(quotations)},
        recommendations=set(
            Recommendation.objects.filter(quotations__in=quotations).values_list("pk", flat=True)
        ),
        sections=set(),
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
    """Delete who they are, what was set aside or accepted about them, and all long work with its files."""
    identity = ParticipantIdentity.objects.filter(participant=participant)
    accepted = Acceptance.objects.filter(
        evaluation=participant.evaluation,
        accepted_as=AcceptedAs.PASSAGE,
        subject__startswith=f"name:{participant.pk}:",
    )
    for name, ids in (
        ("participant", [participant.pk]),
        ("participantidentity", list(identity.values_list("pk", flat=True))),
        ("acceptance", list(accepted.values_list("pk", flat=True))),
    ):
        ConflictingEdit.objects.filter(
            evaluation=participant.evaluation, record_type=name, record_id__in=ids
        ).delete()
    identity.delete()
    accepted.delete()
    Job.objects.filter(evaluation=participant.evaluation).delete()
    HeldFile.objects.filter(evaluation=participant.evaluation).delete()


def _delete_evidence(evaluation, files, by):
    """Delete files of progress notes, and record each; the notes stay."""
    rows = EvidenceFile.objects.filter(evaluation=evaluation, pk__in=[file.pk for file in files])
    for key in rows.order_by("pk").values_list("pk", flat=True):
        record(by=by, evaluation=evaluation, verb=Verb.DELETED_EVIDENCE, subject=f"evidence file {key}")
    rows.delete()


def _strike(evaluation, leaving, changed):
    """Strike what is theirs out of every text of an evaluation; adds to what ``changed``."""
    for model, key, texts in list(find_copies(evaluation, leaving)):
        # The version of an answer is that of its text, which is not struck.
        has_version = issubclass(model, (EditableRecord, Evaluation)) and model is not Answer
        more = {"version": F("version") + 1} if has_version else {}
        model._base_manager.filter(pk=key).update(**texts, **more)
        if model is Finding:
            changed.findings.add(key)
            changed.drafts.add(key)
        if model is Recommendation:
            changed.recommendations.add(key)
        if model is ReportSection:
            changed.sections.add(key)


def _note(changed, by):
    """Give all that lost evidence or words a line of history, and make drafts of what rests on none."""
    for finding in Finding.objects.select_for_update().filter(pk__in=changed.findings).order_by("pk"):
        changes = {"status": FindingStatus.DRAFT} if finding.pk in changed.drafts else {}
        write(finding, changes, by=by, reason=REASON)
    for model, keys in ((Recommendation, changed.recommendations), (ReportSection, changed.sections)):
        for row in model.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
            write(row, {}, by=by, reason=REASON)


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
    record(by=by, evaluation=participant.evaluation, verb=Verb.WITHDREW_PARTICIPANT, subject=subject)

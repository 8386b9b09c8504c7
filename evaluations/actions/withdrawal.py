"""A participant withdraws: what they said goes everywhere at once, and cannot come back."""

from collections import defaultdict
from dataclasses import dataclass

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
    FindingChange,
    FindingQuotation,
    FindingStatus,
    GroupDecision,
    HeldFile,
    Interview,
    InterviewCondition,
    InterviewStatus,
    Job,
    JobKind,
    JobState,
    Owner,
    Participant,
    ParticipantIdentity,
    Quotation,
    QuotationVersion,
    Recommendation,
    RecommendationQuotation,
    ReflectionPoint,
    ReflectionQuotation,
    Sector,
    Setting,
    SettlementVersion,
    Source,
    Strand,
)

from .audit import record
from .cleaning import clean_database
from .errors import NotAllowedNow
from .jobs import heard_of
from .quotations import void_unnamed
from .traces import RUN, Traces, words_of
from .versions import locked, write

REASON = "A participant withdrew"
# What others said word for word, and what goes as a whole: copies are not looked for there.
NOT_COPIES = (AnswerVersion, Quotation, QuotationVersion, AuditEvent, HeldFile, Job, ParticipantIdentity)
# Fields that hold what others said, a name, or what only the program reads.
NOT_SEARCHED = {
    Answer: {"text"},
    Evaluation: {"title", "programme", "programme_short", "phase", "report_title", "evaluators"},
}
NAMES = {"name", "organisation", "code", "ref", "record_type", "token_hash", "basis"}
# What else is read of a row to tell which record it is about.
TOLD_BY = {ConflictingEdit: ("record_type", "record_id")}


@dataclass(frozen=True)
class Said:
    """What was said in an interview, in numbers: ``quotations`` are those taken from it.

    All are None for somebody who is coding it blind.
    """

    interview: object
    answers: int | None = None
    words: int | None = None
    quotations: int | None = None

    @property
    def is_blind(self):
        """Say whether the numbers are kept from who asks, because they code the interview blind."""
        return self.answers is None


@dataclass(frozen=True)
class Going:
    """What a withdrawal takes, before it does.

    ``own`` are the one-to-one interviews, ``groups`` those in which others spoke too (each a ``Said``);
    ``rounds`` the second codings of ``own``, ``findings`` those left without evidence, ``copied`` the
    findings whose sentence holds the words; ``other_copies`` counts other texts that do.
    """

    own: tuple
    groups: tuple
    rounds: tuple
    quotations: tuple
    findings: tuple
    copied: tuple
    other_copies: int
    recommendations: tuple
    files: int
    has_identity: bool

    @property
    def is_blind(self):
        """Say whether numbers of an interview are kept from who asks, because they code it blind."""
        return any(said.is_blind for said in (*self.own, *self.groups))


def _second_codings(interviews):
    """Return the second codings that go with these interviews, by interview."""
    rows = CodingRound.objects.filter(interview__in=interviews, is_cancelled=False)
    return rows.select_related("interview").order_by("interview", "pk")


def what_goes(participant, *, blind=frozenset()):
    """Return what a withdrawal takes, as ``Going``; what it would take with a group is counted there.

    ``blind`` are the numbers of interviews that who asks is coding blind: nothing is told of what others
    coded or found in those.
    """
    own, groups = _interviews_of(participant)
    open_own = [row for row in own if row.pk not in blind]
    quotations = _going_quotations(participant, own).exclude(answer__interview__in=blind)
    copies = list(_copies(participant, quotations, _traces(participant, quotations, open_own)))
    copied = {key for model, key, _ in copies if model is Finding}
    return Going(
        own=tuple(_said(row, blind) for row in own),
        groups=tuple(_said(row, blind) for row in groups),
        rounds=tuple(_second_codings(own)),
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
    _check_no_import(participant.evaluation)
    interviews = Interview.objects.select_for_update(of=("self",)).order_by("pk")
    list(interviews.filter(participants=participant))
    current = locked(participant)
    if current.withdrawn_on:
        raise NotAllowedNow(f"{current} withdrew already.")
    own, groups = _interviews_of(current)
    _check_decided(groups, decisions)
    emptied = own + [row for row in groups if decisions[row.pk] == GroupDecision.DELETE]
    kept = [row for row in groups if row not in emptied]
    quotations = _going_quotations(current, emptied)
    traces = _traces(current, quotations, emptied)
    _lock_around(current, quotations, traces)
    _check_taken_out(quotations, kept)
    changed = _evidence_of(quotations)
    short = _short_runs(current.evaluation, quotations)
    quotations.delete()
    for interview in emptied:
        _empty(interview, by)
    for interview in kept:
        _forget_versions(interview, by)
    _delete_about(current)
    _strike(current.evaluation, traces, short, changed)
    _note(changed, by)
    _close(current, by)


def _lock_around(participant, quotations, traces):
    """Lock the findings and recommendations that change, then the quotations (``locks`` has the order)."""
    copies = list(_copies(participant, quotations, traces))
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


def _said(interview, blind):
    if interview.pk in blind:
        return Said(interview)
    texts = [text for text in interview.answers.values_list("text", flat=True) if text]
    return Said(
        interview=interview,
        answers=len(texts),
        words=sum(len(text.split()) for text in texts),
        quotations=Quotation.objects.filter(answer__interview=interview).count(),
    )


def _left_without_evidence(quotations):
    """Return the findings whose evidence is these quotations and nothing else."""
    going = set(quotations.values_list("pk", flat=True))
    linked = FindingQuotation.objects.filter(quotation__in=quotations.values("pk")).values("finding")
    links = FindingQuotation.objects.filter(finding__in=linked, quotation__removed_at__isnull=True)
    staying = {finding for finding, key in links.values_list("finding", "quotation") if key not in going}
    return [
        row
        for row in Finding.objects.filter(pk__in=linked, source__isnull=True, removed_at__isnull=True)
        if row.pk not in staying
    ]


def _traces(participant, quotations, emptied):
    """Return the ``Traces`` of what goes: the quotations and the answers, with what they once were."""
    passages = set()
    for rows in (
        quotations,
        _versions_of(quotations),
        Answer.objects.filter(interview__in=emptied),
        AnswerVersion.objects.filter(answer__interview__in=emptied),
    ):
        passages.update(rows.values_list("text", flat=True).iterator())
    return Traces(passages, names=_names_around(participant), coded=_coded_fields())


def _versions_of(quotations):
    return QuotationVersion.objects.filter(quotation__in=quotations.values("pk"))


def _names_around(participant):
    """Yield what everybody calls the programme, its parts and who is concerned."""
    evaluation = participant.evaluation
    yield from (evaluation.title, evaluation.programme, evaluation.report_title)
    others = Participant.objects.filter(evaluation=evaluation).exclude(pk=participant.pk)
    yield from others.values_list("organisation", flat=True)
    for model in (Strand, Owner):
        yield from model.objects.filter(evaluation=evaluation).values_list("name", flat=True)


def _coded_fields():
    """Return the names of the fields that hold one of a list, as JSON holds them too."""
    found = apps.get_app_config("evaluations").get_models()
    return {field.name for model in found for field in model._meta.concrete_fields if field.choices}


def _short_runs(evaluation, quotations):
    """Return the quotations too short to tell a copy by, by the record that they are evidence for.

    A record is (its model's name, its number); findings that once rested on them, or were worked on in one
    step with one that did, are among them.
    """
    by_quotation, by_record = defaultdict(set), defaultdict(set)
    texts = list(quotations.values_list("pk", "text"))
    texts += _versions_of(quotations).values_list("quotation", "text")
    for key, words in ((key, words_of(text)) for key, text in texts):
        if 0 < len(words) < RUN:
            by_quotation[key].add(words)
    for model, name in (
        (FindingQuotation, "finding"),
        (RecommendationQuotation, "recommendation"),
        (ReflectionQuotation, "point"),
    ):
        kind = model._meta.get_field(name).related_model._meta.model_name
        links = model.objects.filter(quotation__in=quotations.values("pk"))
        for number, key in links.values_list(name, "quotation"):
            by_record[kind, number] |= by_quotation.get(key, set())
    points = ReflectionPoint.objects.filter(evaluation=evaluation).values_list("pk", "reflection")
    for point, reflection in points:
        by_record["reflection", reflection] |= by_record.get(("reflectionpoint", point), set())
    _follow_steps(evaluation, by_quotation, by_record)
    return by_record


def _follow_steps(evaluation, by_quotation, by_record):
    """Add the findings that were worked on in one step with one that rested on a short quotation."""
    changes = FindingChange.objects.filter(evaluation=evaluation).order_by("pk")
    for before, after in changes.values_list("before", "after").iterator():
        states = [state for state in (*before.values(), *after.values()) if state]
        noted = {key for state in states for key, _ in state["quotations"]}
        findings = [("finding", int(key)) for key in after]
        runs = set().union(*(by_quotation.get(key, ()) for key in noted))
        runs = runs.union(*(by_record.get(finding, ()) for finding in findings))
        for finding in findings if runs else ():
            by_record[finding] |= runs


def _check_decided(groups, decisions):
    missing = [row.code for row in groups if decisions.get(row.pk) not in GroupDecision.values]
    if missing:
        raise NotAllowedNow(f"Decide what becomes of {', '.join(missing)}, where others spoke too.")


def _check_no_import(evaluation):
    """Raise NotAllowedNow while an import runs; lock all others, so that none begins before this is done."""
    jobs = Job.objects.filter(evaluation=evaluation)
    if jobs.filter(heard_of(), state=JobState.RUNNING).exists():
        raise NotAllowedNow("An import is running. Wait until it has finished, then withdraw them.")
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
    """The keys of findings and recommendations that lose evidence or words; ``drafts`` become drafts."""

    findings: set
    drafts: set
    recommendations: set


def _evidence_of(quotations):
    return _Changed(
        findings=set(Finding.objects.filter(quotations__in=quotations).values_list("pk", flat=True)),
        drafts={row.pk for row in _left_without_evidence(quotations)},
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


def _strike(evaluation, traces, short, changed):
    """Strike copies of the words out of every text of an evaluation; adds to what ``changed``."""
    for model, key, texts in list(_found(evaluation, traces, short)):
        # The version of an answer is that of its text, which is not struck.
        has_version = issubclass(model, (EditableRecord, Evaluation)) and model is not Answer
        more = {"version": F("version") + 1} if has_version else {}
        model._base_manager.filter(pk=key).update(**texts, **more)
        if model is Finding:
            changed.findings.add(key)
            changed.drafts.add(key)
        if model is Recommendation:
            changed.recommendations.add(key)


def _copies(participant, quotations, traces):
    """Yield as ``_found`` does, with what these quotations are evidence for."""
    evaluation = participant.evaluation
    return _found(evaluation, traces, _short_runs(evaluation, quotations))


def _found(evaluation, traces, short):
    """Yield (model, key, {field: the text without the words}) for every row that holds a copy of them."""
    for model in apps.get_app_config("evaluations").get_models():
        names = _texts_of(model)
        told_by = ("id",) if issubclass(model, HistoricalChanges) else TOLD_BY.get(model, ())
        rows = _rows_of(model, evaluation).values("pk", *names, *told_by).iterator() if names else ()
        for row in rows:
            runs = set().union(*(short.get(about, ()) for about in _records_of(model, row)))
            struck = {name: traces.strike(row[name], runs) for name in names}
            struck = {
                name: _fit(model, row, name, text) for name, text in struck.items() if text != row[name]
            }
            if struck:
                yield model, row["pk"], struck


def _records_of(model, row):
    """Return the records that a row is about, each as (its model's name, its number)."""
    if model is FindingChange:
        return [("finding", int(key)) for key in row["after"]]
    if model is ConflictingEdit:
        return [(row["record_type"], row["record_id"])]
    if issubclass(model, HistoricalChanges):
        return [(model.instance_type._meta.model_name, row["id"])]
    return [(model._meta.model_name, row["pk"])]


def _texts_of(model):
    """Return the names of the fields in which people write freely."""
    if model in NOT_COPIES or not (model is Evaluation or hasattr(model, "evaluation")):
        return []
    closed = NAMES | NOT_SEARCHED.get(model, set())
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not isinstance(field, models.SlugField | models.URLField | models.EmailField | EncryptedTextField)
        and not field.choices
        and field.name not in closed
    ]


def _rows_of(model, evaluation):
    rows = model._base_manager.order_by("pk")
    return rows.filter(pk=evaluation.pk) if model is Evaluation else rows.filter(evaluation=evaluation)


def _fit(model, row, name, value):
    """Return a text as its field takes it; titles of sources differ from each other."""
    if model is Source and name == "title":
        value = f"{value} {row['pk']}"
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

"""Where what is to go stands in whatever people wrote in an evaluation (``leaving`` finds and strikes it)."""

import re
from collections import defaultdict
from functools import partial
from urllib.parse import unquote

from django.apps import apps
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalChanges

from evaluations.models import (
    Action,
    Answer,
    AnswerVersion,
    AuditEvent,
    ComparisonReading,
    ConflictingEdit,
    DueDateChange,
    EncryptedTextField,
    Evaluation,
    FindingChange,
    FindingComment,
    FindingQuotation,
    FindingShare,
    HeldFile,
    Job,
    Owner,
    Participant,
    ParticipantIdentity,
    ProgressUpdate,
    PublishedVersion,
    Quotation,
    QuotationVersion,
    RecommendationQuotation,
    ReflectionPoint,
    ReflectionQuotation,
    Source,
    Strand,
    TrackerChange,
    Weighing,
    WorkshopResult,
)
from evaluations.traces import RUN, STRUCK, Traces, change_each, words_of

# What others said word for word, what goes as a whole, and what is amended block by block (``amendments``):
# copies are not looked for there.
NOT_COPIES = (
    *(AnswerVersion, Quotation, QuotationVersion, AuditEvent, HeldFile, Job, ParticipantIdentity),
    PublishedVersion,
)
# Fields that hold what others said, a name, or what only the program reads.
NOT_SEARCHED = {
    Answer: {"text"},
    ComparisonReading: {"compared"},
    Evaluation: {"title", "programme", "programme_short", "phase", "report_title", "evaluators"},
}
LINK = re.compile(r"\w+://\S+")
NAMES = {"name", "organisation", "code", "ref", "record_type", "token_hash", "sha256", "basis"}
# What else is read of a row to tell which record it is about.
TOLD_BY = {
    ConflictingEdit: ("record_type", "record_id"),
    **dict.fromkeys((FindingComment, FindingShare, Weighing, WorkshopResult), ("finding",)),
}


def traces_of(participant, quotations, emptied, kept=()):
    """Return the ``Traces`` of what goes: the quotations and the answers, with what they once were.

    Of the answers of the interviews that are ``kept`` it is what was taken out of them by hand, and stands in
    no answer that stays and in no quotation of somebody else: text that was moved is not theirs.
    """
    passages = set()
    for rows in (
        quotations,
        _versions_of(quotations),
        Answer.objects.filter(interview__in=emptied),
        AnswerVersion.objects.filter(answer__interview__in=emptied),
    ):
        passages.update(rows.values_list("text", flat=True).iterator())
    earlier = AnswerVersion.objects.filter(answer__interview__in=kept)
    taken_out = earlier.values_list("text", "answer__text").iterator()
    of_others = Q(speaker__isnull=False) | Q(source__isnull=False)
    others = (
        Answer.objects.filter(evaluation=participant.evaluation).exclude(interview__in=emptied),
        Quotation.objects.filter(of_others, evaluation=participant.evaluation).exclude(speaker=participant),
    )
    staying = (text for rows in others for text in rows.values_list("text", flat=True).iterator())
    return Traces(passages, names=_names_around(participant), taken_out=taken_out, staying=staying)


def short_runs(evaluation, quotations):
    """Return the quotations too short to tell a copy by, by the record that they are evidence for.

    A record is (its model's name, its number); findings that once rested on them, or were worked on in one
    step with one that did, are among them, and what was written on how a recommendation moves.
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
    for model in (Action, DueDateChange, ProgressUpdate):
        kind, rows = model._meta.model_name, model.objects.filter(evaluation=evaluation)
        for number, key in rows.values_list("pk", "recommendation"):
            by_record[kind, number] |= by_record.get(("recommendation", key), set())
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


def find_copies(evaluation, leaving):
    """Yield (model, key, {field: the text without what is theirs}) for every row that holds something of it.

    ``leaving`` is the ``Leaving`` of who withdraws.
    """
    coded = _coded_fields()
    for model in apps.get_app_config("evaluations").get_models():
        names = texts_of(model)
        told_by = ("id",) if issubclass(model, HistoricalChanges) else TOLD_BY.get(model, ())
        rows = _rows_of(model, evaluation).values("pk", *names, *told_by).iterator() if names else ()
        for row in rows:
            strike = partial(_strike, leaving, _records_of(model, row))
            struck = {name: change_each(row[name], strike, coded=coded) for name in names}
            struck = {
                name: _fit(model, row, name, text) for name, text in struck.items() if text != row[name]
            }
            if struck:
                yield model, row["pk"], struck


def _strike(leaving, records, text):
    """Return a text without what is theirs; a link goes as a whole."""
    if not LINK.fullmatch(text):
        return leaving.strike(text, records)
    plain = unquote(text)
    return text if leaving.strike(plain, records) == plain else STRUCK


def _records_of(model, row):
    """Return the records that a row is about, each as (its model's name, its number)."""
    if model is FindingChange:
        return [("finding", int(key)) for key in row["after"]]
    if model is TrackerChange:
        return [("recommendation", int(key)) for key in row["after"]]
    if model is ConflictingEdit:
        return [(row["record_type"], row["record_id"])]
    if "finding" in row:
        return [("finding", row["finding"])]
    if issubclass(model, HistoricalChanges):
        return [(model.instance_type._meta.model_name, row["id"])]
    return [(model._meta.model_name, row["pk"])]


def texts_of(model):
    """Return the names of the fields in which people write freely."""
    if model in NOT_COPIES or not (model is Evaluation or hasattr(model, "evaluation")):
        return []
    closed = NAMES | NOT_SEARCHED.get(model, set())
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not isinstance(field, models.SlugField | models.EmailField | EncryptedTextField)
        and not field.choices
        and field.name not in closed
    ]


def _rows_of(model, evaluation):
    """Return the rows of an evaluation, and what later rounds signed of comparisons: those may be with it."""
    rows = model._base_manager.order_by("pk")
    if model is Evaluation:
        return rows.filter(pk=evaluation.pk)
    wanted = Q(evaluation=evaluation)
    if model is ComparisonReading:
        wanted |= Q(evaluation__in=_later_rounds(evaluation))
    if model is ConflictingEdit:
        wanted |= Q(evaluation__in=_later_rounds(evaluation), record_type="comparisonreading")
    return rows.filter(wanted)


def _later_rounds(evaluation):
    """Return the numbers of the evaluations that follow this one, directly or not."""
    found, last = set(), {evaluation.pk}
    while last:
        after = Evaluation.objects.filter(follows__in=last).values_list("pk", flat=True)
        last = set(after) - found - {evaluation.pk}
        found |= last
    return found


def _fit(model, row, name, value):
    """Return a text as its field takes it: a link is one or nothing, titles of sources differ."""
    field = model._meta.get_field(name)
    if isinstance(field, models.URLField):
        return ""
    if model is Source and name == "title":
        value = f"{value} {row['pk']}"
    return value[: field.max_length] if isinstance(value, str) else value

"""Publishing the report: asking for it, the version with its files, and files made of the draft.

Who asks for work on the report holds the evaluation, as a withdrawal does before anything else: so a piece of
such work is either there for the withdrawal to find, or begins when that is over.
"""

import hashlib
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from evaluations.models import Evaluation, Job, JobKind, JobState, PublishedVersion, ReportFile, Verb

from .audit import record
from .errors import NotAllowedNow
from .jobs import AT_WORK, finish_job, hold_claim
from .versions import refusing_duplicates


def hold_report(evaluation):
    """Wait for others who begin work on the report or withdraw somebody, until the transaction ends.

    Rows of the evaluation can be added meanwhile.
    """
    list(Evaluation.objects.select_for_update(no_key=True).filter(pk=evaluation.pk))


def start_publishing(*, evaluation, note, by):
    """Let the next free worker publish the report, and return the ``Job``.

    ``note`` says what is new in the version. Raises NotAllowedNow while somebody else publishes.
    """
    with transaction.atomic():
        hold_report(evaluation)
        jobs = Job.objects.filter(evaluation=evaluation, kind=JobKind.PUBLISH, state__in=AT_WORK)
        if jobs.exists():
            raise NotAllowedNow("The report is being published already. Wait until that has finished.")
        return _start(evaluation, JobKind.PUBLISH, {"note": note}, by)


@transaction.atomic
def start_draft(*, evaluation, document, format, by):
    """Let the next free worker make a file of a draft document, and return the ``Job``."""
    hold_report(evaluation)
    return _start(evaluation, JobKind.EXPORT, {"document": document, "format": format}, by)


@transaction.atomic
def publish(*, job, number, documents, files):
    """Save a published version as its ``job`` asked for it, finish the job, and return the version.

    ``documents`` are as ``report.blocks`` writes them, by ``DocumentKind``; ``files`` are
    ``(DocumentKind, FileFormat, File)``. Raises ClaimLost; NotAllowedNow when ``number`` is no longer the
    next one, because it is printed in all of them.
    """
    job = hold_claim(job=job)
    if number != next_number(PublishedVersion.objects.filter(evaluation=job.evaluation)):
        raise NotAllowedNow("Another version was published meanwhile, so nothing was. Publish again.")
    with refusing_duplicates():
        version = PublishedVersion.objects.create(
            evaluation=job.evaluation,
            number=number,
            title=documents["report"]["title"],
            note=job.order["note"],
            documents=documents,
            published_on=date.fromisoformat(documents["report"]["day"]),
            published_at=timezone.now(),
            by=job.by,
        )
    for document, format, file in files:
        _keep_file(file, evaluation=job.evaluation, version=version, document=document, format=format)
    record(by=job.by, evaluation=job.evaluation, verb=Verb.PUBLISHED, subject=f"report version {number}")
    finish_job(job=job, result={"version": number})
    return version


@transaction.atomic
def keep_draft(*, job, file):
    """Keep the file of a draft that a ``job`` made, finish the job, and return the row. Raises ClaimLost."""
    job = hold_claim(job=job)
    row = _keep_file(file, evaluation=job.evaluation, job=job, **job.order)
    finish_job(job=job, result={"name": file.name})
    return row


def next_number(versions):
    """Return the number that the next of an evaluation's published versions gets."""
    return (versions.aggregate(last=Max("number"))["last"] or 0) + 1


def sha256(content):
    """Return the checksum of a file's content as ``ReportFile`` holds it."""
    return hashlib.sha256(content).hexdigest()


def _start(evaluation, kind, order, by):
    return Job.objects.create(
        evaluation=evaluation,
        kind=kind,
        state=JobState.WAITING,
        order=order,
        by=by,
        seen_at=timezone.now(),  # since then it has waited
    )


def _keep_file(file, **fields):
    size, checksum = len(file.content), sha256(file.content)
    return ReportFile.objects.create(
        name=file.name, content=file.content, size=size, sha256=checksum, **fields
    )

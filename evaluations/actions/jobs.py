"""Writing long work: a file that is held, what to do with it, how far that is, and clearing up."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from evaluations.models import HeldFile, Job, JobKind, JobState, ReportFile

from .errors import ClaimLost, NotAllowedNow

KEPT_FOR = timedelta(days=7)
# A worker says often enough that it lives. One that has not for this long is taken to be gone, its job free.
GIVEN_UP_AFTER = timedelta(minutes=2)
# So often a job is taken up without an end. Then it may be what kills its workers, and others have to go on.
MOST_ATTEMPTS = 3
NEVER_ENDED = (
    "This was begun three times and broke off each time without saying why. It may be too much for this "
    "server: tell whoever runs Waterline."
)
LONGEST_NAME = 200
AT_WORK = (JobState.WAITING, JobState.RUNNING)


@transaction.atomic
def hold_file(*, evaluation, name, content, order, by):
    """Keep a file that somebody sent and return the draft ``Job`` of importing it; ``order`` says how.

    The name is only ever shown: what cannot be printed is left out of it.
    """
    shown = "".join(letter for letter in name if letter.isprintable())[:LONGEST_NAME]
    file = HeldFile.objects.create(evaluation=evaluation, name=shown, content=content, by=by)
    return Job.objects.create(evaluation=evaluation, kind=JobKind.IMPORT, file=file, order=order, by=by)


@transaction.atomic
def save_order(*, job, order, by):
    """Save how a file is to be imported and return the job. Raises NotAllowedNow once it has begun."""
    job = _not_begun(job)
    job.order, job.by = order, by
    job.save(update_fields=["order", "by"])
    return job


@transaction.atomic
def start_job(*, job, by):
    """Let the next free worker take a job, and return it. Raises NotAllowedNow once it has begun."""
    job = _not_begun(job)
    job.state, job.by, job.result, job.step = JobState.WAITING, by, {}, ""
    job.done = job.total = 0
    job.finished_at = None
    job.seen_at = timezone.now()  # since then it has waited
    job.save()
    return job


@transaction.atomic
def discard_job(*, job):
    """Delete a job that has not begun, and its file. Raises NotAllowedNow once it has begun."""
    job = _not_begun(job)
    file = job.file
    job.delete()
    file.delete()


@transaction.atomic
def claim_job():
    """Return the job that has waited longest, running from now on; None when there is none.

    One whose worker has not been heard of is taken up again: what it began was never saved, and cannot be
    any more (``hold_claim``). After ``MOST_ATTEMPTS`` it is marked as stopped instead, and the next one is
    taken. One that is being written just now is locked, and passed over.
    """
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING) & ~heard_of()
    if not Job.objects.filter(free).exists():
        return None
    waiting = Job.objects.select_for_update(skip_locked=True).filter(free).order_by("created_at", "pk")
    while (job := waiting.first()) and _never_ends(job):
        fail_job(job=job, message=NEVER_ENDED)
    if job:
        job.state, job.seen_at = JobState.RUNNING, Now()
        job.attempt += 1
        job.save(update_fields=["state", "seen_at", "attempt"])
        job.refresh_from_db(fields=["seen_at"])
    return job


def heard_of():
    """Return the condition under which a running job's worker is taken to be alive.

    The time is the database's, so that no process whose clock is wrong takes a job from another one. A worker
    that was heard of in the future was heard of before the clock was put back: that says nothing.
    """
    return Q(seen_at__gt=Now() - GIVEN_UP_AFTER, seen_at__lt=Now() + GIVEN_UP_AFTER)


def report(*, job, step, done=0, total=0):
    """Say how far a running job is. Raises ClaimLost when it was deleted or taken up again meanwhile."""
    now = {"step": step, "done": done, "total": total, "seen_at": Now()}
    if not _as_held(job).update(**now):
        raise ClaimLost


def say_alive(*, job):
    """Say that whoever holds a job is still at work on it; return whether they still hold it."""
    return bool(_as_held(job).update(seen_at=Now()))


def hold_claim(*, job):
    """Lock a job as whoever calls this holds it, until the transaction ends, and return it.

    For the transaction that writes what the job is for, before any other lock. Raises ClaimLost when it was
    deleted, or ended or taken up by another worker since it was given out.
    """
    found = _as_held(job).select_for_update(of=("self",)).first()
    if found is None:
        raise ClaimLost
    return found


@transaction.atomic
def finish_job(*, job, result):
    """Mark a job done with its ``result``, delete its file, and return it. Raises as ``hold_claim`` does."""
    job = hold_claim(job=job)
    file = job.file
    job.state, job.result, job.file, job.step = JobState.DONE, result, None, ""
    job.finished_at = timezone.now()
    job.save()
    if file:
        file.delete()
    return job


def fail_job(*, job, message):
    """Mark a job stopped, with a sentence that holds no words of the file; the file stays, to try again.

    One that another worker took up since goes on.
    """
    _as_held(job).update(
        state=JobState.FAILED, result={"message": message}, step="", finished_at=timezone.now()
    )


@transaction.atomic
def clear_up():
    """Delete files kept for longer than ``KEPT_FOR``: those sent that no worker is busy with, and drafts.

    Jobs that never began go with their file.
    """
    before = timezone.now() - KEPT_FOR
    busy = Job.objects.filter(state__in=AT_WORK, file__isnull=False)
    old = HeldFile.objects.filter(at__lt=before).exclude(pk__in=busy.values("file"))
    Job.objects.filter(file__in=old, state=JobState.FAILED).update(file=None)
    old.delete()
    ReportFile.objects.filter(job__isnull=False, at__lt=before).delete()


def _never_ends(job):
    """Say whether a job broke off for the third time; one that somebody starts again has three more."""
    return job.state == JobState.RUNNING and job.attempt % MOST_ATTEMPTS == 0


def _as_held(job):
    """Return the row of a job, unless it was deleted, ended or taken up by somebody else since."""
    return Job.objects.filter(pk=job.pk, state=job.state, attempt=job.attempt)


def _not_begun(job):
    found = Job.objects.select_for_update(of=("self",)).filter(pk=job.pk).first()
    if found is None:
        raise NotAllowedNow("This import was deleted.")
    if found.state not in (JobState.DRAFT, JobState.FAILED) or found.file_id is None:
        raise NotAllowedNow("This import has begun already.")
    return found

"""Writing long work: a file that is held, what to do with it, how far that is, and clearing up."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from evaluations.models import HeldFile, Job, JobKind, JobState

from .errors import NotAllowedNow

KEPT_FOR = timedelta(days=7)
# A worker says this often enough that it lives; one that has not is taken to be gone, and its job is free.
GIVEN_UP_AFTER = timedelta(minutes=2)
LONGEST_NAME = 200


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

    One whose worker has not been heard of is taken up again: what it began was never saved.
    """
    gone = timezone.now() - GIVEN_UP_AFTER
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, seen_at__lt=gone)
    if not Job.objects.filter(free).exists():
        return None
    job = Job.objects.select_for_update(skip_locked=True).filter(free).order_by("created_at", "pk").first()
    if job:
        job.state, job.seen_at = JobState.RUNNING, timezone.now()
        job.save(update_fields=["state", "seen_at"])
    return job


def report(*, job, step, done=0, total=0):
    """Say how far a running job is. Raises NotAllowedNow when it was deleted meanwhile."""
    now = {"step": step, "done": done, "total": total, "seen_at": timezone.now()}
    if not Job.objects.filter(pk=job.pk).update(**now):
        raise NotAllowedNow("This import was deleted.")


@transaction.atomic
def finish_job(*, job, result):
    """Mark a job done with its ``result``, delete its file, and return it. Raises NotAllowedNow for none."""
    job = _locked(job)
    file = job.file
    job.state, job.result, job.file, job.step = JobState.DONE, result, None, ""
    job.finished_at = timezone.now()
    job.save()
    if file:
        file.delete()
    return job


def fail_job(*, job, message):
    """Mark a job stopped, with a sentence that holds no words of the file; the file stays, to try again."""
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, result={"message": message}, step="", finished_at=timezone.now()
    )


@transaction.atomic
def clear_up():
    """Delete files held for longer than ``KEPT_FOR`` that no worker is busy with, and jobs never begun."""
    old = HeldFile.objects.filter(at__lt=timezone.now() - KEPT_FOR).exclude(
        pk__in=Job.objects.filter(state__in=(JobState.WAITING, JobState.RUNNING), file__isnull=False).values(
            "file"
        )
    )
    Job.objects.filter(file__in=old, state=JobState.FAILED).update(file=None)
    old.delete()


def _locked(job):
    found = Job.objects.select_for_update(of=("self",)).filter(pk=job.pk).first()
    if found is None:
        raise NotAllowedNow("This import was deleted.")
    return found


def _not_begun(job):
    job = _locked(job)
    if job.state not in (JobState.DRAFT, JobState.FAILED) or job.file_id is None:
        raise NotAllowedNow("This import has begun already.")
    return job

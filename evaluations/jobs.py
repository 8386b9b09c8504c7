"""Long work beside the requests: one worker takes one job after the other, and says how far it is.

A job is all or nothing: what a worker that was killed had begun was never saved, so another one takes it up
again. Progress is written outside of the transaction that does the work, so that pages can show it.
"""

import logging
import time
from dataclasses import dataclass, field

from django.db import close_old_connections, transaction
from django.utils import timezone

from evaluations import access
from evaluations.actions import jobs as records
from evaluations.actions.errors import ActionError
from evaluations.actions.import_plan import Plan
from evaluations.actions.imports import ImportRefused, carry_out_import, check_import
from evaluations.actions.phones import clear_workshops
from evaluations.importing.columns import SheetKind
from evaluations.importing.problems import Refused
from evaluations.importing.rows import Part, parse

logger = logging.getLogger("evaluations.jobs")

PAUSE = 1  # seconds between two looks for work
CLEAR_UP_EVERY = 60 * 60
REPORT_EVERY = 0.5

READING, CHECKING, WRITING = "Reading the file", "Comparing it with what is here", "Saving everything at once"
OUR_FAULT = (
    "Something went wrong on our side, and nothing was imported. Start it again, or tell whoever runs "
    "Waterline."
)


@dataclass
class Look:
    """What importing a file would do now: its rows, the plan, and every problem in the order of the file."""

    rows: list = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    problems: list = field(default_factory=list)


def parts_of(order):
    """Return the ``Part`` objects that a job's order holds."""
    return [
        Part(SheetKind(part["kind"]) if part["kind"] else None, part["columns"]) for part in order["parts"]
    ]


def look_at(job, *, by, tell=lambda step, done=0, total=0: None):
    """Return a ``Look`` at what importing a job's file would do if ``by`` did it; writes nothing.

    Raises Refused.
    """
    content = bytes(job.file.content)
    tell(READING)
    rows, problems = parse(content, parts_of(job.order), lambda *far: tell(READING, *far))
    tell(CHECKING, 0, len(rows))
    plan = check_import(evaluation=job.evaluation, rows=rows, by=by, tell=lambda *far: tell(CHECKING, *far))
    return Look(rows, plan, sorted([*problems, *plan.problems], key=_place))


def _place(problem):
    return problem.sheet, problem.row, len(problem.column), problem.column


def clear_due_workshops():
    """Delete first names and notes of workshops that are due now; return of how many."""
    return clear_workshops(now=timezone.now(), findings_of=access.findings_for_phone)


def work(*, once=False, stopped=lambda: False):
    """Do jobs until ``stopped()`` says so; with ``once``, until none waits."""
    cleared = None
    while not stopped():
        if cleared is None or time.monotonic() - cleared > CLEAR_UP_EVERY:
            records.clear_up()
            clear_due_workshops()
            cleared = time.monotonic()
        job = records.claim_job()
        if job:
            run(job)
        elif once:
            break
        else:
            close_old_connections()
            time.sleep(PAUSE)


def run(job):
    """Do one job that was claimed; whatever goes wrong ends in a sentence on its page.

    Nothing is written of one that another worker took up meanwhile: that one says how it ends.
    """
    try:
        _import(job)
    except ImportRefused as refused:
        number = len(refused.problems)
        message = f"{number} row{'s' * (number != 1)} cannot be brought in. Nothing was imported."
        records.fail_job(job=job, message=message)
    except (ActionError, Refused) as refused:
        records.fail_job(job=job, message=str(refused))
    except Exception:
        logger.exception("job-failed")
        records.fail_job(job=job, message=OUR_FAULT)


def _import(job):
    look = look_at(job, by=job.by, tell=_Teller(job))
    if look.problems:
        raise ImportRefused(look.problems)
    records.report(job=job, step=WRITING)
    with transaction.atomic():
        records.hold_claim(job=job)
        plan = carry_out_import(evaluation=job.evaluation, rows=look.rows, by=job.by)
        already = sum(plan.already.values())
        result = {"made": list(plan.made.items()), "new": sum(plan.new.values()), "already": already}
        records.finish_job(job=job, result=result)


class _Teller:
    """Writes down how far a job is, but not so often that it would hold up the work."""

    def __init__(self, job):
        self.job, self.step, self.at = job, "", 0.0

    def __call__(self, step, done=0, total=0):
        now = time.monotonic()
        if step != self.step or now - self.at > REPORT_EVERY:
            records.report(job=self.job, step=step, done=done, total=total)
            self.step, self.at = step, now

"""Long work beside the requests: one worker takes one job after the other, and says how far it is.

A job is all or nothing: what a worker that was killed had begun was never saved, so another one takes it up
again. So it is where the database went away meanwhile, once it is back. Progress is written outside of the
transaction that does the work, so that pages can show it.
"""

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from django.core.exceptions import PermissionDenied
from django.db import Error, close_old_connections, connection, transaction
from django.http import Http404
from django.utils import timezone

from evaluations import access
from evaluations.actions import jobs as records
from evaluations.actions.cleaning import measure_tables
from evaluations.actions.errors import ActionError, NotAllowedNow
from evaluations.actions.import_plan import Plan
from evaluations.actions.imports import ImportRefused, carry_out_import, check_import
from evaluations.actions.phones import clear_workshops
from evaluations.actions.publishing import keep_draft, next_number, publish
from evaluations.exporting.pdf import PdfUnavailable
from evaluations.exporting.report import FORMATS, report_file
from evaluations.faults import Fault, fault_of
from evaluations.importing.columns import SheetKind
from evaluations.importing.problems import Refused
from evaluations.importing.rows import Part, parse
from evaluations.models import JobKind
from evaluations.report.blocks import as_data
from evaluations.report.passages import quotes_in
from evaluations.screens.publishing import file_name, read_draft, read_publication, read_quotes
from evaluations.screens.report_check import check_note, read_check

logger = logging.getLogger("evaluations.jobs")

PAUSE = 1  # seconds between two looks for work
CLEAR_UP_EVERY = 60 * 60
REPORT_EVERY = 0.5
SAY_ALIVE_EVERY = 30  # seconds, well below ``records.GIVEN_UP_AFTER``

READING, CHECKING, WRITING = "Reading the file", "Comparing it with what is here", "Saving everything at once"
PUTTING_TOGETHER, LOOKING_THROUGH = "Putting the report together", "Checking what may not reach readers"
MAKING = "Making the files"
OUR_FAULT = "Something went wrong on our side, and {}. Start it again, or tell whoever runs Waterline."
DISK_FULL = "The server’s disk is full, so {}. Tell whoever runs Waterline, and start it again afterwards."
NOTHING = {
    JobKind.IMPORT: "nothing was imported",
    JobKind.EXPORT: "no file was made",
    JobKind.PUBLISH: "nothing was published",
}


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
    """Do jobs until ``stopped()`` says so; with ``once``, until none waits.

    A fault of the database that passes is waited out, except with ``once``.
    """
    cleared = None
    while not stopped():
        try:
            if cleared is None or time.monotonic() - cleared > CLEAR_UP_EVERY:
                records.clear_up()
                clear_due_workshops()
                measure_tables()
                cleared = time.monotonic()
            if job := records.claim_job():
                run(job)
                if job.kind == JobKind.IMPORT:
                    measure_tables()
                continue
        except Error as error:
            if once or not fault_of(error):
                raise
            logger.error(fault_of(error).event)
        if once:
            break
        close_old_connections()
        time.sleep(PAUSE)


def run(job):
    """Do one job that was claimed; whatever goes wrong ends in a sentence on its page.

    Nothing is written of one that another worker took up meanwhile: that one says how it ends. While the
    database is away, nothing can be said either: that raises on, and the job is taken up again later.
    """
    try:
        with saying_alive(job):
            WORK[job.kind](job)
    except ImportRefused as refused:
        number = len(refused.problems)
        message = f"{number} row{'s' * (number != 1)} cannot be brought in. Nothing was imported."
        records.fail_job(job=job, message=message)
    except (ActionError, PdfUnavailable, Refused) as refused:
        records.fail_job(job=job, message=str(refused))
    except Exception as error:
        fault = fault_of(error)
        logger.exception(fault.event if fault else "job-failed")
        if fault in (Fault.AWAY, Fault.BUSY):
            raise
        message = DISK_FULL if fault else OUR_FAULT
        records.fail_job(job=job, message=message.format(NOTHING[job.kind]))


@contextmanager
def saying_alive(job):
    """Say from time to time, on a thread of its own, that a job is being worked on, until the block ends.

    So a step that takes long, such as a PDF of many pages, is not taken for the end of its worker.
    """
    ended = Event()

    def keep_saying():
        while not ended.wait(SAY_ALIVE_EVERY) and _say_alive(job):
            pass

    thread = Thread(target=keep_saying, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _say_alive(job):
    """Say once that a job is being worked on, and return whether to go on saying so."""
    try:
        return records.say_alive(job=job)
    except Error:  # busy or away just now: the next time may reach it
        return True
    finally:
        connection.close()


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


def _export(job):
    """Make a file of the draft, as whoever asked for it sees it now."""
    member, tell = _writer(job), _Teller(job)
    kind, format = job.order["document"], job.order["format"]
    tell(PUTTING_TOGETHER)
    document = read_draft(member, kind)
    tell(MAKING, 0, 1)
    name = file_name(job.evaluation, kind, "draft")
    keep_draft(job=job, file=report_file(document, format, name=name))


def _publish(job):
    """Publish the report as it is now, unless something in it may not reach readers.

    That is checked before the files are made, which takes long, and of the same documents once more after it.
    """
    member, tell = _writer(job), _Teller(job)
    tell(PUTTING_TOGETHER)
    number = next_number(access.versions_for(member))
    documents = read_publication(member, number)
    tell(LOOKING_THROUGH)
    _refuse_open(member, documents, job.order["note"])
    files = list(_files(job, documents, number, tell))
    records.report(job=job, step=WRITING)
    with transaction.atomic():
        records.hold_claim(job=job)
        _hold_quotations(member, documents)
        _refuse_open(member, documents, job.order["note"])
        publish(
            job=job,
            number=number,
            documents={kind.value: as_data(document) for kind, document in documents.items()},
            files=files,
        )


def _files(job, documents, number, tell):
    """Yield each file of each document as (kind, format, file); a PDF only where this server can make one."""
    whole = [(kind, format) for kind in documents for format in FORMATS]
    for done, (kind, format) in enumerate(whole):
        tell(MAKING, done, len(whole))
        name = file_name(job.evaluation, kind, f"version-{number}")
        try:
            yield kind, format, report_file(documents[kind], format, name=name)
        except PdfUnavailable:
            continue


def _refuse_open(member, documents, note):
    """Refuse to publish documents or a note in which the check finds something to be resolved."""
    if read_check(member, documents.values(), answers=False).open or check_note(member, note):
        raise NotAllowedNow("The check found something that has to be resolved first. Nothing was published.")


def _hold_quotations(member, documents):
    """Lock the quotations that are about to be published; refuse when one reads otherwise by now."""
    printed = set().union(*map(quotes_in, documents.values()))
    numbers = {quote.quotation for quote in printed}
    rows = access.quotations_for(member, access.Audience.READERS).filter(pk__in=numbers).order_by("pk")
    list(rows.select_for_update(of=("self",)))
    if read_quotes(member, numbers) != printed:
        raise NotAllowedNow(
            "A quotation changed while the files were made. Nothing was published: try again."
        )


def _writer(job):
    """Return whoever asked for a job as a member who writes the report. Raises NotAllowedNow for others."""
    try:
        return access.evaluation_for(job.by, job.evaluation.slug, access.Ability.WRITE_REPORT)
    except (Http404, PermissionDenied):
        why = f"Whoever asked for this no longer writes the report, so {NOTHING[job.kind]}."
        raise NotAllowedNow(why) from None


WORK = {JobKind.IMPORT: _import, JobKind.EXPORT: _export, JobKind.PUBLISH: _publish}


class _Teller:
    """Writes down how far a job is, but not so often that it would hold up the work."""

    def __init__(self, job):
        self.job, self.step, self.at = job, "", 0.0

    def __call__(self, step, done=0, total=0):
        now = time.monotonic()
        if step != self.step or now - self.at > REPORT_EVERY:
            records.report(job=self.job, step=step, done=done, total=total)
            self.step, self.at = step, now

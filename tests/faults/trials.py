"""The faults themselves, each tried on a running server; the table of what came of it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from evaluations.actions.jobs import GIVEN_UP_AFTER, start_job
from evaluations.actions.publishing import start_draft, start_publishing
from evaluations.importing.columns import SheetKind
from evaluations.jobs import MAKING, WRITING
from evaluations.models import Finding, Job, JobState, PublishedVersion, ReportFile
from tests import builders, tables
from tests.base import PASSWORD
from tests.migrated import kept_file
from tests.servers import Browser, Server, wait_for

from . import uploads
from .postgresql import Host, create_database
from .scene import NEW, Row, Scene, all_write_on, judged

IMPORTED = 1_500
IMPATIENT = 5  # seconds that gunicorn waits for a client here; 60 in gunicorn.conf.py
RESTARTED = 25  # seconds in which a new process of it has started, on a busy machine as well


def try_all(small_disk=None):
    """Try all faults on the database of the settings, print the table and return the exit code."""
    make_database()
    scene = Scene()
    with tempfile.TemporaryFile("w+") as log:
        trials = (
            [full_disk] if small_disk else [gone, crowded, killed_processes, killed_jobs, half_sent, slow]
        )
        print("| fault | what was done | what people saw | what was saved | again after | |")
        print("| --- | --- | --- | --- | --- | --- |")
        rows = []
        for trial in trials:
            for row in trial(scene, log, small_disk):
                rows.append(row)
                show(row)
        log.seek(0)
        errors = log.read().count('"status": 500')
    print(f"\nErrors (status 500) in the servers' logs: {errors}")
    return int(bool(errors) or not all(row.passed for row in rows))


def show(row):
    """Print a row."""
    again = "" if row.seconds is None else f"{row.seconds:.1f} s"
    cells = [row.fault, row.done, row.seen, row.saved, again, "ok" if row.passed else "WRONG"]
    print(f"| {' | '.join(cells)} |", flush=True)


def make_database():
    """Make the tables."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        path.parent.mkdir(parents=True, exist_ok=True)
        if kept_file().exists():
            shutil.copyfile(kept_file(), path)
    else:
        create_database(os.environ["DATABASE_URL"])
    call_command("migrate", verbosity=0)


# --- The database -----------------------------------------------------------------------------------------


def gone(scene, log, disk):
    """Take the database away from people who write, and bring it back."""
    with Server(log=log) as server:
        if connection.vendor == "sqlite":
            yield _folder_gone(scene, server)
        else:
            host = Host(os.environ["DATABASE_URL"])
            for mode in ("fast", "immediate"):
                yield _stopped(scene, server, host, mode)


def _folder_gone(scene, server):
    folder = Path(connection.settings_dict["NAME"]).parent
    connection.close()
    with scene.writing(server) as writers:
        folder.rename(folder.with_name("elsewhere"))
        time.sleep(3)
        folder.with_name("elsewhere").rename(folder)
        seconds = all_write_on(writers)
    return judged("folder of the database gone", "renamed for 3 s while 2 write", writers, seconds)


def _stopped(scene, server, host, mode):
    connection.close()
    with scene.writing(server) as writers:
        host.stop(mode)
        away = server.ask("GET", "/readyz")[0], server.ask("GET", "/healthz")[0]
        time.sleep(3)
        host.start()
        seconds = all_write_on(writers)
    assert away == (503, 200), f"readyz, healthz: {away}"
    return judged("PostgreSQL away", f"stopped ({mode}) for 3 s while 2 write", writers, seconds)


def crowded(scene, log, disk):
    """Take all connections that PostgreSQL has."""
    if connection.vendor == "sqlite":
        return
    with Server(log=log) as server:
        browser = Browser()
        browser.sign_in(server, "evelyn", PASSWORD)
        held = list(Host(os.environ["DATABASE_URL"]).connections())
        during = browser.get(server, NEW).status_code
        for one in held:
            one.close()
        started = time.monotonic()
        wait_for(lambda: browser.get(server, NEW).status_code == 200)
        seconds = time.monotonic() - started
    done = f"{len(held)} connections taken by others"
    yield Row("too many connections", done, str(during), "nothing was sent", seconds, during == 503)


# --- A full disk ------------------------------------------------------------------------------------------


def full_disk(scene, log, disk):
    """Fill the database's disk while people write; make room again."""
    filler = Path(disk) / "filler"
    host = None if connection.vendor == "sqlite" else Host(os.environ["DATABASE_URL"])
    connection.close()
    with Server(log=log) as server, scene.writing(server) as writers:
        fill(filler)
        wait_for(lambda: all(len(writer.unsure) > 0 for writer in writers), 60)
        filler.unlink()
        if host and not host.answers():
            host.start()  # it had stopped itself: its supervisor starts it again
        seconds = all_write_on(writers)
    yield judged("disk full", "filled to the last byte while 2 write, then room made", writers, seconds)


def fill(path):
    """Write until there is no room at all; the little that others then take is filled as well."""
    with path.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


# --- Killed processes -------------------------------------------------------------------------------------


def killed_processes(scene, log, disk):
    """Kill the server's processes one after the other while people write."""
    with Server(log=log) as server, scene.writing(server) as writers:
        slowest = 0
        for _ in range(4):
            for process in children(server.process.pid)[:1]:
                os.kill(process, signal.SIGKILL)
            slowest = max(slowest, all_write_on(writers))
    yield judged("gunicorn's worker killed", "kill -9, four times, while 2 write", writers, slowest)


def children(process):
    """Return the processes that one started."""
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True)  # noqa: S607
    return [int(line) for line in found.stdout.split()]


def killed_jobs(scene, log, disk):
    """Kill `manage.py work` in the middle of each kind of job; another one takes it up."""
    drafts = ReportFile.objects.filter(job__isnull=False)
    yield _killed("an import", WRITING, *_begin_import(scene), _imported, log)
    draft = start_draft(evaluation=scene.evaluation, document="report", format="docx", by=scene.cast.evelyn)
    yield _killed("a draft of the report", MAKING, draft, 1, drafts.count, log)
    publishing = start_publishing(evaluation=scene.evaluation, note="", by=scene.cast.evelyn)
    yield _killed("publishing", MAKING, publishing, 1, PublishedVersion.objects.count, log)


def _killed(name, step, job, whole, count, log):
    before = count()
    with worker(log) as first:
        wait_for(Job.objects.filter(pk=job.pk, step=step).exists, 60)
        first.send_signal(signal.SIGKILL)
        first.wait()
    half = count() - before
    Job.objects.filter(pk=job.pk).update(seen_at=F("seen_at") - GIVEN_UP_AFTER - timedelta(seconds=1))
    started = time.monotonic()
    with worker(log) as second:
        wait_for(lambda: not _is_open(job), 120)
        seconds = time.monotonic() - started
        second.kill()
    job.refresh_from_db()
    made = count() - before
    passed = (half, made, job.state, job.attempt) == (0, whole, JobState.DONE, 2)
    return Row(
        f"worker killed in {name}",
        f"kill -9 at “{step}”; its two minutes pass; another worker starts",
        f"{job.get_state_display()}, attempt {job.attempt}",
        f"{half} before, {made} of {whole} after",
        seconds,
        passed,
    )


def worker(log):
    """Run `manage.py work`, and end it when the block does."""
    return _Worker([sys.executable, "manage.py", "work"], cwd=settings.BASE_DIR, stdout=log, stderr=log)


class _Worker(subprocess.Popen):
    def __exit__(self, *error):
        if self.poll() is None:
            self.kill()
        super().__exit__(*error)


def _is_open(job):
    return Job.objects.filter(pk=job.pk, state__in=(JobState.WAITING, JobState.RUNNING)).exists()


def _begin_import(scene):
    rows = [tables.finding(f"Imported finding number {number}.") for number in range(IMPORTED)]
    content = tables.comma_separated(SheetKind.FINDINGS, rows)
    columns = {name: place for place, name in enumerate(("strand", "kind", "condition", "text"))}
    job = builders.import_job(
        scene.evaluation, content, order={"parts": [{"kind": "findings", "columns": columns}]}
    )
    return start_job(job=job, by=scene.cast.evelyn), IMPORTED


def _imported():
    return Finding.objects.filter(text__startswith="Imported").count()


# --- Clients ----------------------------------------------------------------------------------------------


def half_sent(scene, log, disk):
    """Send forms that break off in every way."""
    fields = {"kind": "barrier", "condition": "power", "strand": scene.strand.pk, "lasting": "not_judged"}
    fields |= {"scope": "", "status": "draft", "text": "Half of this is not what anybody meant."}
    with Server(log=log) as server:
        client = uploads.Client(server, "evelyn", PASSWORD)
        statuses = uploads.broken_off(client, NEW, fields)
        started = time.monotonic()
        after = client.browser.get(server, NEW).status_code
        seconds = time.monotonic() - started
    half = Finding.objects.filter(text__startswith="Half").count()
    seen = ", ".join(sorted({"no answer" if status is None else str(status) for status in statuses.values()}))
    passed = not half and set(statuses.values()) <= {400, None} and after == 200
    yield Row("half of a form", f"broken off in {len(statuses)} ways", seen, f"{half} saved", seconds, passed)


def slow(scene, log, disk):
    """Send forms a byte a second, to as many processes as there are, and time somebody else."""
    arguments = {"GUNICORN_CMD_ARGS": f"--timeout {IMPATIENT}"}
    for count, most in ((1, IMPATIENT), (2, IMPATIENT + RESTARTED)):
        with Server(log=log, environment=arguments) as server:
            clients = [uploads.Client(server, "evelyn", PASSWORD) for _ in range(count)]
            lines = [client.dribble(NEW, 10_000) for client in clients]
            time.sleep(0.5)
            started = time.monotonic()
            status = _patient_get(server)
            seconds = time.monotonic() - started
            for line in lines:
                line.close()
        done = f"{count} of 2 processes get a byte a second; gunicorn's patience {IMPATIENT} s"
        passed = status == 200 and seconds < most
        yield Row("a slow client", done, f"others: {status}", "nothing", seconds, passed)


def _patient_get(server):
    browser = Browser()
    while True:
        try:
            return browser.get(server, "/accounts/login/").status_code
        except (URLError, OSError):
            time.sleep(0.1)

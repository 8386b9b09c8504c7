"""What a file that one person waits for costs another person's pages: pairs of runs, one after the other."""

import os
import signal
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.conf import settings

from evaluations.actions.publishing import start_draft
from evaluations.models import Job, JobState
from tests.base import signed_in
from tests.servers import Server

RUNS, ALONE = 5, 40  # ALONE: requests of a run in which nothing else is done
PATIENCE = 300  # seconds for one file
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings", "DATABASE_URL": os.environ["DATABASE_URL"]}
TAGUETTE = "Taguette 1.5.2: another person's list waits 7.9 s at 10,000 and 46 s at 100,000"


def report(evaluation, user):
    """Print how another person's list fares while a workbook is made, and while the worker makes a report."""
    with Server(environment=SETTINGS) as server, _worker():
        reader = _Asker(server, user)
        for what, make in (
            ("xlsx of everything, in a request", lambda: _workbook(server, evaluation, user)),
            ("the report as docx, by the worker", lambda: _draft(evaluation, user)),
        ):
            _pairs(what, reader, f"/e/{evaluation.slug}/findings/", make, evaluation)
    print(TAGUETTE)


def _pairs(what, reader, address, make, evaluation):
    print(f"\n{evaluation.title}: the list of findings in ms while somebody else has {what}")
    print(f"{'run':>4}{'alone':>8}{'meanwhile':>11}{'longest':>9}{'ratio':>7}{'the file':>10}")
    reader.seconds(address)
    make()  # the first one loads programs
    ratios = []
    for run in range(1, RUNS + 1):
        alone = statistics.median(reader.seconds(address) for _ in range(ALONE))
        times, took = _during(reader, address, make)
        ratios.append(statistics.median(times) / alone)
        meanwhile, longest = (1000 * value for value in (statistics.median(times), max(times)))
        print(
            f"{run:>4}{alone * 1000:>8.0f}{meanwhile:>11.0f}{longest:>9.0f}{ratios[-1]:>7.2f}{took:>9.1f}s",
            flush=True,
        )
    print(f"Median ratio {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


def _during(reader, address, make):
    """Return the times of the requests made while ``make`` runs, and how long it took. Raises as it does."""
    started = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(make)
        times = [reader.seconds(address)]
        while not made.done():
            times.append(reader.seconds(address))
        made.result()
    return times, time.monotonic() - started


class _Asker:
    """Somebody signed in who asks a server for pages."""

    def __init__(self, server, user):
        session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        self.server, self.headers = server, {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}

    def seconds(self, address):
        """Return how long one request took."""
        started = time.perf_counter()
        status, _ = self.server.ask("GET", address, headers=self.headers, patience=PATIENCE)
        if status != 200:
            raise RuntimeError(f"{address} answered {status}")
        return time.perf_counter() - started


def _workbook(server, evaluation, user):
    _Asker(server, user).seconds(f"/e/{evaluation.slug}/findings/export/xlsx/")


def _draft(evaluation, user):
    """Let the worker make the report, and wait for it."""
    job = start_draft(evaluation=evaluation, document="report", format="docx", by=user)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        state = Job.objects.values_list("state", flat=True).get(pk=job.pk)
        if state == JobState.DONE:
            return
        if state == JobState.FAILED:
            raise RuntimeError("the report could not be made")
        time.sleep(0.1)
    raise RuntimeError("the report was not made in time")


@contextmanager
def _worker():
    """Run the worker until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "work"],
        cwd=settings.BASE_DIR,
        env=os.environ | SETTINGS,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()

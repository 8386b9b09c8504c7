"""What the export of a 60-page report costs other people's pages, as a ratio measured in one run.

    python -m tests.benchmarks.report_export

Makes a database of its own (the one that DATABASE_URL names, or a temporary SQLite file), starts the
application on gunicorn and the worker beside it as in production, and asks for a page again and again: while
nothing else is done, and while the worker makes the report as PDF; five such pairs, one after the other.
Prints the medians of each run, their ratio, and the spread of the ratios. It judges nothing.
"""

import os
import signal
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from io import BytesIO

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.test.utils import get_runner, setup_test_environment  # noqa: E402
from pypdf import PdfReader  # noqa: E402

from evaluations.actions.publishing import start_draft  # noqa: E402
from evaluations.conditions import Condition, Kind  # noqa: E402
from evaluations.models import Finding, FindingStatus, Job, JobState, ReportFile  # noqa: E402
from tests import builders  # noqa: E402
from tests.base import person, signed_in  # noqa: E402
from tests.machine import free_port  # noqa: E402
from tests.test_killed_server import database_url  # noqa: E402

FINDINGS, RUNS, ALONE = 2_700, 5, 60  # ALONE: requests of a run in which nothing else is done
PAGE = "/e/long/matrix/a/"
PATIENCE = 300  # seconds for one export
SENTENCE = "Trust between families and services grew where the same people stayed long enough to be known."


def fill(user):
    """Make an evaluation whose report has about sixty pages, with ``user`` as its evaluator."""
    evaluation = builders.evaluation(slug="long", title="A long report")
    builders.member(evaluation, user, "evaluator")
    strand = builders.strand(evaluation, slug="a", name="A strand")
    cells = [(kind, condition) for kind in Kind for condition in Condition]
    Finding.objects.bulk_create(
        Finding(
            evaluation=evaluation,
            strand=strand,
            kind=cells[n % len(cells)][0],
            condition=cells[n % len(cells)][1],
            text=f"{n}. {SENTENCE}",
            status=FindingStatus.READY,
            position=n,
        )
        for n in range(FINDINGS)
    )
    return evaluation


@contextmanager
def running(*command):
    """Run a program of the project on the database of this run until the end of the block."""
    environment = os.environ | {"DATABASE_URL": database_url()}
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


class Reader:
    """Somebody who reads a page again and again over one connection."""

    def __init__(self, port, user):
        self.port = port
        session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}

    def seconds(self):
        """Return how long one request took."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=60)
        started = time.perf_counter()
        client.request("GET", PAGE, headers=self.headers)
        response = client.getresponse()
        response.read()
        took = time.perf_counter() - started
        client.close()
        if response.status != 200:
            raise RuntimeError(f"{PAGE} answered {response.status}")
        return took

    def wait(self):
        """Wait until the server answers."""
        for _ in range(200):
            try:
                return self.seconds()
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")


def during_export(reader, evaluation, user):
    """Return the times of the requests made while the worker exports, and how long that took."""
    job = start_draft(evaluation=evaluation, document="report", format="pdf", by=user)
    times, started = [], time.monotonic()
    while time.monotonic() - started < PATIENCE:
        times.append(reader.seconds())
        state = Job.objects.values_list("state", flat=True).get(pk=job.pk)
        if state == JobState.DONE:
            return times, time.monotonic() - started
        if state == JobState.FAILED:
            raise RuntimeError("the export failed")
    raise RuntimeError("the export did not end")


def measure(reader, evaluation, user):
    """Measure and print."""
    reader.wait()
    during_export(reader, evaluation, user)  # the first one loads programs
    pages = len(PdfReader(BytesIO(bytes(ReportFile.objects.first().content))).pages)
    print(f"A report of {pages} pages as PDF; {PAGE} in ms, medians")
    print(f"{'run':>4} {'alone':>8} {'exporting':>10} {'ratio':>6} {'export':>8}")
    ratios = []
    for run in range(1, RUNS + 1):
        alone = statistics.median(reader.seconds() for _ in range(ALONE))
        times, took = during_export(reader, evaluation, user)
        exporting = statistics.median(times)
        ratios.append(exporting / alone)
        print(f"{run:>4} {alone * 1000:>8.0f} {exporting * 1000:>10.0f} {ratios[-1]:>6.2f} {took:>7.1f}s")
    middle = statistics.median(ratios)
    print(f"Median ratio {middle:.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


def main():
    """Set everything up, measure, and tidy up."""
    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        user = person("measurer")
        evaluation, port = fill(user), free_port()
        server = ("-m", "gunicorn", "ssbc_eval.wsgi", "--workers", "2", "--bind", f"127.0.0.1:{port}")
        with running(*server), running("manage.py", "work"):
            measure(Reader(port, user), evaluation, user)
    finally:
        connections.close_all()
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()

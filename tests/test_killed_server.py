"""The server is killed while two evaluators write: what it acknowledged is in the database afterwards."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from threading import Event
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection

from evaluations.models import Answer, AnswerVersion

from . import builders
from .base import person, signed_in
from .machine import free_port

pytestmark = pytest.mark.django_db(transaction=True)

EACH = 100  # autosaves of each of two writers
TOKEN = "x" * 32


class Server:
    """The application on gunicorn, in processes of its own, on the database of the tests."""

    def __init__(self):
        self.port = free_port()

    def __enter__(self):
        """Start it, and wait until it answers."""
        command = ["gunicorn", "ssbc_eval.wsgi", "--workers", "2", "--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(self.answers)
        return self

    def __exit__(self, *error):
        """Kill it with its workers, without a moment to tidy up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def answers(self):
        """Say whether the server is there."""
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except (OSError, HTTPException):
            return False

    def ask(self, method, address, body=None, headers=()):
        """Return the status and the bytes of one answer; raises OSError or HTTPException without one."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            client.request(method, address, body, dict(headers))
            response = client.getresponse()
            return response.status, response.read()
        finally:
            client.close()


def database_url():
    """Return the address of the tests' own database."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    who = ":".join(quote(found[part], safe="") for part in ("USER", "PASSWORD") if found[part])
    return f"postgres://{who}@{quote(found['HOST'], safe='')}:{found['PORT']}/{found['NAME']}"


def wait_for(check, seconds=20):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


class Writer:
    """A browser's autosave: sends what was written so far, again and again until it is acknowledged."""

    def __init__(self, server, user, condition):
        self.server, self.name, self.condition = server, f"answer-{condition}-free", condition
        session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": TOKEN,
            "X-Requested-With": "fetch",
        }
        self.acknowledged, self.version, self.step, self.failures = [], 0, 0, 0

    def write(self, stop):
        """Send ``EACH`` texts, each longer than the one before, and on until the server was killed."""
        while (len(self.acknowledged) < EACH or not self.failures) and not stop.is_set():
            text = " ".join(f"{self.condition}{number}" for number in range(len(self.acknowledged) + 1))
            if self.save(text):
                self.acknowledged.append(text)

    def save(self, text):
        """Send one text; return whether it was acknowledged."""
        self.step += 1
        fields = {"condition": self.condition, self.name: text, f"version-{self.name}": self.version}
        body = urlencode(fields | {"page": self.condition, "step": self.step})
        try:
            status, answer = self.server.ask("POST", "/e/practice/interviews/I01/save/", body, self.headers)
        except (OSError, HTTPException):
            self.failures += 1
            time.sleep(0.02)
            return False
        assert status == 200, f"status {status}"
        self.version = json.loads(answer)["answers"][self.name]["version"]
        return True


def test_every_save_that_was_acknowledged_outlives_a_killed_server(cast):
    builders.interview(cast.evaluation, code="I01")
    colleague = person("nora")
    builders.member(cast.evaluation, colleague, "evaluator")
    server, stop = Server(), Event()
    writers = [Writer(server, cast.evelyn, "power"), Writer(server, colleague, "policies")]
    with ThreadPoolExecutor(2) as pool:
        try:
            with server:
                done = [pool.submit(writer.write, stop) for writer in writers]
                wait_for(
                    lambda: all(len(writer.acknowledged) > EACH // 3 for writer in writers) or failed(done)
                )
            wait_for(lambda: all(writer.failures for writer in writers) or failed(done))
            check_nothing_is_lost(writers)
            with server:
                for writing in done:
                    writing.result(timeout=30)
        finally:
            stop.set()
    assert all(len(writer.acknowledged) >= EACH for writer in writers)
    check_nothing_is_lost(writers)
    assert not AnswerVersion.objects.filter(set_aside=True).exists(), "nobody met a version of their own"


def failed(done):
    """Raise what went wrong in a writer; false while all go on."""
    return any(writing.result() for writing in done if writing.done())


def check_nothing_is_lost(writers):
    """Fail unless every acknowledged text is in the database, and the newest of each is the answer."""
    kept = set(AnswerVersion.objects.values_list("text", flat=True))
    for writer in writers:
        acknowledged = list(writer.acknowledged)
        assert kept >= set(acknowledged)
        assert Answer.objects.get(condition=writer.condition).text.startswith(acknowledged[-1])

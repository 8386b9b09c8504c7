"""The server is killed while two evaluators write: what it acknowledged is in the database afterwards."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from threading import Event
from urllib.parse import urlencode

import pytest
from django.conf import settings

from evaluations.models import Answer, AnswerVersion

from . import builders
from .base import person, signed_in
from .servers import Server, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

EACH = 100  # autosaves of each of two writers
TOKEN = "x" * 32


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

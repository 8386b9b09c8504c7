"""Fifty people who read and write at once: how long they wait, and whether all that was saved is there."""

import json
import random
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from evaluations.models import AnswerVersion, Area, Finding, GuideQuestion, Membership
from tests.base import person, signed_in
from tests.servers import Server

from .meanwhile import SETTINGS

TOKEN = "x" * 32
THINKS = (2, 6)  # seconds between two requests of one person
READ = (
    "",
    "matrix/coproduction/",
    "findings/",
    "findings/?q=trust",
    "interviews/I02/",
    "recommendations/",
    "compare/?strands=coproduction,father-inclusivity",
)
SHARED = 20  # findings that everybody edits, so that some edits meet


def report(evaluation, *, number, seconds):
    """Let so many people work for so long, print how it went, and return how many problems there were."""
    shared = list(
        Finding.objects.filter(evaluation=evaluation, removed_at__isnull=True).order_by("pk")[:SHARED]
    )
    users = [person(f"person-{n}") for n in range(number)]
    Membership.objects.bulk_create(
        Membership(evaluation=evaluation, user=user, role="evaluator") for user in users
    )
    with Server(environment=SETTINGS) as server:
        until = time.monotonic() + seconds
        everybody = [Person(n, server, user, evaluation, shared, until) for n, user in enumerate(users)]
        with ThreadPoolExecutor(number) as pool:
            list(pool.map(Person.work, everybody))
    lost = _lost(everybody)
    _show(evaluation, everybody, seconds, lost)
    return len(lost) + sum(row.counted["errors"] for row in everybody)


class Person:
    """One evaluator: reads most of the time, writes up an interview, edits findings that others edit too."""

    def __init__(self, number, server, user, evaluation, shared, until):
        self.random, self.server, self.until = random.Random(number), server, until
        self.number, self.root, self.shared = number, f"/e/{evaluation.slug}/", shared
        # Those that nobody has answered yet: the made-up answers are to activities.
        self.questions = list(GuideQuestion.objects.filter(evaluation=evaluation, area=Area.GAPS))
        session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": TOKEN,
        }
        self.times = {"read": [], "write": []}
        self.counted, self.notes, self.texts = Counter(), [], []
        self.version = self.step = 0

    def work(self):
        """Read and write until time is up."""
        connection.close()
        time.sleep(self.random.uniform(0, THINKS[0]))
        while time.monotonic() < self.until:
            chance = self.random.random()
            if chance < 0.1:
                self.edit()
            elif chance < 0.25:
                self.autosave()
            else:
                self.ask("read", "GET", self.random.choice(READ))
            time.sleep(self.random.uniform(*THINKS))

    def ask(self, what, method, path, fields=None, headers=()):
        """Send one request and return its status and text; what fails is counted."""
        started = time.perf_counter()
        body = urlencode(fields) if fields else None
        try:
            status, text = self.server.ask(
                method, self.root + path, body, self.headers | dict(headers), patience=60
            )
        except (OSError, HTTPException):
            self.counted["errors"] += 1
            return 0, ""
        self.times[what].append(time.perf_counter() - started)
        if status >= 500:
            self.counted["errors"] += 1
        return status, text.decode()

    def autosave(self):
        """Send what was written so far of one's own answer, as a page does by itself."""
        question, self.step = self.questions[self.number % len(self.questions)], self.step + 1
        condition, name = question.condition, f"answer-{question.condition}-{question.pk}"
        text = " ".join([*self.texts[-1:], f"person{self.number}step{self.step}"])
        fields = {"condition": condition, name: text, f"version-{name}": self.version}
        fields |= {"page": f"page-{self.number}", "step": self.step}
        path = f"interviews/I{self.number + 20:02d}/save/"
        status, answer = self.ask("write", "POST", path, fields, {"X-Requested-With": "fetch"})
        if status == 200:
            self.version = json.loads(answer)["answers"][name]["version"]
            self.texts.append(text)
        else:
            self.counted[f"autosave answered {status}"] += 1

    def edit(self):
        """Open a finding that others edit as well, think, and save another note; a conflict is counted."""
        finding = self.random.choice(self.shared)
        path = f"findings/{finding.pk}/edit/"
        status, page = self.ask("read", "GET", path)
        if status != 200:
            return
        time.sleep(self.random.uniform(0.5, 2))
        note = f"Note {len(self.notes)} of person {self.number}"
        fields = {
            name: getattr(finding, name)
            for name in ("kind", "condition", "text", "scope", "lasting", "holder", "status")
        }
        fields |= {"strand": finding.strand_id, "source": "", "note": note}
        fields["version"] = re.search(r'name="version" value="(\d+)"', page)[1]
        status, _ = self.ask("write", "POST", path, fields)
        if status == 302:
            self.notes.append((finding.pk, note))
        else:
            self.counted["conflicts" if status == 409 else f"edit answered {status}"] += 1


def _lost(everybody):
    """Return what was acknowledged and is not in the database."""
    said = set(Finding.history.exclude(note="").values_list("id", "note"))
    texts = set(AnswerVersion.objects.filter(text__contains="person").values_list("text", flat=True))
    lost = [note for row in everybody for note in row.notes if note not in said]
    return lost + [text for row in everybody for text in row.texts if text not in texts]


def _show(evaluation, everybody, seconds, lost):
    counted = sum((row.counted for row in everybody), Counter())
    saved = sum(len(row.notes) + len(row.texts) for row in everybody)
    print(f"\n{evaluation.title}: {len(everybody)} people for {seconds} seconds, two server processes")
    print(f"{'':8}{'requests':>9}{'a second':>10}{'median':>9}{'p95':>8}{'longest':>9}")
    for what in ("read", "write"):
        times = sorted(t for row in everybody for t in row.times[what])
        if times:
            figures = (times[len(times) // 2], times[round(0.95 * (len(times) - 1))], times[-1])
            shown = "".join(f"{1000 * value:>7.0f}ms" for value in figures)
            print(f"{what:8}{len(times):>9}{len(times) / seconds:>10.1f}{shown}")
    print(
        f"errors {counted.pop('errors', 0)}, conflicts {counted.pop('conflicts', 0)}; others: {dict(counted)}"
    )
    print(f"{saved} saves were acknowledged, {len(lost)} of them are not in the database", flush=True)

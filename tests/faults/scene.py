"""What every fault is tried on: a server with people who write, and what they saw and have in the end."""

import html
import re
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from django.db import close_old_connections

from evaluations.models import Finding
from tests import builders
from tests.base import PASSWORD, Cast, person
from tests.servers import Browser, wait_for

NEW = "/e/practice/findings/new/"
OURS = {"Sec_Fetch_Site": "same-origin"}


@dataclass(frozen=True)
class Row:
    """A line of the table; ``passed`` says whether all was as it should be."""

    fault: str
    done: str
    seen: str
    saved: str
    seconds: float | None
    passed: bool


@dataclass
class Writer:
    """Somebody who adds findings one after the other, and presses "Send it again" until each is saved."""

    server: object
    name: str
    strand: int
    round: int
    acknowledged: list = field(default_factory=list)
    unsure: set = field(default_factory=set)
    seen: Counter = field(default_factory=Counter)

    def write(self, stop):
        """Write until ``stop`` is set."""
        browser = Browser()
        browser.sign_in(self.server, self.name, PASSWORD)
        while not stop.is_set():
            self._save(browser, f"Finding {self.round}.{len(self.acknowledged)} of {self.name}.", stop)

    def _save(self, browser, text, stop):
        fields = {"kind": "barrier", "condition": "power", "strand": self.strand, "lasting": "not_judged"}
        fields |= {"scope": "", "status": "draft", "text": text}
        while True:
            try:
                answer = browser.post(self.server, NEW, fields, Origin=f"http://127.0.0.1:{self.server.port}")
                self.seen[what_it_says(answer)] += 1
            except OSError:
                answer = None
                self.seen["no answer"] += 1
            if answer and answer.status_code == 302:
                self.acknowledged.append(text)
                return
            self.unsure.add(text)
            if answer and answer.status_code == 503:
                fields = given_back(answer)
                assert fields["text"] == text, "what was typed was not given back"
            if stop.is_set():
                return
            time.sleep(0.1)


SAYS = {
    b"disk of the server is full": "503 (disk full)",
    b"cannot reach its database": "503 (no database)",
    b"too busy to take this": "503 (busy)",
}


def what_it_says(answer):
    """Return an answer's status, and of a 503 what it gives as the reason."""
    return next((said for words, said in SAYS.items() if words in answer.content), answer.status_code)


def given_back(answer):
    """Return what a page sends when its button is pressed."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.content.decode())
    return {html.unescape(name): html.unescape(value) for name, value in found}


class Scene:
    """The cast in an evaluation of their own, with evaluators who can all sign in."""

    def __init__(self):
        self.rounds = 0
        row = builders.evaluation(slug="practice", title="Practice evaluation")
        row.strand = builders.strand(row, slug="coproduction", name="Coproduction", position=0)
        self.cast, self.evaluation, self.strand = Cast(row), row, row.strand
        builders.member(row, person("nora"), "evaluator")

    def _round(self):
        self.rounds += 1
        return self.rounds

    @contextmanager
    def writing(self, server):
        """Let people write until the block ends; give the writers."""
        stop = Event()
        writers = [Writer(server, name, self.strand.pk, self._round()) for name in ("evelyn", "nora")]
        threads = [Thread(target=writer.write, args=[stop]) for writer in writers]
        for thread in threads:
            thread.start()
        try:
            wait_for(lambda: all(len(writer.acknowledged) > 2 for writer in writers), 60)
            yield writers
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)


def all_write_on(writers, seconds=60):
    """Wait until each writer has saved something more; return how long the first took."""
    started, before = time.monotonic(), [len(writer.acknowledged) for writer in writers]

    def ahead():
        return [len(w.acknowledged) > known for w, known in zip(writers, before, strict=True)]

    wait_for(lambda: any(ahead()), seconds)
    first = time.monotonic() - started
    wait_for(lambda: all(ahead()), seconds)
    return first


def judged(fault, done, writers, seconds):
    """Return the row on what people wrote during a fault."""
    close_old_connections()
    kept = Counter(Finding.objects.values_list("text", flat=True))
    acknowledged = [text for writer in writers for text in writer.acknowledged]
    unsure = set().union(*(writer.unsure for writer in writers))
    seen = sum((writer.seen for writer in writers), Counter())
    lost = [text for text in acknowledged if not kept[text]]
    twice = {text for text, times in kept.items() if times > 1}
    half = Finding.objects.exclude(pk__in=Finding.history.values("id")).count()  # saved without its history
    errors = {status for status in seen if status not in (302, "no answer", *SAYS.values())}
    saved = f"{len(acknowledged)} acknowledged, {len(lost)} lost, {half} half-saved, {len(twice)} twice"
    passed = not lost and not half and not errors and twice <= unsure
    said = ", ".join(f"{status}: {times}" for status, times in sorted(seen.items(), key=str))
    return Row(fault, done, said, saved, seconds, passed)

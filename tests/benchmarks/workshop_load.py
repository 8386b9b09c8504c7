"""A room of phones that weigh findings at once: nothing goes wrong or is lost, and how long answers take.

    python -m tests.benchmarks.workshop_load
    python -m tests.benchmarks.workshop_load --phones 60 --seconds 120

Starts ``manage.py demo`` on a scratch database and a free port, opens a workshop with a vote, and lets every
phone join, poll, and set dots: some taps twice at once, some requests given up before their answer and sent
again, some older than what was sent already. At the end each phone's rows are compared with what the server
acknowledged last, and the sums with a plain recount. Every other request of each phone is the bare one to
/healthz, so that the times of both were measured under the same load.
"""

import argparse
import http.client
import json
import os
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
DOTS = 5
PATIENCE = 30
SET_UP = """
from django.utils import timezone
from evaluations.models import Evaluation, Finding
from tests import builders

evaluation = Evaluation.objects.get(slug="ssbc-legacy-2023")
workshop = builders.workshop(Finding.objects.filter(evaluation=evaluation, kind="barrier").first().strand)
vote = builders.round(workshop, dots={dots})
print("made", workshop.shown_code, vote.pk)
"""


class Demo:
    """The demo server on a scratch database, with a workshop whose vote is open."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="waterline-load-"))
        self.database = self.folder / "demo.sqlite3"
        self.environment = {**os.environ, "DATABASE_URL": f"sqlite:///{self.database}"}
        self.log = (self.folder / "log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", "0"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        for line in self.process.stdout:
            if found := re.search(rf"http://{HOST}:(\d+)/", line):
                self.port = int(found[1])
                break
        else:
            raise RuntimeError("the demo did not start")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.code, self.vote = self._open_workshop()
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _open_workshop(self):
        keys = json.loads(self.database.with_name(f"{self.database.name}-keys").read_text())
        environment = {**self.environment, **keys, "SITE_URL": f"http://{HOST}", "DEBUG": "true"}
        environment["DJANGO_SETTINGS_MODULE"] = "ssbc_eval.settings"
        program = f"import django\ndjango.setup()\n{SET_UP.format(dots=DOTS)}"
        said = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        code, vote = re.search(r"made (\S+) (\d+)", said.stdout).groups()
        return code, int(vote)

    def errors(self):
        """Return the lines of the log that tell of an error."""
        self.log.flush()
        lines = Path(self.log.name).read_text().splitlines()
        return [line for line in lines if '"level": "error"' in line or "Traceback" in line]

    def placed(self):
        """Return ``{phone's hash: {finding: dots}}``, read from the database itself."""
        query = """SELECT p.token_hash, w.finding_id, w.dots FROM evaluations_weighing w
            JOIN evaluations_phone p ON p.id = w.phone_id WHERE w.round_id = ?"""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            rows = connection.execute(query, [self.vote]).fetchall()
        finally:
            connection.close()
        found = {}
        for phone, finding, dots in rows:
            found.setdefault(phone, {})[finding] = dots
        return found


class Phone:
    """One phone: a connection, its cookies, what was acknowledged to it last, and its times."""

    def __init__(self, number, demo, until):
        self.random, self.demo, self.until = random.Random(number), demo, until
        self.cookies, self.acknowledged = {}, {}
        self.turn = 0
        self.times = {"weigh": [], "state": [], "page": [], "healthz": []}
        self.problems, self.counted = [], Counter()
        self.lock = threading.Lock()

    def run(self):
        """Join, then tap and look until time is up."""
        try:
            self.join()
            while time.monotonic() < self.until:
                self.ask("healthz", "GET", "/healthz")
                self.look()
                self.tap()
                time.sleep(self.random.uniform(0.5, 1.5))
        except Exception as error:
            self.problems.append(f"{type(error).__name__}: {error}")

    @property
    def hash(self):
        """The hash under which the database knows this phone."""
        token = next(value for name, value in self.cookies.items() if name.startswith("phone-"))
        return sha256(token.encode()).hexdigest()

    def address(self, rest=""):
        return f"/w/{self.demo.code}/{rest}"

    def join(self):
        self.ask("page", "GET", self.address())
        status, _ = self.ask("page", "POST", self.address("join/"), {"name": ""})
        assert status == 302, f"joining answered {status}"
        status, body = self.ask("page", "GET", self.address())
        self.findings = [int(key) for key in re.findall(r'data-card="(\d+)"', body)]
        assert status == 200 and self.findings, "no findings to weigh"

    def look(self):
        status, body = self.ask("state", "GET", self.address("state/"))
        if status != 200 or json.loads(body)["now"] != "weighing":
            self.problems.append(f"state answered {status}")
        elif self.dots_in(body) != self.dots_known():
            self.problems.append(f"shown {self.dots_in(body)}, acknowledged {self.dots_known()}")

    def tap(self):
        """Set the dots of one finding as often as an impatient thumb on a poor connection does."""
        finding = self.random.choice(self.findings)
        spent = sum(dots for other, dots in self.acknowledged.items() if other != finding)
        wanted = self.random.randint(0, min(3, DOTS - spent))
        self.turn += 10
        how = self.random.random()
        if how < 0.2:  # a double tap: both at once
            pair = [threading.Thread(target=self.set, args=(finding, wanted)) for _ in range(2)]
            for thread in pair:
                thread.start()
            for thread in pair:
                thread.join()
            self.counted["double taps"] += 1
        elif how < 0.4:  # sent, the answer lost, sent again
            self.drop(finding, wanted)
            self.set(finding, wanted)
            self.counted["dropped and sent again"] += 1
        else:
            self.set(finding, wanted)
            if how < 0.6:  # an older request arrives after the newer one
                self.set(finding, self.random.randint(0, 3), turn=self.turn - 5, is_late=True)
                self.counted["late"] += 1
        if self.random.random() < 0.1:
            self.overspend()

    def set(self, finding, dots, *, turn=None, is_late=False):
        fields = {"row": finding, "round": self.demo.vote, "dots": dots, "turn": turn or self.turn}
        status, body = self.ask("weigh", "POST", self.address("weigh/"), fields, script=True)
        if status != 200:
            self.problems.append(f"setting {dots} answered {status}: {body[:200]}")
            return
        if not is_late:
            self.acknowledged[finding] = dots
        if self.dots_in(body) != self.dots_known():
            self.problems.append(f"answered {self.dots_in(body)}, acknowledged {self.dots_known()}")

    def overspend(self):
        """Ask for more than there is: refused, and nothing changes."""
        finding = self.random.choice(self.findings)
        self.turn += 10
        if sum(dots for other, dots in self.acknowledged.items() if other != finding) == 0:
            return
        fields = {"row": finding, "round": self.demo.vote, "dots": DOTS, "turn": self.turn}
        status, body = self.ask("weigh", "POST", self.address("weigh/"), fields, script=True)
        self.counted["over the limit, refused"] += 1
        if status != 409 or self.dots_in(body) != self.dots_known():
            self.problems.append(f"asking for too many answered {status}")

    def drop(self, finding, dots):
        """Send a request and hang up before its answer."""
        fields = {"row": finding, "round": self.demo.vote, "dots": dots, "turn": self.turn}
        connection = http.client.HTTPConnection(HOST, self.demo.port, timeout=PATIENCE)
        connection.request("POST", self.address("weigh/"), urlencode(fields), self.headers(script=True))
        connection.close()

    def dots_in(self, body):
        return {int(key): dots for key, (dots, _) in json.loads(body)["weighed"].items() if dots}

    def dots_known(self):
        return {finding: dots for finding, dots in self.acknowledged.items() if dots}

    def headers(self, *, script=False):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        found = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        found["X-CSRFToken"] = self.cookies.get("csrftoken", "")
        return found | ({"X-Requested-With": "fetch"} if script else {})

    def ask(self, what, method, path, fields=None, *, script=False):
        """Send one request on a connection of its own, as phones that come and go do; return status, body."""
        started = time.perf_counter()
        connection = http.client.HTTPConnection(HOST, self.demo.port, timeout=PATIENCE)
        try:
            body = urlencode(fields) if fields else None
            connection.request(method, path, body, self.headers(script=script))
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        with self.lock:
            self.times[what].append(time.perf_counter() - started)
            for line in answer.msg.get_all("Set-Cookie") or []:
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
        if answer.status >= 500:
            self.problems.append(f"{method} {what} answered {answer.status}")
        return answer.status, text


def compare(demo, phones):
    """Return what the database holds otherwise than it was acknowledged, and what breaks a limit."""
    stored, found = demo.placed(), []
    recount, summed = Counter(), Counter()
    for phone in phones:
        rows = {finding: dots for finding, dots in stored.get(phone.hash, {}).items() if dots}
        if rows != phone.dots_known():
            found.append(f"stored {rows}, acknowledged {phone.dots_known()}")
        if sum(rows.values()) > DOTS:
            found.append(f"{sum(rows.values())} dots on one phone")
        recount.update(phone.dots_known())
    for rows in stored.values():
        summed.update({finding: dots for finding, dots in rows.items() if dots})
    if recount != summed:
        found.append("the sums differ from the recount")
    return found, sum(summed.values())


def spread(times):
    """Return the median, the 95th percentile and the longest of some times, in milliseconds."""
    ordered = sorted(times)
    last = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    return [1000 * value for value in (statistics.median(ordered), last, ordered[-1])]


def report(phones):
    """Print how long answers took, and how much longer than the bare request."""
    times = {what: [t for phone in phones for t in phone.times[what]] for what in phones[0].times}
    bare = spread(times["healthz"])
    print(f"{'':10}{'requests':>9}{'median':>10}{'p95':>10}{'max':>10}   as a multiple of /healthz")
    for what, values in times.items():
        figures = spread(values)
        ratios = "  ".join(f"{value / base:5.1f}" for value, base in zip(figures, bare, strict=True))
        print(f"{what:10}{len(values):9}" + "".join(f"{value:8.0f}ms" for value in figures) + f"   {ratios}")


def main():
    """Run the load, say what came of it, and fail when anything went wrong."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--phones", type=int, default=60)
    options.add_argument("--seconds", type=int, default=120)
    chosen = options.parse_args()
    with Demo() as demo:
        until = time.monotonic() + chosen.seconds
        phones = [Phone(number, demo, until) for number in range(chosen.phones)]
        threads = [threading.Thread(target=phone.run) for phone in phones]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=chosen.seconds + 4 * PATIENCE)
        differing, placed = compare(demo, phones)
        problems = [problem for phone in phones for problem in phone.problems]
        problems += differing + demo.errors()
    print(f"{chosen.phones} phones for {chosen.seconds} seconds, {placed} dots placed at the end")
    print(dict(sum((phone.counted for phone in phones), Counter())))
    report(phones)
    for problem in problems[:20]:
        print(f"PROBLEM {problem}")
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

"""The security summary: ``python -m tests.security`` tries a sample of the corpus, ``--full`` all of it.

Who may open what, what hostile input was sent where and how it was answered, which faults are tried, what
stands at the head of every answer. The exit code is 1 when anything was found. It makes a test database of
its own, an SQLite file, or one on the server that DATABASE_URL names.
"""

import argparse
import inspect
import os
import re
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DEMO = "tests/test_signin.py::test_demo_accounts_cannot_sign_in_outside_the_demo"
DEMO_DEPLOYED = "tests/test_settings.py::test_the_deployment_check_fails_while_a_demo_account_exists"
SAMPLE = ["tests/hostile", DEMO, DEMO_DEPLOYED]
BROWSER = "tests/browser/test_hostile.py"  # skipped where there is no Chromium
FULL = ["tests/hostile", "tests/test_access_walk.py", "tests/test_signin.py", DEMO_DEPLOYED, BROWSER]


def main():
    """Run the tests, print what they tried, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="the whole corpus, which takes a while")
    if parser.parse_args().full:
        os.environ["WATERLINE_HOSTILE"] = "full"
    outcomes, started = Outcomes(), time.monotonic()
    arguments = ["-q", "--tb=short", "--show-capture=no", "--timeout=0", "-p", "no:cacheprovider"]
    code = pytest.main(
        [*arguments, *(FULL if "WATERLINE_HOSTILE" in os.environ else SAMPLE)], plugins=[outcomes]
    )
    from tests.hostile.tally import TALLY

    wanting = [*TALLY.findings, *unmet(TALLY)]
    print("\n".join(["", *summary(TALLY, outcomes.counts), f"\nIt took {time.monotonic() - started:.0f} s."]))
    print("\n".join(["", f"Findings: {len(wanting)}", *wanting]))
    return int(bool(code or wanting))


class Outcomes:
    """Counts how tests ended, by file."""

    def __init__(self):
        self.counts = Counter()

    def pytest_runtest_logreport(self, report):
        """Count a test, or what failed before or after it."""
        if report.when == "call" or report.failed:
            self.counts[report.nodeid.partition("::")[0], report.outcome] += 1


def unmet(tally):
    """Return what should have been tried and was not: routes, categories of the corpus."""
    from tests.hostile.corpus import WHY
    from tests.test_access_walk import ROUTES

    routes = set(ROUTES) - tally.met["routes"]
    categories = set(WHY) - tally.met["categories"]
    return [f"never asked for: {name}" for name in sorted(routes)] + [
        f"never sent: {name}" for name in sorted(categories)
    ]


def undecided():
    """Return the routes that the table of decisions says nothing of."""
    from tests.test_access_walk import ROUTES, decisions

    return sorted(set(ROUTES) - set(decisions()))


def summary(tally, outcomes):
    """Yield the lines of the summary."""
    yield from access_lines()
    yield from corpus_lines(tally)
    yield from tried_lines(tally)
    yield from head_lines(tally)
    yield from other_lines(outcomes)


def access_lines():
    """Yield who may open what, in counts."""
    from tests.test_access_walk import PEOPLE, decisions

    table = decisions()
    outcomes = ("ok", "403", "404", "sign-in")
    yield "## Who may open what\n"
    yield f"{len(table)} routes × {len(PEOPLE)} people, each decided for GET and POST; the admin by one rule"
    yield f"Routes without a decision: {len(undecided())} {', '.join(undecided())}\n"
    yield f"| | {' | '.join(outcomes)} |"
    yield f"|---|{'---|' * len(outcomes)}"
    for person in PEOPLE:
        counts = Counter(people[person] for _, people in table.values())
        yield f"| {person} | {' | '.join(str(counts[outcome]) for outcome in outcomes)} |"


def corpus_lines(tally):
    """Yield the categories of the corpus, with how many texts each holds and how many were sent."""
    from tests.hostile.corpus import CORPUS, WHY

    yield "\n## The corpus\n"
    yield f"{len(CORPUS)} texts in {len(WHY)} categories, {len(tally.met['entries'])} of them sent\n"
    yield "| category | texts | sent | why |"
    yield "|---|---|---|---|"
    for category, why in WHY.items():
        sent = sum(entry.category == category for entry in tally.met["entries"])
        yield f"| {category} | {sum(entry.category == category for entry in CORPUS)} | {sent} | {why} |"


def tried_lines(tally):
    """Yield where it was sent and how that was answered."""
    met = {
        "routes": "routes",
        "forms": "forms, by person",
        "fields": "fields of forms",
        "filters": "filters of pages",
        "accepted": "fields whose hostile words were accepted, and found stored",
        "imports": "fields that take a file",
        "files sent": "hostile files",
        "cells": "columns of tables to import, with a hostile text",
        "envelopes": "malformed requests",
        "files": "kinds of downloads opened again",
    }
    yield "\n## What was tried\n"
    yield "| | |"
    yield "|---|---|"
    for name, words in met.items():
        yield f"| {words} | {len(tally.met[name])} |"
    for name, number in sorted(tally.requests.items()):
        yield f"| requests: {name} | {number:,} |"
    yield f"| requests together | {tally.requests.total():,} |"
    for status, number in sorted(tally.statuses.items()):
        yield f"| answered {status} | {number:,} |"


def head_lines(tally):
    """Yield what every answer had to begin with."""
    from django.conf import settings

    from tests.hostile.headers import COOKIES, EVERYWHERE, POLICY

    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    yield "\n## At the head of every answer\n"
    yield f"Looked at on each of the {tally.requests.total():,} answers; the first line and `secure` with"
    yield "production's settings, on some.\n"
    yield "| | |"
    yield "|---|---|"
    yield "| Strict-Transport-Security | max-age=31536000; includeSubDomains; preload |"
    for name, value in EVERYWHERE.items():
        yield f"| {name} | {' or '.join(value) if isinstance(value, tuple) else value} |"
    yield f"| {POLICY} | {'; '.join(' '.join([name, *parts]) for name, parts in policy.items())} |"
    yield "| Cache-Control, signed in | no-store |"
    for name, flags in COOKIES.items():
        yield f"| the cookie {name} | secure, {', '.join(flags)} |"
    yield "| Location | an address of this site |"


def other_lines(outcomes):
    """Yield what is proven elsewhere, and how the tests of this run ended."""
    yield "\n## Beside this\n"
    yield f"Faults that `python -m tests.faults` tries: {', '.join(faults())}"
    demo = "a test failed, see above" if any(state == "failed" for _, state in outcomes) else "checked"
    yield f"Demo accounts sign in nowhere else, and `check --deploy` fails while one exists: {demo}"
    yield f"Dependencies looked through for known vulnerabilities: {audited()} (docs/dependencies.md)"
    for (file, state), number in sorted(outcomes.items()):
        yield f"{file}: {number} {state}"


def faults():
    """Return the faults that are tried on a running server, as words."""
    from tests.faults import trials

    of_trials = [
        name
        for name, value in vars(trials).items()
        if inspect.isfunction(value) and [*inspect.signature(value).parameters] == ["scene", "log", "disk"]
    ]
    return [name.replace("_", " ") for name in of_trials]


def audited():
    """Return when dependencies were last looked through, and with which outcome, as the page on them says."""
    found = re.search(
        r"\*\*(\d+ \w+ \d{4}: [^*]+?)\.?\*\*", (ROOT / "docs/dependencies.md").read_text("utf-8")
    )
    return found[1] if found else "never"


if __name__ == "__main__":
    sys.exit(main())

"""Everything that has to pass, one stage after another: linting, Django's checks, tests on both databases.

    python tests/run.py           a missing PostgreSQL, Chromium or Pango is skipped, and said so
    python tests/run.py --full    a missing piece fails; the browser tests run on PostgreSQL too

Standard library only: it makes `.venv` itself and runs every stage with that.
"""

from __future__ import annotations

import argparse
import base64
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from machine import INSTALL_CHROMIUM, INSTALL_POSTGRESQL, find_chromium, find_postgresql, throwaway_postgresql
from prepare import ROOT, VENV_PYTHON, prepare

CHROMIUM = find_chromium()
PYTEST = ("pytest", "-q", "-n", "2")
BROWSER = "tests/browser"


class Stages:
    """Runs stages, prints a heading for each, and remembers how each ended."""

    def __init__(self, *, full: bool) -> None:
        self.full = full
        self.results: list[tuple[str, str]] = []

    def run(self, title: str, *command: str, **environment: str) -> None:
        """Run a module of `.venv` as a program, with `environment` on top of a clean one."""
        print(f"\n=== {title} ===", flush=True)
        started = time.monotonic()
        passed = call([VENV_PYTHON, "-m", *command], clean_environment() | environment) == 0
        seconds = f"{time.monotonic() - started:.1f} s"
        self.results.append(("passed" if passed else "FAILED", f"{title} ({seconds})"))

    def missing(self, title: str, what: str) -> None:
        """Note a stage that cannot run here: skipped, or failed when everything was asked for."""
        print(f"\n=== {title} ===\n{what}", flush=True)
        self.results.append(("FAILED" if self.full else "skipped", f"{title}: {what.partition('. ')[0]}"))

    def summary(self) -> int:
        """Print how each stage ended; return the exit code."""
        print("\n=== Summary ===")
        for outcome, title in self.results:
            print(f"{outcome:8} {title}")
        return int(any(outcome == "FAILED" for outcome, _ in self.results))


def call(command: list[str | Path], environment: dict[str, str]) -> int:
    """Run a command to its end; when this program is told to stop, let the command tidy up first."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        return process.wait()
    except SystemExit:
        process.send_signal(signal.SIGINT)
        raise
    finally:
        process.wait()  # after Ctrl+C, which the terminal sends to the command as well


def clean_environment() -> dict[str, str]:
    """This environment without what would point the tests at other settings or another database."""
    ours = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REPLICA_DATABASE_URL", "DEBUG", "WATERLINE_FULL")
    return {name: value for name, value in os.environ.items() if name not in ours}


def production_environment(folder: Path) -> dict[str, str]:
    """What a host has to set, on an empty database of its own."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "IDENTITY_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "SITE_URL": "https://waterline.example.org",
        "DATABASE_URL": f"sqlite:///{folder.as_posix()}/waterline.sqlite3",
    }


def lint(stages: Stages) -> None:
    """What needs no database: style of Python and templates."""
    stages.run("ruff check", "ruff", "check", ".")
    stages.run("ruff format --check", "ruff", "format", "--check", ".")
    stages.run("djlint --lint", "djlint", "--lint", "--quiet", "templates")


def checks(stages: Stages) -> None:
    """Django's own checks, with production's settings."""
    with tempfile.TemporaryDirectory(prefix="waterline-") as folder:
        production = production_environment(Path(folder))
        stages.run("check --deploy", "manage", "check", "--deploy", "--fail-level", "WARNING", **production)
        stages.run("makemigrations --check", "manage", "makemigrations", "--check", "--dry-run", **production)


def tests_on_sqlite(stages: Stages) -> None:
    """The tests on copies of a file that is migrated once."""
    stages.run("migrate on SQLite", "tests.migrated", DJANGO_SETTINGS_MODULE="tests.settings")
    tests(stages, "SQLite", browser=True)


def tests(stages: Stages, database: str, *, browser: bool, **environment: str) -> None:
    """The tests on one database: first all but the browser, then the browser, both on two cores."""
    environment |= {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    if stages.full:
        environment["WATERLINE_FULL"] = "1"
    # On PostgreSQL, what uses neither that nor its connection would be the same again.
    which = () if database == "SQLite" else ("-m", "not own_database")
    stages.run(f"pytest on {database}", *PYTEST, f"--ignore={BROWSER}", *which, **environment)
    title = f"pytest on {database}, in the browser"
    if browser and CHROMIUM:
        environment |= {"CHROMIUM": CHROMIUM, "WATERLINE_FULL": "1"}
        stages.run(title, *PYTEST, "--dist", "worksteal", BROWSER, **environment)
    elif browser:
        stages.missing(title, INSTALL_CHROMIUM)


def tests_on_postgresql(stages: Stages) -> None:
    """The tests on the server that TEST_DATABASE_URL names, else on one started for them."""
    programs = find_postgresql()
    with ExitStack() as stack:
        if url := os.environ.get("TEST_DATABASE_URL"):
            pass
        elif programs:
            url = stack.enter_context(throwaway_postgresql(programs))
            # Our own server: what is in its template1 is in every database made afterwards.
            template = {"DATABASE_URL": f"{url.rpartition('/')[0]}/template1"}
            template |= {"DJANGO_SETTINGS_MODULE": "tests.settings"}
            stages.run("migrate on PostgreSQL", "manage", "migrate", "--verbosity", "0", **template)
        else:
            stages.missing("pytest on PostgreSQL", INSTALL_POSTGRESQL)
            return
        tests(stages, "PostgreSQL", browser=stages.full, DATABASE_URL=url)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="fail when a piece is missing")
    parser.add_argument("--lint", action="store_true", help="only the linting")
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    prepare("requirements-dev.txt")
    stages = Stages(full=options.full)
    lint(stages)
    if not options.lint:
        checks(stages)
        tests_on_sqlite(stages)
        tests_on_postgresql(stages)
    return stages.summary()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped.")

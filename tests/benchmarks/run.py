"""All parts on the database that DATABASE_URL names; started by ``python -m tests.benchmarks``."""

import argparse
import os
import platform
import signal
import sys
import time

import django

django.setup()

from django.contrib.auth.models import update_last_login  # noqa: E402
from django.contrib.auth.signals import user_logged_in  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from tests.base import person, signed_in  # noqa: E402

from . import data, files, meanwhile, pages, people  # noqa: E402


def chosen():
    """Return what ``__main__`` passes on."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", nargs="+", type=int)
    parser.add_argument("--parts", nargs="+")
    parser.add_argument("--pages", nargs="*")
    for name in ("rounds", "people", "seconds"):
        parser.add_argument(f"--{name}", type=int)
    return parser.parse_args()


def prepare(sizes):
    """Make the database with an evaluation of each size; return them by size, and the people by role."""
    call_command("migrate", verbosity=0)
    user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")
    cast = {role: person(f"made-up-{role}") for role in ("evaluator", "reviewer", "lead")}
    found = {}
    for size in sizes:
        started = time.monotonic()
        found[size] = data.make(size, cast)
        print(f"{size:,} findings made in {time.monotonic() - started:.0f} s", flush=True)
    data.settle()
    return found, cast


def main():
    """Make the data, then measure and print part after part."""
    options = chosen()
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    version = ".".join(map(str, connection.get_database_version()))
    print(
        f"\n=== {kind} {version}, Python {platform.python_version()}, {os.cpu_count()} cores ===", flush=True
    )
    evaluations, cast = prepare(options.sizes)
    client = signed_in(cast["evaluator"])
    if "pages" in options.parts:
        pages.report(client, evaluations, rounds=options.rounds, only=options.pages)
    if "files" in options.parts:
        files.report(client, evaluations)
    for size, evaluation in evaluations.items():
        if "meanwhile" in options.parts and size <= 10_000:
            meanwhile.report(evaluation, cast["evaluator"])
    problems = 0
    if "people" in options.parts:
        size = max(size for size in evaluations if size <= 10_000 or len(evaluations) == 1)
        problems = people.report(evaluations[size], number=options.people, seconds=options.seconds)
    return 1 if problems else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # tidies up on its way out
    sys.exit(main())

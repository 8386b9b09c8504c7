"""How long everything takes, as tables: pages, files, other people's pages meanwhile, fifty people at once.

    python -m tests.benchmarks --quick         a first look, in about three minutes
    python -m tests.benchmarks                 1,000 and 10,000 findings, in about twenty
    python -m tests.benchmarks --sizes 1000 10000 100000 --databases sqlite

Each database is made for the run and removed afterwards: an SQLite file, and a PostgreSQL server with
durable settings. Times that are compared were measured in turns in the same run. It judges nothing; what
the aims are, and how to read the tables, is in docs/benchmarks.md.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.machine import INSTALL_POSTGRESQL, find_postgresql, throwaway_postgresql

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ("pages", "files", "meanwhile", "people")
DATABASES = ("sqlite", "postgresql")


@contextmanager
def sqlite():
    """Yield the address of an SQLite file that does not exist yet, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="waterline-benchmarks-") as folder:
        yield f"sqlite:///{folder}/waterline.sqlite3"


@contextmanager
def postgresql():
    """Yield the address of a PostgreSQL that keeps what it acknowledged, as in production.

    None where there is no program for it.
    """
    programs = find_postgresql()
    if programs is None:
        yield None
        return
    with throwaway_postgresql(programs, options="") as url:
        yield f"{url.rpartition('/')[0]}/postgres"  # the database that a new server has


def _finished(process):
    """Return a process's exit code; told to stop, let it tidy up first."""
    try:
        return process.wait()
    finally:
        process.terminate()
        process.wait()


def chosen():
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000, 10_000], metavar="N")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--pages", nargs="+", default=[], metavar="NAME", help="only these of the table")
    parser.add_argument("--rounds", type=int, default=7, help="how often each page is asked for")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60, help="how long the people read and write")
    parser.add_argument("--quick", action="store_true", help="1,000 findings on SQLite, three rounds")
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.databases, options.rounds, options.seconds = [1_000], ["sqlite"], 3, 15
    return options


def main():
    """Run every part on every database; return the exit code."""
    options = chosen()
    arguments = ["--sizes", *map(str, sorted(options.sizes)), "--parts", *options.parts]
    arguments += ["--rounds", str(options.rounds), "--people", str(options.people)]
    arguments += ["--seconds", str(options.seconds), "--pages", *options.pages]
    worst = 0
    for name in options.databases:
        with sqlite() if name == "sqlite" else postgresql() as url:
            if url is None:
                print(INSTALL_POSTGRESQL)
                worst = 1
                continue
            environment = os.environ | {
                "DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            }
            command = [sys.executable, "-m", "tests.benchmarks.run", *arguments]
            code = _finished(subprocess.Popen(command, cwd=ROOT, env=environment))
            if code:
                print(f"{name}: ended with {code}", flush=True)
            worst = worst or code
    return worst


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # tidies up on its way out
    sys.exit(main())

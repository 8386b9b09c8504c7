"""How long backing up and restoring take, how large the file is, and how much memory they hold.

    python -m tests.benchmarks.backups [findings ...]        (1000 and 10000 when none are named)

For each number of findings it makes a database of its own, on the server that DATABASE_URL names or in a
temporary SQLite file, and runs `manage.py backup` and `manage.py restore --replace` as a person would. Memory
is the most that the process held, Python and Django included. It judges nothing.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test.utils import get_runner, setup_test_environment  # noqa: E402

from evaluations.models import EvidenceFile, ProgressUpdate  # noqa: E402
from tests.base import person  # noqa: E402
from tests.servers import database_url  # noqa: E402

from .data import make  # noqa: E402

ROLES = ("evaluator", "reviewer", "lead")
EVIDENCE = 20  # files of a megabyte that cannot be made smaller


def fill(size):
    """Make an evaluation of ``size`` findings with evidence, in place of the one before."""
    call_command("flush", interactive=False, verbosity=0)
    make(size, {role: person(f"{role}-{size}") for role in ROLES})
    for note in ProgressUpdate.objects.all()[:EVIDENCE]:
        EvidenceFile.objects.create(
            evaluation=note.evaluation,
            update=note,
            name="evidence.pdf",
            kind="pdf",
            content=os.urandom(1_000_000),
            size=1_000_000,
            sha256="",
        )


def run(*command):
    """Run a command of manage.py; return its seconds, those of a core, and the megabytes that it held."""
    started = time.perf_counter()
    environment = os.environ | {"DATABASE_URL": database_url()}
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{command[0]} failed"
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    """Measure and print."""
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 10_000]
    setup_test_environment()
    runner = get_runner(django.conf.settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        with tempfile.TemporaryDirectory() as folder:
            print(f"On {database_url().partition(':')[0]}, {EVIDENCE} MB of it evidence:")
            print(
                f"{'findings':>8} {'file':>10}   seconds, of a core, memory: {'backup':>11} {'restore':>26}"
            )
            for size in sizes:
                fill(size)
                path = Path(folder) / f"{size}.zip"
                backup = run("backup", str(path))
                restore = run("restore", str(path), "--replace", "--no-input")
                figures = "   ".join(
                    f"{s:>7.1f} {core:>6.1f} {held:>6.0f} MB" for s, core, held in (backup, restore)
                )
                print(f"{size:>8} {path.stat().st_size / 1e6:>7.1f} MB {figures:>60}")
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()

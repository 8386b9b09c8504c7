"""Faults, tried on a running server: ``python -m tests.faults`` prints what was done, seen and saved.

It starts its own servers and databases and leaves nothing behind. PostgreSQL is tried where it is installed,
a full disk where one may be made (root, on Linux). The exit code is 1 when something was not as it should be.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django

from tests.machine import INSTALL_POSTGRESQL, find_postgresql, throwaway_postgresql

SMALL_DISK = 160  # megabytes, of which an empty PostgreSQL takes some 60
HERE = "--here"  # in the process that tries the faults of one database


def main():
    """Try everything that this machine can; return the exit code."""
    outcomes = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="waterline-faults-")))
        folder.chmod(0o755)  # PostgreSQL does not run as root, and has to get to its disk
        outcomes.append(on("SQLite", f"sqlite:///{folder}/here/waterline.sqlite3"))
        if may_mount():
            disk = stack.enter_context(small_disk(folder / "disk"))
            outcomes.append(on("SQLite on a small disk", f"sqlite:///{disk}/waterline.sqlite3", disk))
        programs = find_postgresql()
        if not programs:
            print(INSTALL_POSTGRESQL)
            return max(outcomes)
        outcomes.append(on("PostgreSQL", stack.enter_context(throwaway_postgresql(programs))))
        if may_mount():
            disk = stack.enter_context(small_disk(folder / "second"))
            url = stack.enter_context(throwaway_postgresql(programs, within=disk))
            outcomes.append(on("PostgreSQL on a small disk", url, disk))
    return max(outcomes)


def on(title, url, *small_disk):
    """Try the faults on one database, in a process of its own; return its exit code."""
    print(f"\n## {title}\n", flush=True)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url}
    return subprocess.call([sys.executable, "-m", "tests.faults", HERE, *small_disk], env=environment)


def may_mount():
    """Say whether a small disk can be made here."""
    return sys.platform == "linux" and os.geteuid() == 0


@contextmanager
def small_disk(folder):
    """Make a disk of ``SMALL_DISK`` megabytes in memory, and take it away again."""
    folder.mkdir()
    size = f"size={SMALL_DISK}m,mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)  # noqa: S607
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607


def here():
    """Try the faults on the database that DATABASE_URL names; return the exit code."""
    django.setup()
    from tests.faults.trials import try_all

    return try_all(*map(Path, sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(here() if HERE in sys.argv else main())

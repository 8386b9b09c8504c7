"""What the tests use of this machine: its Chromium, and a PostgreSQL of their own that leaves no trace."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALL_CHROMIUM = (
    "no Chromium found. Debian: sudo apt install chromium. Elsewhere install Chromium or Google Chrome, "
    "or name the program in the environment variable CHROMIUM."
)
INSTALL_POSTGRESQL = (
    "no PostgreSQL found. Debian and Ubuntu: sudo apt install postgresql; macOS: brew install postgresql. "
    "Or name a server in TEST_DATABASE_URL (postgres://user:password@host:port/name; "
    "the user must be allowed to create databases)."
)

# Nothing has to outlive the tests; sizes of tables are not guessed from rows that a test rolled back (a plan
# made for an empty table takes hours on a full one); a statement that hangs fails and names its test.
FOR_TESTS = "-c fsync=off -c autovacuum=off -c statement_timeout=60s"

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_PATHS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
POSTGRESQL_FOLDERS = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/opt/homebrew/opt", "postgresql*/bin"),
    ("/usr/local/opt", "postgresql*/bin"),
    (r"C:\Program Files\PostgreSQL", r"*\bin"),
)


def find_chromium() -> str | None:
    """The program that CHROMIUM names, else the first Chromium of the system."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    for name in (*CHROMIUM_NAMES, *CHROMIUM_PATHS):
        if found := shutil.which(name):
            return found
    return None


def find_postgresql() -> Path | None:
    """The folder with PostgreSQL's `initdb` and `pg_ctl`: on PATH, else the newest installed."""
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    folders = [folder for base, pattern in POSTGRESQL_FOLDERS for folder in Path(base).glob(pattern)]
    folders = [folder for folder in folders if shutil.which("initdb", path=folder)]
    return max(folders, key=version_in, default=None)


def version_in(folder: Path) -> int:
    """The version in a folder's name, `/usr/lib/postgresql/15/bin` -> 15."""
    found = re.search(r"\d+", folder.parent.name)
    return int(found.group()) if found else 0


@contextmanager
def throwaway_postgresql(
    programs: Path, *, within: Path | None = None, options: str = FOR_TESTS
) -> Iterator[str]:
    """Run a new, empty PostgreSQL on 127.0.0.1 and a free port, yield its DATABASE_URL, then remove it.

    Its files are in a folder of their own `within` another one, else where temporary files are; `options` are
    settings of the server.
    PostgreSQL refuses to run as root, so there it runs as the system's user `postgres`.
    """
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    as_postgres = ["runuser", "-u", "postgres", "--"] if as_root else []
    # Root's own temporary folder may be closed to others, so root uses /tmp.
    place = within or ("/tmp" if as_root else None)  # noqa: S108
    folder = Path(tempfile.mkdtemp(prefix="waterline-postgresql-", dir=place))
    data, log, port = folder / "data", folder / "log", free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= {options}"
    locale = "C.UTF-8" if sys.platform == "linux" else "C"

    def run(program: str, *arguments: str | Path) -> None:
        command = [*as_postgres, programs / program, "-D", data, *arguments]
        # A server started here must not hold a pipe of ours open, so its messages go to a file.
        with log.open("a") as output:
            outcome = subprocess.run(command, cwd=folder, stdout=output, stderr=output)
        if outcome.returncode:
            raise RuntimeError(f"PostgreSQL's {program} failed:\n{log.read_text(errors='replace')}")

    try:
        if as_root:
            shutil.chown(folder, "postgres")
        run("initdb", "--username=waterline", "--auth=trust", "--encoding=UTF8", f"--locale={locale}")
        run("pg_ctl", "-w", "-l", folder / "server.log", "-o", options, "start")
        yield f"postgres://waterline@127.0.0.1:{port}/waterline"
    finally:
        if (data / "postmaster.pid").exists():
            run("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

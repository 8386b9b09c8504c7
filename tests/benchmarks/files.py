"""Files that people take away: how long one takes, how large it is, and the memory that it needs."""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

FILES = {
    "xlsx of everything": "findings/export/xlsx/",
    "xlsx of a strand": "findings/export/xlsx/?strand=coproduction",
    "csv of everything": "findings/export/csv/",
    "a matrix as xlsx": "matrix/coproduction/export/xlsx/",
    "a matrix as docx": "matrix/coproduction/export/docx/",
    "recommendations as xlsx": "recommendations/export/xlsx/",
    "lasting as xlsx": "lasting/export/xlsx/",
}
TAGUETTE = "Taguette 1.5.2 on such a machine, all as xlsx: 10,000 highlights 8.6 s, 100,000 67 s"


def report(client, evaluations):
    """Print a table: every file of every evaluation, each made by a process of its own."""
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    print(
        f"\nFiles, each in a fresh process\n{'':26}{'findings':>9}{'seconds':>9}{'KB':>8}{'MB of memory':>14}"
    )
    for name, path in FILES.items():
        for size, evaluation in evaluations.items():
            found = _alone(f"/e/{evaluation.slug}/{path}", session)
            if found is None:
                print(f"{name:26}{size:>9,}   too many for one file: taken strand by strand", flush=True)
                continue
            print(
                f"{name:26}{size:>9,}{found['seconds']:>9.2f}{found['bytes'] / 1024:>8.0f}"
                f"{found['before']:>6.0f} + {found['more']:.0f}",
                flush=True,
            )
    print(TAGUETTE)


def _alone(address, session):
    command = [sys.executable, "-m", "tests.benchmarks.files", address, session]
    said = subprocess.run(command, cwd=settings.BASE_DIR, env=os.environ, capture_output=True, text=True)
    if said.returncode:
        raise RuntimeError(f"{address}: {said.stderr[-2000:]}")
    return json.loads(said.stdout.splitlines()[-1])


def _megabytes():
    """Return the most memory that this process ever had: of Linux, where getrusage tells the parent's too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main(address, session):
    """Ask for one file after a first page that loads programs, and print what it took."""
    import django

    django.setup()
    from django.test import Client

    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    client.get("/".join(address.split("/")[:3]) + "/about/")
    before, started = _megabytes(), time.perf_counter()
    response = client.get(address)
    content = b"".join(response) if response.streaming else response.content
    seconds = time.perf_counter() - started
    if response.status_code == 302:
        print("null")
        return
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    more = _megabytes() - before
    print(json.dumps({"seconds": seconds, "bytes": len(content), "before": before, "more": more}))


if __name__ == "__main__":
    main(*sys.argv[1:])

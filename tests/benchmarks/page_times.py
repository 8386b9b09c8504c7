"""How much longer a page takes with 4,000 findings than with 40, as a ratio measured in one run.

    python -m tests.benchmarks.page_times

Makes a database of its own (the one that DATABASE_URL names, or a temporary SQLite file), asks each page
in turn with few and with many findings, several rounds, and prints the medians' ratio. It judges nothing.
"""

import os
import statistics
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.test.utils import get_runner, setup_test_environment  # noqa: E402

from evaluations.conditions import Condition, Kind  # noqa: E402
from evaluations.models import Finding, FindingStatus  # noqa: E402
from tests import builders  # noqa: E402
from tests.base import person, signed_in  # noqa: E402

FEW, MANY, ROUNDS = 40, 4_000, 15
PAGES = ("matrix/a/", "compare/?strands=a,b", "findings/", "findings/?q=trust", "")


def fill(slug, size):
    """Make an evaluation of two strands with ``size`` findings spread over all cells."""
    evaluation = builders.evaluation(slug=slug, title=slug)
    strands = [builders.strand(evaluation, slug=name, name=name) for name in "ab"]
    cells = [(strand, kind, condition) for strand in strands for kind in Kind for condition in Condition]
    Finding.objects.bulk_create(
        Finding(
            evaluation=evaluation,
            strand=cells[n % len(cells)][0],
            kind=cells[n % len(cells)][1],
            condition=cells[n % len(cells)][2],
            text=f"Finding {n} about trust between families and services",
            status=FindingStatus.READY,
            position=n,
        )
        for n in range(size)
    )
    return evaluation


def seconds(client, address):
    """Return how long one request took."""
    started = time.perf_counter()
    assert client.get(address).status_code == 200
    return time.perf_counter() - started


def main():
    """Measure and print."""
    setup_test_environment()
    runner = get_runner(django.conf.settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        user = person("measurer")
        for slug, size in (("few", FEW), ("many", MANY)):
            builders.member(fill(slug, size), user, "reviewer")
        client = signed_in(user)
        print(f"{'page':24} {FEW:>8} {MANY:>8}   ratio of medians, {ROUNDS} rounds")
        for page in PAGES:
            times = [
                (seconds(client, f"/e/few/{page}"), seconds(client, f"/e/many/{page}"))
                for _ in range(ROUNDS + 1)
            ]
            few, many = (statistics.median(column) for column in zip(*times[1:], strict=True))
            print(f"{page or 'overview':24} {few * 1000:6.0f}ms {many * 1000:6.0f}ms   {many / few:.1f}")
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()

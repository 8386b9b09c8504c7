"""What each page takes: queries, bytes, time in the server, and the bare SQL that it needs."""

import gc
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass, field

from django.db import connection

from evaluations.models import Finding, Strand

TAGUETTE = "Taguette 1.5.2 on such a machine, its list: 10,000 highlights 80 ms, 100,000 1,100 ms"
# What evaluators see, unless the name says otherwise; of the largest cell, and with words that many hold.
PAGES = {
    "overview": "",
    "matrix": "matrix/coproduction/",
    "matrix with drafts": "matrix/coproduction/?drafts=1",
    "matrix, headlines": "matrix/coproduction/?depth=headlines",
    "matrix, filtered": "matrix/coproduction/?strength=few&lasting=at_risk",
    "matrix, search": "matrix/coproduction/?q=trust",
    "cell, shown whole": "findings/?kind=barrier&condition=policies&strand=coproduction",
    "board of a cell": "matrix/coproduction/barrier/policies/",
    "findings": "findings/",
    "findings, last page": "findings/?page=99999",
    "findings, filtered": "findings/?kind=barrier&condition=power&status=ready",
    "findings, strength": "findings/?strength=few",
    "findings, unseen": "findings/?unseen=on",
    "findings, search": "findings/?q=trust",
    "findings, rare words": "findings/?q=zymurgy",
    "one finding": "findings/{finding}/",
    "one finding, edit": "findings/{finding}/edit/",
    "new finding": "findings/new/",
    "comparison": "compare/?strands=coproduction,father-inclusivity",
    "comparison, all": "compare/?strands={strands}",
    "lasting": "lasting/",
    "interviews": "interviews/",
    "one interview": "interviews/I02/",
    "new interview": "interviews/new/",
    "participants": "participants/",
    "one participant": "participants/P02/",
    "consent queue": "consent/",
    "consent, of a strand": "consent/?strand=coproduction",
    "agreement": "agreement/",
    "comments": "comments/",
    "share for comment": "comments/share/",
    "reflections": "reflections/",
    "recommendations": "recommendations/",
    "one recommendation": "recommendations/R2/",
    "tracker board": "recommendations/board/",
    "timeline": "recommendations/timeline/",
    "coverage": "recommendations/coverage/",
    "board report": "recommendations/report/",
    "legacy plan": "legacy-plan/",
    "report": "report/",
    "report preview": "report/preview/",
    "report section": "report/sections/method/",
    "report check": "report/check/",
    "contributors": "report/contributors/",
    "record of access": "set-up/record/",
    "import": "import/",
    "set-up": "set-up/",
}


@dataclass
class Figures:
    """What one page of one evaluation took, round after round."""

    queries: int = 0
    size: int = 0
    page: list = field(default_factory=list)
    sql: list = field(default_factory=list)

    @property
    def milliseconds(self):
        """Return the median of the page's times."""
        return 1000 * statistics.median(self.page)

    @property
    def bare(self):
        """Return the median of the bare SQL's times, in milliseconds."""
        return 1000 * statistics.median(self.sql)

    @property
    def spread(self):
        """Return half of what lies between the fastest and the slowest round, in milliseconds."""
        return 500 * (max(self.page) - min(self.page))


def report(client, evaluations, *, rounds, only=()):
    """Print a table: every page of every evaluation."""
    _as_in_a_server(client, evaluations)
    smallest = min(evaluations)
    print(f"\nPages in ms: medians of up to {rounds} rounds, ± half the range; the SQL alone; page / SQL; KB")
    print(
        f"{'':24}{'queries':>8}" + "".join(f"{size:>34,}" for size in evaluations) + "   largest / smallest"
    )
    for page in PAGES:
        if only and page not in only:
            continue
        found = measure(client, page, evaluations, rounds=rounds)
        columns = "".join(map(_columns, found.values()))
        growth = found[max(found)].milliseconds / found[smallest].milliseconds
        queries = "/".join(sorted({str(row.queries) for row in found.values()}))
        print(f"{page:24}{queries:>8}{columns}{growth:>8.1f}", flush=True)
    print(TAGUETTE)


def _as_in_a_server(client, evaluations):
    """Load the code of the pages and leave it out of what is looked through for rubbish, as wsgi.py does."""
    client.get(address_of("overview", next(iter(evaluations.values()))))
    gc.collect()
    gc.freeze()


def _columns(row):
    ratio = f"{row.milliseconds / row.bare:>6.1f}x"
    return f"{row.milliseconds:>9.0f} ±{row.spread:<4.0f}{row.bare:>5.0f}{ratio}{row.size / 1024:>6.0f}K"


def address_of(page, evaluation):
    """Return the address of a page in one evaluation."""
    finding = Finding.objects.filter(evaluation=evaluation, removed_at__isnull=True).order_by("pk").first()
    strands = Strand.objects.filter(evaluation=evaluation).values_list("slug", flat=True)
    return f"/e/{evaluation.slug}/{PAGES[page].format(finding=finding.pk, strands=','.join(strands))}"


def measure(client, page, evaluations, *, rounds, longest=10):
    """Return ``{evaluation's size: Figures}`` of a page, all sizes in turn in every round.

    A page that takes longer than ``longest`` seconds all together is asked for no further round.
    """
    addresses = {size: address_of(page, row) for size, row in evaluations.items()}
    figures = {size: Figures() for size in addresses}
    started = time.monotonic()
    for turn in range(rounds + 1):
        for size, address in addresses.items():
            _once(client, address, figures[size], is_warm=turn > 0)
        if turn and time.monotonic() - started > longest:
            break
    return figures


def _once(client, address, figures, *, is_warm):
    """Ask for a page, then run the statements that it ran alone; the first time only to warm up."""
    gc.collect()
    statements = []

    def note(execute, sql, params, many, context):
        statements.append((sql, params))
        return execute(sql, params, many, context)

    started = time.perf_counter()
    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(note))
        response = client.get(address)
    took = time.perf_counter() - started
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    bare = _bare(statements)
    if is_warm:
        figures.page.append(took)
        figures.sql.append(bare)
    figures.queries, figures.size = len(statements), len(response.content)


def _bare(statements):
    """Return how long the reading statements of a page take by themselves, with all rows fetched."""
    took = 0
    with connection.cursor() as cursor:
        for sql, params in statements:
            if sql.startswith("SELECT"):
                started = time.perf_counter()
                cursor.execute(sql, params)
                cursor.fetchall()
                took += time.perf_counter() - started
    return took

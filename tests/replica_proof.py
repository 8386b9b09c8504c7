"""A real replica beside a real primary: what comes late, what never does, and what happens when it dies.

    python -m tests.replica_proof

Starts a PostgreSQL, a replica of it (``pg_basebackup -R``) and two server processes that know both,
stops the replica's replay to make it late, and looks at pages. Leaves no trace. About half a minute.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import run

import psycopg2

from .machine import INSTALL_POSTGRESQL, find_postgresql, free_port, throwaway_postgresql

SAID = "Zanzibar-4711, said in confidence"
HERE = "/e/practice/"
FIGURES = f"{HERE}compare/"
POWER = {"kind": "barrier", "condition": "power", "status": "ready"}
PAGES = (
    *("", "compare/", "compare/export/csv/", "findings/", "findings/?q=Zanzibar", "findings/{finding}/"),
    *("matrix/coproduction/", "matrix/coproduction/export/csv/", "interviews/", "interviews/I01/"),
    *("participants/P01/", "consent/", "about/", "report/"),
)


@contextmanager
def replica_of(programs, url):
    """Run a replica of the server at ``url``; yield its address and ``stop()`` and ``start()``."""
    as_root = os.geteuid() == 0
    as_postgres = ["runuser", "-u", "postgres", "--"] if as_root else []
    folder = Path(tempfile.mkdtemp(prefix="waterline-replica-", dir="/tmp" if as_root else None))  # noqa: S108
    if as_root:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    primary = int(url.rpartition(":")[2].partition("/")[0])

    def call(program, *arguments):
        with (folder / "log").open("a") as log:
            run(
                [*as_postgres, programs / program, *arguments], check=True, stdout=log, stderr=log, cwd=folder
            )

    def start():
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        call("pg_ctl", "-D", data, "-w", "-l", folder / "server.log", "-o", options, "start")

    def stop():
        call("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")

    try:
        call("pg_basebackup", "-D", data, "-R", "-h", "127.0.0.1", "-p", str(primary), "-U", "waterline")
        start()
        yield url.replace(f":{primary}/", f":{port}/"), stop, start
    finally:
        if (data / "postmaster.pid").exists():
            stop()
        shutil.rmtree(folder, ignore_errors=True)


def asked(url, sql):
    """Return the first value of one statement."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def in_step(primary, replica):
    """Wait until the replica has replayed all that the primary wrote."""
    end = asked(primary, "SELECT pg_current_wal_lsn()::text")
    while not asked(replica, f"SELECT pg_last_wal_replay_lsn() >= '{end}'::pg_lsn"):
        time.sleep(0.05)


def say(what, holds):
    """Print one line; remember a failure."""
    print(f"{'yes' if holds else 'NO '}  {what}", flush=True)
    say.failed = getattr(say, "failed", False) or not holds


def counted(answer, attribute="data-value"):
    """Return how many findings a comparison counts in the cell of the proof; a matrix has ``data-count``."""
    from tests.assertions import counts

    return counts(answer, attribute)["coproduction", "barrier", "power"]


def prove(stack, programs):
    """Run everything and print what holds."""
    primary = stack.enter_context(throwaway_postgresql(programs)).removesuffix("waterline") + "postgres"
    os.environ["DATABASE_URL"] = primary
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from evaluations.replica import LOOK_EVERY
    from tests import builders
    from tests.base import PASSWORD, Cast
    from tests.pages import Page
    from tests.servers import Browser, Server

    call_command("migrate", verbosity=0)

    evaluation = builders.evaluation(slug="practice", title="Practice evaluation")
    evaluation.strand = strand = builders.strand(evaluation, slug="coproduction", position=0)
    builders.strand(evaluation, slug="other", position=1)
    people = Cast(evaluation)
    speaker = builders.participant(evaluation, code="P01", consent="yes")
    talk = builders.interview(evaluation, code="I01", participants=[speaker])
    answer = builders.answer(talk, condition="power", text=SAID)
    builders.finding(strand, **POWER, text="Stays")
    row = builders.finding(strand, **POWER, text="Who decides is unclear")
    approval = {"approved_by": people.evelyn, "approved_on": timezone.localdate()}
    builders.quotation(
        evaluation,
        evidence_for=row,
        text=SAID,
        answer=answer,
        start=0,
        end=len(SAID),
        speaker=speaker,
        passage="in_place",
        **approval,
    )

    replica, stop, start = stack.enter_context(replica_of(programs, primary))
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="waterline-proof-")))
    log = stack.enter_context((folder / "log").open("w"))
    environment = {"DATABASE_URL": primary, "REPLICA_DATABASE_URL": replica}
    a = stack.enter_context(Server(workers=1, environment=environment, log=log))
    b = stack.enter_context(Server(workers=1, environment=environment, log=log))
    in_step(primary, replica)

    evelyn, rowan = Browser(), Browser()
    evelyn.sign_in(a, "evelyn", PASSWORD)
    rowan.sign_in(b, "rowan", PASSWORD)
    forget_writing(rowan)
    in_step(primary, replica)
    transactions = "SELECT xact_commit FROM pg_stat_database WHERE datname = 'postgres'"
    before = asked(replica, transactions)
    say("the comparison counts the same from the replica", counted(rowan.get(b, FIGURES)) == 2)
    rowan.get(b, HERE)
    time.sleep(1.2)  # a backend tells its counts once a second
    say("the replica was asked for it", asked(replica, transactions) > before + 2)

    asked(replica, "SELECT pg_wal_replay_pause()::text")
    builders.finding(strand, **POWER, text="New on the primary")
    say("the replica is late, and so is the comparison", counted(rowan.get(b, FIGURES)) == 2)
    say(
        "the matrix, which has words, is not",
        counted(rowan.get(b, f"{HERE}matrix/coproduction/"), "data-count") == 3,
    )
    say("whoever just wrote sees it in the comparison too", counted(evelyn.get(a, FIGURES)) == 3)

    pages = [page.format(finding=row.pk) for page in PAGES]
    opened = {page: evelyn.get(a, HERE + page) for page in pages}
    say("all pages open", {answer.status_code for answer in opened.values()} == {200})
    heard = [page for page, answer in opened.items() if SAID.encode() in answer.content]
    say(f"before the withdrawal the words stand on pages ({len(heard)} of {len(pages)})", bool(heard))
    place = f"{HERE}participants/P01/withdraw/"
    sent = Page(evelyn.get(a, place)).sends()
    answer = evelyn.post(a, place, sent | {"code": "P01", "confirm": "on"})
    say("the participant withdraws", answer.status_code == 302)
    kept = "SELECT count(*) FROM evaluations_quotation WHERE text LIKE 'Zanzibar%'"
    say("the replica still has the words", (asked(primary, kept), asked(replica, kept)) == (0, 1))
    forget_writing(evelyn)
    shown = [
        (server.port, page)
        for server in (a, b)
        for browser in (evelyn, rowan)
        for page in pages
        if SAID.encode() in browser.get(server, HERE + page).content
    ]
    say(f"no page at either process shows them {shown or ''}", not shown)
    people.leigh.memberships.all().delete()
    leigh = Browser()
    leigh.sign_in(b, "leigh", PASSWORD)
    forget_writing(leigh)
    say("a member who was removed is out at once", leigh.get(b, HERE).status_code == 404)

    stop()
    answers = [browser.get(server, FIGURES) for browser in (evelyn, rowan) for server in (a, b)]
    say("without the replica pages answer", {answer.status_code for answer in answers} == {200})
    say("and are those of the primary", {counted(answer) for answer in answers} == {2})
    say("readiness does not depend on it", a.answers() and b.answers())
    lines = [json.loads(line) for line in (folder / "log").read_text().splitlines() if line.startswith("{")]
    say("the log says so", any(line.get("event") == "replica-away" for line in lines))
    start()
    in_step(primary, replica)
    time.sleep(LOOK_EVERY + 0.5)
    asked(replica, "SELECT pg_wal_replay_pause()::text")
    builders.finding(strand, **POWER, text="Newer")
    say("when it is back, it is asked again", counted(rowan.get(b, FIGURES)) == 2)


def forget_writing(browser):
    """Let the cookie of whoever just wrote run out."""
    from evaluations.replica import JUST_WROTE

    for cookie in list(browser.cookies):
        if cookie.name == JUST_WROTE:
            browser.cookies.clear(cookie.domain, cookie.path, cookie.name)


def main():
    """Prove it, and fail when something does not hold."""
    programs = find_postgresql()
    if programs is None:
        sys.exit(INSTALL_POSTGRESQL)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.pop("REPLICA_DATABASE_URL", None)
    with ExitStack() as stack:
        prove(stack, programs)
    return int(say.failed)


if __name__ == "__main__":
    sys.exit(main())

"""Two server processes behind one address share nothing but the database: whatever one does, the other knows.

Every browser here asks the two in turn, as a proxy without sticky sessions would let it.
"""

import json
import socket
from contextlib import suppress
from itertools import cycle

import pytest
from django.core.cache import cache
from django.core.management import call_command

from evaluations.models import ConflictingEdit, Finding, Interview

from . import builders, tables
from .base import PASSWORD, person
from .pages import Page
from .servers import Browser, Server

pytestmark = pytest.mark.django_db(transaction=True)

HERE = "/e/practice/"


SECRET = "xyzzy-1f4a"  # of no use to anybody who reads a log, and found in none


@pytest.fixture
def two(cast, tmp_path):
    """Two servers with one process each; the counters of attempts are empty. What they log holds nothing."""
    cache.clear()
    with (tmp_path / "log").open("w+") as log:
        with Server(workers=1, log=log) as a, Server(workers=1, log=log) as b:
            yield a, b
        log.seek(0)
        _says_nothing_of_anybody(log.read())


def test_two_processes_with_one_database_are_one_server(cast, two):
    a, b = two
    evelyn = Browser()
    first, second = (_without_token(evelyn.get(server, "/accounts/login/")) for server in two)
    assert first == second, "the sign-in page, and the names of its static files"

    assert evelyn.sign_in(a, "evelyn", PASSWORD).status_code == 302
    assert "Evelyn" in Page(evelyn.get(b, HERE)).words
    _import_at_one_and_follow_it_at_the_other(a, b, evelyn)
    _edit_at_both(cast, a, b, evelyn)
    _vote_at_one_and_show_at_the_other(cast, a, b, evelyn)
    _wrong_passwords_are_counted_together(a, b)
    _knock_with_hostile_addresses(b, evelyn)

    leigh = Browser()
    leigh.sign_in(b, "leigh", PASSWORD)
    assert evelyn.post(b, "/accounts/logout/").status_code == 302
    assert evelyn.get(a, HERE).url.startswith("/accounts/login/"), "signed out at one, out at the other"

    a.__exit__()
    assert leigh.get(b, HERE).status_code == 200, "whoever is signed in works on when one was killed"
    assert Finding.objects.filter(text="Theirs").exists()


def _says_nothing_of_anybody(log):
    lines = [json.loads(line) for line in log.splitlines()]
    assert any(line.get("event") == "request" for line in lines)
    for words in (
        SECRET,
        "127.0.0.1",
        "evelyn",
        "rowan",
        PASSWORD,
        "rows.xlsx",
        "/practice/",
        "Ama",
        "Mozilla",
    ):
        assert words not in log, words


def _knock_with_hostile_addresses(server, browser):
    """Addresses, headers and lines that are no requests, each with words that a log must not hold.

    And a header with which a client would say where the application begins: it is not listened to.
    """
    assert server.ask("GET", "/readyz", headers={"SCRIPT_NAME": "/readyz"})[0] == 200
    for address in (
        f"/{SECRET}/",
        f"/o/{SECRET}/",
        f"/?q={SECRET}",
        f"/static/{SECRET}.css",
        f"/%00{SECRET}%ff",
    ):
        browser.get(server, address, User_Agent=f"Mozilla {SECRET}", Referer=f"http://x/{SECRET}")
    for line in (
        f"GET /{SECRET} HTTP/9.9",
        f"{SECRET}",
        f"GET /{'x' * 9000}{SECRET} HTTP/1.1",
        f"GET / {SECRET}",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw, suppress(OSError):
            raw.sendall(f"{line}\r\nHost: {SECRET}\r\nContent-Length: {SECRET}\r\n\r\n".encode())
            raw.recv(100)


def _without_token(answer):
    page = Page(answer)
    return [(row.tag, row.attributes) for row in page.inside if row.get("name") != "csrfmiddlewaretoken"]


def _import_at_one_and_follow_it_at_the_other(a, b, evelyn):
    """A file is sent, mapped, previewed and asked for by turns; any worker does it."""
    content, turn = tables.workbook(tables.good_file(30)), cycle((a, b))
    columns = evelyn.post(next(turn), f"{HERE}import/", file=("file", "rows.xlsx", content)).url
    preview = evelyn.post(next(turn), columns, Page(evelyn.get(next(turn), columns)).sends()).url
    job = evelyn.post(next(turn), preview, Page(evelyn.get(next(turn), preview)).sends()).url
    assert "Waiting to begin" in Page(evelyn.get(next(turn), job)).words
    call_command("work", once=True)
    for server in (a, b):
        assert "Saved:" in Page(evelyn.get(server, job)).words
    assert Interview.objects.exists()


def _edit_at_both(cast, a, b, evelyn):
    """The second save, at the other process, gets both texts; what was sent is kept."""
    builders.member(cast.evaluation, person("nora"), "evaluator")
    nora = Browser()
    nora.sign_in(b, "nora", PASSWORD)
    row = builders.finding(cast.evaluation.strand, text="As it was")
    edit = f"{HERE}findings/{row.pk}/edit/"
    theirs, mine = Page(evelyn.get(a, edit)).sends(), Page(nora.get(b, edit)).sends()
    assert evelyn.post(a, edit, theirs | {"text": "Theirs"}).status_code == 302
    answer = nora.post(b, edit, mine | {"text": "Mine"})
    assert answer.status_code == 409
    assert all(words in Page(answer).words for words in ("Theirs", "Mine"))
    assert ConflictingEdit.objects.get().fields["text"] == "Mine"


def _vote_at_one_and_show_at_the_other(cast, a, b, evelyn):
    """A phone joins at one process and weighs at the other; the room's screen has it at both."""
    workshop = builders.workshop(cast.evaluation.strand)
    vote = builders.round(workshop)
    row = builders.finding(cast.evaluation.strand, kind="barrier", text="Who decides is unclear")
    place, phone = f"/w/{workshop.shown_code}/", Browser()
    phone.get(a, place)
    assert phone.post(a, f"{place}join/", {"name": "Ama"}).status_code == 302
    sent = {"row": row.pk, "round": vote.pk, "dots": 3}
    assert phone.post(b, f"{place}weigh/", sent, X_Requested_With="fetch").status_code == 200
    for server in (a, b):
        assert (
            "3 of 5 dots placed" in Page(evelyn.get(server, f"{HERE}workshops/{workshop.pk}/screen/")).words
        )


def _wrong_passwords_are_counted_together(a, b):
    """Five failures over both processes close the way for the right password too."""
    turn, guesser = cycle((a, b)), Browser()
    for _ in range(5):
        assert guesser.sign_in(next(turn), "rowan", "wrong").status_code == 200
    answer = guesser.sign_in(next(turn), "rowan", PASSWORD)
    assert "Too many failed attempts" in Page(answer).words

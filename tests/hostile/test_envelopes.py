"""Malformed requests to every kind of route; and what has to stand at the head of every answer."""

from itertools import cycle

import pytest

from evaluations import access
from tests.hostile.asker import Asker
from tests.hostile.corpus import CORPUS
from tests.hostile.envelopes import envelopes
from tests.hostile.headers import header_faults, stays_here
from tests.hostile.survey import opens
from tests.hostile.tally import IS_FULL, TALLY
from tests.test_access_walk import ROUTES

PER_ENVELOPE = 12 if IS_FULL else 1


def test_a_malformed_request_is_answered_plainly_by_every_kind_of_route(world, askers):
    """Each at another route in turn, signed in and signed out."""
    inside = cycle([("evaluator", row) for row in opens("evaluator", "post")])
    outside = cycle([("signed out", row) for row in opens("signed out", "post")])
    for category, what, method, body, type, headers in envelopes(1 if IS_FULL else 6):
        TALLY.met["envelopes"].add((category, what))
        for _ in range(PER_ENVELOPE):
            for person, row in (next(inside), next(outside)) if IS_FULL else (next(inside),):
                address = ROUTES[row].address(world.values)
                answer = askers[person].ask(
                    method, address, body, kind="malformed", content_type=type, **headers
                )
                if "canary.example" in answer.content or "canary" in str(answer.response.cookies):
                    askers[person].find(f"{row}: {what} came back from a header")


@pytest.fixture
def production(settings):
    """The settings that differ in tests, as a host has them."""
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_SSL_REDIRECT = True


def test_over_plain_http_everything_but_health_is_sent_to_https(world, production):
    asker = Asker("evaluator", world.people["evaluator"])
    for address in ("/", "/e/practice/findings/?q=x", "/accounts/login/"):
        answer = asker.client.get(address)
        assert (answer.status_code, answer.url) == (301, f"https://testserver{address}")
    assert asker.client.get("/healthz").status_code == 200


def test_a_host_says_for_a_year_that_it_is_only_reached_by_https_and_its_cookies_are_secure(
    world, production
):
    asker = Asker("signed out", None)
    answer = asker.client.get("/accounts/login/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    sent = asker.client.post(
        "/accounts/login/", {"login": "evelyn", "password": "a long pass phrase"}, secure=True
    )
    assert sent.status_code == 302
    assert {"csrftoken", "sessionid"} <= {*sent.cookies, *answer.cookies}
    for cookie in [*answer.cookies.values(), *sent.cookies.values()]:
        assert cookie["secure"] and cookie["samesite"] == "Lax", cookie.key
    assert sent.cookies["sessionid"]["httponly"]


def test_an_error_of_the_server_carries_the_same_head_as_a_page(world, askers, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(access, "evaluation_for", broken)
    answer = askers["evaluator"].client.get("/e/practice/")
    assert answer.status_code == 500
    assert list(header_faults(answer, is_signed_in=True)) == []


def test_nothing_that_names_where_to_go_next_leads_elsewhere(world, askers):
    entries = [
        entry for entry in CORPUS if entry.category in ("address", "header", "path", "bytes", "script")
    ]
    for entry in entries if IS_FULL else entries[::4]:
        for address in ("/accounts/login/", "/accounts/logout/", "/e/practice/quotations/{quotations}/edit/"):
            place = address.format(**world.values)
            body = (
                f"next={entry.raw}&back={entry.raw}&text=x&login=evelyn&password=a+long+pass+phrase".encode()
            )
            for person in ("evaluator", "signed out"):
                askers[person].ask(
                    "POST", f"{place}?next={entry.raw}", body, kind="redirects", entries=[entry]
                )


def test_the_rule_for_redirects_is_the_browsers():
    assert all(map(stays_here, ("/", "/e/a/?next=//x", "../a/", "?page=2")))
    assert not any(map(stays_here, ("//x", "/\\x", "https://x", "", "\t//x", "/\n/x", "JavaScript:x")))

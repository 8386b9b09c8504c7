"""What somebody typed while their session ended, or on a page that grew too old, is given back."""

import html
import re

import pytest
from django.test import Client

from evaluations.actions.accounts import require_two_step
from evaluations.models import Finding

from . import builders
from .base import PASSWORD, person, signed_in
from .pages import Page
from .second_step import set_up

pytestmark = pytest.mark.django_db

NEW = "/e/practice/findings/new/"
NOWHERE = "/e/no-such-evaluation/nowhere/"
OURS = "http://testserver"
LONG = "Parents said that nobody had asked them before, and “that <b>it</b> mattered”.\r\nTwice."
TYPED = {"text": LONG, "status_reason": "x" * 60, "kind": "barrier", "password1": "secret-secret"}


@pytest.fixture
def client(cast):
    """Evelyn's browser, after her session ended, which has the cookies of before."""
    client = signed_in(cast.evelyn)
    client.get(NEW)
    client.session.flush()
    return client


def send(client, address=NEW, data=None, **headers):
    """Send a form as a browser does from a page of ours, unless headers say otherwise."""
    return client.post(
        address, data or TYPED, headers={"origin": OURS, "sec-fetch-site": "same-origin"} | headers
    )


def fields(answer):
    """Return what a page would send when its button is pressed."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.content.decode())
    return {html.unescape(name): html.unescape(value) for name, value in found}


def test_what_was_typed_comes_back_and_is_sent_to_the_same_address(client):
    answer = send(client, f"{NEW}?strand=coproduction")
    page = answer.content.decode()
    assert answer.status_code == 401
    assert f'action="{NEW}?strand=coproduction"' in page
    given = fields(answer)
    assert given.pop("csrfmiddlewaretoken")
    assert given == {name: value for name, value in TYPED.items() if name != "password1"}
    assert "secret-secret" not in page
    assert "<b>it</b>" not in page
    for number, label in ((1, "Text"), (2, "Status reason")):
        assert f'<label for="kept-{number}">{label}</label>' in page
    assert 'href="/accounts/login/" target="_blank"' in page
    assert answer["Cache-Control"] == "no-store"


def test_what_is_short_is_shown_too_but_not_what_the_page_sends_of_itself(client):
    typed = {"title": "Pay parents", "due": "14 May 2024", "note": "", "password": "secret-secret"}
    words = Page(send(client, data=typed | {"version": "7", "strand": "3", "page": "a1b2"})).words
    for shown in ("Title Pay parents", "Due 14 May 2024"):
        assert shown in words
    for never in ("Version", "Strand", "a1b2", "Note", "secret-secret"):
        assert never not in words


def test_pressed_again_too_soon_it_comes_back_again(client):
    """The browser has lost the session's cookie by then."""
    first = send(client)
    assert first.cookies["sessionid"].value == ""
    again = send(client, data=fields(first))
    assert again.status_code == 401
    assert fields(again)["text"] == LONG


def test_signed_in_again_it_is_saved_with_one_press(cast, strand):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.evelyn)
    typed = Page(browser.get(NEW)).sends() | {"text": LONG, "strand": strand.pk, "kind": "barrier"}
    browser.session.flush()
    given = fields(send(browser, data=typed | {"condition": "power"}))
    form = browser.get("/accounts/login/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    who = {"login": "evelyn", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert send(browser, "/accounts/login/", who).status_code == 302
    # Without the script the token is that of before: asked once more, with a fresh one.
    stale = send(browser, data=given)
    assert stale.status_code == 403
    assert fields(stale)["text"] == LONG
    # The script takes it from the cookie.
    answer = send(browser, data=given | {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value})
    assert answer.status_code == 302
    assert [row.text.split("\n") for row in Finding.objects.filter(strand=strand)] == [LONG.split("\r\n")]


def test_what_was_typed_before_the_second_step_was_asked_for_is_sent_again_once_it_is_set_up(cast, strand):
    browser = signed_in(cast.evelyn)
    typed = Page(browser.get(NEW)).sends() | {"text": LONG, "kind": "barrier", "condition": "power"}
    erin = person("erin")
    builders.member(cast.evaluation, erin, "evaluator")
    set_up(erin)
    require_two_step(evaluation=cast.evaluation, required=True, by=erin)
    answer = send(browser, data=typed)
    assert answer.status_code == 403
    assert 'href="/accounts/2fa/totp/activate/" target="_blank"' in answer.content.decode()
    set_up(cast.evelyn)
    assert send(browser, data=fields(answer) | {"strand": strand.pk}).status_code == 302
    assert Finding.objects.get(strand=strand).text == LONG.replace("\r", "")


def test_nobody_saves_in_their_name_what_another_typed(cast):
    browser = signed_in(cast.evelyn)
    page = browser.get(NEW)
    typed = Page(page).sends() | {"sender": fields(page)["sender"]} | TYPED
    browser.session.flush()
    given = fields(send(browser, data=typed))
    erin = person("erin")
    builders.member(cast.evaluation, erin, "evaluator")
    answer = send(signed_in(erin), data=given)
    assert answer.status_code == 403
    assert "Somebody else is signed in here now" in answer.content.decode()
    assert "Parents said that nobody" in answer.content.decode()
    assert "<button" not in answer.content.decode()
    assert send(signed_in(erin), data=given, **{"x-requested-with": "fetch"}).json()["error"]
    assert not Finding.objects.exists()
    assert send(signed_in(cast.evelyn), data=given).status_code in (200, 302)


def test_an_address_that_does_not_exist_looks_the_same(client):
    def face(address):
        answer = send(client, address)
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        return answer.status_code, sorted(answer.headers), page.replace(address, "...")

    assert face(NEW) == face(NOWHERE) == face("/admin/auth/user/add/") == face("/e/other/interviews/I01/")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example.com"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": f"{OURS}.evil.example.com"},
        {"origin": "http://testserver:8080"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_what_another_site_sends_is_never_one_press_away(client, cast, headers):
    answer = send(client, **headers)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.evelyn)
    refused = send(browser, **headers)
    assert refused.status_code == 403
    assert fields(refused) == {}
    assert "Parents said" not in refused.content.decode()


def test_who_was_never_here_is_sent_to_sign_in(cast):
    for address in (NEW, NOWHERE):
        assert send(Client(), address).url == f"/accounts/login/?next={address}"


def test_scripts_are_told_in_the_way_they_know(client):
    answer = send(client, **{"x-requested-with": "fetch"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_nothing_typed_is_nothing_to_give_back(client):
    passwords = {"oldpassword": "a", "password1": "b", "password2": "b", "csrfmiddlewaretoken": "c"}
    assert send(client, "/accounts/password/change/", passwords).url.startswith("/accounts/login/")


def test_a_code_of_the_second_step_is_not_given_back_but_a_workshops_is(client):
    for address in ("/accounts/2fa/totp/activate/", "/accounts/2fa/reauthenticate/"):
        answer = send(client, address, {"code": "123456", "next": "/"})
        assert "123456" not in answer.content.decode()
        assert "Passwords and sign-in codes are not kept" in answer.content.decode()
    assert fields(send(client, NEW, {"code": "123456"}))["code"] == "123456"


def test_a_page_that_is_too_old_gives_back_what_was_typed(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.evelyn)
    answer = send(browser, data=TYPED | {"csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    assert "had been open for a long time" in answer.content.decode()
    token = fields(answer)["csrfmiddlewaretoken"]
    assert token != "x" * 64
    assert send(browser, data=fields(answer)).status_code == 200  # taken, though the form has a fault

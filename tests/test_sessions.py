"""Sign-ins end: idle, after a working day, and by hand from the page that lists them."""

import re
import time
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from evaluations.models import AuditEvent
from evaluations.sessions import NO_ADDRESS, SessionStore, browser_in_words, is_over

from .base import PASSWORD, signed_in

pytestmark = pytest.mark.django_db

SIGN_IN, SESSIONS = "/accounts/login/", "/accounts/sessions/"
PAGE = "/e/practice/findings/"
MINUTE, HOUR = 60, 3600
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)


class Clock:
    """The clock that sessions are measured by; ``ahead`` is how far a test has put it forward."""

    ahead = 0

    def time(self):
        """Return the time, in seconds."""
        return time.time() + self.ahead


@pytest.fixture
def clock(monkeypatch):
    """A clock to put forward and back."""
    clock = Clock()
    monkeypatch.setattr("evaluations.sessions.time", clock)
    return clock


@pytest.fixture
def client(cast):
    """Rowan's browser."""
    return signed_in(cast.rowan)


def is_in(client):
    """Say whether a browser is signed in, without counting as a visit."""
    answer = client.get(PAGE, headers={"x-requested-with": "fetch"})
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


# --- Ends -------------------------------------------------------------------------------------------------


def test_a_sign_in_ends_an_hour_after_the_last_visit(client, clock):
    for _ in range(3):
        clock.ahead += 50 * MINUTE
        assert client.get(PAGE).status_code == 200
    clock.ahead += 61 * MINUTE
    answer = client.get(PAGE)
    assert answer.url == f"{SIGN_IN}?next={PAGE}"
    assert not Session.objects.exists()


def test_a_sign_in_ends_after_twelve_hours_however_busy_somebody_is(client, clock):
    for _ in range(14):
        clock.ahead += 50 * MINUTE
        assert client.get(PAGE).status_code == 200
    clock.ahead += 21 * MINUTE
    assert client.get(PAGE).status_code == 302


def test_what_a_page_asks_for_by_itself_keeps_no_session_alive(client, clock):
    for _ in range(5):
        clock.ahead += 13 * MINUTE
        is_in(client)
        client.get(f"{PAGE}?following=1")
    assert not is_in(client)


def test_what_somebody_types_and_a_script_saves_does(cast, clock):
    client = signed_in(cast.evelyn)
    clock.ahead += 50 * MINUTE
    client.post("/e/practice/interviews/I01/save/", headers={"x-requested-with": "fetch"})
    clock.ahead += 50 * MINUTE
    assert is_in(client)


@pytest.mark.parametrize(("moved", "stays"), [(-30, True), (-2 * HOUR, False), (-24 * HOUR, False)])
def test_a_clock_that_jumps_back_makes_no_session_last_longer(client, clock, moved, stays):
    clock.ahead += moved
    assert is_in(client) is stays
    clock.ahead -= moved
    assert is_in(client) is stays  # what has ended has ended


def test_a_session_that_says_nothing_of_its_age_is_over():
    assert is_over({}, time.time())


@pytest.mark.parametrize("address", ["/", "/accounts/", "/nowhere/", "/e/practice/", "/admin/"])
def test_everywhere_somebody_whose_session_is_over_is_signed_out(client, clock, address):
    clock.ahead += 2 * HOUR
    assert client.get(address).url.startswith(SIGN_IN)


def test_an_invitation_is_not_accepted_by_whom_nobody_sees_any_more(client, clock, cast):
    from evaluations.actions.setup import invite

    _, token = invite(evaluation=cast.evaluation, role="reviewer", email="", by=cast.evelyn)
    clock.ahead += 2 * HOUR
    assert "Make my account and join" in client.get(f"/invite/{token}/").content.decode()


def test_it_is_written_once_a_minute_that_somebody_is_there(client, clock):
    changed = []

    def watch(execute, sql, *rest):
        changed.extend(re.findall(r'^(?:UPDATE|INSERT INTO|DELETE FROM) "(\w+)"', sql))
        return execute(sql, *rest)

    def visit():
        changed.clear()
        with connection.execute_wrapper(watch):
            for address in ("/nowhere/", PAGE, "/", SESSIONS):
                client.get(address)
        return changed

    assert visit() == []
    clock.ahead += 2 * MINUTE
    assert visit() == ["django_session", "usersessions_usersession"]
    assert visit() == []


# --- Another key ------------------------------------------------------------------------------------------


def under_another_key(settings, *clients):
    """Have the browsers come back after the host's SECRET_KEY became an older one."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 60, [settings.SECRET_KEY]
    for client in clients:
        assert is_in(client)


def test_a_session_from_before_the_secret_key_changed_can_still_be_ended(cast, settings):
    here, elsewhere = browser(FIREFOX), browser(IPHONE)
    under_another_key(settings, here, elsewhere)
    assert "Safari on an iPhone" in here.get(SESSIONS).content.decode()
    here.post(SESSIONS)
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_each_of_two_sessions_that_come_of_one_can_be_ended(cast, settings):
    client = browser(FIREFOX)
    other = SessionStore(client.session.session_key)
    assert other.keys()  # read, as by a request that is under way
    under_another_key(settings, client)
    other.cycle_key()
    assert set(UserSession.objects.values_list("session_key", "user")) == {
        (key, cast.rowan.pk) for key in (client.session.session_key, other.session_key)
    }


# --- The list ---------------------------------------------------------------------------------------------


def browser(user_agent, username="rowan"):
    """Return a browser in which somebody signed in by the form."""
    cache.clear()
    client = Client(headers={"user-agent": user_agent})
    assert client.post(SIGN_IN, {"login": username, "password": PASSWORD}).status_code == 302
    return client


def test_the_list_marks_this_browser_and_signs_out_one_other_or_all(cast):
    here, phone, laptop = browser(FIREFOX), browser(IPHONE), browser(FIREFOX)
    theirs = browser(FIREFOX, "leigh")
    page = here.get(SESSIONS).content.decode()
    assert page.count("Firefox on Linux</strong> <span") == 1
    assert page.count("Safari on an iPhone</strong>") == 1
    assert page.count("This one") == 1
    row = UserSession.objects.get(session_key=phone.session.session_key)
    told = here.post(SESSIONS, {"session": row.pk}, follow=True)
    assert "Signed out there." in told.content.decode()
    assert (is_in(here), is_in(phone), is_in(laptop)) == (True, False, True)
    here.post(SESSIONS)
    assert (is_in(here), is_in(laptop), is_in(theirs)) == (True, False, True)
    events = AuditEvent.objects.filter(verb="ended sessions").values_list("user", "subject", "evaluation")
    assert list(events) == [(cast.rowan.pk, f"user {cast.rowan.pk}", None)] * 2


@pytest.mark.parametrize("number", ["", "x", "0", "9" * 30, "-1"])
def test_nobody_elses_session_ends_and_nonsense_ends_none(cast, number):
    here, elsewhere, theirs = browser(FIREFOX), browser(IPHONE), browser(FIREFOX, "leigh")
    row = UserSession.objects.get(session_key=theirs.session.session_key)
    for sent in (number, row.pk):
        assert here.post(SESSIONS, {"session": sent}).status_code == 302
    assert is_in(here)
    assert is_in(elsewhere)
    assert is_in(theirs)


def test_sessions_that_are_over_are_not_listed(cast):
    here, gone = browser(FIREFOX), browser(IPHONE)
    left = browser("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0")
    gone.post("/accounts/logout/")
    long_ago = timezone.now() - timedelta(minutes=settings.SESSION_IDLE_MINUTES + 1)
    UserSession.objects.filter(session_key=left.session.session_key).update(last_seen_at=long_ago)
    page = here.get(SESSIONS).content.decode()
    assert "iPhone" not in page
    assert "Edge" not in page
    assert "Nowhere else." in page


def test_of_whoever_never_comes_back_no_row_stays(cast):
    here, gone, left = browser(FIREFOX), browser(IPHONE), browser(FIREFOX, "leigh")
    gone.post("/accounts/logout/")
    Session.objects.filter(pk=left.session.session_key).update(expire_date=timezone.now())
    call_command("clearsessions")
    assert [row.session_key for row in UserSession.objects.all()] == [here.session.session_key]


def test_a_new_password_ends_the_other_sessions(cast):
    here, elsewhere = browser(FIREFOX), browser(IPHONE)
    new = {"oldpassword": PASSWORD, "password1": "a-brighter-harbour", "password2": "a-brighter-harbour"}
    here.post("/accounts/password/change/", new)
    assert is_in(here)
    assert not is_in(elsewhere)
    assert "Nowhere else." in here.get(SESSIONS).content.decode()


def test_no_network_address_and_little_of_the_browser_is_kept(cast):
    client = browser(FIREFOX)
    client.get(PAGE)
    assert list(UserSession.objects.values_list("ip", "user_agent")) == [(NO_ADDRESS, "Firefox on Linux")]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on an iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_browsers_are_called_in_words_and_words_stay_as_they_are(said, words):
    assert browser_in_words(said) == browser_in_words(words) == words


def test_the_account_page_leads_to_everything(client):
    page = client.get("/accounts/").content.decode()
    for address in ("password/change/", "2fa/", "sessions/"):
        assert f'href="/accounts/{address}"' in page
    assert "Here only." in page
    assert 'href="/accounts/">Account</a>' in page

"""Signing in: throttled without locking out an office, by invitation only, and silent about what exists."""

import re
import time
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from django.contrib.auth import SESSION_KEY, get_user_model
from django.core import mail
from django.core.cache import cache
from django.test import Client

from evaluations.signin import DEMO_PASSWORD, DEMO_USERNAMES, WRONG, SignInAdapter, account_key

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
PASSWORD = "a-quiet-harbour"
OFFICE, ELSEWHERE = "198.51.100.7", "203.0.113.9"


@pytest.fixture(autouse=True)
def no_earlier_attempts():
    """Start every test with empty counters."""
    cache.clear()


@pytest.fixture
def jo():
    """A member of staff with an account."""
    return get_user_model().objects.create_user("jo", "jo@example.org", PASSWORD)


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test can put forward: `clock.ahead += seconds`. Only the throttle reads it."""

    clock = SimpleNamespace(ahead=0, monotonic=time.monotonic, sleep=time.sleep)
    clock.time = lambda: time.time() + clock.ahead
    monkeypatch.setattr("allauth.core.internal.ratelimit.time", clock)
    return clock


def sign_in(login="jo", password=PASSWORD, *, at=OFFICE, client=None, **data):
    """Send the sign-in form from an address and return the answer."""
    client = client or Client()
    return client.post(SIGN_IN, {"login": login, "password": password, **data}, REMOTE_ADDR=at)


def signed_in(answer):
    """Say whether an answer signed somebody in."""
    return answer.status_code == 302 and SESSION_KEY in answer.client.session


def fail(times, login="jo", *, at=OFFICE):
    """Send wrong passwords."""
    for _ in range(times):
        assert not signed_in(sign_in(login, "wrong", at=at))


# --- The form -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["jo", "JO", " jo ", "jo@example.org", "Jo@Example.org"])
def test_people_sign_in_by_username_or_email_address(jo, login):
    answer = sign_in(login)
    assert signed_in(answer)
    assert answer.url == "/"


def test_a_wrong_password_is_told_in_a_summary_that_links_to_the_field(jo):
    page = sign_in(password="wrong").content.decode()
    summary = re.search(r'<div class="error-summary" role="alert".*?</div>', page, re.DOTALL).group()
    assert WRONG in summary
    assert 'href="#id_login"' in summary
    assert 'id="id_login"' in page
    assert 'value="jo"' in page
    assert "<title>Error:" in page
    assert "wrong" not in page


def test_empty_and_hostile_input_is_told_at_the_field():
    page = sign_in("", "").content.decode()
    assert "Enter the username or email address." in page
    assert 'href="#id_password"' in page
    page = sign_in("<script>alert(1)</script>", "x").content.decode()
    assert "<script>alert" not in page
    assert sign_in("a" * 255, "x").status_code == 200
    assert sign_in("null\0byte", "x").status_code == 200
    assert sign_in("jo", "ü" * 5000).status_code == 200


def test_unknown_and_known_accounts_get_the_same_words(jo):
    def words(login):
        page = sign_in(login, "wrong").content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        return page.replace(login, "...")

    assert words("jo") == words("nobody")
    assert words("jo@example.org") == words("nobody@example.org")


def test_the_password_field_helps_password_managers(client):
    page = client.get(SIGN_IN).content.decode()
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="username"' in page


def test_the_page_offers_a_reset_and_no_sign_up(client):
    page = client.get(SIGN_IN).content.decode()
    assert 'href="/accounts/password/reset/"' in page
    assert "signup" not in page
    assert DEMO_PASSWORD not in page


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.com/",
        "//evil.example.com/",
        "/\\evil.example.com",
        "javascript:alert(1)",
        "https:evil.example.com",
        "\thttps://evil.example.com",
    ],
)
def test_next_cannot_lead_to_another_host(jo, target):
    assert sign_in(next=target).url == "/"


def test_next_leads_to_where_the_person_was_going(jo):
    assert sign_in(next="/e/somewhere/findings/?q=trust").url == "/e/somewhere/findings/?q=trust"


# --- The throttle ---------------------------------------------------------------------------------------


def test_five_failures_close_an_account_to_that_address_for_five_minutes(jo, clock):
    fail(5)
    answer = sign_in()
    assert not signed_in(answer)
    assert "Too many failed attempts" in answer.content.decode()
    clock.ahead += 301
    assert signed_in(sign_in())


def test_the_office_goes_on_signing_in_while_one_account_is_closed(jo):
    fail(50)
    for number in range(40):
        get_user_model().objects.create_user(f"colleague{number}", password=PASSWORD)
        assert signed_in(sign_in(f"colleague{number}"))


def test_many_people_mistyping_once_from_one_address_lock_nobody_out(jo):
    for number in range(100):
        fail(1, f"colleague{number}")
    assert signed_in(sign_in())


def test_a_stranger_elsewhere_cannot_close_the_account(jo, clock):
    for _ in range(20):
        fail(6, at=ELSEWHERE)
        clock.ahead += 301
    assert signed_in(sign_in(at=OFFICE))


def test_success_does_not_count_and_does_not_forgive_failures(jo):
    for _ in range(8):
        assert signed_in(sign_in())
    fail(4)
    assert signed_in(sign_in())
    fail(1)
    assert not signed_in(sign_in())


def test_guessing_from_many_addresses_is_bounded_and_a_reset_link_lets_the_owner_in(jo):
    for number in range(20):
        fail(5, at=f"192.0.2.{number}")
    assert not signed_in(sign_in(at=OFFICE))
    client = Client()
    client.post("/accounts/password/reset/", {"email": "jo@example.org"})
    assert signed_in(follow_reset_link(client, "a-brighter-harbour"))


def test_all_names_of_one_account_are_counted_together_and_nobody_elses_with_them(jo):
    other = get_user_model().objects.create_user("kim", "kim@example.org", PASSWORD)
    for number in range(10):
        fail(5, at=f"192.0.2.{number}")
        fail(5, "Jo@example.org", at=f"192.0.2.{number}")
    assert not signed_in(sign_in(at=OFFICE))
    assert not signed_in(sign_in("jo@example.org", at=OFFICE))
    assert signed_in(sign_in("kim", at=OFFICE))
    assert account_key({"username": f"account {other.pk}"}) != account_key({"email": "kim@example.org"})


def test_failures_at_a_username_do_not_tell_whose_an_address_is(jo):
    fail(6)
    assert "Too many failed" in sign_in("jo", "wrong").content.decode()
    assert WRONG in sign_in("jo@example.org", "wrong").content.decode()


def test_guessing_at_many_accounts_from_one_address_is_bounded(jo):
    for number in range(60):
        fail(5, f"guess{number}")
    assert not signed_in(sign_in())
    assert signed_in(sign_in(at=ELSEWHERE))


def test_the_address_is_the_proxys_word_only_where_a_proxy_is_trusted(jo, settings):
    def attempt(password, forwarded):
        data = {"login": "jo", "password": password}
        return Client().post(SIGN_IN, data, REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": forwarded})

    for number in range(5):
        attempt("wrong", f"192.0.2.{number}")
    assert not signed_in(attempt(PASSWORD, OFFICE))

    cache.clear()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(5):
        attempt("wrong", f"192.0.2.{number}, {ELSEWHERE}")
    assert not signed_in(attempt(PASSWORD, f"192.0.2.99, {ELSEWHERE}"))
    assert signed_in(attempt(PASSWORD, OFFICE))


def test_reset_links_can_be_asked_for_only_so_often(jo):
    answers = [Client().post("/accounts/password/reset/", {"email": "jo@example.org"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Too many attempts" in answers[-1].content.decode()
    assert len(mail.outbox) == 5


# --- Demo accounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", DEMO_USERNAMES)
def test_demo_accounts_cannot_sign_in_outside_the_demo(username):
    get_user_model().objects.create_user(username, password=DEMO_PASSWORD)
    answer = sign_in(username, DEMO_PASSWORD)
    assert not signed_in(answer)
    assert Client().login(username=username, password=DEMO_PASSWORD) is False


def test_a_demo_accounts_living_session_ends_outside_the_demo(client, settings):
    settings.DEMO = True
    assert signed_in(sign_in_as_new("reviewer", client))
    assert client.get("/").status_code == 200
    settings.DEMO = False
    assert client.get("/").url == f"{SIGN_IN}?next=/"


def test_the_demo_shows_its_accounts_on_the_sign_in_page(client, settings):
    settings.DEMO = True
    page = client.get(SIGN_IN).content.decode()
    assert all(f"<code>{username}</code>" in page for username in DEMO_USERNAMES)
    assert DEMO_PASSWORD in page


@pytest.mark.parametrize("username", [*DEMO_USERNAMES, "Lead"])
def test_nobody_else_can_choose_a_demo_accounts_name(username):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="reserved"):
        SignInAdapter().clean_username(username)


def sign_in_as_new(username, client):
    """Make an account and sign in with it."""
    get_user_model().objects.create_user(username, password=PASSWORD)
    return sign_in(username, client=client)


def test_a_closed_account_cannot_sign_in_and_its_session_ends(jo):
    client = Client()
    sign_in(client=client)
    jo.is_active = False
    jo.save()
    assert client.get("/").status_code == 302
    answer = sign_in(client=Client())
    assert answer.url == "/accounts/inactive/"
    assert SESSION_KEY not in answer.client.session


# --- Passwords ------------------------------------------------------------------------------------------


def follow_reset_link(client, password):
    """Open the link in the last mail, choose a password, and return the answer."""
    link = re.search(r"http://testserver(/\S+)", mail.outbox[-1].body).group(1)
    form = client.get(link, follow=True)
    assert form.context["token_fail"] is False if "token_fail" in form.context else True
    return client.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(jo, client):
    client.post("/accounts/password/reset/", {"email": "jo@example.org"})
    [message] = mail.outbox
    assert message.subject == "Waterline: Choose a new password"
    assert "(jo)" in message.body
    assert signed_in(follow_reset_link(client, "a-brighter-harbour"))
    assert not signed_in(sign_in())
    assert signed_in(sign_in(password="a-brighter-harbour"))
    link = re.search(r"http://testserver(/\S+)", message.body).group(1)
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()


def test_links_in_mail_come_from_the_sites_address_whatever_host_was_asked(jo, client, settings):
    settings.SITE_URL = "https://waterline.example.org"
    client.post("/accounts/password/reset/", {"email": "jo@example.org"}, headers={"host": "localhost"})
    assert "https://waterline.example.org/accounts/password/reset/key/" in mail.outbox[0].body
    assert "localhost" not in mail.outbox[0].body


def test_the_reset_page_does_not_tell_whether_an_account_exists(jo, client):
    known = client.post("/accounts/password/reset/", {"email": "jo@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert "There is no account with this address" in mail.outbox[1].body
    assert "sign up" not in mail.outbox[1].body.lower()


def test_a_new_password_needs_the_current_one_and_some_strength(jo, client):
    client.force_login(jo)
    address = "/accounts/password/change/"

    def change(old, new):
        return client.post(address, {"oldpassword": old, "password1": new, "password2": new})

    assert "not your current password" in change("wrong", "a-brighter-harbour").content.decode()
    assert "too short. Use at least 10 characters." in change(PASSWORD, "short1x").content.decode()
    assert "well-known password" in change(PASSWORD, "password123").content.decode()
    answer = change(PASSWORD, "a-brighter-harbour")
    assert answer.url == "/"
    assert client.get("/").status_code == 200


# --- What exists ----------------------------------------------------------------------------------------

PROTECTED = [
    "/",
    "/e/some-evaluation/",
    "/e/some-evaluation/findings/1/",
    "/accounts/",
    "/accounts/password/change/",
    "/admin/",
    "/admin/login/",
    "/admin/auth/user/",
]
UNKNOWN = [
    "/nowhere/",
    "/e/",
    "/e/some-evaluation/nowhere",
    "/admin/nowhere/",
    "/accounts/email/",
    "/.env",
    "/W/",
]


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
@pytest.mark.parametrize("address", PROTECTED + UNKNOWN)
def test_signed_out_every_address_answers_with_the_same_redirect(address, method):
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)(f"{address}?q=1")
    assert answer.status_code == 302
    assert unquote(answer.url) == f"{SIGN_IN}?next={address}?q=1"
    reference = getattr(client, method)("/really-nowhere/")
    assert answer.headers.keys() == reference.headers.keys()
    assert answer.content == reference.content


@pytest.mark.parametrize(
    "address",
    ["/invite/nothing/", "/o/nothing/", "/calendar/nothing.ics", "/w/nothing/", "/static/nothing.css"],
)
def test_secret_and_static_addresses_say_themselves_that_there_is_nothing(client, address):
    assert client.get(address).status_code == 404


def test_signed_in_an_unknown_address_is_a_page_that_says_so(client, jo):
    client.force_login(jo)
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["email/", "confirm-email/", "confirm-email/abc/", "login/code/confirm/", "2fa/webauthn/"]
)
def test_account_pages_that_are_not_used_do_not_exist(client, jo, address):
    client.force_login(jo)
    assert client.get(f"/accounts/{address}").status_code == 404
    assert client.post(f"/accounts/{address}").status_code == 404


def test_sign_up_is_closed(client):
    form = {"username": "new", "email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    for answer in (client.get("/accounts/signup/"), client.post("/accounts/signup/", form)):
        assert "by invitation" in answer.content.decode()
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize("staff", [False, True])
def test_the_admin_does_not_exist_for_anybody_but_superusers(client, jo, staff):
    jo.is_staff = staff
    jo.save()
    client.force_login(jo)
    for address in ("/admin/", "/admin/login/", "/admin/auth/user/", "/admin/nowhere/"):
        assert client.get(address).status_code == 404
    jo.is_superuser = True
    jo.save()
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login/").url == "/admin/"


def test_signed_in_pages_are_never_stored(client, jo, django_assert_num_queries):
    assert "no-store" not in client.get("/nowhere/").headers.get("Cache-Control", "")
    assert sign_in(client=client).headers["Cache-Control"] == "no-store"
    for address in ("/", "/nowhere/", "/accounts/password/change/"):
        assert client.get(address).headers["Cache-Control"] == "no-store"
    with django_assert_num_queries(2):  # the session and the user
        client.get("/nowhere/")


def test_signing_out_takes_a_post(client, jo):
    client.force_login(jo)
    assert client.get("/accounts/logout/").status_code == 200
    assert SESSION_KEY in client.session
    assert client.post("/accounts/logout/").url == SIGN_IN
    assert SESSION_KEY not in client.session


def test_a_form_from_elsewhere_is_refused_with_a_way_on(jo):
    answer = sign_in(client=Client(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert "Not saved yet" in answer.content.decode()


def test_every_account_page_looks_like_the_rest(client, jo):
    public = [
        *("login", "signup", "inactive", "password/reset", "password/reset/done"),
        *("password/reset/key/done", "password/reset/key/1-abc-def"),
    ]
    own = ["", "logout/", "password/change/", "sessions/", "reauthenticate/", "2fa/"]
    pages = [client.get(f"/accounts/{name}/") for name in public]
    client.force_login(jo)
    pages += [client.get(f"/accounts/{name}") for name in own]
    jo.set_unusable_password()
    jo.save()
    client.force_login(jo)
    pages.append(client.get("/accounts/password/set/"))
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert text.count("<h1") == 1
        assert "css/account.css" in text
        assert " style=" not in text
        assert "<script>" not in text


def test_an_error_page_needs_no_database(client, settings):
    from evaluations.views import errors

    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "nowhere.Storage"}}
    for answer in (errors.server_error(None), errors.bad_request(None)):
        assert "css/bare.css" in answer.content.decode()


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("rowan@example.org", "rowan@example.org. The link to a new password goes there"),
        ("", "no link to a new one can be sent to you"),
    ],
)
def test_the_account_page_says_where_a_link_to_a_new_password_goes(cast, email, said):
    cast.rowan.email = email
    cast.rowan.save()
    browser = Client()
    browser.force_login(cast.rowan)
    assert said in browser.get("/accounts/").content.decode()

"""Two-step sign-in: set up, asked for, guarded against guessing, required by an evaluation, reset."""

import base64
import re
import time
from urllib.parse import unquote

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from evaluations import access
from evaluations.access import TwoStepRequired
from evaluations.actions import accounts
from evaluations.actions.accounts import require_two_step
from evaluations.actions.calendars import make_calendar
from evaluations.actions.outcomes import NotOfTheEarlierRound, decide_outcome
from evaluations.actions.setup import NotFollowable, edit_evaluation
from evaluations.attempts import SETTING_UP, SIGNING_IN, code_key
from evaluations.models import AuditEvent
from evaluations.signin import TOO_MANY_CODES
from evaluations.two_step import UNREADABLE, WRONG_CODE, WRONG_FIRST_CODE

from . import builders
from .base import PASSWORD, as_member, signed_in
from .second_step import code, forget_used_codes, recovery_codes, set_up

pytestmark = pytest.mark.django_db

SIGN_IN, SECOND_STEP = "/accounts/login/", "/accounts/2fa/authenticate/"
TWO_STEP, TURN_ON, TURN_OFF = (
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/totp/deactivate/",
)
CODES = "/accounts/2fa/recovery-codes/"
OVERVIEW, SET_UP = "/e/practice/", "/e/practice/set-up/"


@pytest.fixture(autouse=True)
def no_earlier_attempts():
    """Start every test with empty counters."""
    cache.clear()


@pytest.fixture
def key(cast):
    """The key in Rowan's app."""
    return set_up(cast.rowan)


@pytest.fixture
def required(cast):
    """The cast's evaluation, which asks for two-step sign-in; Evelyn, who switched it on, has it."""
    set_up(cast.evelyn)
    return require_two_step(evaluation=cast.evaluation, required=True, by=cast.evelyn)


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """Do what follows the end of a transaction, as outside tests."""
    return django_capture_on_commit_callbacks(execute=True)


def password_given(username="rowan", **data):
    """Return a browser in which somebody has typed their password, and no code yet."""
    client = Client()
    answer = client.post(SIGN_IN, {"login": username, "password": PASSWORD, **data})
    assert answer.url == SECOND_STEP
    return client


def give(client, typed, **headers):
    """Type a code and return the answer."""
    return client.post(SECOND_STEP, {"code": typed}, **headers)


def confirmed(user):
    """Return a browser in which somebody has just given their password once more."""
    client = signed_in(user)
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


def verbs(user=None):
    """Return what was recorded of accounts, oldest first."""
    events = AuditEvent.objects.filter(evaluation=None).order_by("pk")
    return [str(event.verb) for event in events if user is None or event.subject == f"user {user.pk}"]


# --- Setting it up ----------------------------------------------------------------------------------------


def test_setting_it_up_takes_the_password_a_picture_or_a_key_and_a_code(cast, committing):
    client = signed_in(cast.rowan)
    again = client.get(TURN_ON)
    assert unquote(again.url) == f"/accounts/reauthenticate/?next={TURN_ON}"
    wrong = client.post(again.url, {"password": "not it", "next": TURN_ON}).content.decode()
    assert "This is not your password." in wrong
    assert client.post(again.url, {"password": PASSWORD, "next": TURN_ON}).url == TURN_ON

    page = client.get(TURN_ON).content.decode()
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)[1]
    assert base64.b64decode(picture).startswith(b"<?xml")
    key = "".join(re.findall(r"<span>([A-Z2-7]{1,4})</span>", page))
    assert len(key) == 32
    wrong = client.post(TURN_ON, {"code": "000000"})
    assert WRONG_FIRST_CODE in wrong.content.decode()
    assert 'href="#id_code"' in wrong.content.decode()

    with committing:
        answer = client.post(TURN_ON, {"code": code(key)}, follow=True)
    shown = re.findall(r"<code>(\d{4} \d{4})</code>", answer.content.decode())
    assert len(shown) == 10
    assert "I have kept them: carry on" in answer.content.decode()
    downloaded = client.get(f"{CODES}download/")
    assert "attachment" in downloaded["Content-Disposition"]
    assert all(each in downloaded.content.decode() for each in shown)
    assert verbs(cast.rowan) == ["set up two-step sign-in"]


def test_the_key_is_kept_encrypted_and_an_unreadable_one_opens_nothing(cast, key, settings):
    stored = Authenticator.objects.filter(user=cast.rowan).values_list("data", flat=True)
    assert key not in str(list(stored))
    client = password_given()
    settings.IDENTITY_KEYS = [Fernet.generate_key().decode()]
    answer = give(client, code(key))
    assert UNREADABLE in answer.content.decode()
    assert SESSION_KEY not in client.session


def test_where_the_host_lost_its_key_the_page_says_so(cast, key, settings):
    client = signed_in(cast.rowan)
    assert "You have 10 left" in client.get("/accounts/2fa/").content.decode()
    settings.IDENTITY_KEYS = [Fernet.generate_key().decode()]
    page = client.get("/accounts/2fa/")
    assert page.status_code == 200
    assert UNREADABLE in page.content.decode()


def test_setting_it_up_ends_the_sessions_that_began_without_it(cast, committing):
    elsewhere, here = signed_in(cast.rowan), confirmed(cast.rowan)
    here.get(TURN_ON)
    with committing:
        here.post(TURN_ON, {"code": code(here.session["mfa.totp.secret"])})
    assert here.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").url.startswith(SIGN_IN)
    assert verbs(cast.rowan) == ["set up two-step sign-in", "ended sessions"]


def test_with_a_second_step_the_password_alone_confirms_nothing(cast, key):
    client = signed_in(cast.rowan)
    again = f"/accounts/2fa/reauthenticate/?next={TURN_OFF}"
    assert unquote(client.get(TURN_OFF).url) == again
    assert "password" not in client.get(again).content.decode().lower()
    sent = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": TURN_OFF})
    assert unquote(sent.url) == again
    client.post(TURN_OFF)
    assert client.get(CODES).status_code == 302
    assert Authenticator.objects.filter(user=cast.rowan, type="totp").exists()


def test_stopping_it_and_new_recovery_codes_take_a_code_again(cast, key, committing):
    client = signed_in(cast.rowan)
    for address in (TURN_OFF, f"{CODES}generate/", CODES):
        assert client.get(address).url.startswith("/accounts/2fa/reauthenticate/")
    answer = client.post("/accounts/2fa/reauthenticate/", {"code": code(key), "next": f"{CODES}generate/"})
    assert answer.url == f"{CODES}generate/"
    before = recovery_codes(cast.rowan)
    with committing:
        client.post(f"{CODES}generate/")
    assert not set(before) & set(recovery_codes(cast.rowan))
    assert client.post(TURN_OFF).url == TWO_STEP
    assert "Set it up" in client.get(TWO_STEP).content.decode()
    assert not Authenticator.objects.filter(user=cast.rowan).exists()
    assert verbs(cast.rowan) == ["made recovery codes", "removed two-step sign-in"]


# --- Signing in -------------------------------------------------------------------------------------------


def test_the_password_alone_opens_nothing(cast, key):
    client = password_given(next="/e/practice/findings/")
    assert SESSION_KEY not in client.session
    assert client.get("/").url.startswith(SIGN_IN)
    page = client.get(SECOND_STEP).content.decode()
    assert 'autocomplete="one-time-code"' in page
    wrong = give(client, "123456")
    assert WRONG_CODE in wrong.content.decode()
    assert SESSION_KEY not in client.session
    assert give(client, f" {code(key)[:3]} {code(key)[3:]} ").url == "/e/practice/findings/"
    assert client.get("/e/practice/findings/").status_code == 200


def test_the_code_before_and_the_one_after_are_right_and_each_works_once(cast, key):
    for ahead in (-1, 1):
        assert give(password_given(), code(key, ahead=ahead)).status_code == 302
    for ahead in (-2, 2):
        assert give(password_given(), code(key, ahead=ahead)).status_code == 200
    cache.delete_many([f"allauth.mfa.totp.used?user={cast.rowan.pk}&code={code(key, ahead=1)}"])
    assert give(password_given(), code(key, ahead=1)).status_code == 200


def test_a_recovery_code_works_once(cast, key):
    first = recovery_codes(cast.rowan)[0]
    assert give(password_given(), f"{first[:4]} {first[4:]}").status_code == 302
    assert give(password_given(), first).status_code == 200
    assert len(recovery_codes(cast.rowan)) == 9
    assert verbs(cast.rowan) == ["used recovery code"]


def test_a_reset_link_does_not_go_round_the_second_step(cast, key):
    client = Client()
    client.post("/accounts/password/reset/", {"email": "rowan@example.org"})
    form = client.get(re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1], follow=True)
    fresh = {"password1": "a-brighter-harbour", "password2": "a-brighter-harbour"}
    assert client.post(form.request["PATH_INFO"], fresh).url == SECOND_STEP
    assert SESSION_KEY not in client.session
    assert verbs(cast.rowan) == ["changed password"]


def test_somebody_else_can_sign_in_instead(cast, key):
    client = password_given()
    assert client.post("/accounts/logout/", {"next": SIGN_IN}).url == SIGN_IN
    assert client.get(SIGN_IN).status_code == 200


def test_guessing_is_stopped_for_that_account_and_nobody_else_at_the_address(cast, key):
    guesser = password_given()
    for _ in range(5):
        assert WRONG_CODE in give(guesser, "000000").content.decode()
    assert TOO_MANY_CODES in give(guesser, code(key)).content.decode().replace("&#x27;", "'")
    assert TOO_MANY_CODES in give(password_given(), code(key), REMOTE_ADDR="203.0.113.9").content.decode()
    other = set_up(cast.leigh)
    assert give(password_given("leigh"), code(other)).status_code == 302


def guessed_at(user):
    """Let a stranger who knows somebody's password use up all codes of a day."""
    for counted in (SIGNING_IN, SETTING_UP):
        for rate in ratelimit.get_rates(**counted):
            key = ratelimit.get_cache_key(None, rate=rate, key=code_key(user), **counted)
            cache.set(key, [time.time()] * rate.amount, rate.duration)
    guesser = password_given(user.username)
    for _ in range(6):
        give(guesser, "000000")


def test_a_password_chosen_by_a_reset_link_lets_codes_be_tried_again_once_a_day(cast, key):
    for word, status in (("a-brighter-harbour", 302), ("a-darker-harbour", 200)):
        guessed_at(cast.rowan)
        client = Client()
        client.post("/accounts/password/reset/", {"email": "rowan@example.org"})
        form = client.get(re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1], follow=True)
        assert (
            client.post(form.request["PATH_INFO"], {"password1": word, "password2": word}).url == SECOND_STEP
        )
        assert give(client, recovery_codes(cast.rowan)[0]).status_code == status
        cast.rowan.set_password(PASSWORD)
        cast.rowan.save()


def test_after_a_reset_by_who_runs_the_server_it_can_be_set_up_again(cast, key):
    guessed_at(cast.rowan)
    call_command("reset_two_step", "rowan")
    client = confirmed(cast.rowan)
    client.get(TURN_ON)
    assert client.post(TURN_ON, {"code": code(client.session["mfa.totp.secret"])}).status_code == 302


def test_right_codes_are_not_counted(cast, key):
    for each in recovery_codes(cast.rowan)[:7]:
        assert give(password_given(), each).status_code == 302


# --- Asked for by an evaluation ---------------------------------------------------------------------------


def test_a_member_without_a_second_step_opens_nothing_of_the_evaluation(
    cast, required, django_assert_num_queries
):
    client = signed_in(cast.rowan)
    for page in ("", "findings/", "interviews/", "report/", "set-up/"):
        answer = client.get(f"{OVERVIEW}{page}")
        assert answer.status_code == 403
        assert "Two-step sign-in needed" in answer.content.decode()
    assert "Practice evaluation" not in answer.content.decode()
    assert client.post(f"{OVERVIEW}findings/new/", {"text": "x"}).status_code == 403
    with pytest.raises(TwoStepRequired):
        access.evaluation_for(cast.rowan, "practice")
    assert signed_in(cast.sam).get(OVERVIEW).status_code == 404
    with django_assert_num_queries(1):
        assert access.evaluation_for(cast.evelyn, "practice").evaluation == required


def test_the_list_of_evaluations_says_so_and_so_does_the_record(cast, required):
    builders.member(builders.evaluation(), cast.rowan, "reviewer")
    assert "Needs two-step sign-in" in signed_in(cast.rowan).get("/").content.decode()
    [event] = AuditEvent.objects.filter(evaluation=required, verb="required two-step sign-in")
    assert event.user == cast.evelyn


def test_setting_it_up_leads_back_to_where_the_person_was_going(cast, required):
    client = confirmed(cast.rowan)
    assert TURN_ON in client.get(f"{OVERVIEW}findings/?q=trust").content.decode()
    assert "trust" not in str(dict(client.session))
    client.get(TURN_ON)
    codes = client.post(TURN_ON, {"code": code(client.session["mfa.totp.secret"])}, follow=True)
    assert 'href="/e/practice/findings/"' in codes.content.decode()
    assert client.get(f"{OVERVIEW}findings/").status_code == 200
    assert "findings" not in str(dict(client.session))


def test_an_evaluator_switches_it_on_and_off_but_not_without_their_own(cast):
    client = signed_in(cast.evelyn)
    page = client.get(SET_UP).content.decode()
    assert f'href="{TWO_STEP}"' in page
    assert "Ask every member" not in page
    told = client.post(f"{SET_UP}two-step/", {"required": "yes"}, follow=True).content.decode()
    assert "Set up two-step sign-in for your own account first" in told
    set_up(cast.evelyn)
    page = client.post(f"{SET_UP}two-step/", {"required": "yes"}, follow=True).content.decode()
    assert "Members need two-step sign-in." in page
    assert "Not set up yet: Leigh, Rowan." in page
    assert signed_in(cast.rowan).get(OVERVIEW).status_code == 403
    client.post(f"{SET_UP}two-step/", {"required": ""})
    assert signed_in(cast.rowan).get(OVERVIEW).status_code == 200
    stored = (
        AuditEvent.objects.filter(evaluation=cast.evaluation).order_by("pk").values_list("verb", flat=True)
    )
    assert list(stored) == ["required two-step sign-in", "stopped requiring two-step sign-in"]


def test_an_earlier_round_that_asks_for_it_does_not_exist_for_those_without(cast, earlier):
    earlier.two_step_required = True
    earlier.save()
    member = as_member(cast.evelyn, cast.evaluation)
    assert access.earlier_rounds_for(member) == []
    assert access.followable_for(member) == []
    set_up(cast.evelyn)
    assert access.followable_for(member) == [earlier]
    assert [each.evaluation for each in access.earlier_rounds_for(member)] == [earlier]


def test_nothing_is_decided_about_a_round_that_asks_for_it_by_those_without(cast, earlier):
    finding = builders.finding(earlier.strand)
    closed = builders.evaluation(two_step_required=True)
    builders.member(closed, cast.evelyn, "evaluator")
    earlier.two_step_required = True
    earlier.save()
    about = {"evaluation": cast.evaluation, "by": cast.evelyn, "version": cast.evaluation.version}
    with pytest.raises(NotFollowable):
        edit_evaluation(changes={"follows": closed}, **about)
    decision = {"earlier": finding, "outcome": "resolved", "later": []}
    with pytest.raises(NotOfTheEarlierRound):
        decide_outcome(**about | decision | {"version": 0})
    set_up(cast.evelyn)
    assert decide_outcome(**about | decision | {"version": 0})
    assert edit_evaluation(changes={"follows": closed}, **about).follows == closed


def test_a_calendar_rests_until_its_member_has_a_second_step(cast, required):
    _, token = make_calendar(evaluation=cast.evaluation, by=cast.rowan)
    assert Client().get(f"/calendar/{token}.ics").status_code == 404
    set_up(cast.rowan)
    assert Client().get(f"/calendar/{token}.ics").status_code == 200


def test_whoever_joins_by_invitation_is_led_to_it(cast, required):
    from evaluations.actions.setup import invite

    _, token = invite(evaluation=required, role="reviewer", email="", by=cast.evelyn)
    fields = {"first_name": "Nia", "last_name": "", "email": "nia@example.org", "username": "nia"}
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    client = Client()
    answer = client.post(f"/invite/{token}/", fields | passwords, follow=True)
    assert answer.status_code == 403
    assert f'href="{TURN_ON}"' in answer.content.decode()


def test_whose_second_step_went_a_moment_ago_cannot_ask_for_everybodys(cast, monkeypatch):
    set_up(cast.evelyn)
    lock = accounts.locked

    def meanwhile(record):
        Authenticator.objects.filter(user=cast.evelyn).delete()
        return lock(record)

    monkeypatch.setattr(accounts, "locked", meanwhile)
    with pytest.raises(accounts.TwoStepMissing):
        require_two_step(evaluation=cast.evaluation, required=True, by=cast.evelyn)


# --- A lost phone -----------------------------------------------------------------------------------------


def test_a_lost_phone_is_reset_by_who_runs_the_server(cast, key, capsys, settings):
    settings.SITE_URL = "https://waterline.example.org"
    client = signed_in(cast.rowan)
    call_command("reset_two_step", "rowan")
    assert "signed out everywhere" in capsys.readouterr().out
    assert client.get("/").url.startswith(SIGN_IN)
    assert Client().post(SIGN_IN, {"login": "rowan", "password": PASSWORD}).url == "/"
    [message] = mail.outbox
    assert message.to == ["rowan@example.org"]
    assert re.findall(r"https?://[^/\s]+", message.body) == ["https://waterline.example.org"] * 2
    assert verbs(cast.rowan) == ["reset two-step sign-in", "ended sessions"]
    assert not AuditEvent.objects.filter(user=cast.rowan).exists()
    for name, said in (("rowan", "has no two-step"), ("nobody", "No account")):
        with pytest.raises(CommandError, match=said):
            call_command("reset_two_step", name)


@pytest.mark.parametrize("headers", [{"host": "localhost"}, {"x-forwarded-host": "evil.example.com"}])
def test_no_mail_has_an_address_from_a_request(cast, key, headers, settings):
    settings.SITE_URL = "https://waterline.example.org"
    for email in ("rowan@example.org", "nobody@example.org"):
        Client().post("/accounts/password/reset/", {"email": email}, headers=headers)
    client = Client()
    path = re.search(r"https://waterline.example.org(/\S+)", mail.outbox[0].body)[1]
    form = client.get(path, follow=True, headers=headers)
    fresh = {"password1": "a-brighter-harbour", "password2": "a-brighter-harbour"}
    client.post(form.request["PATH_INFO"], fresh, headers=headers)
    give(client, code(key), headers=headers)
    forget_used_codes()
    client.post("/accounts/2fa/reauthenticate/", {"code": code(key)}, headers=headers)
    for address in (f"{CODES}generate/", TURN_OFF):
        assert client.post(address, headers=headers).status_code == 302
    assert not Authenticator.objects.exists()
    assert [message.to for message in mail.outbox] == [["rowan@example.org"], ["nobody@example.org"]]
    said = " ".join(message.subject + message.body for message in mail.outbox)
    assert set(re.findall(r"https?://[^/\s]+", said)) == {"https://waterline.example.org"}
    assert "localhost" not in said
    assert "evil" not in said

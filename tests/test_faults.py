"""Faults that pass: a clear page, what was typed given back, nothing half-saved, and on it goes by itself.

The longer proofs are ``python -m tests.faults``.
"""

import html
import re
import sqlite3
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from unittest import mock

import psycopg2
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.test import Client, RequestFactory
from django.utils import timezone

from evaluations import jobs
from evaluations.actions import jobs as records
from evaluations.faults import Fault, fault_of
from evaluations.logs import JsonLines
from evaluations.models import Answer, AnswerVersion, ConflictingEdit, Finding, Job, JobState, Participant
from evaluations.views import errors

from . import builders
from .base import PASSWORD, signed_in
from .machine import free_port
from .pages import Page

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "/e/practice/findings/new/"
TYPED = "Parents said that nobody had asked them before, and that it would have mattered."
WHOLE = {"lasting": "not_judged", "note": "", "scope": "", "holder": "", "source": ""}
FROM_US = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}


# --- Faults, as each database has them --------------------------------------------------------------------


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


@contextmanager
def away():
    """The database does not answer: its file is gone, or its server refuses everybody."""
    connection.close()
    name = "NAME" if connection.vendor == "sqlite" else "PORT"
    wrong = "/nowhere/at/all.sqlite3" if connection.vendor == "sqlite" else 1
    with mock.patch.dict(connection.settings_dict, {name: wrong}):
        yield
        connection.close()


@contextmanager
def broken_off():
    """The server ends the connection, as it does when it is restarted."""
    with psycopg2.connect(**_as_tests_do()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", run("SELECT pg_backend_pid()")[0])
    other.close()
    yield


@contextmanager
def busy():
    """Somebody else holds what is to be written, for longer than anybody waits."""
    if connection.vendor == "sqlite":
        run("PRAGMA busy_timeout = 1")
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        run("SET lock_timeout = '10ms'")
        other = psycopg2.connect(**_as_tests_do())
        other.cursor().execute("LOCK TABLE evaluations_finding, evaluations_answer IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def read_only():
    """The database lets itself be read and not written: a file without permission, a replica."""
    on, off = {
        "sqlite": ("PRAGMA query_only = 1", "PRAGMA query_only = 0"),
        "postgresql": ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off"),
    }[connection.vendor]
    run(on)
    yield
    run(off)


@contextmanager
def full():
    """The disk is full."""
    before = run("PRAGMA max_page_count")[0][0]
    run("VACUUM")
    run("PRAGMA max_page_count = 1")  # no more than there are
    yield
    run(f"PRAGMA max_page_count = {before}")


def _as_tests_do():
    return connection.get_connection_params() | {"cursor_factory": None, "context": None}


ON_EITHER = [(away, "no_database"), (busy, "busy"), (read_only, "no_database")]
BY_NAME = pytest.mark.parametrize(
    ("fault", "why"), ON_EITHER, ids=lambda value: getattr(value, "__name__", "")
)

WORDS = {
    "no_database": "Waterline cannot reach its database at the moment, so this was most likely not saved.",
    "busy": "Waterline’s database was too busy to take this, so it was not saved.",
    "disk_full": "The disk of the server is full, so this was not saved.",
}


@pytest.fixture
def evelyn(cast):
    """Evelyn's browser; her page of a new finding is open."""
    client = Client(raise_request_exception=False)
    client.cookies = signed_in(cast.evelyn).cookies
    client.get(NEW)
    return client


@pytest.fixture
def typed(cast):
    """What she has typed there."""
    strand = cast.evaluation.strand.pk
    return {
        "text": TYPED,
        "kind": "barrier",
        "condition": "power",
        "strand": strand,
        "status": "draft",
    } | WHOLE


def given_back(answer):
    """Return what a page sends when its button is pressed."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.content.decode())
    return {html.unescape(name): html.unescape(value) for name, value in found}


def after():
    """Do what Django does between two requests."""
    close_old_connections()


@BY_NAME
def test_a_form_sent_during_a_fault_is_given_back_and_saved_by_the_next_press(evelyn, typed, fault, why):
    check_a_form_is_given_back(evelyn, typed, fault, why)


def test_a_form_sent_to_a_full_disk_is_given_back(evelyn, typed):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's disk is filled by python -m tests.faults")
    typed["note"] = "words " * 3_000  # more than fits into what is free in the file
    check_a_form_is_given_back(evelyn, typed, full, "disk_full")


def check_a_form_is_given_back(evelyn, typed, fault, why):
    with fault():
        answer = evelyn.post(NEW, typed, headers=FROM_US)
        told = evelyn.post(NEW, typed, headers=FROM_US | {"x-requested-with": "fetch"})
    after()
    page = Page(answer)
    assert (answer.status_code, told.status_code) == (503, 503)
    assert answer["Retry-After"] == told["Retry-After"] == "30"
    assert "no-store" in answer["Cache-Control"]
    assert WORDS[why] in page.words
    assert told.json()["error"].startswith("The server")
    sent = given_back(answer)
    assert {name: sent[name] for name in typed} == {name: str(value) for name, value in typed.items()}
    assert not Finding.objects.exists()

    assert evelyn.post(NEW, sent, headers=FROM_US).status_code == 302
    assert [row.text for row in Finding.objects.all()] == [typed["text"]]


@pytest.mark.parametrize("address", ["/e/practice/", "/accounts/login/", "/w/ABCD-EFGH/", "/o/some-token/"])
def test_a_page_asked_for_while_the_database_is_away_says_so_and_is_there_again_by_itself(evelyn, address):
    usual = evelyn.get(address).status_code
    with away():
        answer = evelyn.get(address)
        assert evelyn.get("/healthz").status_code == 200
        assert evelyn.get("/readyz").status_code == 503
    after()
    page = Page(answer)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "It cannot reach its database. What was saved before is safe." in page.words
    assert page.one("a", href=address).words == "try again"
    assert evelyn.get("/readyz").status_code == 200
    assert evelyn.get(address).status_code == usual


def test_no_page_of_an_error_leads_to_another_host(cast, evelyn):
    """``//elsewhere.example`` is an address of ours to a server, and another host to a browser."""
    there, ours = {"PATH_INFO": "//elsewhere.example/x"}, "http://testserver"
    signed_out = Client()
    signed_out.cookies = signed_in(cast.evelyn).cookies
    signed_out.session.flush()
    sent = RequestFactory().post("/", {"text": TYPED}, HTTP_ORIGIN=ours, **there)
    sent.user, sent.session = AnonymousUser(), {}
    answers = [
        evelyn.get("/", **there),
        signed_out.get("/", **there),
        signed_out.post("/", {"text": TYPED}, HTTP_ORIGIN=ours, **there),
        *(page(sent) for page in (errors.bad_request, errors.forbidden, errors.csrf_failure)),
        errors.server_error(sent),
    ]
    with away():
        answers += [evelyn.get("/", **there), evelyn.post("/", {"text": TYPED}, HTTP_ORIGIN=ours, **there)]
    after()
    assert [answer.status_code for answer in answers] == [404, 302, 401, 400, 403, 403, 500, 503, 503]
    for answer in answers:
        assert not re.search(r"""(href|action|src)=["']?\s*//""", answer.content.decode())
        assert not answer.get("Location", "").startswith("//")
    assert answers[-1].content.decode().count("/%2Felsewhere.example/x") == 1


def test_a_connection_that_the_server_ended_costs_one_request_at_most(evelyn, typed):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    with broken_off():
        answer = evelyn.post(NEW, typed, headers=FROM_US)
    after()
    assert answer.status_code == 503
    assert evelyn.post(NEW, given_back(answer), headers=FROM_US).status_code == 302
    assert Finding.objects.count() == 1


def test_what_is_typed_on_a_phone_in_a_workshop_is_given_back_without_an_account(cast):
    workshop = builders.workshop(cast.evaluation.strand)
    phone, join = Client(raise_request_exception=False), f"/w/{workshop.shown_code}/join/"
    phone.get(f"/w/{workshop.shown_code}/")
    with away():
        answer = phone.post(join, {"name": "Ash"}, headers=FROM_US)
    after()
    assert answer.status_code == 503
    assert given_back(answer)["name"] == "Ash"
    assert "evaluations" not in Page(answer).words
    assert phone.post(join, given_back(answer), headers=FROM_US).status_code == 302


def test_a_form_of_a_stranger_is_not_given_back(evelyn, typed):
    with away():
        answer = evelyn.post(NEW, typed, headers={"origin": "https://elsewhere.example.org"})
    assert answer.status_code == 503
    assert TYPED not in answer.content.decode()


def test_what_was_saved_although_the_connection_broke_at_the_end_is_not_saved_twice(cast, evelyn):
    """Nobody can tell whether a COMMIT without an answer was carried out: here it was."""
    finding = builders.finding(cast.evaluation.strand, text="Before", status="draft")
    edit = f"/e/practice/findings/{finding.pk}/edit/"
    sent = {"text": TYPED, "kind": finding.kind, "condition": finding.condition, "version": 1}
    sent |= {"strand": finding.strand_id, "status": "draft"} | WHOLE
    with breaking_after_commit():
        answer = evelyn.post(edit, sent, headers=FROM_US)
    assert answer.status_code == 503
    assert "If the connection broke at the very last moment, it is there all the same" in Page(answer).words
    assert Finding.objects.get().text == TYPED

    assert evelyn.post(edit, given_back(answer), headers=FROM_US).status_code == 302
    finding.refresh_from_db()
    assert (finding.version, ConflictingEdit.objects.count()) == (2, 0)


def test_a_code_that_was_saved_although_the_connection_broke_is_refused_the_second_time(evelyn):
    new = "/e/practice/participants/new/"
    sent = {"code": "P07", "sector": "parent", "consent": "ask_first", "attribution": "none"}
    with breaking_after_commit():
        answer = evelyn.post(new, sent, headers=FROM_US)
    assert answer.status_code == 503
    assert evelyn.post(new, given_back(answer), headers=FROM_US).status_code == 200
    assert Participant.objects.count() == 1


@contextmanager
def breaking_after_commit():
    """The first transaction that saves something is carried out, and then the connection breaks."""
    commit = connection._commit

    def once():
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    with mock.patch.object(connection, "_commit", once):
        yield


def test_only_what_passes_counts_as_a_fault():
    assert fault_of(InterfaceError("connection already closed")) is Fault.AWAY
    with pytest.raises(Exception) as raised:
        run("SELECT no_such_column FROM evaluations_finding")
    assert fault_of(raised.value) is None
    assert fault_of(ValueError("no")) is None
    assert fault_of(OSError(28, "No space left on device")) is Fault.FULL


def test_the_log_has_the_event_and_no_word(evelyn, typed, caplog):
    with away():
        evelyn.post(NEW, typed, headers=FROM_US)
    assert "database-unavailable" in [record.message for record in caplog.records]
    assert TYPED not in "".join(JsonLines().format(record) for record in caplog.records)


# --- Mail ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["evelyn@example.org", "nobody@example.org"])
def test_without_a_mail_server_whoever_asks_for_a_link_is_told_the_same(cast, settings, address):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    client, reset = Client(raise_request_exception=False), "/accounts/password/reset/"
    answer = client.post(reset, {"email": address}, headers=FROM_US)
    assert answer.status_code == 503
    assert "The mail server does not answer, so no mail was sent." in Page(answer).words
    assert given_back(answer)["email"] == address
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert client.post(reset, given_back(answer), headers=FROM_US).status_code == 302
    assert len(mail.outbox) == 1


# --- Jobs -------------------------------------------------------------------------------------------------


def begin(cast):
    job = builders.import_job(cast.evaluation)
    return records.start_job(job=job, by=cast.evelyn)


def test_a_job_during_which_the_database_goes_away_is_begun_anew_by_the_worker_that_waited(cast, monkeypatch):
    job, looks = begin(cast), []
    read = jobs.parse

    def interrupted(*arguments):
        if not looks:
            looks.append("away")
            raise OperationalError("server closed the connection unexpectedly")
        return read(*arguments)

    def pause(seconds):
        Job.objects.filter(pk=job.pk).update(seen_at=timezone.now() - records.GIVEN_UP_AFTER * 2)
        looks.append("waited")

    monkeypatch.setattr(jobs, "parse", interrupted)
    monkeypatch.setattr(jobs.time, "sleep", pause)
    jobs.work(stopped=lambda: Job.objects.filter(state=JobState.DONE).exists())
    job.refresh_from_db()
    assert (job.attempt, Finding.objects.count(), looks) == (2, 1, ["away", "waited"])


def test_a_job_that_meets_a_full_disk_says_so_and_can_be_started_again(cast, evelyn, monkeypatch):
    job = begin(cast)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "carry_out_import", mock.Mock(side_effect=OSError(28, "No space left on device")))
        jobs.work(once=True)
    page = Page(evelyn.get(f"/e/practice/jobs/{job.pk}/"))
    assert "The server’s disk is full, so nothing was imported." in page.words
    records.start_job(job=Job.objects.get(), by=cast.evelyn)
    jobs.work(once=True)
    assert Finding.objects.count() == 1


# --- Clocks -----------------------------------------------------------------------------------------------

JUMPS = pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)], ids=["forward", "back"])


@contextmanager
def jumped(jump):
    """The clock of this process is wrong by ``jump``."""
    now, seconds = timezone.now, time.time
    with ExitStack() as stack:
        stack.enter_context(mock.patch("django.utils.timezone.now", lambda: now() + jump))
        stack.enter_context(mock.patch("time.time", lambda: seconds() + jump.total_seconds()))
        yield


@JUMPS
def test_no_worker_whose_clock_is_wrong_takes_a_job_from_another(cast, jump):
    begin(cast)
    held = records.claim_job()
    with jumped(jump):
        assert records.claim_job() is None
        assert records.say_alive(job=held)
    assert records.claim_job() is None
    jobs.run(held)
    assert (Job.objects.get().state, Finding.objects.count()) == ("done", 1)


def test_a_job_whose_worker_died_before_the_clock_was_put_back_does_not_wait_for_a_day(cast):
    begin(cast)
    records.claim_job()
    Job.objects.update(seen_at=timezone.now() + timedelta(days=1))
    jobs.work(once=True)
    assert (Job.objects.get().state, Finding.objects.count()) == ("done", 1)


@JUMPS
def test_a_clock_that_jumps_costs_a_sign_in_and_no_word(cast, evelyn, typed, jump):
    with jumped(jump):
        answer = evelyn.post(NEW, typed, headers=FROM_US)
        assert answer.status_code == 401
        given = given_back(answer)
        assert given["text"] == TYPED
        assert evelyn.post("/accounts/login/", {"login": "evelyn", "password": PASSWORD}).status_code == 302
        assert evelyn.post(NEW, given, headers=FROM_US).status_code == 302
        assert evelyn.get("/e/practice/findings/").status_code == 200
    assert Finding.objects.get().text == TYPED


@JUMPS
def test_who_is_locked_out_when_the_clock_jumps_gets_in_by_a_link(cast, jump):
    client, wrong = Client(), {"login": "evelyn", "password": "wrong"}
    for _ in range(6):
        assert client.post("/accounts/login/", wrong).status_code == 200
    with jumped(jump):
        client.post("/accounts/password/reset/", {"email": "evelyn@example.org"})
        link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]
        form = client.get(link, follow=True)
        new = {"password1": "seven grey geese", "password2": "seven grey geese"}
        client.post(form.redirect_chain[-1][0], new)
        assert client.get("/e/practice/").status_code == 200


def test_texts_saved_around_a_jump_and_the_end_of_summer_time_are_all_kept_in_their_order(cast):
    builders.interview(cast.evaluation, code="I01")
    name, save = "answer-power-free", "/e/practice/interviews/I01/save/"
    end_of_summer = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # half past one, twice
    moments = [end_of_summer + timedelta(hours=hours) for hours in (0, 1, 25, -23, 2)]
    version, texts = 0, [f"Said {number} times." for number in range(len(moments))]
    for text, moment in zip(texts, moments, strict=True):
        sent = {"condition": "power", name: text, f"version-{name}": version}
        now = mock.patch("django.utils.timezone.now", lambda moment=moment: moment)
        with now, mock.patch("time.time", moment.timestamp):
            answer = signed_in(cast.evelyn).post(save, sent, headers={"x-requested-with": "fetch"})
        assert answer.status_code == 200
        version = answer.json()["answers"][name]["version"]
    assert version == len(texts)
    assert Answer.objects.get().text == texts[-1]
    assert (
        list(AnswerVersion.objects.order_by("number").values_list("text", flat=True))[-len(texts) :] == texts
    )

"""Logs are JSON lines with ids only: nothing typed, no address, no token, no exception's words."""

import io
import json
import logging
import subprocess
import sys
from pathlib import Path

import gunicorn
import pytest
from django.contrib.auth import get_user_model
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.test import Client

from evaluations.logs import GUNICORN, JsonLines, event, request_id
from evaluations.middleware import RequestLog
from evaluations.views import health

ROOT = Path(__file__).resolve().parent.parent
SECRET = "xyzzy-1f4a"  # whatever a person typed, in any place of a request


@pytest.fixture
def written():
    """Every line the loggers write during a test, through the formatter of production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)
    assert SECRET not in stream.getvalue()


def requests(lines):
    """Return the lines about requests."""
    return [line for line in lines if line.get("event") == "request"]


def formatted(logger, *arguments, **options):
    """Return what a logging call of `logger` is written as."""
    record = logging.getLogger(logger).makeRecord(logger, logging.INFO, __file__, 1, *arguments, **options)
    text = JsonLines().format(record)
    assert SECRET not in text
    return json.loads(text)


@pytest.mark.django_db
def test_a_request_is_one_line_with_the_name_of_its_view(client, written):
    user = get_user_model().objects.create_user("jo")
    client.force_login(user)
    client.get("/", {"q": SECRET})
    [line] = requests(written())
    assert line.keys() >= {
        "time",
        "level",
        "logger",
        "event",
        "route",
        "method",
        "status",
        "ms",
        "user",
        "request",
    }
    assert (line["route"], line["method"], line["status"]) == ("evaluation-list", "GET", 200)
    assert line["user"] == user.pk
    assert line["time"].endswith("+00:00")


@pytest.mark.django_db
def test_neither_query_nor_body_nor_path_nor_token_is_written(client, written):
    client.get(f"/nowhere/{SECRET}/", {"q": SECRET})
    client.get(f"/invite/{SECRET}/")
    client.get(f"/accounts/password/reset/key/1-{SECRET}/")
    client.post("/accounts/login/", {"login": SECRET, "password": SECRET}, headers={"user-agent": SECRET})
    client.post("/accounts/password/reset/", {"email": f"{SECRET}@example.org"})
    client.get("/accounts/login/", headers={"host": f"{SECRET}.example.org"})
    Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": SECRET})
    lines = written()
    assert len(requests(lines)) == 7
    assert all("user" not in line for line in requests(lines))
    assert {line["route"] for line in requests(lines) if "route" in line} >= {
        "account_login",
        "invitation-accept",
    }


@pytest.mark.django_db
def test_an_error_is_written_as_classes_and_places_without_words(client, written, monkeypatch):
    def broken():
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise DataError(f'value "{SECRET}" too long') from error

    monkeypatch.setattr(health.connection, "cursor", broken)
    client.raise_request_exception = False
    assert client.get("/readyz").status_code == 503
    line = next(line for line in written() if line.get("event") == "database-unavailable")
    assert line["exception"] == ["django.db.utils.DataError", "builtins.ValueError"]
    assert line["stack"][0].startswith("evaluations/views/health.py:")
    assert line["stack"][-1].endswith(":broken")


@pytest.mark.django_db
def test_an_unforeseen_error_is_written_with_the_id_that_its_page_shows(client, written, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError(SECRET)

    monkeypatch.setattr("evaluations.signin.SignInAdapter.authenticate", broken)
    client.raise_request_exception = False
    answer = client.post("/accounts/login/", {"login": SECRET, "password": SECRET})
    assert answer.status_code == 500
    line = next(line for line in written() if line["logger"] == "django.request")
    assert line["exception"] == ["builtins.RuntimeError"]
    assert line["route"] == "account_login"
    assert line["request"] in answer.content.decode()
    assert SECRET not in answer.content.decode()


@pytest.mark.django_db
def test_health_and_static_files_are_not_written(client, written):
    client.get("/healthz")
    client.get("/readyz")
    client.get("/static/css/nowhere.css")
    assert requests(written()) == []


def test_of_other_libraries_the_text_is_never_written():
    line = formatted("allauth.account", f"sent to {SECRET}: %s", (SECRET,), None)
    assert "event" not in line
    assert line["at"].startswith("tests/test_logs.py:1:")


def test_of_our_own_only_a_constant_name_is_written():
    assert formatted("evaluations.exports", "export-made", (), None)["event"] == "export-made"
    assert formatted("evaluations.exports", f"Exported {SECRET}", (), None)["event"] == "unnamed"
    assert formatted("evaluations.exports", "%s", (SECRET,), None)["event"] == "unnamed"
    assert "event" not in formatted("evaluationsplus", "export-made", (), None)


def test_extra_values_are_whole_numbers_or_known_words():
    extra = {"user": SECRET, "status": SECRET, "ms": SECRET, "method": SECRET, "query": SECRET}
    line = formatted("evaluations.requests", "request", (), None, extra=extra)
    assert line["method"] == "other"
    assert not {"user", "status", "ms", "query"} & line.keys()


def test_every_line_of_a_request_shares_its_id_and_none_outlives_it():
    seen = []

    def view(request):
        seen.append(request_id.get())
        return HttpResponse()

    request = HttpRequest()
    request.method = "GET"
    for _ in range(2):
        RequestLog(view)(request)
    assert all(seen)
    assert seen[0] != seen[1]
    assert request_id.get() is None


def test_the_settings_send_every_logger_through_the_formatter():
    code = (
        "import django, logging; django.setup()\n"
        "for name in ('evaluations.x', 'django.request', 'django.server', 'django.security', 'allauth'):\n"
        f"    logging.getLogger(name).error('{SECRET} %s', '{SECRET}')\n"
        f"logging.getLogger('django.server').info('GET /invite/{SECRET}/')\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (done.stdout + done.stderr).splitlines() if line.startswith("{")]
    assert [line["logger"] for line in lines][:3] == ["evaluations.x", "django.request", "django.server"]
    assert len(lines) == 5
    assert SECRET not in done.stdout + done.stderr


def test_what_gunicorn_says_has_a_name_and_no_address():
    line = formatted("gunicorn.error", "Connection in use: %s", (SECRET,), None)
    assert line["event"] == "address-in-use"
    assert "event" not in formatted("gunicorn.error", f"Error handling request {SECRET}", (), None)
    assert "event" not in formatted("django.request", "Connection in use: %s", (SECRET,), None)


def test_a_worker_that_is_told_to_stop_was_not_killed():
    arguments = (
        "gunicorn.error",
        logging.INFO,
        __file__,
        1,
        "Worker (pid:%s) was sent %s!",
        (1, "SIG"),
        None,
    )
    record = logging.LogRecord(*arguments)
    assert event(record) == "worker-ended"
    record.levelno = logging.WARNING
    assert event(record) == "worker-killed"


def test_gunicorn_still_says_it_in_these_words():
    source = "".join(path.read_text() for path in Path(gunicorn.__file__).parent.rglob("*.py"))
    assert not [words for words in GUNICORN if words.partition("! ")[0] not in source]

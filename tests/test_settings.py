"""The settings are safe by default, and say plainly what is missing or malformed."""

import os
import subprocess
import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.core.checks import run_checks
from django.template import Context, Template

from evaluations.checks import no_demo_accounts
from evaluations.signin import DEMO_USERNAMES

ROOT = Path(__file__).resolve().parent.parent
OURS = (
    *("DEBUG", "SECRET_KEY", "IDENTITY_KEYS", "DATABASE_URL", "SITE_URL", "ALLOWED_HOSTS"),
    *("DJANGO_SETTINGS_MODULE", "SECURE_SSL_REDIRECT", "TRUSTED_PROXY_COUNT", "TRUST_X_FORWARDED_PROTO"),
)


@pytest.fixture
def production(tmp_path):
    """The environment of a careful host."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | {
        "SECRET_KEY": "production-" + "qwertyuiopasdfghjklzxcvbnm" * 3,
        "IDENTITY_KEYS": f"{Fernet.generate_key().decode()}, {Fernet.generate_key().decode()}",
        "DATABASE_URL": f"sqlite:///{tmp_path.as_posix()}/production.sqlite3",
        "SITE_URL": "https://waterline.example.org",
    }


def manage(environment, *arguments):
    """Run manage.py and return its outcome."""
    command = [sys.executable, ROOT / "manage.py", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)


def value_of(environment, expression):
    """Return what an expression of `settings` prints in a process of its own."""
    code = f"from ssbc_eval import settings; print({expression})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["SECRET_KEY", "IDENTITY_KEYS", "DATABASE_URL", "SITE_URL"])
def test_a_missing_variable_stops_the_start_and_is_named(production, name):
    del production[name]
    done = manage(production, "check")
    assert done.returncode != 0
    assert f"Set the environment variable {name}." in done.stderr
    assert "Traceback" not in done.stderr


def test_gunicorn_stops_with_that_sentence_as_its_last(production):
    del production["SECRET_KEY"]
    command = [sys.executable, "-m", "gunicorn", "ssbc_eval.wsgi"]
    done = subprocess.run(command, env=production, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    last = done.stderr.splitlines()[-1]
    assert last.startswith("Waterline cannot start: Set the environment variable SECRET_KEY.")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("SECRET_KEY", "   "),
        ("IDENTITY_KEYS", "not-a-fernet-key-hunter2"),
        ("IDENTITY_KEYS", "é"),
        ("DATABASE_URL", "mysql://root:hunter2@localhost/waterline"),
        ("DATABASE_URL", "postgres://waterline:hunter2@localhost:port/waterline"),
        ("DATABASE_URL", "waterline.sqlite3"),
        ("SITE_URL", "waterline.example.org"),
        ("SITE_URL", "https://waterline.example.org/path"),
        ("SITE_URL", "ftp://waterline.example.org"),
        ("SITE_URL", "https://user@waterline.example.org"),
        ("SITE_URL", "https://waterline.example.org:port"),
        ("ALLOWED_HOSTS", "waterline.example.org, *"),
        ("SECURE_SSL_REDIRECT", "2"),
        ("SECURE_HSTS_SECONDS", "a year"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("EMAIL_PORT", "smtp"),
        ("EMAIL_USE_TLS", "starttls"),
    ],
)
def test_a_malformed_variable_stops_the_start_and_is_named_without_its_value(production, name, value):
    done = manage(production | {name: value}, "check")
    assert done.returncode != 0
    assert done.stderr.startswith("Waterline cannot start:")
    assert name in done.stderr
    assert "hunter2" not in done.stderr


def test_the_deployment_check_is_clean_with_nothing_but_the_required_variables(production):
    done = manage(production, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_the_deployment_check_warns_of_links_over_plain_http(production):
    done = manage(production | {"SITE_URL": "http://waterline.example.org"}, "check", "--deploy")
    assert "SITE_URL does not begin with https://" in done.stderr


def test_connections_end_with_each_request_where_a_pooler_wants_it(production):
    pooled = {"DATABASE_URL": "postgres://waterline@127.0.0.1:1/waterline", "DATABASE_CONN_MAX_AGE": "0"}
    assert value_of(production | pooled, "settings.DATABASES['default']['CONN_MAX_AGE']") == "0"


def test_the_deployment_check_works_when_the_database_is_away(production):
    away = {"DATABASE_URL": "postgres://waterline@127.0.0.1:1/waterline"}
    done = manage(production | away, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "nobody looked for demo accounts" in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("username", DEMO_USERNAMES)
def test_the_deployment_check_fails_while_a_demo_account_exists(django_user_model, username):
    assert no_demo_accounts(None) == []
    django_user_model.objects.create_user(username)
    errors = [error for error in run_checks(include_deployment_checks=True) if error.id == "evaluations.E001"]
    assert len(errors) == 1
    assert username in errors[0].msg


@pytest.mark.django_db
def test_the_deployment_check_is_content_with_other_accounts(django_user_model):
    django_user_model.objects.create_user("jo")
    assert no_demo_accounts(None) == []


def test_neither_a_variable_nor_a_word_on_another_command_line_switches_the_demo_on(production):
    production |= {"DEMO": "true", "WATERLINE_DEMO": "1", "DJANGO_DEMO": "yes"}
    assert value_of(production, "settings.DEMO") == "False"
    code = "import sys; sys.argv = ['gunicorn', 'demo']; from ssbc_eval import settings; print(settings.DEMO)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=production, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "False"


def test_the_site_trusts_and_answers_to_its_own_address_unless_told_otherwise(production):
    assert value_of(production, "settings.ALLOWED_HOSTS") == "['waterline.example.org']"
    assert value_of(production, "settings.CSRF_TRUSTED_ORIGINS") == "['https://waterline.example.org']"
    production["ALLOWED_HOSTS"] = "a.example.org, b.example.org"
    assert value_of(production, "settings.ALLOWED_HOSTS") == "['a.example.org', 'b.example.org']"


def test_forwarded_headers_are_believed_only_when_told_so(production):
    has_header = "hasattr(settings, 'SECURE_PROXY_SSL_HEADER'), settings.ALLAUTH_TRUSTED_PROXY_COUNT"
    assert value_of(production, has_header) == "False 0"
    production |= {"TRUST_X_FORWARDED_PROTO": "true", "TRUSTED_PROXY_COUNT": "2"}
    assert value_of(production, has_header) == "True 2"


def test_a_postgresql_address_gives_connections_that_last_and_are_checked(production):
    production["DATABASE_URL"] = "postgres://waterline:secret@db:5433/waterline"
    parts = (
        "[settings.DATABASES['default'][k] for k in ('HOST', 'PORT', 'CONN_MAX_AGE', 'CONN_HEALTH_CHECKS')]"
    )
    assert value_of(production, parts) == "['db', 5433, 60, True]"


@pytest.mark.django_db
def test_sqlite_is_set_up_to_lose_and_leave_nothing():
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    assert found == wanted
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_dates_are_written_as_in_the_uk():
    template = Template("{{ day }} / {{ day|date }} / {{ day|date:'DATE_FORMAT' }}")
    assert template.render(Context({"day": date(2025, 3, 31)})) == " / ".join(["31 March 2025"] * 3)


@pytest.mark.django_db
def test_every_answer_carries_the_strict_policy(client):
    for address in ("/accounts/login/", "/", "/nowhere/", "/static/nowhere.css", "/healthz"):
        policy = client.get(address).headers["Content-Security-Policy"]
        directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
        assert "unsafe" not in policy
        assert directives["default-src"] == "'none'"
        assert directives["script-src"] == "'self'"
        assert directives["frame-ancestors"] == "'none'"
        assert not any("http" in source or "*" in source for source in directives.values())


@pytest.mark.django_db
def test_an_unknown_host_is_refused_with_a_page_and_the_strict_policy(client):
    answer = client.get("/accounts/login/", headers={"host": "elsewhere.example.com"})
    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.django_db
def test_other_headers_keep_addresses_and_frames_to_ourselves(client):
    headers = client.get("/accounts/login/").headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_outside_the_demo_everything_goes_over_https(production):
    names = ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "DEBUG", "DEMO")
    assert (
        value_of(production, f"[getattr(settings, n) for n in {names}]") == "[True, True, True, False, False]"
    )
    assert value_of(production, "settings.SECURE_HSTS_SECONDS") == str(365 * 24 * 60 * 60)


def test_sessions_and_counters_live_in_the_database():
    assert issubclass(import_module(settings.SESSION_ENGINE).SessionStore, DatabaseSessions)
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False

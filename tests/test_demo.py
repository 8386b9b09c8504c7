"""`manage.py demo` prepares itself, serves on this computer only, and stops cleanly."""

import http.client
import http.cookiejar
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from evaluations.actions.demo import make_demo_accounts
from evaluations.actions.errors import NotAllowedNow
from evaluations.signin import DEMO_PASSWORD, DEMO_USERNAMES
from tests.machine import free_port

ROOT = Path(__file__).resolve().parent.parent
EVALUATIONS = {
    "SSBC Legacy Plan evaluation 2023": "ssbc-legacy-2023",
    "Practice evaluation (made up)": "practice",
    "Practice evaluation, first round (made up)": "practice-first-round",
}


class Demo:
    """A running demo, with the lines it printed until it was ready."""

    def __init__(self, *arguments, **environment):
        # A file, not a pipe: a pipe that nobody reads would fill up with log lines and stop the demo.
        self.errors = tempfile.TemporaryFile("a+")  # noqa: SIM115 - as long as the demo runs
        self.process = start(*arguments, errors=self.errors, **environment)
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if "Press Ctrl+C" in line:
                break
        ready = re.search(r"http://127\.0\.0\.1:\d+", "\n".join(self.lines))
        assert ready, "\n".join(self.lines) + self.logged()
        self.address = ready.group()
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def logged(self):
        """Return what was written to the log so far."""
        self.errors.seek(0)
        return self.errors.read()

    def open(self, path, **form):
        """Ask for a page, or send a form with its token, and return `(final address, text)`."""
        data = None
        if form:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.open(path)[1]).group(1)
            data = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token}).encode()
        with self.opener.open(self.address + path, data=data, timeout=30) as answer:
            return answer.url, answer.read().decode()

    def stop(self, how=signal.SIGINT):
        """Send a signal and return the exit code."""
        self.process.send_signal(how)
        output, _ = self.process.communicate(timeout=30)
        self.lines += output.splitlines()
        return self.process.returncode


def start(*arguments, errors=subprocess.PIPE, **environment):
    """Start the command with nothing of this environment that could matter."""
    command = [sys.executable, ROOT / "manage.py", "demo", *arguments]
    keep = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "SYSTEMROOT", "TMP")
    }
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=keep | environment,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )


def outcome(*arguments, **environment):
    """Run the command until it ends by itself; return `(exit code, what it printed as errors)`."""
    process = start(*arguments, **environment)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """The address of an SQLite file that is not there yet, in a folder with a space in its name."""
    folder = tmp_path_factory.mktemp("a demo")
    return f"sqlite:///{folder.as_posix()}/waterline.sqlite3"


@pytest.fixture(scope="module")
def demo(database):
    """A demo that runs for all tests of this module that only look."""
    demo = Demo("--port", "0", DATABASE_URL=database)
    yield demo
    if demo.process.poll() is None:
        demo.stop()


@pytest.mark.own_database
def test_it_answers_and_says_how_to_sign_in(demo):
    assert demo.open("/healthz")[1] == "ok"
    assert demo.open("/readyz")[1] == "ok"
    assert demo.lines[0] == "Preparing the database..."
    for username in DEMO_USERNAMES:
        assert any(username in line and DEMO_PASSWORD in line for line in demo.lines)
        assert username in demo.open("/accounts/login/")[1]


@pytest.mark.own_database
@pytest.mark.parametrize("username", DEMO_USERNAMES)
def test_each_account_signs_in_and_chooses_between_the_2023_evaluation_and_practice(demo, username):
    demo.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    address, page = demo.open("/accounts/login/", login=username, password=DEMO_PASSWORD)
    assert address == f"{demo.address}/"
    for title, slug in EVALUATIONS.items():
        assert title in page
        assert demo.open(f"/e/{slug}/")[0] == f"{demo.address}/e/{slug}/"


@pytest.mark.own_database
def test_static_files_are_served(demo):
    assert ".entrance" in demo.open("/static/css/account.css")[1]


@pytest.mark.own_database
def test_it_listens_on_this_computer_only_and_to_its_own_names(demo):
    port = urllib.parse.urlsplit(demo.address).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/accounts/login/", headers={"Host": "evil.example.com"})
    assert connection.getresponse().status == 400
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", port))  # free: the demo has 127.0.0.1 and nothing else


@pytest.mark.own_database
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_its_keys_are_for_its_owner_only(demo, database):
    keys = Path(urllib.parse.urlsplit(database).path + "-keys")
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert json.loads(keys.read_text()).keys() == {"SECRET_KEY", "IDENTITY_KEYS"}


@pytest.mark.own_database
def test_its_log_is_json_lines_without_addresses(demo):
    demo.open("/accounts/login/?q=xyzzy")
    lines = [json.loads(line) for line in demo.logged().splitlines()]
    assert "account_login" in {line.get("route") for line in lines}
    assert "xyzzy" not in demo.logged()


@pytest.mark.own_database
def test_a_port_in_use_is_one_clear_line(demo, database):
    port = str(urllib.parse.urlsplit(demo.address).port)
    code, errors = outcome("--port", port, DATABASE_URL=database)
    assert code == 1
    assert len(errors.splitlines()) == 1
    assert f"Port {port} cannot be used" in errors


@pytest.mark.own_database
@pytest.mark.parametrize("port", ["-1", "65536"])
def test_an_impossible_port_is_one_clear_line(database, port):
    code, errors = outcome(f"--port={port}", DATABASE_URL=database)
    assert (code, len(errors.splitlines())) == (1, 1)


@pytest.mark.own_database
@pytest.mark.parametrize(
    "address",
    ["postgres://waterline:hunter2@localhost/waterline", "sqlite://:memory:", "sqlite://", "rubbish"],
)
def test_anything_but_an_sqlite_file_is_refused(address):
    code, errors = outcome(DATABASE_URL=address)
    assert code == 1
    assert errors.startswith("Waterline cannot start: the demo only uses an SQLite file.")
    assert "hunter2" not in errors


@pytest.mark.own_database
def test_sessions_and_changes_survive_a_restart(demo, database):
    assert "Loaded the 2023 evaluation." in demo.lines
    assert "Loaded the practice evaluation (made up)." in demo.lines
    port = str(free_port())
    first = Demo("--port", port, DATABASE_URL=database)
    first.open("/accounts/login/", login="lead", password=DEMO_PASSWORD)
    assert first.stop(signal.SIGINT) == 0
    assert "stopped" in first.lines[-1]

    second = Demo("--port", port, DATABASE_URL=database)
    second.opener = first.opener
    assert second.open("/e/practice/")[0] == f"{second.address}/e/practice/"
    assert second.stop(signal.SIGTERM) == 0
    assert not any("Loaded" in line for line in second.lines)


@pytest.mark.own_database
def test_nothing_of_the_environment_but_the_database_matters(demo, database):
    odd = {
        "DEBUG": "true",
        "ALLOWED_HOSTS": "x",
        "SECRET_KEY": "y",
        "SITE_URL": "z",
        "SECURE_SSL_REDIRECT": "true",
    }
    second = Demo("--port", "0", DATABASE_URL=database, **odd)
    assert second.open("/nowhere/")[0] == f"{second.address}/accounts/login/?next=/nowhere/"
    second.stop()


def test_the_command_refuses_to_run_as_anything_but_the_demo():
    with pytest.raises(CommandError, match=r"python manage\.py demo"):
        call_command("demo")


@pytest.mark.django_db
def test_demo_accounts_are_not_made_outside_the_demo(django_user_model):
    with pytest.raises(NotAllowedNow):
        make_demo_accounts()
    assert not django_user_model.objects.exists()


@pytest.mark.django_db
def test_making_the_accounts_again_changes_nothing_but_a_changed_password(settings, django_user_model):
    settings.DEMO = True
    before = {user.username: user.password for user in make_demo_accounts()}
    assert {user.username: user.password for user in make_demo_accounts()} == before
    user = django_user_model.objects.get(username="lead")
    user.set_password("another")
    user.save()
    make_demo_accounts()
    user.refresh_from_db()
    assert user.check_password(DEMO_PASSWORD)
    assert django_user_model.objects.count() == 3

"""The application on gunicorn, in processes of its own, for tests and proofs; and a browser for it."""

import json
import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from http.cookiejar import CookieJar
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.db import connection

from .machine import free_port

BOUNDARY = "made-up-boundary-of-these-tests"


class Server:
    """The application on gunicorn, in processes of its own, by default on the database of the tests.

    ``folder`` holds the code it runs, ``environment`` what it gets on top of ours; what it writes goes to
    ``log`` (an open file), else nowhere.
    """

    def __init__(self, *, workers=2, folder=None, environment=(), log=subprocess.DEVNULL):
        self.port, self.workers, self.log = free_port(), workers, log
        self.folder, self.environment = folder or settings.BASE_DIR, dict(environment)

    def __enter__(self):
        """Start it, and wait until it answers."""
        place = ["--workers", str(self.workers), "--bind", f"127.0.0.1:{self.port}"]
        ours = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
        if "DATABASE_URL" not in self.environment:
            ours["DATABASE_URL"] = database_url()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "ssbc_eval.wsgi", *place],
            cwd=self.folder,
            env=os.environ | ours | self.environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        try:
            wait_for(self.answers, seconds=60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        """Kill it with its workers, without a moment to tidy up."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def answers(self):
        """Say whether the server is there."""
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except (OSError, HTTPException):
            return False

    def ask(self, method, address, body=None, headers=(), *, patience=10):
        """Return the status and the bytes of one answer; raises OSError or HTTPException without one."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            client.request(method, address, body, dict(headers))
            response = client.getresponse()
            return response.status, response.read()
        finally:
            client.close()


def database_url():
    """Return the address of the tests' own database."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    who = ":".join(quote(found[part], safe="") for part in ("USER", "PASSWORD") if found[part])
    return f"postgres://{who}@{quote(found['HOST'], safe='')}:{found['PORT']}/{found['NAME']}"


def wait_for(check, seconds=20):
    """Wait until ``check()`` is true; fail when it is not in time."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


class _StaysThere(HTTPRedirectHandler):
    """Answers a redirect as it came."""

    def redirect_request(self, *arguments, **options):
        """Follow nothing."""


class Browser:
    """A browser without JavaScript: it keeps cookies, whichever of the ``servers`` gave them.

    Every request names the server that it goes to. Answers are like those of Django's test client, as far as
    ``tests.pages.Page`` asks: ``status_code``, ``content``, ``url``, ``headers``.
    """

    def __init__(self):
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies), _StaysThere)

    def cookie(self, name):
        """Return the value of a cookie, or nothing."""
        return next((cookie.value for cookie in self.cookies if cookie.name == name), "")

    def get(self, server, address, **headers):
        """Ask for a page."""
        return self._send(server, address, None, headers)

    def post(self, server, address, fields=(), *, file=None, **headers):
        """Send a form; ``file`` is ``(field, name, bytes)``. A page must have been asked for before."""
        fields = {**dict(fields), "csrfmiddlewaretoken": self.cookie(settings.CSRF_COOKIE_NAME)}
        if file:
            body = _multipart(fields, *file)
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        else:
            body = urlencode(fields, doseq=True).encode()
        return self._send(server, address, body, headers)

    def sign_in(self, server, username, password):
        """Send the sign-in form and return its answer."""
        self.get(server, "/accounts/login/")
        return self.post(server, "/accounts/login/", {"login": username, "password": password})

    def _send(self, server, address, body, headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(f"http://127.0.0.1:{server.port}{address}", body, headers)
        try:
            answer = self._opener.open(request, timeout=30)
        except HTTPError as error:  # any status but 2xx
            answer = error
        with answer:
            content = answer.read()
        return SimpleNamespace(
            status_code=answer.status,
            content=content,
            headers=answer.headers,
            url=_local(answer.headers.get("Location", "")),
            json=lambda: json.loads(content),
            wsgi_request=SimpleNamespace(get_full_path=lambda: address),
        )


def _local(address):
    """Return an address without its host."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _multipart(fields, field, name, content):
    lines = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    return b"".join([*lines, head.encode(), content, f"\r\n--{BOUNDARY}--\r\n".encode()])

"""Somebody's browser that sends what no browser would, and keeps everything that the answer tells."""

import logging
from dataclasses import dataclass, field
from datetime import date
from http.cookies import SimpleCookie
from itertools import cycle, islice
from urllib.parse import quote_plus

from django.core.signals import got_request_exception
from django.db import connection, transaction

from ssbc_eval.wsgi import plain_content_type
from tests.base import signed_in
from tests.hostile import judge
from tests.hostile.corpus import IN_TURN, Entry
from tests.hostile.headers import header_faults
from tests.hostile.tally import TALLY

KEPT = str | int | date
FORM = "application/x-www-form-urlencoded"
# A page, a file, a redirect, or a refusal that says why; 422 and 423 are for our own scripts.
EXPECTED = {200, 204, 301, 302, 400, 403, 404, 405, 409, 413, 415, 422, 423, 429}


@dataclass
class Answer:
    """An answer: as Django's test client has it, with errors, log lines and what was written meanwhile."""

    response: object
    errors: list = field(default_factory=list)
    written: list = field(default_factory=list)

    @property
    def status(self):
        """Return the status code."""
        return self.response.status_code

    @property
    def content(self):
        """Return the text of a page; nothing of a file."""
        return "" if self.format else self.body.decode()

    @property
    def body(self):
        """Return the bytes of an answer."""
        response = self.response
        return b"".join(response.streaming_content) if response.streaming else response.content

    @property
    def format(self):
        """Return which kind of file was sent: ``xlsx``; nothing for a page."""
        disposition = self.response.get("Content-Disposition", "")
        if disposition.startswith("attachment"):
            return disposition.rstrip('"').rpartition(".")[2].partition('"')[0]
        return "" if self.response.get("Content-Type", "").startswith("text/html") else "other"


class Errors(logging.Handler):
    """Collects records of level error, and where an unforeseen exception came from."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines = []

    def emit(self, record):
        """Keep a record. Django's refusals of malformed requests are errors to its log, and none to us."""
        if not record.name.startswith("django.security."):
            self.lines.append(f"logged {record.name}: {record.getMessage()[:120]}")

    def raised(self, sender, **_):
        """Keep the class of an exception that nobody caught, and the last place of ours it passed."""
        import sys
        import traceback

        kind, error, trace = sys.exc_info()
        ours = [frame for frame in traceback.extract_tb(trace) if "/evaluations/" in frame.filename]
        at = f"{ours[-1].filename.rpartition('/evaluations/')[2]}:{ours[-1].lineno}" if ours else "elsewhere"
        self.lines.append(f"{kind.__name__} at {at}: {str(error)[:120]}")


class Asker:
    """One person's browser; every request is taken back from the database, unless ``kept``."""

    def __init__(self, person, user):
        self.person, self.user, self.client = person, user, signed_in(user)
        self.client.raise_request_exception = False
        self.cookies = self.client.cookies.output(header="")

    def ask(self, method, address, body=b"", *, kind, entries=(), content_type=FORM, kept=False, **headers):
        """Send one request and return its ``Answer``; what is wrong in any case is noted.

        ``kind`` is what the tally counts it as; ``headers`` are WSGI's.
        """
        self.client.cookies = SimpleCookie(self.cookies)
        errors, written = Errors(), []
        logging.getLogger().addHandler(errors)
        got_request_exception.connect(errors.raised)
        path, _, query = address.partition("?")
        try:
            with transaction.atomic(), connection.execute_wrapper(_writes_into(written)):
                request = {"QUERY_STRING": query, **headers}
                type = plain_content_type(content_type)  # as the door for servers does
                response = self.client.generic(method, path, body, type, **request)
                transaction.set_rollback(not kept)
        finally:
            got_request_exception.disconnect(errors.raised)
            logging.getLogger().removeHandler(errors)
        answer = Answer(response, errors.lines, written)
        is_signed_in = self.user is not None and not {"HTTP_COOKIE", "HTTP_HOST"} & {*headers}
        self._note(answer, method, address, kind, entries, is_signed_in)
        return answer

    def _note(self, answer, method, address, kind, entries, is_signed_in):
        TALLY.count(kind, answer.status, entries)
        what = f"{self.person} {method} {address[:150]} ({', '.join(map(str, entries))[:200]})"
        if answer.status not in EXPECTED:
            self.find(f"{what}: answered {answer.status}")
        for line in answer.errors:
            self.find(f"{what}: {line}")
        for fault in judge.page_faults(answer.content) if answer.content else ():
            self.find(f"{what}: {fault} on the page")
        for fault in header_faults(answer.response, is_signed_in=is_signed_in):
            self.find(f"{what}: {fault}")

    def find(self, what):
        """Note something that is wrong."""
        if what not in TALLY.findings:
            TALLY.findings.append(what)


def _writes_into(written):
    """Return a wrapper that keeps every text, day and number that is written to the database."""

    def watch(execute, sql, params, many, context):
        if sql.lstrip().startswith(("INSERT", "UPDATE", "WITH")):
            rows = params if many else [params or ()]
            written.extend(str(value) for row in rows for value in row or () if isinstance(value, KEPT))
        return execute(sql, params, many, context)

    return watch


def query_of(pairs):
    """Return (name, value) pairs as they arrive: an ``Entry`` raw, any other value escaped."""
    return "&".join(
        f"{quote_plus(name, errors='surrogatepass')}="
        f"{value.raw if isinstance(value, Entry) else quote_plus(str(value), errors='surrogatepass')}"
        for name, value in pairs
    )


def turns(start, entries=IN_TURN):
    """Yield entries one after another from a place on, for ever: what is met where is always the same."""
    return islice(cycle(entries), start % len(entries), None)

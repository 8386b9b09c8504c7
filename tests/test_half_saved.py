"""A request whose database fails in the middle of its writing leaves nothing half-saved, whatever it was for.

Every route that saves something is asked to, and the database breaks off at one of its statements: half way,
and at the last one. Afterwards every table that the request writes to is as it was before.
"""

import logging
import re
from contextlib import contextmanager
from http.cookies import SimpleCookie
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.forms import BooleanField, IntegerField
from django.test import Client

from evaluations.importing.columns import SheetKind

from . import tables
from .base import PASSWORD, signed_in
from .second_step import code, set_up
from .test_access_walk import PEOPLE, ROUTES, Asker, decisions, world

__all__ = ["world"]

# What is one transaction is so on both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.own_database]

WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
# Who is signed in, and how often somebody tried a password: no record of anything, so it may stay.
BESIDE = {"django_session", "waterline_cache"}


def own_bodies(world):
    """Return what is sent where the walk's body, completed as the form asks for, would save nothing."""
    free = "answer-policies-free"
    table = tables.comma_separated(SheetKind.FINDINGS, [tables.finding("A finding from a table")])
    return {
        "interview-save": {"condition": "policies", free: "They were asked.", f"version-{free}": 1},
        "finding-merge": {"other": f"{world.body['finding']}-1", "words": "new", "version": 1},
        "passage-add": {"text": "What was", "version": 1, "kind": "barrier", "condition": "policies"},
        "import-list": {"file": SimpleUploadedFile("findings.csv", table)},
        "lasting-judge": {"lasting": "at_risk", "version": 1},
        "owner-link-report": {"status": "in_progress", "version": 1},
        "action-report": {"status": "in_progress", "version": 1},
    }


@contextmanager
def breaking_off(at=None):
    """Collect the tables that are written to, statement by statement; statement number ``at`` fails."""
    written = []

    def watched(execute, sql, params, many, context):
        found = WRITE.match(sql)
        if found and found[1] not in BESIDE:
            written.append(found[1])
            if len(written) == at:
                raise OperationalError("broken off")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watched):
        yield written


def held(tables):
    """Return every row of these tables."""
    with connection.cursor() as cursor:
        rows = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of Django's own
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


class Sender:
    """Sends one form again and again, each time to the same database; what it changes is taken back."""

    def __init__(self, asker, method, address, body):
        self.client, self.method, self.address, self.body = asker.client, method, address, body
        self.cookies = self.client.cookies.output(header="", sep=";")

    def send(self, *, breaking_at=None, look=lambda: None):
        """Return the answer, the tables written to, and what ``look`` found before all was taken back."""
        with transaction.atomic():
            with breaking_off(breaking_at) as written:
                for value in self.body.values():
                    if hasattr(value, "seek"):
                        value.seek(0)
                self.client.cookies = SimpleCookie(self.cookies)
                answer = getattr(self.client, self.method)(self.address, self.body)
            transaction.set_rollback(False)  # a save that failed is over; what came before it would stay
            found = look()
            transaction.set_rollback(True)
        return answer, written, found

    def complete(self):
        """Put into the body what the form asks for, and return the tables that are written to then."""
        for _ in range(3):
            answer, written, _ = self.send()
            form = (answer.context or {}).get("form")
            if written or not getattr(form, "errors", None):
                break
            asked = {name: form.fields[name] for name in form.errors if name in form.fields}
            self.body = self.body | {form.add_prefix(name): some(field) for name, field in asked.items()}
        return written


def some(field):
    """Return something that a field of a form takes."""
    if isinstance(field, BooleanField):
        return "on"
    if isinstance(field, IntegerField):
        return field.min_value or 1
    return next((value for value, _ in getattr(field, "choices", ()) if value), "Said for this test")


def half_saved(sender, written):
    """Yield (statement, status, tables that changed) of each failure that did not leave all as it was."""
    names = sorted(set(written))
    before = held(names)
    for at in sorted({(len(written) + 1) // 2, len(written)}):
        answer, _, after = sender.send(breaking_at=at, look=lambda: held(names))
        changed = [name for name in names if after[name] != before[name]]
        if changed or answer.status_code != 503:
            yield f"{at} of {len(written)}", answer.status_code, changed


def account_forms(user):
    """Yield (browser, address, what is sent) for each form that changes a password or a second step."""
    new = {"password1": "a-brighter-harbour", "password2": "a-brighter-harbour"}
    yield signed_in(user), "/accounts/password/change/", new | {"oldpassword": PASSWORD}
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": user.email})
    path = re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]
    yield browser, browser.get(path).url, new
    browser = signed_in(user)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.get("/accounts/2fa/totp/activate/")
    yield browser, "/accounts/2fa/totp/activate/", {"code": code(browser.session["mfa.totp.secret"])}
    key = set_up(user)
    browser.post("/accounts/2fa/reauthenticate/", {"code": code(key)})
    for address in ("recovery-codes/generate/", "totp/deactivate/"):
        yield browser, f"/accounts/2fa/{address}", {}


@pytest.fixture
def quiet():
    """Write no log: three hundred stacks are of no use to anybody."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_of_what_breaks_off_in_the_middle_nothing_is_saved(world, quiet):
    bodies, writing, wrong = own_bodies(world), set(), {}
    for row, (methods, people) in decisions().items():
        name = next((name for name in PEOPLE if people[name] == "ok"), None)
        if name is None:
            continue
        method = methods[-1]
        body = (world.body | bodies.get(row, {})) if method == "post" else {}
        sender = Sender(Asker(world.people[name]), method, ROUTES[row].address(world.values), body)
        if written := sender.complete():
            writing.add(row)
            if found := list(half_saved(sender, written)):
                wrong[row] = found
    assert wrong == {}
    assert writing > {
        "participant-withdraw",
        "finding-merge",
        "interview-save",
        "import-list",
        "member-remove",
    }
    assert len(writing) > 120, "most forms of the walk no longer save anything"


def test_nor_of_a_change_to_an_account_or_of_its_record(cast, quiet):
    signed_in(cast.rowan)  # a session to end
    for browser, address, body in account_forms(cast.rowan):
        browser.raise_request_exception = False
        sender = Sender(SimpleNamespace(client=browser), "post", address, body)
        written = sender.complete()
        assert "evaluations_auditevent" in written, address
        assert list(half_saved(sender, written)) == [], address

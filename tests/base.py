"""A named cast for the tests, as pytest fixtures (imported by conftest.py).

Evelyn is an evaluator, Rowan a reviewer, Leigh the project lead, Sam a stranger who is an evaluator of
another evaluation, Sasha the superuser, who is a member of nothing. ``signed_in(user)`` returns
a test client.
"""

from functools import cache

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from evaluations.access import Member
from evaluations.models import Evaluation, Membership, Role

from . import builders

PASSWORD = "a long pass phrase"
LEGACY = "ssbc-legacy-2023"


def person(username, **fields):
    """Return a user who can sign in with ``PASSWORD``."""
    defaults = {"first_name": username.capitalize(), "email": f"{username}@example.org"}
    return get_user_model().objects.create_user(username=username, password=PASSWORD, **defaults | fields)


def signed_in(user):
    """Return a client in which ``user`` is signed in; None is a signed-out person."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def as_member(user, evaluation):
    """Return the ``access.Member`` that ``user`` is of ``evaluation``."""
    membership = Membership.objects.get(user=user, evaluation=evaluation)
    return Member(user=user, evaluation=evaluation, role=Role(membership.role))


@cache
def what_loading_writes(fixture):
    """Return the statements that write a fixture: running these takes a tenth of the time of loading it."""
    written = []

    def watch(execute, sql, params, many, context):
        if sql.startswith("INSERT") or "setval" in sql:
            written.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        call_command("loaddata", fixture, verbosity=0)
        transaction.set_rollback(True)
    return written


@pytest.fixture
def legacy(db):
    """The 2023 evaluation as the fixture holds it."""
    written = what_loading_writes("fixtures/ssbc_legacy_2023.json")
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, params in written:
            cursor.execute(sql, params)
    return Evaluation.objects.get(slug=LEGACY)


@pytest.fixture
def evaluation(db):
    """An empty evaluation with one strand that comes from interviews (``evaluation.strand``)."""
    row = builders.evaluation(slug="practice", title="Practice evaluation")
    row.strand = builders.strand(row, slug="coproduction", name="Coproduction", position=0)
    return row


class Cast:
    """The people, members of one evaluation."""

    def __init__(self, evaluation):
        self.evaluation = evaluation
        self.evelyn, self.rowan, self.leigh = person("evelyn"), person("rowan"), person("leigh")
        for user, role in (
            (self.evelyn, Role.EVALUATOR),
            (self.rowan, Role.REVIEWER),
            (self.leigh, Role.LEAD),
        ):
            builders.member(evaluation, user, role)
        self.sam = person("sam")
        builders.member(builders.evaluation(), self.sam, Role.EVALUATOR)
        self.sasha = person("sasha", is_staff=True, is_superuser=True)


@pytest.fixture
def cast(evaluation):
    """The cast, in the empty evaluation."""
    return Cast(evaluation)


@pytest.fixture
def legacy_cast(legacy):
    """The cast, in the 2023 evaluation."""
    return Cast(legacy)

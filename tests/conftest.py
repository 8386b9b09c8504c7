"""The cast, for every test; and a watch that templates cause no query."""

import gc
import shutil

import pytest
from django.core.cache import cache
from django.db import connection
from django.template.response import SimpleTemplateResponse
from django.test.utils import CaptureQueriesContext
from hypothesis import settings

from tests import builders, migrated
from tests.base import as_member, cast, evaluation, legacy, legacy_cast, signed_in

# How long an example takes says more of the machine than of the code.
settings.register_profile("waterline", deadline=None)
settings.load_profile("waterline")

__all__ = ["cast", "evaluation", "legacy", "legacy_cast"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what asks no database, which pytest-django sees to, as a test that one database is enough for."""
    for item in items:
        asks = {"db", "transactional_db"}.intersection(item.fixturenames)
        if not asks and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.own_database)


def pytest_collection_finish():
    """Look for garbage seldom, and never among what was imported: it is much, and stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, django_db_modify_db_settings):
    """Begin on SQLite with a copy of a file that is migrated already, if there is one (see migrated.py).

    pytest-django then migrates what it finds, which is nothing. The copy goes with its folder.
    """
    file = migrated.kept_file()
    if connection.vendor != "sqlite" or not file.exists():
        return django_db_keepdb
    shutil.copyfile(file, connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Keep the migrated file for other runs, if this one had to migrate."""
    if connection.vendor == "sqlite" and not migrated.kept_file().exists():
        with django_db_blocker.unblock():
            migrated.keep(connection)


@pytest.fixture(autouse=True)
def templates_cause_no_query(monkeypatch):
    """Fail any test in which a template of ours asks the database; admin and allauth pages are exempt."""
    render = SimpleTemplateResponse.rendered_content.fget
    asked = []

    def watched(response):
        if not str(response.template_name).startswith("evaluations/"):
            return render(response)
        with CaptureQueriesContext(connection) as queries:
            content = render(response)
        asked.extend(f"{response.template_name}: {query['sql']}" for query in queries)
        return content

    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", property(watched))
    yield
    assert not asked, "templates get finished values:\n" + "\n".join(asked)


@pytest.fixture(autouse=True)
def no_attempts_of_others(request):
    """Begin a test that commits with no counted attempts: those of the test before it are not rolled back."""
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        cache.clear()


@pytest.fixture
def evaluator(cast):
    """Evelyn's browser."""
    return signed_in(cast.evelyn)


@pytest.fixture
def reviewer(cast):
    """Rowan's browser."""
    return signed_in(cast.rowan)


@pytest.fixture
def strand(cast):
    """The strand from interviews that the evaluation begins with."""
    return cast.evaluation.strand


@pytest.fixture
def writer(cast):
    """Evelyn in the evaluation of the cast."""
    return as_member(cast.evelyn, cast.evaluation)


@pytest.fixture
def public(cast):
    """A strand from public sources, with one achievement at risk that nobody holds."""
    row = builders.strand(
        cast.evaluation, slug="public", name="Public", position=9, provenance="public_sources"
    )
    text = "A fact that was published"
    builders.finding(row, kind="achievement", condition="power", lasting="at_risk", text=text)
    return row


@pytest.fixture
def earlier(cast):
    """The round before, with the same strand; of the cast all but Leigh are members."""
    row = builders.evaluation(slug="first-round", title="First round")
    cast.evaluation.follows = row
    cast.evaluation.save()
    for user, role in ((cast.evelyn, "evaluator"), (cast.rowan, "reviewer")):
        builders.member(row, user, role)
    row.strand = builders.strand(row, slug="coproduction", name="Coproduction", position=0)
    return row

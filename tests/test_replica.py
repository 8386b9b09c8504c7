"""Figures may come from a replica; words, files and decisions on access never do."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, models
from django.db.models import Max
from django.http import HttpResponse
from django.test import RequestFactory

from evaluations import access, replica
from evaluations.checks import replica_is_one
from evaluations.models import Finding, FindingQuotation, Interview
from evaluations.queries.findings import count_frame

from . import builders
from .base import as_member, signed_in
from .test_settings import manage, production, value_of

__all__ = ["production"]

HERE = "/e/practice/"
# Who may ask the replica: the functions that read figures, and the pages that show them late.
READS = {
    "queries.comparison": {"rested_on"},
    "queries.findings": {"_cells"},
    "queries.overview": {"state"},
}
PAGES = {"views.comparison": {"comparison_detail"}, "views.overview": {"evaluation_overview"}}


@pytest.fixture
def asked(db, monkeypatch):
    """A replica that is in time: the tests' own database under another name; returns what was asked of it."""
    models_asked = []
    using = models.QuerySet.using

    def watched(rows, alias):
        if alias == replica.ALIAS:
            models_asked.append(rows.model)
        return using(rows, alias)

    monkeypatch.setitem(connections.settings, replica.ALIAS, connection.settings_dict)
    monkeypatch.setattr(models.QuerySet, "using", watched)
    known = replica._Replica()
    known.fit, known.look_at = True, float("inf")
    monkeypatch.setattr(replica, "_replica", known)
    connections[replica.ALIAS] = connection
    yield models_asked
    del connections[replica.ALIAS]


def functions_with(name):
    """Return ``{module: functions}`` of the app in whose code a name of ``evaluations.replica`` stands."""
    found = {}
    for path in (Path(settings.BASE_DIR) / "evaluations").rglob("*.py"):
        tree = ast.parse(path.read_text())
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        if not any(
            node.module == "evaluations.replica" and name in [each.name for each in node.names]
            for node in imports
        ):
            continue
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        module = ".".join(path.relative_to(settings.BASE_DIR / "evaluations").with_suffix("").parts)
        found[module] = {
            function.name
            for function in functions
            if any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(function))
        }
    return found


def test_only_these_functions_and_pages_ask_the_replica():
    reads = functions_with("figures") | functions_with("number_of")
    assert reads == READS
    assert functions_with("figures_may_lag") == PAGES


def test_a_replica_is_postgresql_beside_postgresql(production):
    address = "postgres://waterline:secret@replica:5432/waterline"
    done = manage(production | {"REPLICA_DATABASE_URL": address}, "check")
    assert done.stderr.startswith("Waterline cannot start: REPLICA_DATABASE_URL needs PostgreSQL")
    both = production | {"REPLICA_DATABASE_URL": address, "DATABASE_URL": address}
    assert value_of(both, "settings.DATABASES['replica']['HOST']") == "replica"


@pytest.mark.parametrize("name", sorted(replica.COLUMNS))
def test_no_column_that_may_be_read_late_holds_words(name):
    found = []
    for model in (Finding, FindingQuotation, Interview):
        field = field_of(model, name)
        if field is not None:
            found.append(field)
            is_code = isinstance(field, models.SlugField) or bool(field.choices)
            assert is_code or not isinstance(field, models.CharField | models.TextField | models.JSONField)
    assert found, "no model that is asked has it"


def field_of(model, path):
    """Return the field that a lookup leads to, else None."""
    for step in path.split("__"):
        options = (model if isinstance(model, type) else model.related_model)._meta
        by_name = {field.name: field for field in options.fields} | {
            field.attname: field for field in options.fields
        }
        model = options.pk if step == "pk" else by_name.get(step)
        if model is None:
            return None
    return model


def test_words_cannot_be_asked_for(db):
    for wanted in (
        lambda: replica.figures(Finding.objects.all(), "text"),
        lambda: replica.figures(Finding.objects.all(), "kind", newest=Max("text")),
    ):
        with pytest.raises(ValueError, match="only figures"):
            wanted()


def test_the_overview_asks_the_replica_and_pages_with_words_do_not(cast, asked):
    builders.finding(cast.evaluation.strand, text="As it was")
    browser = signed_in(cast.rowan)
    assert browser.get(HERE).status_code == 200
    assert Finding in asked
    asked.clear()
    for page in (
        "findings/",
        "matrix/coproduction/",
        "matrix/coproduction/export/xlsx/",
        "compare/export/csv/",
    ):
        browser.get(f"{HERE}{page}")
        assert not asked, page


def test_a_file_of_a_page_that_asks_it_does_not(cast, asked):
    builders.finding(builders.strand(cast.evaluation, slug="other"), text="As it was")
    browser = signed_in(cast.rowan)
    assert browser.get(f"{HERE}compare/").status_code == 200
    assert asked
    asked.clear()
    assert browser.get(f"{HERE}compare/export/csv/").status_code == 200
    assert not asked


def test_outside_of_such_a_page_nothing_is_read_late(cast, asked):
    count_frame(access.findings_for(as_member(cast.rowan, cast.evaluation)))
    assert not asked


def test_whoever_just_wrote_sees_it_in_the_figures(cast, asked):
    browser = signed_in(cast.rowan)
    browser.cookies[replica.JUST_WROTE] = "1"
    browser.get(HERE)
    assert not asked


def test_writing_leaves_the_cookie_for_a_while_and_reading_does_not(asked):
    answer = replica.RememberWriting(lambda request: HttpResponse())
    assert not answer(RequestFactory().get("/")).cookies
    cookie = answer(RequestFactory().post("/")).cookies[replica.JUST_WROTE]
    assert cookie["httponly"]
    assert cookie["max-age"] > replica.LATEST + replica.LOOK_EVERY, "no replica that is asked is older"


def test_while_the_replica_is_away_the_page_comes_from_the_primary(cast, asked, monkeypatch, caplog):
    builders.finding(cast.evaluation.strand, kind="barrier", condition="power")
    tried, using = [], models.QuerySet.using

    def away(rows, alias):
        if alias == replica.ALIAS:
            tried.append(alias)
            raise OperationalError("terminating connection due to administrator command")
        return using(rows, alias)

    monkeypatch.setattr(models.QuerySet, "using", away)
    answer = signed_in(cast.rowan).get(HERE)
    assert answer.status_code == 200
    assert [line.msg for line in caplog.records if line.name == "evaluations.replica"] == ["replica-away"]
    assert tried == [replica.ALIAS], "it is left alone for a while"


def test_a_server_that_is_no_replica_is_not_asked(asked):
    """Of SQLite the question itself fails, as it does where nobody answers."""
    assert replica._Replica().is_fit() is False


def test_the_deployment_check_says_of_a_replica_that_it_is_none_or_does_not_answer(asked):
    """Of SQLite the question fails; the tests' PostgreSQL is a primary."""
    (said,) = replica_is_one(None)
    assert said.id == ("evaluations.W002" if connection.vendor == "postgresql" else "evaluations.I002")


def test_nothing_is_written_to_or_migrated_on_the_replica():
    router, row = replica.Router(), Finding()
    assert router.db_for_write(Finding, instance=row) is None
    row._state.db = replica.ALIAS
    assert router.db_for_write(Finding, instance=row) == "default"
    assert router.allow_migrate("default", "evaluations") is None
    assert router.allow_migrate(replica.ALIAS, "evaluations") is False

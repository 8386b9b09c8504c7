"""Migrations: none is missing, and a database that an earlier version's demo made still migrates.

``tests/data/demo_<number>.sql`` is such a database as text, named after the last migration it knows; the
test runs for each file. To add one, before a release: let `manage.py demo` prepare an empty database, remove
the rows of ``django_session`` and ``waterline_cache``, and write `sqlite3 <file> .dump` there. Files are
never changed.
"""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

DUMPS = sorted((Path(__file__).parent / "data").glob("demo_*.sql"))


def restore(dump, path):
    """Make the SQLite file that a dump describes; its constraints use Django's REGEXP."""
    with sqlite3.connect(path) as database:
        database.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, str(text))))
        database.executescript(dump.read_text())
    database.close()


def rows(path):
    """Return ``{table: number of rows}`` of the app's own tables."""
    database = sqlite3.connect(path)
    try:
        tables = database.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE 'evaluations_%' AND type = 'table'"
        )
        return {
            name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own names
            for (name,) in tables.fetchall()
        }
    finally:
        database.close()


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_there_is_an_earlier_database_to_migrate():
    assert DUMPS


@pytest.mark.own_database
@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_an_earlier_demo_database_migrates_and_keeps_its_rows(dump, tmp_path):
    path = tmp_path / "earlier.sqlite3"
    restore(dump, path)
    before = rows(path)
    result = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{path}"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    after = rows(path)
    assert {table: number for table, number in after.items() if table in before} == before
    assert after["evaluations_finding"] == 62
    assert after["evaluations_recommendation"] == 10

"""The worker lets SQLite know how large its tables are."""

import pytest
from django.db import connection

from evaluations.jobs import work

from . import builders


def test_a_worker_has_sqlite_measure_its_tables(db):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL measures by itself")
    builders.finding(builders.strand(builders.evaluation()))
    work(once=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT idx FROM sqlite_stat1 WHERE tbl = 'evaluations_finding'")
        assert ("finding_counted",) in cursor.fetchall()

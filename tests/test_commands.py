"""Commands say in one sentence what the database lacks, instead of a traceback."""

import pytest
from cryptography.fernet import Fernet
from django.db import Error, connection, transaction

from evaluations.faults import ADVICE, MIGRATE_FIRST, Fault, advice_on

from .test_settings import manage

NOBODY_THERE = "postgres://waterline:hunter2@127.0.0.1:1/waterline"


def environment(database, **more):
    """Return what a command needs, with the address of its database."""
    return {
        "SECRET_KEY": "x" * 60,
        "IDENTITY_KEYS": Fernet.generate_key().decode(),
        "SITE_URL": "https://waterline.example.org",
        "DATABASE_URL": database,
        **more,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["SELECT 1 FROM no_table", "SELECT no_column FROM auth_user"])
def test_a_table_that_is_not_there_asks_for_migrate(query):
    with pytest.raises(Error) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query)
    assert advice_on(caught.value) == MIGRATE_FIRST


@pytest.mark.django_db
def test_a_mistake_of_ours_stays_one():
    with pytest.raises(Error) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELEKT")
    assert advice_on(caught.value) is None


@pytest.mark.own_database
def test_a_command_before_migrate_says_so(tmp_path):
    done = manage(environment(f"sqlite:///{tmp_path.as_posix()}/new.sqlite3"), "purge_identities")
    assert (done.returncode, done.stderr.strip()) == (1, MIGRATE_FIRST)


@pytest.mark.own_database
@pytest.mark.parametrize("address", ["sqlite:////nowhere/at/all.sqlite3", NOBODY_THERE])
def test_a_database_that_is_away_is_one_sentence(address):
    done = manage(environment(address), "work", "--once")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == ADVICE[Fault.AWAY]
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


@pytest.mark.own_database
def test_a_new_database_that_is_away_is_named(tmp_path):
    old = f"sqlite:///{tmp_path.as_posix()}/old.sqlite3"
    done = manage(environment(old, NEW_DATABASE_URL=NOBODY_THERE), "move_database")
    assert done.returncode == 1
    assert "is NEW_DATABASE_URL right?" in done.stderr
    assert "Traceback" not in done.stderr

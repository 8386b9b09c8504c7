"""Backups for tests: a small one with odd values, one that was changed; databases beside the tests' own."""

import io
import json
import zipfile
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connections
from django.db.models import JSONField, Value

from evaluations.backups import forward, tables, writing
from evaluations.models import (
    ConflictingEdit,
    Evaluation,
    HeldFile,
    Participant,
    ParticipantIdentity,
    seal,
)
from evaluations.signin import DEMO_PASSWORD

NAME = "Winifred Nightingale-Made-Up"
ODD_TEXT = (
    "emoji 🌊, e\u0301 apart, line\u2028separator, tab\t, right-to-left \u202eabc, 'quotes' \"and\" \\ % %s"
)
ODD_JSON = {
    "z": [1e20, 1.50, -0.0, 1.5e-7, 2**60, True, None, ""],
    "a": {"é": ODD_TEXT, "": {}, "deep": [[[[]]]]},
}
JSON_NULL = Value(None, JSONField())  # not the same as nothing at all
TIMES = [datetime(2024, 2, 29, 23, 59, 59, 999999, UTC), datetime(1, 1, 2, tzinfo=UTC)]


def odd_rows(using="default"):
    """Add rows with whatever a database might store otherwise than it was given."""
    evaluation = Evaluation.objects.using(using).create(
        slug="odd",
        title="Odd",
        programme="x" * 200,
        headings=ODD_JSON,
        method=ODD_TEXT * 2000,
        programme_ends=date(9999, 12, 31),
    )
    for content in (bytes(range(256)) * 40, b""):
        HeldFile.objects.using(using).create(evaluation=evaluation, name="bytes", content=content)
    for at in TIMES:
        row = ConflictingEdit.objects.using(using).create(
            evaluation=evaluation, record_type="", record_id=2**63 - 1, based_on=0, fields=JSON_NULL
        )
        ConflictingEdit.objects.using(using).filter(pk=row.pk).update(at=at)
    participant = Participant.objects.using(using).create(evaluation=evaluation, code="P9")
    ParticipantIdentity.objects.using(using).create(
        evaluation=evaluation, participant=participant, name=NAME, contact=""
    )
    ConflictingEdit.objects.using(using).create(
        evaluation=evaluation, record_type="", record_id=1, based_on=0, fields={"name": seal(NAME)}
    )
    Session.objects.using(using).create(session_key="s" * 32, session_data="", expire_date=TIMES[0])
    return evaluation


@contextmanager
def database(path, migrations=None):
    """Yield the alias of a new SQLite database with all tables, called after its file."""
    with forward.sqlite_database(path, using=path.stem) as using:
        forward.make_tables(using, migrations or tables.known_migrations())
        yield using


@pytest.fixture(autouse=True)
def several_databases(django_db_blocker):
    """Allow databases that are made within a test, beside the one of all tests."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def made(tmp_path_factory, django_db_setup, django_db_blocker):
    """A backup of a small database: the odd rows, and an account of the demo."""
    folder = tmp_path_factory.mktemp("made")
    with django_db_blocker.unblock(), database(folder / "small.sqlite3") as using:
        odd_rows(using)
        get_user_model().objects.db_manager(using).create_user("evaluator", password=DEMO_PASSWORD)
        Evaluation.objects.using(using).create(slug="gone", title="Gone", programme="P").delete()
        writing.make_backup(folder / "backup.zip", using=using)
    return folder / "backup.zip"


def contents(path):
    """Return the entries of a backup, unpacked."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def restore(path, **options):
    """Run the command and return what it says."""
    connections["default"].check_constraints()  # PostgreSQL empties no table with rows of an open transaction
    said = io.StringIO()
    call_command("restore", str(path), stdout=said, **options)
    return said.getvalue()


PARTICIPANTS = "tables/evaluations_participant.jsonl"
EVALUATIONS = "tables/evaluations_evaluation.jsonl"


def rewritten(path, target, *, entry, change, extra=(), right=True):
    """Write a backup again with the bytes of one entry changed; a ``right`` manifest goes along with it."""
    entries = contents(path)
    entries[entry] = change(entries[entry])
    if right and entry != "manifest.json":
        manifest = json.loads(entries["manifest.json"])
        (described,) = (table for table in manifest["tables"] if table["entry"] == entry)
        described |= {
            "rows": entries[entry].count(b"\n"),
            "sha256": sha256(entries[entry]).hexdigest(),
        }
        entries["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*entries.items(), *extra]:
            if content is not None:
                archive.writestr(name, content)
    return target

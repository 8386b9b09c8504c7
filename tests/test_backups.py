"""Backups: everything is in them, whichever database it was in, and they are written with care."""

import io
import json
import os
import signal
import stat
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import transaction

from evaluations.actions.practice import load_practice
from evaluations.backups import forward, keeping, tables, writing
from evaluations.backups.format import BackupError, canonical_json
from evaluations.backups.loading import fill
from evaluations.backups.reading import open_backup
from evaluations.models import (
    AuditEvent,
    ConflictingEdit,
    Evaluation,
    HeldFile,
    ParticipantIdentity,
)
from evaluations.queries.summaries import basis_of

from .backup_files import (
    NAME,
    ODD_JSON,
    ODD_TEXT,
    TIMES,
    contents,
    database,
    made,
    odd_rows,
    several_databases,
)
from .base import person

__all__ = ["made", "several_databases"]

# --- Everything is in it, and comes back --------------------------------------------------------------------


def test_every_table_is_kept_but_who_is_signed_in():
    kept = tables.tables_at(tables.known_migrations())
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    assert models.keys() - kept.keys() == {"django_session", "usersessions_usersession"}
    for name, table in kept.items():
        assert {column.name for column in table.columns} == {
            field.column for field in models[name]._meta.local_concrete_fields
        }
        assert table.columns[table.key_position].kind == "integer"


@pytest.mark.django_db(transaction=True)
def test_every_row_survives_the_way_through_sqlite_and_the_tests_database(tmp_path):
    """Whichever database the tests run on: on PostgreSQL this goes there, to SQLite and back."""
    call_command("loaddata", "fixtures/ssbc_legacy_2023.json", verbosity=0)
    load_practice(by=person("evelyn"), basis_of=basis_of)
    first, second, third, fourth = (tmp_path / f"{number}.zip" for number in range(4))
    writing.make_backup(first)
    with database(tmp_path / "one.sqlite3") as one, database(tmp_path / "two.sqlite3") as two:
        put(first, one)
        odd_rows(one)
        writing.make_backup(second, using=one)
        put(second, "default")
        writing.make_backup(third)
        put(third, two)
        writing.make_backup(fourth, using=two)
    with open_backup(first) as before, open_backup(second) as after:
        assert before.manifest.rows > 1000
        changed = before.manifest.summaries.items() ^ after.manifest.summaries.items()
        assert {name for name, _ in changed} == {
            f"evaluations_{name}"
            for name in ("evaluation", "heldfile", "conflictingedit", "participant", "participantidentity")
        }
    assert [contents(path) | {"manifest.json": b""} for path in (third, fourth)] == [
        contents(second) | {"manifest.json": b""}
    ] * 2
    odd = Evaluation.objects.get(slug="odd")
    assert (odd.headings, odd.method) == (ODD_JSON, ODD_TEXT * 2000)
    assert [bytes(file.content) for file in HeldFile.objects.order_by("pk")] == [bytes(range(256)) * 40, b""]
    edits = ConflictingEdit.objects.filter(record_id=2**63 - 1).order_by("pk")
    assert list(edits.values_list("at", "fields")) == [(at, None) for at in TIMES]
    assert ParticipantIdentity.objects.get(participant__evaluation=odd).name == NAME
    assert Session.objects.count() == 0


def put(path, using):
    """Put a backup into a database, without the lines that a restore adds to the record."""
    with open_backup(path) as backup, transaction.atomic(using=using):
        fill(backup, using=using)


def test_what_it_holds_is_plain_and_secrets_are_not(made):
    entries = contents(made)
    everything = b"".join(entries.values())
    assert NAME.encode() not in everything
    assert b"s" * 32 not in everything
    assert b'"P9"' in entries["tables/evaluations_participant.jsonl"]
    manifest = json.loads(entries["manifest.json"])
    for table in manifest["tables"]:
        assert table["sha256"] == sha256(entries[table["entry"]]).hexdigest()
    assert stat.S_IMODE(made.stat().st_mode) == 0o600 or sys.platform == "win32"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"b": 1e20, "a": [1.50, -0.0]}', '{"a":[1.50,0.0],"b":100000000000000000000}'),
        ('"\\u00e9"', '"é"'),
        ('{"a": 1, "a": 2}', '{"a": 2}'),
    ],
)
def test_json_has_one_form_whichever_database_wrote_it(one, other):
    assert canonical_json(one) == canonical_json(other)


@pytest.mark.django_db(transaction=True)
def test_people_go_on_working_meanwhile_and_it_holds_one_moment(tmp_path, monkeypatch):
    def summary_while_somebody_writes(connection, table, write):
        Evaluation.objects.create(slug=f"at-{table.name[:50]}", title="Later", programme="P")
        return tables.summary(connection, table, write)

    Evaluation.objects.create(slug="before", title="Before", programme="P")
    monkeypatch.setattr(writing, "summary", summary_while_somebody_writes)
    manifest = writing.make_backup(tmp_path / "backup.zip")
    assert Evaluation.objects.count() > 70
    assert manifest.summaries["evaluations_evaluation"].rows == 1


# --- Writing it ---------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.own_database
@pytest.mark.django_db
def test_killed_while_writing_it_leaves_nothing_under_its_name(tmp_path, monkeypatch):
    with database(tmp_path / "killed.sqlite3") as using:
        path = tmp_path / keeping.name_of_now()
        child = os.fork()
        if not child:
            monkeypatch.setattr(writing, "write_manifest", lambda _: os.kill(os.getpid(), signal.SIGKILL))
            writing.make_backup(path, using=using)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert not path.exists()
    (left,) = tmp_path.glob(".waterline-*.part")
    keeping.age_out(tmp_path)
    assert left.exists()
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(left, (two_days_ago, two_days_ago))
    keeping.age_out(tmp_path)
    assert not left.exists()


@pytest.mark.own_database
@pytest.mark.django_db
def test_a_full_disk_or_a_wrong_byte_leaves_nothing(tmp_path, monkeypatch):
    folder = tmp_path / "backups"
    folder.mkdir()
    with database(tmp_path / "full.sqlite3") as using:
        with monkeypatch.context() as patch, pytest.raises(BackupError, match="No space left on device"):
            patch.setattr(writing.os, "fsync", no_space)
            writing.make_backup(folder / "backup.zip", using=using)
        with monkeypatch.context() as patch, pytest.raises(BackupError, match="checksum"):
            patch.setattr(writing, "summary", wrong_summary)
            writing.make_backup(folder / "backup.zip", using=using)
    assert list(folder.iterdir()) == []


def no_space(_):
    raise OSError(28, "No space left on device")


def wrong_summary(connection, table, write):
    """Return the summary of other bytes than were written."""
    right = tables.summary(connection, table, write)
    return tables.Summary(right.rows, "0" * 64, right.last_id)


def test_nothing_is_written_over(made):
    before = made.read_bytes()
    with pytest.raises(BackupError, match="is there already"):
        writing.make_backup(made)
    assert made.read_bytes() == before


@pytest.mark.own_database
@pytest.mark.django_db
@pytest.mark.parametrize("links", [True, False])
def test_neither_is_a_file_that_came_meanwhile(tmp_path, monkeypatch, links):
    path = tmp_path / "backup.zip"
    checked = writing._check_written

    def somebody_is_faster(unfinished, manifest):
        checked(unfinished, manifest)
        path.write_text("another's")

    monkeypatch.setattr(writing, "_check_written", somebody_is_faster)
    if not links:
        monkeypatch.setattr(writing.os, "link", no_links)
    with database(tmp_path / "raced.sqlite3") as using, pytest.raises(BackupError, match="is there already"):
        writing.make_backup(path, using=using)
    assert path.read_text() == "another's"
    assert not list(tmp_path.glob(".backup*"))


@pytest.mark.own_database
@pytest.mark.django_db
def test_a_disk_without_links_takes_a_backup(tmp_path, monkeypatch):
    monkeypatch.setattr(writing.os, "link", no_links)
    with database(tmp_path / "unlinked.sqlite3") as using:
        writing.make_backup(tmp_path / "backup.zip", using=using)
    with open_backup(tmp_path / "backup.zip") as backup:
        assert backup.manifest.tables


def no_links(*_):
    raise OSError(95, "Operation not supported")


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    missing = tmp_path / "missing.sqlite3"
    with forward.sqlite_database(missing) as using, pytest.raises(BackupError, match="There is no database"):
        writing.make_backup(tmp_path / "backup.zip", using=using)
    assert not list(tmp_path.iterdir())


def test_old_backups_go_by_the_time_in_their_names(tmp_path):
    now = datetime.now(UTC)
    names = [(now - timedelta(days=days)).strftime(keeping.FORM) for days in (0, 1, 5, 40, 50)]
    others = ["waterline-notes.zip", "waterline-99999999T999999Z.zip", f"copy-{names[4]}", f"{names[4]}.gpg"]
    for name in (*names, *others):
        (tmp_path / name).touch()
    assert sorted(keeping.age_out(tmp_path, keep_days=30)) == sorted(names[3:])
    assert keeping.age_out(tmp_path, keep=2) == names[2:3]
    assert keeping.age_out(tmp_path) == []
    assert {path.name for path in tmp_path.iterdir()} == {*names[:2], *others}


def test_the_newest_backup_stays_however_old_it_is(tmp_path):
    (tmp_path / "waterline-20010101T000000Z.zip").touch()
    assert keeping.age_out(tmp_path, keep=1, keep_days=1) == []


def test_the_one_just_made_stays_beside_one_of_a_day_to_come(tmp_path):
    now, to_come = keeping.name_of_now(), "waterline-20990101T000000Z.zip"
    for name in (now, to_come):
        (tmp_path / name).touch()
    assert keeping.age_out(tmp_path, made=now, keep=2) == []
    assert keeping.age_out(tmp_path, made=now, keep=1) == [to_come]


@pytest.mark.django_db(transaction=True)
def test_the_command_names_it_checks_it_and_writes_down_that_it_was_made(tmp_path, capfdbinary):
    said = io.StringIO()
    call_command("backup", str(tmp_path), keep=1, stdout=said)
    (path,) = tmp_path.iterdir()
    assert keeping.NAME.fullmatch(path.name)
    assert str(path) in said.getvalue()
    assert AuditEvent.objects.get().verb == "made backup"
    with pytest.raises(CommandError, match="need a folder"):
        call_command("backup", str(tmp_path / "file.zip"), keep=1)
    with pytest.raises(CommandError, match=r"There is no folder .*nowhere: make it first"):
        call_command("backup", str(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()
    piped = io.BytesIO()
    writing.send_backup(piped)
    assert contents(piped).keys() == contents(path).keys()

"""Backups: everything is in them and comes back, on either database; what is damaged never gets in."""

import io
import json
import os
import signal
import stat
import sys
import zipfile
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.models import JSONField, Value
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.actions.practice import load_practice
from evaluations.backups import forward, keeping, moving, tables, writing
from evaluations.backups.format import BackupError, canonical_json
from evaluations.backups.loading import fill
from evaluations.backups.reading import open_backup
from evaluations.models import (
    AuditEvent,
    ConflictingEdit,
    Evaluation,
    HeldFile,
    Participant,
    ParticipantIdentity,
    seal,
)
from evaluations.queries.summaries import basis_of
from evaluations.signin import DEMO_PASSWORD

from .base import person

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


@pytest.fixture(scope="module")
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
    piped = io.BytesIO()
    writing.send_backup(piped)
    assert contents(piped).keys() == contents(path).keys()


# --- Damaged and hostile files ------------------------------------------------------------------------------

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


def first_value(text):
    """Return a change: the first value of a line becomes another."""
    return lambda content: b"[" + text + content[content.index(b",") :]


DAMAGE = {
    "a value of the wrong type": (EVALUATIONS, first_value(b'"1"'), "line 1: column id: a whole number"),
    "a huge number": (EVALUATIONS, first_value(b"9" * 5000), "line 1: this is no row"),
    "a number too large": (EVALUATIONS, first_value(b"9" * 25), "line 1: column id: a whole number"),
    "no number": (EVALUATIONS, first_value(b"NaN"), "line 1: this is no row"),
    "no key": (EVALUATIONS, first_value(b"null"), "line 1: its key is not above"),
    "deep JSON": (EVALUATIONS, lambda _: b"[" * 100_000 + b"\n", "line 1: this is no row"),
    "deep JSON in a value": (
        EVALUATIONS,
        lambda content: content.replace(b'"[]"', b'"' + b"[" * 100_000 + b'"'),
        "line 1: column change_dimensions: JSON",
    ),
    "half a character": (
        PARTICIPANTS,
        lambda content: content.replace(b"P9", b"\\ud800"),
        "column code: text",
    ),
    "a day that is none": (
        EVALUATIONS,
        lambda content: content.replace(b"9999-12-31", b"2023-02-30"),
        "column programme_ends: a day",
    ),
    "bytes that are none": (
        "tables/evaluations_heldfile.jsonl",
        lambda content: content.replace(b"AAEC", b"!!!!"),
        "column content: bytes",
    ),
    "a value too few": (EVALUATIONS, lambda _: b"[1]\n", "line 1: a row has"),
    "no list": (EVALUATIONS, lambda _: b"{}\n", "line 1: a row has"),
    "the same key twice": (PARTICIPANTS, lambda content: content * 2, "line 2: its key is not above"),
    "a key above the last": (PARTICIPANTS, first_value(b"99"), "its last key is above"),
    "no manifest": ("manifest.json", lambda _: None, "manifest.json is missing"),
    "a manifest that is none": ("manifest.json", lambda _: b"[]", "no manifest"),
    "a deep manifest": ("manifest.json", lambda _: b"[" * 100_000, "no manifest"),
    "a manifest that says things twice": (
        "manifest.json",
        lambda content: content.replace(b'"format"', b'"format": 1, "format"'),
        "no manifest",
    ),
    "another program's": (
        "manifest.json",
        lambda content: content.replace(b"waterline-backup", b"other"),
        "not a backup of Waterline",
    ),
    "a later form": (
        "manifest.json",
        lambda content: content.replace(b'"format_version": 1', b'"format_version": 2'),
        "later version",
    ),
    "a later migration": (
        "manifest.json",
        lambda content: content.replace(b"0007_trust", b"9999_later"),
        "later version of Waterline, with evaluations 9999_later",
    ),
    "a column that no table has": (
        "manifest.json",
        lambda content: content.replace(b'"title": "text"', b'"x\\" = 1; --": "text"'),
        "does not describe the tables",
    ),
    "a wrong count": (
        "manifest.json",
        lambda content: content.replace(b'"rows": 2', b'"rows": 3'),
        "has 2 rows; the manifest says 3",
    ),
    "a count below nothing": (
        "manifest.json",
        lambda content: content.replace(b'"rows": 2', b'"rows": -2'),
        "does not describe",
    ),
}


@pytest.mark.own_database
@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_wrong_in_a_backup_is_said_with_its_place(made, tmp_path, damage):
    entry, change, words = DAMAGE[damage]
    damaged = rewritten(made, tmp_path / "damaged.zip", entry=entry, change=change)
    with pytest.raises(BackupError, match=words), open_backup(damaged):
        pass


@pytest.mark.own_database
def test_entries_that_are_missing_added_changed_or_much_too_long_are_refused(made, tmp_path, monkeypatch):
    target = tmp_path / "damaged.zip"

    def refused(words, **how):
        damaged = rewritten(made, target, **{"entry": PARTICIPANTS, "change": bytes} | how)
        with pytest.raises(BackupError, match=words), open_backup(damaged):
            pass

    refused(f"{PARTICIPANTS} is missing", change=lambda _: None, right=False)
    refused("entries in it that no backup has", extra=[("../../etc/passwd", b"x")])
    refused("checksum", change=lambda content: content.replace(b"P9", b"P8"), right=False)
    refused("more rows than the 1", change=lambda content: content * 2, right=False)
    with monkeypatch.context() as patch:
        patch.setattr("evaluations.backups.reading.LONGEST_LINE", 5000)
        refused("line 1: the line is too long", entry=EVALUATIONS)
    with pytest.warns(UserWarning, match="Duplicate"):
        refused("entries in it that no backup has", extra=[(PARTICIPANTS, b"")])


@pytest.mark.own_database
@settings(max_examples=40)
@given(place=st.floats(0, 1, exclude_max=True), how=st.sampled_from(["flip", "cut"]), bit=st.integers(0, 7))
def test_a_flipped_bit_or_a_file_cut_short_never_passes_for_other_rows(made, place, how, bit):
    content = bytearray(made.read_bytes())
    position = int(place * len(content))
    if how == "cut":
        del content[position:]
    else:
        content[position] ^= 1 << bit
    try:
        with open_backup(io.BytesIO(content)) as backup, open_backup(made) as right:
            assert backup.manifest.summaries == right.manifest.summaries
    except BackupError as error:
        assert str(error)


# --- Restoring ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_restored_database_says_what_there_is_to_do(made, cast, client, monkeypatch):
    again = Evaluation.objects.create(slug="odd", title="Later", programme="P")
    Participant.objects.create(evaluation=again, code="P9", withdrawn_on=date(2026, 3, 1))
    Participant.objects.create(evaluation=again, code="P10", withdrawn_on=date(2026, 3, 2))
    Session.objects.create(session_key="t" * 32, session_data="", expire_date=TIMES[0])
    before = Evaluation.objects.count()
    with pytest.raises(CommandError, match="not empty"):
        restore(made)
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore(made, replace=True)
    assert Evaluation.objects.count() == before

    monkeypatch.setattr("django.conf.settings.IDENTITY_KEYS", [Fernet.generate_key().decode()])
    monkeypatch.setattr("builtins.input", lambda _: "replace")
    said = restore(made, replace=True)
    assert "/e/odd/  P9  withdrew on 01 March 2026\n" in said
    assert "/e/odd/  P10  withdrew on 02 March 2026  (no such code in the backup" in said
    assert "2 of 2 encrypted texts" in said
    assert "accounts of the demo (evaluator)" in said
    assert "evaluations_heldfile" in said

    assert list(Evaluation.objects.values_list("slug", flat=True)) == ["odd"]
    assert Session.objects.count() == 0
    assert set(AuditEvent.objects.values_list("verb", "subject", "evaluation__slug")) == {
        ("restored backup", f"backup of {datetime.now(UTC):%Y-%m-%d}", "odd"),
        ("must withdraw again", "participant P9", "odd"),
    }
    assert not client.login(username="evaluator", password=DEMO_PASSWORD)
    assert Evaluation.objects.create(title="Next", programme="P").pk == 3  # 2 was given to one that went


@pytest.mark.django_db
def test_an_empty_database_takes_a_backup_without_a_question(made):
    assert "Restored." in restore(made)
    assert Participant.objects.get().identity.name == NAME


BROKEN = {
    "rows that hang on nothing": (
        PARTICIPANTS,
        lambda content: content.replace(b"]\n", b",7]\n").replace(b",1,7]", b",7]"),
    ),
    "text that is too long": (
        EVALUATIONS,
        lambda content: content.replace(b'"odd"', b'"' + b"o" * 61 + b'"'),
    ),
    "nothing where something must be": (EVALUATIONS, lambda content: content.replace(b'"Odd"', b"null")),
    "a title that is empty": (EVALUATIONS, lambda content: content.replace(b'"Odd"', b'""')),
}


@pytest.mark.django_db
@pytest.mark.parametrize("broken", BROKEN)
def test_whatever_fails_the_old_data_stays(made, evaluation, tmp_path, broken):
    if broken == "text that is too long" and connections["default"].vendor == "sqlite":
        pytest.skip("SQLite knows no longest text")
    entry, change = BROKEN[broken]
    damaged = rewritten(made, tmp_path / "damaged.zip", entry=entry, change=change)
    with pytest.raises(CommandError, match="Nothing was changed") as refusal:
        restore(damaged, replace=True, no_input=True)
    assert "ooo" not in str(refusal.value)
    assert Evaluation.objects.get() == evaluation
    assert Evaluation.objects.create(title="Next", programme="P").pk == evaluation.pk + 1


@pytest.mark.django_db
def test_a_backup_of_an_earlier_version_is_brought_up_to_date(tmp_path):
    then = tuple(row for row in tables.known_migrations() if row != ("evaluations", "0007_trust"))
    with database(tmp_path / "earlier.sqlite3", then) as earlier:
        with connections[earlier].cursor() as cursor:
            cursor.execute("INSERT INTO auth_group (id, name) VALUES (7, 'a group of an earlier version')")
        writing.make_backup(tmp_path / "earlier.zip", using=earlier)
    said = restore(tmp_path / "earlier.zip")
    assert "auth_group" in said
    assert apps.get_model("auth.Group").objects.get().pk == 7
    assert forward.WORKSHOP not in connections.settings


# --- Moving -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_database_moves_into_an_empty_one_when_nobody_works_meanwhile(tmp_path, monkeypatch):
    with database(tmp_path / "old.sqlite3") as old:
        odd_rows(old)

        def check_after_somebody_worked(source, manifest):
            Evaluation.objects.using(old).update(title="Changed")
            unchanged(source, manifest)

        unchanged = moving._check_unchanged
        with monkeypatch.context() as patch, pytest.raises(BackupError, match="evaluations_evaluation"):
            patch.setattr(moving, "_check_unchanged", check_after_somebody_worked)
            moving.move(source=old, target="default")
        assert Evaluation.objects.count() == 0
        moving.move(source=old, target="default")
        assert Evaluation.objects.get().headings == ODD_JSON
        assert AuditEvent.objects.get().verb == "moved database"
        assert AuditEvent.objects.using(old).count() == 0
        with pytest.raises(BackupError, match="holds something already"):
            moving.move(source=old, target="default")
        with pytest.raises(BackupError, match="names the database that"):
            moving.move(source=old, target=old)


def test_the_command_needs_the_new_address():
    with pytest.raises(CommandError, match="NEW_DATABASE_URL"):
        call_command("move_database")

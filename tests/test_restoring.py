"""Restoring a backup, and moving to another database: all of it or nothing, and it says what to do."""

from datetime import UTC, date, datetime
from unittest import mock

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connections

from evaluations.actions.audit import record
from evaluations.actions.people import edit_participant
from evaluations.actions.withdrawal import withdraw_participant
from evaluations.backups import forward, loading, moving, tables, writing
from evaluations.backups.format import BackupError
from evaluations.models import AuditEvent, Evaluation, Membership, Participant, Role, Verb
from evaluations.signin import DEMO_PASSWORD

from .backup_files import (
    EVALUATIONS,
    NAME,
    ODD_JSON,
    PARTICIPANTS,
    TIMES,
    database,
    made,
    odd_rows,
    restore,
    rewritten,
    several_databases,
)
from .base import person, signed_in
from .pages import Page

__all__ = ["made", "several_databases"]


# --- Restoring ----------------------------------------------------------------------------------------------


@pytest.fixture
def restored(made, db):
    """The evaluation of the small backup, restored; P9 became P8 since and withdrew, and so did P10."""
    restore(made)
    evaluation = Evaluation.objects.get()
    evelyn = person("evelyn")
    first = Participant.objects.get()
    edit_participant(participant=first, version=first.version, changes={"code": "P8"}, by=evelyn)
    Participant.objects.filter(pk=first.pk).update(withdrawn_on=date(2026, 3, 1))
    Participant.objects.create(evaluation=evaluation, code="P10", withdrawn_on=date(2026, 3, 2))
    return evaluation


def test_a_restored_database_says_what_there_is_to_do(made, restored, client, monkeypatch):
    Session.objects.create(session_key="t" * 32, session_data="", expire_date=TIMES[0])
    with pytest.raises(CommandError, match="not empty"):
        restore(made)
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore(made, replace=True)
    assert Participant.objects.count() == 2
    monkeypatch.setattr("builtins.input", mock.Mock(side_effect=EOFError))
    with pytest.raises(CommandError, match="no terminal to ask at"):
        restore(made, replace=True)

    monkeypatch.setattr("django.conf.settings.IDENTITY_KEYS", [Fernet.generate_key().decode()])
    monkeypatch.setattr("builtins.input", lambda _: "replace")
    said = restore(made, replace=True)
    assert "/e/odd/  P9  withdrew on 1 March 2026\n" in said, "by the code that they have again"
    assert "/e/odd/  P10  withdrew on 2 March 2026  (not in the backup" in said
    assert "2 of 2 encrypted texts" in said
    assert "accounts of the demo (evaluator)" in said
    assert "evaluations_heldfile" in said

    assert list(Evaluation.objects.values_list("slug", flat=True)) == ["odd"]
    assert list(Participant.objects.values_list("code", "withdrawn_on")) == [("P9", None)]
    assert Session.objects.count() == 0
    assert not client.login(username="evaluator", password=DEMO_PASSWORD)


def test_the_record_of_access_keeps_what_was_added_since(made, restored):
    somebody = person("somebody")
    record(by=somebody, evaluation=restored, verb=Verb.SAW_IDENTITY, subject="participant P8")
    record(by=get_user_model().objects.get(username="evaluator"), verb=Verb.CHANGED_PASSWORD)
    elsewhere = Evaluation.objects.create(slug="elsewhere", title="Elsewhere", programme="P")
    record(by=None, evaluation=elsewhere, verb=Verb.PUBLISHED)
    before = AuditEvent.objects.order_by("pk").values_list("verb", "at", "subject")
    kept = list(before)

    restore(made, replace=True, no_input=True)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    found = AuditEvent.objects.order_by("pk").values_list(
        "verb", "subject", "evaluation__slug", "user__username"
    )
    assert list(found) == [
        ("restored backup", f"backup of {day}", "odd", None),
        ("changed code of participant", "participant P8 was P9", "odd", None),
        ("saw identity", "participant P8", "odd", None),
        ("changed password", "", None, "evaluator"),
        ("published", "", None, None),
        ("restored backup", f"backup of {day}", "odd", None),
        ("changed code of participant", "participant P9 was P8", "odd", None),
        ("must withdraw again", "participant P9", "odd", None),
    ]
    assert list(before)[: len(kept)] == kept
    assert person("next").pk > somebody.pk, "the record means one person by a number"
    assert Evaluation.objects.create(title="Next", programme="P").pk > elsewhere.pk

    restore(made, replace=True, no_input=True)
    assert AuditEvent.objects.filter(verb=Verb.SAW_IDENTITY).count() == 1, "once each"


def test_the_overview_says_who_has_to_withdraw_again_until_they_did(made, restored):
    restore(made, replace=True, no_input=True)
    Evaluation.objects.update(programme_ends=None)
    evelyn = person("evelyn")
    Membership.objects.create(evaluation=Evaluation.objects.get(), user=evelyn, role=Role.EVALUATOR)
    participant = Participant.objects.get()
    evaluator = signed_in(evelyn)
    assert "Withdraw again: P9. An older backup" in Page(evaluator.get("/e/odd/")).words
    edit_participant(participant=participant, version=participant.version, changes={"code": "P7"}, by=evelyn)
    assert "Withdraw again: P7. An older backup" in Page(evaluator.get("/e/odd/")).words
    participant.refresh_from_db()
    withdraw_participant(participant=participant, decisions={}, by=evelyn)
    assert "Withdraw again" not in Page(evaluator.get("/e/odd/")).words


@pytest.mark.django_db
def test_an_empty_database_takes_a_backup_without_a_question(made):
    assert "Restored." in restore(made)
    assert Participant.objects.get().identity.name == NAME


def test_large_rows_go_into_few_at_a_time(monkeypatch):
    monkeypatch.setattr(loading, "SIZE_AT_ONCE", 10)
    rows = [[1, "a" * 6], [2, b"b" * 6], [3, None], [4, "c" * 99], [5, ""]]
    assert list(loading.batches(rows, 2)) == [rows[:2], rows[2:4], rows[4:]]
    assert list(loading.batches(rows, 9)) == [rows[:2], rows[2:4], rows[4:]]


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
    then = tuple(row for row in tables.known_migrations() if row[0] != "evaluations" or row[1] < "0007")
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

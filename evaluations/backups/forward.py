"""Backups of an earlier version: brought up to date in a database of their own, before they are restored."""

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from .format import BackupError
from .loading import fill
from .reading import open_backup
from .tables import known_migrations, models_at
from .writing import make_backup

WORKSHOP = "waterline_backup"  # the alias of that database while it is there


@contextmanager
def backup_of_today(path):
    """Yield the Backup at ``path``, checked, as a backup of this version would hold it."""
    with open_backup(path) as backup:
        if backup.manifest.migrations == known_migrations():
            yield backup
            return
        with tempfile.TemporaryDirectory(prefix="waterline-backup-") as folder:
            newer = Path(folder) / "backup.zip"
            with sqlite_database(Path(folder) / "waterline.sqlite3") as using:
                _bring_forward(backup, using, newer)
            with open_backup(newer) as brought:
                brought.manifest = replace(brought.manifest, made_at=backup.manifest.made_at)
                yield brought


def _bring_forward(backup, using, newer):
    make_tables(using, backup.manifest.migrations)
    with transaction.atomic(using=using):
        fill(backup, using=using)
    try:
        call_command("migrate", database=using, interactive=False, verbosity=0)
    except Exception as error:
        raise BackupError(
            f"The backup is of an earlier version and could not be brought up to date "
            f"({type(error).__name__}). Install that version, restore there, and upgrade it."
        ) from error
    make_backup(newer, using=using)


@contextmanager
def sqlite_database(path, using=WORKSHOP):
    """Yield the alias of an SQLite database at ``path``, which is known only within the block."""
    settings = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}
    connections.settings[using] = connections.configure_settings({"default": settings})["default"]
    try:
        yield using
    finally:
        connections[using].close()
        del connections[using]
        del connections.settings[using]


def make_tables(using, migrations):
    """Make the tables that migrations lead to, without going through each, and note these as applied."""
    connection = connections[using]
    with connection.schema_editor() as editor:
        for model in models_at(migrations):
            if not model._meta.auto_created:
                editor.create_model(model)
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for app, name in migrations:
        recorder.record_applied(app, name)

"""Making a backup: one snapshot, streamed into a file that only its owner reads, and read again."""

import os
import shutil
import sys
import tempfile
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import DatabaseError
from django.utils import timezone

from evaluations.actions.audit import record
from evaluations.models import Verb

from .format import MANIFEST, BackupError
from .manifest import Manifest, write_manifest
from .reading import open_backup
from .tables import applied_migrations, check_known, check_there, snapshot, summary, tables_at

UNFINISHED = ".part"


def make_backup(path, *, using="default"):
    """Write a backup to a path where nothing is yet; return its Manifest.

    It gets its name when it is whole, on the disk and read again. Raises BackupError when there is a file
    already, no database, the disk is full, or what was read again is not what was written.
    """
    check_there(using)
    path = Path(path)
    with _new_file(path) as (file, unfinished):
        manifest = write_backup(file, using=using)
        file.flush()
        os.fsync(file.fileno())
        _check_written(unfinished, manifest)
    return manifest


def record_backup():
    """Write down that a backup was made, in the record of access of the whole site."""
    record(by=None, verb=Verb.MADE_BACKUP)


def send_backup(output, *, using="default"):
    """Write a backup to an open file that cannot be read again, from a checked one that then goes."""
    with tempfile.TemporaryDirectory(prefix="waterline-backup-") as folder:
        path = Path(folder) / "backup.zip"
        manifest = make_backup(path, using=using)
        with path.open("rb") as file:
            shutil.copyfileobj(file, output)
        output.flush()
    return manifest


def write_backup(file, *, using):
    """Write one snapshot of a database to an open file; return its Manifest."""
    with (
        snapshot(using) as connection,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        migrations = applied_migrations(connection)
        check_known(migrations)
        made_at, tables, summaries = timezone.now(), tables_at(migrations), {}
        for name, table in tables.items():
            with archive.open(table.entry, "w", force_zip64=True) as entry:
                summaries[name] = summary(connection, table, entry.write)
        manifest = Manifest(made_at, connection.vendor, migrations, tables, summaries)
        archive.writestr(MANIFEST, write_manifest(manifest))
    return manifest


def _check_written(path, manifest):
    with open_backup(path) as backup:
        if backup.manifest.summaries != manifest.summaries:
            raise BackupError("What was written is not what was read again. No backup was made.")


@contextmanager
def _new_file(path):
    """Yield a new file beside ``path`` and its own path; it becomes ``path`` at the end, or goes."""
    _check_new(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=UNFINISHED, dir=path.parent)
    except OSError as error:
        raise BackupError(f"Nothing can be written in {path.parent}: {error.strerror}.") from None
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file, unfinished
        _name(unfinished, path)
        _sync_folder(path.parent)
    except DatabaseError as error:
        raise BackupError(f"The database failed ({type(error).__name__}). No backup was made.") from None
    except OSError as error:
        raise BackupError(
            f"The backup could not be written: {error.strerror}. Nothing is left of it."
        ) from None
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _check_new(path):
    if os.path.lexists(path):
        raise BackupError(
            f"{path} is there already, and no backup is ever written over. Choose another name."
        )


def _name(unfinished, path):
    """Give a file that is whole its name, unless another got it meanwhile."""
    try:
        os.link(unfinished, path)
    except OSError:  # it is there, or the disk knows no second names, as some network folders do not
        _check_new(path)
        unfinished.rename(path)


def _sync_folder(folder):
    """Make sure of the new name as well; Windows has no such thing."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Moving to another database: a backup of the one restored into the other, with nothing changed meanwhile."""

import tempfile
from pathlib import Path

from django.db import connections

from evaluations.models import Verb

from .format import BackupError
from .loading import is_empty, load, prepare_target
from .reading import open_backup
from .tables import applied_migrations, check_there, known_migrations, snapshot, summary
from .writing import make_backup


def move(*, source="default", target="new", say=lambda words: None):
    """Copy everything of one database into another, new one; return the Manifest of what is there now.

    Raises BackupError when they are the same, the source is not up to date, the target holds something, or
    somebody changed the source meanwhile; the target is then as empty as it was, and it can be tried again.
    """
    if _place(source) == _place(target):
        raise BackupError("NEW_DATABASE_URL names the database that DATABASE_URL names.")
    check_there(source)
    if applied_migrations(connections[source]) != known_migrations():
        raise BackupError("The present database is not up to date. Run `manage.py migrate` first.")
    say("Preparing the new database...")
    prepare_target(target)
    with tempfile.TemporaryDirectory(prefix="waterline-move-") as folder:
        path = Path(folder) / "backup.zip"
        say("Reading the present one...")
        make_backup(path, using=source)
        with open_backup(path) as backup:
            if not is_empty(backup, using=target):
                raise BackupError("The new database holds something already. Name an empty one.")
            say("Writing the new one and comparing...")
            load(
                backup,
                using=target,
                before_commit=lambda: _check_unchanged(source, backup.manifest),
                verb=Verb.MOVED_DATABASE,
            )
            return backup.manifest


def _place(using):
    settings = connections[using].settings_dict
    return [settings[name] for name in ("ENGINE", "NAME", "HOST", "PORT")]


def _check_unchanged(source, manifest):
    with snapshot(source) as connection:
        for name, table in manifest.tables.items():
            now, then = summary(connection, table), manifest.summaries[name]
            if (now.rows, now.sha256) != (then.rows, then.sha256):
                raise BackupError(
                    f"Somebody worked meanwhile: the table {name} of the present database changed. The new "
                    "one is empty again. Stop the web server, `manage.py work` and cron, then move once more."
                )

"""The database file that tests begin with: migrated once, kept beside pytest's own cache, and copied.

Migrating takes longer than most test files. The file is named after what was migrated, so that another
migration makes another file. `python -m tests.migrated` makes it.
"""

import hashlib
import os
import shutil
from importlib.metadata import version
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection

KEPT_IN = Path(__file__).parent.parent / ".pytest_cache" / "migrated"
LIBRARIES = ("django", "django-allauth")


def kept_file():
    """Return the path of the file for the migrations as they are now, be it there or not."""
    digest = hashlib.sha256("".join(f"{name} {version(name)} " for name in LIBRARIES).encode())
    for config in apps.get_app_configs():
        for path in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(f"{config.label} {path.name}".encode())
            if config.label == "evaluations":
                digest.update(path.read_bytes())
    return KEPT_IN / f"{digest.hexdigest()[:16]}.sqlite3"


def keep(connection):
    """Keep a copy of the database that was just migrated, in place of those of other migrations."""
    KEPT_IN.mkdir(parents=True, exist_ok=True)
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    unfinished = KEPT_IN / f"{os.getpid()}.unfinished"
    shutil.copyfile(connection.settings_dict["NAME"], unfinished)
    for old in KEPT_IN.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    unfinished.replace(kept_file())


if __name__ == "__main__":
    django.setup()
    if not kept_file().exists():
        call_command("migrate", verbosity=0)
        keep(connection)

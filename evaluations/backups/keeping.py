"""Backups of a folder: named by the time they were made, and deleted when they are old."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from .writing import UNFINISHED

FORM = "waterline-%Y%m%dT%H%M%SZ.zip"
NAME = re.compile(r"waterline-\d{8}T\d{6}Z\.zip")
# What a backup that was killed left behind: no backup takes so long.
UNFINISHED_FOR = timedelta(days=1)


def name_of_now():
    """Return the name of a backup that is made now: ``waterline-20230601T093000Z.zip``, in UTC."""
    return timezone.now().astimezone(UTC).strftime(FORM)


def age_out(folder, *, keep=None, keep_days=None):
    """Delete what is too old or too many in a folder; return the names of the backups that went.

    ``keep`` are the newest so many; ``keep_days`` is how old one may be. The newest always stays. Only files
    named as ``name_of_now`` names them count, by the time in their name.
    """
    _delete_unfinished(folder)
    made = {path: _made_at(path.name) for path in folder.iterdir() if NAME.fullmatch(path.name)}
    backups = sorted((path for path in made if made[path]), key=made.get, reverse=True)
    oldest = timezone.now() - timedelta(days=keep_days) if keep_days else None
    gone = [
        path
        for position, path in enumerate(backups)
        if position and ((keep and position >= keep) or (oldest and made[path] < oldest))
    ]
    for path in gone:
        path.unlink()
    return [path.name for path in gone]


def _made_at(name):
    try:
        return datetime.strptime(name, FORM).replace(tzinfo=UTC)
    except ValueError:
        return None


def _delete_unfinished(folder):
    before = (timezone.now() - UNFINISHED_FOR).timestamp()
    for path in Path(folder).glob(f".waterline-*{UNFINISHED}"):
        if path.stat().st_mtime < before:
            path.unlink()

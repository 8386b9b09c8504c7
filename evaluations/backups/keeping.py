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


def age_out(folder, *, made=None, keep=None, keep_days=None):
    """Delete what is too old or too many in a folder; return the names of the backups that went.

    ``keep`` are the newest so many; ``keep_days`` is how old one may be. Only files named as ``name_of_now``
    names them count, by the time in their name. The one that was just made (the name ``made``) always stays
    and counts as the newest, also beside one of a day to come, which a wrong clock made.
    """
    _delete_unfinished(folder)
    times = {path: _made_at(path.name) for path in folder.iterdir() if NAME.fullmatch(path.name)}
    dated = [path for path in times if times[path]]
    backups = sorted(dated, key=lambda path: (path.name == made, times[path]), reverse=True)
    oldest = timezone.now() - timedelta(days=keep_days) if keep_days else None
    gone = [
        path
        for position, path in enumerate(backups)
        if position and ((keep and position >= keep) or (oldest and times[path] < oldest))
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

"""Faults that pass by themselves, told from mistakes of ours.

A database that is away or too busy to answer in time, a full disk, a mail server that does not answer: who
meets one did nothing wrong and has only to try again. Everything else stays an error.
"""

import errno
import sqlite3
from enum import StrEnum

from django.db import DatabaseError, InterfaceError, OperationalError

from evaluations.logs import causes


class Fault(StrEnum):
    """What is wrong for now; the value is what ``unsent_page`` and its template call it."""

    AWAY = "no_database"
    BUSY = "busy"
    FULL = "disk_full"
    NO_MAIL = "no_mail"

    @property
    def event(self):
        """Return what the log calls it."""
        return EVENTS[self]


EVENTS = {
    Fault.AWAY: "database-unavailable",
    Fault.BUSY: "database-busy",
    Fault.FULL: "disk-full",
    Fault.NO_MAIL: "mail-unavailable",
}


class MailNotSent(Exception):
    """A mail that somebody waits for could not be handed to the mail server."""


# https://www.postgresql.org/docs/current/errcodes-appendix.html, by code or by class (the first two letters).
POSTGRESQL = {
    "53100": Fault.FULL,
    "53": Fault.BUSY,  # no memory, or too many connections
    "55P03": Fault.BUSY,  # a lock that was not to be had in time
    "57014": Fault.BUSY,  # a statement that took too long
    "40": Fault.BUSY,  # two that waited for each other
    "57P": Fault.AWAY,  # being shut down, or only just starting
    "08": Fault.AWAY,
    "58": Fault.AWAY,
    "25006": Fault.AWAY,  # read only: a replica that has not taken over yet
}

# https://www.sqlite.org/rescode.html: the whole code, else its last byte.
SQLITE = {
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: Fault.FULL,  # no room for the index of the write-ahead log
    sqlite3.SQLITE_BUSY: Fault.BUSY,
    sqlite3.SQLITE_LOCKED: Fault.BUSY,
    sqlite3.SQLITE_CANTOPEN: Fault.AWAY,
    sqlite3.SQLITE_READONLY: Fault.AWAY,
    sqlite3.SQLITE_IOERR: Fault.AWAY,
    sqlite3.SQLITE_PERM: Fault.AWAY,
}

# For whoever ran a command.
ADVICE = {
    Fault.AWAY: "The database cannot be reached. Is DATABASE_URL right, does PostgreSQL run, is the folder "
    "of an SQLite file there and may be written to?",
    Fault.BUSY: "The database is too busy just now. Try again.",
    Fault.FULL: "The disk of the database is full. Make room, and try again.",
}
MIGRATE_FIRST = "The database is not up to date. Run `python manage.py migrate` first."
NO_SUCH_TABLE, NO_SUCH_COLUMN = "42P01", "42703"  # of PostgreSQL; SQLite has only words for it


def fault_of(error):
    """Return the ``Fault`` behind an exception, or None for any other one.

    >>> fault_of(InterfaceError("connection already closed"))
    <Fault.AWAY: 'no_database'>
    """
    return next(filter(None, map(_fault, causes(error))), None)


def _fault(error):
    if isinstance(error, MailNotSent):
        return Fault.NO_MAIL
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Fault.FULL
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    cause = error.__cause__
    if code := getattr(cause, "sqlite_errorcode", None):
        return SQLITE.get(code) or SQLITE.get(code & 0xFF)
    if code := getattr(cause, "pgcode", None):
        return POSTGRESQL.get(code) or POSTGRESQL.get(code[:3]) or POSTGRESQL.get(code[:2])
    # A connection that cannot be made, or broke: there is no code, as nobody answered with one.
    return Fault.AWAY if isinstance(error, OperationalError | InterfaceError) else None


def advice_on(error):
    """Return what whoever ran a command can do about the database's error, None about a mistake of ours."""
    cause = error.__cause__
    lacks = getattr(cause, "pgcode", None) in (NO_SUCH_TABLE, NO_SUCH_COLUMN)
    if lacks or str(cause).startswith(("no such table", "no such column")):
        return MIGRATE_FIRST
    return ADVICE.get(fault_of(error))

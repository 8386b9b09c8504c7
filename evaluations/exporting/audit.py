"""The record of access as a file: one row an event, newest first."""

from dataclasses import dataclass, replace

from django.utils.timezone import localtime

from .book import Book
from .file import About, file
from .tidy import Column, Table, comma_separated

COLUMNS = (Column("When", 24), Column("Who", 28), Column("What was done", 40), Column("To what", 48))
COUNTED = "Each row is one event. The record is only ever added to, and holds no confidential words."
WHOLE = ("None: the whole record",)


@dataclass(frozen=True)
class AuditRecord:
    """What there is to take away: ``events`` are ``queries.audit.Event`` objects."""

    about: About
    events: list

    @property
    def table(self):
        """Return the events, one a row, at the time of the place."""
        rows = [
            (localtime(event.at).replace(tzinfo=None, microsecond=0), event.who, event.what, event.about)
            for event in self.events
        ]
        return Table("Record of access", COLUMNS, tuple(rows))


def _xlsx(record):
    book = Book(record.about)
    book.tidy("Record of access", record.table)
    book.say_what_it_is(("Events in this file", len(record.events)))
    return book.bytes()


def _csv(record):
    return comma_separated(record.table, record.about)


FORMATS = {"xlsx": _xlsx, "csv": _csv}


def audit_file(events, said, format, *, name):
    """Return events in one of ``FORMATS`` as a ``File`` named after ``name``; ``said`` is an ``About``."""
    about = replace(said, counted=COUNTED, filters=said.filters or WHOLE)
    record = AuditRecord(about, events)
    return file(format, FORMATS[format](record), day=said.day, name=(*name, "record-of-access"))

"""The tables that a backup holds, and their rows as the database stores them: nothing is decrypted."""

import hashlib
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from evaluations.models import EncryptedTextField

from .format import BackupError, Column, Summary, Table, line_of

# Who is signed in where: whoever restores a backup signs nobody in. (The cache is no model's table.)
NOT_KEPT = {"sessions", "usersessions"}
ROWS_AT_ONCE = 50

KIND_OF = {
    **dict.fromkeys(("AutoField", "BigAutoField", "IntegerField", "BigIntegerField"), "integer"),
    **dict.fromkeys(("PositiveSmallIntegerField", "PositiveIntegerField"), "integer"),
    **dict.fromkeys(("PositiveBigIntegerField", "SmallIntegerField"), "integer"),
    **dict.fromkeys(("CharField", "TextField", "SlugField"), "text"),
    "BooleanField": "boolean",
    "DateField": "date",
    "DateTimeField": "datetime",
    "JSONField": "json",
    "BinaryField": "bytes",
}

# One snapshot for all tables, while others go on writing. SQLite takes it with the first thing read.
BEGIN = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"}


def applied_migrations(connection):
    """Return the migrations of a database as a sorted tuple of (app, name)."""
    return tuple(sorted(MigrationRecorder(connection).applied_migrations()))


@cache
def _all_migrations():
    return MigrationLoader(None)


def known_migrations():
    """Return the migrations of this version of Waterline, as a sorted tuple of (app, name)."""
    return tuple(sorted(_all_migrations().disk_migrations))


@cache
def models_at(migrations):
    """Return the models as they were after a tuple of migrations, whatever the code says today."""
    return _all_migrations().project_state(list(migrations)).apps.get_models(include_auto_created=True)


def tables_at(migrations):
    """Return the tables that a backup holds after a tuple of migrations, as ``{name: Table}``."""
    kept = [model for model in models_at(migrations) if model._meta.app_label not in NOT_KEPT]
    return {model._meta.db_table: _table(model._meta) for model in sorted(kept, key=_name)}


def _name(model):
    return model._meta.db_table


def _table(meta):
    columns = tuple(Column(field.column, _kind(field)) for field in meta.local_concrete_fields)
    return Table(meta.db_table, meta.pk.column, columns)


def _kind(field):
    while field.remote_field:
        field = field.target_field
    if isinstance(field, EncryptedTextField):
        return "sealed"
    return KIND_OF[field.get_internal_type()]


def check_there(using):
    """Raise BackupError for an SQLite file that is not there: to ask would make an empty one."""
    connection = connections[using]
    is_file = connection.vendor == "sqlite" and not connection.is_in_memory_db()
    if is_file and not Path(connection.settings_dict["NAME"]).exists():
        raise BackupError(f"There is no database {connection.settings_dict['NAME']}.")


@contextmanager
def snapshot(using):
    """Yield a connection of its own that sees the database as it is now, until the block ends."""
    connection = connections.create_connection(using)
    try:
        with connection.cursor() as cursor:
            cursor.execute(BEGIN[connection.vendor])
        yield connection
    finally:
        connection.close()


def lines(connection, table):
    """Yield the rows of a table as lines in bytes, in the order of their key, a few in memory at a time."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(column.name) for column in table.columns)
    query = f"SELECT {names} FROM {quote(table.name)} ORDER BY {quote(table.key)}"  # noqa: S608 - our own
    at_once = 1 if table.positions("bytes") else ROWS_AT_ONCE
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(at_once):
            for row in rows:
                yield line_of(table, row)


def summary(connection, table, write=lambda line: None):
    """Return the Summary of a table, and hand each of its lines to ``write``."""
    digest, count = hashlib.sha256(), 0
    for line in lines(connection, table):
        write(line)
        digest.update(line)
        count += 1
    return Summary(count, digest.hexdigest(), last_id(connection, table))


def last_id(connection, table):
    """Return the last number given to a row: none is given again, so that nothing takes another's place."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max({quote(table.key)}) FROM {quote(table.name)}")  # noqa: S608 - our own
        present = cursor.fetchone()[0] or 0
        if connection.vendor == "sqlite":
            cursor.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = %s", [table.name])
        else:
            cursor.execute("SELECT pg_sequence_last_value(%s::regclass)", [_sequence(cursor, table)])
        return max(present, cursor.fetchone()[0] or 0)


def set_last_id(connection, table, number):
    """Let the next row get the number after ``number``."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, number])
        else:
            sequence = _sequence(cursor, table)
            cursor.execute("SELECT setval(%s::regclass, %s, %s)", [sequence, max(number, 1), number > 0])


def _sequence(cursor, table):
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table.name}"', table.key])
    return cursor.fetchone()[0]


def check_known(migrations):
    """Raise BackupError when there are none, or some that this version of Waterline does not know."""
    if not migrations:
        raise BackupError("There is nothing: `manage.py migrate` never ran on this database.")
    if unknown := sorted(set(map(tuple, migrations)) - set(known_migrations())):
        names = ", ".join(ascii(f"{app} {name}") for app, name in unknown[:3])  # out of a file, to a terminal
        raise BackupError(f"This was made by a later version of Waterline, with {names}. Install that one.")

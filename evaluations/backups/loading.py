"""Putting a backup into a database: all in one transaction, compared with the manifest before it counts."""

from django.core.cache import caches
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, transaction

from evaluations.actions.audit import record
from evaluations.actions.cleaning import clean_database
from evaluations.models import Evaluation, Verb

from .format import BackupError
from .record import TABLE, later_events
from .tables import applied_migrations, known_migrations, last_id, models_at, set_last_id, summary
from .withdrawals import changed_codes, missing_withdrawals

PARAMETERS_AT_ONCE = 900  # of one statement: fewer than the 999 of the oldest SQLite
SIZE_AT_ONCE = 4 * 1024 * 1024  # characters and bytes of one statement; the row that goes beyond is its last
# What Django itself puts into a new database.
MADE_BY_MIGRATE = {"django_content_type", "auth_permission"}


def prepare_target(using="default"):
    """Migrate a new database; raises BackupError for one that stands at another migration than this code."""
    connection = connections[using]
    if not connection.introspection.table_names():
        call_command("migrate", database=using, interactive=False, verbosity=0)
    if applied_migrations(connection) != known_migrations():
        raise BackupError(
            "The database to fill is neither new nor up to date. Run `manage.py migrate` on it."
        )


def is_empty(backup, using="default"):
    """Say whether a database holds no row of the tables of a backup, but those of a new one."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name in backup.manifest.tables.keys() - MADE_BY_MIGRATE:
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(name)} LIMIT 1")  # noqa: S608 - our own
            if cursor.fetchone():
                return False
    return True


def load(backup, *, using="default", before_commit=lambda: None, verb=Verb.RESTORED_BACKUP):
    """Replace everything in a database by a backup; return the withdrawals that it does not know.

    Only the record of access keeps what was added since. As it tells people and records by their numbers, no
    number that the database gave is given again. The database stands at the backup's migrations. Whatever
    fails, the old data stays: then raises BackupError, with the table. ``before_commit`` may still refuse;
    ``verb`` is recorded.
    """
    try:
        with transaction.atomic(using=using):
            connection, tables = connections[using], backup.manifest.tables
            withdrawals = missing_withdrawals(backup, using=using)
            codes = changed_codes(backup, using=using)
            events = later_events(backup, using=using)
            given = {name: last_id(connection, table) for name, table in tables.items()}
            fill(backup, using=using)
            before_commit()
            for name, table in tables.items():
                set_last_id(connection, table, max(given[name], backup.manifest.summaries[name].last_id))
            _add_events(connection, tables[TABLE], events)
            _record(backup, withdrawals, codes, verb, using)
    except DatabaseError as error:
        raise BackupError(
            f"The database failed ({type(error).__name__}): is somebody working? Nothing was changed."
        ) from None
    if using == "default":
        caches["default"].clear()
        clean_database()
    return withdrawals


def fill(backup, *, using):
    """Empty the tables of a database, put the rows of a backup in, and compare; within a transaction."""
    connection, manifest = connections[using], backup.manifest
    _empty(connection, manifest.migrations)
    for table in manifest.tables.values():
        _insert(connection, table, backup.rows(table))
    _check_constraints(connection)
    for name, table in manifest.tables.items():
        set_last_id(connection, table, manifest.summaries[name].last_id)
        if summary(connection, table) != manifest.summaries[name]:
            raise BackupError(
                f"Table {name} in the database is not what the backup holds. Nothing was changed."
            )


def _empty(connection, migrations):
    """Delete every row, those of sessions too: they belong to accounts that are replaced."""
    names = [model._meta.db_table for model in models_at(migrations)]
    statements = connection.ops.sql_flush(no_style(), names, reset_sequences=True)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _add_events(connection, table, rows):
    """Add rows to the record of access, with new numbers."""
    last = last_id(connection, table)
    for number, row in enumerate(rows, start=last + 1):
        row[table.key_position] = number
    _insert(connection, table, rows)
    set_last_id(connection, table, last + len(rows))


def _insert(connection, table, all_rows):
    quote, adapt = connection.ops.quote_name, _adapters(connection, table)
    names = ", ".join(quote(column.name) for column in table.columns)
    start = f"INSERT INTO {quote(table.name)} ({names}) VALUES "  # noqa: S608 - names of our own models
    row_of_marks = f"({', '.join(['%s'] * len(table.columns))})"
    most = PARAMETERS_AT_ONCE // len(table.columns)
    try:
        with connection.cursor() as cursor:
            for rows in batches(all_rows, most):
                values = [
                    adapt_one(value) for row in rows for adapt_one, value in zip(adapt, row, strict=True)
                ]
                cursor.execute(start + ", ".join([row_of_marks] * len(rows)), values)
    except (DatabaseError, ValueError, OverflowError) as error:
        # Never the error's own words: they hold the row.
        raise BackupError(f"{table.entry}: {_refused(error)} Nothing was changed.") from None


def _adapters(connection, table):
    """Return a function for each column that makes of a value what this database takes."""
    special = {
        "date": connection.ops.adapt_datefield_value,
        "datetime": connection.ops.adapt_datetimefield_value,
    }
    return [special.get(column.kind, lambda value: value) for column in table.columns]


def batches(rows, most):
    """Yield lists of rows, none longer than ``most``, none with more than a row beyond ``SIZE_AT_ONCE``."""
    batch, size = [], 0
    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(batch) == most or size >= SIZE_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _check_constraints(connection):
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise BackupError(f"The rows do not fit together: {_refused(error)} Nothing was changed.") from None


def _refused(error):
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or type(error).__name__
    return f"the database refuses them ({name})."


def _record(backup, withdrawals, codes, verb, using):
    """Write down in every evaluation that this was done, whose code is another, who has to withdraw again."""
    evaluations = {row.slug: row for row in Evaluation.objects.using(using)}
    for evaluation in evaluations.values():
        subject = f"backup of {backup.manifest.made_at:%Y-%m-%d}"
        record(by=None, evaluation=evaluation, verb=verb, subject=subject, using=using)
    for slug, now, then in codes:
        subject = f"participant {then} was {now}"
        record(by=None, evaluation=evaluations[slug], verb=Verb.CHANGED_CODE, subject=subject, using=using)
    for missing in withdrawals:
        if missing.is_there:
            evaluation, subject = evaluations[missing.evaluation], f"participant {missing.participant}"
            verb = Verb.MUST_WITHDRAW_AGAIN
            record(by=None, evaluation=evaluation, verb=verb, subject=subject, using=using)

"""Care of the database itself: what was deleted goes out of its files, and it learns how large tables are."""

from django.apps import apps
from django.db import OperationalError, connection


def clean_database():
    """Overwrite what deleted rows left in the database's files; say whether that could be done.

    Not inside a transaction, and not while somebody else's keeps the files busy: then ask again later, with
    ``manage.py clean_database``. PostgreSQL frees the rows' space for new ones (docs/deploy.md says what
    stays).
    """
    if connection.in_atomic_block:
        return False
    try:
        with connection.cursor() as cursor:
            return _clean_sqlite(cursor) if connection.vendor == "sqlite" else _clean_tables(cursor)
    except OperationalError:
        return False


def _clean_sqlite(cursor):
    cursor.execute("VACUUM")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    is_busy, *_ = cursor.fetchone()
    return not is_busy


def _clean_tables(cursor):
    for model in apps.get_app_config("evaluations").get_models():
        cursor.execute(f"VACUUM {connection.ops.quote_name(model._meta.db_table)}")
    return True


def measure_tables():
    """Let SQLite look how large its tables are, for finding short ways through them: in well under a second.

    Without it, one interview of thousands is found by reading every quotation. PostgreSQL looks by itself.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")

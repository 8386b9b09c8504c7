"""The record of access outlives a restore: what was added to it since the backup is added again.

So nobody can restore what they did out of it. An event goes on pointing at its evaluation and account where
the backup holds these; else it points at none.
"""

from django.db import connections

from .format import columns_of, values_of
from .tables import lines

TABLE = "evaluations_auditevent"
# What an event points at, and what tells, beside its number, that a row is the same one in both.
POINTS_AT = {
    "evaluation_id": ("evaluations_evaluation", "created_at"),
    "user_id": ("auth_user", "date_joined"),
}


def later_events(backup, *, using):
    """Return the rows of the record that a database holds and a backup does not, oldest first.

    Each is a list of values, as in the backup's table; the database stands at the backup's migrations.
    """
    table = backup.manifest.tables[TABLE]
    known = set(backup.records(TABLE, "id", "at"))
    rows = list(_rows(table, using))
    found = [
        row
        for row, place in zip(rows, columns_of(table, rows, "id", "at"), strict=True)
        if place not in known
    ]
    for column, (name, made_at) in POINTS_AT.items():
        other = backup.manifest.tables[name]
        held = columns_of(other, _rows(other, using), "id", made_at)
        both = {key for key, _ in {*held} & {*backup.records(name, "id", made_at)}}
        place = table.position(column)
        for row in found:
            row[place] = row[place] if row[place] in both else None
    return found


def _rows(table, using):
    return (values_of(table, line) for line in lines(connections[using], table))

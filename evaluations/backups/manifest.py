"""The manifest of a backup: what ought to be in it, written last and believed by nobody unchecked."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from .format import FORMAT, FORMAT_VERSION, BackupError, Summary, Table
from .tables import check_known, tables_at

LARGEST_NUMBER = 2**53  # of a row: no database gives as many, and enough are left to be given after it


@dataclass(frozen=True)
class Manifest:
    """When and of what a backup was made; its tables and what each holds, by name."""

    made_at: datetime
    database: str
    migrations: tuple[tuple[str, str], ...]
    tables: dict[str, Table]
    summaries: dict[str, Summary]

    @property
    def rows(self):
        """Return how many rows there are in all."""
        return sum(summary.rows for summary in self.summaries.values())

    @property
    def compared(self):
        """Return a table that says of each table how many rows were loaded, compared and right."""
        filled = {name: summary.rows for name, summary in self.summaries.items() if summary.rows}
        lines = [
            f"  {name:44}{rows:>9} row{'s' if rows != 1 else ' '}   checksum right"
            for name, rows in filled.items()
        ]
        empty = len(self.summaries) - len(filled)
        return "\n".join([*lines, f"  {empty} tables are empty, as they were."])


def write_manifest(manifest):
    """Return the manifest as JSON in bytes."""
    data = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "made_at": manifest.made_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "database": manifest.database,
        "migrations": manifest.migrations,
        "tables": [_described(table, manifest.summaries[name]) for name, table in manifest.tables.items()],
    }
    return json.dumps(data, indent=1).encode()


def _described(table, summary):
    return {
        "name": table.name,
        "entry": table.entry,
        "columns": {column.name: column.kind for column in table.columns},
        "rows": summary.rows,
        "sha256": summary.sha256,
        "last_id": summary.last_id,
    }


def read_manifest(content):
    """Return the Manifest that bytes describe.

    Raises BackupError for any that is not well formed, is of a later version, or describes other tables than
    its migrations make: a name out of a file never reaches a database.
    """
    try:
        data = json.loads(content, object_pairs_hook=_without_doubles, parse_constant=_refuse)
        if data["format"] != FORMAT:
            raise BackupError("manifest.json: this is not a backup of Waterline.")
        version = data["format_version"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BackupError("manifest.json: this is no manifest of a backup.") from None
    if version != FORMAT_VERSION:
        raise BackupError("manifest.json: this form of backup is of a later version of Waterline.")
    try:
        migrations = tuple((str(app), str(name)) for app, name in data["migrations"])
        check_known(migrations)
        tables = tables_at(migrations)
        described = {entry["name"]: entry for entry in data["tables"]}
        summaries = {name: _summary(described[name]) for name in tables}
        same = data["tables"] == [_described(table, summaries[name]) for name, table in tables.items()]
        made_at = datetime.fromisoformat(data["made_at"]).astimezone(UTC)
        database = str(data["database"])
    except (ValueError, TypeError, KeyError, OverflowError):
        same = False
    if not same:
        raise BackupError("manifest.json: it does not describe the tables that its migrations make.")
    return Manifest(made_at, database, migrations, tables, summaries)


def _summary(entry):
    numbers = entry["rows"], entry["last_id"]
    if not all(type(number) is int and 0 <= number < LARGEST_NUMBER for number in numbers):
        raise ValueError
    return Summary(entry["rows"], str(entry["sha256"]), entry["last_id"])


def _without_doubles(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refuse(_):
    raise ValueError

"""What a backup looks like: its parts, and how a stored value is written down and read again.

A zip with one entry a table, ``tables/<table>.jsonl``: a line a row, in the order of its key, each a JSON
list of the stored values; and ``manifest.json``, which says what ought to be there. The same rows give the
same bytes whichever database they were in, so that one checksum compares a file with either.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

FORMAT, FORMAT_VERSION = "waterline-backup", 1
MANIFEST = "manifest.json"
WIDEST_EXPONENT = 400  # of numbers within JSON: more than any computer's floats have
# What is raised for a value that is none of its kind (ArithmeticError: an exponent too long to be a number).
UNFIT = (ValueError, TypeError, ArithmeticError, RecursionError)


class BackupError(Exception):
    """A backup that cannot be made, read or restored; ``str()`` is a sentence without anybody's words."""


@dataclass(frozen=True)
class Kind:
    """A kind of stored value: ``write`` gives what stands in a line, ``read`` what goes to a database.

    Both raise one of UNFIT for what is none. Nothing (null) never gets here.
    """

    write: Callable
    read: Callable
    words: str


@dataclass(frozen=True)
class Column:
    """A column of a table; ``kind`` is a key of KINDS."""

    name: str
    kind: str


@dataclass(frozen=True)
class Table:
    """A table by its name; the column ``key`` holds whole numbers that order its rows."""

    name: str
    key: str
    columns: tuple[Column, ...]

    @property
    def entry(self):
        """Return the name of its entry: ``tables/auth_user.jsonl``."""
        return f"tables/{self.name}.jsonl"

    @property
    def key_position(self):
        """Return where in a line the key stands."""
        return self.position(self.key)

    def position(self, name):
        """Return where in a line the column of that name stands."""
        return [column.name for column in self.columns].index(name)

    def positions(self, kind):
        """Return where in a line the values of a kind stand."""
        return [number for number, column in enumerate(self.columns) if column.kind == kind]


@dataclass(frozen=True)
class Summary:
    """What a table holds: rows, SHA-256 of their lines, and the last number given to one, deleted or not."""

    rows: int
    sha256: str
    last_id: int


def line_of(table, values):
    """Return a row as its line, in bytes; raises BackupError for a value that its column cannot hold."""
    row = []
    for column, value in zip(table.columns, values, strict=True):
        try:
            row.append(None if value is None else KINDS[column.kind].write(value))
        except UNFIT:
            key = values[table.key_position]
            raise BackupError(
                f"Table {table.name}, row {key}, column {column.name}: {KINDS[column.kind].words} should be "
                "stored there."
            ) from None
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def values_of(table, line):
    """Return the values of a line; raises ValueError with words for one that is no row of the table."""
    try:
        row = json.loads(line, parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ValueError("this is no row of values") from None
    if not isinstance(row, list) or len(row) != len(table.columns):
        raise ValueError(f"a row has {len(table.columns)} values")
    return [_value_of(column, value) for column, value in zip(table.columns, row, strict=True)]


def columns_of(table, rows, *names):
    """Return some columns of a table's rows, a tuple a row."""
    places = [table.position(name) for name in names]
    return [tuple(row[place] for place in places) for row in rows]


def _value_of(column, value):
    try:
        return None if value is None else KINDS[column.kind].read(value)
    except UNFIT:
        raise ValueError(f"column {column.name}: {KINDS[column.kind].words} is expected") from None


def canonical_json(text):
    """Return JSON in one form, whichever database stored it: keys in order, numbers without exponents.

    >>> canonical_json('{"b": 1e3, "a": [true, 1.50]}')
    '{"a":[true,1.50],"b":1000}'
    """
    return _written(json.loads(text, parse_float=Decimal, parse_constant=_refuse))


def _written(value):
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)}:{_written(value[key])}" for key in sorted(value))
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_written, value))}]"
    if isinstance(value, Decimal):
        if abs(value.adjusted()) > WIDEST_EXPONENT:
            raise ValueError
        return format(value if value else abs(value), "f")  # PostgreSQL knows no zero below zero
    return json.dumps(value)


def _refuse(_):
    raise ValueError


def _integer(value):
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError
    return value


def _boolean(value):
    if type(value) is not bool:
        raise TypeError
    return value


def _text(value):
    if not isinstance(value, str):
        raise TypeError
    value.encode()  # half a character, which no database takes, raises UnicodeEncodeError
    return value


def _write_datetime(value):
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)  # SQLite stores UTC without saying so
    return aware.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _read_datetime(text):
    value = datetime.fromisoformat(text)
    return value if _write_datetime(value) == text else _refuse(text)


def _read_json(text):
    return text if canonical_json(text) == text else _refuse(text)


KINDS = {
    "integer": Kind(_integer, _integer, "a whole number"),
    "boolean": Kind(_boolean, _boolean, "true or false"),
    "text": Kind(_text, _text, "text"),
    "sealed": Kind(_text, _text, "encrypted text"),
    "date": Kind(date.isoformat, date.fromisoformat, "a day such as 2023-06-01"),
    "datetime": Kind(_write_datetime, _read_datetime, "a time such as 2023-06-01T09:30:00.000000Z"),
    "json": Kind(canonical_json, _read_json, "JSON as text, keys in order"),
    "bytes": Kind(
        lambda value: base64.b64encode(value).decode(),
        lambda text: base64.b64decode(text.encode(), validate=True),
        "bytes in base64",
    ),
}

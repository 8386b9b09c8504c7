"""A tidy table, one row a thing and one column a value, as a CSV file."""

import csv
from dataclasses import dataclass
from io import StringIO

from .file import MADE_UP
from .words import as_text

BYTE_ORDER_MARK = "utf-8-sig"  # tells Excel that it is UTF-8


@dataclass(frozen=True)
class Column:
    """A column: its heading, and how wide a workbook draws it, in characters."""

    heading: str
    width: int = 16


@dataclass(frozen=True)
class Table:
    """A title, columns, and rows of texts and numbers, as many as there are columns."""

    title: str
    columns: tuple
    rows: tuple

    def __post_init__(self):
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"{self.title}: every row has one value a column")


def comma_separated(table, about):
    """Return a table as the bytes of a CSV file (RFC 4180), with what the file says of itself as columns."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    said = {"Made up": MADE_UP if about.is_made_up else "", "Filters": about.narrowed}
    said["Date of this file"] = about.day.isoformat()
    writer.writerow([*(column.heading for column in table.columns), *said])
    for row in table.rows:
        writer.writerow([as_text(value) for value in (*row, *said.values())])
    return text.getvalue().encode(BYTE_ORDER_MARK)

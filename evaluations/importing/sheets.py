"""Reading a table file into sheets of cells: text as it stands, dates, and what cannot be a value.

Only what ``safety.kind_of`` let through comes here.
"""

import csv
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import WorkSheetParser

from .columns import SheetKind
from .naming import guess_columns, guess_kind
from .problems import Refused
from .safety import FileKind, kind_of

MOST_ROWS = 10_000
MOST_READ = 40_000  # rows, with those that are passed over because they are empty
MOST_COLUMNS = 60
MOST_SHEETS = 20
HEADING_WITHIN = 10  # rows at the top of a sheet among which its headings are looked for

ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# Signs of UTF-8 that was read as Windows-1252 somewhere on the way.
TWICE_READ = re.compile("Ã[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€")
DELIMITERS = ",;\t|"


class Formula(str):
    """What a cell calculates: never a value."""


class Fault(str):
    """What a spreadsheet shows instead of a value, such as ``#REF!``."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file: its title, the cells of its headings, and its rows as ``(number, cells)``.

    Cells are text, dates or numbers, ``Formula`` or ``Fault``; rows have their numbers in the person's file.
    """

    title: str
    headings: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    has_merged_cells: bool = False

    @property
    def kind(self):
        """Return what the sheet most likely holds, or None."""
        return guess_kind(self.title, self.headings)


def read_sheets(content):
    """Return the sheets of a table file that hold anything. Raises Refused."""
    kind = kind_of(content)
    if kind is FileKind.DOCUMENT:
        raise Refused("This is a Word document. A table has to be an .xlsx or a .csv file.")
    sheets = _workbook(content) if kind is FileKind.WORKBOOK else [_csv(decode(content))]
    sheets = [sheet for sheet in sheets if sheet.headings]
    if not sheets:
        raise Refused("There is nothing in this file: no sheet holds a row.")
    if not any(sheet.rows for sheet in sheets):
        raise Refused("There is nothing in this file below the headings.")
    return sheets


def letter(index):
    """Return the letter of a column by its place from 0: ``A``."""
    return get_column_letter(index + 1)


def is_blank(cell):
    """Say whether a cell holds nothing that can be seen."""
    return cell is None or (isinstance(cell, str) and not cell.strip(" \t\r\n\xa0\u200b\ufeff"))


def _workbook(content):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that are not read: pictures, validations
            book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            if len(sheets) > MOST_SHEETS:
                raise Refused(f"This file has more than {MOST_SHEETS} sheets. Leave only those to import.")
            merged = _has_merged_cells(content)
            return [_assemble(sheet.title, _cells(book, sheet), merged) for sheet in sheets]
    except Refused:
        raise
    except Exception:  # whatever a broken workbook brings a library to
        raise Refused("This workbook is damaged: it cannot be read. Save it again and send that.") from None


def _has_merged_cells(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<mergeCell " in archive.read(name) for name in names)


def _cells(book, sheet):
    """Yield ``(number, cells)`` of the rows that stand in a sheet.

    The library's own way of going through rows makes up every one that is missing: a million of them for one
    cell at the end.
    """
    with sheet._get_source() as source:
        reader = WorkSheetParser(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        last = 0
        for number, found in reader.parse():
            if number > last:
                last = number
                yield number, _in_order(found)


def _in_order(found):
    """Return the cells of a row from the first column on, as far as they are looked at."""
    values = {cell["column"]: _value(cell) for cell in found if cell["column"] <= MOST_COLUMNS + 1}
    return [values.get(column) for column in range(1, max(values, default=0) + 1)]


def _value(cell):
    value = cell["value"]
    if value is None:
        return None
    if cell["data_type"] == "f":
        return Formula("=")
    if cell["data_type"] == "e":
        return Fault(value)
    if isinstance(value, str):
        return ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
    return value if isinstance(value, (date, datetime, time, int, float)) else str(value)


def decode(content):
    """Return the text of a file: UTF-8, UTF-16 or Windows-1252. Raises Refused for anything else."""
    for mark, code in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _decoded(content, [code])
    if content[:4000].count(0) > len(content[:4000]) // 4:
        return _decoded(
            content, ["utf-16-le" if content[:4000:2].count(0) < content[1:4000:2].count(0) else "utf-16-be"]
        )
    return _decoded(content, ["utf-8", "cp1252"])


def _decoded(content, codes):
    for code in codes:
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if text.count("\0") * 20 > len(text) or (code == "cp1252" and TWICE_READ.search(text)):
            break
        return text
    raise Refused(
        "The letters in this file cannot be read. Save it as CSV UTF-8 (or plain text, UTF-8) and send that."
    )


def _csv(text):
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows = ([_typed(cell) for cell in row[: MOST_COLUMNS + 1]] for row in _records(reader))
    return _assemble("", enumerate(rows, start=1), False)


def _records(reader):
    number = 0
    while True:
        number += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Refused(
                f"Row {number} cannot be read: its quotation marks do not pair up, or a cell is too long."
                " Save the file as CSV from a spreadsheet program and send that."
            ) from None


def _typed(cell):
    return Formula("=") if cell.lstrip().startswith("=") else cell


def _delimiter(text):
    """Return what stands between the cells of the first line that holds anything."""
    lines = (line for line in text[:200_000].splitlines() if line.strip(" ,;\t|"))
    first = re.sub(r'"[^"]*"', "", next(lines, ""))
    return max(DELIMITERS, key=first.count)


def _assemble(title, rows, merged):
    """Return a ``Sheet`` of ``(number, cells)``: the first row that names most columns is its headings."""
    filled = []
    for read, (number, cells) in enumerate(rows, start=1):
        if read > MOST_READ:
            raise Refused(f"A sheet has more than {MOST_READ:,} rows, empty ones included. Delete those.")
        if all(is_blank(cell) for cell in cells):
            continue
        filled.append((number, cells))
        if len(filled) > MOST_ROWS + HEADING_WITHIN:
            raise Refused(f"A sheet has more than {MOST_ROWS:,} rows. Send it in parts.")
        if not is_blank(cells[MOST_COLUMNS] if len(cells) > MOST_COLUMNS else None):
            raise Refused(f"A sheet has more than {MOST_COLUMNS} columns. Leave only those to import.")
    if not filled:
        return Sheet(title)
    top = [(_fit(cells), -at) for at, (_, cells) in enumerate(filled[:HEADING_WITHIN])]
    at = -max(top)[1]
    headings = ["" if is_blank(cell) else str(cell).strip()[:200] for cell in filled[at][1][:MOST_COLUMNS]]
    while headings and not headings[-1]:
        headings.pop()
    return Sheet(title, headings, filled[at + 1 :], merged)


def _fit(cells):
    words = ["" if is_blank(cell) else str(cell)[:200] for cell in cells]
    return max(len(guess_columns(kind, words)) for kind in SheetKind)

"""The files to fill in: a workbook with every sheet, or one sheet as CSV."""

import csv
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from .columns import COLUMNS, Holds, SheetKind
from .sheets import MOST_ROWS, letter

WORKBOOK = "waterline-import.xlsx"
LISTS = "Lists"
WORDY = ("text", "question", "quotation", "note")
NARROW, WIDE = 18, 48


def names():
    """Return the names of the files to download."""
    return [WORKBOOK, *(f"{kind}.csv" for kind in SheetKind)]


def template(name):
    """Return the bytes of one of ``names()``. Raises KeyError for another name."""
    if name == WORKBOOK:
        return _workbook()
    return _csv({f"{kind}.csv": kind for kind in SheetKind}[name])


def _csv(kind):
    text = StringIO()
    csv.writer(text).writerow([column.label for column in COLUMNS[kind]])
    return text.getvalue().encode("utf-8-sig")  # the mark tells Excel that it is UTF-8


def _workbook():
    book = Workbook()
    book.remove(book.active)
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    for kind in SheetKind:
        _sheet(book.create_sheet(kind.label), kind, lists)
    book.move_sheet(lists, offset=len(SheetKind))
    book.active = 0
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _sheet(sheet, kind, lists):
    """Write one sheet: a line of help, the headings, and lists to choose from below them."""
    sheet.freeze_panes = "A3"
    for at, column in enumerate(COLUMNS[kind]):
        help_cell, heading = sheet.cell(1, at + 1, column.hint), sheet.cell(2, at + 1, column.label)
        help_cell.font = Font(italic=True, color="48626B")
        help_cell.alignment = Alignment(wrap_text=True, vertical="top")
        heading.font = Font(bold=True, color="FFFFFF")
        heading.fill = PatternFill("solid", fgColor="0D4A5E")
        sheet.column_dimensions[letter(at)].width = WIDE if column.name in WORDY else NARROW
        if column.holds is Holds.CHOICE:
            _offer(sheet, f"{letter(at)}3:{letter(at)}{MOST_ROWS + 2}", column, lists)


def _offer(sheet, cells, column, lists):
    """Let ``cells`` be chosen from the column's list; it stands in a hidden sheet, as labels hold commas."""
    at = lists.max_column if lists["A1"].value is not None else 0
    for row, (_, label) in enumerate(column.choices, start=1):
        lists.cell(row, at + 1, label)
    source = f"{LISTS}!${letter(at)}$1:${letter(at)}${len(column.choices)}"
    rule = DataValidation(type="list", formula1=source, allow_blank=True)
    rule.errorTitle, rule.error = column.label, "Choose one from the list."
    rule.add(cells)
    sheet.add_data_validation(rule)

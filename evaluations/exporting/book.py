"""A workbook: its formats, its tidy sheets, and the sheet that says what it is."""

from datetime import date, datetime, time
from functools import cached_property
from io import BytesIO
from math import ceil

from xlsxwriter import Workbook

from .file import AUTHOR
from .words import begins_formula, for_cell

A3, A4 = 8, 9  # as Excel numbers papers
DEEP, PALE, RULE, SOFT = "#0D4A5E", "#E8F2F5", "#9CC6D3", "#48626B"
WIDEST_PAGE = 250  # characters that can still be read across a page of A3
TITLE_HEIGHT, LINE_HEIGHT, TALLEST_ROW = 24, 15, 409  # points; a row of Excel is no taller
_BASE = {"text_wrap": True, "valign": "top", "align": "left", "font_name": "Calibri", "font_size": 11}
_BOX = {"border": 1, "border_color": RULE}
STYLES = {
    "title": {"bold": True, "font_size": 16, "font_color": DEEP},
    "soft": {"font_color": SOFT},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": DEEP, **_BOX},
    "cell": _BOX,
    "day": {"num_format": "d mmmm yyyy", **_BOX},
    "moment": {"num_format": "d mmmm yyyy, hh:mm", **_BOX},
    "count": {"font_color": SOFT, "bg_color": PALE, **_BOX},
    "summary": {"italic": True, "bg_color": PALE, **_BOX},
    "water": {
        "bold": True,
        "align": "center",
        "font_color": DEEP,
        "bg_color": "#D6EAF0",
        "top": 5,
        "top_color": DEEP,
    },
    "label": {"bold": True},
    "words": {},
}


class Book:
    """A workbook being written. Every text is written as text, whatever it looks like."""

    def __init__(self, about):
        self.about = about
        self._file = BytesIO()
        never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = Workbook(self._file, {"in_memory": True, **never})
        self._book.set_properties(
            {
                "title": for_cell(about.title),
                "subject": for_cell(about.evaluation),
                "author": AUTHOR,
                "comments": for_cell(" ".join([*about.provenance, about.counted])),
                "created": datetime.combine(about.day, time()),
            }
        )

    @cached_property
    def _formats(self):
        """Return the formats by (style, whether Excel is told that it is text though it looks otherwise)."""
        return {
            (name, quoted): self._book.add_format(_BASE | style | {"quote_prefix": quoted})
            for name, style in STYLES.items()
            for quoted in (False, True)
        }

    def sheet(self, name, *, widths, top_rows, paper=A4, pages_wide=1, upright=False):
        """Return a new sheet that prints so many pages wide, with ``top_rows`` on every page.

        It prints landscape, or ``upright`` on one page.
        """
        sheet = self._book.add_worksheet(name)
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        if not upright:
            sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.fit_to_pages(pages_wide, 1 if upright else 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.8)
        sheet.set_header(f"&L{_in_margin(self.about.title)}&R{_in_margin(self.about.origin)}")
        sheet.set_footer(f"&L{_in_margin(self.about.evaluation)}, {self.about.written_on}&RPage &P of &N")
        sheet.repeat_rows(0, top_rows - 1)
        sheet.hide_gridlines(2)
        return sheet

    def write(self, sheet, row, column, value, style="cell"):
        """Write a number or a date, or anything else as text; an empty one leaves the cell empty.

        A date has a style of its own. A moment is that of the place, without a time zone.
        """
        if isinstance(value, date):
            style = "moment" if isinstance(value, datetime) else "day"
            sheet.write_datetime(row, column, value, self._formats[style, False])
            return
        if isinstance(value, int):
            sheet.write_number(row, column, value, self._formats[style, False])
            return
        text = for_cell(value)
        if not text:
            sheet.write_blank(row, column, None, self._formats[style, False])
            return
        sheet.write_string(row, column, text, self._formats[style, begins_formula(text)])

    def merge(self, sheet, row, first, last, value, style):
        """Write a text across the columns ``first`` to ``last``."""
        sheet.merge_range(row, first, row, last, "", self._formats[style, False])
        self.write(sheet, row, first, value, style)

    def tidy(self, name, table):
        """Add a sheet with a table: its headings stay in sight and are printed on every page."""
        widths = [column.width for column in table.columns]
        pages = ceil(sum(widths) / WIDEST_PAGE)
        sheet = self.sheet(name, widths=widths, top_rows=1, paper=A3 if pages > 1 else A4, pages_wide=pages)
        for at, column in enumerate(table.columns):
            self.write(sheet, 0, at, column.heading, "head")
        sheet.set_row(0, height(zip([column.heading for column in table.columns], widths, strict=True)))
        for number, row in enumerate(table.rows, start=1):
            for at, value in enumerate(row):
                self.write(sheet, number, at, value)
            sheet.set_row(number, height(zip(map(str, row), widths, strict=True)))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)

    def say_what_it_is(self, *counts):
        """Add the sheet "About" with provenance, filters, date and ``counts`` as (label, number or words)."""
        sheet = self.sheet("About", widths=[34, 90], top_rows=1)
        self.merge(sheet, 0, 0, 1, self.about.title, "title")
        sheet.set_row(0, TITLE_HEIGHT)
        rows = [*self.about.lines, *counts, ("How to read counts", self.about.counted)]
        for number, (label, words) in enumerate(rows, start=1):
            sheet.set_row(number, height([(label, 34), (str(words), 90)]))
            self.write(sheet, number, 0, label, "label")
            self.write(sheet, number, 1, words, "words")

    def bytes(self):
        """Return the finished workbook."""
        self._book.close()
        return self._file.getvalue()


def _in_margin(text):
    """Return a text for the head or foot of a printed page: & begins a command there, and little fits."""
    return for_cell(text)[:90].replace("&", "&&")


def height(texts):
    """Return how tall a row is whose cells hold ``texts``, as (text, width in characters).

    No program finds the height of merged cells by itself, and some find none at all when they print.
    """
    lines = max((_lines(text, width) for text, width in texts), default=1)
    return min(lines * LINE_HEIGHT + 3, TALLEST_ROW)


def _lines(text, width):
    return sum(max(1, ceil(len(line) / width)) for line in text.split("\n"))

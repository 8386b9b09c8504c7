"""Text that every program can open: no characters that a file cannot hold, no formulas, no overlong cells."""

import re
from datetime import datetime

from django.utils.timezone import localtime

# XML 1.0 (2.2) allows these and nothing else: https://www.w3.org/TR/xml/#charsets
FORBIDDEN = re.compile(r"[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_CELL = 32_767  # of Excel, in UTF-16 units
CUT = " … [Cut here: Excel holds 32,767 characters in a cell. The whole text is in Waterline.]"
# What spreadsheets take for the beginning of a formula, full-width forms included:
# https://owasp.org/www-community/attacks/CSV_Injection
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
UNSEEN_START = re.compile(r"^[\s\u200b-\u200f\u2060-\u2069\ufeff]+")


def readable(text):
    """Return a text with LF line ends and without the characters that XML forbids."""
    return FORBIDDEN.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))


def for_cell(text):
    """Return a readable text as a cell of a workbook holds it: cut, with a note, where it is too long."""
    text = readable(text)
    if len(text) * 2 <= LONGEST_CELL or _units(text) <= LONGEST_CELL:
        return text
    room = 2 * (LONGEST_CELL - len(CUT))
    return text.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + CUT


def _units(text):
    return len(text.encode("utf-16-le")) // 2


def begins_formula(text):
    """Say whether a spreadsheet could take a text for a formula."""
    return text.startswith(BEGINS_FORMULA)


def as_text(value):
    """Return a value as a field of a CSV file: numbers as they are, other things as harmless text.

    A text that a spreadsheet could take for a formula gets an apostrophe in front, as OWASP advises. White
    space and unseen letters in front of such a text do not hide it: some programs trim them away.
    """
    if isinstance(value, int):
        return str(value)
    raw = str(value)
    text = readable(raw)
    is_formula = begins_formula(raw) or begins_formula(UNSEEN_START.sub("", text))
    return f"'{text}" if is_formula else text


def day(at):
    """Return a day, or the day of a moment here, as people write it, for example ``24 November 2026``."""
    at = localtime(at) if isinstance(at, datetime) else at
    return f"{at.day} {at:%B %Y}"


def moment(at):
    """Return a moment here as people write it, for example ``24 November 2026, 14:05``; nothing for None."""
    return f"{day(at)}, {localtime(at):%H:%M}" if at else ""


def programme_end(ends, today):
    """Return when a programme ended or ends, for example ``Ended on 31 March 2025``; nothing for None."""
    if ends is None:
        return ""
    return f"{'Ended' if ends < today else 'Ends'} on {day(ends)}"


def signed(row, what_is_behind):
    """Return a signed text with who signed it when, and, if ``what_is_behind`` it changed since, that."""
    changed = f" {what_is_behind} changed since." if row.changed else ""
    return f"{row.text} (Signed{f' by {row.signer}' if row.signer else ''}, {day(row.signed_at)}.{changed})"

"""From sheets of cells to rows of values, with every error at its place. Writes nothing, asks no database."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from evaluations.text import DATE_FORMATS, normalise, unfit

from .columns import Holds, SheetKind, columns_of
from .naming import choice, guess_columns
from .problems import Problem, Refused
from .sheets import Fault, Formula, is_blank, letter, read_sheets

CODE = re.compile(r"[A-Z]+[0-9]+")
LONGEST_CODE = 12
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 1, 1)
EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets
# Marks that nobody sees and that would make two equal words differ; joiners within words stay.
UNSEEN = dict.fromkeys(
    [*range(0x200E, 0x2010), 0x200B, 0x2060, 0xFEFF, 0xAD, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
BREAKS = {0x0B: "\n", 0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
ALIKE = str.maketrans("‘’“”–—‑", "''\"\"---")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class Part:
    """What one sheet of a file is: ``kind`` (None: left out) and the index of each column by its name."""

    kind: SheetKind | None
    columns: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One row of a file: what it is, its values by column, and where each stands in the file.

    One that is not ``is_whole`` has a problem; values that could not be read are missing.
    """

    kind: SheetKind
    sheet: str
    number: int
    values: dict
    columns: dict
    is_whole: bool = True

    def __getitem__(self, name):
        return self.values[name]

    @property
    def shown(self):
        """Return the row's values as people read them, in the order of its kind's columns."""
        return [_shown(column, self.values.get(name)) for name, column in columns_of(self.kind).items()]

    def problem(self, name, message):
        """Return a ``Problem`` at one of the row's columns, or of the whole row when the file lacks it."""
        label = columns_of(self.kind)[name].label
        at = self.columns.get(name)
        return Problem(self.sheet, self.number, "" if at is None else letter(at), label, message)


def _shown(column, value):
    if column.holds is Holds.CHOICE:
        return dict(column.choices).get(value, "")
    if column.holds is Holds.CODES:
        return ", ".join(value or ())
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else value or ""


def guess(sheets):
    """Return the ``Part`` that each sheet most likely is."""
    kinds = [sheet.kind for sheet in sheets]
    return [
        Part(kind, guess_columns(kind, sheet.headings) if kind else {})
        for kind, sheet in zip(kinds, sheets, strict=True)
    ]


def missing(part):
    """Return the labels of columns that a part needs and that the file has no column for."""
    if part.kind is None:
        return []
    return [c.label for c in columns_of(part.kind).values() if c.required and c.name not in part.columns]


def parse(content, parts=None, tell=None):
    """Return ``(rows, problems)`` of a file's bytes; ``parts`` say what its sheets are (else a guess).

    ``tell(done, total)`` is called now and then. Raises Refused for a file that is not read at all.
    """
    sheets = read_sheets(content)
    parts = parts or guess(sheets)
    if len(parts) != len(sheets) or not any(part.kind for part in parts):
        raise Refused("No sheet of this file was recognised. Say what each holds.")
    found, problems = [], []
    total = sum(len(sheet.rows) for sheet, part in zip(sheets, parts, strict=True) if part.kind)
    for sheet, part in sorted(zip(sheets, parts, strict=True), key=_order):
        if part.kind is None:
            continue
        if labels := missing(part):
            raise Refused(f"{name_of(sheet, part)} has no column for: {', '.join(labels)}.")
        for number, cells in sheet.rows:
            row, wrong = _row(sheet, part, number, cells)
            problems += wrong
            found.append(row)
            if tell and len(found) % 100 == 0:
                tell(len(found), total)
    return found, problems


def name_of(sheet, part):
    """Return what a sheet is called in messages: its title in the file, or else what it holds."""
    return sheet.title or (part.kind.label if part.kind else "The file")


def _order(pair):
    return list(SheetKind).index(pair[1].kind) if pair[1].kind else -1


def _row(sheet, part, number, cells):
    """Return ``(row, problems)`` of one row of cells."""
    values, problems = {}, []
    for column in columns_of(part.kind).values():
        at = part.columns.get(column.name)
        cell = cells[at] if at is not None and at < len(cells) else None
        try:
            value = _read(column, cell)
            if column.required and not value:
                raise _Wrong(_say_missing(sheet))
            values[column.name] = value
        except _Wrong as wrong:
            place = "" if at is None else letter(at)
            problems.append(Problem(name_of(sheet, part), number, place, column.label, str(wrong)))
    row = Row(part.kind, name_of(sheet, part), number, values, part.columns)
    problems = problems or _together(row)
    return replace(row, is_whole=not problems), problems


class _Wrong(Exception):
    """A cell that cannot be what its column holds."""


def _say_missing(sheet):
    hint = " A merged cell holds its text in its first row only: unmerge it and fill in every row."
    return f"This is empty and is needed.{hint if sheet.has_merged_cells else ''}"


def _read(column, cell):
    """Return the value of a cell in its column; empty text, an empty list or None where it is empty."""
    if isinstance(cell, Formula):
        raise _Wrong("This is a formula. Put its value in its place.")
    if isinstance(cell, Fault):
        raise _Wrong(f"This cell shows the error {cell}. Put a value in its place.")
    if column.holds is Holds.DATE:
        return None if is_blank(cell) else _day(cell)
    text = "" if is_blank(cell) else _text(cell, column.longest)
    if column.holds is Holds.CHOICE:
        return _choice(column, text)
    if column.holds is Holds.CODE:
        return _code(text) if text else ""
    if column.holds is Holds.CODES:
        return [_code(part) for part in re.split(r"[,;\s]+", text) if part]
    return text


def _text(cell, longest):
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).translate(BREAKS)
    if "\0" in text:
        raise _Wrong("This holds a character that cannot be saved. Type it again.")
    if objection := unfit(text):
        raise _Wrong(objection)
    text = normalise(CONTROLS.sub("", text.translate(UNSEEN)))
    if len(text) > longest:
        raise _Wrong(f"This has {len(text):,} characters; the most is {longest:,}.")
    return text


def _choice(column, text):
    if not text:
        return ""
    value = choice(column.choices, text)
    if value is None:
        allowed = ", ".join(label for _, label in column.choices)
        raise _Wrong(f"“{_short(text)}” is not one of: {allowed}.")
    return value


def _code(text):
    code = text.strip().upper()
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        raise _Wrong(
            f"“{_short(text)}” is not a code. A code is capital letters and then a number, such as P01."
        )
    return code


def _day(cell):
    day = _as_day(cell)
    if day is None:
        raise _Wrong(
            f"“{_short(str(cell))}” is not a date. Write day, month and year, for example 14/05/2024."
        )
    if not FIRST_DAY <= day < LAST_DAY:
        raise _Wrong(f"{day:%d/%m/%Y} is too far away to be the date. Write day, month and year.")
    return day


def _as_day(cell):
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return EPOCH + timedelta(days=int(cell)) if 0 < cell < 100_000 else None
    text = normalise(str(cell).translate(UNSEEN))
    return next((day for day in (_parsed(text, shape) for shape in DATE_FORMATS) if day), None)


def _parsed(text, shape):
    try:
        return datetime.strptime(text, shape).date()
    except ValueError:
        return None


def _short(text):
    return text if len(text) <= 40 else f"{text[:39]}…"


def _together(row):
    """Return the problems of values that do not go together in one row."""
    checks = {
        SheetKind.INTERVIEWS: _answer,
        SheetKind.FINDINGS: _finding,
        SheetKind.AMBITIONS: _ambition,
    }
    return checks[row.kind](row) if row.kind in checks else []


def _answer(row):
    silent = row["state"] in ("not_asked", "nothing_said")
    if silent and row["text"]:
        return [row.problem("state", "This says that nothing was said, and the row holds what was said.")]
    if not row["text"] and not row["state"]:
        return [
            row.problem(
                "text", "This is empty. Write what was said, or say under “State asked?” what happened."
            )
        ]
    if row["setting"] == "one_to_one" and len(row["participants"]) > 1:
        return [
            row.problem(
                "participants", "A one-to-one interview has one participant. Name one, or say “Group”."
            )
        ]
    return []


def _finding(row):
    problems = []
    if row["kind"] == "barrier" and row["lasting"] not in ("", "not_judged"):
        problems.append(
            row.problem("lasting", "Only an achievement says whether it lasts. Leave this empty.")
        )
    if row["kind"] == "barrier" and row["holder"]:
        problems.append(row.problem("holder", "Only an achievement has a holder. Leave this empty."))
    problems += [
        row.problem(name, "This says where a quotation comes from, and the row holds no quotation.")
        for name in ("interview", "speaker")
        if row[name] and not row["quotation"]
    ]
    return problems


def _ambition(row):
    if row["dimension"] and row["kind"] != "system_change":
        return [row.problem("dimension", "Only a system change has a dimension. Leave this empty.")]
    return []


def same_words(text):
    """Return a text as it is compared with others: case, white space, kinds of quotes and dashes apart."""
    return " ".join(text.split()).casefold().translate(ALIKE)

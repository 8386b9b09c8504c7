"""Files that were taken away, opened again by libraries that did not write them."""

import csv
import io
import zipfile
from collections import defaultdict

from defusedxml import ElementTree
from docx2python import docx2python
from openpyxl import load_workbook

HEADING = "FF0D4A5E"  # the fill of a heading in a workbook


def sent(client, address):
    """Return the bytes of a file; fails when the answer is none."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Disposition"].startswith("attachment; ")
    return answer.content


def rows_of(content):
    """Return the rows of a CSV file as dicts."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def book_of(content, **options):
    """Return a workbook; ``options`` are openpyxl's."""
    return load_workbook(io.BytesIO(content), **options)


def rows_in(sheet):
    """Return the rows of a tidy sheet as dicts."""
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def cells_in_shape(sheet):
    """Return ``{heading: texts below it}`` of a sheet in the model's shape, as the eye reads it."""
    found, above = defaultdict(list), {}
    spans = {str(area).split(":")[0]: area for area in sheet.merged_cells.ranges}
    for row in sheet.iter_rows(min_row=3):
        for cell in row:
            if cell.value is None:
                continue
            area = spans[cell.coordinate]
            if cell.font.bold and cell.fill.fgColor.rgb == HEADING:
                for column in range(area.min_col, area.max_col + 1):
                    above[column] = cell.value
            elif not str(cell.value).startswith("Waterline: "):
                found[above[cell.column]].append(cell.value)
    return {heading: texts[1:] for heading, texts in found.items()}  # the first says how many


def tables_of(content):
    """Return a Word document's tables as lists of rows of cells of paragraphs (with ``style``)."""
    with docx2python(io.BytesIO(content)) as document:
        body = document.body_pars
    return [table for table in body if len(table) > 1]


def lines_of(cell, style=None):
    """Return the texts of a cell's paragraphs, all or those of one style."""
    return ["".join(line.run_strings) for line in cell if style in (None, line.style)]


def parts_of(content):
    """Return ``{name: bytes}`` of what a workbook or document is packed of."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def words_of(content, format):
    """Return all text of a file, without markup."""
    if format == "csv":
        return content.decode("utf-8-sig")
    return "\n".join(
        "".join(ElementTree.fromstring(part).itertext())
        for name, part in parts_of(content).items()
        if name.endswith(".xml")
    )

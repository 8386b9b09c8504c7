"""Made-up files for tests of imports: good ones of any size, and ones with planted errors."""

import csv
from io import BytesIO, StringIO

from openpyxl import Workbook

from evaluations.conditions import Condition
from evaluations.importing.columns import COLUMNS, SheetKind

HEADINGS = {kind: [column.label for column in COLUMNS[kind]] for kind in SheetKind}
CONDITIONS = [condition.label for condition in Condition]
AREAS = ["Activities to date", "Gaps", "Next steps"]


def participant(code, **values):
    """Return a row of the Participants sheet."""
    start = {"Code": code, "Sector": "Health", "May be quoted": "Ask before quoting"}
    return start | {name.replace("_", " "): value for name, value in values.items()}


def answer(code, person, condition, question, text, **values):
    """Return a row of the Interviews sheet."""
    start = {
        "Interview": code,
        "Date": "14/05/2024",
        "Mode": "By video",
        "Participants": person,
        "Strands": "Coproduction",
        "Condition": condition,
        "Area": "Gaps",
        "Question": question,
        "What was said": text,
    }
    return start | {name.replace("_", " "): value for name, value in values.items()}


def finding(text, **values):
    """Return a row of the Findings sheet."""
    start = {"Strand": "Coproduction", "Kind": "Barrier", "Condition": "Policies", "Finding": text}
    return start | {name.replace("_", " "): value for name, value in values.items()}


def good_file(size=2_000):
    """Return ``{kind: rows}`` of about ``size`` rows that are all as they should be.

    One in twenty introduces a participant (the last two of many take no part in an interview); of the others
    half are answers and half are findings, each with a quotation from an answer.
    """
    people = [participant(f"P{number}") for number in range(1, size // 20 + 1)]
    talks = len(people) - 2 if len(people) > 10 else len(people)
    half = (size - len(people)) // 2
    answers, findings = [], []
    for number in range(half):
        who = number % talks + 1
        turn = number // talks
        condition = CONDITIONS[turn % 6]
        said = f"In talk {who} they said, at turn {turn}, that partners meet more often than before."
        question = f"What has changed, {turn}?"
        answers.append(answer(f"I{who}", f"P{who}", condition, question, said))
        words = f"at turn {turn}, that partners meet"
        findings.append(
            finding(
                f"Partners meet, as talk {who} says at turn {turn}.",
                Kind="Achievement" if number % 2 else "Barrier",
                Condition=condition,
                Quotation=words,
                Interview=f"I{who}",
                Said_by=f"P{who}",
            )
        )
    return {SheetKind.PARTICIPANTS: people, SheetKind.INTERVIEWS: answers, SheetKind.FINDINGS: findings}


def lines(kind, rows):
    """Return a sheet as lists of cells, its headings first."""
    return [HEADINGS[kind], *([row.get(name) for name in HEADINGS[kind]] for row in rows)]


def workbook(sheets):
    """Return the bytes of a workbook; ``sheets`` are ``{title: lists of cells}`` or ``{kind: rows}``."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(getattr(title, "label", title))
        for cells in lines(title, rows) if isinstance(title, SheetKind) else rows:
            sheet.append(cells)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def comma_separated(kind, rows, encoding="utf-8-sig", delimiter=","):
    """Return the bytes of a CSV file of one sheet."""
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines(kind, rows))
    return text.getvalue().encode(encoding)

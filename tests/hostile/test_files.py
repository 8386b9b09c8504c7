"""What people send as files: refused with a sentence, or read with every hostile text a text."""

from io import BytesIO
from itertools import cycle

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from evaluations.importing.problems import Refused
from evaluations.importing.rows import parse
from tests.hostile import judge
from tests.hostile.asker import query_of
from tests.hostile.corpus import CORPUS
from tests.hostile.fields import forms_of
from tests.hostile.files import hostile_files, hostile_tables, hostile_transcripts
from tests.hostile.survey import survey
from tests.hostile.tally import IS_FULL, STEP, TALLY
from tests.pages import Page

STARTS = range(0, len(CORPUS), STEP) if IS_FULL else (0,)
# Pages with a form that takes a file, and who sends one. The survey of forms finds no others (see below).
TAKES_FILES = {
    "import-list": "evaluator",
    "interview-transcript": "evaluator",
    "recommendation-detail": "lead",
}


@pytest.fixture
def takers(world, askers):
    """Return the forms that take a file, by page, with who sends them."""
    found = {}
    for row, person in TAKES_FILES.items():
        forms = survey(askers[person], [row], world.values).forms.values()
        found[row] = next((askers[person], form) for form in forms if form.files)
    return found


def send(asker, form, name, content, **changes):
    """Send a file with a form, the rest of it as it is."""
    file = BytesIO(content)
    file.name = name
    held = {key: values for key, values in form.values.items() if values}
    values = held | dict.fromkeys(form.files, file) | changes
    TALLY.met["imports"].update((form.route, field) for field in form.files)
    body = encode_multipart(BOUNDARY, values)
    return asker.ask("POST", form.action, body, kind="files", content_type=MULTIPART_CONTENT, kept=True)


def test_a_hostile_file_is_refused_with_a_sentence_or_kept_as_what_it_is(takers):
    """A refusal says why beside the field. What need not be refused, such as brackets, is text."""
    turns = cycle(takers.values())
    for what, content in hostile_files(1 if IS_FULL else 9).items():
        TALLY.met["files sent"].add(what)
        for asker, form in takers.values() if IS_FULL else [next(turns)]:
            answer = send(
                asker, form, f"../{what}\r\n\u202e<x-canary>.csv", content, date="1 May 2024", note="x"
            )
            if answer.status == 200:
                page = Page(answer.response)
                assert page.summary and all(words for _, words in page.summary), what
            else:
                assert answer.status == 302, what


@pytest.mark.parametrize("start", STARTS)
def test_a_table_with_an_entry_in_every_cell_is_read_with_every_error_at_its_place(world, takers, start):
    asker, form = takers["import-list"]
    for name, content in hostile_tables(start):
        try:
            rows, problems = parse(content)
        except Refused as refused:
            assert str(refused).endswith("."), name
            continue
        assert all(problem.row and problem.message for problem in problems), name
        TALLY.met["cells"].update((row.kind, column) for row in rows for column in row.values)
        answer = send(asker, form, name, content)
        if answer.status == 302:
            look_through(asker, answer.response.url)


def look_through(asker, columns):
    """Open the pages of an import: its columns, what it would do, its errors as a file."""
    found = as_it_is(asker, columns)
    asker.ask("POST", columns, found, kind="files", kept=True)
    detail = columns.removesuffix("columns/")
    asker.ask("GET", detail, kind="files")
    errors = asker.ask("GET", f"{detail}errors.csv", kind="files")
    if errors.status == 200:
        for fault in judge.file_faults(errors.body, "csv"):
            asker.find(f"{detail}errors.csv: {fault}")


def as_it_is(asker, address):
    """Return what the form of a page would send as it is."""
    answer = asker.ask("GET", address, kind="files")
    (form,) = (form for form in forms_of(answer.response, asker.person) if form.action.endswith(address))
    return query_of(form.filled({})).encode()


@pytest.mark.parametrize("start", STARTS)
def test_a_transcript_of_entries_is_refused_or_placed_as_words(takers, start):
    asker, form = takers["interview-transcript"]
    for name, content in hostile_transcripts(start):
        answer = send(asker, form, name, content)
        if answer.status == 302:
            asker.ask("GET", answer.response.url, kind="files")
        else:
            assert Page(answer.response).summary

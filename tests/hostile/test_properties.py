"""Whatever goes into the rooms that know no database comes out as promised, or is refused by name."""

import csv
import io
import unicodedata
from contextlib import suppress
from datetime import date
from html import unescape

import pytest
from django import forms
from django.test import RequestFactory
from django.urls import Resolver404, resolve, reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from xlsxwriter import Workbook

from evaluations.conditions import Condition, Kind
from evaluations.exporting.words import as_text, for_cell, readable
from evaluations.forms.base import DayField, WaterlineForm
from evaluations.importing.evidence import read_evidence
from evaluations.importing.problems import Refused
from evaluations.importing.rows import parse
from evaluations.importing.transcript import read_transcript
from evaluations.report.prose import blocks_of, literal
from evaluations.text import DATE_FORMATS, DIRECTIONS, SURROGATE, normalise, unfit
from evaluations.unsent import unsent_page
from tests.hostile import judge
from tests.hostile.corpus import CORPUS
from tests.hostile.fields import forms_of
from tests.hostile.tally import IS_FULL
from tests.test_importing import archive, book_with, csv_of

# The same examples every time: a run that fails can be run again.
the_same = settings(derandomize=True, max_examples=1_000 if IS_FULL else 40, deadline=None)
HARD = (
    "ab \n\r\t\x00\x01\x1b'\"<>&=+-@\\/*_#`[](){}%;,.0٣²éﬁ👩"
    "\u0301\u0315\u0958\u200b\u200d\u202e\u2066\ud800\udc00"
)
TEXTS = st.one_of(
    st.text(alphabet=HARD, max_size=60),
    st.text(max_size=60),
    st.sampled_from([entry.text for entry in CORPUS]),
)
SHORT = st.one_of(st.text(alphabet=HARD, max_size=40), st.text(max_size=40))


# --- Text and forms ---------------------------------------------------------------------------------------


@the_same
@given(TEXTS)
def test_what_is_stored_has_one_form_whatever_was_typed(text):
    tidy = normalise(text)
    assert normalise(tidy) == tidy
    if not unfit(text):
        assert not unfit(tidy)
        assert unicodedata.is_normalized("NFC", tidy)
        assert "\r" not in tidy and tidy == tidy.strip()
        assert not SURROGATE.search(tidy) and not DIRECTIONS.search(tidy)


class Trial(WaterlineForm):
    """One field of each kind that people write in."""

    words = forms.CharField(max_length=100)
    more = forms.CharField(required=False, widget=forms.Textarea)
    day = DayField(required=False)
    count = forms.IntegerField(required=False, min_value=0, max_value=100)
    email = forms.EmailField(required=False)
    link = forms.URLField(required=False, assume_scheme="https")
    choice = forms.ChoiceField(choices=[("a", "A")], required=False)


@the_same
@given(st.fixed_dictionaries(dict.fromkeys(Trial.base_fields, TEXTS)))
def test_a_form_takes_every_text_or_says_at_its_field_what_is_wrong(sent):
    form = Trial(sent)
    assert set(form.errors) | set(form.cleaned_data) == set(form.fields)
    for name in ("words", "more"):
        value = form.cleaned_data.get(name)
        assert value is None or value == normalise(sent[name])
    assert form.is_valid() is (not form.error_links)
    assert judge.page_faults(form.as_div()) == []


@the_same
@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(DATE_FORMATS[:-1]))
def test_a_day_is_read_however_people_write_it_and_shown_so_that_it_is_read_again(day, format):
    field = DayField()
    written = day.strftime(format)
    assert field.clean(written) == field.clean(f"  {written} ") == day
    assert field.clean(field.prepare_value(day)) == day


@the_same
@given(TEXTS)
def test_any_other_text_in_place_of_a_day_is_refused_or_is_a_day(text):
    with suppress(forms.ValidationError):
        assert 1900 <= DayField().clean(text).year <= 2199


# --- Addresses --------------------------------------------------------------------------------------------

CELLS = st.fixed_dictionaries(
    {
        "slug": st.from_regex(r"[-a-zA-Z0-9_]{1,20}", fullmatch=True),
        "strand": st.from_regex(r"[-a-zA-Z0-9_]{1,20}", fullmatch=True),
        "kind": st.sampled_from(Kind),
        "condition": st.sampled_from(Condition),
    }
)


@the_same
@given(CELLS, st.from_regex(r"[A-Z]{1,3}[0-9]{1,6}", fullmatch=True), st.integers(0, 2**63))
def test_what_an_address_is_made_of_is_what_is_read_from_it(cell, code, number):
    for name, values in (
        ("board-detail", cell),
        ("participant-detail", {"slug": cell["slug"], "code": code}),
        ("finding-detail", {"slug": cell["slug"], "pk": number}),
    ):
        match = resolve(reverse(name, kwargs=values))
        assert (match.view_name, match.kwargs) == (name, values)


@the_same
@given(SHORT)
def test_any_other_address_leads_nowhere_or_to_a_view_with_a_name(text):
    with suppress(Resolver404):
        assert resolve(f"/e/practice/{text}").view_name


# --- What is printed and taken away -----------------------------------------------------------------------


@the_same
@given(TEXTS)
def test_prose_is_words_and_a_few_kinds_of_block_whatever_stands_in_it(text):
    kinds = {type(block).__name__ for block in blocks_of(normalise(text))}
    assert kinds <= {"Heading", "Paragraph", "Bullets", "Quote"}


@the_same
@given(SHORT.filter(lambda text: "\0" not in text))  # which no form takes
def test_words_of_the_data_in_prose_stay_words(text):
    tidy = " ".join(normalise(text).split())
    blocks = blocks_of(literal(tidy))
    assert "".join(run.text for block in blocks for run in block.runs) == tidy
    assert not any(run.bold or run.italic for block in blocks for run in block.runs)


@the_same
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_row_of_a_csv_file_comes_back_with_its_words_and_calculates_nothing(texts):
    file = io.StringIO(newline="")
    csv.writer(file).writerow(as_text(text) for text in texts)
    ((*cells,),) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert [cell.removeprefix("'") for cell in cells] == [readable(text).removeprefix("'") for text in texts]
    assert not judge.calculates(file.getvalue())


@settings(the_same, max_examples=100 if IS_FULL else 10)
@given(st.lists(TEXTS, min_size=1, max_size=9))
def test_a_cell_of_a_workbook_is_a_text_and_opens_again(texts):
    file = io.BytesIO()
    with Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for row, text in enumerate(texts):
            sheet.write_string(row, 0, for_cell(text))
    cells = [row[0] for row in load_workbook(file).active.iter_rows()]
    assert all(cell.data_type in "sn" for cell in cells)
    assert judge.file_faults(file.getvalue(), "xlsx") == []


# --- What is brought in -----------------------------------------------------------------------------------

PARTS = ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "word/document.xml", "x.rels")
MADE = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda start, rest: start + rest,
        st.sampled_from([b"PK\x03\x04", b"%PDF-1.7\n", b"\xff\xfe", b"\x89PNG"]),
        st.binary(max_size=200),
    ),
    st.builds(
        lambda cells: csv_of(cells, encoding="utf-8"),
        st.lists(st.text(max_size=30).filter(lambda text: not SURROGATE.search(text)), max_size=6),
    ),
    st.builds(archive, st.dictionaries(st.sampled_from(PARTS), st.binary(max_size=200), max_size=3)),
)


@the_same
@given(MADE, st.integers(0, 20_000), st.binary(max_size=8))
@pytest.mark.parametrize("read", [parse, read_transcript, lambda content: read_evidence("name.pdf", content)])
def test_any_bytes_are_read_or_refused_with_a_sentence(read, content, at, patch):
    whole = book_with()
    spoilt = whole[: at % len(whole)] + patch + whole[at % len(whole) + len(patch) :]
    for file in (content, spoilt):
        try:
            read(file)
        except Refused as refused:
            assert str(refused).endswith(".")


# --- What could not be taken ------------------------------------------------------------------------------


@the_same
@given(st.dictionaries(SHORT.filter(bool), st.lists(TEXTS, min_size=1, max_size=2), max_size=3))
def test_what_could_not_be_taken_comes_back_field_by_field(sent):
    sent = {arrives(name): [arrives(text) for text in texts] for name, texts in sent.items()}
    request = RequestFactory().post(
        "/e/practice/findings/new/", sent, headers={"origin": "http://testserver"}
    )
    answer = unsent_page(request, why="too_old", status=403)
    answer.wsgi_request = request
    assert judge.page_faults(answer.content.decode()) == []
    given_back = forms_of(answer, "anybody")[0].values if sent else {}
    kept = {
        name: texts
        for name, texts in request.POST.lists()
        if "password" not in name and name != "csrfmiddlewaretoken"
    }
    assert {unescape(name): texts for name, texts in given_back.items()} == kept


def arrives(text):
    """Return a text as a browser can send it."""
    return SURROGATE.sub("\ufffd", text)

"""The judge sees what it is there to see: otherwise a run without findings would say nothing."""

import csv
import io
import re

import pytest
from django.http import HttpResponse
from django.utils.html import escape
from xlsxwriter import Workbook

from tests.hostile import judge
from tests.hostile.corpus import CORPUS, TEXTS
from tests.hostile.headers import header_faults
from tests.test_importing import archive

VECTORS = TEXTS["markup"] + TEXTS["script"] + TEXTS["reparsed"]
# A sign, then a letter: what else begins with one is words to every browser.
ELEMENTS = [text for text in VECTORS if re.search(r"<(?:!|[a-z-]+[\s/>])", text)]


@pytest.mark.parametrize("text", ELEMENTS)
def test_a_vector_that_is_not_escaped_is_found_in_a_page_or_in_a_field(text):
    page, field = f"<p>{text}</p>", f'<input value="{text}">'
    assert judge.page_faults(page) + judge.page_faults(field)


def test_a_vector_that_is_escaped_is_words():
    for entry in CORPUS:
        assert judge.page_faults(f"<p title='{escape(entry.arrives)}'>{escape(entry.arrives)}</p>") == [], (
            entry
        )


@pytest.mark.parametrize("address", TEXTS["address"])
def test_an_address_that_runs_or_leads_elsewhere_is_found_where_it_would_be_followed(address):
    assert judge.page_faults(f'<form action="{escape(address)}"></form>')


def test_what_is_not_on_the_page_is_lost_and_what_is_there_is_not():
    page = '<p>Why: <b>it rained</b></p><textarea>\none\ntwo</textarea><input value="&lt;x&gt;">'
    assert judge.lost(page, {"a": "it rained", "b": "one\r\ntwo", "c": "<x>", "d": "   "}) == []
    assert judge.lost(page, {"a": "it snowed", "b": "<y>"}) == ["a", "b"]


def test_a_text_that_was_written_changed_is_not_stored():
    assert judge.is_stored(" a\r\nb ", ["x", "a\nb"])
    assert judge.is_stored('say "é"', ['{"words": "say \\"\\u00e9\\""}'])
    assert not judge.is_stored("a b", ["a", "b"])


@pytest.mark.parametrize("text", [text for text in TEXTS["formula"] if text[0] in "=+-@\t\r\n＝ \u200b"])
def test_a_formula_is_found_in_a_table(text):
    file = io.StringIO(newline="")
    csv.writer(file).writerow(["words", text])
    assert judge.file_faults(file.getvalue().encode("utf-8-sig"), "csv")


def test_what_calculates_or_reaches_out_is_found_in_a_workbook_and_in_a_document():
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_formula(0, 0, "=1+1")
        sheet.write_url(1, 0, "https://canary.example/")
    found = judge.file_faults(file.getvalue(), "xlsx")
    assert any("<f>" in fault for fault in found) and any("reaches out" in fault for fault in found)
    field = '<w:p xmlns:w="w"><w:instrText> DDEAUTO c:\\\\x </w:instrText></w:p>'
    assert judge.file_faults(archive({"word/document.xml": field.encode()}), "docx")
    simple = '<w:p xmlns:w="w"><w:fldSimple w:instr="{}"><w:t>1</w:t></w:fldSimple></w:p>'
    for said, is_fault in (("DDEAUTO c:\\x", True), ("INCLUDETEXT PAGE", True), ("NUMPAGES", False)):
        footer = archive({"word/footer1.xml": simple.format(said).encode()})
        assert bool(judge.file_faults(footer, "docx")) is is_fault


def test_a_head_that_lacks_something_is_found(rf):
    answer = HttpResponse(headers={"Location": "//canary.example"})
    answer.wsgi_request = rf.get("/")
    found = " ".join(header_faults(answer, is_signed_in=True))
    for name in (
        "X-Content-Type",
        "X-Frame-Options",
        "Content-Security-Policy",
        "Referrer-Policy",
        "leads to",
    ):
        assert name in found

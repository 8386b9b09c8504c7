"""Text from outside: one stored form, and what cannot be stored is refused politely."""

import pytest
from django import forms

from evaluations.forms.base import WaterlineForm
from evaluations.models import ConflictingEdit, Finding
from evaluations.text import normalise, search_words, unfit
from ssbc_eval.wsgi import plain_content_type, utf8_and_whole

from .base import signed_in


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("  one\r\ntwo\rthree ", "one\ntwo\nthree"),
        ("Cafe\u0301", "Café"),
        ("plain", "plain"),
        ("a \u202enames\u202c \u2067and\u2069 b\u202d", "a names and b"),
        ("שלום\u200f (\u061c1\u200e)", "שלום\u200f (\u061c1\u200e)"),
    ],
)
def test_text_is_stored_in_one_form(sent, stored):
    assert normalise(sent) == stored


@pytest.mark.parametrize("text", ["half \ud83d", "a" + "\u0315\u0300\u0327" * 20])
def test_what_cannot_be_stored_is_refused_at_its_field_and_kept_on_the_page(cast, text):
    assert unfit(text)
    fields = {
        "kind": "barrier",
        "strand": cast.evaluation.strand.pk,
        "condition": "power",
        "status": "draft",
        "lasting": "not_judged",
        "text": "a" + "\u0315\u0300\u0327" * 20,
    }
    response = signed_in(cast.evelyn).post(f"/e/{cast.evaluation.slug}/findings/new/", fields)
    assert response.status_code == 200
    assert "too many accents" in response.content.decode()
    assert not Finding.objects.exists()
    assert not ConflictingEdit.objects.exists()


class Trial(WaterlineForm):
    """One field that has to hold something."""

    words = forms.CharField()


@pytest.mark.parametrize("text", ["\u202e", " \u2066 \u2069 "])
def test_what_holds_nothing_but_what_is_left_out_counts_as_empty(text):
    assert Trial({"words": text}).errors["words"] == ["This field is required."]


def test_a_search_looks_for_the_words_at_the_start_without_what_a_database_does_not_take():
    assert search_words(" Cafe\u0301\u202e \x00trust\x00 ") == ["Café", "trust"]
    assert len("".join(search_words("ab " * 40_000))) < 200
    assert search_words("a" * 100_000) == ["a" * 200]


def test_a_long_run_of_marks_is_never_brought_into_order():
    text = "a" + "\u0315\u0300\u0327" * 33_000
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("text/plain; charset=hex", "text/plain"),
        ("application/x-www-form-urlencoded; charset=utf-7", "application/x-www-form-urlencoded"),
        ("multipart/form-data; boundary=B; charset=utf-7", "multipart/form-data; boundary=B"),
        ("multipart/form-data; charset*=bogus''utf-8; boundary=\"B b\"", "multipart/form-data; boundary=B b"),
        ("", ""),
    ],
)
def test_only_the_type_and_the_boundary_of_a_content_type_are_believed(sent, seen):
    assert plain_content_type(sent) == seen
    passed_on = utf8_and_whole(lambda environ, start_response: environ["CONTENT_TYPE"])
    assert passed_on({"CONTENT_TYPE": sent, "wsgi.input": None}, None) == seen


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nope?", "/e/practice/findings/?q="])
def test_signed_out_an_address_too_long_to_return_to_leads_to_plain_sign_in(client, address):
    response = client.get(address + "<" * 3_300)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")

"""A quotation's range while the text is edited: it reads as the quotation does, or says that it does not."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from evaluations.models import Passage
from evaluations.ranges import (
    CHANGED,
    GONE,
    IN_PLACE,
    Edit,
    moved,
    nearest,
    only_range,
    ranges_alike,
    trimmed,
)
from evaluations.text import normalise

# Letters that go wrong: two code units, marks that combine and that compose, joined emoji, line ends, spaces.
LETTERS = st.sampled_from(
    [
        *"ab .,'’-\n\r\t",
        "\r\n",
        "\u00a0",
        "é",
        "e\u0301",
        "\u0301",
        "a\u030a\u0323",
        "🙂",
        "👩\u200d👧",
        "𝒳",
        "ß",
    ]
)
WORDS = st.sampled_from(["we were asked", "once.", "No", "no one", "a 🙂 day", "the plan", " ", "\n\n"])
TEXTS = st.lists(LETTERS | WORDS, max_size=25).map("".join).map(normalise)


@st.composite
def edited(draw, text):
    """The text after an edit as people make them: typed, deleted, pasted over, moved, or all of it anew."""
    start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    how = draw(st.sampled_from(["replace", "insert", "delete", "move", "twice", "anew"]))
    if how == "anew":
        return draw(TEXTS)
    piece = draw(st.lists(LETTERS | WORDS, max_size=4).map("".join))
    after = {
        "replace": text[:start] + piece + text[end:],
        "insert": text[:start] + piece + text[start:],
        "delete": text[:start] + text[end:],
        "move": text[:start] + text[end:] + text[start:end],
        "twice": text[:end] + text[start:end] + text[end:],
    }[how]
    return normalise(after)


@st.composite
def histories(draw):
    """A text, a range of it that holds words, and the texts that it becomes one after the other."""
    text = draw(TEXTS)
    assume(text)
    start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    span = trimmed(start, end, text)
    assume(span)
    texts = [text]
    for _ in range(draw(st.integers(1, 6))):
        texts.append(draw(edited(texts[-1])))
    return texts, span


def holds(place, words, text):
    """Say whether a place is true of a text: in place, or it says changed (and covers something) or gone."""
    if place.passage == GONE:
        return place.start is None and place.end is None
    if not 0 <= place.start < place.end <= len(text):
        return False
    return (text[place.start : place.end] == words) == (place.passage == IN_PLACE)


@settings(max_examples=250)
@given(histories())
@example((["a\n\nb", "a\n\nb"], (0, 4)))
def test_whatever_is_edited_a_range_reads_as_its_quotation_or_says_that_it_does_not(history):
    texts, (start, end) = history
    words = texts[0][start:end]
    for before, after in pairwise(texts):
        place = moved(start, end, words, before, after)
        assert place.passage in (IN_PLACE, CHANGED, GONE)
        assert holds(place, words, after), (before, after, place)
        start, end = place.start, place.end


@settings(max_examples=120)
@given(histories())
def test_an_edit_that_is_undone_brings_a_passage_back_to_its_place(history):
    (before, after, *_), (start, end) = history
    words = before[start:end]
    assume(only_range(words, before))
    away = moved(start, end, words, before, after)
    back = moved(away.start, away.end, words, after, before)
    assert (back.start, back.end, back.passage) == (start, end, IN_PLACE)


@settings(max_examples=120)
@given(histories(), TEXTS, TEXTS)
def test_text_typed_before_and_after_leaves_a_passage_in_place(history, before, after):
    (text, *_), (start, end) = history
    place = moved(start, end, text[start:end], text, f"{before} | {text}")
    assert place.passage == IN_PLACE
    assert moved(start, end, text[start:end], text, f"{text} | {after}").passage == IN_PLACE


def place_of(words, before, after):
    """Return the place of ``words``, marked in ``before`` by brackets, after the edit."""
    start = before.index("[")
    before = before.replace("[", "").replace("]", "")
    return moved(start, start + len(words), words, before, after)


def test_a_short_quotation_does_not_jump_to_an_unrelated_place():
    before = "Were you asked? [No]. Were others? I said no, or perhaps. No, I did not."
    after = "Were you asked? Yes. Were others? I said no, or perhaps. No, I did not."
    place = place_of("No", before, after)
    assert place.passage != IN_PLACE


def test_a_passage_that_is_moved_within_one_edit_is_found_where_it_is_now():
    place = place_of("Ask us before.", "One. [Ask us before.] Two. Three.", "One. Two. Three. Ask us before.")
    assert (place.start, place.passage) == (17, IN_PLACE)


def test_a_corrected_word_says_changed_and_covers_what_stands_there_now():
    after = "We were asked twice, I think."
    place = place_of("We were asked once", "[We were asked once], I think.", after)
    assert place.passage == CHANGED
    assert after[place.start : place.end] == "We were asked twice"


def test_a_deleted_passage_is_gone_and_comes_back_where_it_occurs_once():
    place = place_of("Ask us.", "One. [Ask us.] Two.", "One. Two.")
    assert place.passage == GONE
    assert moved(None, None, "Ask us.", "One. Two.", "One. Two. Ask us.").passage == IN_PLACE
    assert moved(None, None, "Ask us.", "One.", "Ask us. Ask us.").passage == GONE


def test_another_text_altogether_is_no_changed_passage():
    assert place_of("asked", "We were [asked] once, by post.", "Nothing of it stayed").passage == GONE


def test_the_same_edit_moves_every_quotation_of_a_text():
    edit = Edit("a 🙂 b", "zz a 🙂 b")
    assert edit.moved(2, 3, "🙂").start == 5
    assert edit.moved(4, 5, "b").start == 7


def test_words_are_found_whatever_quotes_and_white_space_they_are_typed_with():
    text = "It’s the “plan”,\nthey said - and the plan – it is."
    assert ranges_alike('It\'s the "plan", they   said', text) == [(0, 26)]
    assert [text[a:b] for a, b in ranges_alike("the plan", text)] == ["the plan"]
    assert ranges_alike("plan.*", text) == []
    assert ranges_alike("  ", text) == []


def test_a_range_is_trimmed_and_kept_within_the_text():
    assert trimmed(0, 99, "  some words \n") == (2, 12)
    assert trimmed(3, 2, "some") is None
    assert trimmed(1, 3, "a   b") is None


def test_words_that_stand_in_a_text_once_have_a_range():
    assert only_range("b", "a b c") == (2, 3)
    assert only_range("b", "b a b") is None
    assert only_range("", "b") is None
    assert nearest("b", "b a b", near=4) == (4, 5)
    assert nearest("b", "b a b", near=0, within=(2, 5)) == (4, 5)


@pytest.mark.parametrize("text", ["x" * 20_000, "a b " * 5_000, "".join(f"word{n} " for n in range(4_000))])
def test_a_long_text_replaced_by_another_is_quick(text):
    edit = Edit(text, text[::-1])
    assert holds(edit.moved(40, 60, text[40:60]), text[40:60], text[::-1])


def test_the_words_for_what_became_of_a_passage_are_those_that_are_stored():
    assert {IN_PLACE, CHANGED, GONE} == set(Passage.values)


def test_the_texts_tried_are_such_as_are_stored():
    assert normalise("e\u0301\r\nb ") == unicodedata.normalize("NFC", "e\u0301\nb")

"""Prose as people type it: what is read as formatting, what stays words, and that no word is ever lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.report.blocks import Bullets, Heading, Item, Paragraph, Quote, Run, plain
from evaluations.report.prose import _READER, MOST_EMPHASIS, blocks_of, literal
from evaluations.text import LONGEST_TEXT


def run(text, **manner):
    """Return runs of one manner."""
    return (Run(text, **manner),)


def bullets(*texts, **how):
    """Return a list of plain items."""
    return Bullets(tuple(Item(run(text)) for text in texts), **how)


def words_of(blocks):
    """Return every word of blocks, in order."""
    texts = []
    for block in blocks:
        if isinstance(block, Bullets):
            texts += [plain(item.runs) for item in block.items]
        else:
            texts.append(block.text if isinstance(block, Heading | Quote) else plain(block.runs))
    return " ".join(texts)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", ()),
        ("One line\nand its end", (Paragraph(run("One line and its end")),)),
        ("One\n\nTwo", (Paragraph(run("One")), Paragraph(run("Two")))),
        (
            "Some **bold** and *slanted*",
            (
                Paragraph(
                    (*run("Some "), *run("bold", bold=True), *run(" and "), *run("slanted", italic=True))
                ),
            ),
        ),
        ("***Both***", (Paragraph(run("Both", bold=True, italic=True)),)),
        ("5 * 3 * 2", (Paragraph(run("5 * 3 * 2")),)),
        (r"\*not slanted\*", (Paragraph(run("*not slanted*")),)),
        ("# One\n### Below", (Heading("One", 3), Heading("Below", 4))),
        ("### None above\n## One", (Heading("None above", 3), Heading("One", 3))),
        ("## ", ()),
        ("- a\n- b", (bullets("a", "b"),)),
        ("1. a\n2. b", (bullets("a", "b", is_numbered=True),)),
        ("- a\n\n  and more\n- b", (bullets("a and more", "b"),)),
        ("- a\n  - b\n    - c\n- d", (bullets("a", "b", "c", "d"),)),
        ("- a\n  - b\n\n  still a", (bullets("a", "b", "still a"),)),
        ("1. a\n   - b\n2. c", (bullets("1. a", "b", "2. c"),)),
        ("2023. A year", (bullets("2023. A year"),)),
        ("- ## a\n- > b", (bullets("a", "b"),)),
        ("-\n- a", (bullets("a"),)),
        ("> What was said", (Quote("What was said"),)),
        ("> One\n> part\n>\n> Another", (Quote("One part"), Quote("Another"))),
        ("> - a\n> - b", (Quote("a"), Quote("b"))),
        (
            "<b>x</b> [a](https://example.org) &amp; `code`",
            (Paragraph(run("<b>x</b> [a](https://example.org) &amp; `code`")),),
        ),
    ],
)
def test_prose_is_read_as_it_was_meant(text, blocks):
    assert blocks_of(text) == blocks


def test_every_part_of_prose_names_where_it_comes_from():
    blocks = blocks_of("## H\n\nText\n\n- a", about="section:method")
    assert [blocks[0].about, blocks[1].about, blocks[2].items[0].about] == ["section:method"] * 3


@given(st.text(alphabet="abc \n\t>-*_#1.)\\", max_size=120))
def test_no_letter_is_lost_and_all_stay_in_their_order(text):
    assert re.findall("[abc]", words_of(blocks_of(text))) == re.findall("[abc]", text)


@given(st.text(alphabet="ab >-*_#12.)\\+", min_size=1, max_size=40))
def test_a_literal_text_reads_exactly_as_it_is(text):
    said = " ".join(text.split())
    assert words_of(blocks_of(literal(text))) == said
    assert words_of(blocks_of(f"- {literal(text)}")) == said


DEEP = 60
HOSTILE = {
    "quotations in quotations": "> " * (LONGEST_TEXT // 2) + "word",
    "lists in lists on one line": "- " * (LONGEST_TEXT // 2) + "word",
    "lists in lists line by line": "\n".join(f"{'  ' * depth}- word" for depth in range(DEEP)),
    "quotations and lists in turns": "\n".join(f"{'> - ' * depth}word" for depth in range(DEEP)),
    "indented": "\t" * LONGEST_TEXT + "word",
    "stars": "word " + "*" * LONGEST_TEXT,
    "openings that never close": "**word *word _word " * (LONGEST_TEXT // 19),
    "closings that nothing opens": "word* word** " * (LONGEST_TEXT // 13),
    "escapes": "\\" * LONGEST_TEXT + "word",
    "lazy quotations": "> word\nword\n" * (LONGEST_TEXT // 12),
    "short lines": "- word\n> word\n1. word\n" * (LONGEST_TEXT // 22),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_deep_and_huge_prose_is_read_with_every_word(text):
    assert words_of(blocks_of(text)).count("word") == text.count("word")


@pytest.mark.parametrize("text", ["*a* " * 25_000, "**a " * 25_000, "*" * LONGEST_TEXT, "_*a " * 25_000])
def test_beyond_a_thousand_signs_of_emphasis_in_a_paragraph_the_rest_is_plain(text):
    """Each sign that may be formatting is a token of its own, to be paired with the others."""
    (inline,) = (token for token in _READER.parse(text) if token.type == "inline")
    assert len(inline.children) <= 2 * MOST_EMPHASIS + 1

    (paragraph,) = blocks_of(text)
    assert re.sub(r"[*_]", "", plain(paragraph.runs)).strip() == re.sub(r"[*_]", "", text).strip()


def test_emphasis_is_counted_for_each_paragraph():
    many = "*a* " * 500
    first, second = blocks_of(f"{many}and *plain*\n\nand *italic*")

    assert first.runs[-1].text.endswith("and *plain*")
    assert second.runs == (Run("and "), Run("italic", italic=True))

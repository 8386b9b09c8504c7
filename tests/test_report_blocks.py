"""A document as blocks is kept as JSON and comes back the same."""

import json
from datetime import date

import pytest

from evaluations.conditions import Condition, Kind
from evaluations.report import blocks, drawing
from evaluations.report.blocks import (
    Bullets,
    Document,
    Figure,
    Grid,
    GridCell,
    Heading,
    Item,
    Note,
    Paragraph,
    Quote,
    Run,
    Section,
    Table,
    as_data,
    document_from,
)
from evaluations.report.figures import model_drawing, strand_drawing, wrapped

HEADINGS = {condition: condition.label for condition in Condition}
COUNTS = {(kind, condition): 2 for kind in Kind for condition in Condition}
RUNS = (Run("Some "), Run("bold", bold=True), Run(" “words” & <b>£5</b>\u2028", italic=True))
CELL = GridCell(
    "power",
    "Who decides",
    items=(Item(RUNS, "finding:3", (Quote("Said", "a participant", 7),)),),
    summary="In short",
    summary_about="summary:2",
)
EVERYTHING = Document(
    title="A report",
    evaluation="An evaluation",
    lines=("By somebody", "Draft"),
    notes=(),
    foot="A report. Draft",
    day=date(2026, 11, 30),
    sections=(
        Section(
            "introduction",
            "Introduction",
            (
                Heading("Part", 4, "section:introduction"),
                Paragraph(RUNS, "section:introduction"),
                Bullets((Item(RUNS),), is_numbered=True),
                Quote("Typed"),
                Note("Made up", "strand:a"),
                Grid("Barriers", "barrier", "A strand", "1 barrier", ((CELL,), (), ())),
                Table("T", "Read out", ("A", "B"), (("1", "2"), ("3", "4")), (40, 60), "glossary"),
                Figure(model_drawing(HEADINGS), "The model", "Six boxes"),
                Figure(strand_drawing(HEADINGS, COUNTS, largest=2, is_filled=False), "Chart", "Bars"),
            ),
        ),
        Section("method", "Method", ()),
    ),
)


def test_a_document_comes_back_from_json_as_it_was():
    assert document_from(json.loads(json.dumps(as_data(EVERYTHING)))) == EVERYTHING


def test_every_kind_of_block_and_shape_can_be_kept():
    known = {value for room in (blocks, drawing) for value in vars(room).values() if isinstance(value, type)}
    kinds = {kind.__name__ for kind in known if hasattr(kind, "__dataclass_fields__")}
    assert kinds <= set(blocks._TYPES), "as_data writes them, document_from has to know them"


@pytest.mark.parametrize(
    "data", [{}, {"is_a": "os"}, {"is_a": "Document", "sections": [{"text": "No kind"}]}]
)
def test_what_no_document_is_kept_as_is_refused(data):
    with pytest.raises(KeyError):
        document_from(data)


def test_the_model_is_drawn_three_above_two_above_one_with_the_waterline_below_the_three():
    sheet = model_drawing(HEADINGS)
    boxes = [shape for shape in sheet.shapes if isinstance(shape, drawing.Rect)]
    levels = sorted({box.y for box in boxes})
    assert [sum(box.y == level for box in boxes) for level in levels] == [3, 2, 1]
    [water] = [shape for shape in sheet.shapes if isinstance(shape, drawing.Wave)]
    assert levels[0] + boxes[0].height < water.y < levels[1]
    words = " ".join(shape.text for shape in sheet.shapes if isinstance(shape, drawing.Words))
    assert all(part in words for heading in HEADINGS.values() for part in heading.split())


def test_bars_are_as_long_as_their_numbers_and_nothing_leaves_the_sheet():
    counts = COUNTS | {(Kind.BARRIER, Condition.POWER): 8, (Kind.ACHIEVEMENT, Condition.POWER): 0}
    sheet = strand_drawing(HEADINGS, counts, largest=8, is_filled=True)
    bars = [shape for shape in sheet.shapes if isinstance(shape, drawing.Rect)]
    assert len(bars) == 11, "a number of nought has words and no bar"
    longest = max(bars, key=lambda bar: bar.width)
    assert {round(bar.width / longest.width, 3) for bar in bars} == {1, 0.25}
    assert longest.x + longest.width < sheet.width
    assert "8 barriers" in [shape.text for shape in sheet.shapes if isinstance(shape, drawing.Words)]


def test_words_of_a_drawing_are_wrapped_and_cut_where_they_do_not_fit():
    assert wrapped("Relationships & Connections", 130, 13, 3) == ["Relationships &", "Connections"]
    lines = wrapped("word " * 40 + "W" * 90, 130, 13, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert max(map(len, wrapped("W" * 90, 130, 13, 3))) <= 18


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("in vogue", "“in vogue”"),
        ("“in vogue” ", "“in vogue”"),
        ('"in vogue"', '"in vogue"'),
        ("“in” and “out”", "““in” and “out””"),
        ("it is 'in'", "“it is 'in'”"),
    ],
)
def test_a_quotation_is_printed_in_marks_once(said, printed):
    assert Quote(said).marked == printed

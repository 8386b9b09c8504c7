"""Documents of the report, made up: one with every kind of block, and parts for others."""

from datetime import date

from evaluations.conditions import LEVELS
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
)
from evaluations.report.drawing import Drawing, Line, Rect, Wave, Words

DAY = date(2026, 12, 3)
ALTERNATIVE = "Two boxes, one above the waterline and one below it."
DRAWING = Drawing(
    480,
    160,
    (
        Rect(12, 12, 220, 40, "#eef7f9", "#6b858e", 6),
        Words("Rules & plans", 122, 36, 13, anchor="middle", bold=True),
        Wave(12, 468, 76, "#0b6e8a"),
        Rect(12, 100, 220, 40, "#b4d6e1"),
        Words("Beliefs", 220, 125, 11, "#12303a", "end"),
        Line(240, 12, 240, 140, "#6b858e", 1),
        Words("What is seen, and what is not", 252, 36),
    ),
)


def document(*blocks, title="What lasts", **fields):
    """Return a document with one section, of ``blocks``."""
    said = {
        "evaluation": "An evaluation made up for tests",
        "lines": ("Programme for tests, phase 2", "Version 2, published on 3 December 2026"),
        "notes": ("Made-up practice evaluation: nobody said any of this.",),
        "foot": "What lasts. Version 2",
        "day": DAY,
        "sections": (Section("introduction", "Introduction", blocks),),
    }
    return Document(title=title, **{**said, **fields})


def item(text, *quotes):
    """Return an item of a list with quotations behind it."""
    return Item((Run(text),), quotes=tuple(Quote(quote, "a participant", 7) for quote in quotes))


def grid(findings=2, text="Parents are on the panel that decides"):
    """Return a matrix with so many findings in each cell but the last, which has none."""
    *rows, last = [
        tuple(
            GridCell(
                condition.value,
                f"{condition.label} of old",
                tuple(item(f"{text}, {number} of {condition.label}") for number in range(findings)),
                summary=f"In short, {condition.label.lower()} moved.",
            )
            for condition in conditions
        )
        for conditions in LEVELS.values()
    ]
    empty = (GridCell(last[0].condition, last[0].heading, empty="Nobody spoke of this."),)
    return Grid(
        "Coproduction: what was achieved", "achievement", "coproduction", "10 achievements", (*rows, empty)
    )


def table(rows=3, word="Held on Tuesday"):
    """Return a table."""
    shown = tuple((f"Interview {number}", word, str(number)) for number in range(1, rows + 1))
    return Table(
        "Interviews by day", "One row an interview.", ("Interview", "When", "Minutes"), shown, (2, 5, 1)
    )


def every_block(say=str):
    """Return a document with every kind of block, each text as ``say`` makes it."""
    runs = (
        Run(say("It was found that ")),
        Run(say("much"), bold=True),
        Run(" "),
        Run(say("did"), italic=True),
        Run(say(" last.")),
    )
    quote = Quote(say("We have a vote now"), say("a parent"), 12)
    cells = tuple(
        GridCell(c.value, say(c.label), (Item(runs, quotes=(quote,)),)) for c in next(iter(LEVELS.values()))
    )
    drawing = Drawing(300, 60, (Rect(0, 0, 300, 60, "#eef7f9"), Words(say("In the drawing"), 12, 30)))
    blocks = (
        Heading(say("A heading"), 3),
        Paragraph(runs),
        Heading(say("A smaller heading"), 4),
        Bullets((Item(runs, quotes=(quote,)), Item((Run(say("second")),)))),
        Bullets((Item((Run(say("first of two")),)), Item((Run(say("second of two")),))), is_numbered=True),
        Bullets((Item((Run(say("first again")),)),), is_numbered=True),
        quote,
        Quote(say("No name to it")),
        Note(say("Compiled from public sources, not from interviews.")),
        grid(),
        Grid(say("One level"), "barrier", "coproduction", say("3 barriers"), (cells,)),
        table(),
        Table(say("Named"), say("Described"), (say("One"), say("Two")), ((say("a"), say("b")),)),
        Figure(drawing, say("A caption"), say("What it shows")),
        Figure(DRAWING, "The model", ALTERNATIVE),
    )
    sections = (
        Section("introduction", say("Introduction"), blocks),
        Section("method", say("Method"), (Paragraph(runs),)),
    )
    said = {"evaluation": say("An evaluation"), "lines": (say("Version 2"),), "notes": (say("Made up."),)}
    return document(title=say("What lasts"), sections=sections, **said)

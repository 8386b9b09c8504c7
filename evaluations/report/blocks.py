"""A document as blocks: what every format shows in the same words, and what a published version keeps.

A document is a tree of frozen values; ``as_data`` and ``document_from`` turn it into what JSON holds and
back. ``about`` names the record that a text comes from (``finding:12``, ``recommendation:R3``,
``reflection:4``, ``point:9``, ``strand:coproduction``, ``section:method``, ``summary:3``, ``glossary``,
``coreq``), so that a check can name the place.
"""

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date

from evaluations.conditions import Condition

from .drawing import Drawing, Line, Rect, Wave, Words

IN_MARKS = re.compile('[“"][^“”"]*[”"]')


@dataclass(frozen=True)
class Run:
    """A stretch of words in one manner of writing."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading within a section; ``level`` is 3 or 4, because the section's own is 2."""

    text: str
    level: int = 3
    about: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of prose."""

    runs: tuple
    about: str = ""


@dataclass(frozen=True)
class Item:
    """One item of a list, with the quotations behind it."""

    runs: tuple
    about: str = ""
    quotes: tuple = ()


@dataclass(frozen=True)
class Bullets:
    """A list of ``Item`` objects."""

    items: tuple
    is_numbered: bool = False


@dataclass(frozen=True)
class Quote:
    """What somebody said, word for word; ``quotation`` is its number, None for what evaluators typed."""

    text: str
    attribution: str = ""
    quotation: int | None = None

    @property
    def marked(self):
        """Return the words as they are printed: in quotation marks, unless they stand in some already."""
        words = self.text.strip()
        return words if IN_MARKS.fullmatch(words) else f"“{words}”"


@dataclass(frozen=True)
class Note:
    """A sentence set apart: where a strand comes from, what counts are of, that it is made up."""

    text: str
    about: str = ""


@dataclass(frozen=True)
class GridCell:
    """One condition of a matrix: its ``heading``, findings as ``Item`` objects, a signed sentence on them.

    ``empty`` says why there is none.
    """

    condition: str
    heading: str
    items: tuple = ()
    summary: str = ""
    summary_about: str = ""
    empty: str = ""


@dataclass(frozen=True)
class Grid:
    """A matrix in the model's shape: ``rows`` are three, two and one ``GridCell``, waterline below the first.

    ``words`` counts its findings, for example ``15 achievements``.
    """

    title: str
    kind: str
    strand: str
    words: str
    rows: tuple

    @property
    def levels(self):
        """Return the rows with their names, for example ``("Tangible: structural conditions", cells)``."""
        return [(_level_name(Condition(cells[0].condition)), cells) for cells in self.rows]


@dataclass(frozen=True)
class Table:
    """A table: heads, rows of texts; the first column names its rows. ``description`` is read out."""

    title: str
    description: str
    heads: tuple
    rows: tuple
    widths: tuple = ()
    about: str = ""


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption, and in ``alternative`` what it shows for whoever does not see it."""

    drawing: Drawing
    caption: str
    alternative: str


@dataclass(frozen=True)
class Section:
    """A section of a document; ``key`` is its ``SectionKey``."""

    key: str
    heading: str
    blocks: tuple


@dataclass(frozen=True)
class Document:
    """A whole document.

    ``lines`` stand below the title (programme, evaluators, "Version 2, 3 December 2026" or "Draft of ..."),
    ``notes`` say what holds for all of it (made up; where a strand comes from). ``foot`` is printed on every
    page. ``authors`` stand in the properties of its files; versions kept before have none.
    """

    title: str
    evaluation: str
    lines: tuple
    notes: tuple
    foot: str
    day: date
    sections: tuple
    authors: tuple = ()

    @property
    def below_title(self):
        """Return the lines below the title: the evaluation's own, where it is another one, and ``lines``."""
        return (*((self.evaluation,) if self.evaluation != self.title else ()), *self.lines)


_TYPES = {
    kind.__name__: kind
    for kind in (
        *(Run, Heading, Paragraph, Item, Bullets, Quote, Note, GridCell, Grid, Table, Figure, Section),
        *(Document, Drawing, Rect, Line, Wave, Words),
    )
}
_TYPE = "is_a"


def as_data(value):
    """Return a document, or any part of one, as JSON can hold it.

    >>> as_data(Run("Hello"))
    {'is_a': 'Run', 'text': 'Hello', 'bold': False, 'italic': False}
    """
    if is_dataclass(value):
        held = {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
        return {_TYPE: type(value).__name__, **held}
    if isinstance(value, tuple):
        return [as_data(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def document_from(data):
    """Return the ``Document`` that ``as_data`` wrote. Raises KeyError for what it never writes."""
    found = _value(data)
    return replace(found, day=date.fromisoformat(found.day))


def _level_name(condition):
    return f"{condition.tangibility.label}: {condition.level} conditions"


def _value(data):
    if isinstance(data, list):
        return tuple(_value(item) for item in data)
    if isinstance(data, dict):
        held = {name: _value(value) for name, value in data.items() if name != _TYPE}
        return _TYPES[data[_TYPE]](**held)
    return data


def plain(runs):
    """Return the words of runs without their manner of writing."""
    return "".join(run.text for run in runs)

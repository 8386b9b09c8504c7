"""The texts of a document, one by one, with the place in which each is printed; and the same texts changed.

One table says which fields of which block are printed: what is searched before publishing is what a
withdrawal can strike out afterwards.
"""

from dataclasses import dataclass, fields, is_dataclass, replace

from .blocks import (
    Document,
    Figure,
    Grid,
    GridCell,
    Heading,
    Note,
    Quote,
    Run,
    Section,
    Table,
    plain,
)
from .drawing import Words

PRINTED = {
    Document: ("title", "evaluation", "lines", "notes", "foot", "authors"),
    Section: ("heading",),
    Heading: ("text",),
    Quote: ("text", "attribution"),
    Note: ("text",),
    Grid: ("title", "strand", "words"),
    GridCell: ("heading", "summary", "empty"),
    Table: ("title", "description", "heads", "rows"),
    Figure: ("caption", "alternative"),
    Words: ("text",),
}
FRONT = "front"  # the place of what stands above the first section


@dataclass(frozen=True)
class Text:
    """A text of a document.

    ``about`` names what it comes from, ``section`` the key of the section it is printed in (``FRONT`` above
    the first one), ``where`` the headings it stands under. ``quotation`` is the number of a quotation that
    this is, word for word, ``is_typed`` says that it is printed like one and was typed by hand.
    """

    text: str
    about: str
    section: str
    where: tuple
    quotation: int | None = None
    is_typed: bool = False


def texts_of(document):
    """Return every text that a document prints, in its order; the cells of a row as one text."""
    return list(_texts(document, _Place(FRONT, FRONT, (document.title,))))


def change_texts(document, change, *, is_gone):
    """Return a document with every text as ``change(text, about, section)`` returns it.

    A ``Quote`` of which ``is_gone`` says so is left out; any other that has a number stays as it is. What
    somebody wrote and of which nothing remains is left out as well.
    """
    return _changed(document, change, is_gone, _Place(FRONT, FRONT, ()))


def quotes_in(value):
    """Return the ``Quote`` objects in a document, or any part of one, that are quotations with a number."""
    if isinstance(value, Quote):
        return set() if value.quotation is None else {value}
    if is_dataclass(value):
        value = tuple(getattr(value, field.name) for field in fields(value))
    return set().union(*map(quotes_in, value)) if isinstance(value, tuple) else set()


def quotations_in(document):
    """Return the numbers of the quotations that a document prints."""
    return {quote.quotation for quote in quotes_in(document)}


@dataclass(frozen=True)
class _Place:
    about: str
    section: str
    where: tuple

    def of(self, block):
        """Return the place of what stands in a block of this place."""
        if isinstance(block, Section):
            return _Place(f"section:{block.key}", block.key, (block.heading,))
        heading = getattr(block, "title", "") if isinstance(block, Grid | Table) else ""
        heading = block.heading if isinstance(block, GridCell) else heading
        about = getattr(block, "about", "") or self.about
        return replace(self, about=about, where=(*self.where, heading) if heading else self.where)


def _texts(value, place):
    if isinstance(value, tuple):
        for item in value:
            yield from _texts(item, place)
    elif is_dataclass(value):
        place = place.of(value)
        if hasattr(value, "runs"):
            yield _text(plain(value.runs), place)
        for name in PRINTED.get(type(value), ()):
            yield from _printed(value, name, place)
        for field in fields(value):
            yield from _texts(getattr(value, field.name), place)


def _printed(block, name, place):
    """Yield the texts in one field of a block: a row of a table, or a line of a document, is one."""
    value = getattr(block, name)
    is_quote = name == "text" and isinstance(block, Quote)
    quotation = block.quotation if is_quote else None
    about = block.summary_about if name == "summary" else ""
    about = f"quotation:{block.quotation}" if getattr(block, "quotation", None) else about
    for text in value if isinstance(value, tuple) else (value,):
        text = ": ".join(text) if isinstance(text, tuple) else text
        if text:
            is_typed = is_quote and quotation is None
            yield _text(text, replace(place, about=about or place.about), quotation, is_typed=is_typed)


def _text(text, place, quotation=None, *, is_typed=False):
    return Text(text, place.about, place.section, place.where, quotation, is_typed)


def _changed(value, change, is_gone, place):
    if isinstance(value, tuple):
        kept = [item for item in value if not (isinstance(item, Quote) and is_gone(item))]
        changed = [(item, _changed(item, change, is_gone, place)) for item in kept]
        return tuple(now for before, now in changed if now == before or not _is_empty(now))
    if not is_dataclass(value) or (isinstance(value, Quote) and value.quotation is not None):
        return value
    place = place.of(value)
    now = {field.name: getattr(value, field.name) for field in fields(value)}
    now = {name: _changed(part, change, is_gone, place) for name, part in now.items()}
    for name in PRINTED.get(type(value), ()):
        now[name] = _each(now[name], change, value.summary_about if name == "summary" else place.about, place)
    if hasattr(value, "runs"):
        before = plain(value.runs)
        words = change(before, place.about, place.section)
        now["runs"] = value.runs if words == before else (Run(words),) if words else ()
    return replace(value, **now)


def _each(value, change, about, place):
    """Return a text, or texts in tuples, each changed."""
    if isinstance(value, tuple):
        return tuple(_each(item, change, about, place) for item in value)
    return change(value, about, place.section)


def _is_empty(block):
    """Say whether nothing is left of what somebody wrote or said in a block."""
    if hasattr(block, "runs"):
        return not block.runs and not getattr(block, "quotes", ())
    return isinstance(block, Quote) and not block.text

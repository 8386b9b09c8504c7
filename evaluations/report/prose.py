"""Prose as people type it, with simple formatting, as blocks.

Formatting is the common part of CommonMark (https://spec.commonmark.org): ``**bold**``, ``*italic*``, lists,
``## headings`` and ``> quotations``. Nothing else is read as formatting, HTML and links included.
"""

from markdown_it import MarkdownIt

from .blocks import Bullets, Heading, Item, Paragraph, Quote, Run, plain

_READER = MarkdownIt("zero").enable(["emphasis", "list", "heading", "blockquote", "newline", "escape"])
LEVEL = 3  # of a heading within a section


def blocks_of(text, *, about=""):
    """Return a text as a tuple of blocks; ``about`` names where it comes from."""
    return tuple(_blocks(_READER.parse(text), about))


def _blocks(tokens, about):
    at = 0
    while at < len(tokens):
        end = _end(tokens, at)
        inside = tokens[at + 1 : end]
        match tokens[at].type:
            case "heading_open":
                yield Heading(plain(_runs(inside)), LEVEL)
            case "paragraph_open":
                yield Paragraph(_runs(inside), about)
            case "bullet_list_open" | "ordered_list_open":
                yield Bullets(tuple(_items(inside, about)), tokens[at].type == "ordered_list_open")
            case "blockquote_open":
                yield Quote(plain(_runs(inside)))
        at = end + 1


def _items(tokens, about):
    """Yield each item of a list; lists within it become items that follow."""
    for token, before in zip(tokens, [None, *tokens], strict=False):
        if token.type == "inline" and before.type == "paragraph_open":
            yield Item(_runs([token]), about)


def _end(tokens, at):
    """Return where the block that opens at a token closes."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth == 0:
            return place
    return len(tokens) - 1


def _runs(tokens):
    """Return the words of inline tokens, line breaks as spaces."""
    found, bold, italic = [], 0, 0
    for inline in (token for token in tokens if token.type == "inline"):
        if found:
            found.append(Run(" "))
        for part in inline.children:
            bold += {"strong_open": 1, "strong_close": -1}.get(part.type, 0)
            italic += {"em_open": 1, "em_close": -1}.get(part.type, 0)
            text = " " if part.type in ("softbreak", "hardbreak") else part.content
            if text and part.type != "strong_open":
                found.append(Run(text, bold > 0, italic > 0))
    return tuple(_joined(found))


def _joined(runs):
    """Return runs without empty ones, neighbours of the same manner made one."""
    found = []
    for run in runs:
        if found and (found[-1].bold, found[-1].italic) == (run.bold, run.italic):
            found[-1] = Run(found[-1].text + run.text, run.bold, run.italic)
        else:
            found.append(run)
    return found

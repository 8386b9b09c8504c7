"""Prose as people type it, with simple formatting, as blocks.

Formatting is the common part of CommonMark (https://spec.commonmark.org): ``**bold**``, ``*italic*``, lists,
``## headings`` and ``> quotations``. Nothing else is read as formatting, HTML and links included, and no word
is ever left out.
"""

import re
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.rules_inline import emphasis

from .blocks import Bullets, Heading, Item, Paragraph, Quote, Run, plain

LEVEL = 3  # of a heading within a section
LONGEST_LEAD, MOST_MARKERS = 24, 3  # of a line: beyond, lists and quotations are not read any deeper
MOST_EMPHASIS = 1000  # signs of a paragraph that may be bold or italic: beyond, they are plain signs
_READER = MarkdownIt("zero", {"maxNesting": 8 * LONGEST_LEAD}).enable(
    ["emphasis", "list", "heading", "blockquote", "newline", "escape"]
)
_MARKER = r"(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))"
_LEAD = re.compile(rf"([ \t]*)((?:{_MARKER}[ \t]*)*)")
_FORMATTING = re.compile(r"[\\*_]|^(?:[#>+-]|\d{1,9}(?=[.)]))")


def _few_emphasis(state, silent):
    """Read ``*`` and ``_`` as formatting while the paragraph has few of them: pairing many takes minutes."""
    if state.src[state.pos] in "*_" and not silent:
        length = state.scanDelims(state.pos, canSplitWord=True).length
        if len(state.delimiters) + length > MOST_EMPHASIS:
            state.pending += state.src[state.pos : state.pos + length]
            state.pos += length
            return True
    return emphasis.tokenize(state, silent)


_READER.inline.ruler.at("emphasis", _few_emphasis)


def blocks_of(text, *, about=""):
    """Return a text as a tuple of blocks; ``about`` names where it comes from."""
    shallow = "\n".join(map(_shallow, text.split("\n")))
    return tuple(_levelled(_blocks(_READER.parse(shallow), about)))


def literal(text):
    """Return a text as a line of prose that reads exactly as it is, without formatting.

    >>> literal("*Some* of it")
    '\\\\*Some\\\\* of it'
    """
    return _FORMATTING.sub(_escaped, " ".join(text.split()))


def _escaped(match):
    """Return a sign of formatting as a plain one; of a number that would begin a list, its full stop."""
    return f"{match[0]}\\" if match[0].isdecimal() else f"\\{match[0]}"


def _shallow(line):
    """Return a line that nests no deeper than what is read: however much it is indented, and marked."""
    indent, markers = _LEAD.match(line).groups()
    if len(indent) + len(markers) <= LONGEST_LEAD and "\t" not in indent:
        return line
    kept = re.findall(_MARKER, markers)[:MOST_MARKERS]
    room = min(len(indent.expandtabs(4)), LONGEST_LEAD // 2)
    return " ".join([" " * room, *kept, line[len(indent) + len(markers) :]])


def _blocks(tokens, about):
    at = 0
    while at < len(tokens):
        end = _end(tokens, at)
        inside = tokens[at + 1 : end]
        match tokens[at].type:
            case "heading_open":
                yield Heading(plain(_runs(inside)), _level(tokens[at]), about)
            case "paragraph_open":
                yield Paragraph(_runs(inside), about)
            case "bullet_list_open" | "ordered_list_open":
                yield _list(tokens[at : end + 1], about)
            case "blockquote_open":
                yield from (Quote(plain(_runs([token]))) for token in inside if token.type == "inline")
        at = end + 1


def _level(token):
    return LEVEL if token.tag in ("h1", "h2") else LEVEL + 1


def _levelled(blocks):
    """Return the blocks that say something, headings so that none is a level deeper without one above it."""
    above = False
    for block in blocks:
        if isinstance(block, Heading):
            level = block.level if above else LEVEL
            block, above = Heading(block.text, level, block.about), True
        if getattr(block, "text", "") or getattr(block, "runs", ()) or getattr(block, "items", ()):
            yield block


def _list(tokens, about):
    """Return a list, and lists within it as items that follow.

    It is numbered when all of it counts from 1; else numbers are words of their items.
    """
    lists = [token for token in tokens if token.type in ("bullet_list_open", "ordered_list_open")]
    first = next(token for token in tokens if token.type == "list_item_open")
    is_numbered = len(lists) == 1 and first.info == "1"
    items, open_items = [], []
    for token in tokens:
        if token.type == "list_item_open":
            words = f"{token.info}{token.markup}" if token.info and not is_numbered else ""
            open_items.append([words] if words else [])
            items.append(open_items[-1])
        elif token.type == "list_item_close":
            open_items.pop()
            if open_items:  # what the item around it still says comes after it
                open_items[-1] = []
                items.append(open_items[-1])
        elif token.type == "inline":
            open_items[-1].append(token)
    found = (Item(_runs(item), about) for item in items)
    return Bullets(tuple(item for item in found if item.runs), is_numbered)


def _end(tokens, at):
    """Return where the block that opens at a token closes."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth == 0:
            return place
    return len(tokens) - 1


def _runs(parts):
    """Return the words of inline tokens, and plain words among them, as runs; line breaks are spaces."""
    found = []
    for part in parts:
        if found:
            found.append(Run(" "))
        found += [Run(part)] if isinstance(part, str) else _inline(part)
    return tuple(_joined(found))


def _inline(token):
    bold = italic = 0
    for part in token.children:
        bold += part.nesting if part.tag == "strong" else 0
        italic += part.nesting if part.tag == "em" else 0
        text = " " if part.type in ("softbreak", "hardbreak") else part.content
        if text:
            yield Run(text, bold > 0, italic > 0)


def _joined(runs):
    """Return runs, neighbours of the same manner made one."""
    for (bold, italic), same in groupby(runs, key=lambda run: (run.bold, run.italic)):
        yield Run("".join(run.text for run in same), bold, italic)

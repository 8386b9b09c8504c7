"""Where a quotation stands in a text that people go on editing. Pure: texts and numbers in and out.

A range counts code points of the stored text (LF, NFC); browsers count otherwise and convert before they
send (``static/js/coding.js``). Always true of what comes out of here: the text within the range is the
quotation, or the range says that it changed, or that it is gone. The quotation itself is never altered.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

IN_PLACE, CHANGED, GONE = "in_place", "changed", "gone"

_PIECE = re.compile(r"\w+|\W", re.DOTALL)
_ALIKE = ("'‘’‛`", '"“”„‟', "-‐‑–—")


@dataclass(frozen=True)
class Place:
    """A range of a text and what it says of the quotation; a gone one has no range."""

    start: int | None
    end: int | None
    passage: str


GONE_PLACE = Place(None, None, GONE)


class Edit:
    """One edit of a text, seen as one replaced region between what both texts begin and end with."""

    def __init__(self, before, after):
        self.before, self.after = before, after
        self.head = _common_start(before, after)
        tail = _common_start(before[self.head :][::-1], after[self.head :][::-1])
        self.old_end, self.new_end = len(before) - tail, len(after) - tail

    def moved(self, start, end, words):
        """Return the ``Place`` in the text after the edit of the ``words`` that stood at ``start:end``.

        Both are None for words that were gone; these are back only where they occur once.
        """
        if start is None:
            return _only_place(words, self.after) or GONE_PLACE
        if self.before == self.after:
            return _place(start, end, words, self.after)
        span = self._mapped(start, end)
        if span and self.after[slice(*span)] == words:
            return Place(*span, IN_PLACE)
        low, high = self._reach(start, end)
        within = max(0, low - len(words) + 1), high + len(words) - 1
        found = nearest(words, self.after, near=span[0] if span else start, within=within)
        if found:
            return Place(*found, IN_PLACE)
        span = span and _trimmed(*span, self.after)
        return _place(*span, words, self.after) if span else GONE_PLACE

    def _mapped(self, start, end):
        """Return what a range covers now; None when nothing of it can be told from what replaced it."""
        shift = self.new_end - self.old_end
        if end <= self.head:
            return start, end
        if start >= self.old_end:
            return start + shift, end + shift
        first, last = self._block(start), self._block(end - 1)
        if first is last and not first.same and (first.old[0] < start or end < first.old[1]):
            return None
        low = first.new[0] + (start - first.old[0] if first.same else 0)
        high = last.new[0] + (end - last.old[0]) if last.same else last.new[1]
        return low, high

    def _reach(self, start, end):
        """Return what a range's words, where they are looked for, have to touch: itself and what was edited.

        Where letters repeat, an edit may have happened a little beside the place where it shows.
        """
        shift = self.new_end - self.old_end
        if end < self.head:
            return start, end
        if start > self.old_end:
            return start + shift, end + shift
        return min(start, self.head), max(end, self.old_end) + shift

    def _block(self, position):
        return next(block for block in self._blocks if block.old[0] <= position < block.old[1])

    @cached_property
    def _blocks(self):
        """Return the parts that the text before consists of, in order, each with what it became."""
        head, tail = self.head, len(self.before) - self.old_end
        old = _PIECE.findall(self.before[head : self.old_end])
        new = _PIECE.findall(self.after[head : self.new_end])
        steps = SequenceMatcher(_says_little, old, new).get_opcodes()
        at_old, at_new = _offsets(old, head), _offsets(new, head)
        return [
            _Block((0, head), (0, head), True),
            *(
                _Block((at_old[a], at_old[b]), (at_new[c], at_new[d]), tag == "equal")
                for tag, a, b, c, d in steps
            ),
            _Block((self.old_end, self.old_end + tail), (self.new_end, self.new_end + tail), True),
        ]


@dataclass(frozen=True)
class _Block:
    """A part of the text before (``old``) and of the text after; ``same`` when it reads the same."""

    old: tuple
    new: tuple
    same: bool


def moved(start, end, words, before, after):
    """Return the ``Place`` of ``words`` after one edit of a text; see ``Edit.moved``.

    >>> moved(4, 7, "red", "The red door", "A very red door")
    Place(start=7, end=10, passage='in_place')
    """
    return Edit(before, after).moved(start, end, words)


def trimmed(start, end, text):
    """Return a range without the white space at its ends, kept within ``text``; None when nothing is left."""
    start, end = max(0, start), min(end, len(text))
    return _trimmed(start, end, text)


def nearest(words, text, *, near, within=None):
    """Return the range of ``words`` in ``text`` that begins nearest to ``near``, or None.

    ``within`` is a range that it has to lie in.
    """
    low, high = within or (0, len(text))
    starts = _starts(words, text, low, high)
    start = min(starts, key=lambda start: abs(start - near), default=None)
    return None if start is None else (start, start + len(words))


def only_range(words, text):
    """Return the range of ``words`` in ``text`` when they stand there exactly once, else None."""
    starts = _starts(words, text, 0, len(text))
    return (starts[0], starts[0] + len(words)) if len(starts) == 1 else None


def ranges_alike(words, text):
    """Return every range of ``text`` that reads as ``words`` do, white space, quotes and dashes apart."""
    pieces = ["".join(_reads_as(letter) for letter in piece) for piece in words.split()]
    return [match.span() for match in re.finditer(r"\s+".join(pieces), text)] if pieces else []


def _reads_as(letter):
    """Return the pattern of a letter and of those that people type in its stead."""
    return f"[{re.escape(next((alike for alike in _ALIKE if letter in alike), letter))}]"


def _common_start(one, other):
    """Return how many letters two texts have in common from their start."""
    length = min(len(one), len(other))
    if one[:length] == other[:length]:
        return length
    low, high = 0, length
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle)
    return low


def _says_little(piece):
    """Say whether a piece is no word, so that two texts are not held to be alike because of it."""
    return not piece[0].isalnum()


def _offsets(pieces, start):
    found = [start]
    for piece in pieces:
        found.append(found[-1] + len(piece))
    return found


def _starts(words, text, low, high):
    found, at = [], text.find(words, low, high)
    while words and at != -1:
        found.append(at)
        at = text.find(words, at + 1, high)
    return found


def _trimmed(start, end, text):
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    return (start, end) if start < end else None


def _place(start, end, words, text):
    return Place(start, end, IN_PLACE if text[start:end] == words else CHANGED)


def _only_place(words, text):
    found = only_range(words, text)
    return Place(*found, IN_PLACE) if found else None

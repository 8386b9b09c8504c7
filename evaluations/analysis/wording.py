"""Where two texts differ, word by word: what the page with both versions underlines."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# Comparing takes time that grows with the product of both lengths; longer texts are compared by their ends.
MOST_WORDS = 1500
WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """A stretch of one text; ``differs`` where the other text says something else."""

    words: str
    differs: bool


def compared(one, other):
    """Return both texts as tuples of ``Piece``.

    >>> compared("It is late", "It is early")[0]
    (Piece(words='It is ', differs=False), Piece(words='late', differs=True))
    """
    first, second = WORD.findall(one), WORD.findall(other)
    head = _common(first, second)
    tail = _common(first[head:][::-1], second[head:][::-1])
    middles = [words[head : len(words) - tail] for words in (first, second)]
    blocks = _blocks(*middles)
    return tuple(
        _pieces(words, [(False, 0, head), *((differs, head + a, head + b) for differs, a, b in spans)], tail)
        for words, spans in ((first, blocks[0]), (second, blocks[1]))
    )


def _common(first, second):
    """Return how many words both lists begin with."""
    shorter = min(len(first), len(second))
    return next((at for at in range(shorter) if first[at].rstrip() != second[at].rstrip()), shorter)


def _blocks(first, second):
    """Return for each of two lists its stretches as (differs, from, to)."""
    if max(len(first), len(second)) > MOST_WORDS:
        return [(True, 0, len(first))], [(True, 0, len(second))]
    bare = [[word.rstrip() for word in words] for words in (first, second)]
    steps = SequenceMatcher(None, *bare, autojunk=False).get_opcodes()
    return (
        [(tag != "equal", a, b) for tag, a, b, _, _ in steps],
        [(tag != "equal", c, d) for tag, _, _, c, d in steps],
    )


def _pieces(words, spans, tail):
    spans = [*spans, (False, len(words) - tail, len(words))]
    return tuple(Piece("".join(words[low:high]), differs) for differs, low, high in spans if low < high)

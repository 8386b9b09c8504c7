"""Words that somebody said and that were copied into other texts: found, and struck out.

A copy is a run of at least four words that they said one after the other, whatever the capitals, accents,
spaces and punctuation; the last word may be cut short with "…". Fewer words are too few to tell a copy from
chance, so there only a text of two or three words that is nothing else counts, and whatever the caller knows
to be taken from them (``short``). What it costs grows with the number of words and with nothing else.
"""

import re
import unicodedata
from collections import defaultdict
from itertools import groupby

# It says nothing of a withdrawal: readers see it in a recommendation or an introduction.
STRUCK = "[words taken out]"
# Within a word there may be apostrophes, accents that are letters of their own, and what nobody sees: soft
# hyphens, marks of direction, spaces without width.
WITHIN = "'’\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff"
WORD = re.compile(rf"[^\W_]+(?:[{WITHIN}]+[^\W_]+)*")
UNSEEN = ("Mn", "Cf")  # the categories of those accents and marks
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+|[“”]")
CUT = "…"
RUN = 4
SHORTEST = 3  # words of what is looked for from end to end
# What is copied in a sentence tells whose it is by two words of five letters: "at the end of" is nobody's.
TELLING_WORDS, TELLING_LETTERS = 2, 5


def words_of(text):
    """Return the words of a text as they are compared.

    >>> words_of("Don’t  ASK, us!")
    ("don't", 'ask', 'us')
    """
    return tuple(map(_plain, WORD.findall(text)))


def change_each(value, change, *, coded=frozenset()):
    """Return a text, or anything that JSON holds, with each text as ``change`` returns it.

    ``coded`` are the fields in which JSON holds no words but one of a list: those stay.

    >>> change_each({"kind": "barrier", "said": ["a", 1]}, str.upper, coded={"kind"})
    {'kind': 'barrier', 'said': ['A', 1]}
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [change_each(item, change, coded=coded) for item in value]
    if isinstance(value, dict):
        return {
            name: item if name in coded else change_each(item, change, coded=coded)
            for name, item in value.items()
        }
    return value


class Traces:
    """The passages to look for; ``strike`` takes them out of a text.

    ``names`` are of things that everybody calls so: a run of words in one is nobody's. ``taken_out`` are
    pairs of a text and what was left of it: what went of the first counts as a passage, unless it stands in
    one of ``staying``, texts of others.
    """

    def __init__(self, passages, *, names=(), taken_out=(), staying=()):
        self.whole, self.followed_by = set(), defaultdict(set)
        self.known = set()
        self._add_taken_out(taken_out, staying)
        for passage in {words_of(text) for text in passages}:
            self.known.update(passage)
            if 1 < len(passage) < RUN:
                self.whole.add(passage)
            for start, last in _runs(passage):
                self.followed_by[start].add(last)
        for name in names:
            for start, last in _runs(words_of(name)):
                if start in self.followed_by:
                    self.followed_by[start].discard(last)

    def _add_taken_out(self, taken_out, staying):
        """Add the runs of words that went of the texts and that stand in none that stays."""
        runs = {run for before, left in taken_out for run in _gone(words_of(before), words_of(left))}
        for text in staying if runs else ():
            runs.difference_update(_runs(words_of(text)))
        for start, last in runs:
            self.followed_by[start].add(last)
            self.known.update((*start, last))

    def strike(self, text, short=frozenset()):
        """Return a text with every copy replaced by ``STRUCK``: the very same when it holds none.

        ``short`` are runs of fewer words (as ``words_of`` returns them) that count here as well.
        """
        found = list(WORD.finditer(text))
        words = [_plain(match[0]) for match in found]
        if tuple(words) in self.whole:
            return STRUCK
        theirs = self._copied(text, found, words)
        if any(theirs):
            theirs = self._whole_stretches(text, found, words, theirs)
        for at in range(len(words) if short else 0):
            for length in range(1, RUN):
                if tuple(words[at : at + length]) in short:
                    theirs[at : at + length] = [True] * len(words[at : at + length])
        return STRUCK if words and all(theirs) else _without(text, found, theirs)

    def _copied(self, text, found, words):
        """Say of each word whether it is in a run of theirs."""
        theirs = [False] * len(words)
        for at in range(len(words) - RUN + 1):
            last = at + RUN - 1
            after = self.followed_by.get(tuple(words[at:last]), ())
            is_cut = bool(after) and text.startswith(CUT, found[last].end())
            if words[last] in after or (is_cut and any(word.startswith(words[last]) for word in after)):
                theirs[at : last + 1] = [True] * RUN
        return theirs

    def _whole_stretches(self, text, found, words, theirs):
        """Add what stands between the first and the last copied word of a sentence, and what remains of it.

        A sentence that shares only everyday words with theirs is left alone. A remainder before or after
        them is too short for a run of its own; it is theirs as well when they used each of its words.
        """
        theirs = list(theirs)
        for start, end in _sentences(text, found):
            copied = [at for at in range(start, end) if theirs[at]]
            if not _is_telling([words[at] for at in copied]):
                theirs[start:end] = [False] * (end - start)
                continue
            first, last = copied[0], copied[-1] + 1
            if self._is_remainder(words[start:first]):
                first = start
            if self._is_remainder(words[last:end]):
                last = end
            theirs[first:last] = [True] * (last - first)
        return theirs

    def _is_remainder(self, words):
        return len(words) < RUN and all(word in self.known for word in words)


class Whole:
    """Passages of three words or more to look for from end to end, however everyday their words are.

    One that stands in any of ``names`` is nobody's. ``find`` says which of them a text holds.
    """

    def __init__(self, passages, *, names=()):
        self.by_start = defaultdict(set)
        for passage in map(words_of, passages):
            if len(passage) >= SHORTEST:
                self.by_start[passage[:SHORTEST]].add(passage)
        for passage in set().union(*map(self.find, names)):
            self.by_start[passage[:SHORTEST]].discard(passage)

    def find(self, text):
        """Return the passages that a text holds, each as ``words_of`` returns it."""
        words = words_of(text)
        return {
            passage
            for at in range(len(words) - SHORTEST + 1)
            for passage in self.by_start.get(words[at : at + SHORTEST], ())
            if words[at : at + len(passage)] == passage
        }


def _runs(words):
    """Yield each run of four words as its first three and the last."""
    for at in range(len(words) - RUN + 1):
        yield words[at : at + RUN - 1], words[at + RUN - 1]


def _gone(before, left):
    """Yield the runs of words that went of a text as a whole: where fewer went in a row, it was reworded.

    A word stays where three words in a row of which it is one are left.
    """
    size = RUN - 1
    stays = {left[at : at + size] for at in range(len(left) - size + 1)}
    went = [True] * len(before)
    for at in range(len(before) - size + 1):
        if before[at : at + size] in stays:
            went[at : at + size] = [False] * size
    for is_gone, stretch in groupby(zip(went, before, strict=True), key=lambda pair: pair[0]):
        if is_gone:
            yield from _runs(tuple(word for _, word in stretch))


def _is_telling(words):
    return sum(len(word) >= TELLING_LETTERS for word in words) >= TELLING_WORDS


def _sentences(text, found):
    """Yield the (start, end) of each sentence, counted in the words ``found`` in the text."""
    ends = [match.start() for match in SENTENCE_END.finditer(text)] + [len(text)]
    start = sentence = 0
    for at, match in enumerate(found):
        if match.start() > ends[sentence]:
            yield start, at
            start = at
            while match.start() > ends[sentence]:
                sentence += 1
    yield start, len(found)


def _without(text, found, theirs):
    """Return a text with each stretch of words that are ``theirs`` replaced by one ``STRUCK``."""
    kept, end = [], 0
    for is_theirs, stretch in groupby(zip(theirs, found, strict=True), key=lambda pair: pair[0]):
        matches = [match for _, match in stretch]
        if is_theirs:
            kept += [text[end : matches[0].start()], STRUCK]
            end = matches[-1].end()
    return "".join([*kept, text[end:]])


def _plain(word):
    if not word.isascii():
        letters = unicodedata.normalize("NFKD", word.replace("’", "'"))
        word = "".join(letter for letter in letters if unicodedata.category(letter) not in UNSEEN)
    return word.casefold()

"""Words that somebody said and that were copied into other texts: found, and struck out.

A copy counts when it holds the same words in the same order, whatever the capitals, spaces, quotation marks
and full stops; so does their beginning where a text was cut short with "…". Two words are too few to tell a
copy by, so there only a text that is nothing else counts; one word never does.
"""

import re

STRUCK = "[words of a participant who withdrew]"
WORD = re.compile(r"\w+(?:['’]\w+)*")
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
CUT = "…"
FEWEST_WORDS = 3
FEWEST_IN_SENTENCE = 6


def sentences(text):
    """Return the sentences of a text that are long enough for a copy to be told from chance.

    >>> sentences("Yes. They asked us twice and never came back.")
    ['They asked us twice and never came back.']
    """
    return [part for part in SENTENCE_END.split(text) if len(WORD.findall(part)) >= FEWEST_IN_SENTENCE]


class Traces:
    """The passages to look for; ``strike`` takes them out of a text, or of anything that JSON holds."""

    def __init__(self, passages):
        self.whole, self.by_start = set(), {}
        for passage in {tuple(map(_plain, WORD.findall(text))) for text in passages} - {()}:
            if len(passage) > 1:
                self.whole.add(passage)
            if len(passage) >= FEWEST_WORDS:
                self.by_start.setdefault(passage[:FEWEST_WORDS], []).append(passage)
        for found in self.by_start.values():
            found.sort(key=len, reverse=True)

    def strike(self, value):
        """Return ``value`` with every copy replaced by ``STRUCK``: the very same when it holds none."""
        if isinstance(value, str):
            return self._strike_text(value)
        if isinstance(value, list):
            return [self.strike(item) for item in value]
        if isinstance(value, dict):
            return {name: self.strike(item) for name, item in value.items()}
        return value

    def found_in(self, value):
        """Say whether ``value`` holds a copy."""
        return self.strike(value) != value

    def _strike_text(self, text):
        found = list(WORD.finditer(text))
        words = tuple(_plain(match[0]) for match in found)
        if words in self.whole:
            return STRUCK
        kept, end, at = [], 0, 0
        while at < len(words):
            length = self._length_at(words, at) or self._cut_length_at(text, found, words, at)
            if length:
                kept += [text[end : found[at].start()], STRUCK]
                end = found[at + length - 1].end()
            at += length or 1
        return "".join([*kept, text[end:]])

    def _length_at(self, words, at):
        """Return how many words of a passage start at this word; 0 when none does."""
        for passage in self.by_start.get(words[at : at + FEWEST_WORDS], ()):
            if words[at : at + len(passage)] == passage:
                return len(passage)
        return 0

    def _cut_length_at(self, text, found, words, at):
        """Return how many words of a passage, the last perhaps in part, stand here before a cut."""
        for passage in self.by_start.get(words[at : at + FEWEST_WORDS], ()):
            for length in range(FEWEST_WORDS, min(len(passage), len(words) - at) + 1):
                last = at + length - 1
                is_whole = words[at:last] == passage[: length - 1]
                if not (is_whole and passage[length - 1].startswith(words[last])):
                    break
                if text[found[last].end() :].lstrip().startswith(CUT):
                    return length
        return 0


def _plain(word):
    return word.casefold().replace("’", "'")

"""Finding people in a text: names and contacts of participants, and small numbers of people of one group.

What it costs grows with the number of words and not with the number of people.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

WORD = re.compile(r"[^\W_]+")
WRITTEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # a word with its apostrophes
POSSESSIVE = re.compile(r"['’]s?\b(?!\w)")
APOSTROPHE = re.compile(r"['’]")
PART = 3  # letters of a part of a name that is looked for by itself
# Words of a name that are nobody's.
TITLES = {
    *("dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "rev", "reverend", "sir", "dame", "lady"),
    *("lord", "cllr", "councillor", "the", "and", "van", "von", "der", "den"),
}
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
AT, DOT = (rf"\s*(?:{sign}|[(\[]\s*{word}\s*[)\]])\s*" for sign, word in (("@", "at"), (r"\.", "dot")))
HAS_EMAIL = re.compile(AT, re.IGNORECASE)
PHONE = re.compile(r"(?:\+|\b)\d(?:[\s().\-–/]*\d){6,}")
ABROAD = re.compile(r"^(?:0044|44)0?")  # how a number of the UK begins abroad
SEVERAL = re.compile(r"[\n;,/]|\bor\b")  # between one way to reach somebody and the next
LINE = 3  # words of a line of a contact that is looked for, an address for example


class Rule(StrEnum):
    """In which way a text tells who somebody is."""

    NAME = "name"
    CONTACT = "contact"
    PART = "part"


@dataclass(frozen=True)
class Person:
    """A participant: ``key`` tells them apart, ``name`` and ``contact`` are as recorded, or empty."""

    key: int
    name: str
    contact: str = ""


def plain_words(text):
    """Return the words of a text as names are compared: no capitals, accents, apostrophes or possessives.

    >>> plain_words("Siobhán O’Brien's")
    ['siobhan', 'obrien']
    """
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in parts if not unicodedata.combining(letter))
    text = APOSTROPHE.sub("", POSSESSIVE.sub("", text))
    return WORD.findall(text.casefold())


class People:
    """The people to look for; ``find`` says whom a text tells of."""

    def __init__(self, people):
        self.names = {person.key: _name_words(person.name) for person in people}
        self.by_word, self.lines, self.phones, self.emails = defaultdict(set), defaultdict(set), [], []
        for person in people:
            for word in self.names[person.key]:
                self.by_word[word].add(person.key)
            for line in _lines(person.contact):
                self.lines[line[0]].add((tuple(line), person.key))
            for email in EMAIL.findall(person.contact):
                self.emails.append((_email_pattern(email), person.key))
            for phone in (PHONE.search(part) for part in SEVERAL.split(person.contact)):
                if phone:
                    self.phones.append((_digits(phone[0]), person.key))

    def find(self, text):
        """Return ``{(key of a person, Rule)}``: who is named in full, or perhaps meant, or how reached."""
        words = plain_words(text)
        found = {(key, Rule.CONTACT) for key in self._reached(text, words)}
        places = defaultdict(list)
        for at, word in enumerate(words):
            for key in self.by_word.get(word, ()):
                places[key].append(at)
        for key, at in places.items():
            if _is_whole(words, at):
                found.add((key, Rule.NAME))
            elif (key, Rule.CONTACT) not in found and self._is_part(key, [words[place] for place in at]):
                found.add((key, Rule.PART))
        return found

    def strike(self, text, struck):
        """Return a text with ``struck`` in place of names in full and contacts, and of any part of them.

        A text that holds neither is the very same, whatever parts of names it has.
        """
        told = {key for key, rule in self.find(text) if rule is not Rule.PART}
        if not told:
            return text
        for pattern in (pattern for pattern, key in self.emails if key in told):
            text = pattern.sub(struck, text)
        phones = [phone for phone, key in self.phones if key in told]
        text = PHONE.sub(lambda found: struck if _holds(_digits(found[0]), phones) else found[0], text)
        for line in (line for lines in self.lines.values() for line, key in lines if key in told):
            text = re.sub(r"\W+".join(map(re.escape, line)), struck, text, flags=re.IGNORECASE)
        names = set().union(*(self.names[key] for key in told))
        text = WRITTEN.sub(lambda found: struck if names & {*plain_words(found[0])} else found[0], text)
        return re.sub(rf"{re.escape(struck)}(?:[\s,]*{re.escape(struck)})+", struck, text)

    def _is_part(self, key, words):
        """Say whether words of somebody's name tell of them by themselves."""
        return len(self.names[key]) == 1 or any(len(word) >= PART for word in words)

    def _reached(self, text, words):
        """Yield the people whose address for mail, telephone number or other contact stands in a text."""
        if HAS_EMAIL.search(text):
            yield from (key for pattern, key in self.emails if pattern.search(text))
        for match in PHONE.finditer(text):
            digits = _digits(match[0])
            yield from (key for phone, key in self.phones if _holds(digits, [phone]))
        for at, word in enumerate(words):
            for line, key in self.lines.get(word, ()):
                if tuple(words[at : at + len(line)]) == line:
                    yield key


def _name_words(name):
    """Return the words by which a name is known: those of two letters or more that are no title.

    A name with an apostrophe is known without it, and by the longer of its pieces.
    """
    pieces = {word for word in plain_words(APOSTROPHE.sub(" ", name)) if len(word) > PART}
    return {word for word in {*plain_words(name), *pieces} if len(word) > 1 and word not in TITLES}


def _is_whole(words, at):
    """Say whether two different words of a name stand beside each other, an initial between them or not."""
    for first, second in pairwise(at):
        between = words[first + 1 : second]
        if words[first] != words[second] and (not between or [len(word) for word in between] == [1]):
            return True
    return False


def _lines(contact):
    """Return the words of each line of a contact that is neither a telephone number nor one for mail."""
    lines = (PHONE.sub(" ", EMAIL.sub(" ", line)) for line in re.split(r"[\n;]", contact))
    return [words for words in map(plain_words, lines) if len(words) >= LINE]


def _email_pattern(email):
    """Return what finds an address for mail in any spacing, and no longer one that ends with it."""
    name, _, place = email.partition("@")
    parts = AT.join(DOT.join(map(re.escape, part.split("."))) for part in (name, place))
    return re.compile(rf"(?<![\w.+-]){parts}(?!\w)", re.IGNORECASE)


def _holds(digits, phones):
    return any(phone in digits for phone in phones)


def _digits(phone):
    """Return a telephone number as digits alone, one of the UK as it is dialled there."""
    digits = re.sub(r"\D", "", phone.replace("(0)", ""))
    return ABROAD.sub("0", digits) if phone.strip().startswith(("+44", "0044")) else digits


SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
SMALL = frozenset(["1", "2", "3", "4", "one", "two", "three", "four"])


class Groups:
    """Groups of people by name; ``find`` says of which a text gives a number under five.

    ``groups`` are ``(name, words that stand for it, how near)``: the words that may stand between it and a
    number in one sentence, None for any.
    """

    def __init__(self, groups):
        self.by_word = defaultdict(list)
        for name, phrases, near in groups:
            for words in map(tuple, map(plain_words, phrases)):
                if words:
                    self.by_word[words[0]].append((words, name, near))

    def find(self, text):
        """Return the names of groups of which a sentence of a text says that they are one to four."""
        return {
            name for sentence in SENTENCE_END.split(text) for name in self._counted(plain_words(sentence))
        }

    def _counted(self, words):
        numbers = [at for at, word in enumerate(words) if word in SMALL]
        for at, word in enumerate(words if numbers else ()):
            for phrase, name, near in self.by_word.get(word, ()):
                end = at + len(phrase)
                if tuple(words[at:end]) == phrase and _is_near(numbers, at, end, near):
                    yield name


def _is_near(numbers, start, end, near):
    """Say whether a number stands near the words from ``start`` to ``end``."""
    return near is None or any(start - near <= at + 1 and at <= end + near for at in numbers)

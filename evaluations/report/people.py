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
WRITTEN = re.compile(r"[^\W_]+(?:['’ʼ‘´`][^\W_]+)*")  # a word with its apostrophes
APOSTROPHE = re.compile(r"['’ʼ‘´`]")
POSSESSIVE = re.compile(r"'s?\b(?!\w)")
UNSEEN = "Cf"  # letters that nobody sees: soft hyphens, spaces without width, marks of direction
MARKS = ("Mn", "Me")
# Letters that are no other letter with a mark.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"}
)
# Cyrillic and Greek letters, small and capital ones alike, that read as Latin ones: the plain pairs of
# https://www.unicode.org/Public/security/latest/confusables.txt (UTS 39), and γ, ν, υ as small letters only.
LETTERS |= str.maketrans("авеікмнорстухьѕјһӏԁԛԝѵүҽг", "abeikmhopctyxbsjhldqwvyer")
LETTERS |= str.maketrans("αβγεζηικμνορτυχϳɑɡ", "abyezhikmvoptuxjag")
PART = 3  # letters of a part of a name that is looked for by itself, whatever its capitals
SHORT = re.compile(r"\b[^\W\d_]{2}\b")  # a part of two letters is looked for with a capital
# How a name may begin that is also known without it, and words of a name that are nobody's.
TITLES = {
    *("dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "rev", "reverend", "sir", "dame", "lady"),
    *("lord", "cllr", "councillor"),
}
NOBODYS = {"the", "and", "van", "von", "der", "den"}
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
GAP = r"\s{0,3}"  # no longer: what has no end is looked through again from every space of a long run
AT, DOT = (
    rf"{GAP}(?:{sign}|[(\[]{GAP}{word}{GAP}[)\]]){GAP}" for sign, word in (("@", "at"), (r"\.", "dot"))
)
HAS_EMAIL = re.compile(AT, re.IGNORECASE)
PHONE = re.compile(r"(?:\+|(?<!\d))\d(?:[\s().\-‐‑–_/]{0,4}\d){6,}")
SAME_DIGITS = 10  # the last ones of a telephone number, which are the same from home and from abroad
HANDLE = re.compile(r"(?<![\w.])@(\w[\w.]*\w)")
SEVERAL = re.compile(r"[\n;,/]|\bor\b")  # between one way to reach somebody and the next
LINE = 3  # words of a line of a contact that tells how to reach somebody, an address for example
TELLING = 5  # letters of a word in a shorter one, which only may


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

    Letters of other scripts that read as Latin ones count as these.

    >>> plain_words("Siobhán O’Brien's")
    ['siobhan', 'obrien']
    """
    text = APOSTROPHE.sub("'", text)
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in parts if unicodedata.category(letter) not in (UNSEEN, *MARKS))
    text = text.casefold().translate(LETTERS)
    return WORD.findall(POSSESSIVE.sub("", text).replace("'", ""))


class People:
    """The people to look for; ``find`` says whom a text tells of."""

    def __init__(self, people):
        self.names = {person.key: _name_words(person.name) for person in people}
        self.titles = {person.key: _title(person.name) for person in people}
        self.by_word, self.lines, self.phones, self.addresses = defaultdict(set), defaultdict(set), [], []
        for person in people:
            for word in self.names[person.key]:
                self.by_word[word].add(person.key)
            for line, rule in _lines(person.contact):
                self.lines[line[0]].add((line, person.key, rule))
            for pattern in _address_patterns(person.contact):
                self.addresses.append((pattern, person.key))
            for phone in (PHONE.search(part) for part in SEVERAL.split(person.contact)):
                if phone:
                    self.phones.append((_as_dialled(phone[0]), person.key))

    def find(self, text):
        """Return ``{(key of a person, Rule)}``: who is named in full, or perhaps meant, or how reached."""
        text = _seen(text)
        words = plain_words(text)
        short = {word.casefold() for word in SHORT.findall(text) if word[0].isupper()}
        found = {*self._reached(text), *self._on_a_line(words), *self._named(words, short)}
        sure = {key for key, rule in found if rule is not Rule.PART}
        return {(key, rule) for key, rule in found if rule is not Rule.PART or key not in sure}

    def _named(self, words, short):
        """Yield whose names, or parts of them, are among the words; ``short`` ones are parts."""
        places = defaultdict(list)
        for at, word in enumerate(words):
            for key in self.by_word.get(word) or self.by_word.get(word.removesuffix("s"), ()):
                places[key].append(at)
        for key, at in places.items():
            if _is_whole(words, at):
                yield key, Rule.NAME
            elif self._is_part(key, [words[place] for place in at], short):
                yield key, Rule.PART

    def strike(self, text, struck, *, parts=False):
        """Return a text with ``struck`` in place of names in full and contacts, and of any part of them.

        A text that holds neither is the very same, whatever parts of names it has; with ``parts``, these go
        as well where they are written with a capital.
        """
        found = self.find(text)
        told = {key for key, rule in found if rule is not Rule.PART}
        meant = {key for key, _ in found} - told if parts else set()
        if not told and not meant:
            return text
        text = _seen(text)
        for pattern in (pattern for pattern, key in self.addresses if key in told):
            text = pattern.sub(struck, text)
        phones = [phone for phone, key in self.phones if key in told]
        text = PHONE.sub(lambda found: struck if _holds(_digits(found[0]), phones) else found[0], text)
        for line in (line for lines in self.lines.values() for line, key, _ in lines if key in told):
            text = re.sub(r"\W+".join(map(re.escape, line)), struck, text, flags=re.IGNORECASE)
        names, hints = (set().union(*(self.names[key] for key in keys)) for keys in (told, meant))

        def without(match):
            words = {*plain_words(match[0])}
            return struck if names & words or (match[0][0].isupper() and hints & words) else match[0]

        text = WRITTEN.sub(without, text)
        return re.sub(rf"{re.escape(struck)}(?:[\s,]*{re.escape(struck)})+", struck, text)

    def _is_part(self, key, words, short):
        """Say whether words of somebody's name, but its title, tell of them by themselves."""
        words = [word for word in words if word != self.titles[key]]
        return len(self.names[key]) == 1 or any(len(word) >= PART or word in short for word in words)

    def _reached(self, text):
        """Yield the people whose address for mail, handle or telephone number stands in a text."""
        if HAS_EMAIL.search(text):
            yield from ((key, Rule.CONTACT) for pattern, key in self.addresses if pattern.search(text))
        for match in PHONE.finditer(text):
            digits = _digits(match[0])
            yield from ((key, Rule.CONTACT) for phone, key in self.phones if phone in digits)

    def _on_a_line(self, words):
        """Yield the people of whose contact a whole line stands among the words of a text."""
        for at, word in enumerate(words):
            for line, key, rule in self.lines.get(word, ()):
                if tuple(words[at : at + len(line)]) == line:
                    yield key, rule


def _seen(text):
    """Return a text without the letters that nobody sees, which would part its words."""
    if text.isascii():
        return text
    seen = (letter for letter in text if unicodedata.category(letter) != UNSEEN)
    return unicodedata.normalize("NFC", "".join(seen))


def _name_words(name):
    """Return the words by which a name is known: of two letters or more, without titles before it.

    A title stays where less than two words would. A name with an apostrophe is known without it, and by the
    longer of its pieces.
    """
    pieces = [word for word in plain_words(APOSTROPHE.sub(" ", name)) if len(word) > PART]
    return {*_without_titles(plain_words(name)), *_without_titles(pieces)}


def _without_titles(words):
    words = [word for word in words if len(word) > 1 and word not in NOBODYS]
    while len(words) > 2 and words[0] in TITLES:
        words = words[1:]
    return words


def _title(name):
    """Return the title that a name begins with, nothing for one that begins with none."""
    first = plain_words(name)[:1]
    return first[0] if first and first[0] in TITLES else ""


def _is_whole(words, at):
    """Say whether two different words of a name stand beside each other, an initial between them or not."""
    for first, second in pairwise(at):
        between = words[first + 1 : second]
        if words[first] != words[second] and (not between or [len(word) for word in between] == [1]):
            return True
    return False


def _lines(contact):
    """Yield ``(words, Rule)`` for what of a contact is looked for as it stands.

    Each line that is neither a telephone number nor an address for mail; a handle also without its sign. One
    of two words or fewer may be anybody's.
    """
    for line in re.split(r"[\n;]", contact):
        words = plain_words(PHONE.sub(" ", EMAIL.sub(" ", line)))
        if len(words) >= LINE:
            yield tuple(words), Rule.CONTACT
        elif words == plain_words(line) and _is_telling(words):
            yield tuple(words), Rule.PART
    for handle in map(plain_words, HANDLE.findall(contact)):
        if _is_telling(handle):
            yield tuple(handle), Rule.CONTACT


def _is_telling(words):
    return any(len(word) >= TELLING and not word.isdigit() for word in words)


def _address_patterns(contact):
    """Return what finds the addresses for mail and the handles of a contact."""
    handles = [rf"(?<![\w.])@\s*{re.escape(handle)}(?!\w)" for handle in HANDLE.findall(contact)]
    signed = [re.compile(handle, re.IGNORECASE) for handle in handles]
    return [*map(_email_pattern, EMAIL.findall(contact)), *signed]


def _email_pattern(email):
    """Return what finds an address for mail in any spacing, and no longer one that ends with it."""
    name, _, place = email.partition("@")
    parts = AT.join(DOT.join(map(re.escape, part.split("."))) for part in (name, place))
    return re.compile(rf"(?<![\w.+-]){parts}(?!\w)", re.IGNORECASE)


def _holds(digits, phones):
    return any(phone in digits for phone in phones)


def _digits(phone):
    """Return a telephone number as digits alone."""
    return re.sub(r"\D", "", phone.replace("(0)", ""))


def _as_dialled(phone):
    """Return the digits of a telephone number that are the same from home and from abroad."""
    return _digits(phone)[-SAME_DIGITS:].removeprefix("0")


SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
SMALL = frozenset(["1", "2", "3", "4", "one", "two", "three", "four"])
# A count of what the evaluation found, as "3 of 8 achievements", which tells nothing of people.
NUMBER = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
FOUND = r"(?:achievement|barrier|finding|recommendation|ambition|gap)s?"
COUNTED = re.compile(rf"\b{NUMBER}(?:\s+of\s+(?:the\s+)?{NUMBER})?\s+{FOUND}\b", re.IGNORECASE)


class Groups:
    """Groups of people by name; ``find`` says of which a text gives a number under five.

    ``groups`` are ``(name, words that stand for it, how near)``: the words that may stand between it and a
    number in one sentence, None for any. ``things`` are names that hold such words and mean nobody by them.
    """

    def __init__(self, groups, things=()):
        self.by_word = defaultdict(list)
        for name, phrases, near in groups:
            for words in map(tuple, map(plain_words, phrases)):
                if words:
                    self.by_word[words[0]].append((words, name, near))
        meant = {words for groups in self.by_word.values() for words, _, _ in groups}
        others = (name for name in things if tuple(plain_words(name)) not in {(), *meant})
        patterns = (r"\s+".join(map(re.escape, name.split())) for name in others)
        self.apart = [COUNTED, *(re.compile(rf"(?<!\w){one}(?!\w)", re.IGNORECASE) for one in patterns)]

    def find(self, text):
        """Return ``{name of a group: the first sentence of a text that says they are one to four}``."""
        found = {}
        for sentence in SENTENCE_END.split(text):
            for name in self._counted(plain_words(self._of_people(sentence))):
                found.setdefault(name, sentence.strip())
        return found

    def _of_people(self, sentence):
        """Return a sentence without counts of findings and without names of things."""
        for pattern in self.apart:
            sentence = pattern.sub(" ", sentence)
        return sentence

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

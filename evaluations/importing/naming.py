"""What words of a file name: a column by its heading, a sheet, a choice, conditions."""

import re
import unicodedata
from functools import cache

from .columns import COLUMNS, CONDITIONS, SheetKind

# Other words for what may stand in a column; the 2023 report's headings among them.
SYNONYMS = {
    "policy": "policies",
    "policy governance": "policies",
    "policy and governance": "policies",
    "practice": "practices",
    "resource": "resources",
    "resources": "resources",
    "resource people knowledge": "resources",
    "relationships": "relationships",
    "relationships and connections": "relationships",
    "power": "power",
    "mental model": "mental_models",
    "outcomes": "outcome",
    "assets": "asset",
    "systems change": "system_change",
    "system changes": "system_change",
    "enabler": "achievement",
    "achievements": "achievement",
    "achievements and enablers": "achievement",
    "barriers": "barrier",
    "to do": "barrier",
    "remaining to be done": "barrier",
    "yes": "yes",
    "ask first": "ask_first",
    "no": "no",
    "activities": "activities",
    "gap": "gaps",
    "next step": "next_steps",
    "face to face": "in_person",
    "phone": "phone",
    "telephone": "phone",
    "video": "video",
    "online": "video",
    "one to one": "one_to_one",
    "1 1": "one_to_one",
    "ready": "ready",
    "sector": "sector",
}


def key(text):
    """Return a text as it is compared: lower case, letters and figures only, single spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"[^\W_]+", plain))


def choice(choices, text):
    """Return the value that a text names among ``choices``: by value, label or synonym; None for none."""
    return _named(choices).get(key(text))


def conditions_in(text, headings):
    """Return ``(conditions, unknown)``: those that a text names, in the model's order, and what names none.

    They stand with commas, semicolons or line breaks between; ``headings`` are an evaluation's own words for
    them, by condition, and may hold commas themselves.

    >>> conditions_in("Power; Resources (people, money), weather", {"resources": "Resources (people, money)"})
    (['resources', 'power'], ['weather'])
    """
    named = _named(CONDITIONS) | {key(wording): condition for condition, wording in headings.items()}
    pieces = [piece.strip() for piece in re.split(r"[,;\n]", text) if key(piece)]
    found, unknown = set(), []
    while pieces:
        ends = range(len(pieces), 0, -1)
        end = next((end for end in ends if key(" ".join(pieces[:end])) in named), None)
        if end is None:
            unknown.append(pieces[0])
        else:
            found.add(named[key(" ".join(pieces[:end]))])
        pieces = pieces[end or 1 :]
    return [condition for condition, _ in CONDITIONS if condition in found], unknown


@cache
def _named(choices):
    """Return the values among ``choices`` by every word that names them, as it is compared."""
    values = {value for value, _ in choices}
    named = {word: value for word, value in SYNONYMS.items() if value in values}
    for value, label in reversed(choices):
        named |= {key(value): value, key(label): value}
    return named


def guess_columns(kind, headings):
    """Return ``{column's name: index}`` for the headings of a file that name a column, each used once.

    >>> guess_columns(SheetKind.FINDINGS, ["Theme", "Finding"])
    {'condition': 0, 'text': 1}
    """
    keys = [key(heading) for heading in headings]
    found = {}
    for names in (lambda column: [column.label], lambda column: [column.name, *column.words]):
        for column in COLUMNS[kind]:
            wanted = {key(name) for name in names(column)}
            free = [at for at, word in enumerate(keys) if word in wanted and at not in found.values()]
            if column.name not in found and free:
                found[column.name] = free[0]
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def guess_kind(title, headings):
    """Return what a sheet most likely holds, by its name and its headings; None when nothing fits."""
    for kind in SheetKind:
        if key(title) == kind.value and guess_columns(kind, headings):
            return kind
    best = max(SheetKind, key=lambda kind: _fit(kind, headings))
    return best if _fit(best, headings) >= 2 else None


def _fit(kind, headings):
    return len(guess_columns(kind, headings))

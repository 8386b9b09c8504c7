"""The summary for parents as it is drafted from the data: one page of plain English."""

import re

from evaluations.analysis.sentences import listed
from evaluations.conditions import Condition, Kind
from evaluations.models import Lasting, Response, Status
from evaluations.report.prose import literal
from evaluations.report.words import number_of

LOOKED, CHANGED, TO_DO = "What was looked at", "What has changed", "What still needs to be done"
NEXT, PROMISED, THANKS = "What happens next", "What was promised", "Thank you"
SIX = "The report asks what has changed{}. It looks at six things:"
THANK_YOU = "Thank you to every parent, and to everybody else, who shared what they know."
AGREED = (Response.ACCEPTED, Response.PARTLY)
# So that all of it stays on one page: words for each list, and how many items it has at most.
CHANGED_WORDS, TO_DO_WORDS, NEXT_WORDS, MOST = 80, 50, 50, 4
SHORT_FORM = re.compile("[A-Z]{2,}")


def drafted_summary(data):
    """Return the drafted summary as one prose text; nothing while there is nothing to tell."""
    parts = [
        (CHANGED, _lasts(data), _fitting(data.texts(Kind.ACHIEVEMENT), CHANGED_WORDS)),
        (TO_DO, "", _fitting(data.texts(Kind.BARRIER), TO_DO_WORDS)),
        _planned(data),
    ]
    told = [_part(heading, opening, items) for heading, opening, items in parts if items]
    if not told:
        return ""
    return _explained("\n\n".join([_looked(data), *told, f"## {THANKS}", THANK_YOU]), data)


def _looked(data):
    names = listed([literal(row.name) for row in data.rows])
    evaluation = data.evaluation
    short = f" ({literal(evaluation.programme_short)})" if evaluation.programme_short else ""
    opening = (
        f"This page sums up a report about {names}: a part of what {literal(evaluation.programme)}{short} "
        f"leaves behind. {data.programme_end}"
    )
    asks = SIX.format(", and whether it will last" if _judged(data) else "")
    six = "; ".join(_lower(condition.in_everyday_words) for condition in Condition)
    return f"## {LOOKED}\n\n{opening.strip()} {asks} {six}."


def _judged(data):
    """Return the strands from interviews of which it was judged whether something will last."""
    return [part.lasting for part in data.strands if part.from_interviews and part.is_judged]


def _lasts(data):
    """Return in a sentence how many of the changes will last; nothing where nobody judged that."""
    judged = _judged(data)
    if not judged:
        return ""
    counts = {
        lasting: sum(row.total for part in judged for row in part.rows if row.lasting == lasting)
        for lasting in Lasting
    }
    words = {
        Lasting.EMBEDDED: "made to last",
        Lasting.AT_RISK: "at risk",
        Lasting.ENDS: "over with the programme" if data.has_ended else "going to end with the programme",
        Lasting.NOT_JUDGED: "not yet judged",
    }
    told = [
        f"{counts[lasting]} {'is' if counts[lasting] == 1 else 'are'} {text}"
        for lasting, text in words.items()
        if counts[lasting]
    ]
    total = sum(counts.values())
    return f"Of {number_of(total, 'change')} that the report found, {listed(told)}. Among them:"


def _planned(data):
    """Return what comes next, as ``(heading, opening, titles)``: what was agreed, or else what was asked for.

    What was agreed before the programme ended is told as what was promised.
    """
    open_ones = [row for row in data.recommendations if row.status != Status.NOT_APPLICABLE]
    agreed = [row.title for row in open_ones if row.is_committed or row.response in AGREED]
    name = literal(data.evaluation.programme_name)
    if agreed and data.has_ended:
        return _counted(PROMISED, f"{name} said that it would do {{}}", agreed)
    if agreed:
        return _counted(NEXT, f"{name} has said that it will do {{}}", agreed)
    asked = [row.title for row in open_ones if row.response == Response.NONE]
    return _counted(NEXT, "The people who wrote the report ask for {}", asked)


def _counted(heading, opening, titles):
    """Return a part whose opening says whether all titles follow, or how many there are."""
    fitting = _fitting(titles, NEXT_WORDS)
    whole = len(fitting) == len(titles)
    said = opening.format("this" if whole else f"{len(titles)} things")
    return heading, f"{said}:" if whole else f"{said}, among them:", fitting


def _explained(text, data):
    """Return a text in which each short form of the glossary is written out where it first stands."""
    for short, long in data.evaluation.glossary.items():
        if SHORT_FORM.fullmatch(short) and f"({short})" not in text:
            text = re.sub(
                rf"\b{short}(s?)\b",
                lambda at, s=short, w=long: f"{literal(w)}{at[1]} ({s}{at[1]})",
                text,
                count=1,
            )
    return text


def _fitting(texts, words):
    """Return the first texts that fit into so many words; longer ones are passed over."""
    found = []
    for text in texts:
        length = len(text.split())
        if length <= words:
            found.append(text)
            words -= length
        if len(found) == MOST:
            break
    return found


def _part(heading, opening, items):
    lines = "\n".join(f"- {literal(item)}" for item in items)
    return "\n\n".join(part for part in (f"## {heading}", opening, lines) if part)


def _lower(text):
    return text[0].lower() + text[1:]

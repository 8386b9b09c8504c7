"""The summary for parents as it is drafted from the data: one page of plain English."""

from itertools import chain, zip_longest

from evaluations.analysis.sentences import listed
from evaluations.conditions import Condition, Kind
from evaluations.models import Response, Status
from evaluations.report.prose import literal

LOOKED, CHANGED, TO_DO = "What was looked at", "What has changed", "What still needs to be done"
NEXT, THANKS = "What happens next", "Thank you"
SIX = "The report asks what has changed, and whether it will last. It looks at six things:"
THANK_YOU = "Thank you to every parent, and to everybody else, who shared what they know."
AGREED = (Response.ACCEPTED, Response.PARTLY)
# So that all of it stays on one page: words for each list, and how many items it has at most.
CHANGED_WORDS, TO_DO_WORDS, NEXT_WORDS, MOST = 80, 50, 50, 4


def drafted_summary(data):
    """Return the drafted summary as one prose text; nothing while there is nothing to tell."""
    opening, planned = _planned(data)
    parts = [
        (CHANGED, "", _fitting(_findings(data, Kind.ACHIEVEMENT), CHANGED_WORDS)),
        (TO_DO, "", _fitting(_findings(data, Kind.BARRIER), TO_DO_WORDS)),
        (NEXT, opening, _fitting(planned, NEXT_WORDS)),
    ]
    told = [_part(heading, opening, items) for heading, opening, items in parts if items]
    return "\n\n".join([_looked(data), *told, f"## {THANKS}", THANK_YOU]) if told else ""


def _looked(data):
    names = listed([literal(part.row.name) for part in data.strands])
    opening = (
        f"This page sums up a report about {names}: a part of what {literal(data.evaluation.programme)} "
        f"leaves behind. {data.programme_end}"
    )
    six = "; ".join(_lower(condition.in_everyday_words) for condition in Condition)
    return f"## {LOOKED}\n\n{opening.strip()} {SIX} {six}."


def _findings(data, kind):
    """Return findings in their own words, one of each condition in turn, so that all six are heard."""
    strands = [part for part in data.strands if part.from_interviews] or data.strands
    cells = [
        [finding.text for finding in cell.findings] for part in strands for cell in part.matrices[kind].cells
    ]
    return [text for text in chain.from_iterable(zip_longest(*cells)) if text]


def _planned(data):
    """Return who says what comes next, and the titles: what was agreed, or else what was recommended."""
    open_ones = [shown.row for shown in data.recommendations if shown.row.status != Status.NOT_APPLICABLE]
    agreed = [row.title for row in open_ones if row.is_committed or row.response in AGREED]
    if agreed:
        return f"{literal(data.evaluation.programme_name)} has said what it will do:", agreed
    asked = [row.title for row in open_ones if row.response == Response.NONE]
    return "The people who wrote the report ask for this:", asked


def _fitting(texts, words):
    """Return the first texts that fit into so many words; longer ones are passed over."""
    found = []
    for text in texts:
        length = len(text.split())
        if length <= words and len(found) < MOST:
            found.append(text)
            words -= length
    return found


def _part(heading, opening, items):
    lines = "\n".join(f"- {literal(item)}" for item in items)
    return "\n\n".join(part for part in (f"## {heading}", opening, lines) if part)


def _lower(text):
    return text[0].lower() + text[1:]

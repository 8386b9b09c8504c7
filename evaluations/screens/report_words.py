"""The prose of each section as it is drafted from the data, with simple formatting as people type it.

Of strands that do not come from interviews nothing is said but what people wrote.
"""

from evaluations.analysis.sentences import listed, read
from evaluations.conditions import Kind
from evaluations.models import Response, SectionKey
from evaluations.report.prose import literal
from evaluations.report.words import number_of

from .report_method import drafted_method
from .report_summary import drafted_summary

THEORY = (
    "The Water of Systems Change (FSG, 2018) holds that change lasts when it reaches the six conditions that "
    "hold a problem in place. Three of them are tangible and three are intangible; the latter are harder to "
    "see and to shift, and they decide whether the others last."
)
FIGURE = (
    "The figure shows the six as this evaluation words them: the tangible ones above the waterline, the "
    "intangible ones below it."
)
OBJECTIVES = "The objectives of the evaluation:"
HEARD = (
    "What the evaluators make of what they heard, theme by theme. Quotations are word for word and stand "
    "here only where they may be shown."
)
ON_MODEL = "What the evaluators make of the model itself, after working with it."
THANKS = "The evaluators thank everybody who gave time and thought to this evaluation. They came from:"
GLOSSARY = "Short forms and words that this report uses:"


def drafted(data, key):
    """Return the drafted prose of a section; nothing where the data has nothing to say."""
    return _DRAFTS[key](data)


def _introduction(data):
    evaluation = data.evaluation
    opening = evaluation.introduction or (
        f"This evaluation road-tests the legacy plan of {literal(evaluation.programme)}: what was achieved "
        "and will it last, what stands in the way, and what should be done next."
    )
    names = listed([literal(row.name) for row in data.rows]) if data.rows else ""
    about = f"This report is about {names}." if names else ""
    return _paragraphs(opening, f"{about} {data.programme_end}".strip())


def _objectives(data):
    items = [f"- {literal(objective)}" for objective in data.objectives]
    return _paragraphs(OBJECTIVES, "\n".join(items)) if items else ""


def _about_model(data):
    return _paragraphs(data.evaluation.about_model or THEORY, FIGURE)


def _achievements(data):
    judged = [part for part in data.strands if part.from_interviews and part.is_judged]
    return _paragraphs(_found(data, Kind.ACHIEVEMENT), *(_lasting(part, data) for part in judged))


def _lasting(part, data):
    """Return what was judged of a strand's achievements; among several strands it is named."""
    words = part.lasting.reading(ended=data.has_ended)
    return f"{literal(part.row.name)}: {_lower(words)}" if len(data.rows) > 1 else words


def _remaining(data):
    return _found(data, Kind.BARRIER)


def _found(data, kind):
    """Return how many findings of a kind there are in each strand from interviews, and where they lie."""
    strands = [strand for strand in data.comparison.strands if strand.from_interviews and strand.total(kind)]
    if not strands:
        return ""
    counts = [f"{number_of(strand.total(kind), kind.value)} in {literal(strand.name)}" for strand in strands]
    return f"The evaluators found {listed(counts)}. {literal(read(strands, kind))}"


def _recommendations(data):
    if not data.recommendations:
        return ""
    name = literal(data.evaluation.programme_name)
    parts = []
    if data.committed:
        parts.append(f"{name} committed to {number_of(len(data.committed), 'recommendation')}")
    if data.added:
        added = number_of(len(data.added), "recommendation")
        parts.append(f"the evaluators added {len(data.added) if parts else added}")
    opening = f"{', and '.join(parts)}."
    return _paragraphs(opening[0].upper() + opening[1:], _responses(data, name))


def _responses(data, name):
    """Return how the programme answered what the evaluators added; nothing before its first answer."""
    words = {
        Response.ACCEPTED: "accepted {}",
        Response.PARTLY: "accepted {} in part",
        Response.NOT_ACCEPTED: "did not accept {}",
        Response.NONE: "has not answered {} yet",
    }
    given = [Response(row.response) for row in data.added]
    if set(given) <= {Response.NONE}:
        return ""
    told = [text.format(given.count(response)) for response, text in words.items() if response in given]
    return f"Of those that the evaluators added, {name} {listed(told)}."


def _lower(text):
    return text[0].lower() + text[1:]


def _paragraphs(*texts):
    return "\n\n".join(text for text in texts if text)


_DRAFTS = {
    SectionKey.INTRODUCTION: _introduction,
    SectionKey.OBJECTIVES: _objectives,
    SectionKey.ABOUT_MODEL: _about_model,
    SectionKey.REFLECTIONS: lambda data: HEARD if data.heard else "",
    SectionKey.ACHIEVEMENTS: _achievements,
    SectionKey.REMAINING: _remaining,
    SectionKey.RECOMMENDATIONS: _recommendations,
    SectionKey.MODEL_REFLECTIONS: lambda data: ON_MODEL if data.on_model else "",
    SectionKey.ACKNOWLEDGEMENTS: lambda data: THANKS if data.organisations else "",
    SectionKey.METHOD: drafted_method,
    SectionKey.GLOSSARY: lambda data: GLOSSARY if data.evaluation.glossary else "",
    SectionKey.SUMMARY: drafted_summary,
}

"""What the data knows of how the work was done: the drafted method, and items of the COREQ checklist.

Numbers of interviews are of those that are recorded and were held; without one, nothing is said of them.
"""

from evaluations.analysis.agreement import confusion
from evaluations.analysis.sentences import listed
from evaluations.models import Mode, Sector, Setting
from evaluations.report.blocks import Paragraph
from evaluations.report.prose import blocks_of
from evaluations.report.words import months, number_of

SECTORS = {
    Sector.PROGRAMME: "the programme",
    Sector.LOCAL_GOVERNMENT: "local government",
    Sector.HEALTH: "health",
    Sector.PARENT: "parents",
    Sector.VOLUNTARY: "voluntary organisations",
    Sector.UNIVERSITY: "universities",
    Sector.OTHER: "elsewhere",
}
SETTINGS = {Setting.ONE_TO_ONE: "one-to-one", Setting.GROUP: "with a group"}
MODES = {Mode.IN_PERSON: "in person", Mode.PHONE: "by phone", Mode.VIDEO: "by video"}
CODES = "The six conditions of the model; under each, achievements, barriers and suggestions."
THEMES = "The conditions were set beforehand by the model; findings under them come from what was said."
PARAGRAPH = "\n\n"
SHOWN = (
    "A quotation from an interview is shown where those who spoke allow it, and names nobody who did not "
    "agree to be named; one that was published before is shown with its publication."
)
MATRICES = "Every finding stands in its matrix, under its condition."
APPROACH = "The Water of Systems Change (FSG, 2018): six conditions, tangible and intangible."


def drafted_method(data):
    """Return the drafted prose of the method; the software ends it, in no paragraph of its own."""
    known = (sample(data), interviews(data), guide(data), coding(data))
    text = "\n\n".join(words for words in (data.evaluation.method, *known) if words)
    ends_in_words = isinstance(blocks_of(text)[-1], Paragraph) if text else False
    return f"{text}{' ' if ends_in_words else PARAGRAPH}{software(data)}".strip()


def sample(data):
    """Return how many people were interviewed, and from where; small groups are told together."""
    people = data.sample
    if not people.total:
        return ""
    verb = "was" if people.total == 1 else "were"
    opening = f"{number_of(people.total, 'participant')} {verb} interviewed"
    if people.is_too_small:
        return f"{opening}."
    names = listed([SECTORS[sector] for sector in Sector if sector in dict(people.masked)])
    if not people.shown:
        return f"{opening}, from {names}."
    told = [f"{number} from {SECTORS[sector]}" for sector, number in people.shown]
    if not people.masked:
        return f"{opening}: {listed(told)}."
    told.append(f"{people.together} from {names}")
    small = "The last are counted together, so that nobody can be told apart in a small group."
    return f"{opening}: {'; '.join(told)}. {small}"


def interviews(data):
    """Return how many interviews were held, when and in which manner."""
    facts = data.fieldwork
    if not facts.interviews:
        return ""
    when = months(facts.first, facts.last)
    verb = "was" if facts.interviews == 1 else "were"
    opening = f"{number_of(facts.interviews, 'interview')} {verb} held, {when}"
    return f"{opening}: {'; '.join(manners(data))}."


def manners(data):
    """Return in which settings and manners interviews were held, each with its numbers."""
    facts = data.fieldwork
    settings = [f"{number} {SETTINGS[setting]}" for setting, number in facts.settings.items()]
    modes = [f"{number} {MODES[mode]}" for mode, number in facts.modes.items()]
    return [listed(parts) for parts in (settings, modes) if parts]


def guide(data):
    """Return how many questions the guide has under each condition."""
    questions = data.fieldwork.questions
    if not questions:
        return ""
    opening = f"The interview guide has {number_of(sum(questions.values()), 'question')}"
    if len(set(questions.values())) == 1 and len(questions) == len(data.headings):
        return f"{opening}, {next(iter(questions.values()))} on each of the six conditions."
    told = [f"{number} on {condition.label.lower()}" for condition, number in questions.items()]
    return f"{opening}: {listed(told)}."


def coding(data):
    """Return how many evaluators coded, and how far two agreed where one coded again."""
    facts = data.coding
    if not facts.coders:
        return ""
    opening = f"What was said was coded by {number_of(facts.coders, 'evaluator')}."
    if not facts.second_codings:
        return opening
    verb = "was" if facts.second_codings == 1 else "were"
    again = (
        f"{number_of(facts.second_codings, 'interview')} {verb} coded again by a second evaluator, who did "
        "not see the first one’s codes."
    )
    return f"{opening} {again} {confusion(facts.units).sentence}"


def software(data):
    """Return which software was used."""
    done = "coded and laid out" if data.coding.coders else "laid out"
    return f"Findings were {done} with the software Waterline."


def known_of_coreq(data):
    """Return what the data says of items of the COREQ checklist, by number."""
    facts = data.fieldwork
    known = {
        1: f"Evaluators: {listed(data.evaluators)}." if data.evaluators else "",
        9: APPROACH,
        12: f"{number_of(data.sample.total, 'participant')}." if data.sample.total else "",
        14: f"{'; '.join(manners(data)).capitalize()}." if facts.interviews else "",
        16: " ".join(part for part in (sample(data), interviews(data)) if part),
        17: guide(data),
        24: coding(data),
        25: CODES if data.coding.coders else "",
        26: THEMES if data.coding.coders else "",
        27: software(data),
        29: SHOWN,
        31: MATRICES,
    }
    return {number: words for number, words in known.items() if words}

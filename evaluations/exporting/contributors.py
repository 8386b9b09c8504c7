"""A sheet for one contributor: a letter with their own words, and room to say yes or no to each."""

from evaluations.report.blocks import Document, Heading, Note, Paragraph, Quote, Run, Section
from evaluations.report.words import MADE_UP, day

from .report import FORMATS, report_file

__all__ = ["FORMATS", "contributor_file"]

TITLE = "What we heard from you: may we quote this?"
ANSWER = "May we quote this?\u2003☐ Yes\u2003☐ No"
# What the letter says by the consent that was given: why it comes, and what silence means.
LETTERS = {
    "yes": (
        "You said that we may quote you. Please read your words before they are used. Say no to what you "
        "would rather not see in print, and put right what we misheard.",
        "If we hear nothing, what you agreed to stands.",
    ),
    "ask_first": (
        "You asked to see your words before they are used. Please say for each passage whether we may quote "
        "it, and put right what we misheard.",
        "If we hear nothing, we quote none of it.",
    ),
    "no": (
        "You told us not to quote you, and we do not. These are the passages that we noted, so that you know "
        "what we heard. Only if you have changed your mind about one, say yes to it.",
        "If we hear nothing, we quote none of it.",
    ),
    "not_recorded": (
        "We have not noted whether we may quote you, so none of this was used. Please say for each passage "
        "whether we may quote it, and put right what we misheard.",
        "If we hear nothing, we quote none of it.",
    ),
}
SHARED = (
    "This was said in a conversation that you took part in. We did not note by whom, so we ask everybody who "
    "was there. We quote it only if nobody says no."
)
HOW = (
    "Tick an answer beside each passage and send this sheet back to whoever sent it to you, or answer in a "
    "message with the number of each passage. You need not give a reason."
)


def contributor_file(sheet, format, *, on):
    """Return a ``screens.contributors.ContributorSheet`` in one of ``FORMATS`` as a ``File``.

    ``on`` is the day it is made. Raises PdfUnavailable for a PDF where the server cannot make one.
    """
    name = [sheet.evaluation.slug, "contributor", sheet.participant.code]
    return report_file(contributor_document(sheet, on=on), format, name=name)


def contributor_document(sheet, *, on):
    """Return the sheet as a ``Document``: of no other person's words, and with no name, only the code."""
    evaluation, code = sheet.evaluation, sheet.participant.code
    return Document(
        title=TITLE,
        evaluation=evaluation.title,
        lines=(f"For {code}, {day(on)}",),
        notes=(MADE_UP,) if evaluation.is_made_up else (),
        foot=f"For {code} alone: said in confidence",
        day=on,
        sections=tuple(_sections(sheet, on)),
    )


def _sections(sheet, on):
    why, silence = LETTERS[sheet.participant.consent]
    thanks = f"Thank you for speaking with us for “{sheet.evaluation.title}”."
    yield Section("why", "Why you get this", (_said(thanks), _said(why), _said(silence)))
    if sheet.own:
        yield Section("own", "What you said", tuple(_passages(sheet.own, first=1)))
    if sheet.shared:
        passages = _passages(sheet.shared, first=len(sheet.own) + 1)
        yield Section("shared", "What was said where you took part", (_said(SHARED), *passages))
    yield Section("how", "How to answer", (_said(HOW), _said(_withdrawing(sheet.participant, on))))


def _passages(passages, *, first):
    for number, passage in enumerate(passages, start=first):
        yield Heading(f"Passage {number}")
        if passage.said_on:
            yield _said(f"Said on {day(passage.said_on)}.")
        yield Quote(passage.text)
        yield _said(f"We would print it as said by {passage.attributed}.")
        if passage.refused_on:
            yield Note(f"You said no on {day(passage.refused_on)}: we do not quote it.")
        elif passage.agreed_on:
            yield Note(f"You said yes on {day(passage.agreed_on)}.")
        yield Paragraph((Run(ANSWER, bold=True),))


def _withdrawing(participant, on):
    """Return until when somebody may withdraw, as they were told."""
    cutoff = participant.withdrawal_cutoff
    if cutoff is None:
        return "You may still withdraw what you said: write to whoever sent you this."
    if cutoff < on:
        return (
            f"You were told that you could withdraw what you said until {day(cutoff)}. "
            "If you wish to now, write to whoever sent you this all the same."
        )
    return f"You may withdraw what you said until {day(cutoff)}: write to whoever sent you this."


def _said(text):
    return Paragraph((Run(text),))

"""A sheet for one contributor: a letter with their own words, and room to say yes or no to each."""

from evaluations.analysis.sentences import listed
from evaluations.report.blocks import Document, Heading, Paragraph, Quote, Run, Section
from evaluations.report.words import MADE_UP, day

from .report import FORMATS, report_file

__all__ = ["FORMATS", "contributor_file"]

TITLE = "What we heard from you: may we quote this?"
ANSWER = "May we quote this?\u2003☐ Yes\u2003☐ No"
PUT_RIGHT = f"What we should put right: {'_' * 48}"
NONE_OF_IT = "If we hear nothing, we quote none of the passages that we ask about."
ANSWERED = "You have answered all that we asked, so there is nothing that you need to do. Thank you."
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
        NONE_OF_IT,
    ),
    "no": (
        "You told us not to quote you, and we do not. These are the passages that we noted, so that you know "
        "what we heard. Only if you have changed your mind about one, say yes to it.",
        NONE_OF_IT,
    ),
    "not_recorded": (
        "We have not noted whether we may quote you, so none of this was used. Please say for each passage "
        "whether we may quote it, and put right what we misheard.",
        NONE_OF_IT,
    ),
}
SHARED = (
    "This was said in a conversation that you took part in. We did not note by whom, so we ask everybody who "
    "was there. We quote it only if nobody says no."
)
AGREED = "You need not answer again. If you have changed your mind about one of them, tell us its number."
REFUSED = "They are listed so that you can see what we left out."
HOW = (
    "Tick an answer beside each passage and send this sheet back to {}, or answer in a message with the "
    "number of each passage. You need not give a reason."
)
SENDER = "whoever sent it to you"


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
    thanks = f"Thank you for speaking with us for “{sheet.evaluation.title}”."
    why = LETTERS[sheet.participant.consent] if sheet.asks else (ANSWERED,)
    yield Section("why", "Why you get this", (_said(thanks), *map(_said, why)))
    first = 1
    for key, heading, opening, passages in (
        ("own", "What you said", (), sheet.own),
        ("shared", "What was said where you took part", (SHARED,), sheet.shared),
        ("agreed", "You have already said yes to these", (AGREED,), sheet.agreed),
        ("refused", "You said no to these: we do not use them", (REFUSED,), sheet.refused),
    ):
        if passages:
            yield Section(key, heading, (*map(_said, opening), *_passages(passages, first=first)))
        first += len(passages)
    evaluators = [name.strip() for name in sheet.evaluation.evaluators.splitlines() if name.strip()]
    sender = listed(evaluators or [SENDER])
    how = (HOW.format(sender),) if sheet.asks else ()
    yield Section(
        "how", "How to answer", tuple(map(_said, (*how, _withdrawing(sheet.participant, on, sender))))
    )


def _passages(passages, *, first):
    """Yield passages; a heading says when each was said, so that it is on the page of the words."""
    for number, passage in enumerate(passages, start=first):
        when = f", said on {day(passage.said_on)}" if passage.said_on else ""
        yield Heading(f"Passage {number}{when}")
        if passage.answered_on:
            yield Quote(passage.text, _answered(passage))
        else:
            yield Quote(passage.text, f"We would print it as said by {passage.attributed}.")
            yield Paragraph((Run(ANSWER, bold=True),))
            yield _said(PUT_RIGHT)


def _answered(passage):
    if passage.is_shared:
        return f"Agreed on {day(passage.answered_on)}. We do not know which of you said it."
    return f"You answered on {day(passage.answered_on)}."


def _withdrawing(participant, on, sender):
    """Return until when somebody may withdraw, as they were told."""
    cutoff = participant.withdrawal_cutoff
    if cutoff is None:
        return f"You may still withdraw what you said: write to {sender}."
    if cutoff < on:
        return (
            f"You were told that you could withdraw what you said until {day(cutoff)}. "
            f"If you wish to now, write to {sender} all the same."
        )
    return f"You may withdraw what you said until {day(cutoff)}: write to {sender}."


def _said(text):
    return Paragraph((Run(text),))

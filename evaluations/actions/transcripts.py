"""Writing a transcript into the answers of one interview."""

from dataclasses import dataclass

from django.db import transaction

from evaluations.models import ConditionState, Verb
from evaluations.text import LONGEST_ANSWER

from .audit import record
from .errors import ActionError
from .interviews import AnswerSent, save_answers
from .jobs import finish_job, hold_claim
from .locks import check_unlocked
from .versions import locked, same_evaluation


@dataclass(frozen=True)
class Placed:
    """A piece of a transcript and where it goes; ``name`` is the form field that says so.

    ``may_append`` allows to put it after text that is there.
    """

    name: str
    condition: str
    question: object
    text: str
    may_append: bool


class TextThere(ActionError):
    """A piece would meet text that is there already; ``name`` is the field that placed it."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


@transaction.atomic
def place_transcript(*, job, interview, pieces, by):
    """Write pieces (``Placed``) into an interview's answers, in order, and return how many answers changed.

    Pieces for the same place follow each other. Text that is there is never overwritten: raises TextThere
    unless every piece for it may be appended, or when the answer would be too long. Raises TextLocked while
    the interview is being coded blind, ClaimLost when the file was deleted or written down
    meanwhile, Gone when the interview was deleted.
    """
    same_evaluation(interview.evaluation, [job, *(piece.question for piece in pieces)])
    hold_claim(job=job)
    row = locked(interview)
    check_unlocked(row)
    current = {(a.condition, a.question_id): a for a in row.answers.all() if a.question_id or not a.prompt}
    groups = {}
    for piece in pieces:
        groups.setdefault((piece.condition, piece.question and piece.question.pk), []).append(piece)
    sent = [_sent(current.get(place), group) for place, group in groups.items()]
    states = {piece.condition: (ConditionState.NOT_RECORDED, ConditionState.ASKED) for piece in pieces}
    save_answers(interview=row, states=states, answers=sent, by=by)
    finish_job(job=job, result={"made": [("answers", len(sent))], "interview": row.code})
    record(by=by, evaluation=row.evaluation, verb=Verb.IMPORTED, subject=f"a transcript into {row.code}")
    return len(sent)


def _sent(answer, group):
    before = answer.text if answer else ""
    stubborn = next((piece for piece in group if before and not piece.may_append), None)
    if stubborn:
        raise TextThere(
            stubborn.name,
            "There is text here already. Tick the box to put this after it, or choose another place.",
        )
    text = "\n\n".join(filter(None, [before, *(piece.text for piece in group)]))
    if len(text) > LONGEST_ANSWER:
        raise TextThere(group[-1].name, f"The answer would have more than {LONGEST_ANSWER:,} characters.")
    first = group[0]
    return AnswerSent(first.name, first.condition, first.question, text, answer.version if answer else 0)

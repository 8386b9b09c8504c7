"""Writing interviews: facts, who took part, what was asked, what was answered."""

from dataclasses import dataclass

from django.db import transaction

from evaluations.models import (
    Answer,
    AnswerVersion,
    ConditionState,
    Interview,
    InterviewCondition,
    InterviewParticipant,
    InterviewStrand,
)

from .errors import NotAllowedNow
from .quotations import void_unnamed
from .versions import same_evaluation, save_as, save_changes

NOT_SPOKEN_OF = (ConditionState.NOT_ASKED, ConditionState.NOTHING_SAID)


@dataclass(frozen=True)
class AnswerSent:
    """One answer as sent: ``version`` is the one that was seen, 0 when there was no answer yet.

    ``name`` is the form field it came in.
    """

    name: str
    condition: str
    question: object
    text: str
    version: int


@transaction.atomic
def add_interview(*, evaluation, fields, participants, strands, by):
    """Add an interview with who took part and its strands, and return it. Raises ForeignRecord."""
    same_evaluation(evaluation, [*fields.values(), *participants, *strands])
    interview = save_as(Interview(evaluation=evaluation, **fields), by=by)
    _link(interview, participants, strands)
    return interview


def edit_interview(*, interview, version, changes, participants, strands, by):
    """Save the facts of an interview and return it.

    When others took part than before, agreements and approvals of its quotations without a known speaker are
    void: they stood for everybody who was there. Raises StaleVersion (what was sent is kept), ForeignRecord,
    and NotAllowedNow when somebody is taken out who is named as the speaker of one of its quotations.
    """
    same_evaluation(interview.evaluation, [*participants, *strands])
    people = {"participants": participants, "strands": strands}

    def before_save(current, changes):
        if set(current.participants.all()) != set(participants):
            _check_speakers(current, participants)
            void_unnamed(interview=current, by=by)
        _link(current, participants, strands)

    def unchanged(current):
        return all(set(getattr(current, name).all()) == set(rows) for name, rows in people.items())

    return save_changes(
        interview,
        version=version,
        changes=changes,
        by=by,
        before_save=before_save,
        unchanged=unchanged,
        also=people,
    )


def save_answers(*, interview, states, answers, by):
    """Save what was answered (``AnswerSent`` objects) and asked (``states``: condition to (seen, sent)).

    Each stands for itself. An answer sent on top of an older version is kept as a set-aside version; a state
    that somebody else changed meanwhile, or that would deny text that is there, stays. The rest is saved.
    Returns ``(unsettled, kept)``: pairs of what was sent and the answer as it is now, and the
    ``InterviewCondition`` rows that stayed.
    """
    with transaction.atomic():
        Interview.objects.select_for_update().get(pk=interview.pk)
        saved = [(sent, _save_answer(interview, sent, by)) for sent in answers]
        kept = [_save_state(interview, condition, *pair) for condition, pair in states.items()]
    return [pair for pair in saved if pair[1] is not None], [row for row in kept if row is not None]


def _save_state(interview, condition, seen, state):
    """Save what happened to a condition; return its row when it stays as it is instead, else None."""
    row, _ = InterviewCondition.objects.get_or_create(
        evaluation=interview.evaluation, interview=interview, condition=condition
    )
    has_text = interview.answers.filter(condition=condition).exclude(text="").exists()
    if row.state not in (seen, state) or (has_text and state in NOT_SPOKEN_OF):
        return row
    row.state = state
    row.save()
    return None


def _save_answer(interview, sent, by):
    """Save one answer; return the answer as it is now when somebody else saved it since, else None.

    What the sender left as they saw it is no answer of theirs: then what is there stays.
    """
    same_evaluation(interview.evaluation, [sent.question])
    place = (
        {"question": sent.question}
        if sent.question
        else {"question": None, "prompt": "", "condition": sent.condition}
    )
    current = Answer.objects.filter(interview=interview, **place).first()
    if current is None:
        if sent.text:
            _new_answer(interview, sent, by)
        return None
    if current.text == sent.text:
        return None
    if current.version != sent.version:
        if sent.text == _text_of(current, sent.version):
            return None
        _keep_version(current, sent.version, sent.text, by, set_aside=True)
        return current
    current.text = sent.text
    current.version += 1
    current.save()
    _keep_version(current, current.version, current.text, by, set_aside=False)
    return None


def _text_of(answer, version):
    """Return the text that an answer had in a version; nothing before the first."""
    row = answer.versions.filter(number=version, set_aside=False).first()
    return row.text if row else ""


def _new_answer(interview, sent, by):
    answer = Answer.objects.create(
        evaluation=interview.evaluation,
        interview=interview,
        condition=sent.condition,
        question=sent.question,
        prompt=sent.question.prompt if sent.question else "",
        text=sent.text,
    )
    _keep_version(answer, answer.version, answer.text, by, set_aside=False)


def _keep_version(answer, number, text, by, *, set_aside):
    AnswerVersion.objects.create(
        evaluation=answer.evaluation, answer=answer, number=number, text=text, set_aside=set_aside, by=by
    )


def _check_speakers(interview, participants):
    named = interview.participants.filter(quotations__answer__interview=interview)
    gone = named.exclude(pk__in=[person.pk for person in participants]).first()
    if gone:
        raise NotAllowedNow(f"{gone} is named as the speaker of a quotation from this interview.")


def _link(interview, participants, strands):
    """Make exactly these participants and strands the interview's."""
    key = {"evaluation": interview.evaluation, "interview": interview}
    InterviewParticipant.objects.filter(**key).exclude(participant__in=participants).delete()
    InterviewStrand.objects.filter(**key).exclude(strand__in=strands).delete()
    for participant in participants:
        InterviewParticipant.objects.get_or_create(**key, participant=participant)
    for strand in strands:
        InterviewStrand.objects.get_or_create(**key, strand=strand)

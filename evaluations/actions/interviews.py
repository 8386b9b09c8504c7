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
    InterviewStatus,
    InterviewStrand,
)

from . import locks
from .coding import move_quotations
from .errors import NotAllowedNow, StaleVersion, TextLocked
from .quotations import void_unnamed
from .versions import keep_nothing, locked, same_evaluation, save_as, save_changes

NOT_SPOKEN_OF = (ConditionState.NOT_ASKED, ConditionState.NOTHING_SAID)


@dataclass(frozen=True)
class AnswerSent:
    """One answer as sent: ``version`` is the one that was seen, 0 when there was no answer yet.

    ``name`` is the form field it came in. ``without_question`` is the key of an answer whose question was
    taken out of the guide since. ``strand`` is None or the strand (seen, sent). ``give_way`` says that the
    sender chose somebody else's text: theirs is set aside. ``page`` and ``step`` number the saves that one
    open page sends, so that it never meets itself when an answer to it got lost.
    """

    name: str
    condition: str
    question: object
    text: str
    version: int
    without_question: int | None = None
    strand: tuple | None = None
    give_way: bool = False
    page: str = ""
    step: int = 0


@dataclass(frozen=True)
class Saved:
    """What became of what was sent.

    ``answers`` are the rows as they are now, by field (None where there is none), ``unsettled`` pairs of what
    was sent and the answer that somebody else saved since, ``kept`` the ``InterviewCondition`` rows that
    stayed as they were.
    """

    answers: dict
    unsettled: tuple
    kept: tuple


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


def mark_interview(*, interview, version, status, focus_condition, by):
    """Save how far the work on an interview is and what it was mostly about; returns the interview.

    Raises StaleVersion, and NotAllowedNow for one that was held on no date, or coded without saying what it
    was mostly about.
    """
    if status != InterviewStatus.PLANNED and interview.date is None:
        raise NotAllowedNow("Give the date on which it was held first, under “Change these facts”.")
    if status == InterviewStatus.CODED and not focus_condition:
        raise NotAllowedNow("Say what the interview was mostly about before marking it coded.")
    changes = {"status": status, "focus_condition": focus_condition}
    return save_changes(interview, version=version, changes=changes, by=by, keep=keep_nothing)


def save_answers(*, interview, states, answers, by):
    """Save what was answered (``AnswerSent`` objects) and asked (``states``: condition to (seen, sent)).

    Each stands for itself. An answer sent on top of an older version is kept as a set-aside version; a state
    that somebody else changed meanwhile, or that would deny text that is there, stays. The rest is saved.
    Returns ``Saved``. Raises TextLocked when an answer would change while the interview is being coded
    blind: then the texts that were sent are set aside, and the states are saved. Raises TextWithdrawn, and
    saves nothing, where a participant's withdrawal deleted what was written on.
    """
    with transaction.atomic():
        row = Interview.objects.select_for_update().get(pk=interview.pk)
        locks.check_not_emptied(row)
        is_locked = locks.is_locked(row)
        outcomes = {sent.name: (sent, *_save_answer(row, sent, by, is_locked)) for sent in answers}
        kept = [_save_state(row, condition, *pair) for condition, pair in states.items()]
    refused = tuple((sent, answer) for sent, answer, is_settled in outcomes.values() if not is_settled)
    if refused and is_locked:
        raise TextLocked(row.code)
    return Saved(
        answers={name: answer for name, (_, answer, _) in outcomes.items()},
        unsettled=refused,
        kept=tuple(row for row in kept if row is not None),
    )


def bring_back(*, row, version, by):
    """Make an earlier text (``AnswerVersion``) the answer's again, as a new version; returns the answer.

    ``version`` is the answer's that was seen. Raises StaleVersion and TextLocked.
    """
    with transaction.atomic():
        interview = Interview.objects.select_for_update().get(pk=row.answer.interview_id)
        locks.check_unlocked(interview)
        answer = locked(row.answer)
        if answer.text != row.text:
            if answer.version != version:
                raise StaleVersion(answer)
            _write_text(answer, row.text, by)
    return answer


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


def _save_answer(interview, sent, by, is_locked):
    """Save one answer; return it as it is now (or None), and whether nothing is left to decide.

    What the sender left as they saw it is no answer of theirs: then what is there stays.
    """
    same_evaluation(interview.evaluation, [sent.question])
    current = _find(interview, sent)
    if current is None:
        if not sent.text:
            return None, True
        current = _new_answer(interview, sent)
    _save_strand(current, sent)
    if current.text == sent.text:
        return current, True
    own_step = _step_of(current, sent, by)
    is_current = current.version == sent.version or (own_step is not None and own_step < sent.step)
    if not is_current and _had(current, sent, by):
        return current, True
    if not is_current:
        locks.check_still_known(current, sent.version)
    if is_locked or not is_current or sent.give_way:
        _set_aside(current, sent, by)
        return current, sent.give_way
    _write_text(current, sent.text, by, page=sent.page, step=sent.step)
    return current, True


def _step_of(answer, sent, by):
    """Return the step at which the sender's own open page saved the text that is there now, else None."""
    now = answer.versions.filter(number=answer.version, set_aside=False).first() if sent.page else None
    return now.step if now and (now.page, now.by_id) == (sent.page, by.pk) else None


def _had(answer, sent, by):
    """Say whether the answer had this text before: as its sender saw it, or from this very save, sent twice.

    Nothing else sent on top of an older version is settled: whoever is told so deletes their own copy.
    """
    if sent.text == _text_of(answer, sent.version):
        return True
    own = {"page": sent.page, "step": sent.step, "by": by, "text": sent.text, "set_aside": False}
    return bool(sent.page) and answer.versions.filter(**own).exists()


def _find(interview, sent):
    """Return the answer that was written in, locked; None when there is none yet."""
    rows = interview.answers.select_for_update()
    if sent.without_question:
        return rows.filter(pk=sent.without_question).first()
    if sent.question:
        return rows.filter(question=sent.question).first()
    return rows.filter(question=None, prompt="", condition=sent.condition).first()


def _new_answer(interview, sent):
    """Return a new answer, as yet without text, with the question as it was asked."""
    question = sent.question
    return Answer.objects.create(
        evaluation=interview.evaluation,
        interview=interview,
        condition=sent.condition,
        question=question,
        prompt=question.prompt if question else "",
        area=question.area if question else "",
        version=0,
    )


def _save_strand(answer, sent):
    """Save the strand an answer speaks to, unless somebody else changed it meanwhile."""
    seen, strand = sent.strand or (answer.strand, answer.strand)
    if seen != strand and answer.strand == seen:
        same_evaluation(answer.evaluation, [strand])
        answer.strand = strand
        answer.save()


def _write_text(answer, text, by, **sender):
    """Give a locked answer another text, and its quotations their places in it."""
    before, answer.text = answer.text, text
    answer.version += 1
    answer.save()
    _keep_version(answer, answer.version, text, by, set_aside=False, **sender)
    move_quotations(answer=answer, before=before, after=text)


def _text_of(answer, version):
    """Return the text that an answer had in a version; nothing before the first."""
    row = answer.versions.filter(number=version, set_aside=False).first()
    return row.text if row else ""


def _set_aside(answer, sent, by):
    """Keep what was sent beside the answer, once however often it is sent."""
    kept = answer.versions.filter(set_aside=True, by=by, text=sent.text)
    if not kept.exists():
        _keep_version(answer, sent.version, sent.text, by, set_aside=True)


def _keep_version(answer, number, text, by, *, set_aside, **sender):
    kept = {"answer": answer, "number": number, "text": text, "set_aside": set_aside, "by": by}
    AnswerVersion.objects.create(evaluation=answer.evaluation, **kept, **sender)


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

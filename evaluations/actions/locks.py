"""What closes an interview: an open second coding, or a participant who withdrew; and who waits for whom.

A second coding closes the text for everybody and ordinary coding for its second coder; a withdrawal closes a
text that was deleted, for good. The one place that answers either. Whoever saves text or codes a passage
calls the ``check_*`` function first, in the same transaction.

Everything locks rows in one order, the one in which a withdrawal needs them, so that no two wait for each
other: imports, interviews, participants, findings and recommendations, quotations, points of reflections; of
each kind by number. Rounds of second coding and their units come after their interview.

Before all of these, a save and a withdrawal of one evaluation wait for each other, whatever the save is of.
"""

from django.db import connection
from django.db.models import F, Func, TextField

from evaluations.models import CodingRound, Evaluation, Finding, Interview, Participant

from .errors import NotAllowedNow, TextLocked, TextWithdrawn


def keep_withdrawals_waiting(**evaluation):
    """Let no withdrawal begin until the transaction ends, once one that is under way has ended.

    ``evaluation`` are the look-ups that find it. Those who save do not wait for each other.
    """
    _hold("pg_advisory_xact_lock_shared", evaluation)


def keep_saves_waiting(**evaluation):
    """The other side of it: for a withdrawal, before it looks for anything."""
    _hold("pg_advisory_xact_lock", evaluation)


def _hold(function, evaluation):
    """Hold an evaluation's number; SQLite lets one transaction write at a time, and needs nothing."""
    if connection.vendor == "postgresql":
        held = Func(F("pk"), function=function, output_field=TextField())
        list(Evaluation.objects.filter(**evaluation).values_list(held))


def lock_around(quotation):
    """Lock what stands before a quotation in the order of locks: its interview, speaker and findings.

    For whoever goes on to change it together with one of those. It may be gone when this returns.
    """
    interviews = Interview.objects.select_for_update(of=("self",)).order_by("pk")
    list(interviews.filter(answers=quotation.answer_id))
    list(Participant.objects.select_for_update().filter(pk=quotation.speaker_id))
    findings = Finding.objects.select_for_update(of=("self",)).order_by("pk")
    list(findings.filter(quotations=quotation))


def open_round(interview):
    """Return the ``CodingRound`` in which an interview is being coded blind; None when it is not."""
    return CodingRound.objects.filter(interview=interview, closed_at__isnull=True).first()


def is_locked(interview):
    """Say whether an interview's text is locked, because a second evaluator is coding it blind."""
    return open_round(interview) is not None


def check_unlocked(interview):
    """Raise TextLocked while an interview is being coded blind, TextWithdrawn when its answers are gone."""
    check_not_emptied(interview)
    if is_locked(interview):
        raise TextLocked(interview.code)


def check_not_emptied(interview):
    """Raise TextWithdrawn when what was said in an interview was deleted by a withdrawal."""
    if interview.emptied_on:
        raise TextWithdrawn(interview.code)


def check_still_known(answer, version):
    """Raise TextWithdrawn when the text that an answer had in ``version`` was deleted by a withdrawal.

    Otherwise what was written on top of it would bring the deleted words back.
    """
    if not answer.interview.participants.filter(withdrawn_on__isnull=False).exists():
        return
    if not answer.versions.filter(number=version, set_aside=False).exists():
        raise TextWithdrawn(answer.interview.code)


def check_not_blind(interview, by):
    """Raise NotAllowedNow when ``by`` is coding this interview blind: then only their blind codes count."""
    current = open_round(interview)
    if current and current.second_id == by.pk:
        raise NotAllowedNow(
            f"You are coding {interview.code} blind. Code it under “Second coding” until that is finished."
        )

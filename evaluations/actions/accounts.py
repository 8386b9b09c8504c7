"""What happens to accounts: two-step sign-in and who asks for it, passwords, sessions."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from evaluations.models import Verb, has_two_step

from .audit import record
from .errors import NotAllowedNow
from .versions import locked


class TwoStepMissing(NotAllowedNow):
    """Somebody without a second step of their own asks for everybody's."""

    def __init__(self):
        super().__init__("Set up two-step sign-in for your own account first: you could not come back in.")


@transaction.atomic
def end_sessions(*, user, by, keep=None, number=None):
    """Sign ``user`` out everywhere but in the session whose key is ``keep``; return how many sessions ended.

    With a ``number``, only the session whose row has it.
    """
    rows = UserSession.objects.filter(user=user).exclude(session_key=keep)
    if number is not None:
        rows = rows.filter(pk=number)
    ended, _ = Session.objects.filter(
        session_key__in=list(rows.values_list("session_key", flat=True))
    ).delete()
    rows.delete()
    if ended:
        record(by=by, verb=Verb.ENDED_SESSIONS, subject=_subject(user))
    return ended


@transaction.atomic
def note_two_step_set_up(*, user, keep):
    """Record that somebody set up two-step sign-in, and end the sessions that began without it."""
    record(by=user, verb=Verb.SET_UP_TWO_STEP, subject=_subject(user))
    end_sessions(user=user, by=user, keep=keep)


def note_two_step_removed(*, user):
    """Record that somebody stopped using two-step sign-in."""
    record(by=user, verb=Verb.REMOVED_TWO_STEP, subject=_subject(user))


def note_recovery_codes(*, user):
    """Record that somebody made new recovery codes."""
    record(by=user, verb=Verb.MADE_RECOVERY_CODES, subject=_subject(user))


def note_recovery_code_used(*, user):
    """Record that somebody came in with a recovery code instead of their phone."""
    record(by=user, verb=Verb.USED_RECOVERY_CODE, subject=_subject(user))


@transaction.atomic
def note_new_password(*, user, keep):
    """Record that somebody chose a new password, and end their other sessions: the old one began them."""
    record(by=user, verb=Verb.CHANGED_PASSWORD, subject=_subject(user))
    end_sessions(user=user, by=user, keep=keep)


@transaction.atomic
def reset_two_step(*, user):
    """Take somebody's second step away, for a lost phone, and end their sessions.

    Says whether there was one. Their password alone lets them in until they set it up again.
    """
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if removed:
        record(by=None, verb=Verb.RESET_TWO_STEP, subject=_subject(user))
        end_sessions(user=user, by=None)
    return bool(removed)


@transaction.atomic
def require_two_step(*, evaluation, required, by):
    """Let an evaluation ask its members for two-step sign-in, or stop asking, and return it.

    Raises TwoStepMissing where ``by`` would shut themselves out.
    """
    evaluation = locked(evaluation)
    if required and not has_two_step(by):
        raise TwoStepMissing
    if evaluation.two_step_required != required:
        evaluation.two_step_required = required
        evaluation.save(update_fields=["two_step_required", "updated_at"])
        verb = Verb.REQUIRED_TWO_STEP if required else Verb.STOPPED_REQUIRING_TWO_STEP
        record(by=by, evaluation=evaluation, verb=verb)
    return evaluation


def _subject(user):
    return f"user {user.pk}"

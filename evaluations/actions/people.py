"""Writing participants: who they are by code, what they consented to, and apart from it their identity."""

from django.db import transaction

from evaluations.models import ConflictingEdit, Participant, ParticipantIdentity, Verb, seal

from .audit import record
from .errors import NotAllowedNow
from .quotations import void_spoken_by
from .versions import keep_conflicting, locked, save_as, save_changes

# What decides how readers see a quotation attributed.
ATTRIBUTED_BY = ("attribution", "sector", "organisation")
# What is recorded when it changes, as the history of somebody's consent.
RECORDED = {"consent": Verb.CHANGED_CONSENT, "attribution": Verb.CHANGED_ATTRIBUTION}


@transaction.atomic
def add_participant(*, evaluation, fields, by):
    """Add a participant and return them. Raises AlreadyThere when the code is taken."""
    participant = save_as(Participant(evaluation=evaluation, **fields), by=by)
    record(
        by=by, evaluation=evaluation, verb=Verb.ADDED_PARTICIPANT, subject=f"participant {participant.code}"
    )
    return participant


def edit_participant(*, participant, version, changes, by):
    """Save a participant and return them; another attribution voids approvals of what they said.

    Raises StaleVersion (what was sent is kept), AlreadyThere, and NotAllowedNow for somebody who withdrew.
    """

    def before_save(current, changes):
        _check_here(current)
        if any(changes.get(name, getattr(current, name)) != getattr(current, name) for name in ATTRIBUTED_BY):
            void_spoken_by(participant=current, by=by)
        for name, verb in RECORDED.items():
            if changes.get(name, getattr(current, name)) != getattr(current, name):
                subject = f"participant {current.code} is {changes[name]}"
                record(by=by, evaluation=current.evaluation, verb=verb, subject=subject)
        code = changes.get("code", current.code)
        if code != current.code:  # last: from here on, events name the new one
            subject = f"participant {code} was {current.code}"
            record(by=by, evaluation=current.evaluation, verb=Verb.CHANGED_CODE, subject=subject)

    def keep(current, version, sent, by):
        _check_here(current)
        keep_conflicting(current, version, sent, by)

    return save_changes(
        participant, version=version, changes=changes, by=by, keep=keep, before_save=before_save
    )


def record_look(*, participant, by):
    """Record that somebody saw who a participant is."""
    subject = f"participant {participant.code}"
    return record(by=by, evaluation=participant.evaluation, verb=Verb.SAW_IDENTITY, subject=subject)


def save_identity(*, participant, version, changes, by):
    """Save who a participant is and return the identity. ``version`` is 0 where none was recorded yet.

    That it changed is recorded, without words.
    Raises StaleVersion (what was sent is kept, encrypted), NotAllowedNow for somebody who withdrew, and
    cryptography's InvalidToken when the identity as it is now cannot be read.
    """

    def before_save(current, changes):
        subject = f"participant {participant.code}"
        record(by=by, evaluation=participant.evaluation, verb=Verb.CHANGED_IDENTITY, subject=subject)

    with transaction.atomic():
        _check_here(locked(participant))
        row = ParticipantIdentity.objects.filter(participant=participant).first()
        if row is None:
            row = ParticipantIdentity(evaluation=participant.evaluation, participant=participant, **changes)
            before_save(row, changes)
            return save_as(row, by=by)
    return save_changes(
        row, version=version, changes=changes, by=by, keep=_keep_sealed, before_save=before_save
    )


def _keep_sealed(current, version, sent, by):
    ConflictingEdit.objects.create(
        evaluation=current.evaluation,
        record_type=current._meta.model_name,
        record_id=current.pk,
        based_on=version,
        fields={name: seal(text) for name, text in sent.items()},
        by=by,
    )


def _check_here(participant):
    if participant.withdrawn_on:
        raise NotAllowedNow(f"{participant} withdrew: nothing more can be recorded about them.")

"""Writing participants: who they are by code, and what they consented to."""

from django.db import transaction

from evaluations.models import Participant

from .audit import record
from .quotations import void_spoken_by
from .versions import save_as, save_changes

# What decides how readers see a quotation attributed.
ATTRIBUTED_BY = ("attribution", "sector", "organisation")


@transaction.atomic
def add_participant(*, evaluation, fields, by):
    """Add a participant and return them. Raises AlreadyThere when the code is taken."""
    participant = save_as(Participant(evaluation=evaluation, **fields), by=by)
    record(by=by, evaluation=evaluation, verb="added participant", subject=f"participant {participant.code}")
    return participant


def edit_participant(*, participant, version, changes, by):
    """Save a participant and return them; another attribution voids approvals of what they said.

    Raises StaleVersion (what was sent is kept) and AlreadyThere.
    """

    def before_save(current, changes):
        if any(changes.get(name, getattr(current, name)) != getattr(current, name) for name in ATTRIBUTED_BY):
            void_spoken_by(participant=current, by=by)
        if changes.get("consent", current.consent) != current.consent:
            subject = f"participant {current.code} is {changes['consent']}"
            record(by=by, evaluation=current.evaluation, verb="changed consent", subject=subject)

    return save_changes(participant, version=version, changes=changes, by=by, before_save=before_save)

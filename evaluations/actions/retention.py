"""Names and contacts are kept for a time after a programme's end, and deleted then."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from evaluations.models import ConflictingEdit, Evaluation, ParticipantIdentity, Verb

from .audit import record
from .versions import locked


@dataclass(frozen=True)
class Kept:
    """The names and contacts of one evaluation: how many, and the day they go (None: never)."""

    evaluation: Evaluation
    identities: int
    edits: int
    goes_on: date | None

    @property
    def is_due(self):
        """Say whether there is something to delete by today."""
        is_past = self.goes_on is not None and self.goes_on <= timezone.localdate()
        return is_past and bool(self.identities or self.edits)


def identities_kept():
    """Return what is kept of each evaluation, as ``Kept`` objects by title."""
    return [
        Kept(row, _identities(row).count(), _edits(row).count(), row.names_go_on)
        for row in Evaluation.objects.all()
    ]


@transaction.atomic
def delete_identities(*, evaluation, by=None):
    """Delete all names and contacts of an evaluation that are due, and what was set aside of them.

    Returns how many identities went. Raises Gone; does nothing when they are not due (any more).
    """
    evaluation = locked(evaluation)
    kept = Kept(
        evaluation, _identities(evaluation).count(), _edits(evaluation).count(), evaluation.names_go_on
    )
    if not kept.is_due:
        return 0
    _edits(evaluation).delete()
    _identities(evaluation).delete()
    subject = f"{kept.identities} identities, {kept.edits} earlier texts"
    record(by=by, evaluation=evaluation, verb=Verb.DELETED_IDENTITIES, subject=subject)
    return kept.identities


def _identities(evaluation):
    return ParticipantIdentity.objects.filter(evaluation=evaluation)


def _edits(evaluation):
    """Return the names and contacts that were sent on top of an older version, and kept."""
    name = ParticipantIdentity._meta.model_name
    return ConflictingEdit.objects.filter(evaluation=evaluation, record_type=name)

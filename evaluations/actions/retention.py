"""Names and contacts are kept for a time after a programme's end, and deleted then, after two weeks' notice.

Notice is an event in the record of access that names the day. Another day needs another notice: so a slip in
a date or in the months, and an upgrade that brings a day, can be put right before anything is gone.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from evaluations.models import AuditEvent, ConflictingEdit, Evaluation, ParticipantIdentity, Verb

from .audit import record
from .versions import locked

NOTICE = timedelta(days=14)


@dataclass(frozen=True)
class Kept:
    """The names and contacts of one evaluation: how many, the day they are due (None: never), its notice."""

    evaluation: Evaluation
    identities: int
    edits: int
    due_on: date | None
    noticed_on: date | None

    @property
    def goes_on(self):
        """Return the day on which they are deleted: when due, two weeks after notice at the earliest."""
        noticed_on = self.noticed_on or timezone.localdate()
        return self.due_on and max(self.due_on, noticed_on + NOTICE)

    @property
    def needs_notice(self):
        """Say whether there is something to delete within two weeks that no notice was given of."""
        return (
            bool(self.identities or self.edits)
            and self.due_on is not None
            and self.due_on <= timezone.localdate() + NOTICE
            and self.noticed_on is None
        )

    @property
    def is_due(self):
        """Say whether there is something to delete today."""
        is_past = self.noticed_on is not None and self.goes_on <= timezone.localdate()
        return is_past and bool(self.identities or self.edits)


def identities_kept():
    """Return what is kept of each evaluation, as ``Kept`` objects by title."""
    return [_kept(row) for row in Evaluation.objects.all()]


@transaction.atomic
def give_notice(*, evaluation, by=None):
    """Record that the names and contacts of an evaluation will be deleted, where that is still to be said.

    Raises Gone.
    """
    evaluation = locked(evaluation)
    if _kept(evaluation).needs_notice:
        subject = _named(evaluation.names_go_on)
        record(by=by, evaluation=evaluation, verb=Verb.GAVE_NOTICE, subject=subject)


@transaction.atomic
def delete_identities(*, evaluation, by=None):
    """Delete all names and contacts of an evaluation that are due, and what was set aside of them.

    Returns how many identities went. Raises Gone; does nothing when they are not due (any more).
    """
    evaluation = locked(evaluation)
    kept = _kept(evaluation)
    if not kept.is_due:
        return 0
    _edits(evaluation).delete()
    _identities(evaluation).delete()
    subject = f"{kept.identities} identities, {kept.edits} earlier texts"
    record(by=by, evaluation=evaluation, verb=Verb.DELETED_IDENTITIES, subject=subject)
    return kept.identities


def _kept(evaluation):
    counts = _identities(evaluation).count(), _edits(evaluation).count()
    return Kept(evaluation, *counts, evaluation.names_go_on, _noticed_on(evaluation))


def _noticed_on(evaluation):
    """Return when notice was given of the day that is set; None where another was set since."""
    verbs = (Verb.GAVE_NOTICE, Verb.CHANGED_KEPT_MONTHS)
    last = AuditEvent.objects.filter(evaluation=evaluation, verb__in=verbs).first()
    is_of_this = last and last.verb == Verb.GAVE_NOTICE and last.subject == _named(evaluation.names_go_on)
    return timezone.localdate(last.at) if is_of_this else None


def _named(day):
    return f"on {day}"


def _identities(evaluation):
    return ParticipantIdentity.objects.filter(evaluation=evaluation)


def _edits(evaluation):
    """Return the names and contacts that were sent on top of an older version, and kept."""
    name = ParticipantIdentity._meta.model_name
    return ConflictingEdit.objects.filter(evaluation=evaluation, record_type=name)

"""Progress on recommendations: dated notes with their evidence, added to and never edited away."""

from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from evaluations.models import EvidenceFile, ProgressUpdate

from .errors import ForeignRecord
from .versions import locked, same_evaluation

# Whoever presses the button twice means one note.
SAME_PRESS = timedelta(minutes=1)


@transaction.atomic
def add_progress_update(*, recommendation, fields, by, action=None, file=None, corrects=None, through=None):
    """Add a dated note (date, note, evidence_link) to a recommendation, with its evidence, and return it.

    ``action`` is the one of the recommendation's that it is about, ``file`` an
    ``importing.evidence.Evidence``, ``corrects`` an earlier note of the same recommendation. ``through`` is
    the owner whose private link was used: ``by`` is None then. The same note sent again within a minute is
    the one that is there already. Raises ForeignRecord, Gone.
    """
    recommendation = locked(recommendation)
    same_evaluation(recommendation.evaluation, [action, corrects, through])
    if any(row and row.recommendation_id != recommendation.pk for row in (action, corrects)):
        raise ForeignRecord("That belongs to another recommendation.")
    note = {
        "evaluation": recommendation.evaluation,
        "recommendation": recommendation,
        "action": action,
        "corrects": corrects,
        "author": by,
        "owner": through,
        **fields,
    }
    digest = sha256(file.content).hexdigest() if file else None
    just_now = timezone.now() - SAME_PRESS
    twin = ProgressUpdate.objects.filter(files__sha256=digest, at__gte=just_now, **note).first()
    if twin:
        return twin
    update = ProgressUpdate.objects.create(**note)
    if file:
        EvidenceFile.objects.create(
            evaluation=recommendation.evaluation,
            update=update,
            name=file.name,
            kind=file.kind,
            content=file.content,
            size=len(file.content),
            sha256=digest,
        )
    return update

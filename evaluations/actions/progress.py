"""Progress on recommendations: dated notes with their evidence, added to and never edited away."""

from django.db import transaction

from evaluations.models import ProgressUpdate


@transaction.atomic
def add_progress_update(*, recommendation, fields, by):
    """Add a dated note (date, note, evidence_link) to a recommendation and return it."""
    return ProgressUpdate.objects.create(
        evaluation=recommendation.evaluation, recommendation=recommendation, author=by, **fields
    )

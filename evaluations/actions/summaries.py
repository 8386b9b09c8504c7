"""Signing the summary of a cell, and taking it back."""

from django.utils import timezone

from evaluations.models import CellSummary

from .errors import AlreadyThere
from .versions import keep_conflicting, keep_nothing, refusing_duplicates, same_evaluation, save_changes


def sign_summary(*, evaluation, cell, version, text, basis, by):
    """Sign a sentence or two on a cell and return it; one that was taken back is shown again.

    ``cell`` has strand, kind and condition; ``version`` is that of the summary that was on screen, 0 for
    none; ``basis`` is the fingerprint of the findings that its author saw. Raises StaleVersion when somebody
    signed another one meanwhile (what was sent is kept), ForeignRecord.
    """
    row = CellSummary.objects.filter(evaluation=evaluation, **cell).first()
    if row is None:
        try:
            return _first(evaluation, cell, text, basis, by)
        except AlreadyThere:
            row = CellSummary.objects.get(evaluation=evaluation, **cell)

    def sign(current, changes):
        changes |= {"signed_by": by, "signed_at": timezone.now()}

    def keep(current, version, sent, by):
        keep_conflicting(current, version, {"text": text}, by)

    changes = {"text": text, "basis": basis, "removed_at": None}
    return save_changes(row, version=version, changes=changes, by=by, keep=keep, before_save=sign)


def take_back_summary(*, summary, version, by):
    """Take a summary back, so that nobody sees it, and return it. Its words are kept. Raises StaleVersion."""
    changes = {"removed_at": timezone.now()}
    return save_changes(summary, version=version, changes=changes, by=by, keep=keep_nothing)


def _first(evaluation, cell, text, basis, by):
    same_evaluation(evaluation, cell.values())
    with refusing_duplicates():
        return CellSummary.objects.create(
            evaluation=evaluation, text=text, basis=basis, signed_by=by, signed_at=timezone.now(), **cell
        )

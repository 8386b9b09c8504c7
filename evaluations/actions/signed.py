"""Signing a sentence or two on a cell or on a comparison, taking it back, putting it back.

The words signed before are gone: who signed when is recorded.
"""

from django.db import transaction
from django.utils import timezone

from evaluations.models import CellSummary, ComparisonReading

from .audit import record
from .errors import NotAllowedNow
from .versions import (
    keep_conflicting,
    keep_nothing,
    locked,
    refusing_duplicates,
    same_evaluation,
    save_changes,
    there_or_made,
    write,
)


def sign_summary(*, evaluation, cell, version, text, basis, by):
    """Sign a sentence or two on a cell and return it; one that was taken back is shown again.

    ``cell`` has strand, kind and condition; ``version`` is that of the summary that was on screen, 0 for
    none; ``basis`` is the fingerprint of the findings that its author saw. Raises StaleVersion when somebody
    signed another one meanwhile (what was sent is kept), ForeignRecord.
    """
    same_evaluation(evaluation, cell.values())
    return _sign(CellSummary, {"evaluation": evaluation, **cell}, version, text, basis, by)


def sign_reading(*, evaluation, compared, version, text, basis, by):
    """Sign a sentence or two on a comparison and return the reading; one that was taken back is shown again.

    ``compared`` is what is compared, as ``queries.readings`` puts it; ``version`` that of the reading that
    was on screen, 0 for none; ``basis`` the fingerprint of the figures that its author saw. Raises
    StaleVersion when somebody signed another one meanwhile (what was sent is kept).
    """
    about = {"evaluation": evaluation, "compared": compared}
    return _sign(ComparisonReading, about, version, text, basis, by)


def take_back(*, signed, version, by):
    """Take a signed text back, so that nobody sees it, and return it. Its words are kept.

    Raises StaleVersion.
    """

    def before_save(current, changes):
        _record("took back", current, by)

    changes = {"removed_at": timezone.now()}
    return save_changes(
        signed, version=version, changes=changes, by=by, keep=keep_nothing, before_save=before_save
    )


@transaction.atomic
def put_back(*, signed, version, by):
    """Put a text that was taken back in its place, signed as it was, and return it.

    Raises NotAllowedNow when somebody changed it since ``version``.
    """
    current = locked(signed)
    if current.version != version:
        raise NotAllowedNow(
            f"Somebody signed or took back this {current.noun} since. Look at the page again."
        )
    _record("put back", current, by)
    return write(current, {"removed_at": None}, by=by)


def _sign(model, about, version, text, basis, by):
    rows = model.objects.filter(**about)
    row, is_first = there_or_made(rows, lambda: _first(model, about, text, basis, by))
    if is_first:
        return row

    def before_save(current, changes):
        changes |= {"signed_by": by, "signed_at": timezone.now()}
        _record("signed", current, by)

    def keep(current, version, sent, by):
        keep_conflicting(current, version, {"text": text}, by)

    changes = {"text": text, "basis": basis, "removed_at": None}
    return save_changes(row, version=version, changes=changes, by=by, keep=keep, before_save=before_save)


def _first(model, about, text, basis, by):
    with refusing_duplicates():
        row = model.objects.create(**about, text=text, basis=basis, signed_by=by, signed_at=timezone.now())
        _record("signed", row, by)
    return row


def _record(verb, row, by):
    record(by=by, evaluation=row.evaluation, verb=f"{verb} {row.noun}", subject=f"{row.noun} {row.pk}")

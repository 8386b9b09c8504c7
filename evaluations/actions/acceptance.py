"""Accepting with a reason what a rule found, and taking that back."""

from django.utils import timezone

from evaluations.models import Acceptance, AcceptedAs

from .audit import record
from .versions import keep_conflicting, keep_nothing, refusing_duplicates, save_changes, there_or_made


def accept(*, evaluation, accepted_as, subject, version, reason, by):
    """Accept something with a reason and return the ``Acceptance``; or give another reason.

    ``accepted_as`` is an ``AcceptedAs``, ``subject`` what its rule calls it; ``version`` that of the
    acceptance that was on screen, 0 for none. One that was taken back stands again. Raises StaleVersion when
    somebody else accepted it or gave another reason meanwhile (what was sent is kept).
    """
    about = {"evaluation": evaluation, "accepted_as": accepted_as, "subject": subject}
    rows = Acceptance.objects.filter(**about)
    row, is_first = there_or_made(rows, lambda: _accept_first(about, reason, by))
    if is_first:
        return row

    def before_save(current, changes):
        changes |= {"by": by, "at": timezone.now()}
        _note("accepted", current, by)

    def keep(current, version, sent, by):
        keep_conflicting(current, version, {"reason": reason}, by)

    changes = {"reason": reason, "removed_at": None}
    return save_changes(row, version=version, changes=changes, by=by, keep=keep, before_save=before_save)


def take_acceptance_back(*, acceptance, version, by):
    """Take an acceptance back and return it; its reason is kept. Raises StaleVersion."""

    def before_save(current, changes):
        _note("took back", current, by)

    changes = {"removed_at": timezone.now()}
    return save_changes(
        acceptance, version=version, changes=changes, by=by, keep=keep_nothing, before_save=before_save
    )


def _accept_first(about, reason, by):
    with refusing_duplicates():
        row = Acceptance.objects.create(**about, reason=reason, by=by, at=timezone.now())
        _note("accepted", row, by)
    return row


def _note(verb, acceptance, by):
    """Record it: a gap as its rule calls it, a passage by number, since its subject tells of its text."""
    is_passage = acceptance.accepted_as == AcceptedAs.PASSAGE
    subject = f"passage {acceptance.pk}" if is_passage else acceptance.subject
    verb = f"{verb} {acceptance.accepted_as}"
    record(by=by, evaluation=acceptance.evaluation, verb=verb, subject=subject)

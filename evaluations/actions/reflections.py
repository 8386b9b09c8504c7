"""Writing reflections: themes, their points in order, and the quotations behind each point."""

from django.db import transaction
from django.utils import timezone

from evaluations.models import Reflection, ReflectionPoint, ReflectionQuotation

from . import order
from .errors import NotAllowedNow
from .versions import keep_nothing, locked, same_evaluation, save_as, save_changes


@transaction.atomic
def add_reflection(*, evaluation, fields, by):
    """Add a reflection (theme, subject, strand) as a draft after the others of its subject; return it.

    Raises ForeignRecord.
    """
    same_evaluation(evaluation, fields.values())
    place = order.next_place(_of_subject(evaluation, fields["subject"]))
    return save_as(Reflection(evaluation=evaluation, position=place, **fields), by=by)


def edit_reflection(*, reflection, version, changes, by):
    """Save a reflection and return it; under another subject it comes last. Raises StaleVersion."""

    def before_save(current, changes):
        if changes["subject"] != current.subject:
            changes["position"] = order.next_place(_of_subject(current.evaluation, changes["subject"]))

    return save_changes(reflection, version=version, changes=dict(changes), by=by, before_save=before_save)


def mark_reflection(*, reflection, version, status, by):
    """Make a reflection ready to share or a draft and return it. Raises StaleVersion."""
    return save_changes(reflection, version=version, changes={"status": status}, by=by, keep=keep_nothing)


@transaction.atomic
def move_reflection(*, reflection, up, by):
    """Move a reflection one place up or down among those of its subject and return it."""
    return order.move(_of_subject(reflection.evaluation, reflection.subject), reflection, up=up)


@transaction.atomic
def remove_reflection(*, reflection, by):
    """Take a reflection away from everybody and return it; it can be put back with all its points."""
    return _remove(reflection)


@transaction.atomic
def restore_reflection(*, reflection, by):
    """Put a reflection back, last of its subject, and return it."""
    return _restore(reflection, _of_subject(reflection.evaluation, reflection.subject))


@transaction.atomic
def add_point(*, reflection, text, by):
    """Add a point after the others of a reflection and return it."""
    place = order.next_place(_points_of(reflection))
    point = ReflectionPoint(
        evaluation=reflection.evaluation, reflection=reflection, text=text, position=place
    )
    return save_as(point, by=by)


def edit_point(*, point, version, text, by):
    """Save a point's text and return the point. Raises StaleVersion."""
    return save_changes(point, version=version, changes={"text": text}, by=by)


@transaction.atomic
def move_point(*, point, up, by):
    """Move a point one place up or down in its reflection and return it."""
    return order.move(_points_of(point.reflection), point, up=up)


@transaction.atomic
def remove_point(*, point, by):
    """Take a point out of its reflection and return it; it can be put back with its quotations."""
    return _remove(point)


@transaction.atomic
def restore_point(*, point, by):
    """Put a point back, last in its reflection, and return it."""
    return _restore(point, _points_of(point.reflection))


@transaction.atomic
def attach_to_point(*, point, quotation, by):
    """Make a quotation evidence for a point (once), after the others, and return the point.

    Raises ForeignRecord, Gone, and NotAllowedNow when either was removed meanwhile.
    """
    same_evaluation(point.evaluation, [quotation])
    if locked(quotation).removed_at or locked(point).removed_at:
        raise NotAllowedNow("It was removed meanwhile. Look at the page again, then decide.")
    place = order.next_place(ReflectionQuotation.objects.filter(point=point))
    ReflectionQuotation.objects.get_or_create(
        evaluation=point.evaluation, point=point, quotation=quotation, defaults={"position": place}
    )
    return point


@transaction.atomic
def detach_from_point(*, point, quotation, by):
    """Stop using a quotation as evidence for a point; the quotation itself stays. Returns the point."""
    ReflectionQuotation.objects.filter(point=point, quotation=quotation).delete()
    return point


def _remove(row):
    current = locked(row)
    if not current.removed_at:
        current.removed_at = timezone.now()
        current.save(update_fields=["removed_at"])
    return current


def _restore(row, others):
    current = locked(row)
    if current.removed_at:
        current.removed_at, current.position = None, order.next_place(others)
        current.save(update_fields=["removed_at", "position"])
    return current


def _of_subject(evaluation, subject):
    return Reflection.objects.filter(evaluation=evaluation, subject=subject, removed_at__isnull=True)


def _points_of(reflection):
    return ReflectionPoint.objects.filter(reflection=reflection, removed_at__isnull=True)

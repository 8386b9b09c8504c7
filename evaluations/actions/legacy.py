"""Writing the legacy plan: its ambitions and their order."""

from django.db import transaction
from django.utils import timezone

from evaluations.conditions import Condition
from evaluations.importing.rows import same_words
from evaluations.models import Ambition, AmbitionCondition, Strand, Verb

from . import order
from .audit import record
from .errors import AlreadyThere, NotAllowedNow
from .versions import locked, same_evaluation, save_as, save_changes


@transaction.atomic
def add_ambition(*, evaluation, fields, conditions, by):
    """Add an ambition (``fields``: strand, kind, dimension, text) after the others of its strand.

    ``conditions`` are those that it needs to shift. Returns it; raises ForeignRecord,
    AlreadyThere when the same words stand in that strand, NotAllowedNow when that was removed.
    """
    same_evaluation(evaluation, fields.values())
    _refuse_twin(**fields)
    place = order.next_place(_in_plan(fields["strand"]))
    row = save_as(Ambition(evaluation=evaluation, position=place, **fields), by=by)
    _link(row, conditions)
    return row


def edit_ambition(*, ambition, version, changes, conditions, by):
    """Save an ambition with the conditions that it needs to shift, as one version, and return it.

    In another strand it comes last. Raises StaleVersion (what was sent is kept), ForeignRecord,
    and AlreadyThere and NotAllowedNow as ``add_ambition`` does.
    """

    def before_save(current, changes):
        if any(getattr(current, name) != changes[name] for name in ("strand", "text")):
            _refuse_twin(changes["strand"], changes["text"], besides=current)
        if changes["strand"].pk != current.strand_id:
            changes["position"] = order.next_place(_in_plan(changes["strand"]))
        _link(current, conditions)

    def unchanged(current):
        return set(current.conditions.values_list("condition", flat=True)) == set(conditions)

    return save_changes(
        ambition,
        version=version,
        changes=dict(changes),
        by=by,
        before_save=before_save,
        unchanged=unchanged,
        also={"conditions": ", ".join(Condition(one).label for one in conditions)},
    )


@transaction.atomic
def move_ambition(*, ambition, up, by):
    """Move an ambition one place up or down among those of its strand and return it."""
    return order.move(_in_plan(ambition.strand), ambition, up=up)


@transaction.atomic
def remove_ambition(*, ambition, by):
    """Take an ambition out of the plan and return it; it can be put back."""
    current = locked(ambition)
    if not current.removed_at:
        _set(current, removed_at=timezone.now())
        record(
            by=by, evaluation=current.evaluation, verb=Verb.REMOVED_AMBITION, subject=f"ambition {current.pk}"
        )
    return current


@transaction.atomic
def restore_ambition(*, ambition, by):
    """Put an ambition back, last in its strand, and return it."""
    current = locked(ambition)
    if current.removed_at:
        _set(current, removed_at=None, position=order.next_place(_in_plan(current.strand)))
        record(
            by=by,
            evaluation=current.evaluation,
            verb=Verb.RESTORED_AMBITION,
            subject=f"ambition {current.pk}",
        )
    return current


def _refuse_twin(strand, text, besides=None, **_):
    """Hold a strand and refuse an ambition whose words stand in it already, or that comes when it is gone."""
    if Strand.objects.select_for_update().get(pk=strand.pk).removed_at:
        raise NotAllowedNow("This strand was removed meanwhile. Choose another one.")
    others = _in_plan(strand).exclude(pk=besides and besides.pk)
    if same_words(text) in map(same_words, others.values_list("text", flat=True)):
        raise AlreadyThere


def _link(ambition, conditions):
    """Make these the conditions that an ambition needs to shift."""
    AmbitionCondition.objects.filter(ambition=ambition).exclude(condition__in=conditions).delete()
    there = set(ambition.conditions.values_list("condition", flat=True))
    AmbitionCondition.objects.bulk_create(
        AmbitionCondition(evaluation=ambition.evaluation, ambition=ambition, condition=one)
        for one in conditions
        if one not in there
    )


def _set(ambition, **fields):
    for name, value in fields.items():
        setattr(ambition, name, value)
    ambition.save(update_fields=[*fields, "updated_at"])


def _in_plan(strand):
    return Ambition.objects.filter(strand=strand, removed_at__isnull=True)

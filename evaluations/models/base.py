"""What every table of an evaluation shares."""

from django.db import models
from django.db.models import Q


class EvaluationRecord(models.Model):
    """A row that belongs to one evaluation; nothing crosses evaluations."""

    evaluation = models.ForeignKey("evaluations.Evaluation", on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class EditableRecord(EvaluationRecord):
    """A row that people edit: ``version`` rises by one with each save, so a stale save is noticed."""

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


def one_of(field, choices, *, name, blank=False):
    """Return a database constraint: ``field`` holds one of the choices (or nothing where ``blank``).

    ``choices`` is an enumeration or a list of (value, label) pairs; ``name`` is the constraint's name.
    """
    values = [str(value) for value, _ in getattr(choices, "choices", choices)]
    if blank:
        values.append("")
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def not_empty(field, *, name):
    """Return a database constraint: ``field`` holds some text."""
    return models.CheckConstraint(condition=~Q(**{field: ""}), name=name)

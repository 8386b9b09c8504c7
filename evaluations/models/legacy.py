"""The legacy plan: its ambitions, the conditions that each needs to shift, and what is accepted as it is."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.conditions import CONDITION_CHOICES

from .base import EditableRecord, EvaluationRecord, not_empty, one_of


class AmbitionKind(models.TextChoices):
    """What an ambition of the legacy plan is for."""

    OUTCOME = "outcome", "Outcome"
    ASSET = "asset", "Asset"
    SYSTEM_CHANGE = "system_change", "System change"


class Ambition(EditableRecord):
    """A line of the legacy plan: what is to remain of one strand after the programme.

    ``dimension`` is one of the programme's own dimensions of change, for system change alone. One that was
    removed is kept (``removed_at``) so that it can be put back.
    """

    strand = models.ForeignKey("evaluations.Strand", on_delete=models.PROTECT, related_name="ambitions")
    kind = models.CharField(max_length=20, choices=AmbitionKind)
    dimension = models.CharField("the programme's own dimension", max_length=120, blank=True)
    text = models.TextField("the ambition, in a sentence")
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["strand__position", "strand_id", "position", "pk"]
        indexes = [models.Index(fields=["evaluation", "strand", "position"], name="ambition_by_strand")]
        constraints = [
            one_of("kind", AmbitionKind, name="ambition_kind_known"),
            not_empty("text", name="ambition_has_text"),
            models.CheckConstraint(
                condition=Q(kind=AmbitionKind.SYSTEM_CHANGE) | Q(dimension=""),
                name="ambition_dimension_of_system_change",
            ),
        ]

    def __str__(self):
        return f"Ambition {self.pk}"


class AmbitionCondition(EvaluationRecord):
    """A condition that an ambition needs to shift."""

    ambition = models.ForeignKey(Ambition, on_delete=models.CASCADE, related_name="conditions")
    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "ambition", "condition"], name="ambition_condition_once"
            ),
            one_of("condition", CONDITION_CHOICES, name="ambition_condition_known"),
        ]

    def __str__(self):
        return f"{self.ambition_id}: {self.condition}"


class AcceptedAs(models.TextChoices):
    """What is accepted with a reason."""

    GAP = "gap", "A gap of the road test"
    PASSAGE = "passage", "A passage that the check before publishing asked about"


class Acceptance(EditableRecord):
    """That something is left as it is, and why. One that was taken back is kept (``removed_at``).

    ``subject`` names what is accepted in the words of the rule that found it, for example
    ``ends_unheld:finding:12``; it holds no words that people wrote.
    """

    accepted_as = models.CharField(max_length=10, choices=AcceptedAs)
    subject = models.CharField(max_length=200)
    reason = models.TextField("why it is accepted")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "accepted_as", "subject"], name="acceptance_once"),
            one_of("accepted_as", AcceptedAs, name="acceptance_of_what_known"),
            not_empty("subject", name="acceptance_has_subject"),
            not_empty("reason", name="acceptance_has_reason"),
        ]

    def __str__(self):
        return f"Acceptance {self.pk}"

"""What became of an earlier evaluation's findings, and what an evaluator reads from a comparison."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .base import EditableRecord, not_empty, one_of
from .signed import SignedText


class Outcome(models.TextChoices):
    """What became of an earlier finding."""

    RESOLVED = "resolved", "Resolved"
    PERSISTS = "persists", "Persists"
    WORSENED = "worsened", "Worsened"


class FindingOutcome(EditableRecord):
    """What became of a finding of the evaluation that this one follows.

    The one deliberate crossing between evaluations: ``earlier`` belongs to the evaluation that ``evaluation``
    follows, ``later`` to ``evaluation`` itself, empty when the earlier finding was resolved. One earlier
    finding may meet several later ones. One that was taken back is kept (``removed_at``).
    """

    earlier = models.ForeignKey("evaluations.Finding", on_delete=models.CASCADE, related_name="+")
    later = models.ForeignKey(
        "evaluations.Finding", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("outcome", Outcome, name="finding_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.RESOLVED, later__isnull=True)
                | Q(outcome__in=[Outcome.PERSISTS, Outcome.WORSENED], later__isnull=False),
                name="finding_outcome_resolved_or_met",
            ),
            models.UniqueConstraint(
                fields=["evaluation", "earlier", "later"],
                condition=Q(removed_at__isnull=True),
                name="finding_outcome_once",
            ),
            models.UniqueConstraint(
                fields=["evaluation", "earlier"],
                condition=Q(removed_at__isnull=True, later__isnull=True),
                name="finding_outcome_resolved_once",
            ),
        ]

    def __str__(self):
        return f"{self.earlier_id}: {self.get_outcome_display()}"

    @staticmethod
    def version_of(rows):
        """Return the version of what is said of one earlier finding.

        ``rows`` are all its rows there ever were: they are kept, so the sum rises with every change.
        """
        return sum(row.version for row in rows)


class ComparisonReading(SignedText):
    """An evaluator's signed sentence or two in place of the generated reading of a comparison.

    ``compared`` names what is compared, as ``queries.readings`` puts it; ``basis`` is of the figures.
    """

    compared = models.CharField(max_length=400)

    noun = "reading"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "compared"], name="comparison_reading_once"),
            not_empty("compared", name="comparison_reading_of_something"),
            not_empty("text", name="comparison_reading_has_text"),
        ]

    def __str__(self):
        return f"Reading {self.pk}"

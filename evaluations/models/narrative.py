"""What the evaluators write around the findings: reflections."""

from django.db import models

from .base import EditableRecord, EvaluationRecord, not_empty, one_of


class Subject(models.TextChoices):
    """What a reflection is about."""

    HEARD = "heard", "What was heard"
    MODEL = "model", "The model itself"


class ReflectionStatus(models.TextChoices):
    """Who sees a reflection."""

    DRAFT = "draft", "Draft"
    READY = "ready", "Ready to share"


class Reflection(EditableRecord):
    """A theme that the evaluators reflect on: what was heard, or the model itself.

    One that was removed is kept (``removed_at``) so that it can be put back; so is each of its points.
    """

    subject = models.CharField(max_length=10, choices=Subject, default=Subject.HEARD)
    strand = models.ForeignKey(
        "evaluations.Strand", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    theme = models.CharField(max_length=200)
    status = models.CharField(max_length=20, choices=ReflectionStatus, default=ReflectionStatus.DRAFT)
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            one_of("subject", Subject, name="reflection_subject_known"),
            one_of("status", ReflectionStatus, name="reflection_status_known"),
            not_empty("theme", name="reflection_has_theme"),
        ]

    def __str__(self):
        return f"Reflection {self.pk}"


class ReflectionPoint(EditableRecord):
    """One point of a reflection, with the quotations behind it."""

    reflection = models.ForeignKey(Reflection, on_delete=models.CASCADE, related_name="points")
    text = models.TextField()
    position = models.PositiveIntegerField(default=0)
    quotations = models.ManyToManyField(
        "evaluations.Quotation", through="evaluations.ReflectionQuotation", related_name="reflection_points"
    )
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [not_empty("text", name="reflection_point_has_text")]

    def __str__(self):
        return f"Point {self.pk}"


class ReflectionQuotation(EvaluationRecord):
    """A quotation behind a point of a reflection."""

    point = models.ForeignKey(ReflectionPoint, on_delete=models.CASCADE, related_name="+")
    quotation = models.ForeignKey("evaluations.Quotation", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "point", "quotation"], name="reflection_quotation_once"
            ),
        ]

    def __str__(self):
        return f"{self.point_id}: {self.quotation_id}"

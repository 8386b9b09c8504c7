"""Drafts shared for a fact check, and what is said of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .base import EvaluationRecord, not_empty


class FindingShare(EvaluationRecord):
    """A draft shown to one member for comment, until an evaluator ends it."""

    # Why there can be none, said alike by the form and by the action.
    NO_LONGER_A_DRAFT = "One of these findings is no longer a draft, or was removed. Choose again."
    NO_LONGER_A_MEMBER = "Somebody chosen is no longer a member of this evaluation. Choose again."

    finding = models.ForeignKey("evaluations.Finding", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    question = models.TextField("what to look at", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "finding", "member"],
                condition=Q(ended_at__isnull=True),
                name="finding_share_once",
            )
        ]

    def __str__(self):
        return f"{self.finding_id} to {self.member_id}"


class FindingComment(EvaluationRecord):
    """What a member says of a finding that was shared for comment, or an evaluator's answer.

    One that was taken back by its author is kept (``removed_at``) so that it can be put back.
    """

    finding = models.ForeignKey("evaluations.Finding", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [not_empty("text", name="finding_comment_has_text")]

    def __str__(self):
        return f"Comment {self.pk}"

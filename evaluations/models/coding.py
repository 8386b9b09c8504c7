"""A second evaluator coding an interview blind, and how disagreements were settled."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from evaluations.conditions import CODE_KIND_CHOICES, CONDITION_CHOICES

from .base import EditableRecord, EvaluationRecord, one_of


class Settlement(models.TextChoices):
    """How a disagreement between two coders was settled."""

    CODED = "coded", "It is coded"
    NOT_CODED = "not_coded", "It is not coded"


class CodingRound(EvaluationRecord):
    """One interview coded blind by a second evaluator; while it is open, the interview's text is locked."""

    interview = models.ForeignKey("evaluations.Interview", on_delete=models.CASCADE, related_name="rounds")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    # A cancelled round is closed too, and holds nothing but who it was that is no longer blind.
    is_cancelled = models.BooleanField(default=False)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_cancelled=False) | Q(closed_at__isnull=False),
                name="coding_round_cancelled_is_over",
            ),
            models.UniqueConstraint(
                fields=["evaluation", "interview"],
                condition=Q(closed_at__isnull=True),
                name="coding_round_one_open",
            ),
        ]

    def __str__(self):
        return f"Round {self.pk}"


class BlindCode(EvaluationRecord):
    """A passage that the second coder coded: no quotation, of the words it holds only the range.

    ``start`` and ``end`` count code points of the text that the answer had in ``text_version``.
    """

    round = models.ForeignKey(CodingRound, on_delete=models.CASCADE, related_name="codes")
    answer = models.ForeignKey("evaluations.Answer", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=CODE_KIND_CHOICES)
    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text_version = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["answer", "start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="blind_code_range_whole"),
            one_of("kind", CODE_KIND_CHOICES, name="blind_code_kind_known"),
            one_of("condition", CONDITION_CHOICES, name="blind_code_condition_known"),
        ]

    def __str__(self):
        return f"Blind code {self.pk}"


class CodingUnit(EditableRecord):
    """One unit of agreement as the round closed: answer x condition x kind, coded or not by each coder.

    ``settled`` says how the two coders settled a disagreement, with a note, by whom and when. The note may
    hold a participant's words: no general history, only ``SettlementVersion``, which goes with the unit.
    """

    round = models.ForeignKey(CodingRound, on_delete=models.CASCADE, related_name="units")
    answer = models.ForeignKey("evaluations.Answer", on_delete=models.CASCADE, related_name="+")
    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES)
    kind = models.CharField(max_length=20, choices=CODE_KIND_CHOICES)
    first = models.BooleanField()
    second = models.BooleanField()
    settled = models.CharField(max_length=10, choices=Settlement, blank=True)
    note = models.TextField(blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["answer", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "round", "answer", "condition", "kind"], name="coding_unit_once"
            ),
            one_of("condition", CONDITION_CHOICES, name="coding_unit_condition_known"),
            one_of("kind", CODE_KIND_CHOICES, name="coding_unit_kind_known"),
            one_of("settled", Settlement, name="coding_unit_settled_known", blank=True),
        ]

    def __str__(self):
        return f"Unit {self.pk}"


class SettlementVersion(EvaluationRecord):
    """How a disagreement was settled once, or how somebody would have on top of that (``set_aside``)."""

    unit = models.ForeignKey(CodingUnit, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    settled = models.CharField(max_length=10, choices=Settlement)
    note = models.TextField(blank=True)
    set_aside = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [one_of("settled", Settlement, name="settlement_version_known")]

    def __str__(self):
        return f"Settlement {self.number} of unit {self.unit_id}"

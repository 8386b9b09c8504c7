"""Insight workshops: what a room weighs, kept apart from the evaluators' findings."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Q, Sum

from evaluations.codes import grouped
from evaluations.conditions import CONDITION_CHOICES, KIND_CHOICES

from .base import EditableRecord, EvaluationRecord, not_empty, one_of

MOST_DOTS = 20


class Workshop(EditableRecord):
    """An occasion at which people weigh ready findings of one or more strands on their phones.

    It takes phones from ``opened_at`` to ``closed_at``; ``code`` is what they join with, and stops working
    then. ``cleared_at`` is when first names and notes were deleted, a set time after closing.
    """

    title = models.CharField(max_length=120)
    strands = models.ManyToManyField("evaluations.Strand", through="evaluations.WorkshopStrand")
    code = models.CharField(max_length=12, unique=True, editable=False)
    shows_quotations = models.BooleanField("show quotations on the phones", default=False)
    hides_totals = models.BooleanField("hide the totals until they are shown", default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    cleared_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            not_empty("title", name="workshop_has_title"),
            not_empty("code", name="workshop_has_code"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False), name="workshop_opened_first"
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(closed_at__isnull=False),
                name="workshop_closed_before_cleared",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_open(self):
        """Say whether phones can join."""
        return self.opened_at is not None and self.closed_at is None

    @property
    def shown_code(self):
        """Return the code as people read it, for example ``7KQ4-M2RT``."""
        return grouped(self.code)


class WorkshopStrand(EvaluationRecord):
    """A strand that a workshop is about."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="+")
    strand = models.ForeignKey("evaluations.Strand", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "workshop", "strand"], name="workshop_strand_once")
        ]

    def __str__(self):
        return f"{self.workshop_id}: {self.strand_id}"


class WorkshopRound(EvaluationRecord):
    """One vote of a workshop: findings of one kind, a number of dots for each phone.

    While it is open (at most one is) dots can be set; when it closes its results are frozen
    (``WorkshopResult``), with ``joined``, ``started`` and ``finished``: how many phones there were, how many
    of them placed anything, and how many said that they had finished. ``shows_totals`` says whether the
    screen shows its totals.
    """

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    question = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    dots = models.PositiveIntegerField(
        "dots for each person", default=5, validators=[MinValueValidator(1), MaxValueValidator(MOST_DOTS)]
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    shows_totals = models.BooleanField(default=False)
    joined = models.PositiveIntegerField(default=0)
    started = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "workshop", "number"], name="workshop_round_number_once"
            ),
            models.UniqueConstraint(
                fields=["evaluation", "workshop"],
                condition=Q(closed_at__isnull=True),
                name="workshop_round_one_open",
            ),
            one_of("kind", KIND_CHOICES, name="workshop_round_kind_known"),
            not_empty("question", name="workshop_round_has_question"),
            models.CheckConstraint(
                condition=Q(dots__gte=1, dots__lte=MOST_DOTS), name="workshop_round_dots_in_bounds"
            ),
        ]

    def __str__(self):
        return f"Round {self.number} of {self.workshop_id}"


class Phone(EvaluationRecord):
    """Somebody who joined a workshop: a random cookie (kept as a hash), and perhaps a first name."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="phones")
    token_hash = models.CharField(max_length=64)
    name = models.CharField("first name", max_length=40, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    finished_round = models.ForeignKey(
        WorkshopRound, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "workshop", "token_hash"], name="phone_once")
        ]

    def __str__(self):
        return f"Phone {self.pk}"


class Verdict(models.TextChoices):
    """What somebody says of a finding."""

    CONFIRM = "confirm", "Confirm"
    CHALLENGE = "challenge", "Challenge"


class WeighingQuerySet(models.QuerySet):
    """What phones said, counted."""

    def people(self):
        """Return how many phones placed a dot, confirmed, challenged or wrote a note. One query."""
        said = self.filter(Q(dots__gt=0) | ~Q(verdict="") | ~Q(note=""))
        return said.order_by().aggregate(people=Count("phone", distinct=True))["people"]

    def tallied(self):
        """Return ``{finding's number: {dots, people, confirm, challenge}}``. One query."""
        counted = (
            self.order_by()
            .values("finding")
            .annotate(
                sum=Sum("dots"),
                people=Count("pk", filter=Q(dots__gt=0)),
                confirm=Count("pk", filter=Q(verdict=Verdict.CONFIRM)),
                challenge=Count("pk", filter=Q(verdict=Verdict.CHALLENGE)),
            )
        )
        return {row.pop("finding"): {"dots": row.pop("sum")} | row for row in counted}


class Weighing(EvaluationRecord):
    """What one phone says of one finding in one round: dots, confirm or challenge, a note.

    Dots are set, never added to: the same tap twice is the same row with the same number. ``turn`` rises
    with whatever a phone's script sends, so that an older request that arrives late changes nothing.
    """

    round = models.ForeignKey(WorkshopRound, on_delete=models.CASCADE, related_name="weighings")
    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="+")
    finding = models.ForeignKey("evaluations.Finding", on_delete=models.CASCADE, related_name="+")
    dots = models.PositiveIntegerField(default=0)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    note = models.TextField(blank=True)
    turn = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(auto_now=True)

    objects = WeighingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "round", "phone", "finding"], name="weighing_once"),
            one_of("verdict", Verdict, name="weighing_verdict_known", blank=True),
            models.CheckConstraint(condition=Q(dots__lte=MOST_DOTS), name="weighing_dots_in_bounds"),
        ]

    def __str__(self):
        return f"{self.phone_id} on {self.finding_id}"


class WorkshopResult(EvaluationRecord):
    """What a closed round made of one finding, with its words, condition and strand as they then were."""

    round = models.ForeignKey(WorkshopRound, on_delete=models.CASCADE, related_name="results")
    finding = models.ForeignKey("evaluations.Finding", on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    strand = models.ForeignKey("evaluations.Strand", on_delete=models.PROTECT, related_name="+")
    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES)
    position = models.PositiveIntegerField()
    dots = models.PositiveIntegerField()
    people = models.PositiveIntegerField("people who gave it dots")
    confirm = models.PositiveIntegerField()
    challenge = models.PositiveIntegerField()

    class Meta:
        ordering = ["-dots", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "round", "finding"], name="workshop_result_once"),
            one_of("condition", CONDITION_CHOICES, name="workshop_result_condition_known"),
        ]

    def __str__(self):
        return f"{self.round_id}: {self.finding_id}"

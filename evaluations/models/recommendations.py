"""Recommendations, who owns them, the steps they take, and how they moved."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Lower
from simple_history.models import HistoricalRecords

from evaluations.conditions import CONDITION_CHOICES

from .base import EditableRecord, EvaluationRecord, not_empty, one_of

ref_validator = RegexValidator(r"^[A-Z]+[0-9]+\Z", "Use capital letters and then a number, for example R1.")


class RecommendationSource(models.TextChoices):
    """Who the recommendation comes from."""

    COMMITTED = "committed", "Committed by the programme"
    ADDED = "added", "Added by the evaluators"


class Response(models.TextChoices):
    """The programme's response to a recommendation that the evaluators added."""

    NONE = "none", "None yet"
    ACCEPTED = "accepted", "Accepted"
    PARTLY = "partly_accepted", "Partly accepted"
    NOT_ACCEPTED = "not_accepted", "Not accepted"


class Status(models.TextChoices):
    """How far a recommendation or an action is, in the order of the tracker."""

    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    ON_HOLD = "on_hold", "On hold"
    COMPLETED = "completed", "Completed"
    NOT_APPLICABLE = "no_longer_applicable", "No longer applicable"

    @classmethod
    def followed_from(cls, statuses):
        """Return the status of a recommendation that follows from those of its actions; None without any.

        All no longer applicable: that. All completed or no longer applicable: completed. Any begun (one that
        is on hold was) or completed: in progress. Else not started.
        """
        found = set(statuses)
        if not found:
            return None
        if found == {cls.NOT_APPLICABLE}:
            return cls.NOT_APPLICABLE
        if found <= {cls.COMPLETED, cls.NOT_APPLICABLE}:
            return cls.COMPLETED
        begun = {cls.IN_PROGRESS, cls.ON_HOLD, cls.COMPLETED}
        return cls.IN_PROGRESS if found & begun else cls.NOT_STARTED

    def asks_why(self, followed=None):
        """Return what to ask for with this status; nothing where it speaks for itself.

        ``followed`` is the status that follows from the actions, None without any: another one is explained.
        """
        if self == followed or (followed is None and self not in ASK_WHY):
            return ""
        return ASK_WHY.get(self, "Its actions say something else. Say why the status differs from theirs.")


ASK_WHY = {
    Status.ON_HOLD: "Say what it waits for.",
    Status.NOT_APPLICABLE: "Say why it no longer applies.",
}
OPEN_STATUSES = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.ON_HOLD)


class Priority(models.TextChoices):
    """How much a recommendation matters among the others."""

    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


class Owner(EvaluationRecord):
    """A person or team that owns recommendations and actions, with or without an account."""

    name = models.CharField(max_length=160)
    email = models.EmailField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    wants_reminders = models.BooleanField("send reminders", default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint("evaluation", Lower("name"), name="owner_name_unique"),
            models.UniqueConstraint(
                fields=["evaluation", "user"], condition=Q(user__isnull=False), name="owner_once_per_user"
            ),
            not_empty("name", name="owner_has_name"),
        ]

    def __str__(self):
        return self.name


class RecommendationQuerySet(models.QuerySet):
    """Recommendations as screens need them."""

    def open(self):
        """Return those on which work remains."""
        return self.filter(status__in=OPEN_STATUSES)


class Recommendation(EditableRecord):
    """Something the programme committed to, or that the evaluators added.

    Once it has actions its ``status`` follows from theirs, unless it was ``status_set_by_hand``.
    """

    ref = models.CharField("reference", max_length=12, validators=[ref_validator])
    strand = models.ForeignKey("evaluations.Strand", on_delete=models.PROTECT, related_name="recommendations")
    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES)
    source = models.CharField(max_length=20, choices=RecommendationSource)
    title = models.CharField(max_length=300)
    text = models.TextField("in more words", blank=True)
    adds_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="additions"
    )
    barriers = models.ManyToManyField(
        "evaluations.Finding",
        through="evaluations.RecommendationBarrier",
        related_name="recommendations",
        blank=True,
    )
    quotations = models.ManyToManyField(
        "evaluations.Quotation",
        through="evaluations.RecommendationQuotation",
        related_name="recommendations",
        blank=True,
    )
    response = models.CharField(max_length=20, choices=Response, default=Response.NONE)
    response_reason = models.TextField("reason for the response", blank=True)
    responded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    responded_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=24, choices=Status, default=Status.NOT_STARTED)
    status_set_by_hand = models.BooleanField("status set by hand", default=False)
    status_reason = models.TextField("reason for the status", blank=True)
    owner = models.ForeignKey(
        Owner, on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations"
    )
    original_due = models.DateField("first due date", null=True, blank=True)
    due = models.DateField("due date", null=True, blank=True)
    priority = models.CharField(max_length=10, choices=Priority, blank=True)
    depends_on_funding = models.BooleanField(default=False)
    taken_on_by = models.CharField("who takes it on after the programme's end", max_length=160, blank=True)

    objects = RecommendationQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["created_at", "updated_at"], history_change_reason_field=models.TextField(null=True)
    )

    class Meta:
        ordering = [Length("ref"), "ref", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "ref"], name="recommendation_ref_unique"),
            models.CheckConstraint(
                condition=Q(ref__regex=r"^[A-Z]+[0-9]+$"), name="recommendation_ref_shape"
            ),
            one_of("condition", CONDITION_CHOICES, name="recommendation_condition_known"),
            one_of("source", RecommendationSource, name="recommendation_source_known"),
            one_of("response", Response, name="recommendation_response_known"),
            one_of("status", Status, name="recommendation_status_known"),
            one_of("priority", Priority, name="recommendation_priority_known", blank=True),
            not_empty("title", name="recommendation_has_title"),
            models.CheckConstraint(
                condition=Q(source=RecommendationSource.ADDED) | Q(response=Response.NONE),
                name="recommendation_committed_needs_no_response",
            ),
            models.CheckConstraint(
                condition=~Q(response__in=[Response.PARTLY, Response.NOT_ACCEPTED]) | ~Q(response_reason=""),
                name="recommendation_response_reasoned",
            ),
            models.CheckConstraint(
                condition=Q(due__isnull=True) | Q(original_due__isnull=False),
                name="recommendation_first_due_kept",
            ),
            models.CheckConstraint(
                condition=Q(adds_to__isnull=True) | ~Q(adds_to=F("pk")),
                name="recommendation_not_adding_to_itself",
            ),
        ]

    def __str__(self):
        return self.ref

    @property
    def is_open(self):
        """Say whether work on it remains."""
        return self.status in OPEN_STATUSES

    @property
    def is_committed(self):
        """Say whether the programme itself committed to it, so that it needs no response."""
        return self.source == RecommendationSource.COMMITTED


class RecommendationBarrier(EvaluationRecord):
    """A barrier that a recommendation addresses."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="+")
    finding = models.ForeignKey("evaluations.Finding", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "recommendation", "finding"], name="recommendation_barrier_once"
            )
        ]

    def __str__(self):
        return f"{self.recommendation_id}: {self.finding_id}"


class RecommendationQuotation(EvaluationRecord):
    """A quotation as evidence for a recommendation."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="+")
    quotation = models.ForeignKey("evaluations.Quotation", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "recommendation", "quotation"], name="recommendation_quotation_once"
            )
        ]

    def __str__(self):
        return f"{self.recommendation_id}: {self.quotation_id}"

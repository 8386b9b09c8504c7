"""An evaluation, its strands, who is a member of it, and what was set aside."""

from calendar import monthrange

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from evaluations.conditions import TANGIBILITY_CHOICES

from .base import EditableRecord, EvaluationRecord, not_empty, one_of

LONGEST_KEPT_MONTHS = 120  # ten years: names and contacts are never kept for good


class Role(models.TextChoices):
    """What a member does in an evaluation."""

    EVALUATOR = "evaluator", "Evaluator"
    REVIEWER = "reviewer", "Reviewer"
    LEAD = "lead", "Project lead"


class Provenance(models.TextChoices):
    """Where the findings of a strand come from."""

    INTERVIEWS = "interviews", "Interviews"
    PUBLIC_SOURCES = "public_sources", "Public sources, not interviews"


class Evaluation(models.Model):
    """One evaluation of a programme's legacy plan."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    programme = models.CharField(max_length=200)
    programme_short = models.CharField("programme, in short", max_length=30, blank=True)
    phase = models.CharField(max_length=200, blank=True)
    programme_ends = models.DateField("programme end date", null=True, blank=True)
    report_title = models.CharField("title of the published report", max_length=200, blank=True)
    method = models.TextField(blank=True)
    objectives = models.TextField(blank=True, help_text="One objective a line.")
    introduction = models.TextField(blank=True)
    about_model = models.TextField("about the model", blank=True)
    evaluators = models.TextField(blank=True, help_text="One name a line, as the report prints it.")
    headings = models.JSONField("wording of the six headings", default=dict, blank=True)
    glossary = models.JSONField(default=dict, blank=True)
    change_dimensions = models.JSONField("the programme's own dimensions of change", default=list, blank=True)
    condition_note = models.CharField(
        "how recommendations came under a condition", max_length=300, blank=True
    )
    follows = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followed_by"
    )
    is_made_up = models.BooleanField("made up for practice", default=False)
    two_step_required = models.BooleanField("two-step sign-in required", default=False, db_default=False)
    identities_kept_months = models.PositiveSmallIntegerField(
        "months that names and contacts are kept after the programme's end",
        default=12,
        db_default=12,
        validators=[MaxValueValidator(LONGEST_KEPT_MONTHS)],
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            not_empty("title", name="evaluation_has_title"),
            models.CheckConstraint(
                condition=Q(follows__isnull=True) | ~Q(follows=F("pk")), name="evaluation_not_its_own_earlier"
            ),
            models.CheckConstraint(
                condition=Q(identities_kept_months__lte=LONGEST_KEPT_MONTHS),
                name="evaluation_identities_kept_for_years_at_most",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def programme_name(self):
        """Return the short name of the programme where there is one, for example ``SSBC``."""
        return self.programme_short or self.programme

    @property
    def has_ended(self):
        """Say whether the programme's end date has passed."""
        return self.programme_ends is not None and self.programme_ends < timezone.localdate()

    @property
    def names_go_on(self):
        """Return the day on which participants' names and contacts are due to be deleted.

        That is so many months after the programme's end; None where it has no end date.
        """
        return self.programme_ends and months_after(self.programme_ends, self.identities_kept_months)

    @property
    def names_are_overdue(self):
        """Say whether that day has passed."""
        return self.names_go_on is not None and self.names_go_on < timezone.localdate()


def months_after(day, months):
    """Return the same day of a later month, or its last one: 31 August and six months is 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


class Membership(EvaluationRecord):
    """One person's role in one evaluation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "user"], name="membership_once_per_person"),
            one_of("role", Role, name="membership_role_known"),
        ]

    def __str__(self):
        return f"{self.user} as {self.get_role_display()}"


class Invitation(EvaluationRecord):
    """A link that lets one person join with a role; only the token's hash is kept."""

    role = models.CharField(max_length=20, choices=Role)
    email = models.EmailField(blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            one_of("role", Role, name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(accepted_at__isnull=True),
                name="invitation_not_accepted_and_revoked",
            ),
        ]

    def __str__(self):
        return f"Invitation {self.pk}"


class Strand(EditableRecord):
    """A part of the legacy plan under study; one that was removed (an empty one) can be put back."""

    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    provenance = models.CharField(
        "where this comes from", max_length=20, choices=Provenance, default=Provenance.INTERVIEWS
    )
    provenance_note = models.TextField("note on where this comes from", blank=True)
    strategic_response = models.TextField("the programme's strategic response", blank=True)
    response_focus = models.CharField(
        "what the response works on", max_length=20, choices=TANGIBILITY_CHOICES, blank=True
    )
    response_focus_label = models.CharField("the response in a few words", max_length=80, blank=True)
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "slug"], name="strand_slug_unique"),
            models.UniqueConstraint("evaluation", Lower("name"), name="strand_name_unique"),
            one_of("provenance", Provenance, name="strand_provenance_known"),
            one_of("response_focus", TANGIBILITY_CHOICES, name="strand_focus_known", blank=True),
            not_empty("name", name="strand_has_name"),
        ]

    def __str__(self):
        return self.name

    @property
    def from_interviews(self):
        """Say whether the findings come from interviews."""
        return self.provenance == Provenance.INTERVIEWS


class Source(EvaluationRecord):
    """A published place that a finding restates or a quotation is taken from."""

    label = models.CharField(max_length=80, blank=True, help_text="In short, for example June 2023 report.")
    title = models.CharField(max_length=300)
    address = models.URLField(max_length=500, blank=True)
    published = models.CharField(max_length=40, blank=True, help_text="As printed, for example 2019-05.")

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "title"], name="source_title_unique"),
            not_empty("title", name="source_has_title"),
        ]

    def __str__(self):
        return self.label or self.title


class ConflictingEdit(EvaluationRecord):
    """What a person sent on top of an older version: kept, so that nothing typed is lost.

    ``fields`` holds the form's values as sent. Never used for records with a participant's words: their
    versions are tied to the participant.
    """

    record_type = models.CharField(max_length=40)
    record_id = models.PositiveBigIntegerField()
    based_on = models.PositiveIntegerField()
    fields = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["evaluation", "record_type", "record_id"], name="conflicting_by_record")
        ]

    def __str__(self):
        return f"{self.record_type} {self.record_id}, based on version {self.based_on}"

"""Findings and the quotations that are their evidence."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from simple_history.models import HistoricalRecords

from evaluations.conditions import CODE_KIND_CHOICES, CONDITION_CHOICES, KIND_CHOICES, Condition, Kind

from .base import EditableRecord, EvaluationRecord, not_empty, one_of
from .signed import SignedText


class FindingStatus(models.TextChoices):
    """Who sees a finding."""

    DRAFT = "draft", "Draft"
    READY = "ready", "Ready to share"


class Scope(models.TextChoices):
    """How far a finding reaches."""

    PROGRAMME = "programme", "The programme"
    AREA = "area", "The area"
    NATIONAL = "national", "National"


class Lasting(models.TextChoices):
    """Whether an achievement will outlive the programme."""

    EMBEDDED = "embedded", "Embedded"
    AT_RISK = "at_risk", "At risk"
    ENDS = "ends", "Ends with the programme"
    NOT_JUDGED = "not_judged", "Not judged"

    def worded(self, *, ended):
        """Return the words on screen; of what ended with the programme, in the past once it ``ended``."""
        return "Ended with the programme" if ended and self is Lasting.ENDS else self.label

    @classmethod
    def choices_worded(cls, *, ended):
        """Return the choices of a form in the words on screen."""
        return [(one.value, one.worded(ended=ended)) for one in cls]


class Passage(models.TextChoices):
    """Where a quotation stands in the text of its answer as that is now."""

    IN_PLACE = "in_place", "In place"
    CHANGED = "changed", "The answer changed since"
    GONE = "gone", "Gone from the answer"


class FindingQuerySet(models.QuerySet):
    """Findings in the orders that screens need."""

    def in_model_order(self):
        """Return the rows by strand, kind, condition in the model's order, and position in the cell."""
        kinds = Case(*[When(Q(kind=kind), then=Value(rank)) for rank, kind in enumerate(Kind)])
        conditions = Case(*[When(Q(condition=name), then=Value(rank)) for rank, name in enumerate(Condition)])
        return self.order_by("strand__position", "strand_id", kinds, conditions, "position", "pk")


class Finding(EditableRecord):
    """One achievement or barrier of a strand under one condition, in the evaluators' words.

    One that was removed, or merged into another, is kept (``removed_at``) so that it can be restored.
    """

    strand = models.ForeignKey("evaluations.Strand", on_delete=models.PROTECT, related_name="findings")
    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES)
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    text = models.TextField("the finding, in a sentence")
    note = models.TextField("what else it touches", blank=True)
    scope = models.CharField(max_length=20, choices=Scope, blank=True)
    status = models.CharField(max_length=20, choices=FindingStatus, default=FindingStatus.DRAFT)
    position = models.PositiveIntegerField(default=0)
    lasting = models.CharField("will it last?", max_length=20, choices=Lasting, default=Lasting.NOT_JUDGED)
    holder = models.CharField("who holds it afterwards", max_length=160, blank=True)
    source = models.ForeignKey(
        "evaluations.Source", on_delete=models.PROTECT, null=True, blank=True, related_name="findings"
    )
    quotations = models.ManyToManyField(
        "evaluations.Quotation", through="evaluations.FindingQuotation", related_name="findings", blank=True
    )
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged", editable=False
    )

    objects = FindingQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["created_at", "updated_at", "position"],
        history_change_reason_field=models.TextField(null=True),
    )

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            models.Index(
                fields=["evaluation", "strand", "kind", "condition", "position"], name="finding_by_cell"
            ),
            # Holds all that counting a cell and finding its first findings needs: the rows are not read.
            models.Index(
                fields=["evaluation", "strand", "kind", "condition", "position", "id", "status"],
                condition=Q(removed_at__isnull=True),
                name="finding_counted",
            ),
            # The same for counting how many achievements last, and which nobody holds.
            models.Index(
                fields=["evaluation", "strand", "lasting", "holder", "kind", "status", "id"],
                condition=Q(removed_at__isnull=True),
                name="finding_lasting",
            ),
        ]
        constraints = [
            one_of("condition", CONDITION_CHOICES, name="finding_condition_known"),
            one_of("kind", KIND_CHOICES, name="finding_kind_known"),
            one_of("status", FindingStatus, name="finding_status_known"),
            one_of("scope", Scope, name="finding_scope_known", blank=True),
            one_of("lasting", Lasting, name="finding_lasting_known"),
            not_empty("text", name="finding_has_text"),
            models.CheckConstraint(
                condition=Q(kind=Kind.ACHIEVEMENT.value) | Q(lasting=Lasting.NOT_JUDGED, holder=""),
                name="finding_only_achievements_last",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(removed_at__isnull=False),
                name="finding_merged_is_removed",
            ),
        ]

    def __str__(self):
        return f"Finding {self.pk}"


class Quotation(EditableRecord):
    """What was said, word for word. Never altered by the program itself.

    Either published in a ``source``, or confidential until its speaker's consent and an evaluator's approval
    let it through (``access.quotations_for``). ``start`` and ``end`` count code points of the answer's text:
    ``answer.text[start:end]`` is ``text``, or ``passage`` says that it changed or is gone. ``kind``,
    ``condition`` and ``strand`` are how its coder coded it. ``agreed_on`` and ``refused_on`` are when a
    speaker who asks to be asked first decided about these words. One that was removed is kept
    (``removed_at``) so that it can be restored. Holds a participant's words: no general history, only
    ``QuotationVersion``, which goes with it.
    """

    text = models.TextField("what was said, word for word")
    speaker = models.ForeignKey(
        "evaluations.Participant", on_delete=models.CASCADE, null=True, blank=True, related_name="quotations"
    )
    source = models.ForeignKey(
        "evaluations.Source", on_delete=models.PROTECT, null=True, blank=True, related_name="quotations"
    )
    answer = models.ForeignKey(
        "evaluations.Answer", on_delete=models.CASCADE, null=True, blank=True, related_name="quotations"
    )
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    passage = models.CharField(max_length=10, choices=Passage, blank=True)
    kind = models.CharField(max_length=20, choices=CODE_KIND_CHOICES, blank=True)
    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES, blank=True)
    strand = models.ForeignKey(
        "evaluations.Strand", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    coder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    agreed_on = models.DateField(null=True, blank=True)
    refused_on = models.DateField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            not_empty("text", name="quotation_has_text"),
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True)
                | Q(start__isnull=False, end__isnull=False, end__gt=F("start"), answer__isnull=False),
                name="quotation_range_whole",
            ),
            models.CheckConstraint(
                condition=Q(passage="", start__isnull=True)
                | Q(passage__in=[Passage.IN_PLACE, Passage.CHANGED], start__isnull=False)
                | Q(passage=Passage.GONE, start__isnull=True, answer__isnull=False),
                name="quotation_passage_known",
            ),
            one_of("kind", CODE_KIND_CHOICES, name="quotation_kind_known", blank=True),
            one_of("condition", CONDITION_CHOICES, name="quotation_condition_known", blank=True),
            models.CheckConstraint(
                condition=Q(agreed_on__isnull=True) | Q(refused_on__isnull=True),
                name="quotation_agreed_or_refused",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(approved_on__isnull=False),
                name="quotation_approval_dated",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=True)
                | Q(speaker__isnull=True, answer__isnull=True, approved_on__isnull=True),
                name="quotation_published_or_spoken",
            ),
        ]

    def __str__(self):
        return f"Quotation {self.pk}"


class QuotationVersion(EvaluationRecord):
    """Words that a quotation once had, or that were sent on top of an older version (then ``set_aside``)."""

    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    set_aside = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number", "-pk"]

    def __str__(self):
        return f"Version {self.number} of quotation {self.quotation_id}"


class FindingQuotation(EvaluationRecord):
    """A quotation as evidence for a finding."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="+")
    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "finding", "quotation"], name="finding_quotation_once"
            )
        ]

    def __str__(self):
        return f"{self.finding_id}: {self.quotation_id}"


class FindingChange(EvaluationRecord):
    """One step of work on findings that can be undone: merged, split, moved, reordered, marked, removed.

    ``before`` and ``after`` hold, by the finding's number, its fields and the numbers of its quotations and
    recommendations; None for one that was not there. ``before`` holds too what a merge took along: the
    numbers of outcomes, comments and shares (``carried``). They hold no participant's words.
    """

    label = models.CharField(max_length=200)
    before = models.JSONField()
    after = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.label


class CellSummary(SignedText):
    """An evaluator's signed sentence or two on one cell of a matrix; ``basis`` is of its findings."""

    strand = models.ForeignKey("evaluations.Strand", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES)

    noun = "summary"

    class Meta:
        verbose_name_plural = "cell summaries"
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "strand", "kind", "condition"], name="cell_summary_once"
            ),
            one_of("kind", KIND_CHOICES, name="cell_summary_kind_known"),
            one_of("condition", CONDITION_CHOICES, name="cell_summary_condition_known"),
            not_empty("text", name="cell_summary_has_text"),
        ]

    def __str__(self):
        return f"Summary {self.pk}"

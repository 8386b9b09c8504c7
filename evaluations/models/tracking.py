"""How recommendations move: the actions they take, dates that changed, progress with its evidence."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from .base import EditableRecord, EvaluationRecord, not_empty, one_of
from .recommendations import OPEN_STATUSES, Owner, Recommendation, Status

# How histories say where a status comes from, and who used a private link.
FOLLOWS = "Follows from its actions"
BY_LINK = ", by private link"


class ActionQuerySet(models.QuerySet):
    """Actions as screens need them."""

    def open(self):
        """Return those on which work remains."""
        return self.filter(status__in=OPEN_STATUSES)


class Action(EditableRecord):
    """A step of a recommendation. One that was removed is kept (``removed_at``) so that it can come back."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="actions")
    text = models.TextField("what is done")
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, null=True, blank=True, related_name="actions")
    original_due = models.DateField("first due date", null=True, blank=True)
    due = models.DateField("due date", null=True, blank=True)
    status = models.CharField(max_length=24, choices=Status, default=Status.NOT_STARTED)
    status_reason = models.TextField("reason for the status", blank=True)
    percent = models.PositiveSmallIntegerField("how far it is, in percent", null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ActionQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["created_at", "updated_at", "position"],
        history_change_reason_field=models.TextField(null=True),
    )

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["evaluation", "recommendation", "position"], name="action_by_recommendation")
        ]
        constraints = [
            one_of("status", Status, name="action_status_known"),
            not_empty("text", name="action_has_text"),
            models.CheckConstraint(
                condition=Q(due__isnull=True) | Q(original_due__isnull=False), name="action_first_due_kept"
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__lte=100), name="action_percent_in_range"
            ),
        ]

    def __str__(self):
        return self.text[:60]

    @property
    def is_open(self):
        """Say whether work on it remains."""
        return self.status in OPEN_STATUSES


class DueDateChange(EvaluationRecord):
    """A recommendation, or one of its actions, that was given another due date, and why."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="due_changes")
    action = models.ForeignKey(
        Action, on_delete=models.CASCADE, null=True, blank=True, related_name="due_changes"
    )
    old_due = models.DateField(null=True)
    new_due = models.DateField(null=True)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [not_empty("reason", name="due_date_change_reasoned")]

    def __str__(self):
        return f"{self.old_due} to {self.new_due}"


class ProgressUpdate(EvaluationRecord):
    """A dated note on how a recommendation, or one of its actions, moved: added to, never edited away.

    ``author`` wrote it with an account, ``owner`` through a private link; ``corrects`` is an earlier note
    that this one puts right.
    """

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="updates")
    action = models.ForeignKey(
        Action, on_delete=models.SET_NULL, null=True, blank=True, related_name="updates"
    )
    date = models.DateField()
    note = models.TextField()
    evidence_link = models.URLField("link to evidence", max_length=500, blank=True)
    corrects = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="corrections"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    owner = models.ForeignKey(Owner, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-date", "-at", "-pk"]
        constraints = [not_empty("note", name="progress_update_has_note")]

    def __str__(self):
        return f"{self.date}: {self.note[:40]}"


class EvidenceKind(models.TextChoices):
    """What an evidence file is, by its content."""

    PDF = "pdf", "PDF"
    WORD = "docx", "Word document"
    WORKBOOK = "xlsx", "Excel workbook"
    SLIDES = "pptx", "PowerPoint slides"
    PNG = "png", "Picture (PNG)"
    JPEG = "jpg", "Picture (JPEG)"
    TEXT = "txt", "Text"


class EvidenceFile(EvaluationRecord):
    """A file that shows what a progress note says; stored here, so that any process can serve it."""

    update = models.ForeignKey(ProgressUpdate, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=4, choices=EvidenceKind)
    content = models.BinaryField()
    size = models.PositiveIntegerField("size in bytes")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [one_of("kind", EvidenceKind, name="evidence_file_kind_known")]

    def __str__(self):
        return f"Evidence {self.pk}"


class TrackerChange(EvaluationRecord):
    """One change to several recommendations at once, with what each was before and after it, to undo it by.

    ``before`` and ``after`` are ``{number of the recommendation: {field: value}}``.
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

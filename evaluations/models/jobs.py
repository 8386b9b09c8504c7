"""Long work that runs beside the requests, and the files that it holds meanwhile."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .base import EvaluationRecord, one_of


class JobKind(models.TextChoices):
    """What a job does."""

    IMPORT = "import", "Import"
    EXPORT = "export", "Draft of the report as a file"
    PUBLISH = "publish", "Publishing"


class JobState(models.TextChoices):
    """How far a job is."""

    DRAFT = "draft", "Not started"
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Stopped"


class HeldFile(EvaluationRecord):
    """A file that somebody sent, kept until what is in it was imported. May hold a participant's words."""

    name = models.CharField(max_length=200)
    content = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"File {self.pk}"


class Job(EvaluationRecord):
    """One piece of long work: what is asked for (``order``), how far it is, what came of it (``result``)."""

    kind = models.CharField(max_length=20, choices=JobKind)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.DRAFT)
    # Which taking up of the job this is: only the worker that made it may say how it ended.
    attempt = models.PositiveIntegerField(default=0)
    file = models.ForeignKey(HeldFile, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    order = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    step = models.CharField(max_length=80, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "created_at"], name="job_by_state", condition=Q(state="waiting"))
        ]
        constraints = [
            one_of("kind", JobKind, name="job_kind_known"),
            one_of("state", JobState, name="job_state_known"),
        ]

    def __str__(self):
        return f"Job {self.pk}"

"""The report: what the evaluators wrote of it, its published versions, and the files made of either."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from .base import EditableRecord, EvaluationRecord, not_empty, one_of


class SectionKey(models.TextChoices):
    """The sections of the report in the order of the 2023 report, then the words used, then the summary.

    The summary for parents is a document of its own, written in the same way.
    """

    INTRODUCTION = "introduction", "Introduction"
    OBJECTIVES = "objectives", "Objectives"
    ABOUT_MODEL = "about_model", "About the model"
    REFLECTIONS = "reflections", "Reflections"
    ACHIEVEMENTS = "achievements", "Achievements"
    REMAINING = "remaining", "Remaining to be done"
    RECOMMENDATIONS = "recommendations", "Recommendations"
    MODEL_REFLECTIONS = "model_reflections", "Reflections on the model"
    ACKNOWLEDGEMENTS = "acknowledgements", "Acknowledgements"
    METHOD = "method", "Method"
    GLOSSARY = "glossary", "Words used"
    SUMMARY = "summary", "Summary for parents"


class DocumentKind(models.TextChoices):
    """The documents that are published together."""

    REPORT = "report", "Full report"
    SUMMARY = "summary", "Summary for parents"


class FileFormat(models.TextChoices):
    """The formats that a document is made in."""

    DOCX = "docx", "Word"
    PDF = "pdf", "PDF"
    HTML = "html", "Web page"


class Report(EditableRecord):
    """What the report is called and what it holds; without a row everything is as it begins.

    ``coreq`` holds what evaluators wrote for items of the COREQ checklist, by number.
    """

    title = models.CharField(max_length=200, blank=True)
    strands = models.ManyToManyField(
        "evaluations.Strand", through="evaluations.ReportStrand", related_name="+", blank=True
    )
    has_coreq = models.BooleanField("add the COREQ table", default=False)
    coreq = models.JSONField("what to say for items of COREQ", default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evaluation"], name="report_once")]

    def __str__(self):
        return f"Report {self.pk}"


class ReportStrand(EvaluationRecord):
    """A strand that the report is about."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    strand = models.ForeignKey("evaluations.Strand", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "report", "strand"], name="report_strand_once")
        ]

    def __str__(self):
        return f"{self.report_id}: {self.strand_id}"


class ReportSection(EditableRecord):
    """What was decided of one section: heading, place, whether it is in; and its text once it ``is_written``.

    A section without a row, or that is not written, says what the data says now.
    """

    key = models.CharField(max_length=20, choices=SectionKey)
    heading = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    is_written = models.BooleanField(default=False)
    is_included = models.BooleanField("in the report", default=True)
    position = models.PositiveIntegerField(default=0)

    history = HistoricalRecords(
        excluded_fields=["created_at", "updated_at"], history_change_reason_field=models.TextField(null=True)
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "key"], name="report_section_once"),
            one_of("key", SectionKey, name="report_section_known"),
        ]

    def __str__(self):
        return f"Section {self.pk}"


class PublishedVersion(EvaluationRecord):
    """A published version: numbered, dated, never changed but by a withdrawal, which dates it ``amended_on``.

    ``documents`` holds what was published as ``report.blocks`` writes it, by ``DocumentKind``; ``note`` says
    what is new in it.
    """

    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    note = models.TextField("what is new in this version", blank=True)
    documents = models.JSONField()
    published_on = models.DateField()
    published_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    amended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "number"], name="published_version_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="published_version_numbered"),
            not_empty("title", name="published_version_has_title"),
        ]

    def __str__(self):
        return f"Version {self.number}"


class ReportFile(EvaluationRecord):
    """A file of a document: of a published ``version``, kept as it is; or of the draft, made by a ``job``.

    ``sha256`` is of the content, in hexadecimal.
    """

    version = models.ForeignKey(
        PublishedVersion, on_delete=models.CASCADE, null=True, blank=True, related_name="files"
    )
    job = models.ForeignKey(
        "evaluations.Job", on_delete=models.CASCADE, null=True, blank=True, related_name="report_files"
    )
    document = models.CharField(max_length=10, choices=DocumentKind)
    format = models.CharField(max_length=10, choices=FileFormat)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["document", "format", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "version", "document", "format"],
                condition=Q(version__isnull=False),
                name="report_file_once",
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=False, job__isnull=True)
                | Q(version__isnull=True, job__isnull=False),
                name="report_file_of_version_or_job",
            ),
            one_of("document", DocumentKind, name="report_file_document_known"),
            one_of("format", FileFormat, name="report_file_format_known"),
        ]

    def __str__(self):
        return f"File {self.pk}"

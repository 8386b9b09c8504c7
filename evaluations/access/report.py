"""Who sees the report: what is being written, evaluators; what was published, every member."""

from django.db.models import Exists, OuterRef, Q

from evaluations.models import PublishedVersion, Report, ReportFile, ReportSection

from .coding import blind_rounds_of
from .rules import confidential


def reports_for(member):
    """Return what was decided of the whole report (one row at most): to evaluators, else none."""
    return confidential(member, Report.objects.filter(evaluation=member.evaluation))


def sections_for(member):
    """Return what was decided and written of the sections: all to evaluators, none to anybody else."""
    return confidential(member, ReportSection.objects.filter(evaluation=member.evaluation))


def section_histories_for(member):
    """Return what the sections once said: all to evaluators, none to anybody else."""
    return confidential(member, ReportSection.history.filter(evaluation=member.evaluation))


def versions_for(member):
    """Return the published versions, newest first, which every member sees.

    Who codes an interview blind is no exception: a published quotation is known to everybody here.
    """
    return PublishedVersion.objects.filter(evaluation=member.evaluation)


def published_files_for(member):
    """Return the files of published versions, without their content, which every member sees."""
    rows = ReportFile.objects.filter(evaluation=member.evaluation, version__isnull=False)
    return rows.select_related("version").defer("content", "version__documents")


def draft_files_for(member):
    """Return the files made of the draft, without their content: to evaluators, none to anybody else.

    Who codes an interview blind sees of these only those that they asked for since they began: the others may
    hold its quotations.
    """
    rows = ReportFile.objects.filter(evaluation=member.evaluation, version__isnull=True)
    blind = blind_rounds_of(member)
    begun_since = blind.filter(opened_at__gte=OuterRef("job__created_at"))
    seen = ~Exists(blind) | Q(job__by=member.user) & ~Exists(begun_since)
    return confidential(member, rows.filter(seen).select_related("job").defer("content"))

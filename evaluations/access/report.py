"""Who sees the report: what is being written, evaluators; what was published, every member."""

from evaluations.models import PublishedVersion, Report, ReportFile, ReportSection

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
    """Return the published versions, newest first, which every member sees."""
    return PublishedVersion.objects.filter(evaluation=member.evaluation)


def published_files_for(member):
    """Return the files of published versions, without their content, which every member sees."""
    rows = ReportFile.objects.filter(evaluation=member.evaluation, version__isnull=False)
    return rows.select_related("version").defer("content", "version__documents")


def draft_files_for(member):
    """Return the files made of the draft, without their content: all to evaluators, none to anybody else."""
    rows = ReportFile.objects.filter(evaluation=member.evaluation, version__isnull=True)
    return confidential(member, rows.select_related("job").defer("content"))

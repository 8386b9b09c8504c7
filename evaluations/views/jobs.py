"""How far a piece of long work is. Evaluators only."""

from dataclasses import dataclass
from datetime import timedelta

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from evaluations import access
from evaluations.actions.imports import counted
from evaluations.actions.jobs import AT_WORK
from evaluations.models import JobKind, JobState

SOON = timedelta(seconds=30)


@dataclass(frozen=True)
class JobWords:
    """What the page calls work of one kind; ``route`` and ``crumb`` lead to where it belongs."""

    doing: str
    done: str
    failed: str
    unit: str
    route: str
    crumb: str


WORDS = {
    JobKind.IMPORT: JobWords(
        "Importing", "Imported", "Nothing was imported", "rows", "import-list", "Import"
    ),
    JobKind.EXPORT: JobWords(
        "Making a file of the draft",
        "The file is made",
        "No file was made",
        "files",
        "report-files",
        "Files of the draft",
    ),
    JobKind.PUBLISH: JobWords(
        "Publishing", "Published", "Nothing was published", "files", "report-detail", "Report"
    ),
}


def job_detail(request, slug, pk):
    """Show a job's progress, its result, or why it stopped; the page looks again by itself."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    job = get_object_or_404(access.jobs_for(member), pk=pk)
    waited = job.seen_at and timezone.now() - job.seen_at > SOON
    words = WORDS[job.kind]
    headings = {JobState.DRAFT: "Not started", JobState.DONE: words.done, JobState.FAILED: words.failed}
    context = {
        "member": member,
        "job": job,
        "words": words,
        "menu_route": words.route,
        "heading": headings.get(job.state, words.doing),
        "ended": f"evaluations/_job_{job.kind}.html",
        "is_open": job.state in AT_WORK,
        "is_stuck": job.state == JobState.WAITING and waited,
        "made": counted(job.result.get("made", [])),
        "file": access.draft_files_for(member).filter(job=job).first(),
    }
    return TemplateResponse(request, "evaluations/job_detail.html", context)

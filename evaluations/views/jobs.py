"""How far a piece of long work is. Evaluators only."""

from datetime import timedelta

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from evaluations import access
from evaluations.actions.imports import counted
from evaluations.models import JobState

SOON = timedelta(seconds=30)
AT_WORK = (JobState.WAITING, JobState.RUNNING)


def job_detail(request, slug, pk):
    """Show a job's progress, its result, or why it stopped; the page looks again by itself."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    job = get_object_or_404(access.jobs_for(member), pk=pk)
    waited = job.seen_at and timezone.now() - job.seen_at > SOON
    context = {
        "member": member,
        "job": job,
        "is_open": job.state in AT_WORK,
        "is_stuck": job.state == JobState.WAITING and waited,
        "made": counted(job.result.get("made", [])),
    }
    return TemplateResponse(request, "evaluations/job_detail.html", context)

"""Bringing a transcript into one interview: the file, then where each part goes. Evaluators only."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from evaluations import access
from evaluations.actions.errors import ActionError, NotAllowedNow
from evaluations.actions.jobs import discard_job, hold_file
from evaluations.actions.transcripts import Placed, TextThere, place_transcript
from evaluations.forms.imports import PlacesForm, TranscriptForm
from evaluations.importing.transcript import Question, read_transcript
from evaluations.models import JobState


def interview_transcript(request, slug, code):
    """Take the transcript of an interview."""
    member, interview = _interview(request, slug, code)
    if interview.emptied_on:
        return redirect("interview-detail", slug=slug, code=code)
    asked = _asked(list(access.guide_for(member)))
    is_post = request.method == "POST"
    form = (
        TranscriptForm(request.POST, request.FILES, questions=asked)
        if is_post
        else TranscriptForm(questions=asked)
    )
    if is_post and form.is_valid():
        job = hold_file(
            evaluation=member.evaluation,
            name=form.cleaned_data["file"].name,
            content=form.content,
            order={"transcript": interview.pk, "code": interview.code},
            by=request.user,
        )
        return redirect("interview-transcript-place", slug=slug, code=code, pk=job.pk)
    context = {"member": member, "interview": interview, "form": form}
    return TemplateResponse(request, "evaluations/interview_transcript.html", context)


def interview_transcript_place(request, slug, code, pk):
    """Show where each part of a transcript goes, let that be changed, and write it down."""
    member, interview = _interview(request, slug, code)
    if interview.emptied_on:
        return redirect("interview-detail", slug=slug, code=code)
    drafts = access.jobs_for(member).filter(state=JobState.DRAFT, order__transcript=interview.pk)
    job = get_object_or_404(drafts, pk=pk)
    if "discard" in request.POST:
        try:
            discard_job(job=job)
        except NotAllowedNow as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The file was deleted. Nothing was written down.")
        return redirect("interview-transcript", slug=slug, code=code)
    questions = list(access.guide_for(member))
    pieces = read_transcript(bytes(job.file.content), _asked(questions))
    data = request.POST if request.method == "POST" else None
    form = PlacesForm(data, pieces=pieces, questions=questions)
    if request.method == "POST" and form.is_valid():
        placed = [Placed(*piece) for piece in form.placed]
        try:
            number = place_transcript(job=job, interview=interview, pieces=placed, by=request.user)
        except TextThere as error:
            form.add_error(error.name, str(error))
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{number} answer{'s' * (number != 1)} of {code} written down.")
            return redirect("interview-detail", slug=slug, code=code)
    context = {"member": member, "interview": interview, "job": job, "form": form}
    return TemplateResponse(request, "evaluations/interview_transcript_place.html", context)


def _interview(request, slug, code):
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    return member, get_object_or_404(access.interviews_for(member), code=code)


def _asked(questions):
    """Return the guide's rows as reading a transcript takes them."""
    return [Question(row.pk, row.condition, row.area, row.prompt) for row in questions]

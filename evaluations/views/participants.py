"""Participants: who took part, by code, and what they consented to. Evaluators only."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from evaluations import access
from evaluations.actions.errors import AlreadyThere, StaleVersion
from evaluations.actions.people import add_participant, edit_participant
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.people import ParticipantForm
from evaluations.models import Participant
from evaluations.queries.interviews import next_code

PER_PAGE = 50


def participant_list(request, slug):
    """List the participants, 50 a page."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    page = Paginator(access.participants_for(member), PER_PAGE).get_page(request.GET.get("page"))
    context = {"member": member, "page": page, "participants": list(page)}
    return TemplateResponse(request, "evaluations/participant_list.html", context)


def participant_add(request, slug):
    """Add a participant; the code is suggested."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    start = {"code": next_code(access.participants_for(member), letter="P")}
    form = ParticipantForm(
        request.POST or None, instance=Participant(evaluation=member.evaluation), initial=start
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = add_participant(evaluation=member.evaluation, fields=form.changes, by=request.user)
        except AlreadyThere as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, f"Participant {row.code} saved.")
            return redirect("participant-list", slug=slug)
    return TemplateResponse(request, "evaluations/participant_form.html", {"member": member, "form": form})


def participant_edit(request, slug, code):
    """Edit a participant; a stale save shows both versions."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    row = get_object_or_404(access.participants_for(member), code=code)
    is_post = request.method == "POST"
    form = bound(ParticipantForm, request.POST, instance=row) if is_post else ParticipantForm(instance=row)
    context = {"member": member, "form": form, "code": code}
    if is_post and form.is_valid():
        seen = {"version": form.seen_version, "changes": form.changes}
        try:
            saved = edit_participant(participant=row, by=request.user, **seen)
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current)
            return TemplateResponse(request, "evaluations/participant_conflict.html", context, status=409)
        except AlreadyThere as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, f"Participant {saved.code} saved.")
            return redirect("participant-list", slug=slug)
    return TemplateResponse(request, "evaluations/participant_form.html", context)

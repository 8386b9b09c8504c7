"""Interviews: the list and the facts. Evaluators only."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from evaluations import access
from evaluations.actions.errors import AlreadyThere, NotAllowedNow, StaleVersion
from evaluations.actions.interviews import add_interview, edit_interview
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.interviews import InterviewForm
from evaluations.models import Interview, Role
from evaluations.queries.history import set_aside_edits
from evaluations.queries.interviews import for_list, next_code

PER_PAGE = 50


def interview_list(request, slug):
    """List the interviews, 50 a page."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    page = Paginator(for_list(access.interviews_for(member)), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "member": member,
        "page": page,
        "interviews": list(page),
        "participants": access.participants_for(member).count(),
    }
    return TemplateResponse(request, "evaluations/interview_list.html", context)


def interview_add(request, slug):
    """Add an interview; its code is suggested."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    new = Interview(evaluation=member.evaluation)
    start = {"code": next_code(access.interviews_for(member)), "interviewer": request.user.pk}
    form = InterviewForm(request.POST or None, instance=new, initial=start, **_choices(member))
    if request.method == "POST" and form.is_valid():
        try:
            interview = add_interview(
                evaluation=member.evaluation, fields=form.changes, by=request.user, **form.people
            )
        except AlreadyThere as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, f"Interview {interview.code} saved. Now write down what was said.")
            return redirect("interview-detail", slug=slug, code=interview.code)
    return TemplateResponse(request, "evaluations/interview_form.html", {"member": member, "form": form})


def interview_edit(request, slug, code):
    """Change the facts of an interview; a stale save shows both versions."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    interview = access.row_for(access.interviews_for(member), request.POST, code=code)
    people = {"participants": list(interview.participants.all()), "strands": list(interview.strands.all())}
    choices = _choices(member, interview) | {"instance": interview, "initial": people}
    form = (
        bound(InterviewForm, request.POST, **choices)
        if request.method == "POST"
        else InterviewForm(**choices)
    )
    context = {
        "member": member,
        "form": form,
        "code": interview.code,
        "set_aside": set_aside_edits(interview, access.set_aside_for(member, interview)),
    }
    if request.method == "POST" and form.is_valid():
        seen = {"version": form.seen_version, "changes": form.changes, **form.people}
        try:
            saved = edit_interview(interview=interview, by=request.user, **seen)
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current)
            return TemplateResponse(request, "evaluations/interview_conflict.html", context, status=409)
        except AlreadyThere as error:
            form.add_error("code", str(error))
        except NotAllowedNow as error:
            form.add_error("participants", str(error))
        else:
            messages.success(request, f"Interview {saved.code} saved.")
            return redirect("interview-detail", slug=slug, code=saved.code)
    return TemplateResponse(request, "evaluations/interview_form.html", context)


def _choices(member, interview=None):
    """Return the rows to choose from; those who took part stay, whatever became of them since."""
    took_part = [row.pk for row in interview.participants.all()] if interview else []
    free = Q(withdrawn_on__isnull=True) | Q(pk__in=took_part)
    evaluators = [row.user for row in access.members_for(member).filter(role=Role.EVALUATOR)]
    if interview and interview.interviewer and interview.interviewer not in evaluators:
        evaluators.append(interview.interviewer)
    return {
        "participants": access.participants_for(member).filter(free),
        "strands": list(access.strands_for(member)),
        "evaluators": evaluators,
    }

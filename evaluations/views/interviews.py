"""Interviews: the list, the facts, one interview, and what was asked and answered. Evaluators only."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from evaluations import access
from evaluations.actions.errors import AlreadyThere, NotAllowedNow, StaleVersion
from evaluations.actions.interviews import AnswerSent, add_interview, edit_interview, save_answers
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.interviews import AnswersForm, InterviewForm
from evaluations.models import Interview, Role
from evaluations.queries.history import set_aside_edits, set_aside_versions
from evaluations.queries.interviews import for_list, next_code, with_answers

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


def interview_detail(request, slug, code):
    """Show one interview: its facts, and per condition what was asked and answered."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    interview = get_object_or_404(with_answers(access.interviews_for(member)), code=code)
    context = {
        "member": member,
        "interview": interview,
        "form": _answers_form(member, interview),
        "set_aside": [
            *set_aside_edits(interview, access.set_aside_for(member, interview)),
            *set_aside_versions(access.set_aside_answers_for(member, interview), _under),
        ],
    }
    return TemplateResponse(request, "evaluations/interview_detail.html", context)


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
            return redirect("interview-answers", slug=slug, code=interview.code)
    return TemplateResponse(request, "evaluations/interview_form.html", {"member": member, "form": form})


def interview_edit(request, slug, code):
    """Change the facts of an interview; a stale save shows both versions."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    interview = get_object_or_404(access.interviews_for(member), code=code)
    people = {"participants": list(interview.participants.all()), "strands": list(interview.strands.all())}
    choices = _choices(member, interview) | {"instance": interview, "initial": people}
    form = (
        bound(InterviewForm, request.POST, **choices)
        if request.method == "POST"
        else InterviewForm(**choices)
    )
    context = {"member": member, "form": form, "code": code}
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


def interview_answers(request, slug, code):
    """Write down what was asked and answered; answers that somebody else saved meanwhile show both texts."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    interview = get_object_or_404(with_answers(access.interviews_for(member)), code=code)
    form = _answers_form(member, interview, request.POST or None)
    context = {"member": member, "interview": interview, "form": form}
    if request.method == "POST" and form.is_valid():
        sent = [AnswerSent(*answer) for answer in form.sent]
        unsettled, kept = save_answers(interview=interview, states=form.states, answers=sent, by=request.user)
        for row in kept:
            said = f"{row.get_condition_display()} stays “{row.get_state_display()}”"
            messages.warning(request, f"{said}: somebody else said so, or wrote under it, meanwhile.")
        if unsettled:
            fresh = get_object_or_404(with_answers(access.interviews_for(member)), code=code)
            context |= {"form": _answers_form(member, fresh), "unsettled": unsettled}
            context["form"].offer(unsettled)
            return TemplateResponse(request, "evaluations/interview_answers.html", context, status=409)
        messages.success(request, f"Interview {code} saved.")
        return redirect("interview-detail", slug=slug, code=code)
    return TemplateResponse(request, "evaluations/interview_answers.html", context)


def _answers_form(member, interview, data=None):
    return AnswersForm(
        data,
        questions=list(access.guide_for(member)),
        answers=list(interview.answers.all()),
        states={row.condition: row.state for row in interview.conditions.all()},
    )


def _under(version):
    return version.answer.get_condition_display()


def _choices(member, interview=None):
    """Return the rows to choose from; those who took part stay, whatever became of them since."""
    took_part = set(interview.participants.all()) if interview else set()
    evaluators = [row.user for row in access.members_for(member).filter(role=Role.EVALUATOR)]
    if interview and interview.interviewer and interview.interviewer not in evaluators:
        evaluators.append(interview.interviewer)
    return {
        "participants": [
            row for row in access.participants_for(member) if row.withdrawn_on is None or row in took_part
        ],
        "strands": list(access.strands_for(member)),
        "evaluators": evaluators,
    }

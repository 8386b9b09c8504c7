"""Writing an interview up: the entry page, saving by itself, the check at the end, earlier versions.

Evaluators only.
"""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.actions.errors import NotAllowedNow, StaleVersion, TextLocked, TextWithdrawn
from evaluations.actions.interviews import AnswerSent, bring_back, mark_interview, save_answers
from evaluations.conditions import Condition
from evaluations.forms.coding import EvidenceForm
from evaluations.forms.interviews import AnswersForm, MarkForm, VersionForm
from evaluations.models import ConditionState, InterviewStatus
from evaluations.queries.coding import coded_quotations, coding_desk, tallies
from evaluations.queries.interviews import (
    first_open,
    in_levels,
    last_saved,
    places,
    suggested_focus,
    versions_of,
    with_answers,
)
from evaluations.screens.two_texts import clock, two_texts

PER_PAGE = 50
NOT_UNDERSTOOD = (
    "What was sent holds nothing of this page. Download a copy of what you wrote, then load the page again."
)


@dataclass(frozen=True)
class Sheet:
    """One answer on the entry page: its fields, its marked text where it is being coded, links to switch."""

    box: object
    coded: object
    write_query: str
    code_query: str


def interview_detail(request, slug, code):
    """Write up one condition of an interview beside its guide, and code what was written.

    Of one whose answers a withdrawal deleted only the facts are shown. Without ``?condition=`` the first
    condition that needs writing. Answers that somebody else saved meanwhile come back with both texts.
    """
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    interview = _interview(member, request, code)
    if interview.emptied_on and request.method != "POST":
        context = {"member": member, "interview": interview}
        return TemplateResponse(request, "evaluations/interview_withdrawn.html", context)
    desk = _desk(member, interview, request)
    form = _answers_form(member, interview, desk["condition"], request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(interview, form, by=request.user)
        except TextWithdrawn as error:
            messages.warning(request, str(error))
            return redirect(_here(interview, desk["condition"], slug))
        except TextLocked as error:
            messages.warning(request, f"{error} What you wrote is kept under “Earlier versions”.")
            return redirect(_here(interview, desk["condition"], slug))
        for row in saved.kept:
            messages.warning(request, _why_kept(row, saved))
        if not saved.unsettled:
            messages.success(request, f"{desk['condition'].label} saved.")
            return redirect(_here(interview, desk["condition"], slug))
        interview = _interview(member, request, code)
        desk = _desk(member, interview, request)
        form = _answers_form(member, interview, desk["condition"], _settled(request.POST, saved))
        form.conflicts = {sent.name: _conflict(sent.text, answer) for sent, answer in saved.unsettled}
    status = HTTPStatus.CONFLICT if form.conflicts else HTTPStatus.OK
    for box in form.boxes:
        if box.name in form.undecided:
            form.conflicts[box.name] = _conflict(form.undecided[box.name], box.answer)
    context = desk | {"form": form, "answers": _answers(form, desk, request)}
    return TemplateResponse(request, "evaluations/interview_detail.html", context, status=status)


@require_POST
def interview_save(request, slug, code):
    """Save what one answer or state holds, as the entry page sends it by itself; answers in JSON.

    ``fields`` names what was understood: a sender whose field is not among them was not heard. 409 with both
    texts when somebody else saved the answer meanwhile, 423 while the text cannot be changed (``kept`` says
    whether it was set aside), 403 when somebody else is signed in than the one who wrote, 400 when nothing
    was understood.
    """
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    if request.POST.get("user", str(request.user.pk)) != str(request.user.pk):
        return JsonResponse({"error": "Somebody else is signed in here now."}, status=HTTPStatus.FORBIDDEN)
    interview = _interview(member, request, code)
    condition = _condition(request)
    form = _answers_form(member, interview, condition, request.POST)
    errors = [] if form.is_valid() else [message for _, _, message in form.error_links]
    if not errors and not (condition and form.understood):
        errors = [NOT_UNDERSTOOD]
    if errors:
        return JsonResponse({"errors": errors}, status=HTTPStatus.BAD_REQUEST)
    heard = {"fields": form.understood}
    try:
        saved = _save(interview, form, by=request.user)
    except TextLocked as error:
        is_kept = not isinstance(error, TextWithdrawn)
        return JsonResponse(heard | {"error": str(error), "kept": is_kept}, status=HTTPStatus.LOCKED)
    status = HTTPStatus.CONFLICT if saved.unsettled else HTTPStatus.OK
    return JsonResponse(heard | _told(saved), status=status)


def interview_check(request, slug, code):
    """Look over all six conditions, say what the interview was mostly about, and mark how far it is."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    interview = _interview(member, request, code)
    if interview.emptied_on:
        return redirect("interview-detail", slug=slug, code=interview.code)
    coded = coded_quotations(
        access.quotations_for(member).filter(answer__interview=interview),
        access.findings_for(member),
        access.recommendations_for(member),
        access.points_for(member),
    )
    shown = places(interview, tallies(coded))
    suggestion = suggested_focus(shown)
    form = MarkForm(
        request.POST or None,
        initial={
            "version": interview.version,
            "focus_condition": interview.focus_condition or (suggestion and suggestion.condition),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = mark_interview(interview=interview, by=request.user, **form.sent(interview))
        except StaleVersion:
            messages.warning(request, "Somebody else changed this interview meanwhile. Look at it again.")
            return redirect("interview-check", slug=slug, code=code)
        except NotAllowedNow as error:
            form.add_error("focus_condition" if interview.date else None, str(error))
        else:
            messages.success(request, f"{saved.code}: {saved.get_status_display().lower()}.")
            return redirect("interview-check", slug=slug, code=saved.code)
    context = {
        "member": member,
        "interview": interview,
        "places": shown,
        "form": form,
        "suggestion": None if interview.focus_condition else suggestion,
        "not_recorded": [place for place in shown if place.state == ConditionState.NOT_RECORDED],
        "contradictions": [place for place in shown if place.contradiction],
        "loose": [entry for entry in coded if entry.is_loose],
        "coded": len(coded),
    }
    return TemplateResponse(request, "evaluations/interview_check.html", context)


def interview_versions(request, slug, code):
    """Show every text that an answer had, and what was set aside; one can be brought back."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    interview = _interview(member, request, code)
    if interview.emptied_on:
        return redirect("interview-detail", slug=slug, code=interview.code)
    answers = list(interview.answers.all())
    answer = next((row for row in answers if str(row.pk) == request.GET.get("answer")), None)
    answer = answer or next(iter(answers), None)
    rows = access.answer_versions_for(member, interview)
    versions = versions_of(answer, rows) if answer else []
    page = Paginator(versions, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "member": member,
        "interview": interview,
        "answers": answers,
        "answer": answer,
        "query": urlencode({"answer": answer.pk}) if answer else "",
        "page": page,
    }
    return TemplateResponse(request, "evaluations/interview_versions.html", context)


@require_POST
def interview_restore(request, slug, code, pk):
    """Bring an earlier text of an answer back."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    interview = _interview(member, request, code)
    row = get_object_or_404(access.answer_versions_for(member, interview).select_related("answer"), pk=pk)
    form = VersionForm(request.POST)
    form.is_valid()
    try:
        bring_back(row=row, version=form.cleaned_data["version"], by=request.user)
    except StaleVersion:
        messages.warning(request, "Somebody saved this answer meanwhile. Look at its versions again.")
    except TextLocked as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "That text is back. The one it replaced is under “Earlier versions”.")
    address = reverse("interview-versions", args=[slug, interview.code])
    return redirect(f"{address}?{urlencode({'answer': row.answer_id})}")


def _interview(member, request, code):
    """Return an interview with all that its pages show; a form finds it by number, whatever its code now."""
    return access.row_for(with_answers(access.interviews_for(member)), request.POST, code=code)


def _desk(member, interview, request):
    """Return what the entry page shows around the answers: the conditions at a glance, and the evidence."""
    asked = EvidenceForm(request.GET).asked
    condition = _condition(request) or first_open(interview)
    coding = coding_desk(
        interview,
        access.quotations_for(member),
        access.removed_quotations_for(member),
        access.findings_for(member),
        access.recommendations_for(member),
        access.points_for(member),
        access.strands_for(member),
        asked | {"condition": condition},
    )
    shown = places(interview, coding.tallies)
    order = list(Condition)
    at = order.index(condition)
    current = next(iter(interview.open_rounds), None)
    return {
        "member": member,
        "interview": interview,
        "condition": condition,
        "place": shown[at],
        "levels": in_levels(shown),
        "written": sum(place.words > 0 for place in shown),
        "before": order[at - 1] if at else None,
        "after": order[at + 1] if at + 1 < len(order) else None,
        "statuses": _steps(interview),
        "coding": coding,
        "round": current,
        "is_blind": current is not None and current.second == member.user,
    }


def _condition(request):
    """Return the condition that the address or the form names, or None."""
    named = request.GET.get("condition") or request.POST.get("condition")
    return Condition(named) if named in set(Condition) else None


def _steps(interview):
    """Return the statuses in order as (label, is behind us or here, is here)."""
    order = list(InterviewStatus)
    at = order.index(interview.status)
    return [(status.label, number <= at, number == at) for number, status in enumerate(order)]


def _answers_form(member, interview, condition, data=None):
    states = {row.condition: row.state for row in interview.conditions.all()}
    return AnswersForm(
        data,
        condition=condition or Condition.POLICIES,
        questions=list(access.guide_for(member)),
        answers=list(interview.answers.all()),
        state=states.get(condition, ConditionState.NOT_RECORDED),
        strands=list(interview.strands.all()),
    )


def _answers(form, desk, request):
    """Return the answers of the page as ``Sheet`` objects: to write in, or marked up to code."""
    codable = {str(box.answer.pk) for box in form.boxes if box.answer and box.answer.text}
    asked = codable if request.GET.get("mode") == "code" else set(request.GET.getlist("code"))
    return [_sheet(box, desk, codable, asked & codable) for box in form.boxes]


def _sheet(box, desk, codable, coding):
    key = str(box.answer.pk) if box.answer else ""
    others = sorted(coding - {key})
    return Sheet(
        box=box,
        coded=desk["coding"].answers[box.answer.pk] if key in coding and not box.conflict else None,
        write_query=_query(desk["condition"], others),
        code_query=_query(desk["condition"], [*others, key]) if key in codable else "",
    )


def _query(condition, coding=()):
    return urlencode({"condition": condition.value, "code": coding}, doseq=True)


def _save(interview, form, *, by):
    sent = [AnswerSent(**answer) for answer in form.sent]
    return save_answers(interview=interview, states=form.states, answers=sent, by=by)


def _here(interview, condition, slug):
    address = reverse("interview-detail", args=[slug, interview.code])
    return f"{address}?{_query(condition)}"


def _why_kept(row, saved):
    """Return why a state stayed as it was, in a sentence."""
    stays = f"{row.get_condition_display()} stays “{row.get_state_display()}”"
    if any(answer and answer.text for answer in saved.answers.values()):
        return f"{stays}: there is text under it. Choose “Asked”."
    return f"{stays}: somebody else said so, or wrote under it, meanwhile."


def _settled(data, saved):
    """Return what was sent as if it had been sent on top of what is saved now, but for what is unsettled."""
    fresh = data.copy()
    unsettled = {sent.name for sent, _ in saved.unsettled}
    for name, answer in saved.answers.items():
        if answer and name not in unsettled:
            fresh[f"version-{name}"] = answer.version
    return fresh


def _conflict(text, answer):
    """Return what was sent and what an answer holds now, as ``TwoTexts``."""
    row = last_saved(answer)
    return two_texts(answer.text, text, version=answer.version, at=row and row.at, by=row and row.by)


def _told(saved):
    """Return what became of what was sent, as the entry page's script reads it."""
    unsettled = {sent.name: _conflict(sent.text, answer) for sent, answer in saved.unsettled}
    return {
        "saved": clock(timezone.now()),
        "answers": {
            name: {"version": answer.version, "text": answer.text, "pk": answer.pk}
            for name, answer in saved.answers.items()
            if answer and name not in unsettled
        },
        "states": {row.condition: row.state for row in saved.kept},
        "messages": [_why_kept(row, saved) for row in saved.kept],
        "conflicts": {name: found.told for name, found in unsettled.items()},
    }

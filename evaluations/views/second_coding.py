"""Second coding: opening it, coding blind, finishing or cancelling it. Evaluators only."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.actions.errors import ActionError
from evaluations.actions.second_coding import (
    cancel_second_coding,
    close_second_coding,
    code_blind,
    knows_the_codes,
    open_second_coding,
    uncode_blind,
)
from evaluations.conditions import CodeKind
from evaluations.forms.second_coding import BlindCodeForm, SecondCoderForm
from evaluations.models import Role
from evaluations.queries.agreement import blind_desk, with_people


def second_coding_detail(request, slug, code):
    """Show how the second coding of an interview stands; open one; to the second coder, the blind page."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    interview = get_object_or_404(access.interviews_for(member), code=code)
    if interview.emptied_on:
        return redirect("interview-detail", slug=slug, code=code)
    rounds = list(with_people(access.rounds_for(member)).filter(interview=interview))
    current = next((row for row in rounds if row.closed_at is None), None)
    if current and current.second_id == request.user.pk:
        return _blind_page(request, member, current)
    evaluators = _possible(member, interview)
    form = SecondCoderForm(request.POST or None, evaluators=evaluators)
    if request.method == "POST" and form.is_valid():
        try:
            row = open_second_coding(interview=interview, by=request.user, **form.cleaned_data)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            who = row.second.get_full_name() or row.second.get_username()
            messages.success(request, f"Opened: {who} can code {code} now, and its text is locked.")
            return redirect("second-coding-detail", slug=slug, code=code)
    context = {
        "member": member,
        "interview": interview,
        "form": form,
        "current": current,
        "closed": [row for row in rounds if row.closed_at],
        "has_text": access.answers_for(member).filter(interview=interview).exclude(text="").exists(),
        "evaluators": evaluators,
    }
    return TemplateResponse(request, "evaluations/second_coding_detail.html", context)


@require_POST
def second_coding_code(request, slug, pk, answer):
    """Code a passage blind; one that cannot be told from the words comes back with them."""
    member, row = _round(request, slug, pk)
    answer = get_object_or_404(_answers(member, row), pk=answer)
    form = BlindCodeForm(request.POST, answer=answer)
    if form.is_valid():
        try:
            code_blind(coding_round=row, by=request.user, **form.passage)
        except ActionError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Coded as {form.passage['kind']}.")
        return _back(row, slug, f"coded-{answer.pk}")
    if row.closed_at or row.second_id != request.user.pk:
        return _back(row, slug)
    return _blind_page(request, member, row, sent=form)


@require_POST
def second_coding_uncode(request, slug, pk, code):
    """Take back one of one's own blind codes."""
    member, row = _round(request, slug, pk)
    found = get_object_or_404(access.blind_codes_for(member), round=row, pk=code)
    try:
        uncode_blind(code=found, by=request.user)
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Taken back. Select the words again to code them once more.")
    return _back(row, slug, f"coded-{found.answer_id}")


def second_coding_close(request, slug, pk):
    """Close a second coding, after asking once: both codings are frozen and compared."""
    return _end(request, slug, pk, close_second_coding, "Finished. Both codings are compared below.")


def second_coding_cancel(request, slug, pk):
    """Cancel a second coding, after asking once: its blind codes are deleted."""
    return _end(request, slug, pk, cancel_second_coding, "Cancelled. The blind codes are deleted.")


def _end(request, slug, pk, act, said):
    member, row = _round(request, slug, pk)
    if row.closed_at:
        messages.error(request, "This second coding is closed already.")
        return redirect("agreement-detail", slug=slug, pk=pk)
    if request.method != "POST":
        name = "close" if act is close_second_coding else "cancel"
        context = {"member": member, "row": row, "is_second": row.second_id == request.user.pk}
        return TemplateResponse(request, f"evaluations/second_coding_{name}.html", context)
    try:
        ended = act(coding_round=row, by=request.user)
    except ActionError as error:
        messages.error(request, str(error))
        return _back(row, slug)
    messages.success(request, said)
    return redirect("agreement-detail", slug=slug, pk=pk) if ended else _back(row, slug)


def _blind_page(request, member, row, sent=None):
    """Return the page on which the second coder codes; ``sent`` is a form that came back with errors."""
    answers, own = blind_desk(_answers(member, row), access.blind_codes_for(member).filter(round=row))
    context = {
        "member": member,
        "row": row,
        "interview": row.interview,
        "answers": [(marked, _form_for(marked.answer, sent)) for marked in answers],
        "own": own,
        "links": sent.error_links if sent else [],
        "kinds": [(kind, kind.label[0]) for kind in CodeKind],
    }
    return TemplateResponse(request, "evaluations/second_coding_blind.html", context)


def _form_for(answer, sent):
    return sent if sent and sent.answer.pk == answer.pk else BlindCodeForm(answer=answer)


def _round(request, slug, pk):
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    return member, get_object_or_404(with_people(access.rounds_for(member)), pk=pk)


def _answers(member, row):
    return access.answers_for(member).filter(interview=row.interview).defer(None)


def _possible(member, interview):
    """Return the evaluators who cannot know an interview's codes, and so can code it blind."""
    knowing = knows_the_codes(interview).values("pk")
    rows = access.members_for(member).filter(role=Role.EVALUATOR).exclude(user__in=knowing)
    return [row.user for row in rows]


def _back(row, slug, anchor=""):
    response = redirect("second-coding-detail", slug=slug, code=row.interview.code)
    response["Location"] += f"#{anchor}" if anchor else ""
    return response

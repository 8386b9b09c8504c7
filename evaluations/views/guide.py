"""The interview guide, and the one-page explainer with its questions that goes to people before the talk."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.guide import (
    add_question,
    edit_question,
    move_question,
    remove_question,
    restore_question,
    start_guide,
)
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.setup import QuestionForm
from evaluations.models import GuideQuestion
from evaluations.queries.guide import by_condition, with_answer_counts
from evaluations.queries.history import set_aside_edits


def guide_detail(request, slug):
    """Show the guide: the questions under each condition, in the order in which they are asked."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    parts = by_condition(access.guide_for(member))
    context = {
        "member": member,
        "parts": parts,
        "has_questions": any(part.questions for part in parts),
        "removed": list(access.removed_questions_for(member)),
    }
    return TemplateResponse(request, "evaluations/guide_detail.html", context)


@require_POST
def guide_start(request, slug):
    """Fill an empty guide with the starter guide."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    try:
        questions = start_guide(evaluation=member.evaluation, by=request.user)
    except NotAllowedNow as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{len(questions)} questions added. Make them your own.")
    return redirect("guide-detail", slug=slug)


def guide_add(request, slug):
    """Add a question; the address may name the condition and the area it is for."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    start = {name: request.GET.get(name, "") for name in ("condition", "area")}
    new = GuideQuestion(evaluation=member.evaluation)
    form = QuestionForm(request.POST or None, instance=new, initial=start)
    if request.method == "POST" and form.is_valid():
        question = add_question(evaluation=member.evaluation, fields=form.changes, by=request.user)
        messages.success(request, "Question added.")
        return redirect(_place(slug, question))
    return _form(request, member, form, {"heading": "Add a question", "action": "Add this question"})


def guide_edit(request, slug, pk):
    """Edit a question; a stale save shows both versions."""
    member, question = _find(request, slug, pk)
    is_post = request.method == "POST"
    form = (
        bound(QuestionForm, request.POST, instance=question) if is_post else QuestionForm(instance=question)
    )
    if is_post and form.is_valid():
        seen = {"version": form.seen_version, "changes": form.changes}
        try:
            question = edit_question(question=question, by=request.user, **seen)
        except StaleVersion as stale:
            context = {
                "member": member,
                "conflict": conflict(form, stale.current),
                "heading": "This question",
                "back": _place(slug, question),
            }
            return TemplateResponse(request, "evaluations/conflict.html", context, status=409)
        messages.success(request, "Question saved.")
        return redirect(_place(slug, question))
    context = {
        "heading": "Edit a question",
        "action": "Save",
        "lede": "Answers that were written down already keep the question as it was asked.",
        "set_aside": set_aside_edits(question, access.set_aside_for(member, question)),
    }
    return _form(request, member, form, context)


@require_POST
def guide_move(request, slug, pk):
    """Move a question one place up or down."""
    _, question = _find(request, slug, pk)
    move_question(question=question, up=request.POST.get("direction") == "up", by=request.user)
    return redirect(_place(slug, question))


def guide_remove(request, slug, pk):
    """Ask once, then take a question out of the guide."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    question = get_object_or_404(with_answer_counts(access.guide_for(member)), pk=pk)
    if request.method == "POST":
        remove_question(question=question, by=request.user)
        messages.success(request, "Question taken out. It can be put back at the end of this page.")
        return redirect("guide-detail", slug=slug)
    return TemplateResponse(
        request, "evaluations/guide_remove.html", {"member": member, "question": question}
    )


@require_POST
def guide_restore(request, slug, pk):
    """Put a question back that was taken out."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    question = get_object_or_404(access.removed_questions_for(member), pk=pk)
    restore_question(question=question, by=request.user)
    messages.success(request, "Question put back, last under its condition.")
    return redirect(_place(slug, question))


def evaluation_explainer(request, slug):
    """Show the page to print or send before a talk: what it is about, and what will be asked."""
    member = access.evaluation_for(request.user, slug, Ability.SEE_CONFIDENTIAL)
    parts = by_condition(access.guide_for(member))
    context = {
        "member": member,
        "parts": parts,
        "levels": [parts[:3], parts[3:5], parts[5:]],
        "has_questions": any(part.questions for part in parts),
    }
    return TemplateResponse(request, "evaluations/evaluation_explainer.html", context)


def _find(request, slug, pk):
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    return member, get_object_or_404(access.guide_for(member), pk=pk)


def _place(slug, question):
    """Return the address of a question in the guide."""
    return f"{reverse('guide-detail', kwargs={'slug': slug})}#question-{question.pk}"


def _form(request, member, form, context):
    guide = {
        "member": member,
        "form": form,
        "back": reverse("guide-detail", kwargs={"slug": member.evaluation.slug}),
    }
    return TemplateResponse(
        request, "evaluations/setup_form.html", {**guide, "back_to": "Interview guide", **context}
    )

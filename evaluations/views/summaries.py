"""The signed summary of a cell: writing it, changing it, taking it back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.actions.errors import StaleVersion
from evaluations.actions.summaries import sign_summary, take_back_summary
from evaluations.forms.board import SummaryForm
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.findings import VersionForm
from evaluations.models import CellSummary
from evaluations.queries.history import set_aside_edits
from evaluations.queries.summaries import basis_of


def summary_edit(request, slug, strand, kind, condition):
    """Sign a sentence or two on a cell, or other ones; both versions when somebody else did meanwhile."""
    member, cell = _cell(request, slug, strand, kind, condition)
    rows = access.summaries_for(member) | access.taken_back_summaries_for(member)
    summary = rows.filter(**cell).first()
    readers = access.findings_for(member, access.Audience.READERS).filter(**cell)
    basis = basis_of(readers)
    row = summary or CellSummary(evaluation=member.evaluation, **cell)
    is_sent = request.method == "POST"
    form = (
        bound(SummaryForm, request.POST, instance=row)
        if is_sent
        else SummaryForm(instance=row, initial={"basis": basis})
    )
    context = {
        "member": member,
        **cell,
        "form": form,
        "summary": summary,
        "findings": list(readers[:50]),
        "set_aside": set_aside_edits(summary, access.set_aside_for(member, summary)) if summary else [],
    }
    if is_sent and form.is_valid():
        try:
            sign_summary(
                evaluation=member.evaluation,
                cell=cell,
                version=form.seen_version,
                text=form.cleaned_data["text"],
                basis=form.cleaned_data["basis"] or basis,
                by=request.user,
            )
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current)
            return TemplateResponse(request, "evaluations/summary_conflict.html", context, status=409)
        messages.success(request, "Signed: everybody in this evaluation now reads it in the matrix.")
        return _to_board(slug, strand, kind, condition)
    return TemplateResponse(request, "evaluations/summary_form.html", context)


@require_POST
def summary_take_back(request, slug, strand, kind, condition):
    """Take a summary back; its words are kept, to be signed again."""
    member, cell = _cell(request, slug, strand, kind, condition)
    summary = get_object_or_404(access.summaries_for(member), **cell)
    try:
        take_back_summary(summary=summary, version=VersionForm(request.POST).seen, by=request.user)
    except StaleVersion:
        messages.error(request, "Somebody signed another sentence since you opened the page. Read it first.")
        return _to_board(slug, strand, kind, condition)
    messages.success(request, "Taken back: nobody reads it any more. To put it back, sign it again.")
    return redirect("summary-edit", slug=slug, strand=strand, kind=kind, condition=condition)


def _cell(request, slug, strand, kind, condition):
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_RECOMMENDATIONS)
    strand = get_object_or_404(access.strands_for(member), slug=strand)
    return member, {"strand": strand, "kind": kind, "condition": condition}


def _to_board(slug, strand, kind, condition):
    cell = {"strand": strand, "kind": kind, "condition": condition}
    return redirect(reverse("board-detail", kwargs={"slug": slug, **cell}))

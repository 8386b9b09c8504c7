"""Signing a sentence or two on a cell or on a comparison; taking it back, putting it back."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.signed import put_back, sign_reading, sign_summary, take_back
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.findings import VersionForm
from evaluations.forms.signed import ReadingForm, SummaryForm
from evaluations.models import CellSummary, ComparisonReading
from evaluations.queries.history import set_aside_edits
from evaluations.queries.readings import compared
from evaluations.queries.summaries import basis_of
from evaluations.screens.comparison import choices_for, comparison_for, names_in, query_of


def summary_edit(request, slug, strand, kind, condition):
    """Sign a sentence or two on a cell, or other ones; both versions when somebody else did meanwhile."""
    member, cell = _cell(request, slug, strand, kind, condition)
    rows = access.summaries_for(member) | access.taken_back_summaries_for(member)
    summary = rows.filter(**cell).first()
    readers = access.findings_for(member, access.Audience.READERS).filter(**cell)
    return _sign(
        request,
        SummaryForm,
        summary or CellSummary(evaluation=member.evaluation, **cell),
        partial(sign_summary, cell=cell),
        basis=basis_of(readers),
        context={"member": member, **cell, "summary": summary, "findings": list(readers[:50])},
        page="evaluations/summary_form.html",
        conflict_page="evaluations/summary_conflict.html",
        said="Signed: everybody in this evaluation now reads it in the matrix.",
        back=_board(slug, cell),
    )


@require_POST
def summary_take_back(request, slug, strand, kind, condition):
    """Take a summary back; its words are kept, to be signed again."""
    member, cell = _cell(request, slug, strand, kind, condition)
    summary = get_object_or_404(access.summaries_for(member), **cell)
    try:
        take_back(signed=summary, version=VersionForm(request.POST).seen, by=request.user)
    except StaleVersion:
        messages.error(request, "Somebody signed another sentence since you opened the page. Read it first.")
        return redirect(_board(slug, cell))
    messages.success(request, "Taken back: nobody reads it any more. To put it back, sign it again.")
    return redirect("summary-edit", slug=slug, strand=strand, kind=kind, condition=condition)


def comparison_reading(request, slug):
    """Sign a sentence or two on a comparison; both versions when somebody else did meanwhile."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_RECOMMENDATIONS)
    screen = comparison_for(member, names_in(request.GET))
    if screen.result is None:
        messages.error(request, "Choose at least two strands, then sign what you read from them.")
        return redirect("comparison-detail", slug=slug)
    key = compared(screen.names)
    rows = access.readings_for(member) | access.taken_back_readings_for(member)
    reading = rows.filter(compared=key).first()
    return _sign(
        request,
        ReadingForm,
        reading or ComparisonReading(evaluation=member.evaluation, compared=key),
        partial(sign_reading, compared=key),
        basis=screen.basis,
        start=" ".join(screen.sentences),
        context={"member": member, "screen": screen, "reading": reading},
        page="evaluations/comparison_reading.html",
        conflict_page="evaluations/comparison_conflict.html",
        said="Signed: everybody in this evaluation now reads it above the figures.",
        back=f"{reverse('comparison-detail', kwargs={'slug': slug})}?{screen.query}",
    )


@require_POST
def comparison_reading_take_back(request, slug, pk):
    """Take a signed reading back: the generated one stands again."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_RECOMMENDATIONS)
    reading = _reading(member, access.readings_for(member), pk)
    try:
        take_back(signed=reading, version=VersionForm(request.POST).seen, by=request.user)
    except StaleVersion:
        messages.error(request, "Somebody signed another reading since you opened the page. Read it first.")
    else:
        messages.success(request, "Taken back: nobody reads it any more. To undo that, press “Put it back”.")
    return _to_reading(request, slug)


@require_POST
def comparison_reading_put_back(request, slug, pk):
    """Put back a signed reading that was taken back."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_RECOMMENDATIONS)
    reading = _reading(member, access.taken_back_readings_for(member), pk)
    try:
        put_back(signed=reading, version=VersionForm(request.POST).seen, by=request.user)
    except NotAllowedNow as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The signed reading is back.")
    return _to_reading(request, slug)


def _sign(request, form_class, row, act, *, basis, context, page, conflict_page, said, back, start=""):
    """Answer the page on which a text is signed, and sign what is sent: say ``said`` and go ``back``.

    ``row`` is the text as it stands, or a new one, which begins with the words ``start``; ``act`` signs it;
    ``basis`` is the fingerprint of what it sums up.
    """
    member, is_sent = context["member"], request.method == "POST"
    initial = {"basis": basis} | ({} if row.pk else {"text": start})
    form = form_class(instance=row, initial=initial)
    if is_sent:
        form = bound(form_class, request.POST, instance=row)
    context["form"] = form
    context["set_aside"] = set_aside_edits(row, access.set_aside_for(member, row)) if row.pk else []
    if is_sent and form.is_valid():
        sent = {"text": form.cleaned_data["text"], "basis": form.cleaned_data["basis"] or basis}
        try:
            act(evaluation=member.evaluation, version=form.seen_version, by=request.user, **sent)
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current)
            return TemplateResponse(request, conflict_page, context, status=409)
        messages.success(request, said)
        return redirect(back)
    return TemplateResponse(request, page, context)


def _cell(request, slug, strand, kind, condition):
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_RECOMMENDATIONS)
    strand = get_object_or_404(access.strands_for(member), slug=strand)
    return member, {"strand": strand, "kind": kind, "condition": condition}


def _board(slug, cell):
    """Return the address of the board of a cell."""
    return reverse("board-detail", kwargs={"slug": slug, **cell, "strand": cell["strand"].slug})


def _reading(member, rows, pk):
    """Return a reading by its number; Http404 when it is of an earlier round that is closed to the member."""
    reading = get_object_or_404(rows, pk=pk)
    elsewhere = {name for name in reading.compared.split(",") if "@" in name}
    if not elsewhere <= {choice.name for choice in choices_for(member)}:
        raise Http404
    return reading


def _to_reading(request, slug):
    """Go back to the page of the reading, of the strands that the button named."""
    address = reverse("comparison-reading", kwargs={"slug": slug})
    return redirect(f"{address}?{query_of(names_in(request.POST) or [])}")

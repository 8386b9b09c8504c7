"""Coding: passages of an interview's answers become quotations, and quotations evidence. Evaluators only."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.actions.coding import (
    code_passage,
    keep_as_said,
    recode,
    remove_quotation,
    restore_quotation,
    stop_supporting_recommendation,
    support_finding,
    support_new_finding,
    support_new_recommendation,
    support_recommendation,
    use_words_now,
)
from evaluations.actions.errors import ActionError, AlreadyThere, StaleVersion
from evaluations.conditions import CodeKind
from evaluations.forms.coding import EvidenceForm, PassageForm, RecodeForm, SearchForm, SupportForm
from evaluations.forms.findings import VersionForm
from evaluations.queries.coding import choices, coded_quotations
from evaluations.queries.recommendations import next_ref

CHANGED = "Somebody changed this quotation since you opened the page. Look at it again, then decide."
TAKEN = "Somebody added a recommendation at the same moment. Press “Attach” once more."


def passage_add(request, slug, code, answer):
    """Make a passage of an answer a quotation: selected, or typed in as it stands there."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    interview = get_object_or_404(access.interviews_for(member), code=code)
    row = get_object_or_404(access.answers_for(member).defer(None), pk=answer, interview=interview)
    strands = list(interview.strands.all()[:2])
    strand = row.strand or (strands[0] if len(strands) == 1 else None)
    start = {"condition": row.condition, "strand": strand, "version": row.version}
    form = PassageForm(
        request.POST or None, initial=start, answer=row, strands=list(access.strands_for(member))
    )
    if request.method == "POST" and form.is_valid():
        try:
            quotation = code_passage(answer=row, by=request.user, **form.passage)
        except ActionError as error:
            form.add_error("text", str(error))
        else:
            messages.success(
                request, f"{quotation.get_kind_display()} saved. Say what it supports, or later."
            )
            return redirect(_page(request, row, open=quotation.pk))
    context = {"member": member, "interview": interview, "answer": row, "form": form}
    context["back"] = _page(request, row)
    return TemplateResponse(request, "evaluations/passage_form.html", context)


def passage_support(request, slug, pk):
    """Say what a quotation supports: a finding or recommendation that is here, or a new one."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    entry = _entry(member, pk)
    form = SupportForm(request.POST or None, auto_id="support_%s")
    is_search = "find" in request.POST
    if request.method == "POST" and not is_search and form.is_valid():
        try:
            said = _support(member, entry, **form.cleaned_data)
        except ActionError as error:
            form.add_error("text", TAKEN if isinstance(error, AlreadyThere) else str(error))
        else:
            messages.success(request, said)
            return redirect(_page(request, entry.row.answer))
    context = {
        "member": member,
        "entry": entry,
        "form": form,
        "choices": _choices(member, entry, request.POST.get("text", "") if is_search else ""),
        "back": _page(request, entry.row.answer),
        "is_search": is_search,
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "evaluations/passage_support.html", context)


@require_POST
def passage_unsupport(request, slug, ref, pk):
    """Stop using a quotation as evidence for a recommendation; it stays in its interview."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    recommendation = get_object_or_404(access.recommendations_for(member), ref=ref)
    row = get_object_or_404(access.quotations_for(member), pk=pk)
    stop_supporting_recommendation(quotation=row, recommendation=recommendation)
    messages.success(request, "Quotation detached. It stays in its interview.")
    return redirect("recommendation-detail", slug=slug, ref=ref)


@require_GET
def finding_search(request, slug, pk):
    """Return the findings, or recommendations, that a quotation could support and that hold the words."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    entry = _entry(member, pk)
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = _choices(member, entry, words)
    return JsonResponse({"choices": [{"pk": row.pk, "text": row.text, "about": row.about} for row in found]})


@require_POST
def passage_recode(request, slug, pk):
    """Save how a quotation is coded and who said it."""
    member, row = _quotation(request, slug, pk)
    form = RecodeForm(
        request.POST,
        strands=list(access.strands_for(member)),
        participants=list(row.answer.interview.participants.all()),
    )
    if not form.is_valid():
        messages.error(request, " ".join(message for *_, message in form.error_links))
        return redirect(_page(request, row.answer))
    version, changes = form.cleaned_data["version"], form.changes
    return _do(request, row, recode, "Saved.", version=version, changes=changes)


@require_POST
def passage_remove(request, slug, pk):
    """Take a quotation out of use everywhere; the page offers to undo it."""
    _, row = _quotation(request, slug, pk)
    remove_quotation(quotation=row, by=request.user)
    return redirect(_page(request, row.answer, removed=row.pk))


@require_POST
def passage_restore(request, slug, pk):
    """Bring a removed quotation back with everything it supported."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    row = get_object_or_404(
        access.removed_quotations_for(member).select_related("answer__interview__evaluation"),
        pk=pk,
        answer__isnull=False,
    )
    restore_quotation(quotation=row, by=request.user)
    messages.success(request, "Quotation restored.")
    return redirect(_page(request, row.answer, at=row.pk))


@require_POST
def passage_settle(request, slug, pk):
    """Settle a quotation whose place was edited: take the words that stand there now, or keep its own."""
    _, row = _quotation(request, slug, pk)
    if request.POST.get("words") == "now":
        said = "The quotation reads as the answer does now."
        seen = {"version": VersionForm(request.POST).seen, "seen": request.POST.get("seen", "")}
        return _do(request, row, use_words_now, said, **seen)
    return _do(request, row, keep_as_said, "The quotation stays as it was said.")


def _do(request, row, act, said, **fields):
    try:
        act(quotation=row, by=request.user, **fields)
    except ActionError as error:
        messages.error(request, CHANGED if isinstance(error, StaleVersion) else str(error))
    else:
        messages.success(request, said)
    return redirect(_page(request, row.answer, at=row.pk))


def _support(member, entry, *, text, chosen):
    """Attach the quotation to what was chosen or written; return what was done, in words."""
    evidence = {"quotation": entry.row}
    is_suggestion = entry.kind == CodeKind.SUGGESTION
    if is_suggestion and chosen:
        found = get_object_or_404(access.recommendations_for(member), pk=chosen)
        support_recommendation(recommendation=found, **evidence)
        return f"Attached to {found.ref}."
    if is_suggestion:
        ref = next_ref(access.recommendations_for(member))
        new = support_new_recommendation(ref=ref, title=text, by=member.user, **evidence)
        return f"Recommendation {new.ref} added, with this as its evidence."
    if chosen:
        found = get_object_or_404(access.findings_for(member), pk=chosen)
        support_finding(finding=found, by=member.user, **evidence)
        return "Attached to the finding."
    support_new_finding(text=text, by=member.user, **evidence)
    return f"New {entry.kind} saved as a draft, with this as its evidence."


def _choices(member, entry, words):
    findings = access.findings_for(member)
    return choices(entry, findings, access.recommendations_for(member), words)


def _entry(member, pk):
    rows = access.quotations_for(member).filter(pk=pk, answer__isnull=False)
    found = coded_quotations(
        rows, access.findings_for(member), access.recommendations_for(member), access.points_for(member)
    )
    if not found or not found[0].kind:
        raise Http404
    return found[0]


def _quotation(request, slug, pk):
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    rows = access.quotations_for(member).select_related("answer__interview__evaluation")
    return member, get_object_or_404(rows, pk=pk, answer__isnull=False)


def _page(request, answer, **changes):
    """Return the address of the interview's page as the step left it, with this answer marked up.

    It goes to the quotation ``at`` or ``open``, else to the answer.
    """
    asked = EvidenceForm(request.GET).asked
    place = changes.pop("at", None) or changes.get("open")
    here = asked["condition"] or answer.condition
    shown = {*asked["code"], str(answer.pk)} if here == answer.condition else asked["code"]
    query = {"condition": here, "code": sorted(shown)} | ({"show": asked["show"]} if asked["show"] else {})
    interview = {"slug": answer.evaluation.slug, "code": answer.interview.code}
    address = reverse("interview-detail", kwargs=interview)
    return (
        f"{address}?{urlencode(query | changes, doseq=True)}#{f'e{place}' if place else f'coded-{answer.pk}'}"
    )

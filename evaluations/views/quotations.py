"""Quotations: writing one down as evidence, attaching, approving, recording that its speaker agreed."""

from django.contrib import messages
from django.db.models import Case, Q, Value, When
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.actions.errors import ActionError, StaleVersion
from evaluations.actions.findings import add_evidence, attach_quotation, detach_quotation
from evaluations.actions.quotations import (
    approve_quotation,
    edit_quotation,
    record_agreement,
    record_refusal,
    stop_using_quotation,
)
from evaluations.forms.board import back_address
from evaluations.forms.codes import LONGEST_LIST
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.findings import AgreementForm, AttachForm, QuotationForm, VersionForm
from evaluations.queries.history import set_aside_versions
from evaluations.queries.versions import still_shown

CHANGED = "Somebody changed these words since you opened the page. Read them again, then decide."


def quotation_add(request, slug, pk):
    """Write down a quotation as evidence for a finding, or attach one that is here already."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    finding = get_object_or_404(access.findings_for(member).select_related("strand"), pk=pk)
    form = QuotationForm(request.POST or None, **access.attributions_for(member))
    attach = AttachForm(quotations=_others(member, finding), prefix="here")
    if request.method == "POST" and form.is_valid():
        try:
            add_evidence(finding=finding, by=request.user, **form.sent)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Quotation saved.")
            return redirect("finding-detail", slug=slug, pk=pk)
    context = {"member": member, "finding": finding, "form": form, "attach": attach}
    return TemplateResponse(request, "evaluations/quotation_form.html", context)


@require_POST
def quotation_attach(request, slug, pk):
    """Attach a quotation that is here already."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    finding = get_object_or_404(access.findings_for(member).select_related("strand"), pk=pk)
    attach = AttachForm(request.POST, quotations=_others(member, finding), prefix="here")
    if attach.is_valid():
        try:
            attach_quotation(finding=finding, quotation=attach.cleaned_data["quotation"], by=request.user)
        except ActionError as error:
            attach.add_error("quotation", str(error))
        else:
            messages.success(request, "Quotation attached.")
            return redirect("finding-detail", slug=slug, pk=pk)
    context = {
        "member": member,
        "finding": finding,
        "form": QuotationForm(**access.attributions_for(member)),
        "attach": attach,
    }
    return TemplateResponse(request, "evaluations/quotation_form.html", context)


@require_POST
def quotation_detach(request, slug, pk, quotation):
    """Stop using a quotation as evidence for a finding; it stays here and can be attached again."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    finding = get_object_or_404(access.findings_for(member), pk=pk)
    row = get_object_or_404(access.quotations_for(member), pk=quotation)
    detach_quotation(finding=finding, quotation=row, by=request.user)
    messages.success(request, "Quotation detached. It is kept: attach it again under “Attach a quotation”.")
    return redirect("finding-detail", slug=slug, pk=pk)


def quotation_edit(request, slug, pk):
    """Correct a quotation's words or attribution, which voids its approval."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    quotation = get_object_or_404(access.quotations_for(member), pk=pk)
    choices = access.attributions_for(member) | {"instance": quotation}
    form = (
        bound(QuotationForm, request.POST, **choices)
        if request.method == "POST"
        else QuotationForm(**choices)
    )
    versions = access.quotation_versions_for(member, quotation)
    context = {
        "member": member,
        "form": form,
        "quotation": quotation,
        "back": _back(request, member, quotation),
        "versions": set_aside_versions(versions, _kept_as),
    }
    if request.method == "POST" and form.is_valid():
        try:
            edit_quotation(
                quotation=quotation,
                version=form.seen_version,
                changes=form.changes,
                new_source=form.new_source,
                by=request.user,
            )
        except StaleVersion as stale:
            context |= {"conflict": conflict(form, stale.current), "heading": "This quotation"}
            return TemplateResponse(request, "evaluations/conflict.html", context, status=409)
        messages.success(request, "Quotation saved.")
        return redirect(context["back"])
    return TemplateResponse(request, "evaluations/quotation_form.html", context)


@require_POST
def quotation_approve(request, slug, pk):
    """Approve these words for readers."""
    return _decide(request, slug, pk, approve_quotation, "Approved: readers may now see these words.")


@require_POST
def quotation_stop_using(request, slug, pk):
    """Take an approval back."""
    return _decide(request, slug, pk, stop_using_quotation, "Readers no longer see these words.")


def quotation_agreement(request, slug, pk):
    """Record the day on which a speaker who asks to be asked first agreed to these words, or refused them."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    quotation = get_object_or_404(access.quotations_for(member).select_related("speaker"), pk=pk)
    decided = {name: getattr(quotation, name) for name in ("agreed_on", "refused_on", "version")}
    form = AgreementForm(request.POST or None, initial=decided)
    back = _back(request, member, quotation)
    if request.GET.get("back") == "consent":
        back = reverse("consent-queue", kwargs={"slug": slug})
    if request.method == "POST" and form.is_valid():
        try:
            said = _record_answer(member, quotation, form.cleaned_data, by=request.user)
        except ActionError as error:
            form.add_error(None, CHANGED if isinstance(error, StaleVersion) else str(error))
        else:
            messages.success(request, said)
            return redirect(back)
    context = {"member": member, "quotation": quotation, "form": form, "back": back}
    return TemplateResponse(request, "evaluations/quotation_agreement.html", context)


def _record_answer(member, quotation, sent, *, by):
    """Record what a speaker answered; return what to say about it."""
    if sent["refused_on"]:
        record_refusal(quotation=quotation, version=sent["version"], refused_on=sent["refused_on"], by=by)
        return f"Refusal recorded. {_still_shown(member, quotation) or 'Readers never see these words.'}"
    record_agreement(quotation=quotation, version=sent["version"], agreed_on=sent["agreed_on"], by=by)
    return "Agreement recorded. Approve the quotation to let readers see it."


def _still_shown(member, quotation):
    return still_shown(access.versions_for(member), access.quotations_for(member).filter(pk=quotation.pk))


def _decide(request, slug, pk, act, said):
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    quotation = get_object_or_404(access.quotations_for(member), pk=pk)
    try:
        act(quotation=quotation, version=VersionForm(request.POST).seen, by=request.user)
    except ActionError as error:
        messages.error(request, CHANGED if isinstance(error, StaleVersion) else str(error))
    else:
        messages.success(request, _still_shown(member, quotation) or said)
    return redirect(_back(request, member, quotation))


def _kept_as(version):
    return "Set aside" if version.set_aside else f"Version {version.number}"


def _back(request, member, quotation):
    """Return the page that the address or the form names, else that of what the quotation is evidence for."""
    slug = member.evaluation.slug
    if back := back_address(request.POST, slug) or back_address(request.GET, slug):
        return back
    finding = access.findings_for(member).filter(quotations=quotation).first()
    if finding:
        return reverse("finding-detail", kwargs={"slug": slug, "pk": finding.pk})
    recommendation = access.recommendations_for(member).filter(quotations=quotation).first()
    if recommendation:
        return reverse("recommendation-detail", kwargs={"slug": slug, "ref": recommendation.ref})
    point = access.points_for(member).filter(quotations=quotation).first()
    if point:
        return reverse("reflection-detail", kwargs={"slug": slug, "pk": point.reflection_id})
    return reverse("finding-list", kwargs={"slug": slug})


def _others(member, finding):
    """Return quotations that could be evidence too, those that were coded like the finding first."""
    alike = Q(strand=finding.strand_id, kind=finding.kind, condition=finding.condition)
    linked = access.all_links_for(member).filter(finding=finding).values("quotation")
    others = access.quotations_for(member).exclude(pk__in=linked)
    nearest = others.order_by(Case(When(alike, then=Value(0)), default=Value(1)), "-pk")
    return list(nearest[:LONGEST_LIST])

"""The check before publishing, what it asked about and was accepted, and publishing. Evaluators only."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.acceptance import accept, take_acceptance_back
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.jobs import AT_WORK
from evaluations.actions.publishing import next_number, start_publishing
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.findings import VersionForm
from evaluations.forms.publishing import PassageForm, PublishForm
from evaluations.models import Acceptance, AcceptedAs, JobKind
from evaluations.queries.history import set_aside_edits
from evaluations.screens.publishing import read_publication
from evaluations.screens.report_check import check_note, read_check


@require_safe
def report_check(request, slug):
    """Show what in the report, as it would be published now, may not reach readers yet."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    context = {"member": member, "check": _check(member, answers=True)}
    return TemplateResponse(request, "evaluations/report_check.html", context)


def report_check_accept(request, slug):
    """Accept with a reason what the check asks about, or give another reason."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    is_sent = request.method == "POST"
    entry = _check(member, answers=False).asked((request.POST if is_sent else request.GET).get("subject", ""))
    if entry is None:
        messages.error(request, "The check no longer asks about this: the text changed, or went.")
        return redirect("report-check", slug=slug)
    row = access.passage_acceptances_for(member).filter(subject=entry.subject).first()
    start = row or Acceptance(evaluation=member.evaluation, subject=entry.subject)
    form = bound(PassageForm, request.POST, instance=start) if is_sent else PassageForm(instance=start)
    context = {"member": member, "entry": entry, "form": form}
    context["set_aside"] = set_aside_edits(row, access.set_aside_for(member, row)) if row else []
    if is_sent and form.is_valid():
        said = {"version": form.seen_version, "reason": form.cleaned_data["reason"]}
        about = {"accepted_as": AcceptedAs.PASSAGE, "subject": entry.subject}
        try:
            accept(evaluation=member.evaluation, by=request.user, **about, **said)
        except StaleVersion as stale:
            beside = {"heading": entry.place, "back": reverse("report-check", args=[slug])}
            context |= {"conflict": conflict(form, stale.current), **beside}
            return TemplateResponse(request, "evaluations/conflict.html", context, status=409)
        messages.success(request, "Accepted with your reason. When the text changes, the check asks again.")
        return redirect("report-check", slug=slug)
    return TemplateResponse(request, "evaluations/report_check_accept.html", context)


@require_POST
def report_check_take_back(request, slug, pk):
    """Take back that a passage was accepted; its reason is kept."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    row = get_object_or_404(access.passage_acceptances_for(member), pk=pk)
    try:
        take_acceptance_back(acceptance=row, version=VersionForm(request.POST).seen, by=request.user)
    except StaleVersion:
        messages.error(request, "Somebody gave another reason since you opened the page. Read it first.")
    else:
        messages.success(
            request, "Taken back: the check asks again. To undo that, accept it; your reason is kept."
        )
    return redirect("report-check", slug=slug)


def report_publish(request, slug):
    """Show what publishing would do, and start it; while something stands in the way, say what."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    number = next_number(access.versions_for(member))
    documents = read_publication(member, number)
    check = read_check(member, documents.values(), answers=False)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not check.open and form.is_valid():
        job = _publish(request, member, form)
        if job:
            return redirect("job-detail", slug=slug, pk=job.pk)
    context = {
        "member": member,
        "check": check,
        "number": number,
        "documents": list(documents.items()),
        "form": form,
        "at_work": access.jobs_for(member).filter(kind=JobKind.PUBLISH, state__in=AT_WORK).first(),
    }
    return TemplateResponse(request, "evaluations/report_publish.html", context)


def _publish(request, member, form):
    """Start publishing and return the job; None when that was refused, which the form then says."""
    note = form.cleaned_data["note"]
    for objection in check_note(member, note):
        form.add_error("note", f"{objection} Everybody reads this note: reword it.")
    if form.errors:
        return None
    try:
        return start_publishing(evaluation=member.evaluation, note=note, by=request.user)
    except NotAllowedNow as error:
        form.add_error(None, str(error))
    return None


def _check(member, *, answers):
    documents = read_publication(member, next_number(access.versions_for(member)))
    return read_check(member, documents.values(), answers=answers)

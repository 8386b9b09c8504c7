"""The check before publishing, what it asked about and was accepted, and publishing. Evaluators only."""

from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from evaluations import accepting, access
from evaluations.access import Ability
from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.jobs import AT_WORK
from evaluations.actions.publishing import next_number, start_publishing
from evaluations.forms.publishing import PassageForm, PublishForm
from evaluations.models import AcceptedAs, DocumentKind, JobKind
from evaluations.report.coreq import ITEMS, unsaid
from evaluations.screens.publishing import differs, read_publication
from evaluations.screens.report_check import check_note, read_check

PASSAGES = accepting.Accepting(
    kept_as=AcceptedAs.PASSAGE,
    form=PassageForm,
    template="evaluations/report_check_accept.html",
    done="Accepted with your reason. When the text changes, the check asks again.",
    taken_back="Taken back: the check asks again. To undo that, accept it; your reason is kept.",
)


@require_safe
def report_check(request, slug):
    """Show what in the report, as it would be published now, may not reach readers yet."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    context = {"member": member, "check": _check(member, answers=True)}
    return TemplateResponse(request, "evaluations/report_check.html", context)


def report_check_accept(request, slug):
    """Accept with a reason what the check asks about, or give another reason."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    entry = _check(member, answers=False).asked(accepting.asked_for(request, "subject"))
    check = reverse("report-check", args=[slug])
    if entry is None:
        accepting.say_it_is_gone(request, "The check no longer asks about this: the text changed, or went.")
        return redirect(check)
    return accepting.accept_with_reason(
        request,
        member,
        PASSAGES,
        access.passage_acceptances_for(member),
        entry.subject,
        beside={"entry": entry, "heading": entry.place, "back": check},
        next_page=check,
    )


@require_POST
def report_check_take_back(request, slug, pk):
    """Take back that a passage was accepted; its reason is kept."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    row = get_object_or_404(access.passage_acceptances_for(member), pk=pk)
    accepting.take_back(request, PASSAGES, row)
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
    newest = access.versions_for(member).first()
    context = {
        "member": member,
        "newest": newest,
        "has_changed": newest is not None and differs(documents, newest),
        "check": check,
        "number": number,
        "documents": list(documents.items()),
        "coreq_unsaid": unsaid(documents[DocumentKind.REPORT]),
        "coreq_items": len(ITEMS),
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

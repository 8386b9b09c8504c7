"""Files of the draft: making one beside the requests, and those that were made. Evaluators only."""

from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.publishing import start_draft
from evaluations.downloads import send_made
from evaluations.exporting.file import TYPES, File
from evaluations.forms.publishing import DraftForm


def report_files(request, slug):
    """List the files made of the draft, and let the worker make another one, which the address may name."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    asked = DraftForm(request.GET)
    start = asked.cleaned_data if asked.is_valid() else None
    form = DraftForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        job = start_draft(evaluation=member.evaluation, by=request.user, **form.cleaned_data)
        return redirect("job-detail", slug=slug, pk=job.pk)
    files = list(access.draft_files_for(member).select_related("job__by").order_by("-at", "-pk"))
    context = {"member": member, "form": form, "files": files}
    context["is_blind"] = access.blind_rounds_of(member).exists()
    return TemplateResponse(request, "evaluations/report_files.html", context)


@require_GET
def report_file(request, slug, pk):
    """Send a file that was made of the draft."""
    member = access.evaluation_for(request.user, slug, Ability.SEE_CONFIDENTIAL)
    row = get_object_or_404(access.draft_files_for(member).defer(None), pk=pk)
    file = File(row.name, bytes(row.content), TYPES[row.format])
    subject = f"draft of {row.document} as {row.format}"
    return send_made(request, file, subject=subject, evaluations=[member.evaluation])

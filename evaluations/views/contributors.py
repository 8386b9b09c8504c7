"""Contributors: who said what there is to quote, and a sheet for each to ask them. Evaluators only."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from evaluations import access
from evaluations.downloads import send_made
from evaluations.exporting.contributors import FORMATS, contributor_file
from evaluations.exporting.pdf import PdfUnavailable
from evaluations.screens.contributors import listed_contributors, read_contributor_sheet, read_contributors

PER_PAGE = 50


@require_safe
def contributor_list(request, slug):
    """List the participants with passages that could be quoted, 50 a page: how many, what they wait for."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    numbers, others = read_contributors(member)
    page = Paginator(numbers, PER_PAGE).get_page(request.GET.get("page"))
    context = {"member": member, "page": page, "others": others[:PER_PAGE]}
    context["contributors"] = listed_contributors(member, list(page))
    context["more_others"] = max(0, len(others) - PER_PAGE)
    return TemplateResponse(request, "evaluations/contributor_list.html", context)


@require_GET
def contributor_export(request, slug, code, format):
    """Send the sheet of one participant: their own words, to ask them whether these may be quoted."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    people = access.participants_for(member).filter(withdrawn_on__isnull=True)
    participant = get_object_or_404(people, code=code)
    sheet = read_contributor_sheet(member, participant)
    if format not in FORMATS or sheet.is_empty:
        raise Http404
    try:
        file = contributor_file(sheet, format, on=timezone.localdate())
    except PdfUnavailable as error:
        messages.error(request, str(error))
        return redirect("contributor-list", slug=slug)
    subject = f"contributor sheet {code} as {format}"
    return send_made(request, file, subject=subject, evaluations=[member.evaluation])

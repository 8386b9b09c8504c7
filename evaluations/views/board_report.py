"""The board's report: one page on where the recommendations stand, on screen and as files."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.downloads import send_file, source_of
from evaluations.exporting.board_report import FORMATS, board_report_file
from evaluations.exporting.pdf import PdfUnavailable
from evaluations.screens.board_report import read_board_report


def board_report(request, slug):
    """Show the report, with what changed since a day: three months ago unless the address says otherwise."""
    member = access.evaluation_for(request.user, slug)
    report = read_board_report(member, request.GET)
    context = {"member": member, "report": report, "since": report.form.words, "today": timezone.localdate()}
    return TemplateResponse(request, "evaluations/board_report.html", context)


@require_GET
def board_report_export(request, slug, format):
    """Send the report as a file; where this server cannot make a PDF, go back and say so."""
    member = access.evaluation_for(request.user, slug)
    report = read_board_report(member, request.GET)
    sources = [source_of(row, member.evaluation) for row in access.strands_for(member)]

    def make(said):
        return board_report_file(report, said, format, name=[slug])

    try:
        return send_file(
            request,
            member.evaluation,
            format,
            formats=FORMATS,
            title="Board report on recommendations",
            sources=sources,
            make=make,
            subject="board report",
        )
    except PdfUnavailable as error:
        messages.error(request, str(error))
        query = urlencode({"since": report.form.words})
        return redirect(f"{reverse('board-report', args=[slug])}?{query}")

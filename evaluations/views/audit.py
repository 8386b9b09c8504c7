"""The record of access, to read and to take away. Evaluators only."""

from http import HTTPStatus

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_safe

from evaluations import access
from evaluations.downloads import send_file
from evaluations.exporting.audit import FORMATS, audit_file
from evaluations.queries.audit import told
from evaluations.screens.audit import read_audit

PER_PAGE = 50


@require_safe
def audit_list(request, slug):
    """Show who did what with access, newest first, 50 a page, narrowed as the address asks."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    return _show(request, member, read_audit(member, request.GET))


def _show(request, member, screen, status=HTTPStatus.OK):
    page = Paginator(screen.events, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "member": member,
        "form": screen.form,
        "page": page,
        "events": told(page),
        "query": screen.form.query,
        "formats": list(FORMATS),
    }
    return TemplateResponse(request, "evaluations/audit_list.html", context, status=status)


@require_GET
def audit_export(request, slug, format):
    """Send the record as a file, narrowed as the address asks; that it was taken is recorded too.

    Where it cannot be narrowed as asked, nothing is sent: the page says what to put right.
    """
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    screen = read_audit(member, request.GET)
    if screen.form.errors:
        return _show(request, member, screen, status=HTTPStatus.BAD_REQUEST)

    def make(said):
        return audit_file(told(screen.events), said, format, name=[slug])

    return send_file(
        request,
        member.evaluation,
        format,
        formats=FORMATS,
        title="Record of access",
        sources=(),
        filters=screen.filters,
        make=make,
        subject="record of access",
    )

"""Published versions: their list, one as it was published, its files; and the files of the draft."""

import logging
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.publishing import sha256
from evaluations.downloads import send_made
from evaluations.exporting.file import TYPES, File
from evaluations.exporting.pdf import PdfUnavailable
from evaluations.exporting.report import FORMATS, report_file
from evaluations.models import DocumentKind, FileFormat
from evaluations.report.blocks import document_from
from evaluations.screens.publishing import file_name, has_many_findings, is_long, read_draft

logger = logging.getLogger("evaluations.reports")


@require_safe
def version_list(request, slug):
    """List the published versions, newest first."""
    member = access.evaluation_for(request.user, slug)
    rows = list(access.versions_for(member).defer("documents").select_related("by"))
    context = {"member": member, "versions": rows}
    return TemplateResponse(request, "evaluations/version_list.html", context)


@require_safe
def version_detail(request, slug, number):
    """Show a document of a version as it was published, with its files."""
    member = access.evaluation_for(request.user, slug)
    version = get_object_or_404(access.versions_for(member).select_related("by"), number=number)
    kind = request.GET.get("document", DocumentKind.REPORT)
    if kind not in version.documents:
        raise Http404
    files = list(access.published_files_for(member).filter(version=version, document=kind))
    context = {
        "member": member,
        "version": version,
        "kind": kind,
        "kinds": [one for one in DocumentKind if one in version.documents],
        "document": document_from(version.documents[kind]),
        "files": files,
        "lacks_pdf": bool(files) and "pdf" not in {file.format for file in files},
        "newest": _newest(member).number,
    }
    return TemplateResponse(request, "evaluations/version_detail.html", context)


@require_GET
def version_export(request, slug, number, document, format):
    """Send a file of a version, unchanged since it was published."""
    member = access.evaluation_for(request.user, slug)
    version = get_object_or_404(access.versions_for(member).defer("documents"), number=number)
    return _send_published(request, member, version, document, format)


@require_GET
def report_export(request, slug, format):
    """Send the report of the newest version; to evaluators the draft where there is none, or if asked."""
    return _send(request, slug, DocumentKind.REPORT, format)


@require_GET
def summary_export(request, slug, format):
    """Send the summary of the newest version; to evaluators the draft where there is none, or if asked."""
    return _send(request, slug, DocumentKind.SUMMARY, format)


def _send(request, slug, kind, format):
    member = access.evaluation_for(request.user, slug)
    if format not in FORMATS:
        raise Http404
    newest = _newest(member)
    may_draft = access.can(member, Ability.WRITE_REPORT)
    if may_draft and (newest is None or "draft" in request.GET):
        return _send_draft(request, member, kind, format)
    if newest is None:
        raise Http404
    return _send_published(request, member, newest, kind, format)


def _newest(member):
    return access.versions_for(member).defer("documents").first()


def _send_published(request, member, version, document, format):
    """Send a stored file; where it is none any more go to the version's page, which says why."""
    if document not in DocumentKind or format not in FORMATS:
        raise Http404
    rows = access.published_files_for(member).filter(version=version, document=document, format=format)
    file = rows.defer(None).defer("version__documents").first()
    if file is None:
        messages.error(request, "There is no such file of this version. This page says why.")
        return redirect("version-detail", slug=member.evaluation.slug, number=version.number)
    content = bytes(file.content)
    if sha256(content) != file.sha256:
        logger.error("report-file-damaged")
        context = {"member": member, "version": version}
        return TemplateResponse(request, "evaluations/version_damaged.html", context, status=500)
    return send_made(
        request,
        File(file.name, content, TYPES[format]),
        subject=f"{document} version {version.number} as {format}",
        evaluations=[member.evaluation],
    )


def _send_draft(request, member, kind, format):
    """Send a draft, made while its reader waits; one that takes long is made on the page of draft files."""
    slug = member.evaluation.slug
    many = kind == DocumentKind.REPORT and has_many_findings(member, format)
    document = None if many else read_draft(member, kind)
    if many or is_long(document, format):
        named = f"{DocumentKind(kind).label}, {FileFormat(format).label}"
        messages.info(request, f"This draft is long. Press “Make this file” to have it made: {named}.")
        asked = urlencode({"document": kind, "format": format})
        return redirect(f"{reverse('report-files', args=[slug])}?{asked}")
    try:
        file = report_file(document, format, name=file_name(member.evaluation, kind, "draft"))
    except PdfUnavailable as error:
        messages.error(request, str(error))
        return redirect("report-files", slug=slug)
    subject = f"draft of {kind} as {format}"
    return send_made(request, file, subject=subject, evaluations=[member.evaluation])

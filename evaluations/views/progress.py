"""Evidence files of progress notes, as downloads."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.actions.audit import record_export
from evaluations.models import EvidenceKind

OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    EvidenceKind.PDF: "application/pdf",
    EvidenceKind.WORD: f"{OFFICE}.wordprocessingml.document",
    EvidenceKind.WORKBOOK: f"{OFFICE}.spreadsheetml.sheet",
    EvidenceKind.SLIDES: f"{OFFICE}.presentationml.presentation",
    EvidenceKind.PNG: "image/png",
    EvidenceKind.JPEG: "image/jpeg",
    EvidenceKind.TEXT: "text/plain; charset=utf-8",
}


@require_GET
def evidence_file(request, slug, pk):
    """Send an evidence file to save, as what its content is; no browser may show or run it in this site."""
    member = access.evaluation_for(request.user, slug)
    file = get_object_or_404(access.evidence_files_for(member), pk=pk)
    record_export(by=request.user, evaluation=member.evaluation, subject=f"evidence file {file.pk}")
    response = HttpResponse(bytes(file.content), content_type=TYPES[file.kind])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

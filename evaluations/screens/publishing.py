"""The documents of the report as they are published and as a draft, which differ in what they say of that."""

from dataclasses import replace

from django.utils import timezone

from evaluations import access
from evaluations.models import DocumentKind, FileFormat
from evaluations.queries.quotations import reader_groups, shown_quotations
from evaluations.report.blocks import Quote, document_from
from evaluations.report.passages import texts_of
from evaluations.report.words import day

from .report import document_of
from .report_data import read_report, report_strands

# How many texts a document has at most whose file is made while somebody waits: two seconds, about.
MOST_AT_ONCE = {FileFormat.DOCX: 4000, FileFormat.HTML: 8000, FileFormat.PDF: 400}


def read_publication(member, number):
    """Return ``{DocumentKind: Document}`` as the version with this number would be published today."""
    data = read_report(member, timezone.localdate())
    said = f"Version {number}, published on {day(data.day)}"
    return {kind: document_of(data, kind, said=said) for kind in DocumentKind}


def read_draft(member, kind):
    """Return a document (of a ``DocumentKind``) as a draft of today."""
    return draft_of(read_report(member, timezone.localdate()), kind)


def draft_of(data, kind, rows=None):
    """Return a document as a draft of what was read (a ``ReportData``), dated its day.

    ``rows`` are its outline, for who has it already.
    """
    return document_of(data, kind, said=f"Draft of {day(data.day)}", rows=rows)


def differs(documents, version):
    """Say whether documents (by ``DocumentKind``) say anything else than a published version.

    What changes from day to day by itself, as the line that says which version it is, does not count.
    """
    published = {kind: _lasting(document_from(data)) for kind, data in version.documents.items()}
    return published != {kind: _lasting(document) for kind, document in documents.items()}


def read_quotes(member, numbers):
    """Return the quotations with these numbers that may reach readers, as ``Quote`` objects."""
    groups = reader_groups(*access.speakers_for_readers(member))
    rows = shown_quotations(access.quotations_for(member, access.Audience.READERS), numbers, groups)
    return {Quote(row.text, row.attribution, row.id) for row in rows.values()}


def is_long(document, format):
    """Say whether making a file of a document takes so long that it is better made beside the requests."""
    return len(texts_of(document)) > MOST_AT_ONCE[format]


def has_many_findings(member, format):
    """Say whether the findings of the report alone make it long, without reading them."""
    strands = report_strands(member)
    findings = access.findings_for(member, access.Audience.READERS).filter(strand__in=strands)
    return findings.count() > MOST_AT_ONCE[format]


def file_name(evaluation, kind, state):
    """Return the parts of the name of a file of a document; ``state`` is ``draft`` or ``version-2``."""
    return [evaluation.slug, *([] if kind == DocumentKind.REPORT else [kind]), "report", state]


def _lasting(document):
    return replace(document, lines=(), foot="", day=None, authors=())

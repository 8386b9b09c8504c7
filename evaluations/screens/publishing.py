"""The documents of the report as they are published and as a draft, which differ in what they say of that."""

from django.utils import timezone
from django.utils.dateformat import format as format_date

from evaluations.models import DocumentKind, FileFormat
from evaluations.report.passages import texts_of

from .report import read_document

# How many texts a document has at most whose file is made while somebody waits: two seconds, about.
MOST_AT_ONCE = {FileFormat.DOCX: 4000, FileFormat.HTML: 8000, FileFormat.PDF: 400}


def read_publication(member, number):
    """Return ``{DocumentKind: Document}`` as the version with this number would be published today."""
    day = timezone.localdate()
    said = f"Version {number}, published on {_words(day)}"
    return {kind: read_document(member, kind, said=said, day=day) for kind in DocumentKind}


def read_draft(member, kind):
    """Return a document (of a ``DocumentKind``) as a draft of today."""
    day = timezone.localdate()
    return read_document(member, kind, said=f"Draft of {_words(day)}", day=day)


def is_long(document, format):
    """Say whether making a file of a document takes so long that it is better made beside the requests."""
    return len(texts_of(document)) > MOST_AT_ONCE[format]


def file_name(evaluation, kind, state):
    """Return the parts of the name of a file of a document; ``state`` is ``draft`` or ``version-2``."""
    return [evaluation.slug, *([] if kind == DocumentKind.REPORT else [kind]), "report", state]


def _words(day):
    return format_date(day, "j F Y")

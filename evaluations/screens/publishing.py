"""The documents of the report as they are published, and as a draft: the same, but for what they are called."""

from django.utils import timezone
from django.utils.dateformat import format as format_date

from evaluations.models import DocumentKind
from evaluations.report.passages import texts_of

from .report import read_document

# Texts of a document whose files are made while somebody waits: about two seconds for a PDF.
MOST_AT_ONCE = 1500


def read_publication(member, number):
    """Return ``{DocumentKind: Document}`` as the version with this number would be published today."""
    day = timezone.localdate()
    said = f"Version {number}, published on {_words(day)}"
    return {kind: read_document(member, kind, said=said, day=day) for kind in DocumentKind}


def read_draft(member, kind):
    """Return a document (of a ``DocumentKind``) as a draft of today."""
    day = timezone.localdate()
    return read_document(member, kind, said=f"Draft of {_words(day)}", day=day)


def is_long(document):
    """Say whether making a file of a document takes so long that it is better made beside the requests."""
    return len(texts_of(document)) > MOST_AT_ONCE


def file_name(evaluation, kind, state):
    """Return the parts of the name of a file of a document; ``state`` is ``draft`` or ``version-2``."""
    return [evaluation.slug, *([] if kind == DocumentKind.REPORT else [kind]), "report", state]


def _words(day):
    return format_date(day, "j F Y")

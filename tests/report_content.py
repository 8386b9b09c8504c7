"""What the report says, read from its documents before they are drawn, for the tests of its content."""

from datetime import date

from evaluations.models import DocumentKind, Report, ReportStrand
from evaluations.report.passages import texts_of
from evaluations.screens import report
from evaluations.screens.report_data import read_report

DAY = date(2026, 11, 30)
SAID = "Draft of 30 November 2026"


def document_of(member, kind=DocumentKind.REPORT):
    """Return a document of a day on which the 2023 programme has ended."""
    return report.document_of(read_report(member, DAY), kind, said=SAID)


def words_of(document):
    """Return all that a document prints."""
    return "\n".join(text.text for text in texts_of(document))


def section_of(document, key):
    """Return one section."""
    return next(section for section in document.sections if section.key == key)


def blocks_in(document, key, kind):
    """Return the blocks of one kind in a section."""
    return [block for block in section_of(document, key).blocks if isinstance(block, kind)]


def draft_of(member, key):
    """Return the drafted text of a section."""
    return next(row.drafted for row in report.read_outline(member) if row.key == key)


def choose(evaluation, *strands, **fields):
    """Decide what the report is about, and anything else of it."""
    made = Report.objects.create(evaluation=evaluation, **fields)
    for strand in strands:
        ReportStrand.objects.create(evaluation=evaluation, report=made, strand=strand)

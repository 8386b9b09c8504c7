"""The report as its pages, its preview and its files show it: documents of blocks, for readers, whoever asks.

A section is its prose, drafted from the data until somebody writes it, and below it its live parts. One
without either is not in the document.
"""

from dataclasses import dataclass

from django.utils import timezone

from evaluations.models import DocumentKind, SectionKey
from evaluations.report.blocks import Document, Section
from evaluations.report.prose import blocks_of

from .report_data import read_report
from .report_parts import document_foot, document_lines, document_notes, live_parts
from .report_words import drafted


@dataclass(frozen=True)
class OutlineRow:
    """One section in the order of the report, the summary for parents last.

    ``heading`` is as printed, ``text`` what there is to edit: what was written or else what is ``drafted``
    from the data. ``position`` is its place from 1, ``version`` that of its row, 0 without one.
    """

    key: str
    label: str
    heading: str
    text: str
    drafted: str
    is_written: bool
    is_included: bool
    position: int
    version: int


def read_outline(member):
    """Return the sections in the order of the report as ``OutlineRow``. A fixed number of queries."""
    return outline_of(read_report(member, timezone.localdate(), on_screen=True))


def outline_of(data):
    """Return the sections of what was read (a ``ReportData``) as ``read_outline`` does."""
    keys = sorted(SectionKey, key=lambda key: _place(data, key))
    return [_row(data, key, position) for position, key in enumerate(keys, start=1)]


def document_of(data, kind, *, said):
    """Return the report or the summary (``kind`` is a ``DocumentKind``) of what was read, as a ``Document``.

    ``said`` says which state of it this is, as "Draft of 30 November 2026".
    """
    rows = outline_of(data)
    is_summary = kind == DocumentKind.SUMMARY
    asked_for = rows[-1:] if is_summary else rows[:-1]
    sections = (section_of(data, row) for row in asked_for if row.is_included)
    return Document(
        title=data.title,
        evaluation=data.evaluation.title,
        lines=(said,) if is_summary else document_lines(data, said),
        notes=document_notes(data),
        foot=document_foot(data, said),
        day=data.day,
        authors=tuple(data.evaluators),
        sections=tuple(section for section in sections if section.blocks),
    )


def section_of(data, row):
    """Return the ``Section`` of a row of the outline of what was read: its prose and its live parts."""
    about = f"section:{row.key}"
    return Section(row.key, row.heading, (*blocks_of(row.text, about=about), *live_parts(data, row.key)))


def _place(data, key):
    """Return what sorts a section: where it was put, or else where it begins; the summary comes last."""
    begins = list(SectionKey).index(key)
    decided = data.sections.get(key)
    return key == SectionKey.SUMMARY, decided.position if decided else begins, begins


def _row(data, key, position):
    decided = data.sections.get(key)
    draft = drafted(data, key)
    is_written = decided is not None and decided.is_written
    return OutlineRow(
        key=key.value,
        label=key.label,
        heading=(decided.heading if decided else "") or key.label,
        text=decided.text if is_written else draft,
        drafted=draft,
        is_written=is_written,
        is_included=decided is None or decided.is_included,
        position=position,
        version=decided.version if decided else 0,
    )

"""The report as its pages, its preview and its files show it: documents of blocks, for readers, whoever asks.

A section is its prose, drafted from the data until somebody writes it, and below it its live parts. One
without either is not in the document.
"""

from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from evaluations.models import DocumentKind, SectionKey
from evaluations.report.blocks import Document, Section
from evaluations.report.prose import blocks_of

from .report_data import read_report
from .report_parts import document_foot, document_lines, document_notes, live_parts
from .report_words import drafted


@dataclass(frozen=True)
class OutlineRow:
    """One section in the order of the report, the summary for parents last; ``position`` is from 1.

    Of what was read (``data``, a ``ReportData``), it reads what its text is drafted from once asked.
    """

    data: object
    section: SectionKey
    position: int

    @property
    def key(self):
        """Return the key of the section."""
        return self.section.value

    @property
    def label(self):
        """Return what the section is called unless it was given a heading."""
        return self.section.label

    @property
    def heading(self):
        """Return the heading as it is printed."""
        return (self._decided.heading if self._decided else "") or self.label

    @cached_property
    def drafted(self):
        """Return the text as it is drafted from the data."""
        return drafted(self.data, self.section)

    @property
    def text(self):
        """Return what there is to edit: what was written, or else what is drafted."""
        return self._decided.text if self.is_written else self.drafted

    @property
    def is_written(self):
        """Say whether somebody wrote in it."""
        return self._decided is not None and self._decided.is_written

    @property
    def is_included(self):
        """Say whether it is in the report."""
        return self._decided is None or self._decided.is_included

    @property
    def version(self):
        """Return the version of its row, 0 without one."""
        return self._decided.version if self._decided else 0

    @property
    def _decided(self):
        return self.data.sections.get(self.section)


def read_outline(member):
    """Return the sections in the order of the report as ``OutlineRow``. A fixed number of queries."""
    return outline_of(read_report(member, timezone.localdate(), on_screen=True))


def outline_of(data):
    """Return the sections of what was read (a ``ReportData``) as ``read_outline`` does."""
    keys = sorted(SectionKey, key=lambda key: _place(data, key))
    return [OutlineRow(data, key, position) for position, key in enumerate(keys, start=1)]


def document_of(data, kind, *, said, rows=None):
    """Return the report or the summary (``kind`` is a ``DocumentKind``) of what was read, as a ``Document``.

    ``said`` says which state of it this is, as "Draft of 30 November 2026"; ``rows`` are its outline, for who
    has it already.
    """
    rows = rows or outline_of(data)
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

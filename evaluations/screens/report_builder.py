"""The report builder: the sections in order, who wrote them, what is printed of them; one to edit."""

from dataclasses import dataclass

from django.utils import timezone

from evaluations import access
from evaluations.models import DocumentKind, SectionKey
from evaluations.queries.report_sections import Written, last_written
from evaluations.report.blocks import Document
from evaluations.report.prose import blocks_of

from .publishing import differs, draft_of
from .report import OutlineRow, outline_of, read_outline, section_of
from .report_data import read_report
from .report_method import known_of_coreq

WITH_MATRICES = (SectionKey.ACHIEVEMENTS, SectionKey.REMAINING)
SUMMARY_WORDS = 350  # about as many as one page holds in type that is easy to read


@dataclass(frozen=True)
class BuilderRow:
    """One section as the builder lists it.

    ``written`` says by whom and when, for one written by hand; ``is_printed`` whether it has anything to say;
    ``words`` is how many its prose has.
    """

    outline: OutlineRow
    written: Written | None
    is_printed: bool
    words: int


@dataclass(frozen=True)
class Builder:
    """The sections of the report as ``BuilderRow`` objects, the summary, and the draft of the report.

    ``newest`` is the newest published version or None, and ``has_changed`` says whether the draft differs
    from it, None where it is too long to be compared on a page; ``blind`` are the codes of the interviews
    that the member codes blind; ``parts`` as in ``Preview``.
    """

    rows: tuple
    summary: BuilderRow
    document: Document
    newest: object
    has_changed: bool | None
    blind: tuple
    parts: tuple


@dataclass(frozen=True)
class Preview:
    """A document as a page shows it.

    ``parts`` are, where it is so long that the matrices of one strand are shown at a time, the strands to
    choose from, each with whether it is shown.
    """

    document: Document
    parts: tuple


@dataclass(frozen=True)
class Sheet:
    """One section to edit: its row of the outline, and what is printed below its prose.

    ``before`` and ``after`` are its neighbours in the report, None at either end; ``parts`` are as in
    ``Preview``.
    """

    outline: OutlineRow
    live: tuple
    before: OutlineRow | None
    after: OutlineRow | None
    parts: tuple


@dataclass(frozen=True)
class SectionNow:
    """What a section says now, for a form to write on top of; ``heading`` is the one it was given, if any."""

    label: str
    heading: str
    text: str
    is_written: bool
    version: int


def read_builder(member, *, strand=""):
    """Return the ``Builder`` of a member's evaluation. A fixed number of queries.

    ``strand`` (a slug) is the one whose matrices are asked for of a long report.
    """
    data = _on_screen(member, strand)
    outline = outline_of(data)
    documents = {kind: draft_of(data, kind, outline) for kind in DocumentKind}
    document, newest = documents[DocumentKind.REPORT], access.versions_for(member).first()
    printed = {section.key for section in document.sections}
    written = last_written(access.sections_for(member), access.section_histories_for(member))
    *rows, summary = (
        BuilderRow(
            outline=row,
            written=written.get(row.key) if row.is_written else None,
            is_printed=row.key in printed or not row.is_included,
            words=count_words(row.text),
        )
        for row in outline
    )
    return Builder(
        rows=tuple(rows),
        summary=summary,
        document=document,
        newest=newest,
        has_changed=None if data.is_cut else newest is not None and differs(documents, newest),
        blind=tuple(
            access.blind_rounds_of(member)
            .order_by("interview__code")
            .values_list("interview__code", flat=True)
        ),
        parts=_parts(data),
    )


def read_preview(member, kind, *, strand=""):
    """Return the ``Preview`` of a document (of a ``DocumentKind``); ``strand`` as in ``read_builder``."""
    data = _on_screen(member, strand)
    return Preview(draft_of(data, kind), _parts(data) if kind == DocumentKind.REPORT else ())


def read_sheet(member, key, *, strand=""):
    """Return the ``Sheet`` of a section, reading no other; ``strand`` as in ``read_builder``."""
    data = _on_screen(member, strand)
    rows = outline_of(data)
    at = next(place for place, row in enumerate(rows) if row.key == key)
    prose = len(blocks_of(rows[at].text))
    return Sheet(
        outline=rows[at],
        live=section_of(data, rows[at]).blocks[prose:],
        before=rows[at - 1] if at else None,
        after=rows[at + 1] if at + 1 < len(rows) else None,
        parts=_parts(data) if key in WITH_MATRICES else (),
    )


def _on_screen(member, strand):
    return read_report(member, timezone.localdate(), on_screen=True, strand=strand)


def _parts(data):
    """Return the strands to choose from with whether each is shown; none where all are."""
    chosen = {row.pk for row in data.shown}
    return tuple((row, row.pk in chosen) for row in data.rows) if len(chosen) < len(data.rows) else ()


def read_now(member, key):
    """Return the ``SectionNow`` of a section; the data is read only where its text is drafted from that."""
    section = access.sections_for(member).filter(key=key).first()
    if section and section.is_written:
        return now_of(key, section, section.text)
    return now_of(key, section, next(row.text for row in read_outline(member) if row.key == key))


def now_of(key, section, text):
    """Return the ``SectionNow`` of a section with its row, None without one, and what there is to edit."""
    return SectionNow(
        label=SectionKey(key).label,
        heading=section.heading if section else "",
        text=text,
        is_written=section is not None and section.is_written,
        version=section.version if section else 0,
    )


def known_for_coreq(member):
    """Return what the data says for items of COREQ, by number."""
    return known_of_coreq(read_report(member, timezone.localdate()))


def count_words(text):
    """Return how many words a text has."""
    return len(text.split())

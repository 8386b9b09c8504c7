"""Writing the report: what it is called and about, what its sections say, their order, what is left out.

A section has no row until somebody decides something of it. Its ``version`` counts what is written alone:
moving a section or leaving it out disturbs nobody who writes in it.
"""

from dataclasses import dataclass

from django.db import transaction

from evaluations.models import ConflictingEdit, Participant, Report, ReportSection, ReportStrand, SectionKey

from .errors import StaleVersion, WordsTakenOut
from .publishing import hold_report
from .versions import (
    keep_conflicting,
    keep_nothing,
    refusing_duplicates,
    same_evaluation,
    save_as,
    save_changes,
    there_or_made,
    write,
)

MOVED, LEFT_OUT, PUT_IN = "Moved", "Left out", "Put in"
FROM_THE_DATA, BROUGHT_BACK = "Started again from the data", "Brought back"
# The sections that can be moved; the summary is a document of its own.
IN_ORDER = tuple(key for key in SectionKey if key is not SectionKey.SUMMARY)


@dataclass(frozen=True)
class SectionSent:
    """A section as sent: ``version`` is the one that was seen, 0 when nothing had been written yet.

    ``is_drafted`` says that the text is still the one the page drafted from the data. ``give_way`` says that
    the sender chose somebody else's text: theirs is set aside. ``page`` and ``step`` number the saves that
    one open page sends, so that it never meets itself when an answer to it got lost. ``withdrawn`` is how
    many participants had withdrawn when the page was opened: a text from before may hold words of the last.
    """

    heading: str
    text: str
    version: int
    is_drafted: bool = False
    give_way: bool = False
    page: str = ""
    step: int = 0
    withdrawn: int = 0

    @property
    def mark(self):
        """Return what the history says of a save by an open page; nothing of any other."""
        return f"{self.page}:{self.step}" if self.page else ""

    def changes(self, current):
        """Return the fields to save on a section; its text, once it is more than what the data says."""
        if self.is_drafted and not current.is_written:
            return {"heading": self.heading}
        return {"heading": self.heading, "text": self.text, "is_written": True}


def save_report(*, evaluation, version, changes, strands, by):
    """Save what the report is called and holds, and the ``strands`` it is about; return its row.

    ``version`` is the one on screen, 0 before the first save, which makes the row. Raises StaleVersion when
    somebody else saved meanwhile (what was sent is kept), ForeignRecord.
    """
    same_evaluation(evaluation, strands)
    rows = Report.objects.filter(evaluation=evaluation)
    row, is_first = there_or_made(rows, lambda: _first_report(evaluation, changes, strands, by))
    if is_first:
        return row

    def before_save(current, changes):
        _link(current, strands)

    def unchanged(current):
        return set(current.strands.all()) == set(strands)

    return save_changes(
        row,
        version=version,
        changes=changes,
        by=by,
        before_save=before_save,
        unchanged=unchanged,
        also={"strands": strands},
    )


def save_section(*, evaluation, key, sent, by):
    """Save what was written of a section (a ``SectionSent``) and return its row.

    What is sent on top of an older version is set aside: then StaleVersion is raised with the section as it
    is now, unless the sender gave way. Raises WordsTakenOut, and keeps nothing, when somebody withdrew since
    the page was opened.
    """
    with transaction.atomic():
        hold_report(evaluation)  # a withdrawal is over, or waits and finds what this saves
        if _withdrawn_from(evaluation) != sent.withdrawn:
            raise WordsTakenOut
        current = _locked_section(evaluation, key, by)
        changes = sent.changes(current)
        if _has(current, changes) or _was_saved(current, sent, by):
            return current
        if not sent.give_way and (current.version == sent.version or _is_own_step(current, sent, by)):
            return write(current, changes, by=by, reason=sent.mark)
        _set_aside(current, sent.version, {"heading": sent.heading, "text": sent.text}, by)
        if sent.give_way:
            return current
    raise StaleVersion(current)


def restart_section(*, section, version, by):
    """Let a section say what the data says again and return it. Its words are kept. Raises StaleVersion."""
    return _rewrite(section, version, {"is_written": False}, FROM_THE_DATA, by)


def bring_section_back(*, section, line, version, by):
    """Make a section say what it said before (a ``line`` of its history) and return it.

    Raises StaleVersion.
    """
    said = {name: getattr(line, name) for name in ("heading", "text", "is_written")}
    return _rewrite(section, version, said, BROUGHT_BACK, by)


@transaction.atomic
def include_section(*, evaluation, key, is_included, by):
    """Put a section into the report or leave it out, and return it."""
    current = _locked_section(evaluation, key, by)
    if current.is_included == is_included:
        return current
    current.is_included = is_included
    return save_as(current, by=by, reason=PUT_IN if is_included else LEFT_OUT)


@transaction.atomic
def move_section(*, evaluation, key, up, by):
    """Move a section one place up or down in the report and number them all anew; return whether it moved.

    At either end nothing moves. Two who move at once wait for each other.
    """
    hold_report(evaluation)
    rows = [_locked_section(evaluation, other, by) for other in IN_ORDER]
    rows.sort(key=lambda row: (row.position, IN_ORDER.index(row.key)))
    keys = [row.key for row in rows]
    place = keys.index(key)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return False
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        if row.position != position:
            row.position = position
            save_as(row, by=by, reason=MOVED)
    return True


def _first_report(evaluation, changes, strands, by):
    with refusing_duplicates():
        row = save_as(Report(evaluation=evaluation, **changes), by=by)
        _link(row, strands)
    return row


def _link(report, strands):
    """Make exactly these strands the report's."""
    key = {"evaluation": report.evaluation, "report": report}
    ReportStrand.objects.filter(**key).exclude(strand__in=strands).delete()
    for strand in strands:
        ReportStrand.objects.get_or_create(**key, strand=strand)


def _locked_section(evaluation, key, by):
    """Return the row of a section, locked; a new one in its first place where there is none yet."""
    rows = ReportSection.objects.select_for_update().filter(evaluation=evaluation, key=key)
    place = list(SectionKey).index(key)
    new = ReportSection(evaluation=evaluation, key=key, position=place, version=0)
    row, _ = there_or_made(rows, lambda: save_as(new, by=by))
    return row


def _rewrite(section, version, changes, reason, by):
    return save_changes(section, version=version, changes=changes, by=by, keep=keep_nothing, reason=reason)


def _withdrawn_from(evaluation):
    return Participant.objects.filter(evaluation=evaluation, withdrawn_on__isnull=False).count()


def _has(current, changes):
    return all(getattr(current, name) == value for name, value in changes.items())


def _was_saved(current, sent, by):
    """Say whether this very save arrived before: its answer got lost."""
    said = {"heading": sent.heading} | ({} if sent.is_drafted else {"text": sent.text})
    saves = current.history.filter(history_change_reason=sent.mark, history_user=by, **said)
    return bool(sent.mark) and saves.exists()


def _is_own_step(current, sent, by):
    """Say whether what the section says now was saved by the sender's own open page, at an earlier step."""
    made = current.history.filter(version=current.version).order_by("history_id").first()
    if not sent.page or made is None or made.history_user_id != by.pk:
        return False
    page, _, step = (made.history_change_reason or "").rpartition(":")
    return page == sent.page and int(step) < sent.step


def _set_aside(current, version, fields, by):
    """Keep what was sent beside the section, once however often it is sent."""
    kept = {"evaluation": current.evaluation, "record_type": current._meta.model_name}
    kept |= {"record_id": current.pk, "fields": fields, "by": by}
    if not ConflictingEdit.objects.filter(**kept).exists():
        keep_conflicting(current, version, fields, by)

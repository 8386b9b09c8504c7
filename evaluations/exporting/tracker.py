"""The tracker as a file: recommendations, their actions, progress notes, and everything that changed."""

from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localtime

from evaluations.conditions import Condition

from .book import Book
from .file import About, file
from .tidy import Column, Table, comma_separated
from .words import programme_end

UNDER_CONDITION = "How recommendations came under a condition"
RECOMMENDATIONS = (
    Column("Evaluation", 28),
    Column("Reference", 11),
    Column("Recommendation", 60),
    Column("In more words", 50),
    Column("Strand", 18),
    Column("Where this comes from", 24),
    Column("Condition", 22),
    Column("Tangible or intangible", 14),
    Column("Committed or added", 24),
    Column("Adds to", 9),
    Column("Response", 18),
    Column("Reason for the response", 36),
    Column("Status", 18),
    Column("Reason for the status", 36),
    Column("Owner", 26),
    Column("First due date", 19),
    Column("Due date", 19),
    Column("Days overdue", 10),
    Column("Priority", 10),
    Column("Depends on funding", 11),
    Column("Who takes it on after the end", 28),
    Column("Last update", 19),
    Column("Actions", 10),
    Column("Actions completed", 11),
    Column("Barriers it answers", 60),
    Column(UNDER_CONDITION, 36),
)
ACTIONS = (
    Column("Reference", 11),
    Column("Action", 60),
    Column("Owner", 26),
    Column("First due date", 19),
    Column("Due date", 19),
    Column("Days overdue", 10),
    Column("Status", 18),
    Column("Reason for the status", 36),
    Column("Percent", 9),
)
NOTES = (
    Column("Reference", 11),
    Column("Date", 19),
    Column("Note", 60),
    Column("By", 26),
    Column("Action", 40),
    Column("Evidence files", 36),
    Column("Link to evidence", 40),
    Column("Corrects the note of", 19),
)
HISTORY = (
    Column("Reference", 11),
    Column("When", 24),
    Column("Who", 26),
    Column("Action", 40),
    Column("What", 26),
    Column("From", 36),
    Column("To", 36),
    Column("Why", 40),
)
COUNTED = "Counts are of recommendations and their actions."


@dataclass(frozen=True)
class TrackedRecommendations:
    """What there is to take away.

    ``rows`` are recommendations as ``queries.recommendations.marked`` returns them, their ``steps`` with
    owner; ``stories`` (of ``queries.story``) and ``barriers`` (texts) are by their number, ``sources`` the
    strands' ``StrandSource`` by slug. ``total`` is how many there are without filters, ``ends`` is the
    programme's last day, if it is set; ``condition_note`` says how recommendations came under a condition.
    """

    about: About
    rows: tuple
    stories: dict
    barriers: dict
    sources: dict
    programme: str
    total: int
    ends: date | None = None
    condition_note: str = ""

    @property
    def recommendations(self):
        """Return the recommendations, one a row."""
        return Table("Recommendations", RECOMMENDATIONS, tuple(self._row(row) for row in self.rows))

    @property
    def actions(self):
        """Return the actions that stand, one a row."""
        rows = [_action(row, step, self.about.day) for row in self.rows for step in row.steps]
        return Table("Actions", ACTIONS, tuple(rows))

    @property
    def notes(self):
        """Return the progress notes, one a row, newest first."""
        rows = [_note(row, entry) for row, entry in self._entries if entry.note]
        return Table("Progress notes", NOTES, tuple(rows))

    @property
    def history(self):
        """Return everything that happened, one change a row, newest first for each recommendation."""
        rows = [line for row, entry in self._entries for line in _history(row, entry)]
        return Table("History", HISTORY, tuple(rows))

    @property
    def _entries(self):
        return [(row, entry) for row in self.rows for entry in self.stories[row.pk]]

    def _row(self, row):
        condition, source = Condition(row.condition), self.sources[row.strand.slug]
        return (
            self.about.evaluation,
            row.ref,
            row.title,
            row.text,
            row.strand.name,
            source.words,
            condition.label,
            condition.tangibility.label,
            f"Committed by {self.programme}" if row.is_committed else "Added by the evaluators",
            row.adds_to.ref if row.adds_to else "",
            "Committed: none needed" if row.is_committed else row.get_response_display(),
            row.response_reason,
            row.get_status_display(),
            row.status_reason,
            row.owner.name if row.owner else "",
            row.original_due or "",
            row.due or "",
            row.days_overdue or "",
            row.get_priority_display(),
            "Yes" if row.depends_on_funding else "No",
            row.taken_on_by,
            row.last_update or "",
            row.steps_counted,
            row.steps_done,
            "\n".join(self.barriers.get(row.pk, ())),
            self.condition_note,
        )


def _action(row, step, today):
    late = row.is_open and step.is_open and step.due is not None and step.due < today
    return (
        row.ref,
        step.text,
        step.owner.name if step.owner else "",
        step.original_due or "",
        step.due or "",
        (today - step.due).days if late else "",
        step.get_status_display(),
        step.status_reason,
        "" if step.percent is None else step.percent,
    )


def _note(row, entry):
    note = entry.note
    files = "\n".join(found.name for found in note.files)
    return (row.ref, note.date, note.text, entry.by, entry.action, files, note.link, note.corrects or "")


def _history(row, entry):
    """Return the lines of one entry of a story: one for each change, or one for what it says itself."""
    start = (row.ref, _minute(entry.at), entry.by, entry.action)
    if entry.note:
        return [(*start, "Progress note", "", entry.note.text, "")]
    if not entry.changes:
        return [(*start, entry.reason or ("Written" if entry.is_first else "Saved"), "", "", "")]
    return [
        (*start, change.field, change.old, change.new, change.why or entry.reason) for change in entry.changes
    ]


def _minute(at):
    return localtime(at).replace(second=0, microsecond=0, tzinfo=None)


def _xlsx(tracked):
    book = Book(tracked.about)
    for table in (tracked.recommendations, tracked.actions, tracked.notes, tracked.history):
        book.tidy(table.title, table)
    ends = programme_end(tracked.ends, tracked.about.day)
    said = [("Programme’s end", ends), (UNDER_CONDITION, tracked.condition_note)]
    book.say_what_it_is(
        *[(label, words) for label, words in said if words],
        ("All recommendations", tracked.total),
        ("Recommendations in this file", len(tracked.rows)),
    )
    return book.bytes()


def _csv(tracked):
    return comma_separated(tracked.recommendations, tracked.about)


FORMATS = {"xlsx": _xlsx, "csv": _csv}


def tracker_file(tracked, format, *, name):
    """Return ``TrackedRecommendations`` in one of ``FORMATS`` as a ``File`` named after ``name``."""
    return file(format, FORMATS[format](tracked), day=tracked.about.day, name=(*name, "recommendations"))

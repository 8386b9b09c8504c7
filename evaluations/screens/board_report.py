"""The board's report as its page and its files show it: figures, what changed, what is late, what is open."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from evaluations import access
from evaluations.analysis.board_report import (
    Item,
    Listed,
    months_before,
    programme_end,
    what_changed,
    what_is_late,
    what_is_open,
)
from evaluations.analysis.progress import figures, headlines
from evaluations.forms.board_report import SinceForm
from evaluations.models import Status
from evaluations.queries.recommendations import for_tracker, marked, recommendation_frame

from .story import read_stories

MONTHS = 3
OPEN_AFTER = "Open after the programme’s end, and who takes it on"
OPEN_NOW = "Open now, and who takes it on after the programme’s end"


@dataclass(frozen=True)
class BoardReport:
    """What the board reads. ``figures`` are the tracker's, ``end`` is a sentence on the programme's end.

    ``changes`` are those since a day, by kind; ``late`` and ``remaining`` the recommendations past their
    date and those that are open. ``has_ended`` says in which words the last is told.
    """

    form: SinceForm
    since: date
    total: int
    figures: tuple
    end: str
    has_ended: bool
    changes: tuple
    late: Listed
    remaining: Listed

    @property
    def remaining_heading(self):
        """Return what the list of open recommendations is called."""
        return OPEN_AFTER if self.has_ended else OPEN_NOW


def read_board_report(member, sent):
    """Return the ``BoardReport`` of a member's evaluation, the same for everybody. A fixed number of queries.

    ``sent`` are the parameters of the address: ``since``, a day as people write it.
    """
    today = timezone.localdate()
    form = SinceForm(sent, default=months_before(today, MONTHS))
    form.is_valid()
    recommendations = access.recommendations_for(member)
    heads = headlines(recommendation_frame(recommendations), today)
    items = _items(member, recommendations, form.day, today)
    evaluation = member.evaluation
    return BoardReport(
        form=form,
        since=form.day,
        total=heads.total,
        figures=figures(heads),
        end=programme_end(evaluation.programme_ends, today, heads.open),
        has_ended=evaluation.has_ended,
        changes=what_changed(items),
        late=what_is_late(items),
        remaining=what_is_open(items),
    )


def _items(member, recommendations, since, today):
    """Return the recommendations as ``Item`` objects, in their order."""
    rows = for_tracker(
        recommendations,
        group="none",
        actions=access.actions_for(member),
        due_changes=access.due_changes_for(member),
    )
    rows = marked(list(rows), today)
    stories = read_stories(member, rows, access.Audience.READERS)
    return [_item(row, stories[row.pk], since) for row in rows]


def _item(row, story, since):
    return Item(
        ref=row.ref,
        title=row.title,
        status=row.get_status_display(),
        is_open=row.is_open,
        is_completed=row.status == Status.COMPLETED,
        owner=row.owner.name if row.owner else "",
        due=row.due,
        days_late=row.days_overdue,
        taken_on_by=row.taken_on_by,
        story=story,
        recent=tuple(entry for entry in story if _day_of(entry) >= since),
    )


def _day_of(entry):
    """Return the day of an entry: of a note, the one it is about."""
    return entry.note.date if entry.note else timezone.localdate(entry.at)

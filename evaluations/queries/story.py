"""What happened to recommendations, newest first: who changed what of them and of their actions, and why;
dates that moved; progress notes with their evidence; barriers that were linked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from evaluations.models import BY_LINK, FOLLOWS, Action, Recommendation

from .history import NOTHING, day_words, histories_of, name_of

AS_LOADED = "As it was loaded"
REASON_OF = {"status": "status_reason", "response": "response_reason"}
TOLD_WITH = {"original_due": "due", "status_set_by_hand": "status"}


@dataclass(frozen=True)
class StoryChange:
    """One field that changed, in words; ``name`` is its name in code, ``why`` is empty where nobody said."""

    name: str
    field: str
    old: str
    new: str
    why: str = ""


@dataclass(frozen=True)
class StoryFile:
    """A file of evidence, to be found by its number; ``kind`` in words, ``size`` in bytes."""

    number: int
    name: str
    kind: str
    size: int


@dataclass(frozen=True)
class StoryNote:
    """A progress note; ``corrects`` is the day of the earlier note that it puts right, or None."""

    number: int
    date: date
    text: str
    link: str
    files: tuple
    corrects: date | None


@dataclass(frozen=True)
class StoryEntry:
    """Something that happened at a moment: the recommendation or its ``action`` was added, changed, noted.

    ``by`` is empty where nobody is known; ``action`` (its text) and ``number`` (of the action) are empty
    where it is about the recommendation itself.
    ``reason`` is what the history says of it, such as "Linked a barrier".
    """

    at: datetime
    by: str
    action: str = ""
    number: int | None = None
    reason: str = ""
    changes: tuple = ()
    note: StoryNote | None = None
    is_first: bool = False


def stories_of(recommendations, *, lines, action_lines, due_changes, updates, files):
    """Return ``{number: StoryEntry tuple}`` of recommendations, newest first. A fixed number of queries.

    ``lines`` and ``action_lines`` are the lines of history, ``due_changes``, ``updates`` and ``files`` the
    rows, of the whole evaluation, that the reader may see.
    """
    rows = list(recommendations)
    about = {"recommendation__in": [row.pk for row in rows]}
    moves = _Moves(due_changes.filter(**about).select_related("by", "action"))
    stories = defaultdict(list)
    own = histories_of(Recommendation, lines.filter(id__in=about["recommendation__in"]))
    for row in rows:
        stories[row.pk] += _told(own.get(row.pk), moves, (row.pk, None)) or [_loaded(row)]
    action_lines = action_lines.filter(**about)
    texts = _actions(action_lines)
    for number, entries in histories_of(Action, action_lines).items():
        recommendation, text = texts[number]
        stories[recommendation] += _told(entries, moves, (recommendation, number), text)
    for update, note in _notes(updates.filter(**about), files):
        stories[update.recommendation_id].append(note)
    for number, entry in moves.left():
        stories[number].append(entry)
    newest_first = {"key": attrgetter("at"), "reverse": True}
    return {row.pk: tuple(sorted(stories[row.pk], **newest_first)) for row in rows}


class _Moves:
    """Why due dates moved, each told once: beside the line of history that was written with it."""

    def __init__(self, due_changes):
        self._moves = defaultdict(list)
        for move in due_changes.order_by("-at", "-pk"):
            words = day_words(move.old_due), day_words(move.new_due)
            self._moves[(move.recommendation_id, move.action_id), *words].append(move)

    def reason(self, whose, change):
        """Return why a date moved, and take it off; nothing for a first date."""
        found = self._moves.get((whose, change.old, change.new))
        return found.pop().reason if found else ""

    def left(self):
        """Return ``(recommendation, entry)`` for the moves that no line of history tells of."""
        for (_, old, new), moves in self._moves.items():
            for move in moves:
                change = StoryChange("due", "Due date", old, new, move.reason)
                action = move.action.text if move.action else ""
                entry = StoryEntry(move.at, name_of(move.by), action, move.action_id, changes=(change,))
                yield move.recommendation_id, entry


def _told(entries, moves, whose, action=""):
    """Return the entries of a history, newest first, as parts of a story."""
    oldest_first = reversed(entries or [])
    told = [_entry(entry, moves, whose, action) for entry in oldest_first]
    return told[::-1]


def _entry(entry, moves, whose, action):
    by, reason = entry.by, entry.reason
    if reason.endswith(BY_LINK):
        follows = FOLLOWS if reason.startswith(f"{FOLLOWS}: ") else ""
        by, reason = reason.removeprefix(f"{follows}: ") if follows else reason, follows
    return StoryEntry(
        at=entry.at,
        by=by,
        action=action,
        number=whose[1],
        reason=reason,
        changes=tuple(_changes(entry.changes, moves, whose)),
        is_first=entry.is_first,
    )


def _changes(changes, moves, whose):
    """Return what changed at once, each with why; what only says so again is left out."""
    by_name = {change.name: change for change in changes}
    told_beside = {REASON_OF[name] for name in by_name if name in REASON_OF}
    told_beside |= {name for name, main in TOLD_WITH.items() if main in by_name}
    for name, change in by_name.items():
        if name in told_beside:
            continue
        reason = by_name.get(REASON_OF.get(name))
        why = reason.new if reason and reason.new != NOTHING else ""
        if name == "due":
            why = moves.reason(whose, change)
        yield StoryChange(name, change.field, change.old, change.new, why)


def _loaded(recommendation):
    """Return the first entry of a recommendation that nobody changed since it was loaded."""
    return StoryEntry(recommendation.created_at, "", reason=AS_LOADED, is_first=True)


def _actions(lines):
    """Return ``{number of an action: (number of its recommendation, its text)}``."""
    rows = lines.order_by("history_date", "history_id").values_list("id", "recommendation_id", "text")
    return {number: (recommendation, text) for number, recommendation, text in rows}


def _notes(updates, files):
    """Return ``(update, entry)`` for each progress note."""
    updates = list(updates.select_related("author", "owner", "action", "corrects"))
    evidence = defaultdict(list)
    for row in files.filter(update__in=[update.pk for update in updates]):
        found = StoryFile(row.pk, row.name, row.get_kind_display(), row.size)
        evidence[row.update_id].append(found)
    return [(update, _noted(update, tuple(evidence[update.pk]))) for update in updates]


def _noted(update, files):
    note = StoryNote(
        number=update.pk,
        date=update.date,
        text=update.note,
        link=update.evidence_link,
        files=files,
        corrects=update.corrects.date if update.corrects else None,
    )
    by = f"{update.owner}{BY_LINK}" if update.owner else name_of(update.author)
    action = update.action.text if update.action else ""
    return StoryEntry(update.at, by, action, update.action_id, note=note)

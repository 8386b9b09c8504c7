"""Changing several recommendations at once, and undoing it by what it changed."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator, get_text_list

from evaluations.models import Owner, Recommendation, TrackerChange

from .errors import ActionError, NotAllowedNow
from .owners import owner_called
from .tracking import follow, record_move, track
from .versions import write

FIELDS = (
    "owner_id",
    "due",
    "original_due",
    "status",
    "status_reason",
    "status_set_by_hand",
    "priority",
    "depends_on_funding",
)
NAMED = 5
LONGEST_LABEL = TrackerChange._meta.get_field("label").max_length


class ChangedMeanwhile(ActionError):
    """Somebody changed some of the recommendations since they were shown: ``rows`` are those, as now."""

    def __init__(self, rows):
        verb = "was" if len(rows) == 1 else "were"
        super().__init__(f"{named(rows)} {verb} changed by somebody else meanwhile. Nothing was done.")
        self.rows = rows


@transaction.atomic
def change_several(*, evaluation, seen, changes, label, by, due_reason="", **owner):
    """Make one change to several recommendations, all or none, and return the ``TrackerChange``.

    ``seen`` are their versions by number, ``changes`` what ``track`` takes, and ``owner`` too where it
    changes. ``label`` says what was changed to what. None is returned when they are all like that already.
    Raises ChangedMeanwhile, and NotAllowedNow as ``track`` does, naming the recommendation.
    """
    rows = _locked(evaluation, seen)
    if stale := [row for row in rows if row.version != seen[row.pk]]:
        raise ChangedMeanwhile(stale)
    if isinstance(owner.get("owner"), dict):
        owner["owner"] = owner_called(evaluation=evaluation, by=by, **owner["owner"])
    before, after, touched = {}, {}, []
    for row in rows:
        then = _state(row)
        now = _state(_track(row, changes, {"owner": row.owner, **owner}, due_reason, by))
        if changed := [name for name in FIELDS if then[name] != now[name]]:
            before[str(row.pk)] = {name: then[name] for name in changed}
            after[str(row.pk)] = {name: now[name] for name in changed}
            touched.append(row)
    if not touched:
        return None
    label = Truncator(f"{named(touched)}: {label}").chars(LONGEST_LABEL)
    return TrackerChange.objects.create(evaluation=evaluation, label=label, before=before, after=after, by=by)


def _track(row, changes, owner, due_reason, by):
    try:
        return track(
            recommendation=row,
            version=row.version,
            changes=dict(changes),
            due_reason=due_reason,
            by=by,
            **owner,
        )
    except NotAllowedNow as error:
        raise NotAllowedNow(f"{row.ref}: {error}") from None


@transaction.atomic
def undo_change(*, change, by):
    """Put back what a change to several recommendations changed, and return the ``TrackerChange``.

    Raises NotAllowedNow when it was undone already, when somebody changed the same since, or when an owner
    it would give back was removed.
    """
    rows = {row.pk: row for row in _locked(change.evaluation, [int(key) for key in change.after])}
    change = TrackerChange.objects.select_for_update().get(pk=change.pk)
    if change.undone_at:
        raise NotAllowedNow("This change was undone already.")
    if since := [row for row in rows.values() if not _stands(row, change)]:
        verb = "was" if len(since) == 1 else "were"
        raise NotAllowedNow(
            f"{named(since)} {verb} changed again since, so this cannot be undone as a whole. "
            "Change what is left by hand."
        )
    owners = _owners(change)
    for key, before in change.before.items():
        _put_back(rows[int(key)], before, owners, f"Undone: {change.label}", by)
    change.undone_at = timezone.now()
    change.save()
    return change


def undoable(changes):
    """Return the numbers of those ``changes`` that ``undo_change`` would take, owners apart. One query."""
    keys = {int(key) for change in changes for key in change.after}
    rows = Recommendation.objects.in_bulk(keys) if keys else {}
    return {
        change.pk
        for change in changes
        if not change.undone_at and all(_stands(rows.get(int(key)), change) for key in change.after)
    }


def named(rows):
    """Return several recommendations in words, by their number: ``R1, R3 and R10``."""
    refs = sorted((row.ref for row in rows), key=lambda ref: (len(ref), ref))
    if len(refs) > NAMED + 1:
        refs[NAMED:] = [f"{len(refs) - NAMED} more"]
    return get_text_list(refs, "and")


def _locked(evaluation, numbers):
    """Return recommendations as they are now, locked, in one order for everybody."""
    rows = Recommendation.objects.select_for_update().filter(evaluation=evaluation, pk__in=numbers)
    return list(rows.order_by("pk"))


def _state(row):
    return {name: _plain(getattr(row, name)) for name in FIELDS}


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def _stands(row, change):
    """Say whether a recommendation still is as a change left it, in what that changed."""
    return row is not None and change.after[str(row.pk)].items() <= _state(row).items()


def _owners(change):
    """Return the owners that undoing gives back, by number."""
    numbers = {before["owner_id"] for before in change.before.values() if before.get("owner_id")}
    found = Owner.objects.filter(evaluation=change.evaluation).in_bulk(numbers)
    if len(found) < len(numbers):
        raise NotAllowedNow("An owner from before was removed since, so this cannot be undone.")
    return found


def _put_back(row, before, owners, reason, by):
    """Set the fields of a recommendation to what they were, with what has to follow from it."""
    fields = dict(before)
    if "owner_id" in fields:
        fields["owner"] = owners.get(fields.pop("owner_id"))
    for name in {"due", "original_due"} & fields.keys():
        fields[name] = fields[name] and date.fromisoformat(fields[name])
    if "due" in fields and "original_due" not in fields:
        record_move(row, fields["due"], reason=reason, by=by)
    write(row, fields, by=by, reason=reason)
    if "status" in fields:
        follow(row, by=by)

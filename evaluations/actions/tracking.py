"""Moving recommendations on: owner, dates, status, and the actions that they take.

A recommendation is locked before its actions are, so that two people at once wait for each other.
"""

from django.db import transaction
from django.utils import timezone

from evaluations.models import BY_LINK, FOLLOWS, Action, DueDateChange, Status

from . import order
from .errors import NotAllowedNow
from .owners import owner_called
from .versions import locked, same_evaluation, save_as, save_changes, write


def track(*, recommendation, version, changes, owner, due_reason, by):
    """Save owner, due date, status and what comes after the end, and return the recommendation.

    ``owner`` is an ``Owner``, or what ``owner_called`` takes for one to add, or None. The first due
    date is kept as the original; every later one is recorded with its reason. Where it has actions and the
    status is not the one that follows from them, it counts as set by hand. Raises NotAllowedNow when a date
    or a status changes without the reason it needs, StaleVersion, ForeignRecord.
    """

    def before_save(current, changes):
        if "status" in changes:
            _set_status(current, changes)
        _settle(current, changes, owner=owner, due_reason=due_reason, by=by)

    return _save(
        recommendation,
        version=version,
        changes=changes,
        owner=owner,
        due_reason=due_reason,
        by=by,
        before_save=before_save,
    )


def set_status(*, recommendation, version, status, status_reason, by):
    """Give a recommendation another status and return it. Raises as ``track`` does."""
    changes = {"status": Status(status), "status_reason": status_reason}

    def before_save(current, changes):
        _set_status(current, changes)

    return save_changes(recommendation, version=version, changes=changes, by=by, before_save=before_save)


@transaction.atomic
def add_action(*, recommendation, fields, owner, by):
    """Add an action at the end of a recommendation's, and return it. Raises ForeignRecord, NotAllowedNow.

    ``fields`` are text, due, status, status_reason and percent; ``owner`` as ``track`` takes it.
    """
    recommendation = locked(recommendation)
    action = Action(
        evaluation=recommendation.evaluation,
        recommendation=recommendation,
        position=order.next_place(Action.objects.filter(recommendation=recommendation)),
        **fields,
    )
    _check_reason(action.status, action.status_reason)
    action.original_due = action.due
    action.owner = _owner(recommendation.evaluation, owner, by=by)
    same_evaluation(recommendation.evaluation, [action.owner])
    save_as(action, by=by)
    follow(recommendation, by=by)
    return action


def edit_action(*, action, version, changes, owner, due_reason, by):
    """Save an action and return it; its recommendation's status follows. Raises as ``track`` does."""

    def before_save(current, changes):
        _check_reason(changes["status"], changes["status_reason"])
        _settle(current, changes, owner=owner, due_reason=due_reason, by=by)
        follow(current.recommendation, by=by, now={current.pk: changes["status"]})

    return _save(
        action,
        version=version,
        changes=changes,
        owner=owner,
        due_reason=due_reason,
        by=by,
        before_save=before_save,
        first=[action.recommendation],
    )


def report_action(*, action, version, changes, by, through=None):
    """Save how far an action is (status, status_reason, percent) and return it; its recommendation follows.

    ``through`` is the owner whose private link was used: ``by`` is None then. Raises NotAllowedNow without
    the reason that a status needs, StaleVersion.
    """
    reason = f"{through}{BY_LINK}" if through else ""

    def before_save(current, changes):
        _check_reason(changes["status"], changes["status_reason"])
        follow(current.recommendation, by=by, now={current.pk: changes["status"]}, through=through)

    return save_changes(
        action,
        version=version,
        changes=changes,
        by=by,
        before_save=before_save,
        first=[action.recommendation],
        reason=reason,
    )


@transaction.atomic
def remove_action(*, action, by):
    """Take an action away and return it; it can be brought back. Its recommendation's status follows."""
    return _keep_or_not(action, removed_at=timezone.now(), by=by, reason="Removed")


@transaction.atomic
def restore_action(*, action, by):
    """Bring a removed action back in its place and return it. Its recommendation's status follows."""
    return _keep_or_not(action, removed_at=None, by=by, reason="Brought back")


@transaction.atomic
def move_action(*, action, up, by):
    """Move an action one place up or down among its recommendation's and return it."""
    locked(action.recommendation)
    rows = Action.objects.filter(recommendation=action.recommendation, removed_at__isnull=True)
    return order.move(rows, action, up=up)


def _keep_or_not(action, *, removed_at, by, reason):
    recommendation = locked(action.recommendation)
    current = locked(action)
    if (current.removed_at is None) != (removed_at is None):
        write(current, {"removed_at": removed_at}, by=by, reason=reason)
        follow(recommendation, by=by)
    return current


def _save(record, *, changes, owner, due_reason, **saving):
    """Save a recommendation's or an action's owner and dates beside its other ``changes``."""
    is_new = isinstance(owner, dict)
    return save_changes(
        record,
        changes=dict(changes) if is_new else {**changes, "owner": owner},
        unchanged=lambda current: not is_new or _is_named(current.owner, owner),
        also={"due_reason": due_reason, **({"owner_name": owner["name"]} if is_new else {})},
        **saving,
    )


def _is_named(owner, sent):
    """Say whether an owner is the one that was typed in: so that pressing Save twice is no second change."""
    return owner is not None and owner.name.casefold() == sent["name"].casefold()


def _settle(current, changes, *, owner, due_reason, by):
    """Add an owner who is new to ``changes``, and the first due date; record a date that moves."""
    if isinstance(owner, dict):
        changes["owner"] = _owner(current.evaluation, owner, by=by)
    due = changes.get("due", current.due)
    if current.original_due is None:
        changes["original_due"] = due
    elif due != current.due:
        record_move(current, due, reason=due_reason, by=by)


def record_move(record, due, *, reason, by):
    """Note that a recommendation or an action is given another due date. Raises NotAllowedNow unreasoned."""
    if not reason:
        raise NotAllowedNow("Say why the due date changes.")
    is_action = isinstance(record, Action)
    DueDateChange.objects.create(
        evaluation=record.evaluation,
        recommendation=record.recommendation if is_action else record,
        action=record if is_action else None,
        old_due=record.due,
        new_due=due,
        reason=reason,
        by=by,
    )


def _owner(evaluation, owner, *, by):
    return owner_called(evaluation=evaluation, by=by, **owner) if isinstance(owner, dict) else owner


def _set_status(recommendation, changes):
    """Settle whether a status is set by hand; raise NotAllowedNow when its reason is missing."""
    status, reason = changes["status"], changes.get("status_reason", "")
    followed = followed_status(recommendation)
    _check_reason(status, reason, followed)
    changes["status_set_by_hand"] = followed is not None and status != followed
    if status == followed:
        changes["status_reason"] = ""


def _check_reason(status, reason, followed=None):
    missing = not reason and Status(status).asks_why(followed)
    if missing:
        raise NotAllowedNow(missing)


def followed_status(recommendation):
    """Return the status that follows from a recommendation's actions; None when it has none."""
    return Status.followed_from(_statuses(recommendation).values())


def _statuses(recommendation):
    actions = Action.objects.filter(recommendation=recommendation, removed_at__isnull=True)
    return dict(actions.values_list("pk", "status"))


def follow(recommendation, *, by, now=None, through=None):
    """Let a recommendation's status follow from its actions; one set by hand stays until they agree.

    ``now`` is the status that an action, by its number, is about to be saved with; ``through`` is the owner
    whose private link was used.
    """
    current = locked(recommendation)
    followed = Status.followed_from((_statuses(current) | (now or {})).values())
    if followed is None or (current.status_set_by_hand and current.status != followed):
        return
    changes = {"status": followed, "status_set_by_hand": False, "status_reason": ""}
    if any(getattr(current, name) != value for name, value in changes.items()):
        reason = f"{FOLLOWS}: {through}{BY_LINK}" if through else FOLLOWS
        write(current, changes, by=by, reason=reason)

"""Saving on top of the version that a person saw: the one place where a stale save is noticed and kept."""

from contextlib import contextmanager, suppress
from datetime import date

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from evaluations.models import ConflictingEdit, Evaluation, EvaluationRecord

from .errors import AlreadyThere, ForeignRecord, Gone, StaleVersion

AS_LOADED = "As it was loaded"


def same_evaluation(evaluation, records):
    """Raise ForeignRecord unless every record (None is passed over) belongs to ``evaluation``."""
    for record in records:
        if isinstance(record, EvaluationRecord) and record.evaluation_id != evaluation.pk:
            raise ForeignRecord("That belongs to another evaluation.")


def save_changes(
    record,
    *,
    version,
    changes,
    by,
    keep=None,
    before_save=None,
    unchanged=None,
    also=None,
    first=(),
    reason="",
):
    """Save ``changes`` (field name to value) on the locked row and return it.

    Saving what is already there does nothing. On an older version than the row's, what was sent is kept by
    ``keep(current, version, sent, by)`` (a ``ConflictingEdit`` unless given) in the same transaction, and
    StaleVersion is raised with the row as it is now. ``before_save(current, changes)`` may add to a change.
    ``also`` is what was sent beside the row's own fields, ``unchanged(current)`` whether that is there
    already. ``first`` are rows to lock before it, ``reason`` goes to its history.
    """
    with transaction.atomic():
        for row in first:
            locked(row)
        current = locked(record)
        same = all(getattr(current, name) == value for name, value in changes.items())
        if same and (unchanged is None or unchanged(current)):
            return current
        if current.version == version:
            if before_save:
                before_save(current, changes)
            return write(current, changes, by=by, reason=reason)
        (keep or keep_conflicting)(current, version, {**changes, **(also or {})}, by)
    raise StaleVersion(current)


def locked(record):
    """Return the row as it is now, locked until the transaction ends. Raises Gone when it was deleted."""
    try:
        return type(record)._default_manager.select_for_update().get(pk=record.pk)
    except type(record).DoesNotExist:
        raise Gone("That was deleted meanwhile.") from None


def check_version(current, version, *, sent, by):
    """Raise StaleVersion unless a locked row is still at ``version``; what was ``sent`` with it is kept.

    Outside ``save_changes`` it is the caller's part to let the transaction end before raising on.
    """
    if current.version != version:
        if sent:
            keep_conflicting(current, version, sent, by)
        raise StaleVersion(current)


def write(record, changes, *, by, reason=""):
    """Set ``changes`` on a row, raise its version by one, save it with who did it, and return it.

    ``reason`` goes to its history, where it keeps one.
    """
    same_evaluation(_evaluation_of(record), changes.values())
    _remember_start(record)
    for name, value in changes.items():
        setattr(record, name, value)
    record.version += 1
    return save_as(record, by=by, reason=reason)


def note(record, *, by, reason):
    """Add a line to a record's history without changing the record, and return it as it is now."""
    current = locked(record)
    _remember_start(current)
    return save_as(current, by=by, reason=reason)


def _remember_start(record):
    """Give a row that was loaded with its evaluation, so without history, a first line: as it was then."""
    if hasattr(record, "history") and not record.history.exists():
        type(record).history.bulk_history_create(
            [record],
            default_date=min(record.updated_at, timezone.now()),
            default_change_reason=AS_LOADED,
        )


@contextmanager
def refusing_duplicates():
    """Turn the database's refusal of a duplicate code, reference or name into AlreadyThere."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not _is_duplicate(error.__cause__):
            raise
        raise AlreadyThere from None


def there_or_made(rows, make):
    """Return ``(row, is_made)``: the one of ``rows``, or what ``make()`` makes where there is none.

    ``make`` raises AlreadyThere when somebody else makes it at the same time: then that one is returned.
    """
    row = rows.first()
    if row is None:
        with suppress(AlreadyThere):
            return make(), True
        row = rows.get()
    return row, False


def _is_duplicate(cause):
    """Say whether a database error is about uniqueness: by PostgreSQL's code, or SQLite's name for it."""
    return getattr(cause, "pgcode", "") == "23505" or "UNIQUE" in getattr(cause, "sqlite_errorname", "")


def save_as(record, *, by, reason=""):
    """Save a row; where it keeps history, the history says who and why."""
    record._history_user = by
    record._change_reason = reason
    with refusing_duplicates():
        record.save()
    return record


def keep_nothing(current, version, sent, by):
    """Keep nothing of a stale save: for a button, with which nothing was written."""


def keep_conflicting(current, version, sent, by):
    """Keep what was sent on top of an older version as a ``ConflictingEdit``."""
    ConflictingEdit.objects.create(
        evaluation=_evaluation_of(current),
        record_type=current._meta.model_name,
        record_id=current.pk,
        based_on=version,
        fields={name: _plain(value) for name, value in sent.items()},
        by=by,
    )


def _evaluation_of(record):
    return record if isinstance(record, Evaluation) else record.evaluation


def _plain(value):
    """Return a form's value as JSON can hold it: rows as their key, dates as ISO text."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    return value

"""Reading the history of a finding or a recommendation: who changed what, from and to."""

from dataclasses import dataclass

LONG_TEXT = {"text", "title", "note", "response_reason"}
UNSHOWN = {"id", "version", "evaluation", "history_id", "responded_by", "responded_on"}


@dataclass(frozen=True)
class Change:
    """One field that changed, in words."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class HistoryEntry:
    """One save: when, by whom, why, and what changed; the first has no changes."""

    at: object
    by: str
    reason: str
    changes: tuple
    is_first: bool


def history_of(record):
    """Return the ``HistoryEntry`` list of a record with history, newest first. A fixed number of queries."""
    rows = list(record.history.select_related("history_user").order_by("history_date", "history_id"))
    names = _related_names(record, rows)
    entries = [_entry(before, row, names) for before, row in zip([None, *rows], rows, strict=False)]
    return [entry for entry in reversed(entries) if entry.is_first or entry.changes or entry.reason]


def _entry(before, row, names):
    return HistoryEntry(
        at=row.history_date,
        by=_name(row.history_user),
        reason=row.history_change_reason or "",
        changes=() if before is None else tuple(_changes(before, row, names)),
        is_first=before is None,
    )


def _changes(before, row, names):
    for field in row.tracked_fields:
        if field.name in UNSHOWN:
            continue
        old, new = getattr(before, field.attname), getattr(row, field.attname)
        if old != new:
            yield Change(
                field=_sentence_case(field.verbose_name),
                old=_words(field, old, names),
                new=_words(field, new, names),
            )


def _words(field, value, names):
    """Return a stored value as people read it."""
    if value is None or value == "":
        return "nothing"
    if field.is_relation:
        return names[field.name].get(value, "something since removed")
    if field.choices:
        return dict(field.flatchoices).get(value, value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "strftime"):
        return f"{value.day} {value:%B %Y}"
    return str(value)


def _related_names(record, rows):
    """Return ``{field: {key: name}}`` for the relations whose changes are shown, one query a field."""
    names = {}
    for field in rows[0].tracked_fields if rows else ():
        if field.is_relation and field.name not in UNSHOWN:
            keys = {getattr(row, field.attname) for row in rows} - {None}
            target = record._meta.get_field(field.name).related_model
            names[field.name] = {row.pk: str(row) for row in target._default_manager.filter(pk__in=keys)}
    return names


def _name(user):
    return (user.get_full_name() or user.get_username()) if user else ""


def _sentence_case(text):
    return str(text)[:1].upper() + str(text)[1:]

"""Reading the history of a finding or a recommendation: who changed what, from and to."""

from collections import defaultdict
from dataclasses import dataclass

NOTHING = "nothing"
# What a relation leads to, where its name may be closed to who reads.
UNNAMED = {"follows": "another evaluation"}
# What forms send beside a record's own fields.
BESIDE = {
    "due_reason": "Why the date changes",
    "owner_name": "New owner",
    "conditions": "Conditions that need to shift",
}
UNSHOWN = {
    "id",
    "version",
    "evaluation",
    "history_id",
    "responded_by",
    "responded_on",
    "removed_at",
    "merged_into",
}


@dataclass(frozen=True)
class Change:
    """One field that changed, in words; ``name`` is what the code calls it."""

    name: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class HistoryEntry:
    """One save: when, by whom, why, and what changed; the first has no changes.

    ``text_before`` is the number of the line that holds the sentence as it was, where that changed.
    """

    at: object
    by: str
    reason: str
    changes: tuple
    is_first: bool
    text_before: int | None = None


@dataclass(frozen=True)
class SetAside:
    """What somebody sent on top of an older version: when, by whom, and its fields as (label, words)."""

    at: object
    by: str
    fields: tuple


def set_aside_edits(record, edits):
    """Return ``ConflictingEdit`` rows of a record as ``SetAside`` objects. A fixed number of queries."""
    edits = list(edits)
    own = {field.name: field for field in record._meta.get_fields() if not field.auto_created}
    names = {}
    for name, field in own.items():
        if field.is_relation:
            sent = [key for edit in edits for key in _keys(edit.fields.get(name))]
            rows = field.related_model._default_manager.filter(pk__in=sent) if sent else ()
            names[name] = {row.pk: UNNAMED.get(name) or str(row) for row in rows}
    return [
        SetAside(
            at=edit.at,
            by=name_of(edit.by),
            fields=tuple(
                [
                    (_sentence_case(field.verbose_name), _sent_words(field, edit.fields[name], names))
                    for name, field in own.items()
                    if name in edit.fields
                ]
                + [(label, edit.fields[name]) for name, label in BESIDE.items() if edit.fields.get(name)]
            ),
        )
        for edit in edits
    ]


def set_aside_versions(versions, label):
    """Return set-aside ``AnswerVersion`` or ``QuotationVersion`` rows as ``SetAside`` objects.

    ``label(version)`` says what the text belongs to. Rows come with ``by``.
    """
    return [SetAside(row.at, name_of(row.by), ((label(row), row.text),)) for row in versions]


def _keys(value):
    return value if isinstance(value, list) else [value] if value else []


def _sent_words(field, value, names):
    if field.many_to_many:
        return ", ".join(names[field.name].get(key, "something since removed") for key in value) or NOTHING
    return _words(field, value, names)


def history_of(record, lines=None):
    """Return the ``HistoryEntry`` list of a record with history, newest first. A fixed number of queries.

    ``lines`` are the rows of its history that the reader may see: all unless given.
    """
    lines = record.history.all() if lines is None else lines
    return histories_of(type(record), lines).get(record.pk, [])


def histories_of(model, lines):
    """Return ``{number: HistoryEntry list}`` of records of a model, each as ``history_of`` returns it."""
    rows = list(lines.select_related("history_user").order_by("history_date", "history_id"))
    names = _related_names(model, rows)
    by_record = defaultdict(list)
    for row in rows:
        by_record[row.id].append(row)
    return {number: _entries(found, names) for number, found in by_record.items()}


def _entries(rows, names):
    entries = [_entry(before, row, names) for before, row in zip([None, *rows], rows, strict=False)]
    return [entry for entry in reversed(entries) if entry.is_first or entry.changes or entry.reason]


def _entry(before, row, names):
    return HistoryEntry(
        at=row.history_date,
        by=name_of(row.history_user),
        reason=row.history_change_reason or "",
        changes=() if before is None else tuple(_changes(before, row, names)),
        is_first=before is None,
        text_before=before.history_id if _has_other_text(before, row) else None,
    )


def _has_other_text(before, row):
    return before is not None and getattr(before, "text", "") != getattr(row, "text", "")


def _changes(before, row, names):
    for field in row.tracked_fields:
        if field.name in UNSHOWN:
            continue
        old, new = getattr(before, field.attname), getattr(row, field.attname)
        if old != new:
            yield Change(
                name=field.name,
                field=_sentence_case(field.verbose_name),
                old=_words(field, old, names),
                new=_words(field, new, names),
            )


def _words(field, value, names):
    """Return a stored value as people read it."""
    if value is None or value == "":
        return NOTHING
    if field.is_relation:
        return names[field.name].get(value, "something since removed")
    if field.choices:
        return dict(field.flatchoices).get(value, value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {words}" for name, words in value.items()) or NOTHING
    if isinstance(value, list):
        return ", ".join(value) or NOTHING
    if hasattr(value, "strftime"):
        return day_words(value)
    return str(value)


def day_words(day):
    """Return a day as people write it, for example ``31 March 2025``; "nothing" for None."""
    return f"{day.day} {day:%B %Y}" if day else NOTHING


def _related_names(model, rows):
    """Return ``{field: {key: name}}`` for the relations whose changes are shown, one query a field."""
    names = {}
    for field in rows[0].tracked_fields if rows else ():
        if field.is_relation and field.name not in UNSHOWN:
            keys = {getattr(row, field.attname) for row in rows} - {None}
            target = model._meta.get_field(field.name).related_model
            names[field.name] = {row.pk: str(row) for row in target._default_manager.filter(pk__in=keys)}
    return names


def name_of(user):
    """Return a person's full name, or the name they sign in with; nothing for one since removed."""
    return (user.get_full_name() or user.get_username()) if user else ""


def _sentence_case(text):
    return str(text)[:1].upper() + str(text)[1:]

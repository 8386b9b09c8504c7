"""Two people saved the same record: what each of them has, and what the second one chooses to keep."""

from dataclasses import dataclass

from django import forms

from evaluations.conditions import Condition
from evaluations.text import normalise

from .base import RowField
from .codes import CodeField

KEEP_BOTH = "both"
NOT_CARRIED = {"csrfmiddlewaretoken", "opened", "sender", "version", "keep"}


@dataclass(frozen=True)
class Difference:
    """One field that differs, in words; ``is_text`` where both can stand one after the other."""

    label: str
    theirs: str
    mine: str
    is_text: bool


@dataclass(frozen=True)
class Conflict:
    """What the page with both versions shows: the differences, and what to send again."""

    differences: tuple
    version: int
    carried: tuple

    @property
    def has_text(self):
        """Say whether there are two texts to keep one after the other."""
        return any(difference.is_text for difference in self.differences)


def bound(form_class, data, **kwargs):
    """Return ``form_class`` bound to ``data``; where both versions are to be kept, with both texts.

    Theirs stands first. ``kwargs`` go to the form and hold ``instance``, the row as it is now.
    """
    form = form_class(data, **kwargs)
    if data.get("keep") != KEEP_BOTH:
        return form
    joined = data.copy()
    for name, field in form.fields.items():
        if _is_text(field):
            theirs = field.prepare_value(getattr(form.instance, name, ""))
            joined[name] = both(theirs, normalise(data.get(name, "")))
    return form_class(joined, **kwargs)


def both(theirs, mine):
    """Return both texts, theirs first; one is enough when the other stands in it, line for line."""
    if _holds(theirs, mine):
        return theirs
    return mine if _holds(mine, theirs) else f"{theirs}\n\n{mine}"


def _holds(text, part):
    # Whole lines only: "no" is not said by "nothing".
    return not part or f"\n{part}\n" in f"\n{text}\n"


def conflict(form, current, **beside):
    """Return the ``Conflict`` between what a valid ``form`` sent and the row ``current`` as it is now.

    ``beside`` is what stands now of what the form has beside the row's own fields, by the field's name.
    """
    carried = [(n, v) for n, values in form.data.lists() for v in values if n not in NOT_CARRIED]
    sent = {**form.changes, **form.people}
    now = {name: beside[name] if name in beside else _value(current, name) for name in sent}
    found = [
        Difference(
            label=str(form[name].label),
            theirs=_words(form.fields[name], now[name]),
            mine=_words(form.fields[name], mine),
            is_text=_is_text(form.fields[name]),
        )
        for name, mine in sent.items()
        if mine != now[name]
    ]
    return Conflict(differences=tuple(found), version=current.version, carried=tuple(carried))


def _value(current, name):
    value = getattr(current, name)
    return list(value.all()) if hasattr(value, "all") else value


def _is_text(field):
    return isinstance(field.widget, forms.Textarea)


def _words(field, value):
    """Return a value as people read it."""
    if value in (None, "", [], {}):
        return "nothing"
    if _is_text(field):
        return field.prepare_value(value)
    if isinstance(value, dict):
        return ", ".join(f"{Condition(code).label}: {wording}" for code, wording in value.items())
    choices = dict(getattr(field, "choices", None) or {})
    if isinstance(value, list):
        return ", ".join(str(choices.get(item, item)) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "strftime"):
        return f"{value.day} {value:%B %Y}"
    if isinstance(field, RowField):  # in the words of the form, which may keep back what a row is called
        return str(choices.get(str(value.pk), "another one"))
    if isinstance(field, CodeField):
        return field.prepare_value(value)
    return str(choices.get(value, value))

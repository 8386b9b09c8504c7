"""Choosing among more rows than a list can hold: people type the code that they know a row by."""

from collections import Counter

from django import forms

from .base import RowField, RowsField

LONGEST_LIST = 200
# Characters: of a code, of one row's name, of a list of codes.
LONGEST_CODE, LONGEST_NAME, LONGEST_CODES = 12, 200, 4000
BETWEEN = " · "
NONE = "No {what} here is called “{typed}”. Check the code."


def row_field(rows, *, code, what, empty, name=str, **kwargs):
    """Return the field that chooses one of ``rows``, a scoped queryset: a list, or a text where it is long.

    ``code`` is the look-up of the code that a row is known by, ``what`` its noun, ``name`` returns what it is
    called, beginning with the code. Its value is the row or None. One query.
    """
    few = list(rows[: LONGEST_LIST + 1])
    if len(few) <= LONGEST_LIST:
        return RowField(few, empty=empty, name=name, **kwargs)
    return CodeField(rows, code=code, what=what, name=name, **kwargs)


def rows_field(rows, *, code, what, name=str, **kwargs):
    """Return the field that chooses any number of ``rows``, as ``row_field`` does; its value is a list."""
    few = list(rows[: LONGEST_LIST + 1])
    if len(few) <= LONGEST_LIST:
        return RowsField(few, name=name, **kwargs)
    return CodesField(rows, code=code, what=what, name=name, **kwargs)


def code_filter(rows, *, label, what, empty, name=str):
    """Return the field that narrows a page to one of ``rows`` by its ``code``, as the address holds it.

    A list, or where it is long a text, whose label says that a code is meant. One query.
    """
    few = list(rows[: LONGEST_LIST + 1])
    if len(few) <= LONGEST_LIST:
        choices = [("", empty), *((row.code, name(row)) for row in few)]
        return forms.ChoiceField(label=label, required=False, choices=choices)
    return CodeFilter(rows, what=what, label=f"{what.capitalize()}’s code", required=False)


class CodeFilter(forms.CharField):
    """The code of one of ``rows``."""

    def __init__(self, rows, *, what, **kwargs):
        super().__init__(max_length=LONGEST_CODE, **kwargs)
        self.rows, self.what = rows, what

    def clean(self, value):
        """Return the code in capital letters; raises ValidationError for one that nobody has."""
        typed = super().clean(value)
        if typed and not self.rows.filter(code=typed.upper()).exists():
            raise forms.ValidationError(NONE.format(what=self.what, typed=typed))
        return typed.upper()


class CodeField(forms.CharField):
    """One row by its code, or by as much of its name as tells it from others with that code."""

    def __init__(self, rows, *, code, what, name=str, **kwargs):
        kwargs.setdefault("help_text", f"The code of the {what}.")
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**{"max_length": LONGEST_NAME} | kwargs)
        self.rows, self.code, self.what, self.name = rows, code, what, name

    def prepare_value(self, value):
        """Return what a row is called, in one query; or what was typed."""
        if not hasattr(value, "pk"):
            return value
        called = self._called(_parts(self.name(value))[0])
        return next((name for name, row in called.items() if row == value), self.name(value))

    def clean(self, value):
        """Return the row, None for nothing; raises ValidationError for none or several of that name."""
        typed = super().clean(value)
        return self.found(typed) if typed else None

    def found(self, typed):
        """Return the row that is meant; raises ValidationError."""
        parts = _parts(typed)
        alike = {name: row for name, row in self._called(parts[0]).items() if set(parts) <= {*_parts(name)}}
        meant = [row for name, row in alike.items() if _parts(name) == parts] or list(alike.values())
        if len(meant) == 1:
            return meant[0]
        if not meant:
            raise forms.ValidationError(NONE.format(what=self.what, typed=typed))
        names = "; ".join(f"“{name}”" for name in list(alike)[:20])
        raise forms.ValidationError(f"“{typed}” has several. Write one of: {names}.")

    def _called(self, code):
        """Return ``{name: row}`` of the rows with a code; of several with one name the later are numbered."""
        found, times = {}, Counter()
        for row in self.rows.filter(**{f"{self.code}__iexact": code}):
            name = self.name(row)
            times[name] += 1
            found[name if times[name] == 1 else f"{name}{BETWEEN}{times[name]}"] = row
        return found


def _parts(name):
    return [part.strip().casefold() for part in name.split(BETWEEN.strip())]


class CodesField(CodeField):
    """Any number of rows by their codes, with commas between them."""

    def __init__(self, rows, *, what, **kwargs):
        hint = f"The code of each {what}, with commas between."
        super().__init__(rows, what=what, help_text=hint, max_length=LONGEST_CODES, **kwargs)

    def prepare_value(self, value):
        """Return the codes of rows, or what was typed."""
        if isinstance(value, str) or value is None:
            return value
        return ", ".join(str(row) for row in value)

    def clean(self, value):
        """Return the rows, each once; raises ValidationError for a code that is not there."""
        typed = forms.CharField.clean(self, value)
        codes = dict.fromkeys(code.strip() for code in typed.split(",") if code.strip())
        return list(dict.fromkeys(self.found(code) for code in codes))

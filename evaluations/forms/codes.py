"""Choosing among more rows than a list can hold: people type the code that they know a row by."""

from django import forms

from .base import RowField, RowsField

LONGEST_LIST = 200
BETWEEN = " · "


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


class CodeField(forms.CharField):
    """One row by its code, or by as much of its name as tells it from others with that code."""

    def __init__(self, rows, *, code, what, name=str, **kwargs):
        kwargs.setdefault("help_text", f"The code of the {what}.")
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=200, **kwargs)
        self.rows, self.code, self.what, self.name = rows, code, what, name

    def prepare_value(self, value):
        """Return what a row is called, or what was typed."""
        return self.name(value) if hasattr(value, "pk") else value

    def clean(self, value):
        """Return the row, None for nothing; raises ValidationError for none or several of that name."""
        typed = super().clean(value)
        return self.found(typed) if typed else None

    def found(self, typed):
        """Return the row that is meant; raises ValidationError."""
        code, *rest = [part.strip().casefold() for part in typed.split(BETWEEN.strip())]
        rows = list(self.rows.filter(**{f"{self.code}__iexact": code})[: LONGEST_LIST + 1])
        named = [row for row in rows if self._says(row, rest)]
        if len(named) == 1:
            return named[0]
        if not named:
            raise forms.ValidationError(f"No {self.what} here is called “{typed}”. Check the code.")
        names = "; ".join(f"“{self.name(row)}”" for row in named[:20])
        raise forms.ValidationError(f"“{typed}” has several. Write one of: {names}.")

    def _says(self, row, rest):
        parts = [part.casefold() for part in self.name(row).split(BETWEEN)]
        return all(part in parts for part in rest)


class CodesField(CodeField):
    """Any number of rows by their codes, with commas between them."""

    def __init__(self, rows, *, what, **kwargs):
        super().__init__(
            rows, what=what, help_text=f"The code of each {what}, with commas between.", **kwargs
        )

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

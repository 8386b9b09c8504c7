"""What all forms share: crispy layouts, text in one form, dates as people write them, links to errors."""

from copy import copy
from types import MappingProxyType
from urllib.parse import urlencode

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from evaluations.conditions import CONDITION_CHOICES, Condition
from evaluations.text import DATE_FORMATS, LONGEST_TEXT, normalise, unfit

DATE_HINT = "For example, 14 May 2024 or 14/05/2024."
EARLIEST, LATEST = 1900, 2199  # years
HIGHEST_VERSION = 2**31 - 1
# What Django says of a limit as "Ensure this value …".
LIMITS = {
    "max_value": "Use a number up to %(limit_value)s.",
    "min_value": "Use a number from %(limit_value)s up.",
    "max_length": "Use at most %(limit_value)d characters. This has %(show_value)d.",
}


class DayField(forms.DateField):
    """A date as people write it in the UK; a plain text box, so that what was typed is never lost."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", DATE_HINT)
        kwargs.setdefault("input_formats", DATE_FORMATS)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        unreadable = {"invalid": "Write the date as day, month and year, for example 14 May 2024."}
        kwargs["error_messages"] = unreadable | kwargs.get("error_messages", {})
        super().__init__(**kwargs)

    def to_python(self, value):
        """Return the date; raises ValidationError for one that nobody plans for, and most often is a slip."""
        day = super().to_python(value)
        if day is not None and not EARLIEST <= day.year <= LATEST:
            raise forms.ValidationError(f"Choose a year from {EARLIEST} to {LATEST}.")
        return day

    def prepare_value(self, value):
        """Show a stored date as ``14 May 2024``, and what was typed as it was typed."""
        return f"{value.day} {value:%B %Y}" if hasattr(value, "strftime") else value


class ConditionRadios(forms.RadioSelect):
    """Radio buttons that know which condition each stands for, so that they can be laid out in its shape."""

    def create_option(self, name, value, *args, **kwargs):
        """Return the option with its ``condition``; None for "not decided"."""
        option = super().create_option(name, value, *args, **kwargs)
        return option | {"condition": Condition(value) if value else None}


class ConditionField(forms.ChoiceField):
    """A choice of one of the six conditions; ``empty`` is the choice of none, where there is one."""

    widget = ConditionRadios

    def __init__(self, *, label="Condition", empty="", **kwargs):
        choices = [("", empty), *CONDITION_CHOICES] if empty else CONDITION_CHOICES
        messages = {"required": "Choose one of the six conditions."}
        super().__init__(label=label, choices=choices, required=not empty, error_messages=messages, **kwargs)


class RowField(forms.ChoiceField):
    """A choice among rows that the view scoped; its value is the row (or None), never one from outside."""

    def __init__(self, rows, *, empty="", name=str, **kwargs):
        self.rows = {str(row.pk): row for row in rows}
        choices = [("", empty), *((key, name(row)) for key, row in self.rows.items())]
        super().__init__(choices=choices, **kwargs)

    def prepare_value(self, value):
        """Return the key of a row, or what was sent."""
        return getattr(value, "pk", value)

    def clean(self, value):
        """Return the chosen row; raises ValidationError for one that is not among the choices."""
        return self.rows.get(super().clean(value))


class RowsField(forms.MultipleChoiceField):
    """Any number of rows that the view scoped; its value is the list of rows."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, rows, *, name=str, **kwargs):
        self.rows = {str(row.pk): row for row in rows}
        super().__init__(choices=[(key, name(row)) for key, row in self.rows.items()], **kwargs)

    def prepare_value(self, value):
        """Return the keys of rows, or what was sent."""
        return [getattr(item, "pk", item) for item in value or []]

    def clean(self, value):
        """Return the chosen rows; raises ValidationError for one that is not among the choices."""
        return [self.rows[key] for key in super().clean(value)]


class VersionField(forms.IntegerField):
    """The version that was on screen; what is none, because somebody tampered with it, counts as 0."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs):
        super().__init__(required=False, min_value=0, max_value=HIGHEST_VERSION, **kwargs)

    def clean(self, value):
        """Return the version; 0, which is never current, for anything else."""
        try:
            return super().clean(value) or 0
        except forms.ValidationError:
            return 0


class WaterlineForm(forms.Form):
    """A form whose text arrives normalised and whose errors can be linked to."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for field in self.fields.values():
            _limit(field)
            _name_the_empty_choice(field)

    def _clean_fields(self):
        for field in self.fields.values():  # here, as some forms add fields once they are made
            field.error_messages = LIMITS | field.error_messages
        super()._clean_fields()
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and getattr(self.fields[name], "strip", True):
                self._normalise(name, value)

    def _normalise(self, name, value):
        if objection := unfit(value):
            self.add_error(name, objection)
            return
        tidy = self.cleaned_data[name] = normalise(value)
        if value and not tidy and self.fields[name].required:  # it held nothing but what is left out
            self.add_error(name, self.fields[name].error_messages["required"])
        if len(tidy) > len(value):  # a few letters take more room in the form that is stored
            try:
                self.fields[name].run_validators(tidy)
            except forms.ValidationError as error:
                self.add_error(name, error)

    @property
    def error_links(self):
        """Return ``[(id of the field, label, message)]`` for the summary at the top of the page."""
        links = [("", "", message) for message in self.non_field_errors()]
        for field in self:
            # A group of choices is labelled as a whole: the link goes to its first choice, if it has one.
            anchor = field.id_for_label or (f"{field.auto_id}_0" if len(field) else f"div_{field.auto_id}")
            links += [(anchor, field.label, message) for message in field.errors]
        return links


class FilterForm(WaterlineForm):
    """Filters that live in the address; one that is not known is named on screen and left out."""

    def chosen(self, **lookups):
        """Return ``{look-up: value}`` for the filters in use; ``lookups`` maps a field to its look-up."""
        values = {lookup: self.cleaned_data.get(name) for name, lookup in lookups.items()}
        return {lookup: value for lookup, value in values.items() if value}

    @property
    def is_narrowed(self):
        """Say whether any filter is in use."""
        return any(self.cleaned_data.values())

    @property
    def query(self):
        """Return the filters as they stand in the address, without the page: ``kind=barrier&q=trust``."""
        return urlencode(
            [(name, value) for name, value in self.data.items() if name in self.fields and value]
        )


class RecordForm(WaterlineForm, forms.ModelForm):
    """A form for a record that people edit: remembers which row they saw, and in which version."""

    row = VersionField()  # for access.row_for
    version = VersionField()
    people = MappingProxyType({})

    def __init__(self, *args, instance=None, **kwargs):
        # A copy, because a form writes what was sent into it, saved or not: pages go on showing the row.
        super().__init__(*args, instance=copy(instance), **kwargs)
        self.helper.render_hidden_fields = True
        if self.instance.pk:
            self.initial |= {"row": self.instance.pk, "version": self.instance.version}
        else:
            del self.fields["row"]
        self.sent_by_hand = [name for name in self._meta.fields if name in self.fields]

    @property
    def changes(self):
        """Return the record's fields as sent: name to cleaned value."""
        return {name: self.cleaned_data[name] for name in self.sent_by_hand}

    @property
    def seen_version(self):
        """Return the version that was on screen; 0, which is never current, when none was sent."""
        return self.cleaned_data["version"]


def _limit(field):
    """Give every long text an upper bound, so that too much is a clear error and not a server's limit."""
    if (
        isinstance(field, forms.CharField)
        and isinstance(field.widget, forms.Textarea)
        and not field.max_length
    ):
        field.max_length = LONGEST_TEXT
        field.validators.append(forms.fields.validators.MaxLengthValidator(LONGEST_TEXT))


def _name_the_empty_choice(field):
    """Say "Not recorded" where Django would show a row of dashes.

    Django's own choices among rows are left alone: they would read every row there is, of any evaluation, and
    forms put a ``RowField`` in their place.
    """
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        field.choices = [
            (value, "Not recorded" if value == "" and set(label) == {"-"} else label)
            for value, label in field.choices
        ]


def not_to_come(date):
    """Return a date; raises ValidationError for one that is still to come."""
    if date > timezone.localdate():
        raise forms.ValidationError("This date is still to come.")
    return date

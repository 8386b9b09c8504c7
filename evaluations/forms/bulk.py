"""One change to several recommendations at once: which, what, and what it comes to row by row."""

from dataclasses import dataclass
from types import MappingProxyType

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils import timezone
from django.utils.text import get_text_list

from evaluations.models import Priority, Status

from .base import HIGHEST_VERSION, DayField, WaterlineForm
from .tracking import REASON_HELP, OwnerChoice

LARGEST_KEY = 2**63 - 1
# What can be changed at once, by the words on its button.
CHANGES = {
    "owner": "Owner",
    "due": "Due date",
    "status": "Status",
    "priority": "Priority",
    "funding": "Depends on funding",
}


@dataclass(frozen=True)
class Planned:
    """What a change comes to for one recommendation: what it has now, and what it will have."""

    row: object
    before: str
    after: str

    @property
    def is_change(self):
        """Say whether it will be another one."""
        return self.before != self.after


def ticked(data):
    """Return ``{number: version}`` of the recommendations that were ticked, each sent as ``17.2``.

    What is no number was tampered with and is left out.
    """
    pairs = (value.partition(".") for value in data.getlist("chosen"))
    return {
        int(key): int(version)
        for key, _, version in pairs
        if _fits(key, LARGEST_KEY) and _fits(version, HIGHEST_VERSION)
    }


def _fits(text, highest):
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= highest


class ChangeForm(WaterlineForm):
    """What several recommendations (``rows``) get, all the same.

    ``followed`` are the statuses that follow from the actions of those that have any, by number. Each kind of
    change gives ``changes`` (as ``actions.tracking.track`` takes them), ``said`` (in words that stand alone),
    ``now(row)`` and ``then(row)`` (what a row has, and will have).
    """

    changes = MappingProxyType({})

    def __init__(self, data=None, *, rows, followed, **kwargs):
        super().__init__(data, **kwargs)
        self.rows, self.followed = rows, followed

    @property
    def sent(self):
        """Return what ``actions.bulk.change_several`` takes of this change, by name."""
        return {"changes": self.changes, "label": self.said}

    @property
    def standing(self):
        """Return each row with what it has now."""
        return [(row, self.now(row)) for row in self.rows]

    @property
    def plan(self):
        """Return a ``Planned`` for each row, once the form is valid."""
        return [Planned(row, self.now(row), self.then(row)) for row in self.rows]

    @property
    def reason(self):
        """Return why, where that was said."""
        return self.cleaned_data.get("due_reason", "")


class OwnerForm(OwnerChoice, ChangeForm):
    """Who owns them. ``owners`` and ``members`` are the choices."""

    def __init__(self, *args, owners, members, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_owners(owners, members)
        self.helper.layout = Layout(Div("owner", "new_owner", css_class="pair"))

    def clean(self):
        """Ask for one owner, and for the name of a new one."""
        data = super().clean()
        self.check_owner(data)
        return data

    @property
    def sent(self):
        """Return what ``change_several`` takes, with the owner."""
        return super().sent | {"owner": self.owner}

    @property
    def said(self):
        """Return the chosen owner's name, as it is written already where there is such an owner."""
        owner = self.owner
        name = owner["name"] if isinstance(owner, dict) else _owner_name(owner)
        names = {owner.name.casefold(): owner.name for owner in self.owners.values()}
        return names.get(name.casefold(), name)

    def now(self, row):
        """Return the name of the owner a row has."""
        return _owner_name(row.owner)

    def then(self, row):
        """Return the name of the owner it will have."""
        return self.said


class DueForm(ChangeForm):
    """When they are due, and why that changes where one had a date before."""

    due = DayField(label="Due date", required=False)
    due_reason = forms.CharField(
        label="Why the date changes",
        required=False,
        max_length=300,
        help_text="Needed where a date is moved.",
    )
    past_due = forms.BooleanField(label="This day has passed, and it is meant", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Div("due", "due_reason", css_class="pair"))

    def clean(self):
        """Ask whether a past day is meant as a first one, and for the reason where a date is moved."""
        data = super().clean()
        if "due" not in self.errors:
            self._ask_about_past_day(data["due"], data["past_due"])
            moved = [row.ref for row in self.rows if row.original_due and row.due != data["due"]]
            if moved and data.get("due_reason") == "":
                refs = get_text_list(moved, "and")
                self.add_error("due_reason", f"Say why the date changes: it is moved for {refs}.")
        return data

    def _ask_about_past_day(self, due, is_meant):
        if due and due < timezone.localdate() and any(row.original_due is None for row in self.rows):
            self.helper.layout.append("past_due")
            if not is_meant:
                self.add_error("due", "That day has passed. Choose another, or tick below that it is meant.")

    @property
    def sent(self):
        """Return what ``change_several`` takes, with the reason."""
        return super().sent | {"due_reason": self.reason}

    @property
    def changes(self):
        """Return the date."""
        return {"due": self.cleaned_data["due"]}

    @property
    def said(self):
        """Return the date in words."""
        due = self.cleaned_data["due"]
        return f"due {_day(due)}" if due else "no due date"

    def now(self, row):
        """Return the date a row has."""
        return _day(row.due)

    def then(self, row):
        """Return the date it will have."""
        return _day(self.cleaned_data["due"])


class ManyStatusForm(ChangeForm):
    """How far they are, and why, where that has to be said."""

    status = forms.ChoiceField(
        label="Status",
        choices=[("", "Choose a status"), *Status.choices],
        error_messages={"required": "Choose a status."},
    )
    status_reason = forms.CharField(
        label="Why this status",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"{REASON_HELP} Also where actions say something else.",
    )

    def clean(self):
        """Ask for the reason that the status needs of itself, or as another one than the actions say."""
        data = super().clean()
        if data.get("status") and data.get("status_reason") == "":
            status = Status(data["status"])
            asking = [row for row in self.rows if status.asks_why(self.followed.get(row.pk))]
            if asking:
                of_itself = status.asks_why()
                self.add_error("status_reason", of_itself or _say_why([row.ref for row in asking]))
        return data

    @property
    def changes(self):
        """Return the status with its reason."""
        return {name: self.cleaned_data[name] for name in ("status", "status_reason")}

    @property
    def said(self):
        """Return the status in words."""
        return Status(self.cleaned_data["status"]).label.lower()

    def now(self, row):
        """Return the status a row has, with its reason."""
        return _with_reason(row.get_status_display(), row.status_reason)

    def then(self, row):
        """Return the status it will have; one that its actions say too keeps no reason."""
        status = Status(self.cleaned_data["status"])
        follows = self.followed.get(row.pk) == status
        return _with_reason(status.label, "" if follows else self.cleaned_data["status_reason"])


class PriorityForm(ChangeForm):
    """How much they matter among the others."""

    priority = forms.ChoiceField(
        label="Priority", required=False, choices=[("", "No priority"), *Priority.choices]
    )

    @property
    def changes(self):
        """Return the priority."""
        return {"priority": self.cleaned_data["priority"]}

    @property
    def said(self):
        """Return the priority in words."""
        return _priority(self.cleaned_data["priority"])

    def now(self, row):
        """Return the priority a row has."""
        return _priority(row.priority)

    def then(self, row):
        """Return the priority it will have."""
        return self.said


class FundingForm(ChangeForm):
    """Whether they depend on funding."""

    funding = forms.ChoiceField(
        label="Does it depend on funding?",
        choices=[("yes", "It depends on funding"), ("no", "It does not depend on funding")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Field("funding", template="evaluations/_radios.html"))

    @property
    def changes(self):
        """Return whether they depend on it."""
        return {"depends_on_funding": self.cleaned_data["funding"] == "yes"}

    @property
    def said(self):
        """Return it in words."""
        return _funding(self.changes["depends_on_funding"])

    def now(self, row):
        """Return in words whether a row depends on it."""
        return _funding(row.depends_on_funding)

    def then(self, row):
        """Return in words whether it will."""
        return self.said


FORMS = {
    "owner": OwnerForm,
    "due": DueForm,
    "status": ManyStatusForm,
    "priority": PriorityForm,
    "funding": FundingForm,
}


def _owner_name(owner):
    return str(owner) if owner else "no owner"


def _day(day):
    return f"{day.day} {day:%B %Y}" if day else "no date"


def _with_reason(label, reason):
    return f"{label} (“{reason}”)" if reason else label


def _priority(code):
    return f"{Priority(code).label.lower()} priority" if code else "no priority"


def _funding(depends):
    return "depends on funding" if depends else "does not depend on funding"


def _say_why(refs):
    return f"The actions of {get_text_list(refs, 'and')} say something else. Say why the status differs."

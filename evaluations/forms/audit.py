"""The form that narrows the record of access; it lives in the address."""

from django import forms

from evaluations.models import VerbGroup

from .base import DayField, FilterForm, RowField


class AuditForm(FilterForm):
    """Narrow the record to a person of ``people``, a group of verbs, a participant of ``codes``, and days.

    ``name`` says who one of ``people`` is.
    """

    group = forms.ChoiceField(label="What", required=False, choices=[("", "Everything"), *VerbGroup.choices])
    since = DayField(label="From", required=False, help_text="")
    until = DayField(label="To", required=False, help_text="")

    def __init__(self, *args, people, codes, name, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"] = RowField(people, label="Who", required=False, empty="Everybody", name=name)
        about = [("", "Everything"), *((code, f"Participant {code}") for code in codes)]
        self.fields["participant"] = forms.ChoiceField(label="About", required=False, choices=about)
        self.order_fields(["who", "group", "participant", "since", "until"])

    def clean(self):
        """Refuse a last day that comes before the first."""
        said = super().clean()
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", "This is before the first day. Choose a later one.")
        return said

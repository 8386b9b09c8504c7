"""The form that narrows the record of access; it lives in the address."""

from django import forms

from evaluations.models import VerbGroup

from .base import DayField, FilterForm, RowField
from .codes import code_filter


class AuditForm(FilterForm):
    """Narrow the record to a person of ``people``, a group of verbs, one of ``participants``, and days.

    ``name`` says who one of ``people`` is; ``participants`` is a queryset.
    """

    group = forms.ChoiceField(label="What", required=False, choices=[("", "Everything"), *VerbGroup.choices])
    since = DayField(label="From", required=False, help_text="")
    until = DayField(label="To", required=False, help_text="")

    def __init__(self, *args, people, participants, name, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"] = RowField(people, label="Who", required=False, empty="Everybody", name=name)
        self.fields["participant"] = code_filter(
            participants,
            label="About",
            what="participant",
            empty="Everything",
            name=lambda row: f"Participant {row.code}",
        )
        self.order_fields(["who", "group", "participant", "since", "until"])

    def clean(self):
        """Refuse a last day that comes before the first."""
        said = super().clean()
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", "This is before the first day. Choose a later one.")
        return said

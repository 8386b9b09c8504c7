"""Forms for progress notes."""

from django import forms

from evaluations.models import ProgressUpdate

from .base import DATE_HINT, DayField, WaterlineForm, not_to_come


class ProgressForm(WaterlineForm, forms.ModelForm):
    """A dated note on how a recommendation moved."""

    date = DayField(label="Date", help_text=DATE_HINT)

    class Meta:
        model = ProgressUpdate
        fields = ["date", "note", "evidence_link"]
        field_classes = {"evidence_link": forms.URLField}
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"note": {"required": "Say what happened."}}

    evidence_link = forms.URLField(
        label="Link to evidence",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="A web address that starts with https://",
    )

    def clean_date(self):
        """Refuse a date that is still to come: a note tells what happened."""
        return not_to_come(self.cleaned_data["date"])

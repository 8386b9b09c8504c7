"""Forms for signed texts: on a cell, and on a comparison."""

from django import forms

from evaluations.models import CellSummary, ComparisonReading

from .base import RecordForm

NONE_WRITTEN = "Write a sentence, or go back without one."


class SignedForm(RecordForm):
    """A sentence or two to sign; ``basis`` is the fingerprint of what was on screen."""

    basis = forms.RegexField(r"^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)

    def _post_clean(self):
        """Leave out the check of the row: what it is about and its author come from the page."""


class SummaryForm(SignedForm):
    """A sentence or two on the findings of a cell."""

    class Meta:
        model = CellSummary
        fields = ["text"]
        labels = {"text": "A sentence or two on what these findings say together"}
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "text": "Everybody in this evaluation reads it in the matrix, with your name and the date."
        }
        error_messages = {"text": {"required": NONE_WRITTEN}}


class ReadingForm(SignedForm):
    """A sentence or two on the figures of a comparison."""

    class Meta:
        model = ComparisonReading
        fields = ["text"]
        labels = {"text": "What you read from these figures, in one to three sentences"}
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "text": (
                "Everybody in this evaluation reads it above the figures, with your name and the date, in "
                "place of the generated one."
            )
        }
        error_messages = {"text": {"required": NONE_WRITTEN}}

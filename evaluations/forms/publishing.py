"""Forms around publishing: what is new in a version, why a passage stays as it is, which draft to make."""

from django import forms

from evaluations.models import Acceptance, DocumentKind, FileFormat

from .base import RecordForm, WaterlineForm

LONGEST_NOTE = 1000


class PublishForm(WaterlineForm):
    """Say what is new in a version, and that it may be published."""

    note = forms.CharField(
        label="What is new in this version",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Everybody in this evaluation reads it beside the version. It is not part of the report.",
    )
    is_sure = forms.BooleanField(
        label="Publish it for everybody in this evaluation",
        error_messages={"required": "Tick this to publish."},
    )


class PassageForm(RecordForm):
    """Say why a passage that the check asked about stays as it is."""

    class Meta:
        model = Acceptance
        fields = ["reason"]
        labels = {"reason": "Why it can stay as it is"}
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "reason": "For example: not this person. Evaluators read it; do not write down who somebody is."
        }
        error_messages = {"reason": {"required": "Say why it can stay as it is."}}


class DraftForm(WaterlineForm):
    """Choose which draft to make a file of."""

    document = forms.ChoiceField(
        label="Document", choices=DocumentKind, widget=forms.RadioSelect, initial=DocumentKind.REPORT
    )
    format = forms.ChoiceField(
        label="Format", choices=FileFormat, widget=forms.RadioSelect, initial=FileFormat.DOCX
    )

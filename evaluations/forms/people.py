"""The form for a participant: a code, a place in the system, and what they consented to."""

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms

from evaluations.models import Attribution, Consent, Participant

from .base import DayField, RecordForm, not_to_come


class ParticipantForm(RecordForm):
    """Add or edit a participant."""

    consent = forms.ChoiceField(
        label="May they be quoted?", choices=Consent, widget=forms.RadioSelect, initial=Consent.NOT_RECORDED
    )
    attribution = forms.ChoiceField(
        label="How may a quotation be attributed?",
        choices=Attribution,
        widget=forms.RadioSelect,
        initial=Attribution.NONE,
    )
    consent_on = DayField(label="When consent was given", required=False)
    withdrawal_cutoff = DayField(
        label="Until when they were told they can withdraw",
        required=False,
        help_text="For example, 30 June 2024.",
    )

    class Meta:
        model = Participant
        fields = [
            "code",
            "sector",
            "organisation",
            "consent",
            "attribution",
            "consent_how",
            "consent_on",
            "withdrawal_cutoff",
        ]
        help_texts = {
            "code": "Capital letters and a number, for example P22. Never a name or initials.",
            "consent_how": "For example: signed form, or said at the start.",
        }
        error_messages = {"code": {"required": "Give the participant a code, for example P22."}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Fieldset("Who", Div("code", "sector", "organisation", css_class="pair")),
            Field("consent", template="evaluations/_radios.html"),
            Field("attribution", template="evaluations/_radios.html"),
            Div("consent_how", "consent_on", "withdrawal_cutoff", css_class="pair"),
            "version",
        )

    def clean_consent_on(self):
        """Refuse a day that is still to come."""
        date = self.cleaned_data["consent_on"]
        return date and not_to_come(date)

    def clean(self):
        """Check that the cut-off for withdrawing does not lie before the consent."""
        data = super().clean()
        given, cutoff = data.get("consent_on"), data.get("withdrawal_cutoff")
        if given and cutoff and cutoff < given:
            self.add_error("withdrawal_cutoff", "This lies before the day on which consent was given.")
        return data

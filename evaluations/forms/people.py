"""The forms for a participant: by code with what they consented to; who they are; their withdrawal."""

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms

from evaluations.models import Attribution, Consent, GroupDecision, Participant, ParticipantIdentity

from .base import DayField, RecordForm, RowsField, WaterlineForm, not_to_come


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


class IdentityForm(RecordForm):
    """Who a participant is; shown to nobody who did not ask for it."""

    name = forms.CharField(
        label="Name",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    contact = forms.CharField(
        label="How to reach them",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="For example, a telephone number or an address for mail.",
    )

    class Meta:
        model = ParticipantIdentity
        fields = ["name", "contact"]

    def clean(self):
        """Refuse a form that came without one of its fields, which would wipe what is recorded there."""
        for name in self._meta.fields:
            if self.add_prefix(name) not in self.data:
                self.add_error(name, "This did not arrive, so nothing was changed. Send it again.")
        return super().clean()


class WithdrawalForm(WaterlineForm):
    """What becomes of each interview in which others spoke too, and of files; nothing is chosen beforehand.

    ``groups`` are those interviews, ``files`` the evidence files that may hold their words.
    """

    def __init__(self, *args, groups, files, **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = groups
        self.fields["evidence"] = RowsField(
            files, name=lambda file: file.name, label="Delete these files too", required=False
        )
        for row in groups:
            self.fields[_group_name(row)] = forms.ChoiceField(
                label=f"Interview {row.code}",
                choices=GroupDecision,
                widget=forms.RadioSelect,
                error_messages={"required": f"Decide what becomes of the answers of {row.code}."},
            )

    @property
    def fields_by_code(self):
        """Return ``{code of an interview: its bound field}``."""
        return {row.code: self[_group_name(row)] for row in self.groups}

    @property
    def decisions(self):
        """Return what ``actions.withdrawal.withdraw_participant`` takes."""
        return {row.pk: GroupDecision(self.cleaned_data[_group_name(row)]) for row in self.groups}


def _group_name(interview):
    return f"group-{interview.code}"

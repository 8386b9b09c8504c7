"""Forms for setting up an evaluation: its facts, strands, members, invitations."""

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import BaseUserCreationForm

from evaluations.models import Evaluation, Invitation, Role, Strand

from .base import DayField, RecordForm, WaterlineForm


class EvaluationForm(RecordForm):
    """The facts of an evaluation itself."""

    programme_ends = DayField(label="Programme end date", required=False)

    class Meta:
        model = Evaluation
        fields = [
            "title",
            "programme",
            "programme_short",
            "phase",
            "programme_ends",
            "introduction",
            "objectives",
            "method",
        ]
        widgets = {
            "introduction": forms.Textarea(attrs={"rows": 4}),
            "objectives": forms.Textarea(attrs={"rows": 4}),
            "method": forms.Textarea(attrs={"rows": 4}),
        }
        error_messages = {"title": {"required": "Give the evaluation a title."}}


class StrandForm(RecordForm):
    """A strand of the plan, and where its findings come from."""

    class Meta:
        model = Strand
        fields = [
            "name",
            "provenance",
            "provenance_note",
            "strategic_response",
            "response_focus",
            "response_focus_label",
        ]
        widgets = {
            "provenance": forms.RadioSelect,
            "provenance_note": forms.Textarea(attrs={"rows": 3}),
            "strategic_response": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "provenance_note": "Shown wherever the strand is, when it does not come from interviews.",
            "response_focus_label": "For example: Tangible actions.",
        }
        error_messages = {"name": {"required": "Give the strand a name."}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            "name",
            Field("provenance", template="evaluations/_radios.html"),
            "provenance_note",
            "strategic_response",
            Div("response_focus", "response_focus_label", css_class="pair"),
            "version",
        )


class InvitationForm(WaterlineForm, forms.ModelForm):
    """Invite one person with a role."""

    role = forms.ChoiceField(
        label="Role",
        choices=Role,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role."},
    )

    class Meta:
        model = Invitation
        fields = ["email", "role"]
        help_texts = {"email": "Only to tell invitations apart. Waterline makes a link for you to send."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("email", Field("role", template="evaluations/_radios.html"))


class RoleForm(WaterlineForm):
    """Give a member another role."""

    role = forms.ChoiceField(label="Role", choices=Role)


class JoinForm(WaterlineForm, BaseUserCreationForm):
    """Make an account by invitation. ``reserved`` names may not be taken."""

    email = forms.EmailField(label="Email", help_text="For resetting your password.")

    class Meta:
        model = get_user_model()
        fields = ["first_name", "last_name", "email", "username"]

    def __init__(self, *args, reserved=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.fields["username"].help_text = "The name you sign in with: letters and digits, without spaces."
        self.reserved = {name.casefold() for name in reserved}
        self.fields["username"].widget.attrs.pop("autofocus", None)  # people begin at the top of the page

    def clean_username(self):
        """Return the name in small letters; refuse one that is taken, reserved, or like an email address."""
        name = self.cleaned_data["username"].lower()
        if "@" in name:
            raise forms.ValidationError("Choose a name without @: email addresses belong to their owners.")
        taken = get_user_model().objects.filter(username__iexact=name).exists()
        if taken or name.casefold() in self.reserved:
            raise forms.ValidationError("Somebody already signs in with this name. Choose another.")
        return name

    def clean_email(self):
        """Refuse an address that an account has: a person with an account signs in instead."""
        email = self.cleaned_data["email"]
        if get_user_model().objects.filter(email__iexact=email).exists():
            raise forms.ValidationError("An account has this address already. Sign in instead, then accept.")
        return email

    @property
    def account(self):
        """Return the new account's fields, password apart."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

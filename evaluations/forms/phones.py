"""What is typed on a phone in a workshop: the code, a first name, what somebody says of a finding."""

from django import forms

from evaluations.codes import tidy
from evaluations.models import MOST_DOTS, Verdict

from .base import WaterlineForm

LONGEST_NOTE = 500
HIGHEST_TURN = 2**53 - 1  # the largest whole number that a script is sure of


class CodeForm(WaterlineForm):
    """The code of a workshop, in whatever way it is written."""

    code = forms.CharField(
        label="Workshop code",
        max_length=40,
        help_text="On the screen in the room, for example 7KQ4\u2011M2RT.",
        error_messages={"required": "Type the code that is on the screen in the room."},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_code(self):
        """Return the code as it is stored; raises ValidationError for what cannot be one."""
        code = tidy(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(
                "This is not a workshop’s code: those have eight letters and digits. Check it on the screen."
            )
        return code


class PhoneJoinForm(WaterlineForm):
    """A first name, or none."""

    name = forms.CharField(
        label="First name (optional)",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )

    def clean_name(self):
        """Return the name with single spaces."""
        return " ".join(self.cleaned_data["name"].split())


class WeighForm(WaterlineForm):
    """What a phone says of one finding; what was not sent is not changed."""

    dots = forms.IntegerField(required=False, min_value=0, max_value=MOST_DOTS)
    verdict = forms.ChoiceField(required=False, choices=[("", "Neither"), *Verdict.choices])
    # Twice what the box takes: browsers count a line end once and send two characters.
    note = forms.CharField(required=False, max_length=2 * LONGEST_NOTE, widget=forms.Textarea)
    turn = forms.IntegerField(required=False, min_value=0, max_value=HIGHEST_TURN)

    @property
    def changes(self):
        """Return ``{field: value}`` of what was sent."""
        sent = {name: self.cleaned_data[name] for name in ("dots", "verdict", "note") if name in self.data}
        return {name: value for name, value in sent.items() if value is not None}

    @property
    def problem(self):
        """Return what is wrong, in one sentence."""
        return " ".join(message for messages in self.errors.values() for message in messages)

"""Forms for setting up an evaluation: its facts, strands, members, invitations."""

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import BaseUserCreationForm
from django.core.validators import MaxLengthValidator
from django.utils import timezone

from evaluations.conditions import Condition
from evaluations.models import Area, Evaluation, GuideQuestion, Invitation, Role, Strand
from evaluations.text import normalise

from .base import ConditionField, DayField, RecordForm, RowField, WaterlineForm
from .findings import CONDITION_PICKER

LONGEST_QUESTION = 500


LONGEST_WORDING = 80
LONGEST_TERM = 40
LONGEST_LINE = 200


class LinesField(forms.CharField):
    """A list of short texts, written one a line; its value is the list, each text once."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value):
        """Return the list as lines, or what was sent."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        """Return the list; raises ValidationError for a line that is too long."""
        lines = [normalise(line) for line in super().clean(value).splitlines()]
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE:
                raise forms.ValidationError(f"Line {number} is longer than {LONGEST_LINE} characters.")
        return list(dict.fromkeys(filter(None, lines)))


class GlossaryField(forms.CharField):
    """Terms and what they mean, written one a line as ``term: meaning``; its value is a dictionary."""

    widget = forms.Textarea(attrs={"rows": 5})

    def prepare_value(self, value):
        """Return the dictionary as lines by term (PostgreSQL keeps no order of its own), or what was sent."""
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{term}: {meaning}" for term, meaning in sorted(value.items()))

    def clean(self, value):
        """Return the dictionary; raises ValidationError that names the line with a fault."""
        found = {}
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            if not line.strip():
                continue
            term, _, meaning = (normalise(part) for part in line.partition(":"))
            if not term or not meaning:
                raise forms.ValidationError(f"Line {number}: write the term, a colon and what it means.")
            if len(term) > LONGEST_TERM:
                raise forms.ValidationError(
                    f"Line {number}: the term is longer than {LONGEST_TERM} characters."
                )
            if found.get(term, meaning) != meaning:
                raise forms.ValidationError(f"Line {number}: “{term}” stands here with two meanings.")
            found[term] = meaning
        return found


class HeadingsField(forms.MultiValueField):
    """The evaluation's own wording for the six conditions; its value has those that are worded."""

    def __init__(self, **kwargs):
        parts = [
            forms.CharField(
                required=False,
                max_length=LONGEST_WORDING,
                error_messages={
                    "max_length": f"{condition.label}: use at most {LONGEST_WORDING} characters."
                },
            )
            for condition in Condition
        ]
        boxes = {
            condition.value: forms.TextInput(attrs={"condition": condition, "maxlength": LONGEST_WORDING})
            for condition in Condition
        }
        super().__init__(parts, widget=HeadingsWidget(boxes), require_all_fields=False, **kwargs)

    def compress(self, values):
        """Return ``{condition: wording}``."""
        pairs = zip(Condition, map(normalise, values), strict=True) if values else ()
        return {condition.value: wording for condition, wording in pairs if wording}


class HeadingsWidget(forms.MultiWidget):
    """Six boxes, one a condition."""

    def decompress(self, value):
        """Return what stands in each box."""
        return [(value or {}).get(condition, "") for condition in Condition]


class EvaluationForm(RecordForm):
    """The facts of an evaluation itself, and its own words.

    ``has_names`` says that names or contacts are kept: then a day for their deletion that has come is asked
    about. ``earlier`` are the evaluations that it may be said to follow. One that it follows and that is not
    among them can be kept, without its title.
    """

    programme_ends = DayField(label="Programme end date", required=False)
    names_may_go = forms.BooleanField(
        label="Participants’ names and contacts are due to be deleted, and it is meant", required=False
    )
    headings = HeadingsField(
        label="Wording of the six headings",
        required=False,
        help_text="Where the report words a heading in its own way. Leave the others empty.",
    )
    glossary = GlossaryField(
        label="Glossary",
        required=False,
        help_text="One term a line, a colon, and what it means. For example: ICB: Integrated Care Board",
    )
    change_dimensions = LinesField(
        label="The programme’s own dimensions of change",
        required=False,
        help_text="One a line, where the programme has a model of its own.",
    )

    class Meta:
        model = Evaluation
        fields = [
            "title",
            "programme",
            "programme_short",
            "phase",
            "programme_ends",
            "identities_kept_months",
            "follows",
            "evaluators",
            "introduction",
            "objectives",
            "method",
            "report_title",
            "about_model",
            "headings",
            "glossary",
            "change_dimensions",
        ]
        widgets = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in {
                "evaluators": 2,
                "introduction": 4,
                "objectives": 4,
                "method": 4,
                "about_model": 4,
            }.items()
        }
        help_texts = {
            "report_title": "Once it is given, readers see which organisations took part, without numbers.",
            "identities_kept_months": (
                "Participants’ names and contacts are deleted then. Up to 120; without an end date, never."
            ),
        }
        labels = {"identities_kept_months": "Months that names are kept afterwards"}
        error_messages = {
            "title": {"required": "Give the evaluation a title."},
            "identities_kept_months": {"required": "Give a number of months, from 0 to 120."},
        }

    def __init__(self, *args, earlier=(), has_names=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_names, self.went_on = has_names, self.instance.names_go_on
        self.fields["follows"] = _earlier_round(self.instance, earlier)
        self.helper.layout = Layout(
            Fieldset(
                "The programme",
                "programme",
                Div("programme_short", "phase", css_class="pair"),
                Div("programme_ends", "identities_kept_months", css_class="pair"),
            ),
            Fieldset(
                "The evaluation",
                "title",
                "follows",
                "evaluators",
                "introduction",
                "objectives",
                "method",
                "report_title",
            ),
            Fieldset(
                "The model and the words",
                "about_model",
                Field("headings", template="evaluations/_headings.html"),
                "glossary",
                "change_dimensions",
            ),
            "version",
        )

    def clean(self):
        """Ask whether it is meant where names would be deleted on a day that has come."""
        data = super().clean()
        facts = {name: data.get(name) for name in ("programme_ends", "identities_kept_months")}
        if self.has_names and facts["identities_kept_months"] is not None:
            goes_on = Evaluation(**facts).names_go_on
            if goes_on and goes_on <= timezone.localdate() and goes_on != self.went_on:
                self._ask_about_names(goes_on, data["names_may_go"])
        return data

    def _ask_about_names(self, goes_on, is_meant):
        self.helper.layout[0].append("names_may_go")
        if not is_meant:
            changed = "programme_ends" if "programme_ends" in self.changed_data else "identities_kept_months"
            day = self.fields["programme_ends"].prepare_value(goes_on)
            self.add_error(
                changed,
                f"With this, participants’ names and contacts are due to be deleted on {day}. Change it, or "
                "tick below that it is meant.",
            )


def _earlier_round(evaluation, rows):
    """Return the field for the round that an evaluation follows, its own among the choices."""
    known = {row.pk for row in rows}
    if evaluation.follows_id and evaluation.follows_id not in known:
        rows = [evaluation.follows, *rows]
    return RowField(
        rows,
        label="Follows an earlier round",
        empty="No, it is the first",
        required=False,
        name=lambda row: row.title if row.pk in known else "An evaluation that you are no evaluator of",
        help_text=(
            "Members of both can then compare the two, and say what became of the earlier findings. "
            "Choose among the evaluations that you are an evaluator of."
        ),
    )


class QuestionForm(RecordForm):
    """A question of the interview guide."""

    condition = ConditionField()
    area = forms.ChoiceField(
        label="What it is after",
        choices=Area,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the question is after."},
    )

    class Meta:
        model = GuideQuestion
        fields = ["prompt", "condition", "area"]
        widgets = {"prompt": forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST_QUESTION})}
        help_texts = {"prompt": "An open question in everyday words, which takes no side."}
        error_messages = {"prompt": {"required": "Write the question."}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            "prompt",
            Field("condition", template=CONDITION_PICKER),
            Field("area", template="evaluations/_radios.html"),
            "version",
        )
        self.fields["prompt"].validators.append(MaxLengthValidator(LONGEST_QUESTION))


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

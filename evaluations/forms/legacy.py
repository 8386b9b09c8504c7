"""Forms of the legacy plan: what the address asks for, an ambition, why a gap is accepted."""

from crispy_forms.layout import Field, Layout
from django import forms

from evaluations.conditions import CONDITION_CHOICES, Condition
from evaluations.models import Acceptance, Ambition, AmbitionKind

from .base import RecordForm
from .coverage import CoverageFilterForm
from .findings import CONDITION_PICKER, strand_field

GAPS = "gaps"
NO_DIMENSIONS = (
    "None is listed yet. Evaluators keep the programme’s own dimensions of change in Set-up, under “The "
    "model and the words”."
)
NOT_FOR_OTHERS = "Only a system change has a dimension. Choose “None of them”, or make this a system change."


class PlanFilterForm(CoverageFilterForm):
    """Narrow the plan to a strand, or to its gaps; lives in the address."""

    show = forms.ChoiceField(
        label="What to show", required=False, choices=[("", "Plan and gaps"), (GAPS, "Gaps only")]
    )

    @property
    def gaps_only(self):
        """Say whether the ambitions are left out."""
        return self.cleaned_data.get("show") == GAPS


class ConditionBoxes(forms.CheckboxSelectMultiple):
    """Tick boxes that know which condition each stands for, so that they can be laid out in its shape."""

    def create_option(self, name, value, *args, **kwargs):
        """Return the option with its ``condition``."""
        return super().create_option(name, value, *args, **kwargs) | {"condition": Condition(value)}


class ConditionsField(forms.MultipleChoiceField):
    """Any of the six conditions, at least one; its value is a list of them in the model's order."""

    widget = ConditionBoxes

    def __init__(self, **kwargs):
        super().__init__(choices=CONDITION_CHOICES, **kwargs)

    def clean(self, value):
        """Return the conditions; raises ValidationError for none, and for one that is not of the model."""
        chosen = set(super().clean(value))
        return [one for one in Condition if one in chosen]


class AmbitionForm(RecordForm):
    """Write an ambition. ``strands`` are the rows to choose from, ``dimensions`` the programme's own words.

    A dimension that the ambition has, and that is no longer among these, can be kept.
    """

    kind = forms.ChoiceField(
        label="What it is",
        choices=AmbitionKind,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is an outcome, an asset or a system change."},
    )
    conditions = ConditionsField(
        label="Conditions that need to shift for it",
        help_text="Tick those without which it will not come about, or will not last. At least one.",
        error_messages={"required": "Tick at least one condition that needs to shift."},
    )

    class Meta:
        model = Ambition
        fields = ["strand", "text", "kind", "dimension"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"text": "What is to remain, put so that somebody can say later whether it did."}
        error_messages = {"text": {"required": "Write the ambition in a sentence."}}

    def __init__(self, *args, strands, dimensions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["strand"] = strand_field(strands)
        names = dict.fromkeys(filter(None, [*dimensions, self.instance.dimension]))
        self.fields["dimension"] = forms.ChoiceField(
            label="The programme’s own dimension of change",
            required=False,
            choices=[("", "None of them"), *((name, name) for name in names)],
            help_text="For a system change only." if dimensions else NO_DIMENSIONS,
            error_messages={"invalid_choice": "Choose one of the dimensions that Set-up lists."},
        )
        self.helper.layout = Layout(
            "strand",
            "text",
            Field("kind", template="evaluations/_radios.html"),
            "dimension",
            Field("conditions", template=CONDITION_PICKER),
            "version",
        )

    def clean(self):
        """Refuse a dimension of what is no system change."""
        data = super().clean()
        kind = data.get("kind")
        if data.get("dimension") and kind and kind != AmbitionKind.SYSTEM_CHANGE:
            self.add_error("dimension", NOT_FOR_OTHERS)
        return data

    @property
    def people(self):
        """Return what was sent beside the ambition's own fields."""
        return {"conditions": self.cleaned_data["conditions"]}


class GapForm(RecordForm):
    """Say why a gap of the road test is accepted as it is."""

    class Meta:
        model = Acceptance
        fields = ["reason"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"reason": "Everybody in this evaluation reads it, and it goes into the files."}
        error_messages = {"reason": {"required": "Say why the gap is accepted."}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("reason", "version")

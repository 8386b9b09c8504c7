"""Forms for recommendations: what they say, the response to them, the barriers they address."""

from crispy_forms.layout import Div, Field, Layout
from django import forms

from evaluations.models import Recommendation, RecommendationSource, Response

from .base import ConditionField, RecordForm, RowField, WaterlineForm
from .codes import LONGEST_LIST
from .findings import CONDITION_PICKER, strand_field

MORE = f"The first {LONGEST_LIST} are listed. Any other can be linked on the page Coverage."


class RecommendationForm(RecordForm):
    """Write a recommendation. ``strands`` and ``others`` (to add to) are the rows to choose from."""

    condition = ConditionField()
    source = forms.ChoiceField(
        label="Where it comes from", choices=RecommendationSource, widget=forms.RadioSelect
    )

    class Meta:
        model = Recommendation
        fields = ["ref", "strand", "condition", "source", "title", "text", "adds_to", "priority"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"ref": "Capital letters and a number, for example R11."}
        error_messages = {"title": {"required": "Write the recommendation in a sentence."}}

    def __init__(self, *args, strands, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["strand"] = strand_field(strands)
        self.fields["adds_to"] = RowField(
            [other for other in others if other.pk != self.instance.pk],
            label="Adds to",
            required=False,
            empty="None: it stands by itself",
            name=lambda other: f"{other.ref}: {other.title[:80]}",
        )
        self.helper.layout = Layout(
            Div("ref", "strand", css_class="pair"),
            "title",
            "text",
            Field("condition", template=CONDITION_PICKER),
            Field("source", template="evaluations/_radios.html"),
            Div("adds_to", "priority", css_class="pair"),
            "version",
        )

    def clean(self):
        """Refuse to call a recommendation committed that already has a response."""
        data = super().clean()
        if data.get("source") == RecommendationSource.COMMITTED and self.instance.response != Response.NONE:
            self.add_error("source", "It has a response already, so it was added by the evaluators.")
        return data


class ResponseForm(RecordForm):
    """The programme's response to a recommendation that the evaluators added."""

    response = forms.ChoiceField(label="Response", choices=Response, widget=forms.RadioSelect)

    class Meta:
        model = Recommendation
        fields = ["response", "response_reason"]
        widgets = {"response_reason": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"response_reason": "Needed when it is partly accepted or not accepted."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Field("response", template="evaluations/_radios.html"), "response_reason", "version"
        )

    def clean(self):
        """Ask for a reason unless it is accepted or still open."""
        data = super().clean()
        if data.get("response") in (Response.PARTLY, Response.NOT_ACCEPTED) and not data.get(
            "response_reason"
        ):
            self.add_error("response_reason", "Say why, in a sentence the evaluators can read.")
        return data


class BarrierForm(WaterlineForm):
    """Choose a barrier that a recommendation addresses. ``barriers`` are the rows to choose from."""

    def __init__(self, *args, barriers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["finding"] = RowField(
            barriers,
            label="Barrier",
            empty="Choose a barrier",
            name=lambda row: f"{row.get_condition_display()}: {row.text[:120]}",
            error_messages={"required": "Choose a barrier."},
            help_text=MORE if len(barriers) == LONGEST_LIST else "",
        )

"""Forms for reflections: a theme, a point of one, and words to look for quotations by."""

from crispy_forms.layout import Field, Layout
from django import forms

from evaluations.models import Reflection, ReflectionPoint, Subject

from .base import FilterForm, RecordForm, RowField


class ReflectionForm(RecordForm):
    """Add or edit a reflection; ``strands`` are the rows to choose from."""

    subject = forms.ChoiceField(
        label="What it is about",
        choices=Subject.choices,
        widget=forms.RadioSelect,
        initial=Subject.HEARD,
        error_messages={"required": "Say whether it is about what was heard or about the model."},
    )

    class Meta:
        model = Reflection
        fields = ["theme", "subject", "strand"]
        help_texts = {"theme": "A few words that head its points, for example “Power and hierarchy”."}
        error_messages = {"theme": {"required": "Name the theme in a few words."}}

    def __init__(self, *args, strands, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["strand"] = RowField(
            strands, label="Strand", required=False, empty="Not about one strand"
        )
        self.helper.layout = Layout(
            "theme", Field("subject", template="evaluations/_radios.html"), "strand", "version"
        )


class PointForm(RecordForm):
    """Add or edit a point of a reflection."""

    class Meta:
        model = ReflectionPoint
        fields = ["text"]
        labels = {"text": "The point"}
        help_texts = {"text": "In a sentence or two. Quotations are attached to it afterwards."}
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"text": {"required": "Write the point."}}


class FindQuotationForm(FilterForm):
    """Look for quotations by words."""

    q = forms.CharField(label="Words in the quotation", required=False, max_length=200)

    @property
    def words(self):
        """Return the words to look for, or nothing."""
        return self.cleaned_data.get("q", "")

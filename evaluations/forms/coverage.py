"""Forms of the coverage page: which strand to show, and the recommendation that answers a barrier."""

from django import forms

from .base import FilterForm, RowField, WaterlineForm


class CoverageFilterForm(FilterForm):
    """Narrow the page to a strand; lives in the address. ``strands`` are the rows to choose from."""

    def __init__(self, *args, strands, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "All strands"), *((strand.slug, strand.name) for strand in strands)]
        self.fields["strand"] = forms.ChoiceField(label="Strand", required=False, choices=choices)

    @property
    def strand(self):
        """Return the slug of the strand that is asked for, or nothing."""
        return self.cleaned_data.get("strand", "")


class AnswerForm(WaterlineForm):
    """Choose the recommendation that answers a barrier. ``recommendations`` are the rows to choose from."""

    def __init__(self, *args, recommendations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answered_by"] = RowField(
            recommendations,
            label="Answered by",
            name=lambda row: f"{row.ref}: {row.title[:80]}",
            error_messages={"required": "Choose the recommendation that answers this barrier."},
        )

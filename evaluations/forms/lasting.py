"""Forms of "Will it last?": what the address asks for, and judging one achievement."""

from crispy_forms.layout import Layout
from django import forms

from evaluations.models import Finding, Lasting

from .base import FilterForm, RecordForm


class LastingFilterForm(FilterForm):
    """Narrow the achievements; lives in the address. ``strands`` are the rows to choose from.

    Without ``may_see_drafts`` there is nothing to ask about them.
    """

    lasting = forms.ChoiceField(
        label="Will it last?", required=False, choices=[("", "Any"), *Lasting.choices]
    )
    held = forms.ChoiceField(
        label="Who holds it",
        required=False,
        choices=[("", "Any"), ("nobody", "no holder named"), ("somebody", "holder named")],
    )
    holder = forms.CharField(label="Held by", required=False, max_length=160)

    def __init__(self, *args, strands, may_see_drafts, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "All strands"), *((strand.slug, strand.name) for strand in strands)]
        self.fields["strand"] = forms.ChoiceField(label="Strand", required=False, choices=choices)
        if may_see_drafts:
            self.fields["drafts"] = forms.ChoiceField(
                label="Drafts", required=False, choices=[("", "Hidden"), ("1", "Shown")]
            )

    @property
    def strand(self):
        """Return the slug of the strand that is asked for, or nothing."""
        return self.cleaned_data.get("strand", "")

    @property
    def shows_drafts(self):
        """Say whether drafts are asked for, by somebody who may see them."""
        return bool(self.cleaned_data.get("drafts"))

    @property
    def narrowing(self):
        """Return the filters on achievements, as ``analysis.lasting.OriginPart.chosen`` takes them."""
        return self.chosen(lasting="lasting", held="held", holder="holder")

    def in_words(self, *, ended):
        """Return the filters on achievements in words; ``ended`` as ``Lasting.worded`` takes it."""
        chosen = self.narrowing
        said = []
        if "lasting" in chosen:
            said.append(Lasting(chosen["lasting"]).worded(ended=ended))
        if "held" in chosen:
            said.append(dict(self.fields["held"].choices)[chosen["held"]])
        if "holder" in chosen:
            said.append(f"held by {chosen['holder']}")
        text = ", ".join(said)
        return text[:1].upper() + text[1:]


class JudgeForm(RecordForm):
    """Judge one achievement: whether it will last, and who holds it afterwards."""

    class Meta:
        model = Finding
        fields = ["lasting", "holder"]
        help_texts = {"holder": "The team or organisation that keeps it going. Empty when nobody does."}

    def __init__(self, *args, ended, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lasting"].choices = Lasting.choices_worded(ended=ended)
        self.helper.layout = Layout("lasting", "holder", "version")

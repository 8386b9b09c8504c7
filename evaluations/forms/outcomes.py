"""Forms for what became of an earlier round's findings."""

from django import forms

from evaluations.conditions import CONDITION_CHOICES, Kind
from evaluations.models import Outcome

from .base import FilterForm, RowsField, VersionField, WaterlineForm
from .conflicts import NOT_CARRIED, Conflict, Difference

MEANS = {
    Kind.BARRIER: {
        Outcome.RESOLVED: "no longer in the way",
        Outcome.PERSISTS: "still in the way",
        Outcome.WORSENED: "more in the way than before",
    },
    Kind.ACHIEVEMENT: {
        Outcome.RESOLVED: "done with, or no longer mentioned",
        Outcome.PERSISTS: "still holds",
        Outcome.WORSENED: "weaker than it was, or lost",
    },
}


class OutcomeForm(WaterlineForm):
    """The outcome of an earlier finding of a ``kind``, and the ``findings`` of this round that it meets."""

    outcome = forms.ChoiceField(
        label="What became of it",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what became of it."},
    )
    q = forms.CharField(label="Find others by their words", required=False, max_length=200)
    version = VersionField()

    def __init__(self, *args, kind, findings, **kwargs):
        super().__init__(*args, **kwargs)
        means = MEANS[Kind(kind)]
        self.fields["outcome"].choices = [(o.value, f"{o.label}: {means[o]}") for o in Outcome]
        self.fields["later"] = RowsField(
            findings,
            name=lambda row: row.text,
            label="The findings of this round that it meets",
            required=False,
            error_messages={"invalid_choice": "One of these findings was removed meanwhile. Choose again."},
        )

    def conflict(self, theirs, version):
        """Return the ``Conflict`` with what somebody else decided meanwhile.

        ``theirs`` are the words of their outcome and the sentences of its findings, ``version`` is its own.
        """
        outcome, later = theirs
        mine = [row.text for row in self.cleaned_data["later"]]
        pairs = (
            ("What became of it", outcome, Outcome(self.cleaned_data["outcome"]).label),
            ("The findings of this round", " · ".join(later), " · ".join(mine)),
        )
        carried = [(n, v) for n, values in self.data.lists() for v in values if n not in NOT_CARRIED]
        return Conflict(
            differences=tuple(
                Difference(label=label, theirs=their or "none", mine=my or "none", is_text=False)
                for label, their, my in pairs
                if their != my
            ),
            version=version,
            carried=tuple(carried),
        )


class OutcomeFilterForm(FilterForm):
    """Narrow the earlier round's findings; lives in the address. ``strands`` are those of that round."""

    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[("", "All of them"), ("undecided", "Not decided yet"), ("decided", "Decided")],
    )
    strand = forms.ChoiceField(label="Strand", required=False)
    condition = forms.ChoiceField(
        label="Condition", required=False, choices=[("", "All six"), *CONDITION_CHOICES]
    )

    def __init__(self, *args, strands, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["strand"].choices = [("", "All strands"), *((s.slug, s.name) for s in strands)]

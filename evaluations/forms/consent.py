"""The forms of the consent queue: filters, and the quotations that were ticked."""

from django import forms

from .base import HIGHEST_VERSION, FilterForm, WaterlineForm
from .codes import code_filter

WAITS = (
    ("ask", "To ask"),
    ("approve", "To approve"),
    ("refused", "Refused"),
    ("never", "Without consent"),
)
LARGEST_KEY = 2**63 - 1


class ConsentFilterForm(FilterForm):
    """Narrow the consent queue; lives in the address. ``strands`` are the choices, and ``participants``.

    The latter is a queryset: of more than a list can hold, one is named by the code.
    """

    def __init__(self, *args, strands, participants, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["show"] = forms.ChoiceField(
            label="Show", required=False, choices=WAITS, widget=forms.HiddenInput
        )
        names = [("", "Every strand"), *((strand.slug, strand.name) for strand in strands)]
        self.fields["strand"] = forms.ChoiceField(label="Strand", required=False, choices=names)
        self.fields["participant"] = code_filter(
            participants, label="Participant", what="participant", empty="Everybody"
        )

    @property
    def show(self):
        """Return which part of the queue to show."""
        return self.cleaned_data.get("show") or WAITS[0][0]

    @property
    def is_narrowed(self):
        """Say whether a strand or a participant was chosen."""
        return bool(self.exact)

    @property
    def exact(self):
        """Return what ``queries.consent.narrowed`` takes."""
        return self.chosen(strand="strand", participant="participant")


class TickedForm(WaterlineForm):
    """Quotations that were ticked, or one whose own button was pressed, each in the version seen.

    A value is the quotation's number and version, for example ``17.2``.
    """

    quotation = forms.MultipleChoiceField(required=False)
    one = forms.CharField(required=False)

    def __init__(self, data):
        super().__init__(data)
        self.fields["quotation"].valid_value = lambda value: True

    @property
    def seen(self):
        """Return ``{number: version}``; what is no number was tampered with and is left out."""
        one = self.is_valid() and self.cleaned_data["one"]
        return _numbers([one]) if one else self.ticked

    @property
    def ticked(self):
        """Return the same of those that were ticked, whatever button was pressed."""
        return _numbers(self.cleaned_data["quotation"]) if self.is_valid() else {}


def _numbers(values):
    pairs = [value.split(".") for value in values]
    return {
        int(pair[0]): int(pair[1])
        for pair in pairs
        if len(pair) == 2
        and all(part.isascii() and part.isdecimal() and len(part) < 20 for part in pair)
        and int(pair[0]) <= LARGEST_KEY
        and int(pair[1]) <= HIGHEST_VERSION
    }

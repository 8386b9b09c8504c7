"""Forms for coding an interview: a passage, what it supports, how it is coded, what the column shows."""

from django import forms

from evaluations.conditions import CODE_KIND_CHOICES, CONDITION_CHOICES
from evaluations.ranges import ranges_alike

from .base import FilterForm, RowField, VersionField, WaterlineForm
from .findings import strand_field

HIGHEST = 2**31 - 1
CONTEXT = 40  # letters on either side of words that stand in an answer more than once
SHOWS = [("here", "This condition"), ("all", "Whole interview"), ("loose", "No finding yet")]
KIND_MISSING = {"required": "Say whether this is an achievement, a barrier or a suggestion."}


class PassageForm(WaterlineForm):
    """A passage of an answer and what it is: selected (start and end), or typed in as it stands there."""

    text = forms.CharField(
        label="The words, as they stand in the answer",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the words as they stand in the answer."},
    )
    kind = forms.ChoiceField(
        label="This passage is",
        choices=CODE_KIND_CHOICES,
        widget=forms.RadioSelect,
        error_messages=KIND_MISSING,
    )
    condition = forms.ChoiceField(label="Condition", choices=CONDITION_CHOICES)
    start = forms.IntegerField(required=False, min_value=0, max_value=HIGHEST, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, min_value=0, max_value=HIGHEST, widget=forms.HiddenInput)
    version = VersionField()
    which = forms.IntegerField(required=False, min_value=0, max_value=HIGHEST)

    def __init__(self, *args, answer, strands, **kwargs):
        super().__init__(*args, **kwargs)
        self.answer = answer
        self.fields["strand"] = strand_field(strands)
        self.places = []

    def clean(self):
        """Find typed-in words in the answer; ask which are meant when they stand there more than once."""
        data = super().clean()
        if data.get("text") and None in (data.get("start"), data.get("end")):
            self.places = ranges_alike(data["text"], self.answer.text)
            self._choose(data)
        return data

    def _choose(self, data):
        if not self.places:
            self.add_error("text", "These words do not stand in the answer. Copy them from the text above.")
            return
        starts = [start for start, _ in self.places]
        if len(self.places) > 1 and data.get("which") not in starts:
            self.add_error("which", f"These words stand here {len(self.places)} times. Say which you mean.")
            return
        data["start"], data["end"] = self.places[starts.index(data["which"]) if len(self.places) > 1 else 0]
        data["version"] = self.answer.version

    @property
    def occurrences(self):
        """Return ``(start, text before, words, text after)`` of each place, when there are several."""
        text = self.answer.text
        found = self.places if len(self.places) > 1 else []
        return [(a, text[max(0, a - CONTEXT) : a], text[a:b], text[b : b + CONTEXT]) for a, b in found]

    @property
    def passage(self):
        """Return what ``actions.coding.code_passage`` takes."""
        names = ("text", "start", "end", "version", "kind", "condition", "strand")
        return {name: self.cleaned_data[name] for name in names}


class SupportForm(WaterlineForm):
    """What a quotation supports: one that is there (``chosen``, a number), or a new one in a sentence."""

    text = forms.CharField(required=False, max_length=300)
    chosen = forms.IntegerField(required=False, min_value=1, max_value=HIGHEST)

    def clean(self):
        """Ask for a sentence when nothing is chosen."""
        data = super().clean()
        if not self.errors and not data.get("text") and not data.get("chosen"):
            self.add_error("text", "Write a sentence, or choose one that is here already.")
        return data


class RecodeForm(WaterlineForm):
    """How a quotation is coded, and who said it."""

    kind = forms.ChoiceField(label="What it is", choices=CODE_KIND_CHOICES, error_messages=KIND_MISSING)
    condition = forms.ChoiceField(label="Condition", choices=CONDITION_CHOICES)
    version = VersionField()

    def __init__(self, *args, strands, participants, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["strand"] = strand_field(strands)
        self.fields["speaker"] = RowField(
            participants, label="Who said it", required=False, empty="Not known"
        )

    @property
    def changes(self):
        """Return what ``actions.coding.recode`` takes."""
        return {name: self.cleaned_data[name] for name in ("kind", "condition", "strand", "speaker")}


class EvidenceForm(FilterForm):
    """What the evidence column shows; lives in the address."""

    condition = forms.ChoiceField(required=False, choices=[("", ""), *CONDITION_CHOICES])
    show = forms.ChoiceField(label="Show", required=False, choices=[("", ""), *SHOWS])
    open = forms.IntegerField(required=False, min_value=1, max_value=HIGHEST)
    removed = forms.IntegerField(required=False, min_value=1, max_value=HIGHEST)

    @property
    def asked(self):
        """Return what ``queries.coding.coding_desk`` takes; what is not known counts as not asked for."""
        self.is_valid()
        names = ("condition", "show", "open", "removed")
        codes = tuple(
            number for number in self.data.getlist("code") if number.isascii() and number.isdecimal()
        )
        return {name: self.cleaned_data.get(name) or "" for name in names} | {"code": codes}


class SearchForm(FilterForm):
    """Words to find findings or recommendations by."""

    q = forms.CharField(required=False, max_length=200)

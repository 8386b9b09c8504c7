"""Forms of the board of a cell, and of the steps that change more than a finding's words."""

from crispy_forms.layout import Field, Layout
from django import forms

from evaluations.conditions import KIND_CHOICES, Condition, Kind
from evaluations.models import Finding, Lasting

from .base import ConditionField, RecordForm, RowField, VersionField, WaterlineForm
from .findings import CONDITION_PICKER, KIND_PICKER, in_short, strand_field

MOVED_MEANWHILE = "Somebody moved one of these quotations meanwhile. Choose again."
SENTENCE_HELP = "One sentence that somebody who was not there understands."


def back_address(sent, slug):
    """Return the page of an evaluation that a form says to go back to, without its query; else nothing."""
    address = sent.get("back", "").partition("?")[0]
    return address if address.startswith(f"/e/{slug}/") and ".." not in address else ""


def chosen_key(quotation, finding=None):
    """Return what a box beside a quotation sends: the finding it stands under (0 for none) and itself."""
    return f"{finding or 0}-{quotation}"


class ChosenField(forms.MultipleChoiceField):
    """Quotations on the board; its value is a list of pairs of a quotation and its finding (or None)."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, pairs, **kwargs):
        self.pairs = {
            chosen_key(quotation.pk, finding and finding.pk): (quotation, finding)
            for quotation, finding in pairs
        }
        super().__init__(choices=[(key, key) for key in self.pairs], **kwargs)

    def clean(self, value):
        """Return the chosen pairs; raises ValidationError for one that is not on the board (any more)."""
        return [self.pairs[key] for key in super().clean(value)]


class BoardForm(WaterlineForm):
    """What to do with the chosen quotations: write a finding from them, or move them to another one.

    ``pairs`` are the quotations on the board with their findings, ``findings`` those to move to; ``ended``
    says whether the programme's end date has passed.
    """

    text = forms.CharField(
        label="The finding, in a sentence",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=SENTENCE_HELP,
    )
    lasting = forms.ChoiceField(label="Will it last?", initial=Lasting.NOT_JUDGED, required=False)
    holder = forms.CharField(label="Who holds it afterwards", max_length=160, required=False)

    def __init__(self, *args, pairs, findings, kind, ended, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lasting"].choices = Lasting.choices_worded(ended=ended)
        if kind == Kind.BARRIER:
            del self.fields["lasting"], self.fields["holder"]
        self.fields["chosen"] = ChosenField(
            pairs,
            label="Chosen quotations",
            error_messages={
                "required": "Choose at least one quotation.",
                "invalid_choice": MOVED_MEANWHILE,
            },
        )
        self.fields["to"] = RowField(
            findings,
            label="Another finding on this page",
            required=False,
            empty="Choose a finding",
            name=in_short,
            error_messages={"invalid_choice": "That finding is no longer here. Choose another."},
        )

    @property
    def is_move(self):
        """Say whether the quotations go to another finding; otherwise a new one is written from them."""
        return self.data.get("act") == "move"

    @property
    def ticked(self):
        """Return what the ticked boxes send."""
        return self.data.getlist("chosen") if self.is_bound else []

    @property
    def fields_sent(self):
        """Return the new finding's own fields."""
        return {
            name: self.cleaned_data[name] or self.fields[name].initial or ""
            for name in ("text", "lasting", "holder")
            if name in self.fields
        }

    def clean(self):
        """Ask for what the pressed button needs."""
        data = super().clean()
        if self.is_move and not data.get("to") and "to" not in self.errors:
            self.add_error("to", "Choose the finding that they go to.")
        if not self.is_move and not data.get("text") and "text" not in self.errors:
            self.add_error("text", "Write the finding in a sentence.")
        return data


class RewordForm(RecordForm):
    """A finding's sentence; of an achievement, also whether it will last and who holds it.

    ``ended`` says whether the programme's end date has passed.
    """

    class Meta:
        model = Finding
        fields = ["text", "lasting", "holder"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"text": SENTENCE_HELP}
        error_messages = {"text": {"required": "Write the finding in a sentence."}}

    def __init__(self, *args, ended, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lasting"].choices = Lasting.choices_worded(ended=ended)
        if self.instance.kind == Kind.BARRIER:
            del self.fields["lasting"], self.fields["holder"]
            self.sent_by_hand = ["text"]


class MoveForm(RecordForm):
    """The cell that a finding moves to. ``strands`` are the rows to choose from."""

    kind = forms.ChoiceField(label="What it is", choices=KIND_CHOICES, widget=forms.RadioSelect)
    condition = ConditionField()

    class Meta:
        model = Finding
        fields = ["kind", "strand", "condition"]

    def __init__(self, *args, strands, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["strand"] = strand_field(strands)
        self.helper.layout = _layout(
            ("condition", CONDITION_PICKER), ("strand", ""), ("kind", KIND_PICKER), ("version", "")
        )

    def _post_clean(self):
        """Leave out the check of the row: moving clears what a barrier cannot hold."""


class MergeForm(WaterlineForm):
    """Another finding to merge with, and whose words to keep. ``others`` are the rows to choose from."""

    words = forms.ChoiceField(
        label="Words to keep",
        choices=[("this", "This one’s"), ("other", "The other’s"), ("new", "New words, written below")],
        widget=forms.RadioSelect,
        initial="this",
        error_messages={"required": "Say which words to keep."},
    )
    text = forms.CharField(
        label="New words",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Only for new words: one sentence for both.",
    )
    version = VersionField()

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.others = {str(row.pk): row for row in others}
        choices = [(f"{row.pk}-{row.version}", _in_condition(row)) for row in others]
        self.fields["other"] = forms.CharField(
            label="The other finding",
            widget=forms.Select(choices=[("", "Choose a finding"), *choices]),
            error_messages={"required": "Choose the finding to merge with."},
        )
        self.helper.layout = _layout(
            ("other", ""), ("words", "evaluations/_radios.html"), ("text", ""), ("version", "")
        )

    def clean_other(self):
        """Return the chosen finding and the version of it that was on screen."""
        number, _, version = self.cleaned_data["other"].partition("-")
        if number not in self.others:
            raise forms.ValidationError("That finding is no longer here. Choose another.")
        return self.others[number], VersionField().clean(version)

    def clean(self):
        """Ask for the new words, when there are to be some."""
        data = super().clean()
        if data.get("words") == "new" and not data.get("text") and "text" not in self.errors:
            self.add_error("text", "Write the new words.")
        return data

    def sentence(self, finding):
        """Return the words to keep; ``finding`` is this one."""
        choices = {"this": finding.text, "other": self.cleaned_data["other"][0].text}
        return choices.get(self.cleaned_data["words"], self.cleaned_data["text"])


class ReorderForm(WaterlineForm):
    """Where a finding goes within its cell: one up, one down, or before another (none: to the end)."""

    direction = forms.ChoiceField(choices=[("up", "Up"), ("down", "Down")], required=False)

    def __init__(self, *args, mates, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["before"] = RowField(mates, required=False)

    @property
    def place(self):
        """Return what ``actions.board.reorder_finding`` takes; what is not known counts as none."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in ("direction", "before")}


def _layout(*fields):
    return Layout(*(Field(name, template=template) if template else Field(name) for name, template in fields))


def _in_condition(finding):
    return f"{Condition(finding.condition).label}: {in_short(finding)}"

"""Forms for workshops: preparing one, opening a vote in it, closing the vote."""

from crispy_forms.layout import Div, Field, Layout
from django import forms

from evaluations.conditions import Kind
from evaluations.models import MOST_DOTS, Workshop, WorkshopRound

from .base import RecordForm, RowsField, WaterlineForm

QUESTIONS = {
    Kind.BARRIER: ("What stands in the way of {strand}?", "What stands in the way?"),
    Kind.ACHIEVEMENT: ("What has helped {strand} most?", "What has helped most?"),
}
LONGEST_QUESTION = WorkshopRound._meta.get_field("question").max_length


class WorkshopForm(RecordForm):
    """Prepare a workshop. ``strands`` are the rows to choose from; of a closed one only its title changes."""

    class Meta:
        model = Workshop
        fields = ["title", "shows_quotations", "hides_totals"]
        help_texts = {
            "title": "People read it on their phones and on the screen. For example, Insight workshop, May.",
            "shows_quotations": "Only those that readers may see. You can change this during the workshop.",
            "hides_totals": "So that early dots do not lead the room. You show them when you decide to.",
        }
        error_messages = {"title": {"required": "Give the workshop a title."}}

    def __init__(self, *args, strands, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.closed_at:
            for name in ("shows_quotations", "hides_totals"):
                del self.fields[name]
            self.sent_by_hand = ["title"]
            self.helper.layout = Layout("title", "version")
            return
        self.fields["strands"] = RowsField(
            strands,
            label="What people weigh: the strands",
            name=_name_of_strand,
            error_messages={"required": "Choose at least one strand."},
        )
        self.helper.layout = Layout(
            "title",
            Field("strands", template="evaluations/_checkboxes.html"),
            "shows_quotations",
            "hides_totals",
            "version",
        )

    @property
    def people(self):
        """Return the strands as a list of rows, where they can be chosen."""
        return {"strands": self.cleaned_data["strands"]} if "strands" in self.fields else {}


class VoteForm(WaterlineForm, forms.ModelForm):
    """Open a vote. ``ready`` is how many findings of each kind can be weighed, ``strands`` of which strands.

    ``last`` is the kind of the last vote, or empty: the next one begins with the other kind.
    """

    kind = forms.ChoiceField(label="What people weigh", widget=forms.RadioSelect)

    class Meta:
        model = WorkshopRound
        fields = ["kind", "question", "dots"]
        help_texts = {"dots": f"From 1 to {MOST_DOTS}. Five is a good number for up to 30 findings."}
        error_messages = {
            "dots": {"required": "Say how many dots each person has.", "invalid": "Write a whole number."}
        }

    def __init__(self, *args, strands, ready, last="", **kwargs):
        self.questions = {kind: default_question(kind, strands) for kind in Kind}
        kind = Kind.ACHIEVEMENT if last == Kind.BARRIER else Kind.BARRIER
        initial = {"kind": kind, "question": self.questions[kind]}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["kind"].choices = [
            (kind.value, f"{kind.short_heading} ({ready[kind]})") for kind in (Kind.BARRIER, Kind.ACHIEVEMENT)
        ]
        self.fields["question"].required = False
        self.helper.layout = Layout(
            Field("kind", template="evaluations/_radios.html"), "question", Div("dots", css_class="pair")
        )

    def clean(self):
        """Put the kind's own question where none was written, or where that of the other kind stayed."""
        data = super().clean()
        if data.get("kind") and data.get("question", "") in ("", *self.questions.values()):
            data["question"] = self.questions[Kind(data["kind"])]
        return data


class CloseVoteForm(WaterlineForm):
    """Close a vote."""

    shows_totals = forms.BooleanField(
        label="Show the totals on the screen when it closes", required=False, initial=True
    )


def default_question(kind, strands):
    """Return the question to begin with.

    >>> default_question(Kind.BARRIER, [coproduction])
    'What stands in the way of coproduction?'
    """
    about_one, about_many = QUESTIONS[kind]
    if len(strands) != 1:
        return about_many
    question = about_one.format(strand=_in_a_sentence(strands[0].name))
    return question if len(question) <= LONGEST_QUESTION else about_many


def _in_a_sentence(name):
    """Return a name as it stands inside a sentence; one with further capitals keeps them all."""
    return name.lower() if name[1:] == name[1:].lower() else name


def _name_of_strand(strand):
    return strand.name if strand.from_interviews else f"{strand.name} (from public sources, not interviews)"

"""Forms for findings and their quotations."""

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.utils.text import Truncator

from evaluations.conditions import CONDITION_CHOICES, KIND_CHOICES, Kind
from evaluations.models import Finding, FindingStatus, Lasting, Quotation
from evaluations.strength import STRENGTH_CHOICES

from .base import (
    ConditionField,
    DayField,
    FilterForm,
    RecordForm,
    RowField,
    VersionField,
    WaterlineForm,
    not_to_come,
)
from .codes import LONGEST_LIST, row_field

NEAREST = (
    f"The {LONGEST_LIST} nearest are listed, those coded like this finding first. "
    "Any other can be attached from the interview that it comes from."
)
CONDITION_PICKER = "evaluations/_condition_picker.html"
KIND_PICKER = "evaluations/_kind_picker.html"


class FindingForm(RecordForm):
    """Add or edit a finding. ``strands`` and ``sources`` are the rows to choose from.

    ``ended`` says whether the programme's end date has passed.
    """

    kind = forms.ChoiceField(
        label="What it is",
        choices=KIND_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether this is an achievement or a barrier."},
    )
    condition = ConditionField()
    lasting = forms.ChoiceField(
        label="Will it last?",
        initial=Lasting.NOT_JUDGED,
        help_text="For an achievement only.",
    )
    status = forms.ChoiceField(
        label="Who sees it",
        choices=[
            (FindingStatus.DRAFT, "Draft: evaluators only"),
            (FindingStatus.READY, "Ready to share: everybody in this evaluation"),
        ],
        widget=forms.RadioSelect,
        initial=FindingStatus.DRAFT,
    )

    class Meta:
        model = Finding
        fields = [
            "kind",
            "strand",
            "condition",
            "text",
            "note",
            "scope",
            "lasting",
            "holder",
            "source",
            "status",
        ]
        widgets = {"text": forms.Textarea(attrs={"rows": 3}), "note": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "text": "One sentence that somebody who was not there understands.",
            "note": "Other conditions or strands it bears on. It is not counted there.",
            "scope": "How far it reaches.",
            "holder": "For an achievement only: the team or organisation that keeps it going.",
        }
        error_messages = {"text": {"required": "Write the finding in a sentence."}}

    def __init__(self, *args, strands, sources, ended, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lasting"].choices = Lasting.choices_worded(ended=ended)
        self.fields["strand"] = strand_field(strands)
        self.fields["source"] = RowField(
            sources,
            label="Where this comes from, when published",
            required=False,
            empty="Not from a published source",
        )
        self.helper.layout = Layout(
            Field("kind", template=KIND_PICKER),
            "strand",
            Field("condition", template=CONDITION_PICKER),
            "text",
            "note",
            Fieldset("About this finding", Div("scope", "lasting", "holder", css_class="pair"), "source"),
            Field("status", template="evaluations/_radios.html"),
            "version",
        )

    def clean(self):
        """Refuse a barrier that says whether it lasts: only an achievement can."""
        data = super().clean()
        if data.get("kind") == Kind.BARRIER:
            if data.get("lasting") not in (None, Lasting.NOT_JUDGED):
                self.add_error("lasting", "Only an achievement says whether it lasts. Choose “Not judged”.")
            if data.get("holder"):
                self.add_error(
                    "holder", "Only an achievement has a holder. Clear this, or make it an achievement."
                )
        return data


class QuotationForm(RecordForm):
    """Write down what was said, and who said it or where it was published.

    ``speakers``, ``answers`` (with their interviews), both querysets, and ``sources`` are the rows to choose
    from.
    """

    new_source_title = forms.CharField(
        label="Or another publication: its title", max_length=300, required=False
    )
    new_source_address = forms.URLField(
        label="Its address", max_length=500, required=False, assume_scheme="https"
    )

    class Meta:
        model = Quotation
        fields = ["text", "speaker", "answer", "source"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"text": {"required": "Write down what was said."}}

    def __init__(self, *args, speakers, answers, sources, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["speaker"] = row_field(
            speakers,
            code="code",
            what="participant",
            label="Who said it",
            required=False,
            empty="Not known, or published",
        )
        self.fields["answer"] = row_field(
            answers,
            code="interview__code",
            what="interview",
            label="In which interview",
            required=False,
            empty="Not from an interview held here",
            name=_answer_name,
        )
        for name in ("speaker", "answer"):  # a record's form begins with their numbers, which nobody types
            self.initial[name] = self.fields[name].prepare_value(getattr(self.instance, name))
        self.fields["source"] = RowField(
            sources, label="Published in", required=False, empty="Not published: said in confidence"
        )
        self.helper.layout = Layout(
            "text",
            Fieldset("Said in confidence", Div("speaker", "answer", css_class="pair")),
            Fieldset(
                "Or published already",
                "source",
                Div("new_source_title", "new_source_address", css_class="pair"),
            ),
            "version",
        )

    def clean(self):
        """Check that the quotation is either published or spoken, and that its speaker was there."""
        data = super().clean()
        published = data.get("source") or data.get("new_source_title")
        speaker, answer = data.get("speaker"), data.get("answer")
        if published and (speaker or answer):
            self.add_error("source", "Choose either who said it or where it was published, not both.")
        if data.get("source") and data.get("new_source_title"):
            self.add_error(
                "new_source_title", "Choose a publication from the list or name another, not both."
            )
        if data.get("new_source_address") and not data.get("new_source_title"):
            self.add_error("new_source_title", "Give the title of the publication at this address.")
        if speaker and answer and speaker not in answer.interview.participants.all():
            self.add_error("speaker", f"{speaker} did not take part in interview {answer.interview}.")
        return data

    @property
    def sent(self):
        """Return what ``actions.quotations.add_quotation`` takes."""
        return {"fields": self.changes, "new_source": self.new_source}

    @property
    def new_source(self):
        """Return the title and address of a publication that is not in the list yet, or None."""
        title = self.cleaned_data["new_source_title"]
        return {"title": title, "address": self.cleaned_data["new_source_address"]} if title else None


class AttachForm(WaterlineForm):
    """Choose a quotation that is here already, one of those nearest to the finding."""

    def __init__(self, *args, quotations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quotation"] = RowField(
            quotations,
            label="A quotation that is here already",
            empty="Choose a quotation",
            name=lambda row: f"“{row.text[:100]}”",
            error_messages={"required": "Choose a quotation."},
            help_text=NEAREST if len(quotations) == LONGEST_LIST else "",
        )


class AgreementForm(WaterlineForm):
    """The day on which a speaker agreed to these words, or refused them: one of the two."""

    agreed_on = DayField(label="They agreed on", required=False)
    refused_on = DayField(label="Or they refused on", required=False)
    version = VersionField()

    def clean_agreed_on(self):
        """Refuse a day that is still to come."""
        return self.cleaned_data["agreed_on"] and not_to_come(self.cleaned_data["agreed_on"])

    def clean_refused_on(self):
        """Refuse a day that is still to come."""
        return self.cleaned_data["refused_on"] and not_to_come(self.cleaned_data["refused_on"])

    def clean(self):
        """Check that there is one day, not none and not two."""
        data = super().clean()
        if not self.errors and not data.get("agreed_on") and not data.get("refused_on"):
            self.add_error("agreed_on", "Give the day on which they agreed. If they refused, give that day.")
        if data.get("agreed_on") and data.get("refused_on"):
            self.add_error("refused_on", "Give one day only: that of the answer that counts now.")
        return data


class VersionForm(WaterlineForm):
    """A button that acts on the version that was on screen."""

    version = VersionField()

    @property
    def seen(self):
        """Return the version that was on screen; 0, which is never current, when none was sent."""
        return self.cleaned_data["version"] if self.is_valid() else 0


class EvidenceFilterForm(FilterForm):
    """Narrow findings by words, by their evidence and by whether they last.

    ``ended`` says whether the programme's end date has passed.
    """

    q = forms.CharField(label="Words in findings and quotations", required=False, max_length=200)
    strength = forms.ChoiceField(
        label="Strength of evidence", required=False, choices=[("", "Any"), *STRENGTH_CHOICES]
    )
    lasting = forms.ChoiceField(label="Will it last?", required=False)

    def __init__(self, *args, ended, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lasting"].choices = [("", "Any"), *Lasting.choices_worded(ended=ended)]

    @property
    def words(self):
        """Return the words to look for, or nothing."""
        return self.cleaned_data.get("q", "")

    @property
    def strength_chosen(self):
        """Return the strength of evidence to keep, or nothing."""
        return self.cleaned_data.get("strength", "")


class FindingFilterForm(EvidenceFilterForm):
    """Narrow the list of findings; lives in the address. ``strands`` are the rows to choose from."""

    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Both kinds"), *KIND_CHOICES])
    condition = forms.ChoiceField(
        label="Condition", required=False, choices=[("", "All six"), *CONDITION_CHOICES]
    )
    field_order = ("q", "kind", "condition", "lasting", "strength")

    def __init__(self, *args, strands, shows_drafts, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "Every strand"), *((strand.slug, strand.name) for strand in strands)]
        self.fields["strand"] = forms.ChoiceField(label="Strand", required=False, choices=choices)
        if shows_drafts:
            choices = [("", "Drafts and ready"), *FindingStatus.choices]
            self.fields["status"] = forms.ChoiceField(label="Status", required=False, choices=choices)
            self.fields["unseen"] = forms.BooleanField(
                label="Only with quotations that readers do not see", required=False
            )

    @property
    def in_words(self):
        """Return the filters in use, for example ``["Kind: Barrier", "Words: trust"]``."""
        said = []
        for name in ("strand", "kind", "condition", "lasting", "strength"):
            if value := self.cleaned_data.get(name):
                field = self.fields[name]
                mark = "" if field.label.endswith("?") else ":"
                said.append(f"{field.label}{mark} {dict(field.choices)[value]}")
        return [*said, f"Words: {self.words}"] if self.words else said

    @property
    def is_for_readers(self):
        """Say whether readers could ask the same, so that a file for them may be made of it."""
        return self.cleaned_data.get("status") != FindingStatus.DRAFT and not self.only_unseen

    @property
    def only_unseen(self):
        """Say whether to show only findings with quotations that readers do not see."""
        return self.cleaned_data.get("unseen", False)

    @property
    def exact(self):
        """Return the filters that compare a field: look-up to value."""
        return self.chosen(
            kind="kind", condition="condition", lasting="lasting", status="status", strand="strand__slug"
        )


def _answer_name(answer):
    """Return for example ``I01 · Policies · Gaps``."""
    area = answer.question.get_area_display() if answer.question else ""
    return " · ".join(filter(None, (answer.interview.code, answer.get_condition_display(), area)))


def in_short(finding):
    """Return the beginning of a finding's sentence, as lists to choose from name it."""
    return Truncator(finding.text).chars(90)


def strand_field(strands):
    """Return the choice of one of an evaluation's strands."""
    return RowField(
        strands,
        label="Strand",
        empty="Choose a strand",
        error_messages={
            "required": "Choose a strand.",
            "invalid_choice": "Choose one of this evaluation’s strands.",
        },
    )

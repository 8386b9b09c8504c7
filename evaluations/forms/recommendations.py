"""Forms for recommendations: the evaluators' part, and the lead's."""

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils import timezone

from evaluations.conditions import CONDITION_CHOICES
from evaluations.models import (
    ProgressUpdate,
    Recommendation,
    RecommendationSource,
    Response,
    Status,
)

from .base import (
    DATE_HINT,
    ConditionField,
    DayField,
    FilterForm,
    RecordForm,
    RowField,
    WaterlineForm,
    not_to_come,
)
from .findings import CONDITION_PICKER, strand_field

NEW_OWNER = "new"


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


class TrackForm(RecordForm):
    """Owner, date, status and what comes after the end.

    ``owners`` are those there are, ``members`` the members (users) who own nothing yet.
    """

    due = DayField(label="Due date", required=False)
    due_reason = forms.CharField(
        label="Why the date changes", required=False, max_length=300, help_text="Needed when a date is moved."
    )
    past_due = forms.BooleanField(label="This day has passed, and it is meant", required=False)
    new_owner = forms.CharField(
        label="Name of the new owner",
        required=False,
        max_length=160,
        help_text="When you chose “Somebody else”.",
    )

    class Meta:
        model = Recommendation
        fields = ["status", "due", "depends_on_funding", "taken_on_by"]
        labels = {"depends_on_funding": "It depends on funding"}
        help_texts = {"taken_on_by": "The team or organisation that carries it on."}

    def __init__(self, *args, owners, members, **kwargs):
        super().__init__(*args, **kwargs)
        self.owners = {f"owner-{owner.pk}": owner for owner in owners}
        self.members = {f"member-{user.pk}": user for user in members}
        names = [
            *((key, owner.name) for key, owner in self.owners.items()),
            *((key, user.get_full_name() or user.get_username()) for key, user in self.members.items()),
        ]
        self.fields["owner"] = forms.ChoiceField(
            label="Owner",
            required=False,
            choices=[("", "No owner yet"), *names, (NEW_OWNER, "Somebody else, named beside")],
            initial=f"owner-{self.instance.owner_id}" if self.instance.owner_id else "",
            help_text="A person or a team, with or without an account.",
        )
        if self.instance.original_due is None:
            del self.fields["due_reason"]
        self.helper.layout = Layout(
            "status",
            Div("owner", "new_owner", css_class="pair"),
            Div("due", "due_reason", css_class="pair") if self.instance.original_due else "due",
            Div("taken_on_by", "depends_on_funding", css_class="pair"),
            "version",
        )

    def clean(self):
        """Ask for the name of a new owner, whether a past day is meant, and why a date changes."""
        data = super().clean()
        due = data.get("due")
        if due and due < timezone.localdate() and self.instance.original_due is None:
            self._ask_about_past_day(data["past_due"])
        if data.get("owner") == NEW_OWNER and data.get("new_owner") == "":
            self.add_error("new_owner", "Give the name of the person or team.")
        if data.get("owner", NEW_OWNER) != NEW_OWNER and data.get("new_owner"):
            self.add_error("owner", "Choose “Somebody else” to use the name beside, or clear that name.")
        # On top of an older version the date may differ because somebody else moved it: both versions are
        # shown then, and the reason is asked for when this one is chosen.
        moved = (
            "due_reason" in self.fields
            and "due" not in self.errors
            and data.get("due") != self.initial["due"]
            and data["version"] == self.instance.version
        )
        if moved and not data.get("due_reason"):
            self.add_error("due_reason", "Say why the date changes.")
        return data

    def _ask_about_past_day(self, is_meant):
        self.helper.layout.insert(self.helper.layout.fields.index("due") + 1, "past_due")
        if not is_meant:
            self.add_error("due", "That day has passed. Choose another, or tick below that it is meant.")

    @property
    def people(self):
        """Return the owner in words, to set beside somebody else's version."""
        owner = self.owner
        return {"owner": owner["name"] if isinstance(owner, dict) else owner}

    @property
    def owner(self):
        """Return who was chosen: an owner, or ``{"name": ..., "user": ...}`` for one to add, or None."""
        choice = self.cleaned_data["owner"]
        if choice == NEW_OWNER:
            return {"name": self.cleaned_data["new_owner"]}
        if choice in self.members:
            user = self.members[choice]
            return {"name": user.get_full_name() or user.get_username(), "user": user}
        return self.owners.get(choice)


class ProgressForm(WaterlineForm, forms.ModelForm):
    """A dated note on how a recommendation moved."""

    date = DayField(label="Date", help_text=DATE_HINT)

    class Meta:
        model = ProgressUpdate
        fields = ["date", "note", "evidence_link"]
        field_classes = {"evidence_link": forms.URLField}
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"note": {"required": "Say what happened."}}

    evidence_link = forms.URLField(
        label="Link to evidence",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="A web address that starts with https://",
    )

    def clean_date(self):
        """Refuse a date that is still to come: a note tells what happened."""
        return not_to_come(self.cleaned_data["date"])


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
        )


class RecommendationFilterForm(FilterForm):
    """Narrow the tracker; lives in the address. ``strands`` and ``owners`` are the rows to choose from."""

    DUE = [
        ("", "Any date"),
        ("overdue", "Overdue"),
        ("soon", "Next 30 days"),
        ("after_end", "After the programme’s end"),
        ("none", "No date set"),
    ]

    source = forms.ChoiceField(
        label="Source", required=False, choices=[("", "Any source"), *RecommendationSource.choices]
    )
    condition = forms.ChoiceField(
        label="Condition", required=False, choices=[("", "All six"), *CONDITION_CHOICES]
    )
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "Any status"), *Status.choices])
    due = forms.ChoiceField(label="Due", required=False, choices=DUE)

    def __init__(self, *args, strands, owners, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["strand"] = forms.ChoiceField(
            label="Strand",
            required=False,
            choices=[("", "Every strand"), *((strand.slug, strand.name) for strand in strands)],
        )
        self.fields["owner"] = forms.ChoiceField(
            label="Owner",
            required=False,
            choices=[
                ("", "Anyone"),
                ("me", "Me"),
                ("none", "No owner yet"),
                *((str(owner.pk), owner.name) for owner in owners),
            ],
        )
        self.order_fields(["strand", "source", "condition", "status", "owner", "due"])

    @property
    def exact(self):
        """Return the filters that compare a field: look-up to value."""
        return self.chosen(source="source", condition="condition", status="status", strand="strand__slug")

    @property
    def chosen_owner(self):
        """Return whose recommendations to show: "me", "none", an owner's number, or nothing."""
        return self.cleaned_data.get("owner", "")

    @property
    def chosen_due(self):
        """Return which due dates to show, one of DUE, or nothing."""
        return self.cleaned_data.get("due", "")

"""Forms that move recommendations and their actions on: owner, dates, status."""

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils import timezone

from evaluations.models import Action, Recommendation, Status

from .base import DayField, RecordForm

NEW_OWNER = "new"
REASON_HELP = "Needed when it is on hold (what it waits for) or no longer applicable (why)."
FOLLOWED_HELP = "Needed when the status differs from its actions’."
NO_REASON = "This status follows from its actions, so no reason is kept with it. Say it in a progress note."


class OwnerChoice(forms.Form):
    """Who owns something: an owner there is, a member who owns nothing yet, or somebody named anew."""

    new_owner = forms.CharField(
        label="Name of the new owner",
        required=False,
        max_length=160,
        help_text="When you chose “Somebody else”.",
    )

    def offer_owners(self, owners, members):
        """Add the field to choose from ``owners`` and ``members`` (users)."""
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
            help_text="A person or a team, with or without an account.",
        )

    def check_owner(self, data):
        """Ask for a new owner's name, and for one owner only."""
        if data.get("owner") == NEW_OWNER and data.get("new_owner") == "":
            self.add_error("new_owner", "Give the name of the person or team.")
        if data.get("owner", NEW_OWNER) != NEW_OWNER and data.get("new_owner"):
            self.add_error("owner", "Choose “Somebody else” to use the name beside, or clear that name.")

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


class OwnedForm(OwnerChoice, RecordForm):
    """Owner, due date and status of a recommendation or an action.

    ``owners`` are those there are, ``members`` the members (users) who own nothing yet. ``followed`` is the
    status that follows from a recommendation's actions, None when it has none.
    """

    followed = None
    due = DayField(label="Due date", required=False)
    due_reason = forms.CharField(
        label="Why the date changes", required=False, max_length=300, help_text="Needed when a date is moved."
    )
    past_due = forms.BooleanField(label="This day has passed, and it is meant", required=False)

    def __init__(self, *args, owners, members, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_owners(owners, members)
        self.initial.setdefault("owner", f"owner-{self.instance.owner_id}" if self.instance.owner_id else "")
        if self.instance.original_due is None:
            del self.fields["due_reason"]

    @property
    def dates(self):
        """Return the part of the layout that holds the due date."""
        return Div("due", "due_reason", css_class="pair") if "due_reason" in self.fields else "due"

    def clean(self):
        """Ask for a new owner's name, whether a past day is meant, why a date changes, why a status."""
        data = super().clean()
        due = data.get("due")
        if due and due < timezone.localdate() and self.instance.original_due is None:
            self._ask_about_past_day(data["past_due"])
        self.check_owner(data)
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
        _ask_why_of(self, data, self.followed)
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


class TrackForm(OwnedForm):
    """Owner, date, status of a recommendation, and what comes after the end."""

    class Meta:
        model = Recommendation
        fields = ["status", "status_reason", "due", "priority", "depends_on_funding", "taken_on_by"]
        widgets = {"status_reason": forms.Textarea(attrs={"rows": 2})}
        labels = {"depends_on_funding": "It depends on funding", "status_reason": "Why this status"}
        help_texts = {
            "status_reason": REASON_HELP,
            "taken_on_by": "The team or organisation that carries it on.",
        }

    def __init__(self, *args, followed=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.followed = followed
        if followed is not None:
            _mark_followed(self.fields["status"], followed)
            self.fields["status_reason"].help_text = FOLLOWED_HELP
        self.helper.layout = Layout(
            Div("status", "status_reason", css_class="pair"),
            Div("owner", "new_owner", css_class="pair"),
            self.dates,
            Div("taken_on_by", "priority", css_class="pair"),
            "depends_on_funding",
            "version",
        )


class StatusForm(RecordForm):
    """The status of a recommendation by itself, as the board sends it; ``followed`` as in ``OwnedForm``."""

    class Meta:
        model = Recommendation
        fields = ["status", "status_reason"]
        widgets = {"status_reason": forms.Textarea(attrs={"rows": 2})}
        labels = {"status_reason": "Why this status"}
        help_texts = {"status_reason": REASON_HELP}
        error_messages = {"status": {"required": "Choose the status to move it to."}}

    def __init__(self, *args, followed=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.followed = followed
        if followed is not None:
            _mark_followed(self.fields["status"], followed)
            self.fields["status_reason"].help_text = FOLLOWED_HELP

    def clean(self):
        """Ask for the reason that the chosen status needs."""
        data = super().clean()
        _ask_why_of(self, data, self.followed)
        return data


class ActionForm(OwnedForm):
    """An action: what is done, by whom, by when, how far it is."""

    percent = forms.IntegerField(
        label="How far it is, in percent",
        required=False,
        min_value=0,
        max_value=100,
        help_text="Leave it empty unless you want one.",
    )

    class Meta:
        model = Action
        fields = ["text", "due", "status", "status_reason", "percent"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 2}),
            "status_reason": forms.Textarea(attrs={"rows": 2}),
        }
        labels = {"status_reason": "Why this status"}
        help_texts = {"status_reason": REASON_HELP}
        error_messages = {"text": {"required": "Say what is done, in a sentence."}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            "text",
            Div("owner", "new_owner", css_class="pair"),
            self.dates,
            Div("status", "status_reason", css_class="pair"),
            "percent",
            "version",
        )


class ActionReportForm(RecordForm):
    """How far an action is, as its owner says it."""

    percent = ActionForm.base_fields["percent"]

    class Meta:
        model = Action
        fields = ["status", "status_reason", "percent"]
        widgets = {"status_reason": forms.Textarea(attrs={"rows": 2})}
        labels = {"status_reason": "Why this status"}
        help_texts = {"status_reason": REASON_HELP}

    def clean(self):
        """Ask for the reason that the chosen status needs."""
        data = super().clean()
        _ask_why_of(self, data)
        return data


def _mark_followed(field, followed):
    """Say beside a status of a list that it is the one that follows from the actions."""
    field.choices = [
        (value, f"{label} (follows from its actions)" if value == followed else label)
        for value, label in field.choices
    ]


def _ask_why_of(form, data, followed=None):
    """Ask for the reason that the chosen status needs: of itself, or as another one than the followed.

    A reason for the followed one would be dropped: whoever writes one is told so.
    """
    status, reason = data.get("status"), data.get("status_reason")
    if reason and status == followed and "status_reason" in form.changed_data:
        form.add_error("status_reason", NO_REASON)
    if status and reason == "" and (missing := Status(status).asks_why(followed)):
        form.add_error("status_reason", missing)

"""The form for owners: who they are, their account, whether they want reminders."""

from crispy_forms.layout import Div, Layout

from evaluations.models import Owner

from .base import RecordForm, RowField


class OwnerForm(RecordForm):
    """A person or team that owns recommendations and actions.

    ``accounts`` are the members (users) to choose from: those who are no other owner.
    """

    class Meta:
        model = Owner
        fields = ["name", "email", "user", "wants_reminders"]
        labels = {"email": "E-mail address", "wants_reminders": "Send reminders to this owner"}
        help_texts = {
            "name": "A person or a team, for example Family hubs.",
            "email": "For reminders. An owner with an account gets them at the account’s own address. "
            "When you change the address, private links made before stop working.",
            "wants_reminders": "Once a week at most, and only while something is due, overdue or stuck.",
        }
        error_messages = {"name": {"required": "Give the name of the person or team."}}

    def __init__(self, *args, accounts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"] = RowField(
            accounts,
            label="Account",
            required=False,
            empty="No account",
            name=lambda user: user.get_full_name() or user.get_username(),
            help_text="Whoever signs in with it finds these recommendations and actions as their own. "
            "Private links then stop working.",
        )
        self.helper.layout = Layout(
            "name", Div("email", "user", css_class="pair"), "wants_reminders", "version"
        )

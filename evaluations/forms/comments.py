"""Forms for sharing drafts for comment, and for commenting on one."""

from django import forms

from evaluations.models import FindingShare

from .base import RowsField, WaterlineForm
from .findings import in_short

LONGEST_QUESTION, LONGEST_COMMENT = 500, 4_000


class ShareForm(WaterlineForm):
    """Which drafts to share with whom. ``drafts`` (findings) and ``people`` (memberships) are the choices."""

    question = forms.CharField(
        label="What to look at (optional)",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=LONGEST_QUESTION,
        required=False,
        help_text="For example: “Is the name of the group right?” Those chosen read it beside the draft.",
    )

    def __init__(self, *args, drafts, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["finding"] = RowsField(
            drafts,
            label="Drafts to share",
            name=in_short,
            error_messages={
                "required": "Choose at least one draft.",
                "invalid_choice": FindingShare.NO_LONGER_A_DRAFT,
            },
        )
        self.fields["member"] = RowsField(
            people,
            label="Whom to ask",
            name=_person,
            error_messages={
                "required": "Choose at least one person.",
                "invalid_choice": FindingShare.NO_LONGER_A_MEMBER,
            },
        )


class CommentForm(WaterlineForm):
    """A comment, or an answer to one."""

    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST_COMMENT,
        error_messages={"required": "Write something first."},
    )

    def __init__(self, *args, is_answer=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = "Your answer" if is_answer else "Your comment"


def _person(membership):
    user = membership.user
    return f"{user.get_full_name() or user.get_username()}, {membership.get_role_display().lower()}"

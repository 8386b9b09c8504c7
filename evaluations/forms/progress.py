"""Forms for progress notes."""

from django import forms

from evaluations.importing.evidence import ENDINGS, read_evidence
from evaluations.importing.problems import Refused
from evaluations.importing.safety import MOST_BYTES, too_large

from .base import DATE_HINT, DayField, RowField, WaterlineForm, not_to_come

FIELDS = ["date", "note", "evidence_link"]


class ProgressForm(WaterlineForm):
    """A dated note on how a recommendation moved, with its evidence.

    ``actions`` are those that it may be about, ``notes`` those that it may correct. One that begins as the
    correction of a note (``corrects`` is its number, as the address has it) begins with what that says.
    """

    field_order = ["date", "action", "note", "evidence_link", "file", "corrects"]

    date = DayField(label="Date", help_text=DATE_HINT)
    note = forms.CharField(
        label="Note",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what happened."},
    )
    evidence_link = forms.URLField(
        label="Link to evidence",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="A web address that starts with https://",
    )
    file = forms.FileField(
        label="Evidence file",
        required=False,
        allow_empty_file=True,
        help_text="PDF, Word, Excel, PowerPoint, PNG, JPEG or plain text, of up to 10 MB.",
        widget=forms.FileInput(attrs={"accept": ENDINGS, "data-largest": MOST_BYTES}),
    )

    def __init__(self, *args, actions=(), notes=(), corrects=None, **kwargs):
        super().__init__(*args, **kwargs)
        if actions or self.data.get("action"):  # one that was removed meanwhile is refused, not passed over
            self.fields["action"] = RowField(
                actions, empty="The recommendation as a whole", label="What it is about", required=False
            )
        self.fields["corrects"] = RowField(
            notes, label="The note that it corrects", required=False, widget=forms.HiddenInput
        )
        self.order_fields(self.field_order)
        self.helper.render_hidden_fields = True
        if earlier := self.fields["corrects"].rows.get(corrects):
            self.initial |= {name: getattr(earlier, name) for name in (*FIELDS, "action")}
            self.initial["corrects"] = earlier

    @property
    def corrected(self):
        """Return the earlier note that this one corrects; None for one that corrects none."""
        return self.fields["corrects"].rows.get(str(self["corrects"].value()))

    @property
    def sent(self):
        """Return what ``add_progress_update`` takes of it."""
        beside = {name: self.cleaned_data.get(name) for name in ("action", "file", "corrects")}
        return {"fields": {name: self.cleaned_data[name] for name in FIELDS}, **beside}

    def clean_date(self):
        """Refuse a date that is still to come: a note tells what happened."""
        return not_to_come(self.cleaned_data["date"])

    def clean_file(self):
        """Return the file as ``Evidence``; refuse what is too large or harmful, and say why."""
        file = self.cleaned_data["file"]
        if file is None:
            return None
        try:
            if file.size > MOST_BYTES:
                raise Refused(too_large(file.size))
            return read_evidence(file.sent_as, file.read())
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from None

    def clean(self):
        """Ask for the file again when the form comes back: a page cannot hold on to it."""
        data = super().clean()
        if self.errors and data.get("file"):
            self.add_error(
                "file", "Choose this file again: it was not kept, because something else is wrong."
            )
        return data

"""Forms for the report: what it is called and holds, and what one of its sections says."""

import hashlib

from crispy_forms.layout import Field, Layout
from django import forms

from evaluations.models import Report, ReportSection
from evaluations.report.coreq import ITEMS
from evaluations.text import LONGEST_ANSWER, normalise

from .base import RecordForm, RowsField, VersionField, WaterlineForm
from .conflicts import KEEP_BOTH, both

TOO_LONG = (
    f"Both texts together are longer than a section can be, which is {LONGEST_ANSWER:,} characters. "
    "Keep one of them: the other stays under “Earlier versions”."
)


class ReportForm(RecordForm):
    """What the report is called, which strands it is about, and what to say for items of COREQ.

    ``strands`` are the rows to choose from, ``named`` is what the report is called without a title, ``known``
    what the data says for items of COREQ, by number.
    """

    class Meta:
        model = Report
        fields = ["title", "has_coreq"]
        help_texts = {
            "has_coreq": (
                "A table with the 32 items that reports of interviews are often asked for. "
                "It stands at the end of the section on the method."
            )
        }

    def __init__(self, *args, strands, named, known, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].help_text = f"Left empty, it is called “{named}”."
        self.fields["strands"] = RowsField(
            strands,
            label="Strands it is about",
            name=_name_of_strand,
            error_messages={"required": "Choose at least one strand."},
        )
        written = self.instance.coreq
        for item in ITEMS:
            name = coreq_name(item)
            self.fields[name] = forms.CharField(
                label=f"{item.number}. {item.topic}",
                help_text=_asked(item, known.get(item.number, "")),
                required=False,
                initial=written.get(str(item.number), ""),
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            # Where both versions are kept, a form reads what is there from its row.
            setattr(self.instance, name, written.get(str(item.number), ""))
        self.helper.layout = Layout(
            "title", Field("strands", template="evaluations/_checkboxes.html"), "version"
        )

    @property
    def people(self):
        """Return what was sent beside the row's own fields: the strands, and each item of COREQ."""
        return {name: self.cleaned_data[name] for name in ("strands", *map(coreq_name, ITEMS))}

    @property
    def coreq(self):
        """Return what was written for items of COREQ, by number, as a report keeps it."""
        found = {str(item.number): self.cleaned_data[coreq_name(item)] for item in ITEMS}
        return {number: words for number, words in found.items() if words}

    @property
    def coreq_parts(self):
        """Return the fields for items of COREQ in the parts of the checklist, as ``[(part, fields)]``."""
        parts = {}
        for item in ITEMS:
            parts.setdefault(item.part, []).append(self[coreq_name(item)])
        return list(parts.items())


def _asked(item, known):
    said = f" The report says already, from the data: “{known}”" if known else ""
    return f"{item.asks}.{said}"


def coreq_name(item):
    """Return the name of the field for an item of COREQ."""
    return f"coreq-{item.number}"


def coreq_now(report):
    """Return what a report says for each item of COREQ, by the name of its field."""
    return {coreq_name(item): report.coreq.get(str(item.number), "") for item in ITEMS}


def _name_of_strand(strand):
    return strand.name if strand.from_interviews else f"{strand.name} (from public sources, not interviews)"


class SectionForm(WaterlineForm):
    """What a section says: its heading and its prose.

    ``now`` is what the section says now (a ``SectionNow``). ``basis`` tells whether the text that is sent is
    still the one that was drafted from the data. ``withdrawn`` is how many participants withdrew so far: an
    open page keeps that and sends it back.
    """

    heading = forms.CharField(required=False, max_length=ReportSection._meta.get_field("heading").max_length)
    text = forms.CharField(
        label="What it says",
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(
            attrs={"rows": 16, "class": "form-control words", "autocomplete": "off", "spellcheck": "true"}
        ),
    )
    basis = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    page = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    step = VersionField()
    withdrawn = VersionField()

    def __init__(self, *args, now, withdrawn=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["version-text"] = VersionField(initial=now.version)
        self.fields["heading"].help_text = f"Left empty, it is called “{now.label}”."
        self.initial |= {"heading": now.heading, "text": now.text, "withdrawn": withdrawn}
        if not now.is_written:
            self.initial["basis"] = _fingerprint(now.text)

    def clean(self):
        """Refuse two texts that are too long for one section."""
        data = super().clean()
        if self.keeps_both and len(self._both()) > LONGEST_ANSWER:
            self.add_error("text", TOO_LONG)
        return data

    @property
    def version(self):
        """Return the hidden field with the version of the text that was on screen."""
        return self["version-text"]

    @property
    def sent(self):
        """Return the section as sent, as keyword arguments of ``actions.report.SectionSent``."""
        data, keep = self.cleaned_data, self.data.get("keep-text", "")
        decided = keep in ("mine", KEEP_BOTH) and self._has_seen_theirs
        return {
            "heading": data["heading"],
            "text": self._both() if self.keeps_both else data["text"],
            "version": self.now.version if decided else data["version-text"],
            "is_drafted": data["basis"] == _fingerprint(data["text"]),
            "give_way": keep == "theirs",
            "page": data["page"],
            "step": data["step"],
            "withdrawn": data["withdrawn"],
        }

    @property
    def keeps_both(self):
        """Say whether theirs and the sender's text are to stand one after the other."""
        return self.data.get("keep-text") == KEEP_BOTH and self._has_seen_theirs

    @property
    def _has_seen_theirs(self):
        return self.data.get("current-text") == str(self.now.version)

    def _both(self):
        return both(self.now.text, self.cleaned_data.get("text", ""))


def typed(data, name="text"):
    """Return what was typed into a field of a ``SectionForm``, in the form in which it is stored."""
    return normalise(data.get(name, ""))


def _fingerprint(text):
    return hashlib.sha256(normalise(text).encode()).hexdigest()

"""The filters of a matrix, and how much of it is read: all of it lives in the address."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from django import forms

from evaluations.conditions import KIND_CHOICES, Kind
from evaluations.models import FindingStatus

from .findings import EvidenceFilterForm


class Depth(StrEnum):
    """How much of a matrix is read."""

    FIGURES = "figures"
    HEADLINES = "headlines"
    FULL = "full"

    @property
    def label(self):
        """Return the words on screen."""
        return {"figures": "Figures", "headlines": "Headlines", "full": "Full text"}[self.value]


@dataclass(frozen=True)
class Tab:
    """A choice that is a link: its words, where it leads, and whether it is what is shown."""

    label: str
    query: str
    is_current: bool


class QuietChoiceField(forms.ChoiceField):
    """A choice made by links; in place of one that is not known stands the first."""

    def __init__(self, choices):
        super().__init__(choices=choices, required=False, widget=forms.HiddenInput)

    def clean(self, value):
        """Return the choice; nothing for one that is not known."""
        return value if self.valid_value(value) else ""


class MatrixFilterForm(EvidenceFilterForm):
    """Narrow the findings of a matrix. Without ``may_see_drafts`` there is nothing to ask about them.

    What is not known is left out: named on screen where there is a field for it.
    """

    kind = QuietChoiceField([("", "Both"), *KIND_CHOICES])
    depth = QuietChoiceField([(depth.value, depth.label) for depth in Depth])

    NARROWING = ("q", "strength", "lasting", "status", "kind")
    BY_LINK = ("kind", "depth", "drafts")

    def __init__(self, *args, may_see_drafts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lasting"].help_text = "Achievements only."
        if may_see_drafts:
            self.fields["drafts"] = QuietChoiceField([("1", "Shown")])
        if may_see_drafts and self.data.get("drafts") == "1":
            choices = [("", "Drafts and ready"), *FindingStatus.choices]
            self.fields["status"] = forms.ChoiceField(label="Status", required=False, choices=choices)

    @property
    def values(self):
        """Return what is chosen, by name: only what is known, and nothing that is as without it."""
        in_order = ("kind", "depth", "drafts", "status", "strength", "lasting", "q")
        found = {name: self.cleaned_data.get(name, "") for name in in_order}
        return {name: value for name, value in found.items() if value and value != Depth.FULL}

    @property
    def depth_chosen(self):
        """Return how much is read (a ``Depth``)."""
        return Depth(self.cleaned_data.get("depth") or Depth.FULL)

    @property
    def is_in_full(self):
        """Say whether everything is read."""
        return self.depth_chosen is Depth.FULL

    @property
    def kinds(self):
        """Return the kinds that are shown."""
        kind = self.cleaned_data.get("kind")
        return [Kind(kind)] if kind else list(Kind)

    @property
    def shows_drafts(self):
        """Say whether drafts are asked for, by somebody who may see them."""
        return bool(self.cleaned_data.get("drafts"))

    @property
    def exact(self):
        """Return the filters that compare a field, the kind apart; only achievements say if they last."""
        exact = self.chosen(lasting="lasting", status="status")
        return exact | {"kind": Kind.ACHIEVEMENT.value} if "lasting" in exact else exact

    @property
    def is_narrowed(self):
        """Say whether any filter is in use, one kind by itself included."""
        return any(self.values.get(name) for name in self.NARROWING)

    @property
    def asks_in_form(self):
        """Say whether a filter of the form itself is in use, or could not be understood."""
        return bool(self.errors) or any(self.values.get(name) for name in self.NARROWING if name != "kind")

    @property
    def in_words(self):
        """Return the filters in use, for example ``["Barriers only", "Evidence: one interview"]``."""
        said = [f"{Kind(self.values['kind']).plural.capitalize()} only"] if "kind" in self.values else []
        for name, before in (("status", "Status"), ("strength", "Evidence"), ("lasting", "Will it last?")):
            if name in self.values:
                label = dict(self.fields[name].choices)[self.values[name]]
                said.append(f"{before}{'' if before.endswith('?') else ':'} {label.lower()}")
        return [*said, f"Words: {self.words}"] if self.words else said

    def query_with(self, **changes):
        """Return the address's query with other values, for example ``kind=barrier&q=trust``."""
        return urlencode({name: value for name, value in (self.values | changes).items() if value})

    @property
    def query(self):
        """Return the address's query as it is."""
        return self.query_with()

    @property
    def query_cleared(self):
        """Return the address's query without filters."""
        return self.query_with(**dict.fromkeys(self.NARROWING, ""))

    @property
    def query_of_headlines(self):
        """Return the address's query that reads the sentences of the findings."""
        return self.query_with(depth=Depth.HEADLINES)

    @property
    def query_of_drafts(self):
        """Return the address's query that shows drafts or, where they are shown, hides them."""
        return self.query_with(drafts="" if self.shows_drafts else "1", status="")

    @property
    def query_of_slides(self):
        """Return the address's query of presenting, to which the number of a slide is added."""
        return self.query_with(present="1")

    @property
    def for_list(self):
        """Return the filters that the list of findings knows as well: ``[(name, value)]``."""
        return [
            (name, self.values[name])
            for name in ("status", "strength", "lasting", "q")
            if name in self.values
        ]

    @property
    def hidden(self):
        """Return the choices made by links, which the form sends along: ``[(name, value)]``."""
        return [(name, self.values[name]) for name in self.BY_LINK if name in self.values]

    @property
    def kind_tabs(self):
        """Return the choice of one kind or both."""
        named = {"": "Both", Kind.ACHIEVEMENT: "Achievements", Kind.BARRIER: "Barriers"}
        now = self.values.get("kind", "")
        return [Tab(words, self.query_with(kind=kind), kind == now) for kind, words in named.items()]

    @property
    def depth_tabs(self):
        """Return the choice of how much is read."""
        now = self.depth_chosen
        return [
            Tab(depth.label, self.query_with(depth="" if depth is Depth.FULL else depth), depth is now)
            for depth in Depth
        ]

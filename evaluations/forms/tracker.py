"""The filters of the tracker: what is shown, in which order and groups. All of it lives in the address."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms

from evaluations.conditions import CONDITION_CHOICES
from evaluations.models import RecommendationSource, Response, Status

from .base import FilterForm

OPEN = "open"
AGREED = "agreed"
STUCK = "stuck"
SORTS = [
    ("ref", "Number"),
    ("title", "Title"),
    ("priority", "Priority"),
    ("due", "Due"),
    ("update", "Last update"),
]
GROUPS = [
    ("", "Status"),
    ("owner", "Owner"),
    ("condition", "Condition"),
    ("strand", "Strand"),
    ("source", "Source"),
    ("none", "Nothing: one list"),
]
# Where each of ``analysis.progress.figures`` leads: the list that holds exactly what it counts.
FIGURE_QUERIES = {
    "accepted": "source=added&response=agreed",
    "implemented": "status=completed&response=agreed",
    "overdue": "due=overdue",
    "soon": "due=soon",
    "undated": "due=none",
    "unowned": "owner=none",
    "stuck": "state=stuck",
    "funding": "status=open&funding=yes",
}


@dataclass(frozen=True)
class Sort:
    """A heading to sort by: ``query`` is the address it leads to; ``direction`` is empty unless in use."""

    label: str
    query: str
    direction: str


class RecommendationFilterForm(FilterForm):
    """Narrow, order and group the tracker. ``strands`` and ``owners`` are the rows to choose from."""

    DUE = [
        ("", "Any date"),
        ("overdue", "Overdue"),
        ("soon", "Next 30 days"),
        ("after_end", "After the programme’s end"),
        ("none", "No date set"),
    ]

    q = forms.CharField(label="Words in recommendations", required=False, max_length=200)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Any status"), (OPEN, "All open"), *Status.choices]
    )
    owner = forms.ChoiceField(label="Owner", required=False)
    due = forms.ChoiceField(label="Due", required=False, choices=DUE)
    state = forms.ChoiceField(
        label="Last update", required=False, choices=[("", "Any time"), (STUCK, "Stuck: none for 30 days")]
    )
    strand = forms.ChoiceField(label="Strand", required=False)
    source = forms.ChoiceField(
        label="Source", required=False, choices=[("", "Any source"), *RecommendationSource.choices]
    )
    condition = forms.ChoiceField(
        label="Condition", required=False, choices=[("", "All six"), *CONDITION_CHOICES]
    )
    response = forms.ChoiceField(
        label="Response",
        required=False,
        choices=[("", "Any response"), (AGREED, "Committed or accepted"), *Response.choices],
    )
    funding = forms.ChoiceField(
        label="Funding",
        required=False,
        choices=[("", "Any"), ("yes", "Depends on funding"), ("no", "Does not depend on it")],
    )
    group = forms.ChoiceField(label="Group by", required=False, choices=GROUPS)
    sort = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[(f"{sign}{code}", label) for code, label in SORTS for sign in ("", "-")],
    )

    IN_SIGHT = ("q", "status", "owner", "due")
    FOLDED = ("state", "strand", "source", "condition", "response", "funding")

    def __init__(self, *args, strands, owners, **kwargs):
        super().__init__(*args, **kwargs)
        names = ((strand.slug, strand.name) for strand in strands)
        self.fields["strand"].choices = [("", "Every strand"), *names]
        people = ((str(owner.pk), owner.name) for owner in owners)
        self.fields["owner"].choices = [("", "Anyone"), ("me", "Me"), ("none", "No owner yet"), *people]

    @property
    def is_narrowed(self):
        """Say whether any filter is in use; order and groups leave nothing out."""
        return any(self._value(name) for name in (*self.IN_SIGHT, *self.FOLDED))

    def in_words(self, me):
        """Return the filters in use in words, as a file says them; ``me`` is the name of who asks."""
        said = [(shown, self._value(shown.name)) for shown in (*self.in_sight, *self.folded)]
        return [f"{shown.label}: {_choice(shown.field, value, me)}" for shown, value in said if value]

    @property
    def in_sight(self):
        """Return the fields that always stand above the list."""
        return [self[name] for name in self.IN_SIGHT]

    @property
    def folded(self):
        """Return the other filters, which are folded away while none of them is in use."""
        return [self[name] for name in self.FOLDED]

    @property
    def folded_in_use(self):
        """Return how many of the folded filters are in use."""
        return sum(bool(field.data) for field in self.folded)

    @property
    def narrowing(self):
        """Return what ``queries.recommendations.narrowed`` takes, by name."""
        status, funding = self._value("status"), self._value("funding")
        exact = self.chosen(source="source", condition="condition", strand="strand__slug")
        if status and status != OPEN:
            exact["status"] = status
        if funding:
            exact["depends_on_funding"] = funding == "yes"
        return {
            "exact": exact,
            "words": self._value("q"),
            "only_open": status == OPEN,
            "response": self._value("response"),
            "owner": self._value("owner"),
            "due": self._value("due"),
            "only_stuck": self._value("state") == STUCK,
        }

    @property
    def sort_chosen(self):
        """Return the order, one of SORTS, with a minus sign where it is turned round."""
        return self._value("sort") or "ref"

    @property
    def group_chosen(self):
        """Return by what the list is grouped, one of GROUPS; ``status`` unless chosen otherwise."""
        return self._value("group") or "status"

    @property
    def group_label(self):
        """Return by what the list is grouped, in a word; nothing for one list."""
        return "" if self.group_chosen == "none" else dict(GROUPS)[self._value("group")].lower()

    @property
    def sorts(self):
        """Return the ``Sort`` of each of SORTS, by its code; the one in use turns the order round."""
        turned = self.sort_chosen.startswith("-")
        used = self.sort_chosen.removeprefix("-")
        found = {}
        for code, label in SORTS:
            direction = ("descending" if turned else "ascending") if code == used else ""
            wanted = f"-{code}" if direction == "ascending" else code
            found[code] = Sort(label, self._query_sorted_by(wanted), direction)
        return found

    def _query_sorted_by(self, sort):
        kept = [(name, value) for name, value in self.data.items() if name in self.fields and value]
        return urlencode([*((name, value) for name, value in kept if name != "sort"), ("sort", sort)])

    def _value(self, name):
        return self.cleaned_data.get(name, "")


def _choice(field, value, me):
    """Return what is chosen as it reads on screen; words that were typed stand for themselves."""
    labels = {**dict(field.choices), "me": me} if hasattr(field, "choices") else {}
    return labels.get(value, value)

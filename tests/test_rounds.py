"""Two rounds of a strand: who may compare them, and what moved, equal to a plain recount."""

import random
import re
from collections import Counter

import pytest
from django.utils import timezone

from evaluations.conditions import Condition, Kind
from evaluations.models import ComparisonReading, FindingOutcome, Membership
from evaluations.queries.readings import compared

from . import builders
from .assertions import counts, shows
from .base import signed_in
from .pages import Page

E = "/e/practice/"
COMPARE = f"{E}compare/"
BOTH = f"{COMPARE}?strands=coproduction,coproduction@first-round"
MOVES = ("resolved", "persists", "worsened", "undecided", "new")


def became(evaluation, earlier, outcome, *later, **fields):
    """Say what became of an earlier finding."""
    for row in later or [None]:
        FindingOutcome.objects.create(
            evaluation=evaluation, earlier=earlier, later=row, outcome=outcome, **fields
        )


def moves(page):
    """Return ``{(kind, condition label, move): number}`` of the page's tables, noughts left out."""
    found = {}
    for table in page.all("table", data_moves=True):
        for row in table.one("tbody").all("tr"):
            numbers = [int(cell.words) for cell in row.all("td")]
            for move, number in zip(MOVES, numbers, strict=True):
                found[table["data-moves"], row.one("th").words, move] = number
    return {key: number for key, number in found.items() if number}


def listed(page):
    """Return ``{(condition label, move, sentence, sentences of this round)}`` of the lists."""
    found = Counter()
    for box in page.all("details", class_="moved-list"):
        condition = box.one("summary").words.partition(":")[0]
        for item in box.all("li"):
            now = tuple(sorted(line.one("a").words for line in item.all(class_="now")))
            found[condition, item["data-move"], item.all("a")[0].words, now] += 1
    return found


# --- Who may ------------------------------------------------------------------------------------------------


def test_two_rounds_stand_side_by_side_under_their_names_in_the_address(reviewer, cast, earlier):
    builders.finding(earlier.strand, condition="power")
    builders.finding(cast.evaluation.strand, condition="power")
    builders.finding(cast.evaluation.strand, condition="power")

    response = reviewer.get(BOTH)

    found = counts(response, "data-value")
    assert {key[0] for key in found} == {"coproduction", "coproduction@first-round"}
    assert found["coproduction", "barrier", "power"] == 2
    assert found["coproduction@first-round", "barrier", "power"] == 1
    assert Page(response).one("h1").words == "Coproduction, round to round"


def test_earlier_rounds_are_offered_to_members_of_both(reviewer, earlier):
    page = Page(reviewer.get(COMPARE))

    assert [box["value"] for box in page.all("input", name="strands")] == [
        "coproduction",
        "coproduction@first-round",
    ]
    assert "Earlier round: First round" in page.words


def test_one_strand_alone_is_compared_with_its_round_before(reviewer, earlier):
    assert {key[0] for key in counts(reviewer.get(COMPARE), "data-value")} == {
        "coproduction",
        "coproduction@first-round",
    }


def test_to_no_member_of_the_earlier_round_it_looks_like_a_round_that_does_not_exist(cast, earlier):
    builders.strand(cast.evaluation, slug="fathers", name="Fathers", position=5)
    client = signed_in(cast.leigh)

    def face(name):
        response = client.get(f"{COMPARE}?strands=coproduction,fathers,{name}")
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
        return response.status_code, text.replace(name, "...")

    assert face("coproduction@first-round") == face("coproduction@no-such-round")
    assert shows(
        client.get(f"{COMPARE}?strands=coproduction@first-round"),
        "This evaluation has no strand “coproduction@first-round”.",
    )
    assert "First round" not in Page(client.get(COMPARE)).words


def test_an_evaluator_who_is_no_member_of_the_earlier_round_cannot_take_back_its_reading(cast, earlier):
    cast.evaluation.follows = earlier
    cast.evaluation.save()
    reading = ComparisonReading.objects.create(
        evaluation=cast.evaluation,
        compared=compared(["coproduction", "coproduction@first-round"]),
        text="Parents decide more than before.",
        signed_at=timezone.now(),
    )
    address = f"{COMPARE}readings/{reading.pk}/take-back/"
    client = signed_in(cast.evelyn)
    membership = Membership.objects.filter(user=cast.evelyn, evaluation=earlier)

    membership.delete()
    assert client.post(address, {"version": reading.version}).status_code == 404
    reading.refresh_from_db()
    assert reading.removed_at is None
    builders.member(earlier, cast.evelyn, "reviewer")
    client.post(address, {"version": reading.version})
    reading.refresh_from_db()
    assert reading.removed_at is not None


def test_an_evaluation_that_is_not_followed_is_no_round(cast, reviewer):
    other = builders.evaluation(slug="other")
    builders.member(other, cast.rowan, "reviewer")
    builders.strand(other, slug="coproduction")

    response = reviewer.get(f"{COMPARE}?strands=coproduction,coproduction@other")

    assert shows(response, "This evaluation has no strand “coproduction@other”.")


def test_a_membership_that_ended_closes_the_earlier_round_at_once(cast, reviewer, earlier):
    Membership.objects.filter(user=cast.rowan, evaluation=earlier).delete()

    assert not counts(reviewer.get(BOTH), "data-value")


def test_rounds_further_back_can_be_compared_too(cast, reviewer, earlier):
    first = builders.evaluation(slug="very-first", title="Very first")
    builders.member(first, cast.rowan, "reviewer")
    old = builders.finding(builders.strand(first, slug="coproduction"))
    earlier.follows = first
    earlier.save()
    became(earlier, old, "resolved")

    page = reviewer.get(f"{COMPARE}?strands=coproduction,coproduction@very-first")
    assert {key[0] for key in counts(page, "data-value")} == {"coproduction", "coproduction@very-first"}
    assert not Page(page).all(class_="moved"), "outcomes are told of a round and the one right before it"

    page = Page(reviewer.get(f"{COMPARE}?strands=coproduction@first-round,coproduction@very-first"))
    assert moves(page) == {
        ("barrier", "Policies", "resolved"): 1,
        ("barrier", "All six conditions", "resolved"): 1,
    }


def test_rounds_that_follow_each_other_in_a_circle_end(cast, reviewer, earlier):
    earlier.follows = cast.evaluation
    earlier.save()

    assert reviewer.get(BOTH).status_code == 200


# --- What moved ---------------------------------------------------------------------------------------------


def test_resolved_persisting_worsened_undecided_and_new_findings_are_told(reviewer, cast, earlier):
    now = cast.evaluation.strand
    names = ("solved", "stays", "grows", "open")
    old = {name: builders.finding(earlier.strand, text=name, condition="power") for name in names}
    new = {
        name: builders.finding(now, text=f"{name} now", condition="policies") for name in ("stays", "grows")
    }
    builders.finding(now, text="fresh", kind="achievement", condition="power")
    became(cast.evaluation, old["solved"], "resolved")
    became(cast.evaluation, old["stays"], "persists", new["stays"], new["grows"])
    became(cast.evaluation, old["grows"], "worsened", new["grows"])

    page = Page(reviewer.get(BOTH))

    assert {key: n for key, n in moves(page).items() if key[1] != "All six conditions"} == {
        ("barrier", "Power dynamics", "resolved"): 1,
        ("barrier", "Power dynamics", "persists"): 1,
        ("barrier", "Power dynamics", "worsened"): 1,
        ("barrier", "Power dynamics", "undecided"): 1,
        ("achievement", "Power dynamics", "new"): 1,
    }
    assert listed(page) == Counter(
        {
            ("Power dynamics", "resolved", "solved", ()): 1,
            ("Power dynamics", "persists", "stays", ("grows now", "stays now")): 1,
            ("Power dynamics", "worsened", "grows", ("grows now",)): 1,
            ("Power dynamics", "undecided", "open", ()): 1,
            ("Power dynamics", "new", "fresh", ()): 1,
        }
    )
    assert "3 of 4 earlier findings have an outcome" in page.words
    assert page.one("p", class_="sentence").words.startswith(
        "Of the 4 barriers in Coproduction (First round), 1 is resolved, 1 persists, 1 worsened and 1 is not "
        "decided yet; 0 are new in Coproduction."
    )


@pytest.mark.parametrize("who", ["evelyn", "rowan"])
def test_a_draft_of_either_round_neither_shows_nor_counts(cast, earlier, who):
    now = cast.evaluation.strand
    old, hidden = builders.finding(earlier.strand, text="Old"), builders.finding(now, status="draft")
    became(cast.evaluation, old, "persists", hidden)
    drafted = builders.finding(earlier.strand, status="draft", text="Drafted")
    met = builders.finding(now, text="Met")
    became(cast.evaluation, drafted, "persists", met)

    page = Page(signed_in(getattr(cast, who)).get(BOTH))

    assert listed(page) == Counter(
        {("Policies", "undecided", "Old", ()): 1, ("Policies", "new", "Met", ()): 1}
    )
    assert "Drafted" not in page.words


def test_the_findings_lead_to_their_own_rounds(reviewer, cast, earlier):
    old, new = builders.finding(earlier.strand), builders.finding(cast.evaluation.strand)
    became(cast.evaluation, old, "persists", new)

    item = Page(reviewer.get(BOTH)).one("details", class_="moved-list").one("li")

    assert [link["href"] for link in item.all("a")] == [
        f"/e/first-round/findings/{old.pk}/",
        f"{E}findings/{new.pk}/",
    ]


def test_a_round_that_does_not_come_from_interviews_is_in_no_sentence(reviewer, cast, earlier):
    earlier.strand.provenance = "public_sources"
    earlier.strand.save()
    builders.finding(earlier.strand)

    page = Page(reviewer.get(BOTH))

    assert not page.all(class_="sentence")
    assert moves(page)["barrier", "All six conditions", "undecided"] == 1


# --- A plain recount ----------------------------------------------------------------------------------------


class MadeUp:
    """Random findings of two rounds, with outcomes, kept as plain values for recounting."""

    def __init__(self, evaluation, earlier, seed):
        self.random = random.Random(seed)
        other = builders.strand(evaluation, slug="fathers", name="Fathers", position=7)
        self.old = [self.finding(earlier.strand) for _ in range(self.random.randint(0, 40))]
        self.new = [
            self.finding(self.random.choice([evaluation.strand, evaluation.strand, other]))
            for _ in range(self.random.randint(0, 40))
        ]
        self.said = {}
        for row in self.old:
            if self.random.random() < 0.7:
                self.say(evaluation, row)

    def finding(self, strand):
        """Add a finding and return it as plain values."""
        is_removed = self.random.random() < 0.1
        row = builders.finding(
            strand,
            kind=self.random.choice(list(Kind)),
            condition=self.random.choice(list(Condition)),
            status=self.random.choice(["ready", "ready", "ready", "draft"]),
            removed_at=timezone.now() if is_removed else None,
        )
        seen = row.status == "ready" and not is_removed
        return {"row": row, "strand": strand.slug, "seen": seen, "text": row.text}

    def say(self, evaluation, old):
        """Say at random what became of an earlier finding; sometimes it was taken back."""
        outcome = self.random.choice(["resolved", "persists", "worsened"])
        later = []
        if outcome != "resolved":
            if not self.new:
                return
            later = self.random.sample(self.new, min(len(self.new), self.random.randint(1, 3)))
        gone = self.random.random() < 0.15
        fields = {"removed_at": timezone.now()} if gone else {}
        became(evaluation, old["row"], outcome, *(row["row"] for row in later), **fields)
        if not gone:
            self.said[old["row"].pk] = (outcome, later)

    def recount(self):
        """Return what should stand on the page: numbers as ``moves``, lists as ``listed`` returns them."""
        lines = []
        met = set()
        for old in self.old:
            if not old["seen"]:
                continue
            outcome, later = self.said.get(old["row"].pk, ("undecided", []))
            seen = [row for row in later if row["seen"]]
            if outcome in ("persists", "worsened") and not seen:
                outcome = "undecided"
            met |= {row["row"].pk for row in seen}
            lines.append((old["row"], outcome, tuple(sorted(row["text"] for row in seen))))
        for new in self.new:
            if new["seen"] and new["strand"] == "coproduction" and new["row"].pk not in met:
                lines.append((new["row"], "new", ()))
        numbers, lists = Counter(), Counter()
        for row, move, now in lines:
            label = Condition(row.condition).label
            numbers[row.kind, label, move] += 1
            numbers[row.kind, "All six conditions", move] += 1
            lists[label, move, row.text, now] += 1
        return numbers, lists

    def figures(self):
        """Return the counts of both rounds."""
        found = Counter()
        for name, rows in (("coproduction@first-round", self.old), ("coproduction", self.new)):
            for row in rows:
                if row["seen"] and row["strand"] == "coproduction":
                    found[name, row["row"].kind, row["row"].condition] += 1
        return found


@pytest.mark.parametrize("seed", range(6))
def test_the_figures_of_two_rounds_equal_a_plain_recount(reviewer, cast, earlier, seed):
    made_up = MadeUp(cast.evaluation, earlier, seed)
    response = reviewer.get(BOTH)
    page = Page(response)
    numbers, lists = made_up.recount()

    assert {key: n for key, n in counts(response, "data-value").items() if n} == made_up.figures()
    assert moves(page) == numbers
    assert listed(page) == lists
    barriers = [
        n for (kind, label, _), n in numbers.items() if (kind, label) == ("barrier", "All six conditions")
    ]
    if barriers:
        told = {int(n) for n in re.findall(r"\d+", page.one("p", class_="sentence").words.partition(".")[0])}
        assert told <= {0, *barriers, sum(barriers) - numbers["barrier", "All six conditions", "new"]}

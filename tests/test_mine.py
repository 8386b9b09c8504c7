"""My actions: what a member owns, soonest due first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations.models import Action, Owner

from . import builders
from .base import signed_in
from .pages import Page

E = "/e/practice/"
LIST = f"{E}recommendations/"
MINE = f"{LIST}mine/"


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


@pytest.fixture
def own(cast):
    return Owner.objects.create(evaluation=cast.evaluation, name="Rowan", user=cast.rowan)


def due(days):
    day = timezone.localdate() + timedelta(days=days)
    return {"due": day, "original_due": day}


def step(row, text, **fields):
    return Action.objects.create(evaluation=row.evaluation, recommendation=row, text=text, **fields)


def items(page):
    return [item.one("a", class_="ttl").words for item in page.all("li", data_own=True)]


@pytest.fixture
def some(cast, strand, own):
    """Recommendations and actions of Rowan's and of somebody else's."""
    other = Owner.objects.create(evaluation=cast.evaluation, name="Somebody else")
    r1 = builders.recommendation(strand, ref="R1", title="Later", owner=own, **due(20))
    r2 = builders.recommendation(strand, ref="R2", title="Not mine", owner=other)
    builders.recommendation(strand, ref="R3", title="Without a date", owner=own)
    builders.recommendation(strand, ref="R4", title="Done", owner=own, status="completed")
    over = builders.recommendation(strand, ref="R5", title="Over", status="no_longer_applicable")
    r2.step = step(r2, "Sooner", owner=own, **due(3))
    step(r1, "Late", owner=own, **due(-2))
    step(r1, "Theirs", owner=other, **due(1))
    step(r1, "Removed", owner=own, removed_at=timezone.now())
    step(r2, "Finished", owner=own, status="completed", **due(-9))
    step(over, "No longer needed", owner=own, **due(-9))
    return r2


def test_open_ones_stand_soonest_first_with_what_has_no_date_last(reviewer, some):
    page = Page(reviewer.get(MINE))

    opened = page.with_id("h-open").parent.parent
    assert items(opened) == ["Late", "Sooner", "Later", "Without a date"]
    assert "Overdue by 2 days" in opened.all("li", data_own=True)[0].words
    assert "1 overdue" in opened.words
    assert len(page.all("span", class_="over")) == 1


def test_what_is_done_is_folded_away(reviewer, some):
    folded = Page(reviewer.get(MINE)).one("details", class_="own-closed")

    assert set(items(folded)) == {"Done", "Finished", "No longer needed"}
    assert folded.one("summary").words == "Closed, 3"
    assert "open" not in folded.attributes


def test_each_leads_to_where_it_is_reported_on(reviewer, some):
    page = Page(reviewer.get(MINE))

    assert page.links("Sooner") == [f"{LIST}R2/actions/{some.step.pk}/report/"]
    assert page.links("Without a date") == [f"{LIST}R3/"]
    assert f"{LIST}R2/" in page.links("R2: Not mine")


def test_the_tab_says_how_many_are_open(reviewer, lead, some):
    for address in (MINE, LIST):
        assert Page(reviewer.get(address)).links("My actions, 4") == [MINE]
    assert Page(lead.get(LIST)).links("My actions, 0") == [MINE]
    assert Page(reviewer.get(LIST)).links("4 open, soonest first") == [MINE]


def test_who_owns_only_what_is_closed_is_told_so(reviewer, strand, own):
    builders.recommendation(strand, owner=own, status="completed")

    page = Page(reviewer.get(MINE))

    assert "Nothing that you own is open." in page.words
    assert "You own none" not in page.words


def test_who_owns_nothing_is_told_who_chooses_owners(reviewer, evaluator, lead, strand):
    for browser in (reviewer, evaluator):
        assert "You own none. The project lead chooses owners." in Page(browser.get(MINE)).words
    page = Page(lead.get(MINE))
    assert "You own none." in page.words
    assert page.links("table") == [LIST]


def test_a_lead_is_asked_whether_an_owner_without_an_account_is_them(lead, reviewer, strand, own):
    hubs = Owner.objects.create(evaluation=strand.evaluation, name="Family hubs")
    idle = Owner.objects.create(evaluation=strand.evaluation, name="Idle")
    r10 = builders.recommendation(strand, ref="R10", owner=hubs)
    builders.recommendation(strand, ref="R9", owner=idle, status="completed")
    builders.recommendation(strand, ref="R7", owner=own)
    step(r10, "A step", owner=hubs)
    step(builders.recommendation(strand, ref="R2"), "Another", owner=hubs)

    for address in (MINE, LIST):
        page = Page(lead.get(address))
        assert "R2, R10 are owned by “Family hubs”, who has no account. If that is you," in page.words
        assert page.links("link it to your account") == [f"{LIST}owners/"]
        assert "Idle" not in page.words.split("All recommendations")[0]
        assert "who has no account" not in Page(reviewer.get(address)).words


def test_in_2023_the_lead_is_asked_about_the_one_named_owner(legacy_cast):
    page = Page(signed_in(legacy_cast.leigh).get("/e/ssbc-legacy-2023/recommendations/mine/"))

    assert "R5 is owned by “SSBC project lead”, who has no account." in page.words


def test_more_than_fifty_go_on_on_another_page(reviewer, strand, own):
    for number in range(52):
        builders.recommendation(strand, ref=f"R{number + 1}", owner=own)

    assert len(items(Page(reviewer.get(MINE)))) == 50
    assert len(items(Page(reviewer.get(f"{MINE}?page=2")))) == 2

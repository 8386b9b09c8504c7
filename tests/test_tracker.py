"""The tracker: its figures on any day, and what is shown in which order and groups."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.models import (
    Action,
    DueDateChange,
    Owner,
    ProgressUpdate,
    Recommendation,
    TrackerChange,
)

from . import builders
from .assertions import marked
from .base import signed_in
from .pages import Page

E = "/e/practice/"
LIST = f"{E}recommendations/"
LONDON = ZoneInfo("Europe/London")
CLOSED = ("completed", "no_longer_applicable")
ACCEPTED = ("accepted", "partly_accepted")


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


def listed(response):
    """Return the refs on a page of the tracker, in order."""
    return [row["data-recommendation"] for row in marked(response, "data-recommendation")]


def groups(response):
    return [row.one("th").words for row in Page(response).all("tr", class_="grp")]


def due(day):
    return {"due": day, "original_due": day}


def entered(row, moment):
    """Say when a recommendation was entered."""
    Recommendation.objects.filter(pk=row.pk).update(created_at=moment)


def noted(row, day, **fields):
    return ProgressUpdate.objects.create(
        evaluation=row.evaluation, recommendation=row, date=day, note="Something", **fields
    )


def step(row, **fields):
    return Action.objects.create(evaluation=row.evaluation, recommendation=row, text="A step", **fields)


# Figures on any day


@pytest.fixture
def at(monkeypatch):
    """Stop the clock: ``at(moment)``."""

    def stop(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return stop


DAYS = {
    "a day like any other": datetime(2024, 5, 15, 12, tzinfo=UTC),
    "the last of January": datetime(2024, 1, 31, 12, tzinfo=UTC),
    "the leap day": datetime(2024, 2, 29, 12, tzinfo=UTC),
    "30 days after the leap day": datetime(2024, 3, 30, 12, tzinfo=UTC),
    "the first of March without a leap day": datetime(2025, 3, 1, 12, tzinfo=UTC),
    "the clocks go forward": datetime(2024, 3, 31, 0, 30, tzinfo=UTC),
    "the clocks go back": datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
    "30 days after they went back": datetime(2024, 11, 26, 23, 30, tzinfo=UTC),
    "half past midnight in summer": datetime(2024, 6, 30, 23, 30, tzinfo=UTC),
    "half past eleven in winter": datetime(2024, 12, 31, 23, 30, tzinfo=UTC),
}
# How far away a date is that decides something, and one day on either side of it.
EDGES = [None, -31, -30, -29, -1, 0, 1, 29, 30, 31, 32]


def fill(strand, today):
    """Add recommendations whose dates lie at the edges of every figure, in every status and response."""
    owner = Owner.objects.create(evaluation=strand.evaluation, name="Family hubs")
    statuses = ["not_started", "in_progress", "on_hold", "completed", "no_longer_applicable"]
    responses = ["none", "accepted", "partly_accepted", "not_accepted"]
    for number in range(44):
        edge = EDGES[number % len(EDGES)]
        is_added = number % 3 != 0
        row = builders.recommendation(
            strand,
            ref=f"R{number + 1}",
            status=statuses[0 if number < 11 else number % 5],
            source="added" if is_added else "committed",
            response=responses[number % 4] if is_added else "none",
            response_reason="x" if is_added else "",
            owner=owner if number % 4 else None,
            depends_on_funding=number % 7 == 0,
            taken_on_by="The council" if number % 5 == 0 else "",
            **(due(today + timedelta(days=edge)) if edge is not None else {}),
        )
        back = timedelta(days=(29, 30, 31, 60)[number % 4])
        entered(row, datetime.combine(today - back, time(number % 24, 30), tzinfo=UTC))
        if number % 3 == 1:
            action = step(row) if number % 2 else None
            noted(row, today - timedelta(days=(29, 30, 31)[number % 9 // 3]), action=action)
            noted(row, today - timedelta(days=45))


def recount(today):
    """Return the refs that each figure counts, with plain loops, and the n of the two rates."""
    found = {name: [] for name in FIGURES}
    added, implementable = 0, 0
    for row in Recommendation.objects.order_by("pk"):
        is_added, is_open = row.source == "added", row.status not in CLOSED
        counts = not is_added or row.response in ACCEPTED
        added, implementable = added + is_added, implementable + counts
        last = row.created_at.astimezone(LONDON).date()
        notes = [update.date for update in row.updates.all()]
        if notes:
            last = max(notes)
        tests = {
            "accepted": is_added and row.response in ACCEPTED,
            "implemented": counts and row.status == "completed",
            "overdue": is_open and row.due is not None and row.due < today,
            "soon": is_open and row.due is not None and 0 <= (row.due - today).days <= 30,
            "undated": is_open and row.due is None,
            "unowned": is_open and row.owner_id is None,
            "stuck": is_open and (today - last).days >= 30,
            "funding": is_open and row.depends_on_funding,
        }
        for name, is_so in tests.items():
            if is_so:
                found[name].append(row.ref)
    return found, {"accepted": added, "implemented": implementable}


FIGURES = ("accepted", "implemented", "overdue", "soon", "undated", "unowned", "stuck", "funding")


@pytest.mark.parametrize("moment", DAYS.values(), ids=DAYS)
def test_every_figure_equals_a_plain_recount_and_leads_to_exactly_what_it_counts(cast, strand, at, moment):
    at(moment)
    today = moment.astimezone(LONDON).date()
    fill(strand, today)
    expected, of = recount(today)
    browser = signed_in(cast.rowan)

    cards = {card["data-figure"]: card for card in Page(browser.get(LIST)).all("li", data_figure=True)}

    assert tuple(cards) == FIGURES
    for name, card in cards.items():
        number = f"{len(expected[name])} of {of[name]}" if name in of else str(len(expected[name]))
        assert card.one("b").words == number, name
        shown = listed(browser.get(LIST + card.one("a")["href"]))
        assert sorted(shown) == sorted(expected[name]), name
    assert all(expected.values()), "a figure that is 0 here proves little"


def test_an_entry_made_late_on_a_summer_evening_belongs_to_the_next_day(cast, strand, at):
    entered(builders.recommendation(strand, ref="R1"), datetime(2024, 6, 1, 23, 30, tzinfo=UTC))
    browser = signed_in(cast.rowan)

    def stuck_on(moment):
        at(moment)
        card = Page(browser.get(LIST)).one("li", data_figure="stuck")
        return card.one("b").words, listed(browser.get(f"{LIST}?state=stuck"))

    assert stuck_on(datetime(2024, 7, 1, 12, tzinfo=UTC)) == ("0", [])
    assert stuck_on(datetime(2024, 7, 1, 23, 30, tzinfo=UTC)) == ("1", ["R1"]), "which is 2 July here"


def test_a_note_on_an_action_moves_its_recommendation_on(reviewer, strand, at):
    row = builders.recommendation(strand, ref="R1")
    entered(row, timezone.now() - timedelta(days=90))
    assert listed(reviewer.get(f"{LIST}?state=stuck")) == ["R1"]

    noted(row, timezone.localdate(), action=step(row))

    assert listed(reviewer.get(f"{LIST}?state=stuck")) == []


# Words that tell the truth about nothing


def notes(browser):
    cards = Page(browser.get(LIST)).all("li", data_figure=True)
    return {card["data-figure"]: card.one("span", class_="s").words for card in cards}


def test_without_a_date_nothing_can_be_overdue_or_due(reviewer, strand):
    row = builders.recommendation(strand)
    assert notes(reviewer)["overdue"] == "nothing can be overdue: no dates set"
    assert notes(reviewer)["soon"] == "nothing can be due: no dates set"

    builders.recommendation(strand, status="completed", **due(date(2024, 5, 1)))
    assert notes(reviewer)["overdue"] == "nothing can be overdue: no open one has a date"

    Recommendation.objects.filter(pk=row.pk).update(**due(date(2090, 5, 1)))
    assert notes(reviewer)["overdue"] == "open, and past the due date"


def test_where_nothing_is_open_or_added_or_agreed_the_figures_say_so(reviewer, strand):
    row = builders.recommendation(strand, source="committed", status="completed")
    said = notes(reviewer)
    assert said["accepted"] == "nothing to respond to: the evaluators added none"
    assert {said[name] for name in ("overdue", "undated", "unowned", "stuck", "funding")} == {
        "nothing is open"
    }

    Recommendation.objects.filter(pk=row.pk).update(source="added")
    said = notes(reviewer)
    assert said["implemented"] == "nothing can be: none is committed to or accepted"
    assert said["accepted"] == "of those the evaluators added, wholly or partly"


# The programme's end


def test_after_the_end_it_says_what_remains_open_and_who_takes_it_on(lead, cast, strand):
    cast.evaluation.programme_ends = timezone.localdate() - timedelta(days=1)
    cast.evaluation.save()
    builders.recommendation(strand, ref="R10", taken_on_by="The ICB")
    builders.recommendation(strand, ref="R2")
    builders.recommendation(strand, ref="R3", status="completed", taken_on_by="Somebody else")
    ends = cast.evaluation.programme_ends

    page = Page(lead.get(LIST))

    box = page.with_id("h-end").parent.words
    assert f"Programme ended on {ends.day} {ends:%B %Y}; 2 remain open" in box
    assert "Taken on: R10 by The ICB." in box
    assert "Nobody is recorded as taking on R2." in box
    assert "R3" not in box
    assert listed(lead.get(LIST + page.links("2 remain open")[0])) == ["R2", "R10"]


def test_before_the_end_it_says_who_will_take_it_on(reviewer, cast, strand):
    cast.evaluation.programme_ends = timezone.localdate()
    cast.evaluation.save()
    builders.recommendation(strand, ref="R1", taken_on_by="The ICB")
    builders.recommendation(strand, ref="R2")

    box = Page(reviewer.get(LIST)).with_id("h-end").parent.words

    assert "2 open ; programme ends on" in box
    assert "Will be taken on: R1 by The ICB." in box
    assert "Nobody is named yet to take on R2." in box
    assert "ended" not in box


# Filters, words, order, groups


@pytest.fixture
def some(strand):
    """Four recommendations that differ in title, dates, priority, owner, condition and strand."""
    food = builders.strand(strand.evaluation, slug="food", name="Food", position=3)
    hubs = Owner.objects.create(evaluation=strand.evaluation, name="hubs")
    ada = Owner.objects.create(evaluation=strand.evaluation, name="Ada")
    rows = {
        "R1": {"title": "Pay parents", "text": "On every board.", "priority": "low", "owner": hubs},
        "R2": {"title": "ask children", "priority": "high", "owner": ada, "condition": "policies"},
        "R3": {"title": "Write it down", "strand": food, "source": "committed", "depends_on_funding": True},
        "R10": {"title": "Boards meet parents", "priority": "medium", "status": "completed", "owner": hubs},
    }
    days = {"R1": date(2024, 5, 2), "R2": None, "R3": date(2024, 5, 1), "R10": date(2090, 1, 1)}
    for ref, fields in rows.items():
        dates = due(days[ref]) if days[ref] else {}
        row = builders.recommendation(fields.pop("strand", strand), ref=ref, **fields, **dates)
        if ref in ("R2", "R10"):
            noted(row, date(2024, 1, int(ref[1:])))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("parents", ["R1", "R10"]),
        ("parents PAY", ["R1"]),
        ("board parents", ["R1", "R10"]),
        ("r1", ["R1"]),
        ("R3 down", ["R3"]),
        ("nothing", []),
    ],
)
def test_words_are_found_in_reference_title_and_text_in_any_order(reviewer, some, words, expected):
    assert listed(reviewer.get(LIST, {"q": words})) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=open", ["R1", "R2", "R3"]),
        ("funding=yes", ["R3"]),
        ("funding=no", ["R1", "R2", "R10"]),
        ("response=none", ["R1", "R2", "R10"]),
        ("response=agreed", ["R3"]),
        ("q=board&status=completed", ["R10"]),
    ],
)
def test_more_filters(reviewer, some, query, expected):
    assert listed(reviewer.get(f"{LIST}?{query}")) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("ref", ["R1", "R2", "R3", "R10"]),
        ("-ref", ["R10", "R3", "R2", "R1"]),
        ("title", ["R2", "R10", "R1", "R3"]),
        ("-title", ["R3", "R1", "R10", "R2"]),
        ("priority", ["R2", "R10", "R1", "R3"]),
        ("-priority", ["R3", "R1", "R10", "R2"]),
        ("due", ["R3", "R1", "R10", "R2"]),
        ("-due", ["R10", "R1", "R3", "R2"]),
        ("update", ["R2", "R10", "R1", "R3"]),
        ("-update", ["R10", "R2", "R1", "R3"]),
    ],
)
def test_one_list_can_be_sorted_either_way_and_what_has_no_date_stays_last(reviewer, some, sort, expected):
    assert listed(reviewer.get(f"{LIST}?group=none&sort={sort}")) == expected


def test_order_is_kept_within_groups(reviewer, some):
    assert listed(reviewer.get(f"{LIST}?sort=-ref")) == ["R3", "R2", "R1", "R10"]


@pytest.mark.parametrize(
    ("group", "expected", "refs"),
    [
        ("owner", ["Ada 1", "hubs 2", "No owner yet 1"], ["R2", "R1", "R10", "R3"]),
        ("condition", ["Policies 1", "Power dynamics 3"], ["R2", "R1", "R3", "R10"]),
        ("strand", ["Coproduction 3", "Food 1"], ["R1", "R2", "R10", "R3"]),
        ("source", ["Committed by the programme 1", "Added by the evaluators 3"], ["R3", "R1", "R2", "R10"]),
        ("none", [], ["R1", "R2", "R3", "R10"]),
    ],
)
def test_the_list_can_be_grouped(reviewer, some, group, expected, refs):
    response = reviewer.get(f"{LIST}?group={group}")

    assert groups(response) == expected
    assert listed(response) == refs


def test_a_group_that_goes_over_the_page_says_how_many_there_are_and_how_many_are_here(reviewer, strand):
    owner = Owner.objects.create(evaluation=strand.evaluation, name="Ada")
    for number in range(1, 53):
        builders.recommendation(strand, ref=f"R{number}", owner=owner if number < 3 else None)

    assert groups(reviewer.get(f"{LIST}?group=owner")) == ["Ada 2", "No owner yet 50, 48 on this page"]
    assert groups(reviewer.get(f"{LIST}?group=owner&page=2")) == ["No owner yet 50, 2 on this page"]


def sorted_by(page):
    return [th.get("aria-sort") for th in page.one("table", class_="board").one("thead").all("th")]


def test_headings_sort_say_how_it_is_sorted_and_keep_the_filters(reviewer, some):
    page = Page(reviewer.get(f"{LIST}?q=parents&group=owner&sort=due"))

    headings = {link.words.split()[0]: link["href"] for link in page.all("a", class_="sort")}
    assert headings["Due"] == "?q=parents&group=owner&sort=-due"
    assert headings["Title"] == "?q=parents&group=owner&sort=title"
    assert sorted_by(page) == [None] * 4 + ["ascending", None]
    assert sorted_by(Page(reviewer.get(f"{LIST}?sort=-title"))) == ["descending"] + [None] * 5


def test_filters_order_and_groups_stay_together_in_the_address(reviewer, strand):
    for number in range(1, 53):
        builders.recommendation(strand, ref=f"R{number}", title="Pay parents")

    page = Page(reviewer.get(f"{LIST}?q=pay&sort=-ref&group=none&strand=coproduction"))

    form = page.one("form", role="search")
    assert form.one("input", name="sort")["value"] == "-ref"
    kept = "q=pay&sort=-ref&group=none&strand=coproduction"
    assert page.links("Next page") == [f"?{kept}&page=2"]
    assert page.one("nav", aria_label="Views").one("a", aria_current=True).words == "Table"
    views = [link["href"] for link in page.one("nav", aria_label="Views").all("a")]
    assert views[:3] == [f"{LIST}?{kept}", f"{LIST}board/?{kept}", f"{LIST}timeline/?{kept}"]


def test_more_filters_stand_open_while_one_of_them_is_in_use(reviewer, some):
    def folded(query):
        return Page(reviewer.get(LIST + query)).one("details", class_="more-filters")

    assert "open" not in folded("?q=parents&sort=title").attributes
    assert "open" in folded("?strand=food").attributes
    assert folded("?strand=food&funding=yes").one("summary").words == "More filters, 2 in use"


def test_order_and_groups_alone_leave_nothing_out(reviewer, some):
    page = Page(reviewer.get(f"{LIST}?sort=due&group=owner"))

    assert "All recommendations" in page.words
    assert "4 shown, by owner" in page.words
    assert not page.links("Clear")


# A row


def row_of(response, ref):
    return Page(response).one("tr", data_recommendation=ref)


def test_a_row_says_how_many_of_its_actions_are_done(reviewer, strand):
    row = builders.recommendation(strand, ref="R1")
    for status in ("completed", "completed", "in_progress", "not_started", "no_longer_applicable"):
        step(row, status=status)
    step(row, removed_at=timezone.now())
    step(builders.recommendation(strand, ref="R2"), status="completed")

    assert "2 of 4 actions done" in row_of(reviewer.get(LIST), "R1").words
    assert "1 of 1 action done" in row_of(reviewer.get(LIST), "R2").words


def test_a_row_on_hold_says_what_it_waits_for(reviewer, strand):
    builders.recommendation(strand, ref="R1", status="on_hold", status_reason="the partners’ board")
    builders.recommendation(strand, ref="R2", status="in_progress", status_reason="by hand")

    response = reviewer.get(LIST)

    assert "On hold: the partners’ board" in row_of(response, "R1").words
    assert "by hand" not in row_of(response, "R2").words


def test_why_an_action_moved_is_not_said_of_its_recommendation(reviewer, cast, strand):
    row = builders.recommendation(strand, ref="R1", original_due=date(2024, 5, 1), due=date(2090, 6, 1))
    key = {"evaluation": cast.evaluation, "recommendation": row, "new_due": date(2090, 6, 1)}
    DueDateChange.objects.create(reason="The board met late", **key)
    DueDateChange.objects.create(reason="A step took longer", action=step(row), **key)

    words = row_of(reviewer.get(LIST), "R1").words

    assert "Moved: “The board met late”" in words
    assert "A step took longer" not in words


def test_only_who_tracks_can_tick_rows(lead, evaluator, reviewer, strand):
    builders.recommendation(strand, ref="R1")

    assert Page(lead.get(LIST)).all("input", type="checkbox", name="chosen")
    for browser in (evaluator, reviewer):
        assert not Page(browser.get(LIST)).all("input", type="checkbox")


def test_the_leads_tracker_takes_the_same_number_of_queries_whatever_there_is(lead, cast, strand):
    def add(first, last):
        for number in range(first, last):
            owner = Owner.objects.create(evaluation=cast.evaluation, name=f"Team {number}")
            row = builders.recommendation(strand, ref=f"R{number}", owner=owner, adds_to=None)
            noted(row, date(2024, 5, 1), action=step(row, owner=owner))
            states = {"before": {row.pk: {"priority": "low"}}, "after": {row.pk: {"priority": ""}}}
            TrackerChange.objects.create(evaluation=cast.evaluation, label="x", by=cast.leigh, **states)

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert lead.get(f"{LIST}?sort=update").status_code == 200
        return len(found)

    add(1, 3)
    few = queries()
    add(3, 40)
    assert queries() == few

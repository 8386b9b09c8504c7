"""The timeline: what stands where, against a naive recount; the chart; what has no date."""

import json
from datetime import date, timedelta
from itertools import combinations

import pytest
from django.utils import timezone

from evaluations import charts
from evaluations.analysis.timeline import Standing, build_timeline
from evaluations.models import OPEN_STATUSES, Action, DueDateChange, Recommendation, Status

from . import builders
from .base import signed_in
from .pages import Page

TIMELINE = "/e/practice/recommendations/timeline/"
LEGACY = "/e/ssbc-legacy-2023/recommendations/timeline/"
TODAY = date(2024, 2, 29)
ENDS = date(2025, 3, 31)


def line(
    ref, due=None, *, action=None, first_due=None, status="not_started", moves=0, entered=date(2024, 1, 1)
):
    """Return a row as the query returns it."""
    return {
        "ref": ref,
        "action": action,
        "words": f"What {ref} says",
        "status": status,
        "status_label": Status(status).label,
        "is_open": status in OPEN_STATUSES,
        "first_due": first_due or due,
        "due": due,
        "moves": moves,
        "why": "Waiting" if moves else "",
        "entered": entered,
    }


def built(*rows, today=TODAY, ends=ENDS):
    return build_timeline(list(rows), today=today, ends=ends)


# What it works out


def test_what_belongs_together_stays_together_soonest_first():
    timeline = built(
        line("R1", date(2024, 9, 1)),
        line("R1", date(2024, 8, 1), action=1),
        line("R2", date(2024, 7, 1)),
        line("R2", action=1),
        line("R3"),
        line("R3", date(2024, 6, 1), action=2),
    )
    assert [item.key for item in timeline.items] == ["R3 action 2", "R2", "R1", "R1 action 1"]
    assert [item.key for item in timeline.undated] == ["R2 action 1", "R3"]


@pytest.mark.parametrize(
    ("status", "due", "standing", "days"),
    [
        ("not_started", date(2024, 2, 28), Standing.LATE, 1),
        ("in_progress", date(2023, 2, 28), Standing.LATE, 366),  # over a leap day
        ("on_hold", date(2024, 1, 31), Standing.LATE, 29),
        ("on_hold", date(2024, 2, 29), Standing.ON_HOLD, 0),
        ("not_started", date(2024, 2, 29), Standing.OPEN, 0),
        ("completed", date(2023, 1, 1), Standing.DONE, 0),
        ("no_longer_applicable", date(2023, 1, 1), Standing.DROPPED, 0),
    ],
)
def test_how_something_stands_on_a_day(status, due, standing, days):
    (item,) = built(line("R1", due, status=status)).items
    assert (item.standing, item.days_late) == (standing, days)


def test_it_reaches_from_the_first_day_to_the_programmes_end_or_the_last_date():
    rows = [line("R1", date(2024, 9, 1), first_due=date(2024, 3, 1)), line("R2", entered=date(2020, 1, 1))]
    assert (built(*rows).start, built(*rows).end) == (date(2024, 1, 1), ENDS)
    early = line("R3", date(2024, 5, 1), first_due=date(2023, 12, 1))
    late = line("R4", date(2025, 6, 1))
    timeline = built(*rows, early, late)
    assert (timeline.start, timeline.end) == (date(2023, 12, 1), date(2025, 6, 1))
    assert [item.ref for item in timeline.after_end] == ["R4"]
    assert built(*rows, ends=None).end == date(2024, 9, 1)


def test_without_a_date_there_is_no_line():
    timeline = built(line("R1"), line("R2"))
    assert (timeline.items, timeline.start, timeline.end, timeline.shows_today) == ((), None, None, False)


# The chart


def drawn(*rows, **days):
    timeline = built(*rows, **days)
    return charts.timeline(timeline, timeline.items)


def traces(figure):
    """Return ``{name: [trace, ...]}`` of those that hold a point."""
    found = {}
    for trace in figure["data"]:
        if trace["x"]:
            found.setdefault(trace["name"], []).append(trace)
    return found


def test_every_item_has_its_point_at_its_due_date_with_words_beside_it():
    figure = drawn(
        line("R1", date(2024, 1, 31)),
        line("R2", date(2024, 5, 1), status="on_hold"),
        line("R3", date(2024, 6, 1), status="completed"),
        line("R4", date(2025, 1, 1)),
        line("R5", date(2024, 2, 1), status="on_hold"),
        line("R6", date(2024, 2, 1), status="no_longer_applicable"),
    )
    points = {
        y: (x, text)
        for name in Standing
        for trace in traces(figure).get(name.value, [])
        for x, y, text in zip(trace["x"], trace["y"], trace["text"], strict=True)
    }
    assert points == {
        "R1": ("2024-01-31", "Late by 29 days"),
        "R2": ("2024-05-01", "On hold"),
        "R3": ("2024-06-01", "Completed"),
        "R4": ("2025-01-01", "Due 1 January 2025"),
        "R5": ("2024-02-01", "On hold, late by 28 days"),
        "R6": ("2024-02-01", "No longer applicable"),
    }
    assert json.loads(json.dumps(figure)) == json.loads(json.dumps(figure, allow_nan=False))


def test_a_date_that_moved_is_joined_by_a_dotted_line_to_the_first_one():
    figure = traces(
        drawn(line("R1", date(2024, 9, 1), first_due=date(2024, 3, 1)), line("R2", date(2024, 9, 1)))
    )
    (joined,) = figure["Moved"]
    assert (joined["x"], joined["y"]) == (["2024-03-01", "2024-09-01"], ["R1", "R1"])
    assert joined["line"]["dash"] == "dot"
    (first,) = figure["First due"]
    assert (first["x"], first["y"]) == (["2024-03-01"], ["R1"])


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (TODAY, ["Programme ends 31 March 2025", "Today, 29 February 2024"]),
        (date(2025, 5, 1), ["Programme ended 31 March 2025"]),
        (date(2023, 5, 1), ["Programme ends 31 March 2025"]),
    ],
)
def test_the_end_and_today_are_lines_with_their_words(today, words):
    layout = drawn(line("R1", date(2024, 9, 1)), today=today)["layout"]
    assert [note["text"] for note in layout["annotations"]] == ["R1 What R1 says", *words]
    assert len(layout["shapes"]) == len(words)


def test_points_are_told_apart_by_shape_not_by_colour_alone():
    symbols = [mark.symbol for mark in [*charts.MARKS.values(), charts.FIRST_DUE]]
    assert set(charts.MARKS) == set(Standing)
    assert all(one != other for one, other in combinations(symbols, 2))


def test_a_name_is_cut_to_what_a_phone_shows_and_holds_no_tag():
    row = line("R1", date(2024, 9, 1)) | {"words": "<b>Give</b> parents a vote in everything that is decided"}
    name = drawn(row)["layout"]["annotations"][0]["text"]
    assert name == "R1 &lt;b>Give&lt;/b> parents a vote in every…"


# The page


@pytest.mark.parametrize("due", [date.min, date.max])
def test_days_at_the_edge_of_the_calendar_are_drawn(due):
    figure = drawn(line("R1", due=due), line("R2", due=TODAY))

    assert due.isoformat() in json.dumps(figure)


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


@pytest.fixture
def filled(cast):
    """Recommendations and actions of every kind around today."""
    evaluation, strand = cast.evaluation, cast.evaluation.strand
    today = timezone.localdate()
    evaluation.programme_ends = today + timedelta(days=30)
    evaluation.save()

    def dated(days, first=None):
        first = days if first is None else first
        return {"due": today + timedelta(days=days), "original_due": today + timedelta(days=first)}

    one = builders.recommendation(strand, ref="R1", title="Pay parents", **dated(-3, first=-20))
    builders.recommendation(strand, ref="R2", status="completed", **dated(-30))
    builders.recommendation(strand, ref="R3", status="on_hold", **dated(45))
    builders.recommendation(strand, ref="R4")
    builders.recommendation(strand, ref="R5", original_due=today)
    key = {"evaluation": evaluation, "recommendation": one}
    actions = [
        Action.objects.create(text=text, position=place, **fields, **key)
        for place, (text, fields) in enumerate(
            [("Ask", dated(-1)), ("Gone", dated(2)), ("Pay", {}), ("Tell", dated(60, first=10))]
        )
    ]
    actions[1].removed_at = timezone.now()
    actions[1].save()
    for reason, step, old, new in (
        ("Board met late", None, one.original_due, today),
        ("Waiting for money", None, today, one.due),
        ("Nobody asked", actions[3], actions[3].original_due, actions[3].due),
    ):
        change = {"action": step, "old_due": old, "new_due": new}
        DueDateChange.objects.create(reason=reason, by=cast.leigh, **change, **key)
    return evaluation


def recounted(evaluation):
    """Count by hand: ``({key: (due, days late)}, [keys without a date], [keys after the end])``."""
    today, dated, undated = timezone.localdate(), {}, []
    for row in Recommendation.objects.filter(evaluation=evaluation):
        steps = row.actions.filter(removed_at=None).order_by("position")
        for key, thing in [
            (row.ref, row),
            *((f"{row.ref} action {number}", step) for number, step in enumerate(steps, 1)),
        ]:
            if thing.due is None:
                undated.append(key)
                continue
            is_closed = thing.status in ("completed", "no_longer_applicable")
            late = today.toordinal() - thing.due.toordinal()
            dated[key] = (thing.due, 0 if is_closed or late < 0 else late)
    after = [key for key, (due, _) in dated.items() if due > evaluation.programme_ends]
    return dated, undated, after


def shown(page):
    """Return ``{key: [cell, ...]}`` of the table, in the order of the page."""
    return {
        row["data-item"]: [cell.words for cell in row.all("td")] for row in page.all("tr", data_item=True)
    }


def day(value):
    return f"{value.day} {value:%b %Y}"


def test_table_lists_and_chart_equal_a_naive_recount(lead, filled):
    page = Page(lead.get(TIMELINE))
    dated, undated, after = recounted(filled)

    rows = shown(page)
    told = {
        key: (
            cells[1].removesuffix(" after the end"),
            0 if cells[4] == "Not late" else int(cells[4].split()[0]),
        )
        for key, cells in rows.items()
    }
    assert told == {key: (day(due), late) for key, (due, late) in dated.items()}
    assert list(rows) == ["R2", "R1", "R1 action 1", "R1 action 3", "R3"]
    assert [item["data-item"] for item in page.one("ul", data_undated=True).all("li")] == undated
    found = [item.one("span", class_="rid").words for item in page.one("ul", data_after_end=True).all("li")]
    assert sorted(found) == sorted(after)
    assert [key for key, cells in rows.items() if "after the end" in cells[1]] == found
    closed = sum(row[3] in ("Completed", "No longer applicable") for row in rows.values())
    late = sum(late > 0 for _, late in dated.values())
    assert f"Of 5 due dates, {5 - closed} are open and {late} are late." in page.words
    figure = json.loads(page.one("script", id="chart-timeline").text)
    points = [
        key for trace in figure["data"] if trace["name"] in set(Standing) for key in trace["customdata"]
    ]
    assert sorted(points) == sorted(dated)


def test_a_row_says_why_its_date_moved_and_how_often(lead, filled):
    rows = shown(Page(lead.get(TIMELINE)))
    assert rows["R1"][2] == "Moved 2 times, last: “Waiting for money”"
    assert rows["R1 action 3"][2] == "“Nobody asked”"
    assert rows["R2"][2] == "Not moved"


def test_a_date_that_was_taken_away_is_told_beside_what_has_none(lead, filled):
    items = Page(lead.get(TIMELINE)).one("ul", data_undated=True)
    today = timezone.localdate()
    assert items.one("li", data_item="R5").words.endswith(f"first due {today.day} {today:%B %Y}")


def test_after_the_end_the_words_look_back(lead, filled):
    filled.programme_ends = timezone.localdate() - timedelta(days=2)
    filled.save()
    words = Page(lead.get(TIMELINE)).words
    assert "The programme ended on" in words and "remain open" in words
    assert "3 were due after that: say who takes on what is open." in words
    assert "time left" not in words and "The programme ends" not in words


def test_an_action_of_a_closed_recommendation_is_not_late_any_more(lead, filled):
    Recommendation.objects.filter(ref="R1").update(status="completed")
    cells = shown(Page(lead.get(TIMELINE)))["R1 action 1"]
    assert cells[3:] == ["Closed with R1", "Not late"]


def test_the_trackers_filters_narrow_the_timeline(lead, filled):
    page = Page(lead.get(f"{TIMELINE}?status=on_hold"))
    assert list(shown(page)) == ["R3"]
    assert page.links("Clear") == [TIMELINE]
    page = Page(lead.get(f"{TIMELINE}?status=no_longer_applicable"))
    assert "No recommendation matches" in page.words and not page.all(data_chart=True)


def test_on_the_2023_data_nothing_can_be_placed_and_the_lead_is_led_to_the_dates(legacy_cast):
    response = signed_in(legacy_cast.leigh).get(LEGACY)
    page = Page(response)
    assert "Nothing can be placed: no dates set" in page.words
    assert page.links("Set due dates") == ["/e/ssbc-legacy-2023/recommendations/?due=none"]
    assert not page.all(data_chart=True) and "charts.js" not in response.content.decode()
    dated, undated, _ = recounted(legacy_cast.evaluation)
    assert not dated
    assert [item["data-item"] for item in page.one("ul", data_undated=True).all("li")] == undated
    assert not Page(signed_in(legacy_cast.rowan).get(LEGACY)).links("Set due dates")


def test_an_empty_timeline_leads_evaluators_to_write(cast):
    page = Page(signed_in(cast.evelyn).get(TIMELINE))
    assert page.links("Write the first recommendation") == ["/e/practice/recommendations/new/"]


def test_many_dates_come_in_pages_and_the_chart_shows_those_of_the_page(lead, cast):
    for number in range(1, 53):
        day = timezone.localdate() + timedelta(days=number)
        builders.recommendation(cast.evaluation.strand, ref=f"R{number}", original_due=day, due=day)

    page = Page(lead.get(f"{TIMELINE}?page=2"))

    assert list(shown(page)) == ["R51", "R52"]
    assert "52 with a date, each recommendation with its actions" in page.words
    assert json.loads(page.one("script", id="chart-timeline").text)["data"][0]["y"] == ["R51", "R52"]

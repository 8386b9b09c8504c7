"""Changing several recommendations at once: shown row by row, done all or not at all, undone by content."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from evaluations.actions.bulk import change_several
from evaluations.actions.errors import NotAllowedNow
from evaluations.models import Action, DueDateChange, Owner, Recommendation, TrackerChange

from . import builders
from .assertions import marked, refused, shows
from .base import signed_in
from .pages import Page

E = "/e/practice/"
LIST = f"{E}recommendations/"
BULK = f"{LIST}bulk/"
LATER = timezone.localdate() + timedelta(days=90)


def in_words(day):
    return f"{day.day} {day:%B %Y}"


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


@pytest.fixture
def rows(strand):
    """R1 without anything, R2 due on 1 May 2024 and owned, R3 in progress by its action."""
    hubs = Owner.objects.create(evaluation=strand.evaluation, name="Family hubs")
    day = date(2024, 5, 1)
    found = [
        builders.recommendation(strand, ref="R1", title="Pay parents"),
        builders.recommendation(strand, ref="R2", owner=hubs, due=day, original_due=day),
        builders.recommendation(strand, ref="R3", status="in_progress"),
    ]
    step(found[2], status="in_progress")
    return found


def step(row, **fields):
    return Action.objects.create(evaluation=row.evaluation, recommendation=row, text="A step", **fields)


def tick(browser, refs, what, *, query=""):
    """Tick rows in the tracker and press a button; return the answer."""
    page = Page(browser.get(f"{LIST}?{query}"))
    boxes = [page.one("tr", data_recommendation=ref).one("input", type="checkbox")["value"] for ref in refs]
    return browser.post(BULK, page.sends(BULK) | {"chosen": boxes, "what": what})


def fill(browser, response, changes, step="see"):
    """Send the form of an answer with other values; return the next answer."""
    return browser.post(BULK, Page(response).sends() | changes | {"step": step})


def ask(browser, refs, what, changes, **kwargs):
    """Tick rows and fill in what changes; return the page that shows what it comes to."""
    return fill(browser, tick(browser, refs, what, **kwargs), changes)


def change(browser, refs, what, changes, **kwargs):
    """Tick rows, fill in what changes, and confirm; return the answer."""
    return fill(browser, ask(browser, refs, what, changes, **kwargs), {}, "confirm")


def plan(response):
    return [line.words for line in Page(response).one("ul", class_="plan").all("li")]


def undo(browser, response=None):
    """Press the first Undo of the tracker, or of the page an answer leads to; return the page after."""
    page = Page(browser.get(response.url if response else LIST))
    button = next(form for form in page.all("form") if form.get("action", "").endswith("/undo/"))
    return Page(browser.post(button["action"], {}, follow=True))


def values(rows, *names):
    fresh = Recommendation.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    return list(fresh.values_list(*names, flat=len(names) == 1))


# What it shows first


def test_what_will_change_is_shown_row_by_row_and_nothing_is_changed_yet(lead, rows):
    response = ask(lead, ["R1", "R2"], "due", {"due": in_words(LATER), "due_reason": "The board met late"})

    assert plan(response) == [
        f"R1 Pay parents no date → becomes {in_words(LATER)}",
        f"R2 {rows[1].title} 1 May 2024 → becomes {in_words(LATER)}",
    ]
    assert "Because: The board met late" in Page(response).words
    assert values(rows, "due", "version") == [(None, 1), (date(2024, 5, 1), 1), (None, 1)]
    assert not TrackerChange.objects.exists()


def test_the_first_page_shows_what_they_have_now(lead, rows):
    assert plan(tick(lead, ["R2", "R1"], "owner")) == [
        "R1 Pay parents no owner",
        f"R2 {rows[1].title} Family hubs",
    ]


def test_what_stays_as_it_is_is_told_apart_and_left_alone(lead, rows):
    hubs = rows[1].owner
    response = ask(lead, ["R1", "R2"], "owner", {"owner": f"owner-{hubs.pk}"})

    assert plan(response)[1] == f"R2 {rows[1].title} Family hubs: stays as it is"
    assert "Change 1 recommendation" in Page(response).words
    fill(lead, response, {}, "confirm")
    assert values(rows, "version") == [2, 1, 1]
    assert list(TrackerChange.objects.get().after) == [str(rows[0].pk)]


def test_where_nothing_would_change_there_is_nothing_to_confirm(lead, rows):
    response = ask(lead, ["R1"], "priority", {"priority": ""})

    assert not Page(response).all("button", value="confirm")
    answer = lead.post(fill(lead, response, {}, "confirm").url)
    assert answer.status_code == 200
    assert not TrackerChange.objects.exists()


def test_what_was_entered_can_be_entered_anew(lead, rows):
    response = ask(lead, ["R1"], "due", {"due": in_words(LATER)})

    again = Page(fill(lead, response, {}, "again"))

    assert again.with_id("id_due")["value"] == in_words(LATER)
    assert not Page(response).all("input", id="id_due")


def test_ticking_nothing_or_something_unknown_leads_back_with_a_word(lead, rows, cast):
    foreign = builders.recommendation(builders.strand(builders.evaluation()))
    for sent in (
        {"what": "due"},
        {"what": "due", "chosen": ["x.1", "9" * 30 + ".1", "1", f"{foreign.pk}.1"]},
        {"what": "gravity", "chosen": f"{rows[0].pk}.1"},
        {"chosen": f"{rows[0].pk}.1"},
    ):
        response = lead.post(BULK, sent, follow=True)
        assert Page(response).notices == ["Tick at least one recommendation, then choose what to change."]


def test_what_belongs_to_another_evaluation_is_left_out(lead, rows):
    foreign = builders.recommendation(builders.strand(builders.evaluation()))
    sent = {"what": "priority", "priority": "high", "step": "confirm"}

    lead.post(BULK, sent | {"chosen": [f"{foreign.pk}.1", f"{rows[0].pk}.1"]})

    foreign.refresh_from_db()
    assert foreign.priority == ""
    assert values(rows, "priority") == ["high", "", ""]


# Each kind of change


@pytest.mark.parametrize(
    ("what", "changes", "field", "expected", "label"),
    [
        ("owner", {"owner": "new", "new_owner": "A team"}, "owner__name", "A team", "A team"),
        ("due", {"due": LATER.isoformat(), "due_reason": "x"}, "due", LATER, f"due {in_words(LATER)}"),
        ("status", {"status": "on_hold", "status_reason": "x"}, "status", "on_hold", "on hold"),
        ("priority", {"priority": "high"}, "priority", "high", "high priority"),
        ("funding", {"funding": "yes"}, "depends_on_funding", True, "depends on funding"),
    ],
)
def test_all_get_the_same_and_it_can_be_undone_right_after(lead, rows, what, changes, field, expected, label):
    fields = ("owner", "due", "original_due", "status", "status_reason", "priority", "depends_on_funding")
    before = values(rows, *fields, "status_set_by_hand")

    response = change(lead, ["R1", "R2", "R3"], what, changes)

    assert values(rows, field) == [expected] * 3
    assert shows(lead.get(response.url), f"Changed. R1, R2 and R3: {label}.")
    page = undo(lead, response)
    assert page.notices == [f"Undone: R1, R2 and R3: {label}."]
    assert values(rows, *fields, "status_set_by_hand") == before
    lines = [row.history.first() for row in rows]
    assert {line.history_change_reason for line in lines} == {f"Undone: R1, R2 and R3: {label}"}
    assert {line.history_user.username for line in lines} == {"leigh"}


def test_a_member_can_become_the_owner_and_a_known_name_is_one_owner(lead, cast, rows):
    change(lead, ["R1"], "owner", {"owner": f"member-{cast.rowan.pk}"})
    response = ask(lead, ["R2", "R3"], "owner", {"owner": "new", "new_owner": "FAMILY HUBS"})
    assert plan(response)[0].endswith("Family hubs: stays as it is")
    fill(lead, response, {}, "confirm")

    assert values(rows, "owner__name") == ["Rowan", "Family hubs", "Family hubs"]
    assert Owner.objects.count() == 2


def test_owner_and_date_can_be_taken_away(lead, rows):
    change(lead, ["R2"], "owner", {"owner": ""})
    change(lead, ["R2"], "due", {"due": "", "due_reason": "Given up"})

    assert values(rows, "owner", "due", "original_due")[1] == (None, None, date(2024, 5, 1))


@pytest.mark.parametrize(
    ("refs", "what", "changes", "field", "message"),
    [
        (["R1", "R2"], "due", {"due": LATER.isoformat()}, "id_due_reason", "it is moved for R2."),
        (["R1"], "due", {"due": "1 May 2024"}, "id_due", "That day has passed."),
        (["R1"], "due", {"due": "soon"}, "id_due", "Write the date as day, month and year"),
        (["R1"], "status", {"status": ""}, "id_status", "Choose a status."),
        (["R1"], "status", {"status": "on_hold"}, "id_status_reason", "Say what it waits for."),
        (
            ["R1", "R3"],
            "status",
            {"status": "completed"},
            "id_status_reason",
            "The actions of R3 say something else. Say why the status differs.",
        ),
        (["R1"], "owner", {"owner": "new"}, "id_new_owner", "Give the name of the person or team."),
        (["R1"], "funding", {}, "id_funding_0", "Choose one of the two."),
    ],
)
def test_what_is_missing_is_asked_for_at_its_field(lead, rows, refs, what, changes, field, message):
    response = ask(lead, refs, what, changes)

    page = refused(response, field, message)
    assert page.sends()["chosen"], "the rows stay ticked"
    assert not TrackerChange.objects.exists()


def test_a_first_date_that_has_passed_is_taken_when_it_is_meant(lead, rows):
    change(lead, ["R1"], "due", {"due": "1 May 2024", "past_due": "on"})

    assert values(rows, "due", "original_due")[0] == (date(2024, 5, 1), date(2024, 5, 1))


def test_a_status_that_the_actions_say_too_keeps_no_reason_and_follows_them(lead, rows):
    response = ask(lead, ["R1", "R3"], "status", {"status": "in_progress", "status_reason": "They met"})

    assert plan(response)[0].endswith("In progress (“They met”)")
    assert plan(response)[1].endswith("In progress: stays as it is")
    fill(lead, response, {}, "confirm")
    assert values(rows, "status_reason", "status_set_by_hand")[::2] == [("They met", False), ("", False)]


def test_a_moved_date_is_recorded_with_its_reason(lead, rows):
    change(lead, ["R1", "R2"], "due", {"due": LATER.isoformat(), "due_reason": "The board met late"})

    moved = DueDateChange.objects.get()
    assert (moved.recommendation, moved.old_due, moved.new_due) == (rows[1], date(2024, 5, 1), LATER)
    assert (moved.reason, moved.by.username) == ("The board met late", "leigh")


# All or nothing


def test_when_one_cannot_be_changed_none_is(cast, rows):
    seen = {row.pk: 1 for row in rows}

    with pytest.raises(NotAllowedNow, match=r"R2: Say why the due date changes\."):
        change_several(
            evaluation=cast.evaluation, seen=seen, changes={"due": LATER}, label="due", by=cast.leigh
        )

    assert values(rows, "version") == [1, 1, 1]
    assert not TrackerChange.objects.exists()


def test_one_that_somebody_changed_meanwhile_is_named_and_nothing_is_done_until_confirmed_again(lead, rows):
    response = ask(lead, ["R1", "R2"], "priority", {"priority": "high"})
    Recommendation.objects.filter(ref="R2").update(priority="low", version=2)

    answer = fill(lead, response, {}, "confirm")

    assert answer.status_code == 409
    assert "R2 changed since you ticked it, and nothing was done." in Page(answer).words
    assert plan(answer)[1] == f"R2 {rows[1].title} low priority → becomes high priority"
    assert values(rows, "priority") == ["", "low", ""]
    fill(lead, answer, {}, "confirm")
    assert values(rows, "priority") == ["high", "high", ""]


def test_one_that_changed_before_it_is_shown_is_named_too(lead, rows):
    page = Page(lead.get(LIST))
    box = page.one("tr", data_recommendation="R1").one("input", type="checkbox")["value"]
    Recommendation.objects.filter(ref="R1").update(version=2)

    response = lead.post(BULK, {"chosen": box, "what": "owner"})

    assert response.status_code == 200
    assert "R1 changed since you ticked it" in Page(response).words


# Undoing


def test_undoing_a_first_date_leaves_none_and_undoing_a_move_says_so(lead, rows):
    response = change(lead, ["R1", "R2"], "due", {"due": LATER.isoformat(), "due_reason": "Late"})

    undo(lead, response)

    assert values(rows, "due", "original_due")[:2] == [(None, None), (date(2024, 5, 1), date(2024, 5, 1))]
    back = DueDateChange.objects.first()
    assert (back.recommendation, back.old_due, back.new_due) == (rows[1], LATER, date(2024, 5, 1))
    assert back.reason == f"Undone: R1 and R2: due {in_words(LATER)}"


def test_what_somebody_changed_since_is_not_undone_and_they_are_named(lead, rows):
    response = change(lead, ["R1", "R2"], "priority", {"priority": "high"})
    page = Page(lead.get(response.url))
    address = next(form["action"] for form in page.all("form") if form.get("action", "").endswith("/undo/"))
    Recommendation.objects.filter(ref="R2").update(priority="low", version=3)

    assert not [form for form in Page(lead.get(LIST)).all("form") if "/undo/" in form.get("action", "")]
    assert "Changed again since" in Page(lead.get(LIST)).words
    (notice,) = Page(lead.post(address, follow=True)).notices
    assert notice.startswith("R2 was changed again since, so this cannot be undone as a whole.")
    assert values(rows, "priority") == ["high", "low", ""]


def test_what_somebody_changed_elsewhere_in_them_stays_and_the_change_is_undone(lead, rows):
    response = change(lead, ["R1", "R2"], "priority", {"priority": "high"})
    change(lead, ["R1"], "funding", {"funding": "yes"})

    undo(lead, response)

    assert values(rows, "priority", "depends_on_funding")[:2] == [("", True), ("", False)]


def test_a_change_is_undone_once(lead, rows):
    response = change(lead, ["R1"], "priority", {"priority": "high"})
    page = undo(lead, response)
    assert "Undone on" in page.with_id("h-changes").parent.parent.words
    address = f"{BULK}{TrackerChange.objects.get().pk}/undo/"

    assert Page(lead.post(address, follow=True)).notices == ["This change was undone already."]


def test_an_owner_that_was_removed_since_cannot_be_given_back(lead, rows):
    response = change(lead, ["R2"], "owner", {"owner": ""})
    Owner.objects.all().delete()

    assert undo(lead, response).notices == [
        "An owner from before was removed since, so this cannot be undone."
    ]
    assert values(rows, "owner") == [None, None, None]


def test_an_undone_status_follows_its_actions_as_they_are_then(lead, rows):
    response = change(lead, ["R1", "R3"], "status", {"status": "on_hold", "status_reason": "Money"})
    Action.objects.update(status="completed")

    undo(lead, response)

    assert values(rows, "status", "status_set_by_hand")[::2] == [("not_started", False), ("completed", False)]


def test_recent_changes_are_for_who_tracks_newest_first(lead, reviewer, evaluator, rows):
    for priority in ("high", "low"):
        change(lead, ["R1"], "priority", {"priority": priority})

    section = Page(lead.get(LIST)).with_id("h-changes").parent.parent
    assert [line.one("p").words.split(" Leigh")[0] for line in section.all("li")] == [
        "R1: low priority",
        "R1: high priority",
    ]
    for browser in (reviewer, evaluator):
        assert "Recent changes" not in Page(browser.get(LIST)).words


def test_many_rows_and_a_long_name_fit_into_the_label(lead, strand):
    refs = [f"R{number}" for number in range(1, 9)]
    for ref in refs:
        builders.recommendation(strand, ref=ref)

    change(lead, refs, "owner", {"owner": "new", "new_owner": "x" * 160})

    label = TrackerChange.objects.get().label
    assert label.startswith("R1, R2, R3, R4, R5 and 3 more: xxx")
    assert len(label) <= 200


# Where one was


def test_the_filters_are_kept_on_the_way(lead, rows):
    query = "q=parents&sort=-ref"
    response = tick(lead, ["R1"], "priority", query=query)
    assert Page(response).links("Cancel") == [f"{LIST}?{query}"]

    done = fill(lead, fill(lead, response, {"priority": "high"}), {}, "confirm")

    assert done.url.startswith(f"{LIST}?{query}&done=")
    assert [row["data-recommendation"] for row in marked(lead.get(done.url), "data-recommendation")] == ["R1"]


@pytest.mark.parametrize("back", ["\r\nSet-Cookie: x=1", "//evil.example", "http://evil.example/?a=b"])
def test_the_way_back_leads_nowhere_else(lead, rows, back):
    response = lead.post(BULK, {"back": back})

    assert response.url.startswith(f"{LIST}?")
    assert "\n" not in response.url

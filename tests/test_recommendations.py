"""Recommendations: the tracker, the evaluators' part, and how the lead moves them on."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from evaluations.models import (
    DueDateChange,
    Owner,
    ProgressUpdate,
    Recommendation,
    Status,
)

from . import builders
from .assertions import marked, refused, shows
from .base import person, signed_in
from .pages import Page, fill_in

E = "/e/practice/"
LIST = f"{E}recommendations/"
TODAY = timezone.localdate


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def reviewer(cast):
    return signed_in(cast.rowan)


@pytest.fixture
def strand(cast):
    return cast.evaluation.strand


@pytest.fixture
def added(strand):
    return builders.recommendation(strand, ref="R7", title="Give parents a vote")


@pytest.fixture
def committed(strand):
    return builders.recommendation(strand, ref="R1", source="committed", title="Write the toolkit")


def page_of(row):
    return f"{LIST}{row.ref}/"


def move(browser, row, what, changes):
    """Fill in one of the forms on a recommendation's page: respond, track, updates/new, barriers/link."""
    return fill_in(browser, page_of(row), changes, action=f"{page_of(row)}{what}/")


def listed(response):
    """Return the refs on a page of the tracker, in order."""
    return [row["data-recommendation"] for row in marked(response, "data-recommendation")]


def facts(page):
    """Return the facts of a recommendation's page: ``{"Owner": "No owner yet", ...}``."""
    pairs = page.one("dl", class_="facts").all("div")
    return {pair.one("dt").words: pair.one("dd").words for pair in pairs}


# The tracker


def test_an_empty_tracker_leads_evaluators_to_write_and_others_are_told_to_wait(evaluator, reviewer):
    assert Page(evaluator.get(LIST)).links("Write the first recommendation") == [f"{LIST}new/"]
    page = Page(reviewer.get(LIST))
    assert "The evaluators have not written any yet." in page.words
    assert not page.links("Write")


def test_recommendations_stand_by_status_and_then_by_the_number_in_their_reference(reviewer, strand):
    for ref, status in (
        ("R10", "not_started"),
        ("R3", "completed"),
        ("R2", "not_started"),
        ("R5", "in_progress"),
        ("R4", "on_hold"),
        ("R1", "no_longer_applicable"),
    ):
        builders.recommendation(strand, ref=ref, status=status)

    response = reviewer.get(LIST)

    assert listed(response) == ["R2", "R10", "R5", "R4", "R3", "R1"]
    groups = [group.one("th").words for group in Page(response).all("tr", class_="grp")]
    assert groups == [
        "Not started 2",
        "In progress 1",
        "On hold 1",
        "Completed 1",
        "No longer applicable 1",
    ]


def test_a_status_without_a_recommendation_says_none_unless_the_list_is_narrowed(reviewer, added):
    def groups(query):
        return [row.one("th").words for row in Page(reviewer.get(LIST + query)).all("tr", class_="grp")]

    assert groups("")[1:] == [
        "In progress none",
        "On hold none",
        "Completed none",
        "No longer applicable none",
    ]
    assert groups("?source=added") == ["Not started 1"]


def test_a_row_says_what_where_from_whose_and_by_when(reviewer, strand, committed):
    owner = Owner.objects.create(evaluation=strand.evaluation, name="Family hubs")
    builders.recommendation(
        strand,
        ref="R6",
        title="Leave room",
        adds_to=committed,
        owner=owner,
        original_due=date(2090, 1, 31),
        due=date(2090, 1, 31),
    )

    page = Page(reviewer.get(LIST))

    row = page.one("tr", data_recommendation="R6")
    assert row.one("th").words == "R6 Leave room Added by the evaluators adds to R1 Coproduction"
    cells = [cell.words for cell in row.all("td")]
    assert cells == [
        "Condition Power dynamics",
        "Response None yet",
        "Owner Family hubs no account",
        "Due 31 Jan 2090",
        "Last update No update yet",
    ]
    first = page.one("tr", data_recommendation="R1")
    assert first.one("th").words == "R1 Write the toolkit Committed by A programme Coproduction"
    assert "Committed" in [cell.words.removeprefix("Response ") for cell in first.all("td")]


def test_what_is_late_says_by_how_many_days_and_what_is_done_is_not_late(reviewer, strand):
    for ref, status, days in (("R1", "on_hold", 2), ("R2", "completed", 9), ("R3", "not_started", 0)):
        day = TODAY() - timedelta(days=days)
        builders.recommendation(strand, ref=ref, status=status, original_due=day, due=day)

    page = Page(reviewer.get(LIST))

    late = [mark.words for mark in page.all("span", class_="over")]
    assert late == ["Overdue by 2 days"]
    assert listed(reviewer.get(f"{LIST}?due=overdue")) == ["R1"]


@pytest.fixture
def many(cast, strand):
    """Seven recommendations that differ in everything the tracker counts and filters."""
    food = builders.strand(strand.evaluation, slug="food", name="Food", position=3)
    own = Owner.objects.create(evaluation=strand.evaluation, name="Leigh", user=cast.leigh)
    team = Owner.objects.create(evaluation=strand.evaluation, name="Family hubs")
    cast.evaluation.programme_ends = TODAY() + timedelta(days=60)
    cast.evaluation.save()

    def due(days):
        return {"due": TODAY() + timedelta(days=days), "original_due": TODAY() + timedelta(days=days)}

    rows = {
        "R1": {"source": "committed", "status": "completed", "owner": team, **due(-10)},
        "R2": {"source": "committed", "status": "in_progress", "owner": own, **due(-1)},
        "R3": {"response": "accepted", "status": "not_started", "condition": "policies", **due(30)},
        "R4": {"response": "partly_accepted", "response_reason": "x", "status": "completed", "strand": food},
        "R5": {"response": "not_accepted", "response_reason": "x", "status": "no_longer_applicable"},
        "R6": {"status": "on_hold", **due(61)},
        "R7": {"source": "committed", "status": "on_hold", "owner": team},
    }
    for ref, fields in rows.items():
        builders.recommendation(fields.pop("strand", strand), ref=ref, **fields)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("source=committed", ["R2", "R7", "R1"]),
        ("source=added", ["R3", "R6", "R4", "R5"]),
        ("condition=policies", ["R3"]),
        ("status=completed", ["R1", "R4"]),
        ("strand=food", ["R4"]),
        ("owner=me", ["R2"]),
        ("owner=none", ["R3", "R6"]),
        ("due=overdue", ["R2"]),
        ("due=soon", ["R3"]),
        ("due=after_end", ["R6"]),
        ("due=none", ["R7"]),
        ("source=added&status=completed", ["R4"]),
        ("source=committed&owner=none", []),
    ],
)
def test_filters_narrow_the_tracker_together(lead, many, query, expected):
    response = lead.get(f"{LIST}?{query}")

    assert listed(response) == expected
    if not expected:
        assert Page(response).links("Show all recommendations") == [LIST]


def test_the_tracker_can_be_narrowed_to_one_owner(reviewer, many):
    owner = Owner.objects.get(name="Family hubs")

    assert listed(reviewer.get(f"{LIST}?owner={owner.pk}")) == ["R7", "R1"]
    assert listed(reviewer.get(f"{LIST}?owner=me")) == []


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("source", "Source"),
        ("condition", "Condition"),
        ("status", "Status"),
        ("due", "Due"),
        ("strand", "Strand"),
        ("owner", "Owner"),
    ],
)
def test_a_filter_that_is_not_known_is_named_and_left_out(reviewer, added, name, label):
    response = reviewer.get(LIST, {name: "gravity"})

    message = "Select a valid choice. gravity is not one of the available choices."
    assert Page(response).summary == [(f"id_{name}", f"{label}: {message}")]
    assert listed(response) == ["R7"]


def test_the_headline_figures_count_what_the_rows_show(reviewer, many):
    page = Page(reviewer.get(LIST))

    heads = [item.words for item in page.one("ul", class_="heads").all("li")]
    assert [head.split(" of those")[0].split(" completed,")[0].split(" open,")[0] for head in heads] == [
        "2 of 4 accepted",
        "2 of 5 implemented",
        "1 overdue",
        "1 due soon",
        "1 no date",
        "2 no owner",
        "0 stuck",
        "0 depend on funding",
    ]
    assert "7 recommendations: 3 that A programme committed to, 4 that the evaluators added." in page.words


def test_the_headline_figures_do_not_change_with_the_filters(reviewer, many):
    def heads(query):
        return Page(reviewer.get(LIST + query)).one("ul", class_="heads").words

    assert heads("?status=completed") == heads("")


def test_before_its_end_the_programme_says_when_it_ends_and_without_a_date_that_there_is_none(
    reviewer, cast, added
):
    assert "1 open ; no programme end date is set" in Page(reviewer.get(LIST)).words
    ends = TODAY() + timedelta(days=1)
    cast.evaluation.programme_ends = ends
    cast.evaluation.save()
    assert f"1 open ; programme ends on {ends.day} {ends:%B %Y}" in Page(reviewer.get(LIST)).words


def test_the_tracker_goes_on_after_fifty(reviewer, strand):
    for number in range(1, 54):
        builders.recommendation(strand, ref=f"R{number}")

    assert listed(reviewer.get(LIST)) == [f"R{number}" for number in range(1, 51)]
    assert listed(reviewer.get(f"{LIST}?page=2")) == ["R51", "R52", "R53"]


# The evaluators' part


def test_an_evaluator_writes_a_recommendation(evaluator, strand, committed):
    address = f"{LIST}new/"
    assert Page(evaluator.get(address)).sends()["ref"] == "R2", "the next free reference"
    changes = {
        "strand": strand.pk,
        "title": "Give parents a vote",
        "text": "On every board.",
        "condition": "power",
        "adds_to": committed.pk,
        "priority": "high",
    }

    response = fill_in(evaluator, address, changes)

    assert response.url == f"{LIST}R2/"
    row = Recommendation.objects.get(ref="R2")
    assert (row.title, row.text, row.condition) == ("Give parents a vote", "On every board.", "power")
    assert (row.source, row.adds_to, row.priority) == ("added", committed, "high")
    assert (row.status, row.response, row.owner, row.due) == ("not_started", "none", None, None)


@pytest.mark.parametrize("ref", ["r7", "7", "R", "NEW", "R-7", "R7 "])
def test_a_reference_is_capital_letters_and_a_number(evaluator, strand, ref):
    changes = {"ref": ref, "strand": strand.pk, "title": "x", "condition": "power"}

    response = fill_in(evaluator, f"{LIST}new/", changes)

    if ref.strip() == "R7":
        assert response.url == f"{LIST}R7/"
    else:
        refused(response, "id_ref", "Use capital letters and then a number, for example R1.")


def test_a_reference_is_given_once_in_an_evaluation(evaluator, strand, added):
    changes = {"ref": "R7", "strand": strand.pk, "title": "Another", "condition": "power"}

    response = fill_in(evaluator, f"{LIST}new/", changes)

    page = refused(response, "id_ref", "already has that code or name")
    assert page.sends()["title"] == "Another"


def test_an_evaluator_edits_the_words_and_not_the_tracking(evaluator, added):
    sent = Page(evaluator.get(f"{page_of(added)}edit/")).sends()
    assert set(sent) == {
        "ref",
        "strand",
        "title",
        "text",
        "condition",
        "source",
        "adds_to",
        "priority",
        "row",
        "version",
    }

    extra = {"title": "Give every parent a vote", "status": "completed", "response": "accepted"}
    fill_in(evaluator, f"{page_of(added)}edit/", extra)

    added.refresh_from_db()
    assert (added.title, added.version) == ("Give every parent a vote", 2)
    assert (added.status, added.response) == ("not_started", "none")


def test_a_recommendation_does_not_offer_to_add_to_itself(evaluator, added, committed):
    options = Page(evaluator.get(f"{page_of(added)}edit/")).with_id("id_adds_to").all("option")

    assert [option["value"] for option in options] == ["", str(committed.pk)]


def test_one_that_has_a_response_was_added_and_stays_so(evaluator, added):
    added.response = "accepted"
    added.save()

    response = fill_in(evaluator, f"{page_of(added)}edit/", {"source": "committed"})

    refused(response, "id_source_0", "It has a response already, so it was added by the evaluators.")


# Who sees which form


def test_the_lead_has_the_forms_that_move_it_on_and_the_evaluator_those_that_word_it(
    lead, evaluator, reviewer, added
):
    def forms(browser):
        page = Page(browser.get(page_of(added)))
        actions = [form["action"] for form in page.one("main").all("form", method="post")]
        return [action.removeprefix(page_of(added)) for action in actions], page.links("Edit")

    assert forms(lead) == (["respond/", "track/", "updates/new/", "barriers/link/"], [])
    assert forms(evaluator) == (["barriers/link/"], [f"{page_of(added)}edit/"])
    assert forms(reviewer) == ([], [])


# The response


def test_accepting_needs_no_reason(lead, cast, added):
    move(lead, added, "respond", {"response": "accepted"})

    added.refresh_from_db()
    assert (added.response, added.response_reason) == ("accepted", "")
    assert (added.responded_by, added.responded_on) == (cast.leigh, TODAY())
    day = f"{TODAY().day} {TODAY():%B %Y}"
    assert facts(Page(lead.get(page_of(added))))["Response"] == f"Accepted, {day} by Leigh"


@pytest.mark.parametrize("response", ["partly_accepted", "not_accepted"])
def test_anything_less_than_accepting_needs_a_reason(lead, added, response):
    answer = move(lead, added, "respond", {"response": response})

    page = refused(answer, "response-response_reason", "Say why, in a sentence the evaluators can read.")
    assert page.sends(f"{page_of(added)}respond/")["response"] == response
    assert facts(page)["Response"] == "None yet", "what was not saved is not shown as if it were"

    move(lead, added, "respond", {"response": response, "response_reason": "No money"})
    added.refresh_from_db()
    assert (added.response, added.response_reason) == (response, "No money")
    assert "Reason for the response: No money" in Page(lead.get(page_of(added))).words


def test_a_response_can_be_taken_back(lead, added):
    move(lead, added, "respond", {"response": "accepted"})

    move(lead, added, "respond", {"response": "none"})

    added.refresh_from_db()
    assert (added.response, added.responded_by, added.responded_on) == ("none", None, None)


def test_what_the_programme_committed_to_needs_no_response(lead, committed):
    page = Page(lead.get(page_of(committed)))
    assert facts(page)["Response"] == "Committed: none needed"
    assert not page.all("form", action=f"{page_of(committed)}respond/")

    response = lead.post(f"{page_of(committed)}respond/", {"response": "accepted", "version": 1})

    assert shows(response, "The programme committed to this one, so it needs no response.")
    committed.refresh_from_db()
    assert committed.response == "none"


# Status, owner, dates


def test_the_lead_sets_status_date_and_what_comes_after(lead, added):
    changes = {
        "status": "in_progress",
        "due": "31 March 2025",
        "past_due": "on",
        "taken_on_by": "The ICB",
        "depends_on_funding": "on",
    }

    response = move(lead, added, "track", changes)

    assert response.url == page_of(added)
    found = facts(Page(lead.get(page_of(added))))
    assert found["Due"] == "31 March 2025"
    assert found["Funding"] == "Depends on funding"
    assert found["Taken on after the end by"] == "The ICB"
    assert marked(lead.get(page_of(added)), "data-status")[0]["data-status"] == "in_progress"


@pytest.mark.parametrize("status", Status.values)
def test_every_status_can_be_chosen(lead, added, status):
    move(lead, added, "track", {"status": status, "status_reason": "As the board said"})

    added.refresh_from_db()
    assert (added.status, added.status_reason) == (status, "As the board said")


def test_an_owner_who_is_there_already_can_be_chosen_and_taken_away(lead, added):
    owner = Owner.objects.create(evaluation=added.evaluation, name="Family hubs")

    move(lead, added, "track", {"owner": f"owner-{owner.pk}"})
    added.refresh_from_db()
    assert added.owner == owner

    move(lead, added, "track", {"owner": ""})
    added.refresh_from_db()
    assert added.owner is None


def test_a_member_can_be_chosen_and_then_finds_what_they_own(lead, reviewer, cast, added):
    move(lead, added, "track", {"owner": f"member-{cast.rowan.pk}"})

    added.refresh_from_db()
    assert (added.owner.name, added.owner.user) == ("Rowan", cast.rowan)
    assert listed(reviewer.get(f"{LIST}?owner=me")) == ["R7"]
    names = [option.words for option in Page(lead.get(page_of(added))).with_id("track-owner").all("option")]
    assert names.count("Rowan") == 1


def test_somebody_without_an_account_can_be_named_once(lead, strand, added):
    other = builders.recommendation(strand, ref="R8")

    move(lead, added, "track", {"owner": "new", "new_owner": "Family hubs"})
    move(lead, other, "track", {"owner": "new", "new_owner": "FAMILY HUBS"})

    owner = Owner.objects.get()
    assert (owner.name, owner.user) == ("Family hubs", None)
    assert {row.owner for row in Recommendation.objects.all()} == {owner}


def test_two_members_of_the_same_name_are_two_owners(lead, cast, strand, added):
    for username in ("kim1", "kim2"):
        user = person(username, first_name="Kim", last_name="Lee")
        builders.member(cast.evaluation, user, "reviewer")
        row = builders.recommendation(strand, ref=f"K{username[-1]}")
        move(lead, row, "track", {"owner": f"member-{user.pk}"})
        row.refresh_from_db()
        assert row.owner.user == user

    assert set(Owner.objects.values_list("name", flat=True)) == {"Kim Lee", "kim2 (Kim Lee)"}


def test_a_member_with_a_very_long_name_can_own_too(lead, cast, added):
    user = person("long", first_name="A" * 150, last_name="B" * 150)
    builders.member(cast.evaluation, user, "reviewer")

    move(lead, added, "track", {"owner": f"member-{user.pk}"})

    added.refresh_from_db()
    assert added.owner.user == user


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"owner": "new"}, "track-new_owner", "Give the name of the person or team."),
        ({"new_owner": "Family hubs"}, "track-owner", "Choose “Somebody else” to use the name beside"),
    ],
)
def test_a_new_owner_is_both_chosen_and_named(lead, added, changes, field, message):
    page = refused(move(lead, added, "track", changes), field, message)

    assert page.sends(f"{page_of(added)}track/") | changes == page.sends(f"{page_of(added)}track/")
    assert not Owner.objects.exists()


@pytest.fixture
def dated(lead, added):
    """The recommendation, due on 31 March 2025."""
    move(lead, added, "track", {"due": "31 March 2025", "past_due": "on"})
    return added


def test_the_first_due_date_needs_no_reason_and_is_kept(dated):
    dated.refresh_from_db()

    assert (dated.original_due, dated.due) == (date(2025, 3, 31), date(2025, 3, 31))
    assert not DueDateChange.objects.exists()


def test_a_later_date_needs_a_reason(lead, dated):
    response = move(lead, dated, "track", {"due": "30 June 2025"})

    page = refused(response, "track-due_reason", "Say why the date changes.")
    assert page.sends(f"{page_of(dated)}track/")["due"] == "30 June 2025"
    assert facts(page)["Due"] == "31 March 2025"


def test_a_date_that_moved_shows_the_first_one_and_the_reason(lead, cast, dated):
    for day, reason in (("30 June 2025", "Staff left"), ("31 July 2025", "Still nobody"), ("", "Given up")):
        move(lead, dated, "track", {"due": day, "due_reason": reason})

    dated.refresh_from_db()
    assert (dated.original_due, dated.due) == (date(2025, 3, 31), None)
    page = Page(lead.get(page_of(dated)))
    assert facts(page)["Due"] == "First due 31 March 2025 No date set"
    today = f"{TODAY().day} {TODAY():%B %Y}"
    assert [line.words for line in page.with_id("h-dates").parent.all("li")] == [
        f"31 July 2025 no date “Given up” Leigh, {today}",
        f"30 June 2025 31 July 2025 “Still nobody” Leigh, {today}",
        f"31 March 2025 30 June 2025 “Staff left” Leigh, {today}",
    ]
    assert "Moved: “Given up”" in Page(lead.get(LIST)).words


def test_saving_something_else_leaves_the_date_alone(lead, dated):
    move(lead, dated, "track", {"status": "in_progress", "due_reason": ""})

    dated.refresh_from_db()
    assert (dated.status, dated.due) == ("in_progress", date(2025, 3, 31))
    assert not DueDateChange.objects.exists()


# Progress notes


def test_a_progress_note_is_dated_signed_and_shown_newest_first(lead, cast, added):
    move(lead, added, "updates/new", {"date": "1 May 2024", "note": "Started"})
    move(
        lead,
        added,
        "updates/new",
        {"date": "14/05/2024", "note": "Half way", "evidence_link": "https://example.org/minutes"},
    )

    section = Page(lead.get(page_of(added))).with_id("h-progress").parent.parent
    notes = [item.words for item in section.one("ol").all("li")]
    assert notes == [
        "14 May 2024 Half way Evidence: https://example.org/minutes Leigh · Correct this note of 14 May 2024",
        "1 May 2024 Started Leigh · Correct this note of 1 May 2024",
    ]
    assert "Last update 14 May 2024" in Page(lead.get(LIST)).one("tr", data_recommendation="R7").words


def test_a_note_starts_with_today(lead, added):
    sent = Page(lead.get(page_of(added))).sends(f"{page_of(added)}updates/new/")

    assert sent["date"] == f"{TODAY().day} {TODAY():%B %Y}"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"note": " \n "}, "note", "Say what happened."),
        ({"date": "1 May 2199"}, "date", "This date is still to come."),
        ({"date": "soon"}, "date", "Write the date as day, month and year"),
        ({"evidence_link": "javascript:alert(1)"}, "evidence_link", "Enter a valid URL."),
    ],
)
def test_a_note_says_what_happened_and_when(lead, added, changes, field, message):
    response = move(lead, added, "updates/new", {"note": "Started"} | changes)

    refused(response, f"update-{field}", message)
    assert not ProgressUpdate.objects.exists()


def test_notes_are_added_to_and_no_page_changes_or_removes_one(lead, evaluator, added):
    move(lead, added, "updates/new", {"note": "Started"})

    for browser in (lead, evaluator):
        section = Page(browser.get(page_of(added))).with_id("h-progress").parent.parent
        (note,) = section.one("ol").all("li")
        assert not note.all("form")
        assert all("?corrects=" in link["href"] for link in note.all("a"))


# Barriers


def test_a_barrier_is_linked_shown_and_unlinked(lead, strand, added):
    barrier = builders.finding(strand, text="Parents have no vote", condition="power")

    move(lead, added, "barriers/link", {"finding": barrier.pk})

    page = Page(lead.get(page_of(added)))
    (row,) = page.with_id("h-barriers").parent.parent.all("li")
    assert "Parents have no vote Power dynamics" in row.words
    assert page.links("Parents have no vote") == [f"{E}findings/{barrier.pk}/"]
    choices = [option["value"] for option in page.with_id("barrier-finding").all("option")]
    assert choices == [""], "it is not offered again"

    move(lead, added, f"barriers/{barrier.pk}/unlink", {})

    assert not added.barriers.exists()
    assert "No links recorded yet." in Page(lead.get(page_of(added))).words


def test_only_barriers_of_the_same_strand_that_the_person_sees_are_offered(lead, evaluator, strand, added):
    ready = builders.finding(strand)
    draft = builders.finding(strand, status="draft")
    builders.finding(strand, kind="achievement")
    builders.finding(builders.strand(strand.evaluation))

    def offered(browser):
        options = Page(browser.get(page_of(added))).with_id("barrier-finding").all("option")
        return {option["value"] for option in options}

    assert offered(lead) == {"", str(ready.pk)}
    assert offered(evaluator) == {"", str(ready.pk), str(draft.pk)}


def test_linking_nothing_asks_for_a_choice(lead, added):
    refused(move(lead, added, "barriers/link", {}), "barrier-finding", "Choose a barrier.")


def test_a_draft_that_an_evaluator_linked_is_not_shown_to_the_lead(lead, evaluator, strand, added):
    draft = builders.finding(strand, status="draft", text="Nobody may know yet")
    move(evaluator, added, "barriers/link", {"finding": draft.pk})

    assert shows(evaluator.get(page_of(added)), "Nobody may know yet")
    assert not shows(lead.get(page_of(added)), "Nobody may know yet")


# One recommendation


def test_a_commitment_shows_what_the_evaluators_add_to_it(reviewer, strand, committed):
    builders.recommendation(strand, ref="R6", title="Leave room", adds_to=committed)

    panel = Page(reviewer.get(page_of(committed))).with_id("h-additions").parent

    assert panel.one("li").words == "R6 Leave room"
    assert panel.one("a")["href"] == f"{LIST}R6/"


def test_what_was_typed_is_shown_escaped(lead, evaluator, added):
    hostile = "<script>alert(1)</script>{% load x %}'; DROP TABLE evaluations_finding; --"
    fill_in(evaluator, f"{page_of(added)}edit/", {"title": hostile, "text": hostile})
    move(lead, added, "respond", {"response": "not_accepted", "response_reason": hostile})
    move(lead, added, "track", {"owner": "new", "new_owner": hostile, "taken_on_by": hostile})
    move(lead, added, "updates/new", {"note": hostile})

    for address in (page_of(added), LIST):
        response = lead.get(address)
        assert shows(response, hostile), address
        assert "<script>alert" not in response.content.decode(), address


# A draft is nobody's business but the evaluators'


@pytest.mark.parametrize("what", ["Linked", "Unlinked"])
def test_only_evaluators_learn_from_the_history_that_a_draft_was_linked(
    evaluator, reviewer, lead, strand, added, what
):
    barrier = builders.finding(strand, status="draft")
    evaluator.post(f"{page_of(added)}barriers/link/", {"finding": barrier.pk})
    if what == "Unlinked":
        evaluator.post(f"{page_of(added)}barriers/{barrier.pk}/unlink/")

    assert shows(evaluator.get(page_of(added)), f"{what} a draft barrier")
    for reader in (reviewer, lead):
        assert not shows(reader.get(page_of(added)), "inked a ")


def test_everybody_sees_that_a_barrier_ready_to_share_was_linked(evaluator, reviewer, strand, added):
    evaluator.post(f"{page_of(added)}barriers/link/", {"finding": builders.finding(strand).pk})

    assert shows(reviewer.get(page_of(added)), "Linked a barrier")


def test_a_first_due_date_in_the_past_is_asked_about_and_taken_when_it_is_meant(lead, added):
    asked = move(lead, added, "track", {"due": "31 March 2025", "taken_on_by": "The ICB"})

    page = refused(asked, "track-due", "That day has passed.")
    again = page.sends(f"{page_of(added)}track/")
    assert (again["due"], again["taken_on_by"]) == ("31 March 2025", "The ICB")
    assert lead.post(f"{page_of(added)}track/", again | {"past_due": "on"}).status_code == 302
    added.refresh_from_db()
    assert added.original_due == date(2025, 3, 31)


def test_a_first_due_date_today_is_not_asked_about(lead, added):
    assert move(lead, added, "track", {"due": TODAY().isoformat()}).status_code == 302

"""The status board: what stands on it, and how the lead moves a card, says why, and takes it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations.models import ConflictingEdit, Owner, Recommendation, Status

from . import builders
from .assertions import marked, refused
from .base import signed_in
from .pages import Page, fill_in

LIST = "/e/practice/recommendations/"
BOARD = f"{LIST}board/"


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


@pytest.fixture
def reviewer(cast):
    return signed_in(cast.rowan)


@pytest.fixture
def strand(cast):
    return cast.evaluation.strand


@pytest.fixture
def row(strand):
    return builders.recommendation(strand, ref="R6", title="Give parents a vote")


def columns(page):
    """Return ``{status: (heading, [ref, ...])}`` of a board."""
    return {
        column["data-column"]: (
            column.one("h3").words,
            [card["data-recommendation"] for card in column.all("li", data_card=True)],
        )
        for column in page.all("section", data_column=True)
    }


def card(page, ref="R6"):
    return page.one("li", data_recommendation=ref)


def address(row):
    return f"{LIST}{row.ref}/move/"


def move(browser, row, status, **more):
    """Choose a status under a card and press Move; return the page that follows."""
    sent = Page(browser.get(BOARD)).sends(address(row)) | {"status": status} | more
    return browser.post(address(row), sent, follow=True)


def undo(browser, response):
    """Press Undo beside what was just moved; return the page that follows."""
    (form,) = Page(response).one("ul", class_="messages").all("form")
    sent = {
        field["name"]: field["value"] for field in form.all("input") if field["name"] != "csrfmiddlewaretoken"
    }
    return browser.post(form["action"], sent, follow=True)


def said(response):
    """Return what the board says was moved."""
    return [mark.words for mark in Page(response).all("span", data_said=True)]


def state(row):
    row = Recommendation.objects.get(pk=row.pk)
    return row.status, row.status_reason, row.status_set_by_hand


# What stands on it


def test_a_board_without_a_recommendation_leads_evaluators_to_write_and_others_are_told_to_wait(
    cast, reviewer
):
    page = Page(signed_in(cast.evelyn).get(BOARD))
    assert page.links("Write the first recommendation") == [f"{LIST}new/"]
    assert "The evaluators have not written any yet." in Page(reviewer.get(BOARD)).words


def test_every_status_has_its_column_in_the_trackers_order_with_cards_by_number(reviewer, strand):
    for ref, status in (
        ("R10", "not_started"),
        ("R3", "completed"),
        ("R2", "not_started"),
        ("R4", "on_hold"),
    ):
        builders.recommendation(strand, ref=ref, status=status)

    found = columns(Page(reviewer.get(BOARD)))

    assert list(found) == Status.values
    assert found == {
        "not_started": ("Not started 2", ["R2", "R10"]),
        "in_progress": ("In progress none", []),
        "on_hold": ("On hold 1", ["R4"]),
        "completed": ("Completed 1", ["R3"]),
        "no_longer_applicable": ("No longer applicable none", []),
    }


def test_a_card_says_what_whose_by_when_how_far_and_why(reviewer, strand, row):
    team = Owner.objects.create(evaluation=strand.evaluation, name="Family hubs")
    day = timezone.localdate() - timedelta(days=2)
    late = builders.recommendation(
        strand,
        ref="R7",
        source="committed",
        title="Write the toolkit",
        owner=team,
        original_due=day,
        due=day,
        status="on_hold",
        status_reason="The new contract",
    )
    for status in ("completed", "completed", "in_progress", "not_started", "no_longer_applicable"):
        builders.action(late, status=status)
    builders.action(late, status="completed", removed_at=timezone.now())

    page = Page(reviewer.get(BOARD))

    assert card(page).words == (
        "R6 Added by the evaluators Give parents a vote Power dynamics Owner No owner yet Due No date set"
    )
    assert card(page, "R7").words == (
        "R7 Committed by A programme Write the toolkit Power dynamics Owner Family hubs "
        f"Due {day.day} {day:%b %Y} Overdue by 2 days Actions 2 of 4 actions done Why “The new contract”"
    )


def test_the_trackers_filters_narrow_the_board(reviewer, strand, row):
    builders.recommendation(strand, ref="R1", source="committed", status="completed")

    page = Page(reviewer.get(f"{BOARD}?source=committed"))

    assert [refs for _, refs in columns(page).values() if refs] == [["R1"]]
    assert page.links("Clear") == [BOARD]
    assert Page(reviewer.get(f"{BOARD}?source=committed&status=on_hold")).links("Show all") == [BOARD]


def test_a_full_column_shows_its_first_fifty_and_leads_to_all_under_the_same_filters(reviewer, strand):
    for number in range(1, 53):
        builders.recommendation(strand, ref=f"R{number}")

    page = Page(reviewer.get(f"{BOARD}?source=added"))

    heading, refs = columns(page)["not_started"]
    assert heading == "Not started 52"
    assert refs == [f"R{number}" for number in range(1, 51)]
    assert page.links("Show all 52") == [f"{LIST}?source=added&status=not_started"]


def test_only_the_lead_has_forms_on_the_cards(cast, lead, reviewer, row):
    for browser, forms in ((lead, 1), (reviewer, 0), (signed_in(cast.evelyn), 0)):
        assert len(card(Page(browser.get(BOARD))).all("form")) == forms


def test_a_card_offers_every_status_but_its_own(lead, row):
    options = [option["value"] for option in card(Page(lead.get(BOARD))).all("option")]
    assert options == ["", "in_progress", "on_hold", "completed", "no_longer_applicable"]


# Moving


def test_a_move_lands_on_the_card_says_so_and_is_undone(lead, row):
    response = move(lead, row, "in_progress")

    assert response.redirect_chain == [(f"{BOARD}?moved=R6#R6", 302)]
    assert said(response) == ["R6 moved from not started to in progress."]
    assert columns(Page(response))["in_progress"] == ("In progress 1", ["R6"])
    assert state(row) == ("in_progress", "", False)

    response = undo(lead, response)

    assert said(response) == ["R6 moved from in progress to not started."]
    assert state(row) == ("not_started", "", False)


def test_moving_keeps_the_filters(lead, row):
    sent = Page(lead.get(f"{BOARD}?source=added")).sends(address(row)) | {"status": "completed"}

    response = lead.post(address(row), sent)

    assert response["Location"] == f"{BOARD}?source=added&moved=R6#R6"


@pytest.mark.parametrize(
    ("status", "question"),
    [("on_hold", "Say what it waits for."), ("no_longer_applicable", "Say why it no longer applies.")],
)
def test_a_status_that_needs_a_reason_asks_for_it_and_nothing_moves_before(lead, row, status, question):
    response = move(lead, row, status)

    page = Page(response)
    asked = page.address
    assert page.sends()["status"] == status
    assert page.summary == [], "nobody was asked before"
    assert page.links("Cancel") == [f"{BOARD}#R6"]
    assert state(row) == ("not_started", "", False)

    refused(fill_in(lead, asked, {}, action=address(row)), "id_status_reason", question)

    response = fill_in(lead, asked, {"status_reason": "The new contract"}, action=address(row))
    assert response["Location"] == f"{BOARD}?moved=R6#R6"
    assert state(row) == (status, "The new contract", False)


def test_undo_of_a_move_out_of_on_hold_brings_the_reason_back(lead, strand):
    row = builders.recommendation(strand, ref="R6", status="on_hold", status_reason="The new contract")

    response = move(lead, row, "in_progress")
    assert state(row) == ("in_progress", "", False)
    undo(lead, response)

    assert state(row) == ("on_hold", "The new contract", False)


def test_a_status_that_differs_from_its_actions_asks_why(lead, row):
    builders.action(row, status="in_progress")
    Recommendation.objects.filter(pk=row.pk).update(status="in_progress")

    response = move(lead, row, "completed")

    assert "From its actions follows: in progress." in Page(response).words
    question = "Its actions say something else. Say why the status differs from theirs."
    asked = Page(response).address
    refused(fill_in(lead, asked, {}, action=address(row)), "id_status_reason", question)
    fill_in(lead, asked, {"status_reason": "The rest was dropped"}, action=address(row))
    assert state(row) == ("completed", "The rest was dropped", True)

    move(lead, row, "in_progress")
    assert state(row) == ("in_progress", "", False), "back to what follows needs no reason"


def test_a_move_to_nowhere_or_to_an_unknown_status_is_refused(lead, row):
    for status, message in (("", "Choose the status to move it to."), ("lost", "lost is not one of")):
        refused(move(lead, row, status), "id_status", message)
    assert state(row) == ("not_started", "", False)


def test_nobody_but_the_lead_is_told_of_the_move_and_not_once_something_else_changed(lead, reviewer, row):
    move(lead, row, "in_progress")
    assert said(reviewer.get(f"{BOARD}?moved=R6")) == []

    Recommendation.objects.get(pk=row.pk).save()
    assert said(lead.get(f"{BOARD}?moved=R6")) == []


@pytest.mark.parametrize("moved", ["R99", "\x00", "r6", ""])
def test_an_address_that_names_no_recommendation_says_nothing_of_a_move(lead, row, moved):
    assert said(lead.get(BOARD, {"moved": moved})) == []


def test_a_move_on_top_of_somebody_elses_shows_both_and_loses_neither(cast, lead, row):
    sent = Page(lead.get(BOARD)).sends(address(row)) | {"status": "in_progress"}
    move(lead, row, "completed")

    response = lead.post(address(row), sent)

    assert response.status_code == 409
    page = Page(response)
    assert "Theirs, saved Completed" in page.words and "Yours, kept In progress" in page.words
    assert page.links("Keep theirs") == [f"{BOARD}#R6"]
    assert state(row)[0] == "completed"
    assert ConflictingEdit.objects.get().fields["status"] == "in_progress"

    response = lead.post(address(row), page.sends(address(row)) | {"keep": "mine"}, follow=True)
    assert state(row)[0] == "in_progress"
    assert said(response) == ["R6 moved from completed to in progress."]


def test_a_reason_given_meanwhile_to_another_status_is_not_lost_either(lead, row):
    asked = Page(move(lead, row, "on_hold")).address
    move(lead, row, "completed")

    response = fill_in(lead, asked, {"status_reason": "The new contract"}, action=address(row))

    assert response.status_code == 409
    assert "Yours, kept The new contract" in Page(response).words
    assert ConflictingEdit.objects.get().fields["status_reason"] == "The new contract"


def test_the_page_that_asks_can_be_opened_by_itself(lead, strand):
    row = builders.recommendation(strand, ref="R6", status="on_hold", status_reason="The new contract")

    sent = Page(lead.get(address(row))).sends()

    assert (sent["status"], sent["status_reason"]) == ("on_hold", "The new contract")
    fill_in(lead, address(row), {"status_reason": "The board’s vote"})
    assert state(row) == ("on_hold", "The board’s vote", False)
    assert said(lead.get(f"{BOARD}?moved=R6")) == ["R6: why it is on hold was changed."]


def test_cards_are_hooks_for_other_programs(reviewer, row):
    (found,) = marked(reviewer.get(BOARD), "data-recommendation")
    assert (found["data-recommendation"], found["data-status"]) == ("R6", "not_started")

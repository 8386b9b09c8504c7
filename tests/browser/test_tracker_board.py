"""Leigh moves cards on the status board: by mouse, by keyboard, without JavaScript, on a phone."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from evaluations.models import Recommendation
from tests import builders
from tests.browser.checks import assert_accessible, assert_no_overflow
from tests.browser.hands import WAYS, hands, has_script

BOARD = "/e/practice/recommendations/board/"
WHY = "The new contract"


@pytest.fixture
def rows(cast):
    """Two recommendations that nobody has started."""
    return [builders.recommendation(cast.evaluation.strand, ref=ref) for ref in ("R1", "R2")]


def card(page: Page, ref: str = "R1"):
    """Return the card of a recommendation."""
    return page.locator(f'[data-card][data-recommendation="{ref}"]')


def column(page: Page, name: str):
    """Return the column of a status."""
    return page.get_by_role("region", name=name)


def expect_in(page: Page, name: str, ref: str = "R1") -> None:
    """Wait until a card stands in a column, in focus."""
    expect(
        column(page, name).locator("[data-card]").filter(has=page.get_by_text(ref, exact=True))
    ).to_be_visible()
    expect(card(page, ref)).to_be_focused()


def test_a_card_is_dragged_to_another_status_and_it_is_undone(cast, rows, enter):
    page = enter(cast.leigh)
    page.set_viewport_size({"width": 1280, "height": 1400})  # scrolling would move the target on the way
    page.goto(BOARD)
    handle = card(page).locator(".handle")

    handle.drag_to(column(page, "Not started"), target_position={"x": 20, "y": 20})
    expect(page.get_by_role("status")).to_have_count(0)  # dropped where it was

    handle.drag_to(column(page, "Completed"), target_position={"x": 60, "y": 60})
    expect_in(page, "Completed")
    said = page.get_by_role("status")
    expect(said).to_contain_text("R1 moved from not started to completed.")
    said.get_by_role("button", name="Undo").click()
    expect_in(page, "Not started")
    assert Recommendation.objects.get(ref="R1").status == "not_started"


def test_a_card_dragged_to_on_hold_is_asked_why_first(cast, rows, enter):
    page = enter(cast.leigh)
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.goto(BOARD)

    card(page).locator(".handle").drag_to(column(page, "On hold"), target_position={"x": 60, "y": 60})
    expect(page.get_by_role("combobox", name="Status")).to_have_value("on_hold")
    page.get_by_role("link", name="Cancel").click()
    expect_in(page, "Not started")

    card(page).locator(".handle").drag_to(column(page, "On hold"), target_position={"x": 60, "y": 60})
    page.get_by_label("Why this status").fill(WHY)
    page.get_by_role("button", name="Move it").click()
    expect_in(page, "On hold")
    expect(card(page)).to_contain_text(f"“{WHY}”")


def test_the_arrow_keys_move_a_card_one_status_at_a_time_and_stay_with_it(cast, rows, enter):
    page = enter(cast.leigh, reduced_motion="reduce")
    page.goto(BOARD)
    hand = hands(page, "keyboard")
    hand.go_to(card(page).get_by_role("link"))

    page.keyboard.press("Alt+ArrowLeft")  # there is no status before, and the browser does not go back
    page.keyboard.press("Alt+ArrowRight")
    expect_in(page, "In progress")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.get_by_role("heading", name="Move R1")).to_be_visible()
    hand.write(page.get_by_label("Why this status"), WHY)
    hand.press(page.get_by_role("button", name="Move it"))
    expect_in(page, "On hold")
    page.keyboard.press("Alt+ArrowLeft")
    expect_in(page, "In progress")
    hand.press(page.get_by_role("button", name="Undo"))
    expect_in(page, "On hold")
    expect(card(page)).to_contain_text(f"“{WHY}”")


@pytest.mark.parametrize("way", ["no script", "phone", "keyboard"])
def test_the_list_under_a_card_moves_it_in_every_way(way, cast, rows, enter):
    page = enter(cast.leigh, **WAYS[way])
    page.goto(BOARD)
    hand = hands(page, way)

    hand.select(page.get_by_label("Move R2 to"), "On hold")
    hand.press(page.get_by_role("button", name="Move R2"))
    hand.press(page.get_by_role("button", name="Move it"))
    expect(page.get_by_role("alert")).to_contain_text("Say what it waits for.")
    hand.write(page.get_by_label("Why this status"), WHY)
    hand.press(page.get_by_role("button", name="Move it"))
    expect_in(page, "On hold", "R2")
    expect(card(page, "R2").locator(".handle")).to_have_count(1 if has_script(way) else 0)
    hand.press(page.get_by_role("status").get_by_role("button", name="Undo"))
    expect_in(page, "Not started", "R2")
    assert Recommendation.objects.get(ref="R2").status == "not_started"


def test_on_a_phone_the_columns_stand_one_under_the_other(cast, rows, enter):
    page = enter(cast.leigh, width=360, has_touch=True)
    page.goto(BOARD)

    boxes = [box.bounding_box() for box in page.locator("[data-column]").all()]
    assert len(boxes) == 5
    assert all(one["y"] + one["height"] <= other["y"] for one, other in pairwise(boxes))
    assert all(box["x"] + box["width"] <= 360 for box in boxes)
    assert_no_overflow(page)
    assert_accessible(page)


def test_a_reviewer_sees_the_board_and_moves_nothing(cast, rows, enter):
    page = enter(cast.rowan)
    page.goto(BOARD)
    expect(card(page)).to_be_visible()
    expect(page.locator(".handle")).to_have_count(0)
    expect(card(page).get_by_role("button")).to_have_count(0)
    assert_accessible(page)

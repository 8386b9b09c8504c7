"""Evelyn works on the board of a cell: with the mouse, with the keyboard, and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from evaluations.models import Finding
from tests import builders
from tests.browser.hands import hands

BOARD = "/e/practice/matrix/coproduction/barrier/power/"
CELL = {"kind": "barrier", "condition": "power"}
FIRST, SECOND, THIRD = "Parents have no vote.", "Meetings end too early.", "Nobody says who decides."


@pytest.fixture
def board(cast):
    """Three findings in order; the first has a quotation, another one waits in the tray."""
    strand = cast.evaluation.strand
    rows = [
        builders.finding(strand, text=text, position=place, **CELL)
        for place, text in enumerate((FIRST, SECOND, THIRD))
    ]
    coded = {"strand": strand, **CELL}
    builders.quotation(cast.evaluation, evidence_for=rows[0], text="We were asked once.", **coded)
    builders.quotation(cast.evaluation, text="They went home at four.", **coded)
    return rows


def card(page: Page, text: str):
    """Return the card of a finding."""
    return page.locator("[data-card]").filter(has=page.get_by_role("heading", name=text))


def expect_order(page: Page, *texts: str) -> None:
    """Wait until the cards stand in this order."""
    expect(page.locator("[data-card] h3")).to_have_text(list(texts))


def test_cards_and_quotations_are_dragged_and_it_is_undone(cast, board, enter):
    page = enter(cast.evelyn)
    page.set_viewport_size({"width": 1280, "height": 1800})  # scrolling would move the target on the way
    page.goto(BOARD)

    card(page, THIRD).locator(".order .handle").drag_to(card(page, FIRST), target_position={"x": 60, "y": 10})
    expect_order(page, THIRD, FIRST, SECOND)
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect_order(page, FIRST, SECOND, THIRD)

    quotation = page.locator("[data-quote]").filter(has_text="They went home at four.")
    quotation.locator(".handle").drag_to(card(page, SECOND))
    expect(card(page, SECOND).locator("[data-quote]")).to_contain_text("They went home at four.")
    expect(page.get_by_text("Every quotation that was coded to this cell is evidence")).to_be_visible()


def test_the_keyboard_alone_orders_findings_and_stays_with_the_one_it_moved(cast, board, enter):
    page = enter(cast.evelyn, reduced_motion="reduce")
    page.goto(BOARD)
    hand = hands(page, "keyboard")

    hand.press(card(page, FIRST).get_by_role("button", name="Move down"))
    expect_order(page, SECOND, FIRST, THIRD)
    expect(card(page, FIRST)).to_be_focused()
    expect(card(page, FIRST).locator(".order .handle")).to_be_visible()  # the script is there
    page.keyboard.press("Alt+ArrowDown")
    expect_order(page, SECOND, THIRD, FIRST)


def test_without_javascript_two_findings_are_merged_and_it_is_undone(cast, board, enter):
    page = enter(cast.evelyn, java_script_enabled=False)
    page.goto(BOARD)
    hand = hands(page, "no script")

    hand.press(card(page, FIRST).get_by_role("link", name="Merge"))
    hand.select(page.get_by_label("The other finding"), f"Power dynamics: {SECOND}")
    hand.choose(page.get_by_label("New words, written below"))
    hand.write(page.get_by_label("New words", exact=True), "Parents are there, and do not decide.")
    hand.press(page.get_by_role("button", name="Merge the two"))
    expect_order(page, "Parents are there, and do not decide.", THIRD)
    expect(card(page, "Parents are there")).to_contain_text("Draft")

    hand.press(page.get_by_role("status").get_by_role("button", name="Undo"))
    expect_order(page, FIRST, SECOND, THIRD)
    assert set(Finding.objects.filter(removed_at=None)) == set(board)

"""A workshop from its first vote to the results, with a phone, and the room's screen by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from evaluations.models import WorkshopResult, WorkshopRound
from tests import builders
from tests.browser.checks import assert_accessible, assert_no_overflow
from tests.browser.hands import WAYS, hands, look_again


@pytest.fixture
def workshop(cast):
    """An open workshop on many findings."""
    strand = cast.evaluation.strand
    for number in range(12):
        builders.finding(strand, text=f"Thing {number} in the way, as parents see it.", condition="power")
    builders.finding(strand, text="Nobody has an overview.", condition="policies")
    return builders.workshop(strand, title="In May")


def screen_of(workshop, rest=""):
    """Return the address of the room's screen."""
    return f"/e/{workshop.evaluation.slug}/workshops/{workshop.pk}/screen/{rest}"


def tile(page: Page, name: str):
    """Return the tile of a condition on the room's screen."""
    return page.locator(".tile").filter(has_text=name)


def test_a_vote_from_its_opening_to_its_results(workshop, cast, enter):
    facilitator, room = enter(cast.leigh, **WAYS["keyboard"]), enter(cast.leigh, reduced_motion="reduce")
    phone = enter(None, width=360)
    facilitator.goto(f"/e/{workshop.evaluation.slug}/workshops/{workshop.pk}/")
    room.goto(screen_of(workshop))
    phone.goto(f"/w/{workshop.shown_code}/")
    phone.get_by_label("First name").fill("Ama")
    phone.get_by_role("button", name="Join").click()
    expect(facilitator.get_by_text("Ama", exact=True)).to_be_visible()
    expect(room.locator(".far")).to_contain_text("1 person has joined")

    full_screen = room.get_by_role("button", name="Full screen")
    full_screen.focus()
    hand = hands(facilitator, "keyboard")
    hand.press(facilitator.get_by_role("button", name="Open this vote"))
    expect(facilitator.get_by_role("heading", name="Vote 1 is open")).to_be_visible()
    heading = room.get_by_role("heading", name="What stands in the way of coproduction?")
    expect(heading).to_be_visible()
    expect(full_screen).to_be_focused()
    look_again(phone)
    overview = phone.locator("[data-card]").filter(has_text="Nobody has an overview.")
    overview.get_by_role("button", name="Give a dot").click()
    expect(phone.locator("[data-tray]")).to_contain_text("4 dots left")
    expect(room.locator(".far")).to_contain_text("1 of 5 dots placed")
    expect(room.get_by_text("Totals are hidden until the facilitator shows them.").first).to_be_visible()

    hand.press(facilitator.get_by_role("button", name="Show the totals"))
    expect(tile(room, "Policies").locator("b")).to_have_text("1")
    expect(room.locator(".tallies li")).to_have_count(1)
    overview.get_by_role("button", name="Give a dot").click()
    expect(tile(room, "Policies").locator("b")).to_have_text("2")
    assert room.evaluate("document.getAnimations().length") == 0

    hand.press(facilitator.get_by_role("link", name="Close the vote"))
    hand.press(facilitator.get_by_role("button", name="Close the vote"))
    expect(facilitator.get_by_role("heading", name="Open the next vote")).to_be_visible()
    assert WorkshopResult.objects.get(text="Nobody has an overview.").dots == 2
    expect(room.get_by_text("The vote is closed")).to_be_visible()
    hand.press(facilitator.get_by_role("link", name="Close the workshop"))
    hand.press(facilitator.get_by_role("button", name="Close this workshop for good"))
    expect(facilitator.get_by_role("heading", name="What stands in the way of coproduction?")).to_be_visible()


def test_a_screen_that_loses_its_connection_says_so_keeps_its_place_and_recovers(
    workshop, cast, enter, unreachable
):
    vote = builders.round(workshop, shows_totals=True)
    page = enter(cast.leigh, width=1280)
    page.goto(screen_of(workshop, "?condition=power"))
    page.evaluate("window.scrollTo(0, 120)")
    page.context.set_offline(True)
    lost = page.get_by_text(re.compile(r"Connection lost, showing the figures of \d\d:\d\d\."))
    expect(lost).to_be_visible()
    finding = vote.workshop.strands.get().findings.filter(condition="power").first()
    builders.weighing(vote, finding, dots=4)
    page.context.set_offline(False)
    expect(lost).to_be_hidden()
    expect(page.locator(".tallies li").first).to_contain_text("4 dots")
    assert page.evaluate("window.scrollY") == 120
    page.reload()
    expect(page.get_by_role("heading", name="Power dynamics")).to_be_visible()


def test_the_screen_is_gone_through_by_keys_and_fits_every_size(workshop, cast, enter):
    vote = builders.round(workshop, shows_totals=True)
    for number, finding in enumerate(workshop.strands.get().findings.all()):
        builders.weighing(vote, finding, dots=number, verdict="confirm")
    page = enter(cast.leigh, width=1920)
    page.goto(screen_of(workshop))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Policies")).to_be_visible()
    for condition in ("Practices", "Resource flows", "Relationships & connections", "Power dynamics"):
        page.keyboard.press("Space")
        expect(page.get_by_role("heading", name=condition)).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?condition=power$"))
    page.keyboard.press("f")
    expect(page.locator("#screen:fullscreen")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name="Relationships & connections")).to_be_visible()
    expect(page.locator("#screen:fullscreen")).to_be_visible()
    page.keyboard.press("f")
    expect(page.locator("#screen:fullscreen")).to_have_count(0)
    page.keyboard.press("Home")
    expect(tile(page, "Power dynamics").locator("b")).to_have_text("66")
    for width in (1920, 1280, 360):
        page.set_viewport_size({"width": width, "height": 1080})
        assert_no_overflow(page)
        assert_accessible(page)
    assert WorkshopRound.objects.get().closed_at is None

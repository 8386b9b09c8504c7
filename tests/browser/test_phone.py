"""Somebody takes part in a workshop from a phone: by keyboard alone, and on a poor connection."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from evaluations.models import Phone, Weighing
from tests import builders
from tests.browser.hands import hands, look_again

FIRST, SECOND = "Parents have no vote.", "Meetings end too early."


@pytest.fixture
def vote(evaluation, unreachable):
    """A vote of three dots on two findings; connections that fail are what the tests are about."""
    row = builders.round(builders.workshop(evaluation.strand), dots=3)
    row.findings = [builders.finding(evaluation.strand, text=text) for text in (FIRST, SECOND)]
    return row


def card(page: Page, text: str):
    """Return the card of a finding."""
    return page.locator("[data-card]").filter(has=page.get_by_role("heading", name=text))


def give(page: Page, text: str):
    """Return the button that gives a finding a dot."""
    return card(page, text).get_by_role("button", name="Give a dot")


def stored() -> dict:
    """Return what the database holds: finding's words to dots, verdict and note."""
    rows = Weighing.objects.select_related("finding")
    return {row.finding.text: (row.dots, row.verdict, row.note) for row in rows}


def test_by_keyboard_on_a_narrow_screen_and_a_poor_connection_no_dot_is_lost(vote, enter):
    page = enter(None, width=360, reduced_motion="reduce")
    page.goto("/w/")
    hand, tray = hands(page, "keyboard"), page.locator("[data-tray]")
    hand.write(page.get_by_label("Workshop code"), vote.workshop.shown_code.lower())
    hand.press(page.get_by_role("button", name="Go to the workshop"))
    hand.press(page.get_by_role("button", name="Join"))
    expect(page.get_by_role("heading", name="What stands in the way?")).to_be_visible()

    for left in ("2 dots left", "1 dot left"):
        hand.press(give(page, FIRST))
        expect(tray).to_contain_text(left)
    hand.press(card(page, FIRST).get_by_role("button", name="Challenge"))
    hand.press(card(page, FIRST).locator("summary"))
    hand.write(card(page, FIRST).get_by_label("Note on"), "It depends.")
    expect(tray).to_contain_text("Saved")
    hand.press(give(page, SECOND))
    expect(tray).to_contain_text("No dots left")
    hand.press(give(page, SECOND))  # in focus still, and without effect
    expect(tray).to_have_text(re.compile("No dots left\\s+Saved"))
    assert stored() == {FIRST: (2, "challenge", "It depends."), SECOND: (1, "", "")}

    page.route("**/weigh/", lambda route: route.abort())
    hand.press(card(page, FIRST).get_by_role("button", name="Take a dot back"))
    expect(tray).to_contain_text("Not saved yet, trying again")
    hand.press(give(page, SECOND))
    expect(tray).to_contain_text("No dots left")
    assert stored()[FIRST][0] == 2, "nothing arrived, and the page did not say so"
    page.unroute("**/weigh/")
    expect(tray).to_have_text(re.compile("No dots left\\s+Saved"))
    assert stored() == {FIRST: (1, "challenge", "It depends."), SECOND: (2, "", "")}

    hand.press(page.get_by_role("button", name="I have finished"))
    expect(page.get_by_text("You have finished. Thank you.")).to_be_visible()
    assert Phone.objects.get().finished_round == vote
    assert page.evaluate("document.getAnimations().length") == 0


def test_answers_that_get_lost_spend_no_dot_twice_and_a_closed_vote_is_told(vote, enter, expected_statuses):
    expected_statuses.add(409)
    page = enter(None, width=360, has_touch=True)
    page.goto(f"/w/{vote.workshop.shown_code}/")
    page.route("**/state/", lambda route: route.abort())  # it hears from what it sends only
    page.get_by_role("button", name="Join").click()
    tray, lost = page.locator("[data-tray]"), []
    expect(tray).to_contain_text("Saved")  # the script is there

    def lose_the_answer(route):
        route.fetch()
        lost.append(route.request.post_data)
        route.abort()

    page.route("**/weigh/", lose_the_answer, times=2)
    give(page, FIRST).dblclick()
    give(page, SECOND).click()
    expect(tray).to_have_text(re.compile("No dots left\\s+Saved"))
    assert len(lost) == 2
    assert stored() == {FIRST: (2, "", ""), SECOND: (1, "", "")}

    card(page, SECOND).get_by_role("button", name="Take a dot back").click()
    expect(tray).to_have_text(re.compile("1 dot left\\s+Saved"))
    type(vote).objects.filter(pk=vote.pk).update(closed_at=timezone.now())
    give(page, FIRST).click()
    expect(page.get_by_role("alert")).to_contain_text("The vote has closed.")
    assert stored()[FIRST][0] == 2
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_text("No vote is open at the moment.")).to_be_visible()

    builders.round(vote.workshop, question="And what helps?")
    page.unroute("**/state/")
    look_again(page)
    expect(page.get_by_role("heading", name="And what helps?")).to_be_visible()


def test_a_note_that_was_begun_before_the_script_is_there_is_saved(vote, enter):
    page = enter(None, width=360, has_touch=True)
    page.goto(f"/w/{vote.workshop.shown_code}/")
    waiting = []
    page.route("**/js/phone.js", lambda route: waiting.append(route))
    page.get_by_role("button", name="Join").click()
    card(page, FIRST).locator("summary").click()
    card(page, FIRST).get_by_label("Note on").fill("It depends.")
    expect(page.locator("[data-saved]")).to_be_empty()
    waiting[0].continue_()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    assert stored() == {FIRST: (0, "", "It depends.")}


def test_quotations_that_are_hidden_leave_the_phones_and_what_was_tapped_stays(vote, enter):
    workshop, evaluation = vote.workshop, vote.evaluation
    source = builders.source(evaluation)
    builders.quotation(evaluation, text="We were asked once.", source=source, evidence_for=vote.findings[0])
    workshop.shows_quotations = True
    workshop.save()
    page = enter(None, width=360, has_touch=True)
    page.goto(f"/w/{workshop.shown_code}/")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("We were asked once.")).to_be_visible()
    give(page, SECOND).click()
    expect(page.locator("[data-saved]")).to_have_text("Saved")

    workshop.shows_quotations = False
    workshop.save()
    look_again(page)
    expect(page.get_by_text("We were asked once.")).to_have_count(0)
    expect(card(page, SECOND).get_by_text("1 dot", exact=True)).to_be_visible()


def test_a_finding_that_leaves_the_vote_takes_no_other_taps_with_it(vote, enter, expected_statuses):
    expected_statuses.add(409)
    page = enter(None, width=360, has_touch=True)
    page.goto(f"/w/{vote.workshop.shown_code}/")
    page.route("**/state/", lambda route: route.abort())
    page.get_by_role("button", name="Join").click()
    expect(page.locator("[data-saved]")).to_have_text("Saved")  # the script is there
    type(vote.findings[0]).objects.filter(pk=vote.findings[0].pk).update(status="draft")
    give(page, FIRST).click()
    give(page, SECOND).click()
    expect(card(page, FIRST).get_by_text("This is no longer in the vote")).to_be_visible()
    expect(card(page, SECOND).get_by_text("1 dot", exact=True)).to_be_visible()
    expect(page.locator("[data-tray]")).to_have_text(re.compile("2 dots left\\s+Saved"))
    assert stored() == {SECOND: (1, "", "")}

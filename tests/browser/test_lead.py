"""Leigh moves a recommendation on: response, owner, date, status, progress, barriers; and sees it tracked."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from evaluations.models import Recommendation
from tests.browser.hands import WAYS, hands, in_every_way

TITLE = "In the toolkit, avoid telling people how to do it"
REASON = "Waiting for the partners’ board"
NOTE = "A first draft of the toolkit went to parents."


def in_words(day):
    """Return a date as people write it."""
    return f"{day.day} {day:%B %Y}"


@in_every_way
def test_leigh_moves_a_recommendation_on_and_sees_it_in_the_tracker(way, legacy_cast, enter):
    today = timezone.localdate()
    due, later = today + timedelta(days=60), today + timedelta(days=90)
    page = enter(legacy_cast.leigh, **WAYS[way])
    hand = hands(page, way)
    said = page.get_by_role("status").first

    page.goto("/")
    hand.press(page.get_by_role("link", name="Respond to 5 recommendations the evaluators added."))
    expect(page.locator("[data-recommendation]")).to_have_count(5)
    expect(page.locator('[data-recommendation="R6"]')).to_contain_text("No owner yet")
    hand.press(page.get_by_role("link", name=TITLE))

    # The response.
    hand.choose(page.get_by_role("radio", name="Partly accepted"))
    hand.press(page.get_by_role("button", name="Save response"))
    expect(page.get_by_role("alert")).to_contain_text("Say why, in a sentence the evaluators can read.")
    hand.write(page.get_by_label("Reason for the response"), "With partners only.")
    hand.press(page.get_by_role("button", name="Save response"))
    expect(said).to_have_text("Response saved.")

    # Status, owner and date.
    hand.select(page.get_by_role("combobox", name="Status"), "In progress")
    hand.select(page.get_by_label("Owner", exact=True), "Somebody else, named beside")
    hand.write(page.get_by_label("Name of the new owner"), "Parent Champions’ forum")
    hand.write(page.get_by_label("Due date"), in_words(due))
    hand.press(page.get_by_role("button", name="Save", exact=True))
    expect(said).to_have_text("R6 saved.")

    # The date moves, with a reason.
    hand.write(page.get_by_label("Due date"), in_words(later))
    hand.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("Say why the date changes.")
    hand.write(page.get_by_label("Why the date changes"), REASON)
    hand.press(page.get_by_role("button", name="Save", exact=True))
    expect(said).to_have_text("R6 saved.")
    expect(page.get_by_role("region", name="How the date moved")).to_contain_text(REASON)

    # A progress note, and a barrier that it addresses.
    hand.write(page.get_by_role("textbox", name="Note"), NOTE)
    hand.press(page.get_by_role("button", name="Add this note"))
    expect(page.get_by_role("region", name="Progress", exact=True).get_by_text(NOTE)).to_be_visible()
    barrier = page.get_by_role("combobox", name="Barrier")
    words = "Mental models: It is thought to cost a lot of money and time."
    hand.select(barrier, words)
    hand.press(page.get_by_role("button", name="Link this barrier"))
    barriers = page.get_by_role("region", name="Barriers it addresses")
    expect(barriers.get_by_role("link", name="It is thought to cost a lot")).to_be_visible()

    # The tracker tells all of it.
    hand.press(
        page.get_by_role("navigation", name="You are here").get_by_role("link", name="Recommendations")
    )
    row = page.locator('[data-recommendation="R6"]')
    expect(row).to_have_attribute("data-status", "in_progress")
    for told in (
        "Partly accepted",
        "Parent Champions’ forum",
        f"Moved: “{REASON}”",
        f"{later.day} {later:%b %Y}",
    ):
        expect(row).to_contain_text(told)
    expect(row.locator("s")).to_contain_text(f"{due.day} {due:%b %Y}")
    glance = page.get_by_role("region", name="At a glance")
    for figure, label in (("1 of 5", "accepted"), ("9", "no date"), ("8", "no owner")):
        expect(glance.get_by_role("listitem").filter(has_text=label).first).to_contain_text(figure)
    recommendation = Recommendation.objects.get(ref="R6")
    assert (recommendation.original_due, recommendation.due) == (due, later)
    assert recommendation.updates.get().note == NOTE
    assert recommendation.barriers.get().text == "It is thought to cost a lot of money and time."


def report_on(actions, text):
    """Return the link that leads to where somebody says how far an action is."""
    return actions.get_by_role("listitem").filter(has_text=text).get_by_role("link", name="Say how far it is")


STEPS = ("Ask the parents’ forum what it would leave out", "Rewrite the chapter with them")


@pytest.mark.parametrize("way", ["keyboard", "phone", "no script"])
def test_leigh_takes_r6_from_the_response_to_its_completion_and_the_page_tells_each_step(
    way, legacy_cast, enter, tmp_path
):
    today = timezone.localdate()
    due, later = today + timedelta(days=60), today + timedelta(days=90)
    page = enter(legacy_cast.leigh, **WAYS[way])
    hand = hands(page, way)
    said = page.get_by_role("status").first
    page.goto(f"/e/{legacy_cast.evaluation.slug}/recommendations/R6/")

    hand.choose(page.get_by_role("radio", name="Accepted", exact=True))
    hand.press(page.get_by_role("button", name="Save response"))
    expect(said).to_have_text("Response saved.")
    hand.select(page.get_by_label("Owner", exact=True), "SSBC project lead")
    hand.write(page.get_by_label("Due date"), in_words(due))
    hand.press(page.get_by_role("button", name="Save", exact=True))
    expect(said).to_have_text("R6 saved.")
    hand.write(page.get_by_label("Due date"), in_words(later))
    hand.write(page.get_by_label("Why the date changes"), REASON)
    hand.press(page.get_by_role("button", name="Save", exact=True))
    expect(said).to_have_text("R6 saved.")

    actions = page.get_by_role("region", name="Actions", exact=True)
    for text in STEPS:
        hand.press(actions.get_by_role("link", name="Add an action"))
        hand.write(page.get_by_label("What is done"), text)
        hand.press(page.get_by_role("button", name="Add this action"))
        expect(said).to_have_text("Action added.")
    expect(actions.get_by_role("listitem")).to_have_count(2)

    proof = tmp_path / "minutes.txt"
    proof.write_text("The forum met and chose three pages.")
    for text in STEPS:
        hand.press(report_on(actions, text))
        hand.select(page.get_by_role("combobox", name="Status"), "Completed")
        hand.press(page.get_by_role("button", name="Save", exact=True))
        expect(said).to_contain_text("Action saved.")
    hand.press(report_on(actions, STEPS[0]))
    hand.write(page.get_by_role("textbox", name="Note"), NOTE)
    page.get_by_label("Evidence file").set_input_files(proof)
    hand.press(page.get_by_role("button", name="Add this note"))
    expect(said).to_have_text("Progress note added.")

    expect(page.locator("[data-recommendation=R6]")).to_have_attribute("data-status", "completed")
    story = page.get_by_role("region", name="What happened, step by step")
    for told in (
        "Response: None yet became Accepted",
        "Owner: nothing became SSBC project lead",
        f"Due date: {in_words(due)} became {in_words(later)} “{REASON}”",
        f"added an action. Action: {STEPS[1]}",
        "Status: Not started became In progress",
        "Status: In progress became Completed",
        NOTE,
        "minutes.txt",
    ):
        expect(story).to_contain_text(told)
    recommendation = Recommendation.objects.get(ref="R6")
    assert (recommendation.status, recommendation.status_set_by_hand) == ("completed", False)
    with page.expect_download() as download:
        story.get_by_role("link", name="Evidence: minutes.txt").click()
    assert download.value.path().read_text() == proof.read_text()

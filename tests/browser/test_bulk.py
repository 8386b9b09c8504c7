"""Leigh gives several recommendations one owner at once, and takes it back."""

from playwright.sync_api import expect

from evaluations.models import Recommendation
from tests.browser.hands import WAYS, hands, in_every_way


@in_every_way
def test_leigh_gives_several_an_owner_and_undoes_it(way, legacy_cast, enter):
    page = enter(legacy_cast.leigh, **WAYS[way])
    hand = hands(page, way)
    page.goto(f"/e/{legacy_cast.evaluation.slug}/recommendations/?source=added")

    for ref in ("R6", "R7"):
        hand.choose(page.get_by_role("checkbox", name=f"Tick {ref}", exact=True))
    hand.press(page.locator("#bulk").get_by_role("button", name="Owner", exact=True))
    hand.select(page.get_by_label("Owner", exact=True), "Somebody else, named beside")
    hand.write(page.get_by_label("Name of the new owner"), "Family hubs")
    hand.press(page.get_by_role("button", name="See what will change"))
    expect(page.get_by_role("listitem").filter(has_text="R6")).to_contain_text("Family hubs")
    assert not Recommendation.objects.filter(owner__name="Family hubs").exists()
    hand.press(page.get_by_role("button", name="Change 2 recommendations"))

    said = page.get_by_role("status").first
    expect(said).to_contain_text("Changed. R6 and R7: Family hubs.")
    expect(page.locator('[data-recommendation="R6"]')).to_contain_text("Family hubs")
    expect(page.locator("[data-recommendation]")).to_have_count(5)
    hand.press(said.get_by_role("button", name="Undo"))
    expect(page.get_by_role("status").first).to_have_text("Undone: R6 and R7: Family hubs.")
    expect(page.locator('[data-recommendation="R6"]')).to_contain_text("No owner yet")


def test_one_box_ticks_all_on_the_page_and_says_how_many(legacy_cast, enter):
    page = enter(legacy_cast.leigh)
    page.goto(f"/e/{legacy_cast.evaluation.slug}/recommendations/")
    boxes, everything = page.locator('[name="chosen"]'), page.get_by_label("Tick all on this page")

    everything.check()
    expect(page.locator('[name="chosen"]:checked')).to_have_count(10)
    expect(page.locator("#h-bulk")).to_have_text("With the 10 ticked, change")

    boxes.first.uncheck()
    expect(everything).not_to_be_checked()
    expect(page.locator("#h-bulk")).to_have_text("With the 9 ticked, change")

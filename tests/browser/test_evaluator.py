"""Evelyn writes: a finding with its quotations, an interview, what two people wrote at once, approvals."""

import re

import pytest
from playwright.sync_api import Page, expect

from evaluations.models import Answer, Finding, FindingStatus, Quotation
from tests import builders
from tests.browser.hands import WAYS, hands, has_script, in_every_way
from tests.browser.test_entry_losses import expect_saved

E = "/e/practice/"
WORDS = "We were asked what we would do with the money."


def heading(page: Page):
    """Return the page's own heading."""
    return page.get_by_role("heading", level=1)


def radio(page: Page, group: str, name: str):
    """Return a radio button of a group, by its name without the explanation that may follow."""
    return page.get_by_role("group", name=group, exact=True).get_by_role(
        "radio", name=re.compile(rf"^{name}(?!,)")
    )


def expect_condition_saved(page: Page, way: str, condition: str) -> None:
    """Wait until the entry page says that what was written and chosen under a condition is saved."""
    if has_script(way):
        expect_saved(page)
    else:
        expect(page.get_by_text(f"{condition} saved.")).to_be_visible()


@in_every_way
def test_evelyn_adds_a_finding_corrects_an_error_and_shares_it_with_its_quotations(way, cast, enter):
    builders.participant(cast.evaluation, code="P01")
    page = enter(cast.evelyn, **WAYS[way])
    hand = hands(page, way)

    page.goto(f"{E}findings/")
    hand.press(page.get_by_role("link", name="Add the first finding"))
    expect(heading(page)).to_have_text("Add a finding")
    hand.choose(radio(page, "What it is", "Achievement"))
    hand.select(page.get_by_label("Strand"), "Coproduction")
    hand.write(page.get_by_label("The finding, in a sentence"), "Parents decide on spending.")
    hand.write(page.get_by_label("What was said, word for word"), WORDS)
    hand.select(page.get_by_label("Who said it"), "P01")
    hand.press(page.get_by_role("button", name="Save finding"))

    # The condition was forgotten: the summary has the focus, leads to the choice, and nothing is lost.
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Condition: Choose one of the six conditions.")
    expect(page).to_have_title(re.compile("^Error: "))
    if has_script(way):
        expect(summary).to_be_focused()
    hand.press(summary.get_by_role("link", name="Condition"))
    first = radio(page, "Condition", "Policies")
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()
    expect(page.get_by_label("The finding, in a sentence")).to_have_value("Parents decide on spending.")
    expect(page.get_by_label("What was said, word for word")).to_have_value(WORDS)
    hand.choose(radio(page, "Condition", "Power dynamics"))
    hand.press(page.get_by_role("button", name="Save finding"))
    expect(heading(page)).to_have_text("Parents decide on spending.")
    expect(page.get_by_role("status")).to_have_text("Finding saved.")
    expect(page.get_by_text("Draft: seen by evaluators only")).to_be_visible()
    expect(page.get_by_text(f"“{WORDS}”")).to_be_visible()

    # A second quotation, published already.
    hand.press(page.get_by_role("link", name="Attach a quotation"))
    hand.write(page.get_by_label("What was said, word for word"), "Parents hold the purse.")
    hand.write(page.get_by_label("Or another publication: its title"), "The first report")
    hand.press(page.get_by_role("button", name="Save quotation"))
    evidence = page.get_by_role("region", name="What was said")
    expect(evidence.get_by_role("listitem")).to_have_count(2)
    expect(evidence.get_by_text("1 of 2")).to_be_visible()

    # Shared: readers' matrix has it.
    hand.press(page.get_by_role("button", name="Mark ready to share"))
    expect(page.get_by_role("status")).to_contain_text("Marked ready to share")
    hand.press(page.get_by_role("link", name="Coproduction matrix"))
    cell = page.locator('[data-kind="achievement"][data-condition="power"]')
    expect(cell).to_have_attribute("data-count", "1")
    expect(cell.locator("[data-finding]")).to_contain_text("Parents decide on spending.")
    finding = Finding.objects.get()
    assert finding.status == FindingStatus.READY
    assert sorted(finding.quotations.values_list("text", flat=True)) == ["Parents hold the purse.", WORDS]


@in_every_way
def test_evelyn_adds_an_interview_and_writes_down_what_was_said(way, cast, enter):
    builders.participant(cast.evaluation, code="P01", sector="parent")
    page = enter(cast.evelyn, **WAYS[way])
    hand = hands(page, way)

    page.goto(f"{E}interviews/")
    hand.press(page.get_by_role("link", name="Add the first interview"))
    expect(page.get_by_label("Code")).to_have_value("I01")
    hand.write(page.get_by_label("Date"), "14 May 2024")
    hand.select(page.get_by_label("Mode", exact=True), "By phone")
    hand.select(page.get_by_label("Status"), "Held, writing up")
    hand.choose(page.get_by_role("checkbox", name="P01 · Parent"))
    hand.choose(page.get_by_role("checkbox", name="Coproduction"))
    hand.choose(radio(page, "Mostly about", "Power dynamics"))
    hand.press(page.get_by_role("button", name="Save and go on"))

    expect(heading(page)).to_have_text("Interview I01")
    expect(page.get_by_text("Tuesday 14 May 2024")).to_be_visible()
    sheet, conditions = page.get_by_role("article"), page.get_by_role("navigation", name="Conditions")
    hand.choose(sheet.get_by_label("Asked, nothing said"))
    hand.press(page.get_by_role("button", name="Save now"))
    expect_condition_saved(page, way, "Policies")
    hand.press(conditions.get_by_role("link", name="Power dynamics"))
    expect(page.get_by_role("heading", level=2, name="Power dynamics")).to_be_visible()
    hand.choose(sheet.get_by_label("Asked", exact=True))
    hand.write(sheet.get_by_role("textbox"), WORDS)
    hand.press(page.get_by_role("button", name="Save now"))
    expect_condition_saved(page, way, "Power dynamics")

    page.goto(f"{E}interviews/I01/check/")
    expect(page.get_by_role("row", name="Policies")).to_contain_text("Asked, nothing said")
    expect(page.get_by_role("row", name="Power dynamics")).to_contain_text(f"{len(WORDS.split())}")
    assert Answer.objects.get().text == WORDS


@pytest.mark.parametrize("way", ["keyboard", "no script"])
def test_two_people_save_the_same_finding_and_the_second_keeps_both_versions(
    way, cast, enter, expected_statuses
):
    expected_statuses.add(409)
    finding = builders.finding(cast.evaluation.strand, text="Boards meet too seldom.")
    first, second = enter(cast.evelyn), enter(cast.evelyn, **WAYS[way])
    for page in (first, second):
        page.goto(f"{E}findings/{finding.pk}/edit/")
    hand = hands(second, way)

    first.get_by_label("The finding, in a sentence").fill("Boards meet too seldom to decide.")
    first.get_by_role("button", name="Save finding").click()
    expect(first.get_by_role("status")).to_have_text("Finding saved.")
    hand.write(second.get_by_label("The finding, in a sentence"), "Boards seldom meet with parents.")
    hand.press(second.get_by_role("button", name="Save finding"))

    expect(heading(second)).to_have_text("Somebody else saved this while you were writing")
    conflict = second.locator("[data-conflict]")
    expect(conflict.get_by_text("Boards meet too seldom to decide.")).to_be_visible()
    expect(conflict.get_by_text("Boards seldom meet with parents.")).to_be_visible()
    hand.press(second.get_by_role("button", name="Keep both"))
    both = "Boards meet too seldom to decide.\n\nBoards seldom meet with parents."
    expect(heading(second)).to_contain_text("Boards seldom meet with parents.")
    finding.refresh_from_db()
    assert finding.text == both


@pytest.mark.parametrize("way", ["phone", "no script"])
def test_a_quotation_reaches_the_reviewer_once_evelyn_has_approved_it(way, cast, enter):
    speaker = builders.participant(cast.evaluation, code="P01")
    finding = builders.finding(cast.evaluation.strand, text="Parents are asked late.")
    builders.quotation(cast.evaluation, evidence_for=finding, text=WORDS, speaker=speaker)
    evelyn, rowan = enter(cast.evelyn, **WAYS[way]), enter(cast.rowan)
    for page in (evelyn, rowan):
        page.goto(f"{E}findings/{finding.pk}/")
    expect(rowan.get_by_text(WORDS)).to_have_count(0)
    hand = hands(evelyn, way)

    expect(evelyn.get_by_text("Readers see nothing until an evaluator approves it.")).to_be_visible()
    hand.press(evelyn.get_by_role("button", name="Approve for use"))
    expect(evelyn.get_by_role("status")).to_have_text("Approved: readers may now see these words.")

    rowan.reload()
    expect(rowan.get_by_role("region", name="What was said").get_by_text(WORDS)).to_be_visible()
    expect(rowan.get_by_text("P01")).to_have_count(0)

    hand.press(evelyn.get_by_role("button", name="Stop using"))
    expect(evelyn.get_by_role("status")).to_have_text("Readers no longer see these words.")
    rowan.reload()
    expect(rowan.get_by_text(WORDS)).to_have_count(0)


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_words_of_somebody_who_asks_first_wait_for_their_answer(way, cast, enter):
    speaker = builders.participant(cast.evaluation, code="P02", consent="ask_first")
    finding = builders.finding(cast.evaluation.strand, text="Parents are asked late.")
    builders.quotation(cast.evaluation, evidence_for=finding, text=WORDS, speaker=speaker)
    page = enter(cast.evelyn, **WAYS[way])
    hand = hands(page, way)

    page.goto(f"{E}findings/{finding.pk}/")
    expect(page.get_by_role("button", name="Approve for use")).to_have_count(0)
    hand.press(page.get_by_role("link", name="Record P02’s answer"))
    hand.write(page.get_by_label("They agreed on"), "2 June 2024")
    hand.press(page.get_by_role("button", name="Record the answer"))
    expect(page.get_by_text("Agreed 2 June 2024")).to_be_visible()
    hand.press(page.get_by_role("button", name="Approve for use"))
    expect(page.get_by_role("status")).to_have_text("Approved: readers may now see these words.")
    assert Quotation.objects.get().approved_by == cast.evelyn


def test_both_files_of_a_participant_are_taken_one_after_the_other(cast, enter):
    builders.participant(cast.evaluation, code="P01")
    page = enter(cast.evelyn)
    page.goto(f"{E}participants/P01/data/")
    for button in ("Take the Word document", "Take the data file (JSON)"):
        with page.expect_download():
            page.get_by_role("button", name=button).click()

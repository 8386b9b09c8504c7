"""Evelyn writes the report: what she types is saved by itself, shown as it is printed, and never lost."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from evaluations.models import ConflictingEdit, ReportSection
from tests import builders
from tests.base import person
from tests.browser.hands import WAYS, hands
from tests.browser.test_entry_losses import copies, cut, expect_saved, kill, soon, status

REPORT = "/e/practice/report/"
INTRODUCTION = f"{REPORT}sections/introduction/"
WORDS = "We were asked once, and never again."


@pytest.fixture
def page(cast, enter) -> Page:
    """Evelyn's page with the introduction."""
    page = enter(cast.evelyn)
    page.goto(INTRODUCTION)
    return page


def box(page: Page):
    return page.get_by_label("What it says")


def heading(page: Page):
    return page.get_by_label("Heading", exact=True)


def preview(page: Page):
    return page.get_by_role("region", name="Preview of this section")


def written() -> list:
    """What the sections say that were written by hand, as (heading, text)."""
    return list(ReportSection.objects.filter(is_written=True).values_list("heading", "text"))


def test_what_is_typed_is_saved_and_shown_as_it_is_printed(page):
    expect(page.get_by_text("Drafted from the data")).to_be_visible()
    box(page).fill("Asked once")
    box(page).press("Control+a")
    page.get_by_role("button", name="Bold").click()
    box(page).press("End")
    box(page).press("Enter")
    page.keyboard.type("one thing")
    page.get_by_role("button", name="List").click()
    box(page).press("Enter")
    page.keyboard.type("another")
    expect(box(page)).to_have_value("**Asked once**\n\n- one thing\n- another")
    heading(page).fill("Before all else")
    expect(preview(page).locator("strong")).to_have_text("Asked once")
    expect(preview(page).get_by_role("listitem")).to_have_text(["one thing", "another"])
    expect(preview(page).get_by_role("heading").first).to_have_text("Before all else")
    expect_saved(page)
    expect(page.get_by_text("Written by hand.")).to_be_visible()
    assert written() == [("Before all else", "**Asked once**\n\n- one thing\n- another")]
    assert copies(page) == 0
    box(page).press("End")
    page.keyboard.type(" and more")
    page.get_by_role("link", name="Start again from the data").click()
    page.get_by_role("button", name="Start again from the data").click()
    assert written() == []
    page.get_by_role("button", name="Bring it back").click()
    expect(box(page)).to_have_value("**Asked once**\n\n- one thing\n- another and more")


def test_a_killed_tab_leaves_text_and_heading_that_are_restored_and_saved(page, unreachable):
    cut(page)
    heading(page).fill("Before all else")
    box(page).fill(WORDS)
    context = page.context
    kill(page)
    assert written() == []

    again = context.new_page()
    again.goto(INTRODUCTION)
    expect(again.get_by_text("was not saved:")).to_be_visible()
    again.get_by_role("button", name="Restore").click()
    expect(heading(again)).to_have_value("Before all else")
    soon(lambda: written() == [("Before all else", WORDS)])
    soon(lambda: copies(again) == 0)


def test_two_evaluators_in_one_section_see_both_texts_and_keep_both(page, cast, enter, expected_statuses):
    expected_statuses.add(409)
    other = person("nora")
    builders.member(cast.evaluation, other, "evaluator")
    theirs = enter(other)
    theirs.goto(INTRODUCTION)
    box(theirs).fill("We were asked twice.")
    soon(lambda: written() == [("", "We were asked twice.")])

    box(page).fill("We were asked once.")
    panel = page.get_by_role("group", name="Two versions of this section")
    expect(panel.locator("ins")).to_have_text(["twice.", "once."])
    assert ConflictingEdit.objects.get().fields["text"] == "We were asked once."
    panel.get_by_role("button", name="Keep both").click()
    expect(panel).to_have_count(0)
    expect(box(page)).to_have_value("We were asked twice.\n\nWe were asked once.")
    assert written() == [("", "We were asked twice.\n\nWe were asked once.")]


def test_signing_out_with_a_section_that_is_not_saved_asks_and_saves_it(page, unreachable):
    cut(page)
    box(page).fill(WORDS)
    expect(status(page)).to_have_text("The server does not answer: kept on this computer")
    page.unroute("**/save/")
    page.get_by_role("button", name="Sign out").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Report, Introduction")
    dialog.get_by_role("button", name="Save it and sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert written() == [("", WORDS)]
    assert copies(page) == 0


@pytest.mark.parametrize("way", ["no script", "keyboard"])
def test_a_section_is_written_and_moved_and_left_out_in_every_way(way, cast, enter):
    page = enter(cast.evelyn, **WAYS[way])
    hand = hands(page, way)
    page.goto(INTRODUCTION)
    hand.write(box(page), f"## Why\n\n{WORDS}")
    if way == "no script":
        hand.press(page.get_by_role("button", name="Preview without saving"))
        expect(preview(page).get_by_role("heading", name="Why")).to_be_visible()
        assert written() == []
        hand.press(page.get_by_role("button", name="Save", exact=True))
    else:
        hand.press(page.get_by_role("button", name="Save now"))
    expect(page.get_by_role("link", name="Start again from the data")).to_be_visible()
    hand.press(page.get_by_role("link", name="Back to the report"))
    sections = page.locator(".outline > li")
    first = sections.filter(has_text="Introduction")
    hand.press(first.get_by_role("button", name="Down"))
    expect(sections.nth(1)).to_contain_text("“Introduction” moved down.")
    hand.press(sections.nth(1).get_by_role("button", name="Leave out"))
    expect(sections.nth(1)).to_contain_text("Left out")
    hand.press(sections.nth(1).get_by_role("button", name="Undo"))
    expect(page.get_by_role("region", name="Preview of the report")).to_contain_text(WORDS)


def test_after_a_withdrawal_an_open_tab_keeps_its_text_on_screen_and_nowhere_else(
    page, cast, expected_statuses
):
    expected_statuses.add(423)
    box(page).fill("Theirs")
    expect_saved(page)
    builders.participant(cast.evaluation, withdrawn_on=date(2024, 6, 3))
    box(page).fill(WORDS)
    expect(status(page)).to_contain_text("A participant withdrew since you opened this page")
    expect(box(page)).to_have_value(WORDS)
    assert not box(page).is_editable()
    assert written() == [("", "Theirs")]
    assert not ConflictingEdit.objects.exists()
    assert copies(page) == 0


def test_a_copy_from_before_a_withdrawal_is_not_offered(page, cast, unreachable):
    cut(page)
    box(page).fill(WORDS)
    context = page.context
    kill(page)
    builders.participant(cast.evaluation, withdrawn_on=date(2024, 6, 3))

    again = context.new_page()
    again.goto(INTRODUCTION)
    soon(lambda: copies(again) == 0)
    expect(again.get_by_text("was not saved:")).to_have_count(0)
    expect(box(again)).not_to_have_value(WORDS)

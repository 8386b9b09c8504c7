"""Signing in with a second step, and again in the middle of work, with nothing lost."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import Page, expect

from evaluations.models import Answer, Finding
from tests import builders
from tests.base import PASSWORD
from tests.browser.hands import hands, has_script
from tests.second_step import code, set_up

WORDS = "Parents said that nobody had asked them before, and that being asked was what changed their minds."
LOGIN = "/accounts/login/"


def sign_in(page: Page, way: str, username: str) -> None:
    """Type name and password on the sign-in page."""
    hand = hands(page, way)
    hand.write(page.get_by_label("Username or email address"), username)
    hand.write(page.get_by_label("Password"), PASSWORD)
    hand.press(page.get_by_role("button", name="Sign in"))


@pytest.mark.parametrize("way", ["keyboard"])
def test_two_steps_are_set_up_and_used(cast, enter, way):
    page = enter(None, reduced_motion="reduce")
    hand = hands(page, way)
    page.goto("/e/practice/")
    sign_in(page, way, "rowan")
    hand.press(page.get_by_role("link", name="Account"))
    hand.press(page.get_by_role("link", name="Set it up"))
    hand.press(page.get_by_role("link", name="Set it up"))
    hand.write(page.get_by_label("Password"), PASSWORD)
    hand.press(page.get_by_role("button", name="Go on"))
    expect(page.get_by_role("img", name="QR code that holds the key")).to_be_visible()
    key = re.sub(r"\s", "", page.locator(".account-key code").inner_text())
    hand.write(page.get_by_label("Code"), code(key))
    hand.press(page.get_by_role("button", name="Switch it on"))
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    codes = page.locator(".account-codes code").all_inner_texts()
    assert len(codes) == 10
    on = "Two-step sign-in is on. Everywhere else you are signed out."
    expect(page.get_by_role("status")).to_have_text(on)
    expect(page.get_by_role("link", name="I have kept them: carry on")).to_be_visible()
    hand.press(page.get_by_role("button", name="Sign out"))

    for typed in (code(key, ahead=1), codes[0]):
        page.goto(LOGIN)
        sign_in(page, way, "rowan")
        hand.write(page.get_by_label("Code"), "000000")
        hand.press(page.get_by_role("button", name="Sign in", exact=True))
        expect(page.get_by_role("alert")).to_contain_text("This code is not right.")
        hand.write(page.get_by_label("Code"), typed)
        hand.press(page.get_by_role("button", name="Sign in", exact=True))
        hand.press(page.get_by_role("button", name="Sign out"))


def test_who_has_two_steps_signs_in_again_without_leaving_the_page(cast, enter, expected_statuses):
    expected_statuses.add(401)
    key = set_up(cast.evelyn)
    builders.interview(cast.evaluation, code="I01")
    page = enter(cast.evelyn)
    page.goto("/e/practice/interviews/I01/?condition=power")
    Session.objects.all().delete()
    page.get_by_role("textbox", name="What was said").fill(WORDS)
    dialog = page.get_by_role("dialog", name="Sign in again to save")
    button = dialog.get_by_role("button", name="Sign in and save")
    for _ in range(2):  # given up half way, and begun again
        dialog.get_by_label("Your password").fill(PASSWORD)
        button.click()
        expect(dialog.get_by_label("Code from your app")).to_be_focused()
        dialog.get_by_role("button", name="Not now").click()
        page.get_by_role("textbox", name="What was said").press("Control+s")
    dialog.get_by_label("Your password").fill(PASSWORD)
    button.click()
    dialog.get_by_label("Code from your app").fill("000000")
    button.click()
    expect(dialog.get_by_role("alert")).to_contain_text("This code is not right.")
    dialog.get_by_label("Code from your app").fill(code(key))
    button.click()
    expect(page.locator("[data-save-status][data-state=ok]")).to_contain_text("Saved")
    assert set(Answer.objects.values_list("text", flat=True)) == {WORDS}


@pytest.mark.parametrize("way", ["mouse", "no script"])
def test_what_was_typed_while_the_session_ended_is_sent_again(cast, strand, enter, expected_statuses, way):
    expected_statuses.update({401, 403})
    cache.clear()
    page = enter(cast.evelyn, java_script_enabled=has_script(way))
    page.goto("/e/practice/findings/new/?strand=coproduction&kind=barrier&condition=power")
    page.get_by_label("The finding").fill(WORDS)
    Session.objects.all().delete()
    page.get_by_role("button", name="Save finding").click()
    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    expect(page.get_by_label("Text")).to_have_value(WORDS)
    page.get_by_role("button", name="Send it again").click()  # too soon
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Sign in again").click()
    sign_in(popup.value, way, "evelyn")
    expect(popup.value.get_by_role("button", name="Sign out")).to_be_visible()
    page.get_by_role("button", name="Send it again").click()
    if not has_script(way):
        expect(page.get_by_text("had been open for a long time")).to_be_visible()
        page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("Finding saved.")).to_be_visible()
    assert [finding.text for finding in Finding.objects.all()] == [WORDS]

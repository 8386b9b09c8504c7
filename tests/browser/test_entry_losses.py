"""Evelyn writes an interview up while things go wrong. Each ends with her words in the database."""

import json
import re
import time
from datetime import datetime

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, Page, expect

from evaluations.models import Answer, AnswerVersion, CodingRound, Interview, InterviewCondition
from tests import builders
from tests.base import PASSWORD, person

WORDS = "We were asked once, and never again."
HERE = "/e/practice/interviews/I01/"
POWER = f"{HERE}?condition=power"


@pytest.fixture
def interview(cast):
    return builders.interview(cast.evaluation, code="I01")


@pytest.fixture
def page(cast, interview, enter) -> Page:
    """Evelyn's page with the answer under power."""
    page = enter(cast.evelyn)
    page.goto(POWER)
    return page


def box(page: Page):
    return page.get_by_role("textbox", name="What was said")


def status(page: Page):
    return page.locator("[data-save-status]")


def expect_saved(page: Page) -> None:
    """Wait until the page says that everything in it is saved, and not only what was there before."""
    expect(page.locator("[data-save-status][data-state=ok]")).to_contain_text("Saved")


def copies(page: Page) -> int:
    """How many copies this computer holds."""
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('waterline-copy:')).length")


def copied(page: Page) -> list:
    """What this computer holds, as [key, value] pairs."""
    return page.evaluate("Object.entries(localStorage)")


def kill(page: Page) -> None:
    """End a page as a crash does, once what was written is on this computer; nothing of it runs any more."""
    soon(lambda: WORDS in str(copied(page)))
    with pytest.raises(Error):
        page.goto("chrome://crash")


def texts() -> set[str]:
    return set(Answer.objects.values_list("text", flat=True))


def soon(check, seconds=20.0):
    """Wait until ``check()`` is true; for what the database holds."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def cut(page: Page) -> None:
    """Take the server away from what the page sends by itself."""
    page.route("**/save/", lambda route: route.abort())


def test_what_is_typed_is_saved_within_two_seconds_and_no_copy_is_left(page):
    # By a clock of the page's own that stands still while somebody types, however slow the machine is.
    page.clock.install(time=datetime(2030, 1, 1, 12))
    page.goto(POWER)
    page.clock.pause_at(datetime(2030, 1, 1, 13))
    expect(page.get_by_role("link", name="Code what was said")).to_have_count(0)
    box(page).press_sequentially(WORDS)
    page.clock.run_for(2000)
    page.clock.resume()
    expect_saved(page)
    expect(status(page)).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    assert texts() == {WORDS}
    assert copies(page) == 0
    expect(page.get_by_role("link", name="Code what was said")).to_be_visible()
    box(page).press("Control+s")
    page.get_by_label("Asked", exact=True).check()
    soon(lambda: InterviewCondition.objects.filter(condition="power", state="asked").exists())
    page.get_by_role("link", name="Mental models").last.click()
    expect(page.get_by_role("heading", level=2, name="Mental models")).to_be_visible()


def test_what_is_written_and_chosen_before_the_script_is_there_is_saved_when_it_is(page):
    waiting = []
    page.route("**/js/autosave.js", lambda route: waiting.append(route))
    page.goto(POWER, wait_until="commit")
    box(page).fill(WORDS)
    page.get_by_label("Asked", exact=True).check()
    soon(lambda: page.evaluate("document.readyState") == "interactive" and waiting)
    assert texts() == set()
    waiting[0].continue_()
    expect_saved(page)
    assert texts() == {WORDS}
    assert InterviewCondition.objects.get(condition="power").state == "asked"


def test_leaving_for_another_page_saves_first(page):
    box(page).fill(WORDS)
    page.get_by_role("link", name="Mental models").last.click()
    expect(page).to_have_url(re.compile("mental_models"))
    assert texts() == {WORDS}
    assert copies(page) == 0


def test_a_killed_tab_leaves_a_copy_that_is_restored_and_saved(page, cast, unreachable):
    cut(page)
    box(page).press_sequentially(WORDS)
    context = page.context
    kill(page)
    assert texts() == set()

    again = context.new_page()
    again.goto(POWER)
    expect(again.get_by_text("was not saved:")).to_be_visible()
    expect(box(again)).to_have_value("")
    again.get_by_role("button", name="Restore").click()
    soon(lambda: texts() == {WORDS})
    soon(lambda: copies(again) == 0)


def test_closing_the_page_right_after_the_last_key_sends_what_was_written(page):
    box(page).press_sequentially(WORDS)
    page.close(run_before_unload=True)
    soon(lambda: texts() == {WORDS})


def test_a_server_that_is_down_gets_the_text_when_it_is_back(page, unreachable):
    cut(page)
    box(page).fill(WORDS)
    expect(status(page)).to_have_text("The server does not answer: kept on this computer")
    assert copies(page) == 1
    page.unroute("**/save/")
    page.get_by_role("button", name="Try now").click()
    expect_saved(page)
    assert texts() == {WORDS}
    assert copies(page) == 0


def test_a_lost_network_is_said_and_what_was_written_is_sent_when_it_returns(page, unreachable):
    page.context.set_offline(True)
    box(page).fill(WORDS)
    expect(status(page)).to_have_text("Offline: kept on this computer")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download a copy").click()
    assert WORDS in download.value.path().read_text()
    page.context.set_offline(False)
    expect_saved(page)
    assert texts() == {WORDS}


def test_an_expired_session_is_renewed_in_place_with_the_text_kept(page, expected_statuses):
    expected_statuses |= {400, 401}
    Session.objects.all().delete()
    box(page).fill(WORDS)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Signed in until now: Evelyn")
    dialog.get_by_label("Your password").fill("wrong")
    dialog.get_by_role("button", name="Sign in and save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("do not match")
    assert texts() == set()
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in and save").click()
    expect(dialog).to_be_hidden()
    soon(lambda: texts() == {WORDS})
    expect(box(page)).to_have_value(WORDS)


def test_two_evaluators_in_one_answer_see_both_texts_and_keep_both(page, cast, enter, expected_statuses):
    expected_statuses.add(409)
    other = person("nora")
    builders.member(cast.evaluation, other, "evaluator")
    theirs = enter(other)
    theirs.goto(POWER)
    box(theirs).fill("We were asked twice.")
    soon(lambda: texts() == {"We were asked twice."})

    box(page).fill("We were asked once.")
    panel = page.get_by_role("group", name="Two versions of this answer")
    expect(panel.locator("ins")).to_have_text(["twice.", "once."])
    assert AnswerVersion.objects.get(set_aside=True).text == "We were asked once."
    panel.get_by_role("button", name="Keep both").click()
    expect(panel).to_have_count(0)
    both = "We were asked twice.\n\nWe were asked once."
    expect(box(page)).to_have_value(both)
    assert texts() == {both}
    box(page).press("End")
    box(page).press_sequentially(" Really.")
    soon(lambda: texts() == {f"{both} Really."})


def test_signing_out_with_text_that_is_not_saved_asks_and_saves_it(page, unreachable):
    cut(page)
    box(page).fill(WORDS)
    soon(lambda: copies(page) == 1)
    page.get_by_role("button", name="Sign out").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("I01, Power dynamics")
    dialog.get_by_role("button", name="Save it and sign out").click()
    expect(dialog.get_by_role("status")).to_contain_text("could not be saved now")
    page.unroute("**/save/")
    dialog.get_by_role("button", name="Save it and sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert texts() == {WORDS}
    assert copies(page) == 0


def test_what_is_written_while_the_text_is_being_locked_stays_and_is_offered(
    page, cast, interview, expected_statuses
):
    expected_statuses.add(423)
    CodingRound.objects.create(evaluation=cast.evaluation, interview=interview, second=person("coder"))
    on_the_way = []
    page.route("**/save/", lambda route: on_the_way.append(route))
    box(page).fill(WORDS)
    box(page).press("Control+s")
    box(page).fill(f"{WORDS} Really.")
    soon(lambda: on_the_way and "Really." in str(copied(page)))
    on_the_way[0].continue_()
    offer = page.locator(".offer")
    expect(offer).to_contain_text(f"{WORDS} Really.")
    expect(offer.get_by_role("button")).to_have_text(["Download", "Copy"])
    expect(status(page)).to_contain_text("What you wrote last is not saved: kept on this computer")
    assert AnswerVersion.objects.get(set_aside=True).text == WORDS
    assert "Really." in str(copied(page))


def test_somebody_else_on_the_same_computer_is_offered_nothing_and_old_copies_go(page, cast, unreachable):
    cut(page)
    box(page).fill(WORDS)
    soon(lambda: copies(page) == 1)
    own = copied(page)
    kill(page)

    other = person("nora")
    builders.member(cast.evaluation, other, "evaluator")
    Interview.objects.update(status="held")
    for user, offers in ((other, 0), (cast.evelyn, 1)):
        page.context.clear_cookies()
        second = page.context.new_page()
        sign_in(second, user)
        second.goto(POWER)
        expect(box(second)).to_have_value("")
        expect(second.get_by_role("button", name="Restore")).to_have_count(offers)
        if not offers:
            assert WORDS not in second.content()
    key, kept = own[0]
    old = json.loads(kept) | {"at": (time.time() - 8 * 24 * 60 * 60) * 1000}
    second.evaluate("([key, old]) => localStorage.setItem(key, old)", [key, json.dumps(old)])
    second.reload()
    expect(second.get_by_role("button", name="Restore")).to_have_count(0)
    assert copies(second) == 0


def sign_in(page: Page, user) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username or email address").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_browser_that_keeps_nothing_says_so(page, unreachable):
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    cut(page)
    box(page).fill(WORDS)
    expect(status(page)).to_contain_text("Download a copy before you close this page")
    page.unroute("**/save/")
    page.get_by_role("button", name="Try now").click()
    soon(lambda: texts() == {WORDS})


def test_without_a_script_the_button_saves(cast, interview, enter):
    page = enter(cast.evelyn, java_script_enabled=False)
    page.goto(POWER)
    box(page).fill(WORDS)
    page.get_by_label("Asked", exact=True).check()
    page.get_by_role("button", name="Save now").click()
    expect(page.get_by_text("Power dynamics saved.")).to_be_visible()
    expect(box(page)).to_have_value(WORDS)
    assert texts() == {WORDS}

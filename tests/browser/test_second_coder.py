"""A second evaluator codes an interview blind in a real browser, with the keys and without JavaScript."""

from playwright.sync_api import expect

from evaluations.actions.second_coding import open_second_coding
from evaluations.models import BlindCode, Role
from tests import builders
from tests.base import person

TEXT = "We were asked once. Nobody told us who decides.\n\nThey pay us now."


def interview_to_code(legacy):
    """Return an interview that somebody else has opened for a second coder, and that second coder."""
    second = person("second")
    builders.member(legacy, second, Role.EVALUATOR)
    interview = builders.interview(legacy, code="I95")
    builders.answer(interview, text=TEXT, condition="power")
    open_second_coding(interview=interview, second=second, by=second)
    return interview, second


def test_words_are_selected_and_coded_by_a_key_and_then_compared(legacy, enter):
    """Three interactions: select, a key; and the page says what is coded without being loaded again."""
    _, second = interview_to_code(legacy)
    page = enter(second)
    page.goto(f"/e/{legacy.slug}/interviews/I95/second-coding/")
    words = page.get_by_role("group", name="What was said")
    words.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("b")
    column = page.locator("#evidence")
    expect(column.get_by_text("We were asked once.")).to_be_visible()
    code = BlindCode.objects.get()
    assert TEXT[code.start : code.end] == "We were asked once."
    assert (code.kind, code.condition) == ("barrier", "power")
    column.get_by_role("button", name="Take back code 1").click()
    expect(column.get_by_text("Nothing yet.")).to_be_visible()
    assert not BlindCode.objects.exists()


def test_without_javascript_words_are_typed_in_and_the_coding_is_finished(legacy, enter):
    _, second = interview_to_code(legacy)
    page = enter(second, java_script_enabled=False)
    page.goto(f"/e/{legacy.slug}/interviews/I95/second-coding/")
    page.get_by_text("Code words by typing them in", exact=True).click()
    page.get_by_label("The words, as they stand in the answer").fill("They pay us now")
    page.get_by_role("radio", name="Achievement").check()
    page.get_by_role("button", name="Code these words").click()
    expect(page.locator("#evidence").get_by_text("They pay us now")).to_be_visible()
    page.get_by_role("link", name="I have finished").click()
    page.get_by_role("button", name="I have finished").click()
    expect(page.get_by_text("The two coders agreed on 94% of 18 units.")).to_be_visible()

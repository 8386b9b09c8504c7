"""Evelyn codes an interview: with the mouse, the keyboard alone, a finger, and without a script."""

import re

import pytest
from playwright.sync_api import Page, expect

from evaluations.models import Answer, Finding, InterviewStrand, Quotation
from tests import builders
from tests.browser.hands import WAYS, assert_focus_shows, hands

NOBODY = "Now nobody would start without parents."
TEXT = f"🙂 Two years ago we sent a leaflet. {NOBODY}\n\nSome colleagues wait too long."
START = TEXT.index(NOBODY)


@pytest.fixture
def interview(cast):
    """An interview with one answer under mental models, of one strand."""
    row = builders.interview(
        cast.evaluation, code="I07", participants=[builders.participant(cast.evaluation, code="P07")]
    )
    InterviewStrand.objects.create(evaluation=cast.evaluation, interview=row, strand=cast.evaluation.strand)
    row.answer = builders.answer(row, text=TEXT, condition="mental_models")
    return row


def open_in_code_mode(page: Page, interview) -> None:
    """Open the interview with its answer marked up."""
    page.goto(f"/e/practice/interviews/I07/?condition=mental_models&code={interview.answer.pk}")


def select(page: Page, words: str) -> None:
    """Select words of the text with the mouse, from their first letter to their last."""
    box = page.locator("[data-start]", has_text=words).first.evaluate(
        """(piece, words) => {
            const node = piece.firstChild, at = node.data.indexOf(words), range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + words.length);
            const boxes = [...range.getClientRects()], [first, last] = [boxes[0], boxes.at(-1)];
            return [first.left, first.top + first.height / 2, last.right, last.top + last.height / 2];
        }""",
        words,
    )
    page.mouse.move(box[0] + 0.5, box[1])
    page.mouse.down()
    page.mouse.move(box[2], box[3], steps=4)
    page.mouse.up()


def panel(page: Page):
    """Return the panel that says what a passage is."""
    return page.get_by_role("group", name="This passage is…")


def entry(page: Page, number: int):
    """Return an entry of the evidence column."""
    return page.locator(".ex", has=page.get_by_text(re.compile(rf"^\w+ {number}$")))


def test_with_the_mouse_a_selected_passage_is_evidence_after_three_interactions(interview, cast, enter):
    page = enter(cast.evelyn)
    open_in_code_mode(page, interview)
    select(page, NOBODY)
    expect(panel(page)).to_be_visible()
    expect(panel(page).get_by_label("Condition")).to_have_value("mental_models")

    # From here: A, a sentence, Enter.
    page.keyboard.press("a")
    box = page.get_by_label("Write a new achievement, or find one by its words")
    expect(box).to_be_focused()
    page.keyboard.type("Starting with parents is normal.")
    page.keyboard.press("Enter")
    expect(entry(page, 1)).to_contain_text("Supports · draft")
    expect(entry(page, 1).get_by_role("link", name="Starting with parents is normal.")).to_be_visible()
    expect(page.locator("[data-words]")).to_be_focused()

    quotation = Quotation.objects.get()
    assert (quotation.text, quotation.start) == (NOBODY, START)
    assert (quotation.kind, quotation.condition, quotation.passage) == (
        "achievement",
        "mental_models",
        "in_place",
    )
    assert list(Finding.objects.get().quotations.all()) == [quotation]
    expect(page.locator("mark.achievement")).to_contain_text(NOBODY)


def test_passages_overlap_span_paragraphs_and_are_dismissed_removed_and_undone(interview, cast, enter):
    page = enter(cast.evelyn)
    open_in_code_mode(page, interview)
    select(page, "nobody would start")
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    page.keyboard.press("b")  # nothing is selected, so the letter means nothing
    select(page, "nobody would start")
    page.keyboard.press("b")
    expect(entry(page, 1)).to_contain_text("Barrier 1")
    page.get_by_role("link", name="Decide later").click()
    expect(page.locator("[data-words]")).to_be_focused()
    expect(entry(page, 1)).to_contain_text("No finding yet")

    select_across(page)
    page.keyboard.press("s")
    expect(page.locator("mark.over [data-start]")).to_have_text("start")
    words = Quotation.objects.get(kind="suggestion")
    assert words.text == "start without parents.\n\nSome colleagues"
    page.get_by_role("link", name="Decide later").click()
    expect(page.locator("[data-words]")).to_be_focused()

    entry(page, 1).get_by_text("Change or remove").click()
    entry(page, 1).get_by_role("button", name="Remove").click()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    expect(page.locator("mark.barrier")).to_have_count(0)
    undo.click()
    expect(page.locator("mark.barrier")).to_have_count(2)
    expect(page.locator("#evidence .said")).to_have_text("Quotation restored.")


def select_across(page: Page) -> None:
    """Select from one paragraph into the next, over a passage that is marked already."""
    page.locator("[data-words]").evaluate(
        """words => {
            const pieces = [...words.querySelectorAll("[data-start]")];
            const [from, to] = [pieces.find(piece => piece.textContent.includes("nobody")), pieces.at(-1)];
            words.focus();
            getSelection().setBaseAndExtent(
                from.firstChild, from.textContent.indexOf("start"),
                to.firstChild, "Some colleagues".length
            );
        }"""
    )
    expect(panel(page)).to_be_visible()


def test_with_the_keyboard_alone_a_sentence_is_marked_and_attached_to_a_finding_found_by_typing(
    interview, cast, enter
):
    strand = cast.evaluation.strand
    finding = builders.finding(strand, text="Fear of getting it wrong", condition="mental_models")
    page = enter(cast.evelyn, **WAYS["keyboard"])
    open_in_code_mode(page, interview)
    hands(page, "keyboard").go_to(page.locator("[data-words]"))
    assert_focus_shows(page)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")  # the sentence that the first word is in
    page.keyboard.press("ArrowDown")
    expect(panel(page)).to_be_visible()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("b")
    box = page.get_by_role("combobox", name="Write a new barrier, or find one by its words")
    expect(box).to_be_focused()
    page.keyboard.type("wrong")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_contain_text(
        "Fear of getting it wrong"
    )
    with page.expect_response("**/support/search/**"):
        box.dispatch_event("focus")  # as an answer that comes late
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(entry(page, 1).get_by_role("link", name="Fear of getting it wrong")).to_be_visible()
    assert finding.quotations.get().text == NOBODY


def test_on_a_phone_the_panel_opens_in_the_text_and_a_finger_says_what_a_passage_is(interview, cast, enter):
    page = enter(cast.evelyn, **WAYS["phone"])
    open_in_code_mode(page, interview)
    select_word = "nobody would start"
    page.locator("[data-words]").evaluate(
        """(words, wanted) => {
            const node = words.querySelector("[data-start]").firstChild, at = node.data.indexOf(wanted);
            getSelection().setBaseAndExtent(node, at, node, at + wanted.length);
        }""",
        select_word,
    )
    expect(panel(page)).to_be_visible()
    panel(page).get_by_role("button", name="Suggestion").tap()
    box = page.get_by_label("Write a new recommendation, or find one by its words")
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport()
    box.fill("Start with parents")
    page.get_by_role("button", name="Attach", exact=True).tap()
    expect(entry(page, 1).get_by_role("link", name="R1: Start with parents")).to_be_visible()
    assert Quotation.objects.get().text == select_word


def test_without_a_script_evidence_is_typed_in_and_attached(interview, cast, enter):
    page = enter(cast.evelyn, **WAYS["no script"])
    open_in_code_mode(page, interview)
    page.get_by_text("Add evidence by typing it in").click()
    page.get_by_label("The words, as they stand in the answer").fill("Nobody ever said this")
    page.get_by_role("radio", name="Barrier").check()
    page.get_by_role("button", name="Add this quotation").click()
    expect(page.get_by_role("alert")).to_contain_text("do not stand in the answer")
    typed = page.get_by_label("The words, as they stand in the answer")
    expect(typed).to_have_value("Nobody ever said this")
    typed.fill("Some colleagues  wait")
    page.get_by_role("button", name="Add this quotation").click()
    expect(entry(page, 1)).to_contain_text("Some colleagues wait")
    page.get_by_label("Write a new barrier, or find one by its words").fill("Colleagues wait.")
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(entry(page, 1)).to_contain_text("Colleagues wait.")
    page.get_by_text("Change or remove").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Undo").click()
    expect(entry(page, 1)).to_contain_text("Colleagues wait.")


def test_what_somebody_else_changed_meanwhile_is_not_coded_wrongly(interview, cast, enter):
    page = enter(cast.evelyn)
    open_in_code_mode(page, interview)
    Answer.objects.filter(pk=interview.answer.pk).update(text=f"Well. {TEXT}", version=2)
    select(page, NOBODY)
    page.keyboard.press("a")
    expect(entry(page, 1)).to_contain_text(NOBODY)
    assert Quotation.objects.get().start == START + len("Well. ")

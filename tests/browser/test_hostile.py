"""Hostile texts, stored, in a real browser: nothing of them runs, on pages whose scripts take words apart."""

import pytest

from tests.browser.stops import every_stop
from tests.hostile.stored import fill_with_hostile_texts
from tests.hostile.tally import IS_FULL

# Where our scripts put words into the page, or draw them. `python -m tests.security --full` opens all pages.
DRAWN = {
    *(
        "matrix-detail",
        "comparison-detail",
        "board-detail",
        "interview-detail",
        "passage-add",
        "section-edit",
    ),
    *("recommendation-board", "recommendation-timeline", "lasting-detail", "legacy-plan", "workshop-screen"),
    *("reflection-quotations", "finding-list", "report-preview"),
}
CANARY = "window.ran = []; window.canary = (...words) => { window.ran.push(words); };"
MARKED = "[data-canary], [onerror], [onload], [onfocus], x-canary, iframe, object, base, math"


@pytest.mark.parametrize("who", ["evelyn", "leigh"])
def test_nothing_of_a_hostile_text_runs_in_a_browser(scene, enter, who):
    """The watch fails the test when a page met an error, a forbidden script or style, or another host."""
    stops = [stop for stop in every_stop(scene) if stop.who == who and not stop.act and stop.status == 200]
    first = {stop.route: stop for stop in reversed(stops) if IS_FULL or stop.route in DRAWN}
    fill_with_hostile_texts()
    page = enter(getattr(scene.cast, who))
    page.add_init_script(CANARY)
    asked, shown = [], 0
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    for stop in first.values():
        stop.visit(page)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.ran") == [], stop.name
        shown += "canary" in page.inner_text("body")
        assert page.locator(MARKED).count() == 0, stop.name
    assert not asked
    assert shown > len(first) // 2, "hostile texts stand on most of them"

"""The matrix by keyboard: a finding beside it, and presenting, as wide as a projector, a laptop, a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import assert_accessible, assert_no_overflow
from tests.browser.hands import Keyboard, assert_focus_shows

E = "/e/ssbc-legacy-2023/"
MATRIX = f"{E}matrix/coproduction/"
COSTLY = "It is thought to cost a lot of money and time."
WIDTHS = (1920, 1280, 360)
at_every_width = pytest.mark.parametrize("width", WIDTHS)


def top(thing):
    """Return how far below the window's upper edge something stands."""
    return thing.bounding_box()["y"]


def scrolled(page: Page) -> float:
    """Return how far the page is scrolled."""
    return page.evaluate("window.scrollY")


@at_every_width
def test_a_finding_opens_beside_the_matrix_and_every_way_of_closing_keeps_the_place(
    width, legacy_cast, enter
):
    page = enter(legacy_cast.rowan, width=width, reduced_motion="reduce")
    keys = Keyboard(page)
    page.goto(f"{MATRIX}?kind=barrier")
    link = page.get_by_role("link", name=COSTLY)
    panel = page.locator("#finding")
    ways_out = {
        "escape": lambda: page.keyboard.press("Escape"),
        "back": page.go_back,
        "close": lambda: keys.press(panel.get_by_role("link", name="Close")),
    }
    documents = []
    page.on("request", lambda request: request.is_navigation_request() and documents.append(request.url))

    for name, leave in ways_out.items():
        link.focus()
        link.scroll_into_view_if_needed()
        place = top(link)
        page.keyboard.press("Enter")
        expect(panel.get_by_role("heading", name=COSTLY)).to_be_focused()
        expect(page).to_have_url(re.compile(r"\?kind=barrier&finding=[0-9]+$"))
        expect(panel).to_contain_text("“Coproduction is costly”June 2023 report")
        expect(panel.get_by_role("link", name="Open its own page")).to_be_visible()
        if name == "escape":
            assert_no_overflow(page)
            assert_accessible(page)
        if width == 360:
            box = panel.bounding_box()
            assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 360, 900), "it covers the page"
            for covered in (".seas", ".mast", ".head", ".foot"):
                expect(page.locator(covered)).to_have_js_property("inert", True)
        else:
            assert abs(top(link) - place) < 2, "what was read keeps its place while the panel opens"
        leave()
        expect(panel).to_have_count(0)
        expect(page).to_have_url(re.compile(r"\?kind=barrier$"))
        expect(link).to_be_focused()
        assert_focus_shows(page)
        assert abs(top(link) - place) < 2, f"{name}: the place was lost"
    assert documents == [], "the page was loaded anew"


def test_an_address_with_a_finding_opens_with_it_and_closes_without_leaving(legacy_cast, enter):
    page = enter(legacy_cast.rowan, reduced_motion="reduce")
    page.goto(MATRIX)
    page.get_by_role("link", name=COSTLY).click()
    panel = page.get_by_role("complementary", name=COSTLY)
    expect(panel).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?finding=[0-9]+$"))
    shared = page.url
    page.goto(f"{E}findings/")

    page.goto(shared)
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.get_by_role("link", name=COSTLY)).to_be_focused()
    page.go_back()
    expect(panel).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Findings")


def test_without_a_script_a_finding_opens_at_its_place_in_the_page_and_back_keeps_the_place(
    legacy_cast, enter
):
    page = enter(legacy_cast.rowan, width=360, java_script_enabled=False)
    page.goto(MATRIX)
    link = page.get_by_role("link", name=COSTLY)
    link.click()
    heading = page.get_by_role("heading", level=2, name=COSTLY)
    expect(heading).to_be_in_viewport()
    page.go_back()
    expect(link).to_be_in_viewport()
    page.go_forward()
    page.get_by_role("link", name="Close this finding").click()
    expect(heading).to_have_count(0)
    expect(link).to_be_in_viewport()


def test_filters_apply_with_enter_and_can_be_shared_and_cleared(legacy_cast, enter):
    page = enter(legacy_cast.rowan, reduced_motion="reduce")
    keys = Keyboard(page)
    page.goto(MATRIX)
    keys.go_to(page.locator("summary", has_text="Filter"))
    page.keyboard.press("Enter")
    keys.write(page.get_by_label("Words in findings and quotations"), "costly")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 39 findings shown.")).to_be_visible()
    expect(page.locator("[data-finding]")).to_have_count(1)
    assert_accessible(page)

    other = enter(legacy_cast.leigh)
    other.goto(page.url)
    expect(other.get_by_text("1 of 39 findings shown.")).to_be_visible()
    keys.press(page.get_by_role("link", name="Clear filters"))
    expect(page.locator("[data-finding]")).to_have_count(39)


@at_every_width
def test_presenting_goes_from_step_to_step_by_keyboard_and_leaves_no_trace_of_a_browser(
    width, legacy_cast, enter
):
    page = enter(legacy_cast.rowan, width=width, reduced_motion="reduce")
    page.goto(f"{MATRIX}?kind=barrier")
    Keyboard(page).press(page.get_by_role("link", name="Present", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("24 barriers")
    expect(page.get_by_role("status")).to_be_attached()  # the script is there
    for clutter in ("banner", "contentinfo"):
        expect(page.get_by_role(clutter)).to_have_count(0)
    expect(page.get_by_role("navigation", name="This evaluation")).to_have_count(0)
    documents = []
    page.on("request", lambda request: request.is_navigation_request() and documents.append(request.url))

    headings = []
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_text(f"{len(headings) + 2} of 7", exact=True)).to_be_visible()
        headings.append(page.get_by_role("heading", level=1).inner_text().split("\n")[0])
        assert_no_overflow(page)
    assert [heading.strip() for heading in headings] == [
        "Policies",
        "Practices",
        "Resource flows",
        "Relationships & connections",
        "Power dynamics",
        "Mental models",
    ]
    expect(page.locator("[data-finding]")).to_have_count(7)
    assert_accessible(page)
    page.keyboard.press("ArrowRight")  # the last step stays
    expect(page.get_by_text("7 of 7", exact=True)).to_be_visible()
    page.keyboard.press("PageUp")
    expect(page.get_by_text("6 of 7", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("7 of 7", exact=True)).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_role("heading", level=1)).to_have_text("24 barriers")
    assert_accessible(page)
    assert documents == [], "a new page would leave the full screen"
    assert page.evaluate("document.getAnimations().length") == 0

    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Leave full screen")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("2 of 7", exact=True)).to_be_visible()
    assert page.evaluate("document.fullscreenElement !== null")
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Full screen", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"\?kind=barrier$"))

"""Rowan reads: both matrices, a finding and its evidence, the strands side by side, and prints."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.base import PASSWORD
from tests.browser.hands import WAYS, assert_focus_shows, hands, has_script, in_every_way

CONDITIONS = ("policies", "practices", "resources", "relationships", "power", "mental_models")
# As the June 2023 report prints them, in the model's order.
COPRODUCTION = {"achievement": (3, 3, 3, 3, 2, 1), "barrier": (3, 4, 4, 3, 3, 7)}
FATHER_INCLUSIVITY = {"achievement": (2, 3, 3, 2, 0, 0), "barrier": (1, 2, 4, 2, 1, 3)}
COMPARE = "/e/ssbc-legacy-2023/compare/?strands=coproduction,father-inclusivity"
MATRIX = "/e/ssbc-legacy-2023/matrix/coproduction/"


def read_cells(page: Page, strand: str, hook: str) -> dict[str, tuple[int, ...]]:
    """Return the figures of a strand as the page holds them: kind to numbers in the model's order."""
    return {
        kind: tuple(
            int(
                page.locator(
                    f'[data-strand="{strand}"][data-kind="{kind}"][data-condition="{condition}"][{hook}]'
                ).get_attribute(hook)
            )
            for condition in CONDITIONS
        )
        for kind in COPRODUCTION
    }


def menu(page: Page, name: str):
    """Return a link of the evaluation's menu."""
    return page.get_by_role("navigation", name="This evaluation").get_by_role("link", name=name)


@in_every_way
def test_rowan_signs_in_reads_the_matrices_and_compares_the_strands(way, legacy_cast, enter):
    page = enter(None, **WAYS[way])
    hand = hands(page, way)

    page.goto("/")
    if way == "keyboard":
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        assert_focus_shows(page)
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()
    hand.write(page.get_by_label("Username or email address"), "rowan")
    hand.write(page.get_by_label("Password"), PASSWORD)
    hand.press(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("heading", level=1)).to_have_text("SSBC Legacy Plan evaluation 2023")

    # Both matrices of both strands, empty cells included.
    hand.press(menu(page, "Matrix"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Coproduction")
    assert read_cells(page, "coproduction", "data-count") == COPRODUCTION
    expect(page.locator("[data-finding]")).to_have_count(15 + 24)
    hand.press(page.get_by_role("navigation", name="Strands").get_by_role("link", name="Father Inclusivity"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Father Inclusivity")
    expect(page.get_by_role("complementary")).to_contain_text("from public sources, not from interviews")
    assert read_cells(page, "father-inclusivity", "data-count") == FATHER_INCLUSIVITY
    page.go_back()

    # A finding, its evidence, and back to the same place.
    barriers = page.get_by_role("region", name="Remaining to be done and barriers")
    finding = barriers.locator('[data-condition="mental_models"]').get_by_role(
        "link", name="cost a lot of money"
    )
    hand.press(finding)
    expect(page.get_by_role("heading", name="It is thought to cost a lot of money and time.")).to_be_visible()
    hand.press(page.get_by_role("link", name="Open its own page"))
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "It is thought to cost a lot of money and time."
    )
    evidence = page.get_by_role("region", name="What was said")
    expect(evidence.get_by_text("“Coproduction is costly”")).to_be_visible()
    expect(evidence.get_by_text("June 2023 report")).to_be_visible()
    for change in ("Edit", "Attach a quotation", "Correct"):
        expect(page.get_by_role("link", name=change)).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("link", name="Close this finding")).to_be_visible()
    page.go_back()
    expect(finding).to_be_in_viewport()

    # Side by side, one of them from public sources: figures and the report's conclusion, nothing else.
    hand.press(menu(page, "Compare"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Coproduction beside Father Inclusivity")
    expect(page.get_by_role("complementary", name="Where these findings come from")).to_contain_text(
        "Father Inclusivity is compiled from public sources, not from interviews."
    )
    expect(page.get_by_role("heading", name="In a sentence")).to_have_count(0)
    expect(page.get_by_role("heading", name="What the report concluded")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^Illustration: "))).to_have_count(2)
    assert read_cells(page, "coproduction", "data-value") == COPRODUCTION
    assert read_cells(page, "father-inclusivity", "data-value") == FATHER_INCLUSIVITY
    assert not re.search(r"%|\bper cent\b|\b[Mm]ost\b|\d of \d", page.get_by_role("main").inner_text())
    table = page.get_by_role("table", name="Findings by condition, kind and strand")
    expect(table.get_by_role("row", name="All six conditions")).to_have_text(
        re.compile(r"All six conditions\s*15\s*24\s*10\s*13")
    )
    expect(page.locator("[data-chart]")).to_have_count(2)
    hand.press(page.get_by_text("Show the bars"))
    if has_script(way):
        for chart in page.locator("[data-chart]").all():
            chart.scroll_into_view_if_needed()
            expect(chart).to_have_attribute("data-drawn", "")
    else:
        expect(
            page.get_by_text("The chart is drawn by a script. Its figures are in the table")
        ).to_have_count(2)

    # Recommendations, to read only.
    hand.press(menu(page, "Recommendations"))
    expect(page.locator("[data-recommendation]")).to_have_count(10)
    hand.press(page.get_by_role("link", name="In the toolkit, avoid telling people"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("In the toolkit")
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)


def test_the_print_view_prints_itself_and_leaves_out_what_paper_cannot_use(legacy_cast, enter):
    page = enter(legacy_cast.rowan)
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")

    page.goto(MATRIX)
    assert page.evaluate("window.printed") == 0
    page.get_by_role("link", name="Print").click()
    expect(page).to_have_url(re.compile(r"print=1"))
    page.wait_for_function("window.printed > 0")
    assert page.evaluate("window.printed") == 1
    assert read_cells(page, "coproduction", "data-count") == COPRODUCTION

    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("It is thought to cost a lot of money and time.")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("link", name="Print")).to_be_hidden()

    page.emulate_media(media="screen")
    page.goto(COMPARE)
    page.get_by_role("link", name="Print").click()
    expect(page).to_have_url(re.compile(r"print=1"))
    page.wait_for_function("window.printed > 0")
    assert page.evaluate("window.printed") == 1


@pytest.mark.parametrize("address", [MATRIX, COMPARE, "/e/ssbc-legacy-2023/recommendations/"])
def test_printed_pages_fit_the_paper(address, legacy_cast, enter):
    page = enter(legacy_cast.rowan)
    page.goto(address)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 upright, 10 mm margins
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0

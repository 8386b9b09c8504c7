"""Charts in a real browser: drawn when they are looked at, and taken away as pictures."""

import re
import struct
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import Download, Page, expect

from tests.browser.test_reviewer import COPRODUCTION, FATHER_INCLUSIVITY

BUNDLE = re.compile(r"/plotly-.*\.js$")
COMPARE = "/e/ssbc-legacy-2023/compare/?strands=coproduction,father-inclusivity"
SVG = "{http://www.w3.org/2000/svg}"


def unfold(page: Page) -> None:
    """Show the bars, which are folded away while the same counts stand as marks on the page."""
    page.get_by_text("Show the bars").click()


def test_charts_are_drawn_when_they_are_near_and_their_script_is_asked_for_only_then(legacy_cast, enter):
    page = enter(legacy_cast.rowan)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if BUNDLE.search(request.url) else None)

    for address in ("", "findings/", "matrix/coproduction/", "lasting/"):
        page.goto(f"/e/ssbc-legacy-2023/{address}")
        page.mouse.wheel(0, 20_000)
    page.goto(COMPARE)
    page.mouse.wheel(0, 20_000)
    page.wait_for_load_state("networkidle")
    assert asked == [], "no chart is in sight"
    expect(page.locator("[data-drawn]")).to_have_count(0)

    unfold(page)
    for strand, figures in (("coproduction", COPRODUCTION), ("father-inclusivity", FATHER_INCLUSIVITY)):
        chart = page.locator(f'[data-chart="chart-{strand}"]')
        chart.scroll_into_view_if_needed()
        expect(chart).to_have_attribute("data-drawn", "")
        expect(chart.locator(".bars .point")).to_have_count(12)
        drawn = [int(text) for text in chart.locator(".bars .point text").all_text_contents() if text.strip()]
        assert sorted(drawn) == sorted(number for row in figures.values() for number in row)
    assert len(asked) == 1


def test_a_chart_whose_script_does_not_come_says_where_its_figures_are(legacy_cast, enter, unreachable):
    page = enter(legacy_cast.rowan)
    page.route(BUNDLE, lambda route: route.abort())
    page.goto(COMPARE)
    unfold(page)
    chart = page.locator("[data-chart]").first
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_text("The chart could not be drawn. Its figures are in the table on this page.")
    expect(page.get_by_role("button", name=re.compile("^Download as"))).to_have_count(0)


def take(page: Page, name: str) -> Download:
    """Press a button and return what is downloaded."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    return download.value


def test_a_chart_is_taken_away_as_png_and_as_svg_with_its_title_and_where_it_comes_from(legacy_cast, enter):
    page = enter(legacy_cast.rowan)
    page.goto(COMPARE)
    unfold(page)
    chart = page.locator('[data-chart="chart-coproduction"]')
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_attribute("data-drawn", "")
    page.context.set_offline(True)

    title = "Coproduction: achievements and barriers by condition"
    png, svg = (take(page, f"Download as {form}: {title}") for form in ("PNG", "SVG"))

    assert png.suggested_filename == "ssbc-legacy-2023-compare-chart-coproduction.png"
    assert svg.suggested_filename == "ssbc-legacy-2023-compare-chart-coproduction.svg"
    picture = Path(png.path()).read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n" and picture[12:16] == b"IHDR"
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 2000 and height > 800
    assert len(picture) > 20_000, "an empty picture is smaller"
    drawing = ElementTree.parse(svg.path()).getroot()  # noqa: S314 - our own picture
    assert drawing.tag == f"{SVG}svg"
    words = " ".join("".join(text.itertext()) for text in drawing.iter(f"{SVG}text"))
    for said in (title, "From interviews.", "findings, not of people", "SSBC Legacy Plan evaluation 2023"):
        assert said in words
    numbers = [int(word) for word in words.split() if word.isdecimal() and len(word) < 3]
    assert sorted(numbers) == sorted(number for row in COPRODUCTION.values() for number in row)
    assert not [part for part in drawing.iter() if part.tag in (f"{SVG}image", f"{SVG}script")]

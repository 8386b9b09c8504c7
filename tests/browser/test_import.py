"""Evelyn brings a table in: sends it, says which column is which, mends what is wrong, and imports it."""

import pytest
from playwright.sync_api import expect

from evaluations import jobs
from evaluations.importing.columns import SheetKind
from evaluations.models import Finding
from tests import tables
from tests.browser.hands import WAYS, hands, has_script

E = "/e/practice/"


def table(condition):
    """Return a table whose column for the condition has a heading of its own."""
    rows = tables.lines(SheetKind.FINDINGS, [tables.finding("Costs rose.", Condition=condition)])
    rows[0] = ["Which of the six" if heading == "Condition" else heading for heading in rows[0]]
    return {"name": "mine.xlsx", "mimeType": "", "buffer": tables.workbook({"Mine": rows})}


@pytest.mark.parametrize("way", ["keyboard", "no script"])
def test_evelyn_imports_a_table_after_mending_an_error_in_it(way, cast, enter):
    page = enter(cast.evelyn, **WAYS[way])
    hand = hands(page, way)

    def send(condition):
        page.locator("#id_file").set_input_files(table(condition))
        hand.press(page.get_by_role("button", name="Send and go on"))
        hand.press(page.get_by_role("button", name="Go on", exact=True))
        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("Condition (needed): Say which column of the file this is.")
        hand.press(summary.get_by_role("link"))
        hand.select(page.get_by_label("Condition (needed)"), f"C: Which of the six ({condition})")
        hand.press(page.get_by_role("button", name="Go on", exact=True))

    page.goto(f"{E}interviews/")
    hand.press(page.get_by_role("link", name="Import", exact=True))
    send("Weather")
    expect(page.locator("[data-problem]")).to_contain_text("Mine, row 2, column C (Condition): “Weather”")
    expect(page.get_by_role("button", name="Import 1 row")).to_have_count(0)
    hand.press(page.get_by_role("link", name="Send the mended file"))
    send("Power dynamics")
    hand.press(page.get_by_role("button", name="Import 1 row"))
    expect(page.get_by_text("Waiting to begin")).to_be_visible()
    assert not Finding.objects.exists()
    jobs.work(once=True)
    if not has_script(way):  # Chromium, its scripts switched off for a test, still leaves out noscript
        hand.press(page.get_by_role("link", name="Look again now"))
    expect(page.get_by_text("Saved: 1 finding.")).to_be_visible()
    assert Finding.objects.get().condition == "power"

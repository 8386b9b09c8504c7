"""The report as one page of HTML, opened as the file that it is."""

import pytest

from evaluations.exporting.report import report_file
from tests.browser.checks import assert_accessible, assert_no_overflow
from tests.browser.conftest import HEIGHT, WIDE
from tests.documents import every_block


@pytest.fixture
def address(tmp_path):
    """Return where the file is."""
    path = tmp_path / "report.html"
    path.write_bytes(
        report_file(every_block(lambda text: f"{text} {'w' * 60}"), "html", name=("report",)).content
    )
    return path.as_uri()


@pytest.mark.parametrize("width", [WIDE, 360, 320])
def test_the_file_opens_anywhere_asks_for_nothing_and_is_for_everybody(address, page, width):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.goto(address)
    assert_accessible(page)
    assert_no_overflow(page)
    assert [url for url in asked if not url.startswith("data:")] == [address]

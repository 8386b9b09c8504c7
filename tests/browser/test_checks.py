"""What the browser tests ask of every page finds what it is there to find."""

import pytest
from playwright.sync_api import expect

from tests.browser.checks import Inline


def test_the_watch_notices_another_host(legacy_cast, enter, watch):
    page = enter(legacy_cast.rowan)
    page.route("https://elsewhere.example/*", lambda route: route.abort())
    page.goto("/")
    # As a link that somebody follows: the only way that the policy leaves open.
    page.evaluate("location.href = 'https://elsewhere.example/'")
    expect(page).to_have_url("chrome-error://chromewebdata/")
    assert any("asked another host" in problem for problem in watch.problems)
    watch.problems.clear()


@pytest.mark.parametrize(
    "markup",
    [
        "<script>1</script>",
        "<style>p {}</style>",
        '<p style="color: red">',
        '<p onclick="go()">',
        '<a href="javascript:go()">',
        '<img src="https://elsewhere.example/x.png">',
        '<link rel="stylesheet" href="//elsewhere.example/x.css">',
    ],
)
def test_what_is_inline_or_from_elsewhere_is_noticed(markup):
    parser = Inline("here.example")
    parser.feed(markup)
    assert len(parser.found) == 1

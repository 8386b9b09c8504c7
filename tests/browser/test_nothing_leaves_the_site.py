"""Whoever walks over whichever page: every request goes to this site, and nothing in a page is inline."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.base import signed_in
from tests.browser.scene import Scene
from tests.browser.stops import every_stop

DATA_TYPES = {"application/json"}
LOADING = {"src", "srcset", "data", "poster", "background", "manifest", "formaction", "action", "xlink:href"}


class Inline(HTMLParser):
    """Notes what a strict content security policy is against, and what would be loaded from elsewhere."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        is_code = tag == "script" and attributes.get("type") not in DATA_TYPES
        if is_code and not attributes.get("src"):
            self.found.append("a script in the page")
        if tag in ("style", "base", "iframe", "object", "embed"):
            self.found.append(f"<{tag}>")
        for name, value in attributes.items():
            if name == "style" or name.startswith("on"):
                self.found.append(f"{name} on <{tag}>")
            if value.strip().lower().startswith("javascript:"):
                self.found.append(f"{value[:40]} on <{tag}>")
            loads = name in LOADING or (name == "href" and tag != "a")
            if loads and urlsplit(value).netloc not in ("", self.host):
                self.found.append(f"<{tag} {name}={value}>")


class Recorder:
    """Every request of a browser."""

    def __init__(self, page: Page) -> None:
        self.addresses: list[str] = []
        page.context.on("request", self.note)

    def note(self, request: Request) -> None:
        """Keep a request's address."""
        self.addresses.append(request.url)

    def hosts(self) -> set[str]:
        """Where requests went, those apart that stay within the page."""
        parts = [urlsplit(address) for address in self.addresses]
        return {part.netloc for part in parts if part.scheme not in ("data", "blob", "about")}


def addresses(scene: Scene, who: str) -> list[str]:
    """The pages that somebody may open, and one of those that are closed to them."""
    client, found = signed_in(scene.people.get(who)), {}
    for stop in every_stop(scene):
        status = client.get(stop.address).status_code
        path = urlsplit(stop.address).path
        found.setdefault(status if status in (302, 403, 404) else path, stop.address)
    return list(found.values())


@pytest.mark.parametrize("who", ["", "rowan", "leigh", "evelyn"])
def test_every_request_stays_here_and_pages_hold_nothing_inline(
    who, scene, enter, live_server, expected_statuses
):
    expected_statuses.update({403, 404})
    host = urlsplit(live_server.url).netloc
    page, inline, shown = enter(scene.people.get(who)), {}, 0
    recorder = Recorder(page)
    for address in addresses(scene, who):
        response = page.goto(address)
        shown += response.status == 200
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy, address
        parser = Inline(host)
        parser.feed(response.text())
        if parser.found:
            inline[address] = parser.found
        for chart in page.locator("[data-chart]").all():
            chart.scroll_into_view_if_needed()
            expect(chart).to_have_attribute("data-drawn", "")
    assert inline == {}
    assert recorder.hosts() == {host}
    assert shown >= {"": 5, "rowan": 20, "leigh": 20, "evelyn": 40}[who]
    assert len(recorder.addresses) > 3 * shown


def test_the_recorder_and_the_watch_notice_another_host(legacy_cast, enter, watch):
    page = enter(legacy_cast.rowan)
    recorder = Recorder(page)
    page.route("https://elsewhere.example/*", lambda route: route.abort())
    page.goto("/")
    # As a link that somebody follows: the only way that the policy leaves open.
    page.evaluate("location.href = 'https://elsewhere.example/'")
    expect(page).to_have_url("chrome-error://chromewebdata/")
    assert "elsewhere.example" in recorder.hosts()
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

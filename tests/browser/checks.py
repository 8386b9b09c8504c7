"""What a browser test asks of any page: nothing went wrong, accessible, no sideways scrolling."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

AXE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},  # at least 24 by 24 px; off in axe by default
    "resultTypes": ["violations"],
}


LOST = re.compile("ERR_(FAILED|ABORTED|INTERNET_DISCONNECTED|CONNECTION_REFUSED)")
DATA_TYPES = {"application/json"}
LOADING = {"src", "srcset", "data", "poster", "background", "manifest", "formaction", "action", "xlink:href"}


class Watch:
    """Notes what goes wrong in a browser context while a test uses it.

    A test that expects, say, a 404 page adds the status to `expected_statuses`; one that takes the connection
    away sets `may_lose_connection`. Static files never get away with an error.
    """

    def __init__(self, *, server: str, static_url: str) -> None:
        self.host = urlsplit(server).netloc
        self.static_url = static_url
        self.expected_statuses: set[int] = set()
        self.may_lose_connection = False
        self.is_over = False
        self.errors: list[tuple[int, str]] = []
        self.problems: list[str] = []

    def attach(self, context: BrowserContext) -> None:
        """Listen to every page of this context, pop-ups included."""
        for event, listener in (
            ("request", self.on_request),
            ("response", self.on_response),
            ("console", self.on_console),
            ("weberror", self.on_error),
        ):
            context.on(event, self._until_over(listener))

    def stop(self) -> None:
        """Listen no longer: what a page meets while it is closed is nobody's concern."""
        self.is_over = True

    def found(self) -> list[str]:
        """Everything that went wrong and was not expected."""
        errors = [text for status, text in self.errors if status not in self.expected_statuses]
        lost = self.may_lose_connection
        return [text for text in self.problems if not (lost and LOST.search(text))] + errors

    def _until_over(self, listener: Callable) -> Callable:
        return lambda happened: None if self.is_over else listener(happened)

    def on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != self.host:
            self.problems.append(f"asked another host: {request.url}")

    def on_response(self, response: Response) -> None:
        text = f"status {response.status}: {response.request.method} {response.url}"
        if response.status >= 400 and urlsplit(response.url).path.startswith(self.static_url):
            self.problems.append(text)
        elif response.status >= 400:
            self.errors.append((response.status, text))

    def on_console(self, message: ConsoleMessage) -> None:
        # Violations of the content security policy arrive here too. Statuses are judged by on_response.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self.problems.append(f"console error: {message.text} ({message.location['url']})")

    def on_error(self, error: WebError) -> None:
        self.problems.append(f"page error: {error.error}")


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


def assert_self_contained(response: Response) -> None:
    """Fail when a page's policy is lax, or when it holds something inline or from another site."""
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy, policy
    parser = Inline(urlsplit(response.url).netloc)
    parser.feed(response.text())
    assert not parser.found, parser.found


def axe(page: Page, within: str | None = None) -> list[dict]:
    """Run axe-core on the page once it is loaded, or within a selector, and return its violations.

    Evaluated through the browser's debugging protocol, which a strict content security policy permits.
    """
    page.wait_for_load_state()
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(
        "([within, options]) => axe.run(within || document, options).then(result => result.violations)",
        [within, AXE_OPTIONS],
    )


def assert_accessible(page: Page, within: str | None = None) -> None:
    """Fail with a readable list when axe-core finds a violation of WCAG 2.2 AA or of good practice."""
    lines = []
    for violation in axe(page, within):
        lines.append(
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n  {violation['helpUrl']}"
        )
        for node in violation["nodes"]:
            element = " ".join(node["html"].split())[:200]
            summary = node["failureSummary"].replace("\n", "\n      ")
            lines.append(f"    {element}\n      {summary}")
    assert not lines, f"axe-core on {page.url}:\n" + "\n".join(lines)


def assert_no_overflow(page: Page) -> None:
    """Fail when the page scrolls sideways in the present viewport, naming what sticks out."""
    page.wait_for_load_state()
    sticking_out = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return null;
            return [...document.querySelectorAll("body, body *")]
                .filter(element => element.getBoundingClientRect().right > width + 0.5)
                .map(element => element.cloneNode().outerHTML.slice(0, 150));
        }"""
    )
    assert sticking_out is None, f"{page.url} scrolls sideways:\n" + "\n".join(sticking_out[:8])


def assert_no_text_cut_off(page: Page) -> None:
    """Fail when text stands outside an element that clips it. What scrolls, or is for screen readers, may."""
    page.wait_for_load_state()
    cut_off = page.evaluate(
        """() => {
            const found = [];
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const range = document.createRange();
            while (texts.nextNode()) {
                const text = texts.currentNode;
                if (!text.data.trim() || !text.parentElement.checkVisibility()) continue;
                range.selectNodeContents(text);
                const boxes = [...range.getClientRects()];
                for (let element = text.parentElement; element; element = element.parentElement) {
                    const style = getComputedStyle(element);
                    if (style.clipPath !== "none" || /auto|scroll/.test(style.overflow)) break;
                    if (!/hidden|clip/.test(style.overflow)) continue;
                    const frame = element.getBoundingClientRect();
                    const outside = boxes.some(box => box.right > frame.right + 1 || box.left < frame.left - 1
                        || box.bottom > frame.bottom + 1 || box.top < frame.top - 1);
                    const words = text.data.trim().slice(0, 60);
                    if (outside) found.push(`${words} in ${element.cloneNode().outerHTML}`);
                }
            }
            return found;
        }"""
    )
    assert not cut_off, f"{page.url} cuts text off:\n" + "\n".join(cut_off[:8])


@contextmanager
def wide_text(page: Page) -> Iterator[None]:
    """Space the page's text as somebody may who reads better so (WCAG 1.4.12).

    Not in charts, which are drawn to measure; their figures stand in a table that is spaced.
    """
    page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`
                * { line-height: 1.5 !important; }
                * { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
                svg, svg * { letter-spacing: normal !important; word-spacing: normal !important; }
                p { margin-bottom: 2em !important; }`);
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    yield
    page.evaluate("document.adoptedStyleSheets = []")

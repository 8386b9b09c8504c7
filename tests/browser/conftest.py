"""The system's own Chromium, and a watch that fails any test during which something went wrong.

`page` and `context` are pytest-playwright's, with the live server as their base address: `page.goto("/")`.
Several people at once: `new_context()` for each.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Error, Page, expect

from tests.base import signed_in
from tests.browser.checks import Watch
from tests.browser.scene import Scene
from tests.machine import INSTALL_CHROMIUM, find_chromium

WIDE, HEIGHT = 1280, 900
HERE = Path(__file__).parent
PATIENCE = 20_000  # milliseconds; on a busy machine a page takes its time, and no test is about that
LAST_PATIENCE = 5_000
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark every test of this folder `browser` before `-m` selects, and run them after all others."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
    yield
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.fixture(scope="session", autouse=True)
def database_beside_event_loop() -> Iterator[None]:
    """Let Django use its database: Playwright's event loop, once begun, runs in this thread until the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Launch the system's Chromium; skip without one, or fail when WATERLINE_FULL=1."""
    chromium = find_chromium()
    if chromium is None:
        stop = pytest.fail if os.environ.get("WATERLINE_FULL") == "1" else pytest.skip
        stop(INSTALL_CHROMIUM)
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*FLAGS, "--no-sandbox"] if as_root else FLAGS
    return {**browser_type_launch_args, "executable_path": chromium, "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict, live_server) -> dict:
    """An ordinary laptop in London."""
    return {
        **browser_context_args,
        "base_url": live_server.url,
        "viewport": {"width": WIDE, "height": HEIGHT},
        "locale": "en-GB",
        "timezone_id": "Europe/London",
    }


@pytest.fixture(autouse=True)
def watch(live_server) -> Iterator[Watch]:
    """Fail the test at its end when a page met an error, a forbidden request or another host."""
    watch = Watch(server=live_server.url, static_url=settings.STATIC_URL)
    yield watch
    if found := watch.found():
        pytest.fail("The browser met problems:\n" + "\n".join(found), pytrace=False)


@pytest.fixture
def expected_statuses(watch: Watch) -> set[int]:
    """Statuses of 400 and more that a test means to get: `expected_statuses.add(404)`."""
    return watch.expected_statuses


@pytest.fixture
def unreachable(watch: Watch) -> None:
    """Let connections fail: they are what the test is about."""
    watch.may_lose_connection = True


@pytest.fixture
def new_context(new_context: Callable, watch: Watch) -> Iterator[Callable]:
    """Make a browser context, watched, with pytest-playwright's own options.

    At the end its pages come to rest before it closes: a browser that is closed while a page loads itself
    anew may wait for ever.
    """
    made = []

    def make(**options):
        context = new_context(**options)
        watch.attach(context)
        made.append(context)
        return context

    yield make
    watch.stop()
    for page in [page for context in made for page in context.pages]:
        with suppress(Error):  # it crashed, which a test may have wanted
            page.goto("about:blank", timeout=LAST_PATIENCE)


@pytest.fixture(autouse=True)
def no_earlier_attempts(transactional_db) -> None:
    """Start every test with empty counters: the cache's table is not emptied with the others."""
    cache.clear()


@pytest.fixture
def enter(new_context: Callable, live_server) -> Callable:
    """Open a browser of their own for somebody, signed in unless None, and return its page."""

    def enter(user, *, width: int = WIDE, **options) -> Page:
        context = new_context(**options)
        if user is not None:
            cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": HEIGHT})
        return page

    return enter


@pytest.fixture
def scene(legacy) -> Scene:
    """Rows for a walk over every page."""
    return Scene(legacy)

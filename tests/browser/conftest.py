"""The system's own Chromium, and a watch that fails any test during which something went wrong.

`page` and `context` are pytest-playwright's, with the live server as their base address: `page.goto("/")`.
Several people at once: `new_context()` for each.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.browser.checks import Watch
from tests.machine import INSTALL_CHROMIUM, find_chromium

HERE = Path(__file__).parent
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


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
        "viewport": {"width": 1280, "height": 900},
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
def new_context(new_context: Callable, watch: Watch) -> Callable:
    """Make a browser context, watched, with pytest-playwright's own options."""

    def make(**options):
        context = new_context(**options)
        watch.attach(context)
        return context

    return make

"""Every page, in every state, for everybody: axe-core, narrow screens, zoom, wide text, reduced motion, and
nothing inline or from another site (requests to one fail any test here, see ``checks.Watch``).
"""

from collections import defaultdict

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from playwright.sync_api import Page, Response, expect

from tests.base import signed_in
from tests.browser.checks import (
    assert_accessible,
    assert_no_overflow,
    assert_no_text_cut_off,
    assert_self_contained,
    wide_text,
)
from tests.browser.conftest import HEIGHT, WIDE
from tests.browser.stops import every_stop
from tests.routes import all_routes

PHONE = 360
# The narrowest that WCAG asks for; a phone; a laptop at 200 % zoom.
WIDTHS = (320, PHONE, WIDE // 2)

# Routes that show no page of ours. A new route needs a stop in stops.py or a line here.
NOT_PAGES = {
    "healthz": "says ok to the host",
    "readyz": "says ok to the host",
    "account-closed": "not found: pages of allauth that are not used, here and below",
    "mfa_download_recovery_codes": "a file to download; without codes not found",
    "account_email": "not found",
    "account_email_verification_sent": "not found",
    "account_confirm_login_code": "not found",
    "account_confirm_email": "not found",
    "finding-search": "what a box finds while somebody types; to others not found",
    "import-template": "a file to download; to others not found",
    "import-errors": "a file to download; to others not found",
    "phone-join": "leads back to the phone, as the two below do; without a workshop not found",
    "phone-weigh": "leads back to the phone",
    "phone-finish": "leads back to the phone",
    "phone-state": "what a phone’s script asks for",
    "matrix-export": "a file to download, here and below",
    "comparison-export": "a file to download",
    "lasting-export": "a file to download",
    "finding-export": "a file to download",
    "legacy-export": "a file to download",
    "version-export": "a file to download; one that is gone leads back to its version",
    "section-preview": "a part of a page, for its script",
    "contributor-export": "a file to download; to others not found",
    "report-export": "a file to download; a long draft leads to where it is made",
    "summary-export": "a file to download",
    "report-file": "a file to download",
    "workshop-export": "a file to download",
    "recommendation-export": "a file to download",
    "board-report-export": "a file to download; without Pango a PDF leads back to its page",
    "audit-export": "a file to download; to others not found",
    "calendar-feed": "what calendar programs read",
    "evidence-file": "a file to download; without one not found",
    "workshop-qr": "a picture; to those who do not run the workshop not found",
}
ONLY_SENT = {
    "action-note",
    "action-move",
    "action-remove",
    "action-restore",
    "coverage-link",
    "coverage-unlink",
    "report-check-take-back",
    "section-save",
    "section-move",
    "section-include",
    "section-restore",
    "interview-save",
    "interview-restore",
    "participant-identity-edit",
    "consent-approve",
    "consent-undo",
    "import-discard",
    "finding-mark",
    "finding-reorder",
    "finding-restore",
    "board-undo",
    "bulk-change",
    "bulk-undo",
    "comment-take-back",
    "comment-put-back",
    "share-end",
    "share-restore",
    "summary-take-back",
    "comparison-reading-take-back",
    "comparison-reading-put-back",
    "outcome-take-back",
    "outcome-put-back",
    "ambition-move",
    "ambition-remove",
    "ambition-restore",
    "gap-take-back",
    "agreement-settle",
    "second-coding-code",
    "second-coding-uncode",
    "quotation-attach",
    "quotation-detach",
    "quotation-approve",
    "quotation-stop-using",
    "passage-recode",
    "passage-settle",
    "passage-remove",
    "passage-restore",
    "passage-unsupport",
    "reflection-mark",
    "reflection-move",
    "reflection-remove",
    "reflection-restore",
    "reflection-point-add",
    "reflection-point-move",
    "reflection-point-remove",
    "reflection-point-restore",
    "reflection-quotation-detach",
    "recommendation-respond",
    "recommendation-track",
    "recommendation-update",
    "recommendation-link",
    "recommendation-unlink",
    "owner-link-make",
    "owner-links-revoke",
    "owner-link-report",
    "owner-link-note",
    "member-role",
    "strand-move",
    "strand-restore",
    "guide-start",
    "guide-move",
    "guide-restore",
    "setup-two-step",
    "setup-invite",
    "setup-revoke",
    "workshop-restore",
    "workshop-quotations",
    "vote-totals",
}
NOT_OURS = "admin:"  # Django's own pages, for superusers


class Faults:
    """What was found on a walk, told at its end."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def note(self, where: str, check, page: Page | Response) -> None:
        """Do a check, and go on when it fails."""
        try:
            check(page)
        except AssertionError as fault:
            self.found.append(f"{where}: {fault}")

    def tell(self) -> None:
        """Fail when there are any."""
        assert not self.found, "\n\n".join(self.found)


def look_over(page: Page, where: str, faults: Faults) -> None:
    """Look at the page that is open, at every width and with wide text."""
    draw_charts(page)
    faults.note(f"{where}, {WIDE} px", assert_accessible, page)
    for width in WIDTHS:
        set_width(page, width)
        faults.note(f"{where}, {width} px", assert_no_overflow, page)
        if width == PHONE:
            faults.note(f"{where}, {width} px", assert_accessible, page)
            faults.note(f"{where}, {width} px", assert_no_text_cut_off, page)
            with wide_text(page):
                faults.note(f"{where}, wide text, {width} px", assert_no_overflow, page)
                faults.note(f"{where}, wide text, {width} px", assert_no_text_cut_off, page)
    set_width(page, WIDE)
    with wide_text(page):
        faults.note(f"{where}, wide text, {WIDE} px", assert_no_text_cut_off, page)


def set_width(page: Page, width: int) -> None:
    """Make the window this wide, and wait until the charts that are drawn have followed."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    for chart in page.locator("[data-drawn] .main-svg:first-child").all():
        wanted = chart.evaluate("picture => String(picture.closest('[data-drawn]').clientWidth)")
        expect(chart).to_have_attribute("width", wanted)


def draw_charts(page: Page) -> None:
    """Unfold and scroll to every chart, so that it is drawn."""
    page.locator("details:has([data-chart])").evaluate_all("folded => folded.forEach(it => (it.open = true))")
    for chart in page.locator("[data-chart]").all():
        chart.scroll_into_view_if_needed()
        expect(chart).to_have_attribute("data-drawn", "")


# The evaluators' pages are most of all: in parts, so that they are not one long test.
PARTS = 6
WALKS = [("", 0, 1), ("nell", 0, 1), ("tess", 0, 1), ("sasha", 0, 1), ("rowan", 0, 1), ("leigh", 0, 1)]
WALKS += [("evelyn", part, PARTS) for part in range(PARTS)]


@pytest.mark.parametrize(("who", "part", "parts"), WALKS)
def test_every_page_is_accessible_and_fits(who, part, parts, scene, enter, expected_statuses):
    expected_statuses.update({403, 404, 409})
    stops = [stop for stop in every_stop(scene) if stop.who == who]
    first, last = (len(stops) * edge // parts for edge in (part, part + 1))
    page, before, faults = enter(scene.people.get(who)), None, Faults()
    for stop in stops[first:last]:
        faults.note(stop.name, assert_self_contained, stop.visit(page, after=before))
        look_over(page, stop.name, faults)
        before = stop
    faults.tell()


@pytest.mark.parametrize("error, status", [(SuspiciousOperation, 400), (RuntimeError, 500)])
def test_the_pages_for_what_goes_wrong_are_accessible(
    error, status, legacy_cast, enter, expected_statuses, monkeypatch
):
    expected_statuses.add(status)

    def fail(user):
        raise error

    monkeypatch.setattr("evaluations.access.memberships_of", fail)
    page, faults = enter(legacy_cast.rowan), Faults()
    assert page.goto("/").status == status
    look_over(page, f"error {status}", faults)
    faults.tell()


def test_too_many_attempts_are_told_accessibly(legacy_cast, enter, expected_statuses):
    expected_statuses.add(429)
    page, faults = enter(None), Faults()
    for _ in range(6):
        page.goto("/accounts/password/reset/")
        page.get_by_label("Email address").fill("rowan@example.org")
        page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", name="Too many attempts")).to_be_visible()
    look_over(page, "error 429", faults)
    faults.tell()


def test_nothing_moves_for_those_who_ask_for_less_motion(legacy_cast, enter):
    moving = """() => [...document.querySelectorAll("*")].filter(element => {
        const style = getComputedStyle(element);
        return style.scrollBehavior === "smooth" || parseFloat(style.animationDuration) > 0
            || style.transitionDuration.split(",").some(duration => parseFloat(duration) > 0);
    }).map(element => element.cloneNode().outerHTML.slice(0, 100))"""
    for motion in ("reduce", "no-preference"):
        page = enter(legacy_cast.rowan, reduced_motion=motion)
        page.goto("/e/ssbc-legacy-2023/compare/#content")  # scrolling is smooth within a page
        draw_charts(page)
        found = page.evaluate(moving)
        if motion == "reduce":
            assert found == []
            assert page.evaluate("document.getAnimations().length") == 0
        else:
            assert found, "nothing ever moves, so this test would not notice"


def test_every_route_has_been_decided_about(scene):
    routes = {route.name for route in all_routes() if not route.name.startswith(NOT_OURS)}
    visited = {stop.route for stop in every_stop(scene)}
    decided = visited | NOT_PAGES.keys() | ONLY_SENT
    assert routes - decided == set(), "show these in stops.py, or say in test_accessibility.py why not"
    assert decided - routes == set(), "these are no longer there"
    assert not visited & (NOT_PAGES.keys() | ONLY_SENT)


def anything(**values):
    """Return ``values`` for addresses, with 1 for every argument that is not among them."""
    return defaultdict(lambda: 1, values)


def test_what_is_only_sent_has_no_page(scene):
    client = signed_in(scene.cast.evelyn)
    values = anything(e="practice", recommendations="R2", interviews="I01", participants="P01")
    values |= {"matrix": "coproduction", "kind": "barrier", "condition": "power"}
    for route in all_routes():
        if route.name in ONLY_SENT:
            assert client.get(route.address(values)).status_code == 405, route.name


def test_what_is_not_a_page_shows_none(scene):
    values = anything(e="practice")
    for route in all_routes():
        if route.name in NOT_PAGES:
            client = Client() if route.is_public else signed_in(scene.cast.rowan)
            answer = client.get(route.address(values))
            is_text = answer.headers["Content-Type"].startswith("text/plain")
            assert answer.status_code in (302, 403, 404) or is_text, route

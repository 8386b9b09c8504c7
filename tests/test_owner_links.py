"""Private links: an owner without an account sees their own actions, says how far they are, and no more."""

import io
import logging
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.actions.errors import Gone
from evaluations.actions.owner_links import (
    delete_old_links,
    make_owner_link,
    note_through,
    report_through,
    revoke_owner_links,
)
from evaluations.logs import JsonLines
from evaluations.models import (
    Action,
    ConflictingEdit,
    EvidenceFile,
    Membership,
    Owner,
    OwnerLink,
    ProgressUpdate,
    Recommendation,
)

from . import builders
from .assertions import refused, shows
from .base import signed_in
from .pages import Page, fill_in
from .routes import all_routes
from .test_access_walk import rows

SECRET = "Only for members"


def action(recommendation, owner, **fields):
    """Return an action of a recommendation."""
    defaults = {"text": "Ask the partners’ board", "original_due": fields.get("due")}
    return Action.objects.create(
        evaluation=recommendation.evaluation,
        recommendation=recommendation,
        owner=owner,
        **defaults | fields,
    )


@pytest.fixture
def hubs(cast):
    """A team without an account."""
    return Owner.objects.create(evaluation=cast.evaluation, name="Family hubs")


@pytest.fixture
def pay(strand):
    """A recommendation with words that a private link does not show."""
    return builders.recommendation(strand, ref="R3", title="Pay parents for their time", text=SECRET)


@pytest.fixture
def ask(pay, hubs):
    """An action of the team."""
    return action(pay, hubs)


@pytest.fixture
def link(cast, hubs):
    """The address of a private link of the team."""
    _, token = make_owner_link(owner=hubs, by=cast.leigh)
    return f"/o/{token}/"


def report(link, action, changes, browser=None):
    """Say through a link how far an action is."""
    return fill_in(browser or Client(), link, changes, action=f"{link}actions/{action.pk}/report/")


def note(link, action, changes, browser=None):
    """Add a progress note through a link."""
    return fill_in(browser or Client(), link, changes, action=f"{link}actions/{action.pk}/note/")


# --- What it shows ----------------------------------------------------------------------------------------


def test_it_shows_the_owners_own_actions_soonest_first_each_with_its_recommendation(cast, pay, hubs, link):
    other = Owner.objects.create(evaluation=cast.evaluation, name="Somebody Else")
    elsewhere = builders.recommendation(cast.evaluation.strand, ref="R9", title="Nothing of theirs")
    today = timezone.localdate()
    action(pay, hubs, text="No date yet")
    action(pay, hubs, text="Finished", status="completed", due=date(2024, 5, 14))
    action(pay, hubs, text="Later", due=today + timedelta(days=9))
    action(pay, hubs, text="Late", due=today - timedelta(days=2))
    action(pay, hubs, text="Taken away", removed_at=timezone.now())
    action(pay, other, text="Of somebody else")
    action(elsewhere, other, text="Of another recommendation")

    page = Page(Client().get(link))

    boxes = page.all("section", class_="own-action")
    assert [box.one("h2").words for box in boxes] == ["Late", "Later", "No date yet"]
    assert boxes[0].all("p")[0].words == "For R3, Pay parents for their time"
    assert "Overdue by 2 days" in boxes[0].words
    assert page.one("h1").words == "Actions of Family hubs"
    for hidden in (SECRET, "Somebody Else", "Of somebody else", "R9", "Taken away"):
        assert hidden not in page.words


def test_what_is_closed_is_folded_away_without_forms_until_it_is_asked_for(strand, hubs, link, ask):
    past = {"due": date(2024, 5, 14)}
    done = action(ask.recommendation, hubs, text="Finished", status="completed", **past)
    closed = builders.recommendation(strand, ref="R6", status="completed", status_set_by_hand=True)
    left = action(closed, hubs, text="Left over", **past)

    page = Page(Client().get(link))

    fold = page.one("details", class_="own-action")
    assert fold.one("summary").words == "Closed, 2"
    assert "open" not in fold.attributes
    assert "Completed" in fold.one(id=f"action-{done.pk}").words
    assert "Closed with R6" in fold.one(id=f"action-{left.pk}").words
    assert "Overdue" not in page.words and "Not started" not in fold.words
    forms = {form["action"] for form in page.all("form")}
    assert forms == {f"{link}actions/{ask.pk}/{what}/" for what in ("report", "note")}
    for row in (done, left):
        [again] = fold.one(id=f"action-{row.pk}").all("a")
        page = Page(Client().get(f"{link}{again['href']}"))
        assert {form["action"] for form in page.with_id(f"action-{row.pk}").all("form")} == {
            f"{link}actions/{row.pk}/{what}/" for what in ("report", "note")
        }


def test_with_everything_closed_it_says_that_nothing_is_left(link, ask):
    Action.objects.update(status="completed")
    page = Page(Client().get(link))
    assert "Nothing is left to do" in page.words and not page.all("form")


def test_it_shows_no_menu_no_search_no_other_page_and_nobody_signed_in(cast, link, ask):
    for browser in (Client(), signed_in(cast.leigh)):
        page = Page(browser.get(link))
        assert not page.all("nav") and not page.all(role="search")
        assert {a["href"] for a in page.all("a", href=True)} == {"#content"}
        assert "Leigh" not in page.words and "Sign out" not in page.words


def test_after_the_programmes_end_it_says_so(cast, link, ask):
    cast.evaluation.programme_ends = date(2025, 3, 31)
    cast.evaluation.save()
    assert shows(Client().get(link), "A programme ended on 31 March 2025.")


def test_an_owner_of_no_action_is_told_so(link):
    assert shows(Client().get(link), "No action is yours at present")


def test_the_page_is_kept_by_nobody_and_found_by_no_search_engine(link, ask):
    answers = [Client().get(link), Client().get("/o/unknown/"), report(link, ask, {"percent": "200"})]
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "strict-origin"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


# --- What can be done with it -----------------------------------------------------------------------------


def test_an_owner_says_how_far_an_action_is_and_the_recommendation_follows(link, ask, hubs):
    browser = Client()
    answer = report(link, ask, {"status": "in_progress", "percent": "40"}, browser)
    assert answer.url == f"{link}#action-{ask.pk}"
    assert Page(browser.get(link)).notices == ["Saved. Thank you."]
    ask.refresh_from_db()
    assert (ask.status, ask.percent, ask.version) == ("in_progress", 40, 2)
    assert Recommendation.objects.get().status == "in_progress"
    line = ask.history.first()
    assert (line.history_user, line.history_change_reason) == (None, "Family hubs, by private link")
    assert OwnerLink.objects.get().used_at is not None


def test_an_owner_adds_a_note_with_evidence(link, ask, hubs, pay):
    file = SimpleUploadedFile("minutes.txt", b"What was agreed.", content_type="text/plain")
    answer = note(link, ask, {"note": "They agreed.", "date": "14 May 2024", "file": file})
    assert answer.url == f"{link}#action-{ask.pk}"
    update = ProgressUpdate.objects.get()
    assert (update.recommendation, update.action, update.owner, update.author) == (pay, ask, hubs, None)
    assert (update.note, update.date) == ("They agreed.", date(2024, 5, 14))
    assert EvidenceFile.objects.get().update == update
    assert OwnerLink.objects.get().used_at is not None


@pytest.mark.parametrize(
    ("send", "changes", "field", "message"),
    [
        (report, {"status": "on_hold", "status_reason": ""}, "status_reason", "what it waits"),
        (report, {"percent": "101"}, "percent", "Use a number up to 100."),
        (note, {"note": ""}, "note", "Say what happened."),
        (note, {"note": "Typed", "date": "1 January 2190"}, "date", "This date is still to come."),
    ],
)
def test_what_is_wrong_is_told_and_kept(link, ask, send, changes, field, message):
    answer = send(link, ask, changes)
    assert answer.status_code == 200
    what = "report" if send is report else "note"
    page = refused(answer, f"{what}-{ask.pk}-{field}", message)
    assert len([box for box in page.all("details") if "open" in box.attributes]) == 1
    again = page.sends(f"{link}actions/{ask.pk}/{what}/")
    assert {name: again[name] for name in changes} == changes
    ask.refresh_from_db()
    assert ask.version == 1 and not ProgressUpdate.objects.exists()
    assert OwnerLink.objects.get().used_at is None


def test_a_stale_report_shows_both_versions_and_keeps_what_was_sent(link, ask):
    browser = Client()
    opened = Page(browser.get(link)).sends(f"{link}actions/{ask.pk}/report/")
    report(link, ask, {"status": "on_hold", "status_reason": "Waiting for the board"})

    mine = opened | {"status": "in_progress", "status_reason": "They met"}
    answer = browser.post(f"{link}actions/{ask.pk}/report/", mine)

    assert answer.status_code == 409
    assert shows(answer, "Waiting for the board") and shows(answer, "They met")
    assert not Page(answer).all("nav")
    assert Page(answer).links("Keep theirs") == [f"{link}#action-{ask.pk}"]
    assert ConflictingEdit.objects.get().fields["status_reason"] == "They met"
    again = Page(answer).sends()
    assert browser.post(f"{link}actions/{ask.pk}/report/", again | {"keep": "both"}).status_code == 302
    ask.refresh_from_db()
    assert ask.status == "in_progress"
    assert ask.status_reason == "Waiting for the board\n\nThey met"


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "patch", "delete"])
def test_opening_it_changes_nothing(link, ask, method):
    """Mail programs open links to preview them."""
    before = rows()
    for rest in ("", f"actions/{ask.pk}/report/", f"actions/{ask.pk}/note/"):
        getattr(Client(), method)(f"{link}{rest}")
    assert rows() == before


def test_another_site_cannot_send_its_forms(link, ask):
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(f"{link}actions/{ask.pk}/report/", {"status": "completed"}).status_code == 403


# --- What it does not reach -------------------------------------------------------------------------------


def test_no_other_action_is_reached(cast, link, ask, hubs, pay):
    rowan = Owner.objects.create(evaluation=cast.evaluation, name="Rowan", user=cast.rowan)
    elsewhere = Membership.objects.get(user=cast.sam).evaluation
    there = builders.recommendation(builders.strand(elsewhere))
    namesake = Owner.objects.create(evaluation=elsewhere, name="Family hubs")
    others = [
        action(pay, rowan),
        action(pay, None),
        action(pay, hubs, removed_at=timezone.now()),
        action(there, namesake),
    ]
    before = rows()
    for number in [*(other.pk for other in others), 999_999]:
        for what in ("report", "note"):
            sent = {"status": "completed", "version": 1, "row": number, "date": "1 May 2024", "note": "Mine"}
            assert Client().post(f"{link}actions/{number}/{what}/", sent).status_code == 404
    sneaky = {"status": "completed", "version": 1, "row": others[0].pk}
    Client().post(f"{link}actions/{ask.pk}/report/", sneaky)
    assert Action.objects.get(pk=others[0].pk).status == "not_started"
    assert before["evaluations.ProgressUpdate"] == rows()["evaluations.ProgressUpdate"]


def test_an_action_that_goes_to_somebody_else_is_reached_no_more(cast, link, ask):
    ask.owner = Owner.objects.create(evaluation=cast.evaluation, name="Somebody else")
    ask.save()
    assert Client().post(f"{link}actions/{ask.pk}/report/", {"status": "completed"}).status_code == 404


def test_whoever_has_a_link_reaches_no_other_page(cast, link, ask, pay):
    """Every route of the URL configuration, with the browser that used the link."""
    cache.clear()
    browser = Client(raise_request_exception=False)
    browser.get(link)
    report(link, ask, {"status": "in_progress"}, browser)
    names = {"e": "practice", "recommendations": "R3", "actions": ask.pk, "matrix": "coproduction"}
    found, walked = {}, 0
    for route in all_routes():
        if route.is_public or route.pattern.startswith("accounts/"):
            continue
        places = {place: names.get(place, 1) for place in route.places}
        address = route.address(places)
        for method in ("get", "post"):
            answer = getattr(browser, method)(address)
            walked += 1
            to_sign_in = answer.status_code == 302 and answer.url.startswith("/accounts/login/?next=")
            if not to_sign_in and answer.status_code != 404:
                found[f"{method} {route.name}"] = answer.status_code
    assert walked > 300
    assert found == {}
    assert "sessionid" not in browser.cookies


def test_the_token_of_a_link_opens_nothing_else(cast, link, ask):
    token = link.removeprefix("/o/").strip("/")
    for address in (f"/invite/{token}/", f"/calendar/{token}.ics", f"/w/{token}/"):
        assert Client().get(address).status_code == 404
    assert Client().get(f"/o/{OwnerLink.objects.get().token_hash}/").status_code == 404


# --- Its end ----------------------------------------------------------------------------------------------


def over_everywhere(link, ask):
    """Check that a link shows and does nothing."""
    before = rows()
    answers = [Client().get(link)]
    sent = {"status": "completed", "version": ask.version, "date": "1 May 2024", "note": "Too late"}
    answers += [Client().post(f"{link}actions/{ask.pk}/{what}/", sent) for what in ("report", "note")]
    assert [answer.status_code for answer in answers] == [404] * 3
    for answer in answers:
        assert Page(answer).one("h1").words == "This link no longer works"
        assert not shows(answer, "Practice evaluation") and not shows(answer, "Family hubs")
    assert rows() == before


def test_it_works_for_60_days_and_not_a_moment_longer(link, ask):
    OwnerLink.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert Client().get(link).status_code == 200
    OwnerLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    over_everywhere(link, ask)


def test_it_fails_at_once_when_it_is_revoked(cast, link, ask, hubs):
    assert revoke_owner_links(owner=hubs, by=cast.leigh) == 1
    over_everywhere(link, ask)


def test_unknown_expired_and_revoked_links_look_the_same(cast, hubs):
    links = ["/o/unknown/", "/o/%00/", f"/o/{'x' * 3000}/"]
    for over in ("revoked_at", "expires_at"):
        row, token = make_owner_link(owner=hubs, by=cast.leigh)
        OwnerLink.objects.filter(pk=row.pk).update(**{over: timezone.now()})
        links.append(f"/o/{token}/")
    answers = [Client().get(link) for link in links]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_link_that_is_revoked_while_it_is_used_does_nothing(cast, hubs, ask):
    link, _ = make_owner_link(owner=hubs, by=cast.leigh)
    revoke_owner_links(owner=hubs, by=cast.leigh)
    changes = {"status": "completed", "status_reason": "", "percent": None}
    with pytest.raises(Gone):
        report_through(link=link, action=ask, version=1, changes=changes)
    ask.refresh_from_db()
    assert ask.status == "not_started"


@pytest.mark.parametrize("what", ["report", "note"])
def test_the_recommendation_is_held_first_then_the_owner_then_the_link(cast, hubs, ask, what):
    """As by whoever tracks a recommendation and names its owner: two at once must not wait for each other."""
    link, _ = make_owner_link(owner=hubs, by=cast.leigh)
    row = Action.objects.select_related("recommendation__evaluation").get()
    with CaptureQueriesContext(connection) as queries:
        if what == "report":
            changes = {"status": "completed", "status_reason": "", "percent": None}
            report_through(link=link, action=row, version=1, changes=changes)
        else:
            note_through(link=link, action=row, fields={"date": date(2024, 5, 14), "note": "Asked"})
    read = [query["sql"].partition(' FROM "evaluations_')[2].partition('"')[0] for query in queries]
    assert [table for table in read if table][:3] == ["recommendation", "owner", "ownerlink"]


def test_links_that_nobody_used_are_deleted_a_month_after_their_end(cast, hubs):
    ends = timezone.now() - timedelta(days=30)
    soon, moment = timezone.now(), timedelta(minutes=1)
    for expires_at, used_at in ((ends - moment, None), (ends + moment, None), (ends - moment, soon)):
        row, _ = make_owner_link(owner=hubs, by=cast.leigh)
        OwnerLink.objects.filter(pk=row.pk).update(expires_at=expires_at, used_at=used_at)
    delete_old_links()
    assert sorted(OwnerLink.objects.values_list("expires_at", "used_at")) == [
        (ends - moment, soon),
        (ends + moment, None),
    ]


def test_its_token_is_in_no_log_line(link, ask):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    try:
        browser = Client()
        browser.get(link)
        report(link, ask, {"status": "in_progress"}, browser)
        browser.get(f"{link}actions/{ask.pk}/report/")
        browser.post(f"{link}actions/999999/report/")
        Client(enforce_csrf_checks=True).post(f"{link}actions/{ask.pk}/report/")
    finally:
        logging.getLogger().removeHandler(handler)
    written = stream.getvalue()
    assert '"route": "owner-link-report"' in written
    assert link.removeprefix("/o/").strip("/") not in written


def test_a_page_that_was_open_for_too_long_gives_back_what_was_typed(link, ask):
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(f"{link}actions/{ask.pk}/note/", {"note": "The board said yes."})

    assert answer.status_code == 403
    page = Page(answer)
    assert page.with_id("typed").text.strip() == "The board said yes."
    assert page.links("Go back to your actions") == [link]
    assert "Sign in" not in page.words

"""Calendars: due dates under a secret address, as calendar programs read them."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from evaluations.actions.calendars import make_calendar
from evaluations.actions.setup import remove_member
from evaluations.exporting.calendar import calendar_file
from evaluations.models import Action, AuditEvent, CalendarFeed, Membership, Owner, Role
from evaluations.queries.reminders import DatedEntry

from . import builders
from .base import signed_in
from .pages import Page

PAGE = "/e/practice/recommendations/calendar/"
DAY = date(2090, 3, 26)


def feed_of(cast, user):
    """Return the address of a new calendar of a member."""
    _, token = make_calendar(evaluation=cast.evaluation, by=user)
    return f"/calendar/{token}.ics"


def read(address):
    """Return the calendar at an address as a program reads it."""
    answer = Client().get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.content)


def titles(address):
    """Return the titles in a calendar, in order."""
    return [str(event["summary"]) for event in read(address).walk("VEVENT")]


@pytest.fixture
def dated(cast, strand):
    """Recommendations and actions of two owners, some done, some without a date."""
    rowan = Owner.objects.create(evaluation=cast.evaluation, name="Rowan", user=cast.rowan)
    hubs = Owner.objects.create(evaluation=cast.evaluation, name="Family hubs")

    def due(days, owner):
        day = DAY + timedelta(days=days)
        return {"due": day, "original_due": day, "owner": owner}

    first = builders.recommendation(strand, ref="R3", title="Pay parents; in time, too", **due(5, rowan))
    builders.recommendation(strand, ref="R4", title="Done", status="completed", **due(1, rowan))
    builders.recommendation(strand, ref="R5", title="No date", owner=rowan)
    builders.recommendation(strand, ref="R6", title="Write it down", **due(2, hubs))
    closed = builders.recommendation(strand, ref="R7", title="Closed", status="no_longer_applicable")
    key = {"evaluation": cast.evaluation}
    Action.objects.create(recommendation=first, text="Ask\nthe board", **due(3, rowan), **key)
    Action.objects.create(recommendation=first, text="Ask the hubs", **due(4, hubs), **key)
    Action.objects.create(recommendation=first, text="Done", status="completed", **due(4, rowan), **key)
    Action.objects.create(recommendation=closed, text="Of one that is closed", **due(4, rowan), **key)
    Action.objects.create(
        recommendation=first, text="Removed", removed_at=timezone.now(), **due(4, rowan), **key
    )
    return first


# --- What stands in it ------------------------------------------------------------------------------------


def test_a_leads_calendar_holds_every_open_date_and_others_hold_their_own(cast, dated):
    assert titles(feed_of(cast, cast.leigh)) == [
        "R6: Write it down",
        "Ask the board",
        "Ask the hubs",
        "R3: Pay parents; in time, too",
    ]
    assert titles(feed_of(cast, cast.rowan)) == ["Ask the board", "R3: Pay parents; in time, too"]
    assert titles(feed_of(cast, cast.evelyn)) == []


def test_what_it_holds_follows_the_role_of_today(cast, dated):
    address = feed_of(cast, cast.rowan)
    Membership.objects.filter(user=cast.rowan).update(role=Role.LEAD)
    assert len(titles(address)) == 4


def test_an_event_is_a_whole_day_with_a_title_and_nothing_else(cast, dated):
    event = read(feed_of(cast, cast.rowan)).walk("VEVENT")[-1]
    assert set(event) == {"SUMMARY", "DTSTART", "DTSTAMP", "UID", "TRANSP"}
    assert event["dtstart"].dt == DAY + timedelta(days=5)
    assert not isinstance(event["dtstart"].dt, datetime)
    assert event["uid"] == f"recommendation-{dated.pk}@testserver"
    assert event["dtstamp"].dt == dated.updated_at.replace(microsecond=0)
    assert not read(feed_of(cast, cast.rowan)).walk("VALARM")


def test_an_event_stays_the_same_one_when_its_date_moves(cast, dated):
    address = feed_of(cast, cast.rowan)
    before = {event["uid"] for event in read(address).walk("VEVENT")}
    dated.due = DAY
    dated.save()
    assert {event["uid"] for event in read(address).walk("VEVENT")} == before
    assert titles(address)[0] == "R3: Pay parents; in time, too"


def test_the_file_is_as_the_standard_asks():
    """RFC 5545: lines end with CRLF, are at most 75 bytes long and never cut within a letter."""
    title = "R3: é👩‍👩‍👧 comma, semicolon; back\\slash\r\nand a new line " + "ü€" * 80
    entry = DatedEntry("action-1", DAY, title, datetime(2024, 5, 14, 10, 30, tzinfo=UTC))
    content = calendar_file("Names, too; \\ \n on one line", [entry], host="waterline.example.org")

    lines = content.split(b"\r\n")
    assert lines[-1] == b"" and b"\n" not in b"".join(lines) and b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)
    whole = content.replace(b"\r\n ", b"").decode().split("\r\n")
    assert whole[0] == "BEGIN:VCALENDAR" and whole[-2] == "END:VCALENDAR"
    assert "VERSION:2.0" in whole
    assert "X-WR-CALNAME:Names\\, too\\; \\\\ on one line" in whole
    assert "DTSTART;VALUE=DATE:20900326" in whole
    assert "DTSTAMP:20240514T103000Z" in whole
    [summary] = [line for line in whole if line.startswith("SUMMARY")]
    assert summary.startswith("SUMMARY:R3: é👩‍👩‍👧 comma\\, semicolon\\; back\\\\slash and a new line ü€")
    assert summary.endswith("ü€" * 80)


def test_what_somebody_typed_adds_no_line_of_its_own(cast, strand):
    row = builders.recommendation(
        strand, ref="R8", title="Once\r\nEND:VEVENT\r\nBEGIN:VALARM", due=DAY, original_due=DAY
    )
    cast.evaluation.title = "Title\r\nX-EVIL: yes"
    cast.evaluation.save()
    calendar = read(feed_of(cast, cast.leigh))
    assert len(calendar.walk("VEVENT")) == 1 and not calendar.walk("VALARM") and "X-EVIL" not in calendar
    assert str(calendar.walk("VEVENT")[0]["summary"]) == f"{row.ref}: Once END:VEVENT BEGIN:VALARM"
    assert str(calendar["x-wr-calname"]) == "Title X-EVIL: yes: due dates"


# --- Its address ------------------------------------------------------------------------------------------


def make(client):
    """Make a calendar on its page and return the address shown there, as a path."""
    answer = client.post(PAGE)
    return urlsplit(Page(answer).with_id("link")["value"]).path


def works(address):
    """Say whether a calendar answers at an address."""
    return Client().get(address).status_code == 200


def test_the_address_is_shown_once_and_stored_hashed(cast, settings):
    settings.SITE_URL = "https://waterline.example.org"
    client = signed_in(cast.rowan)
    assert Page(client.get(PAGE)).one("h2").words == "You have no calendar yet"
    address = Page(client.post(PAGE)).with_id("link")["value"]
    assert address.startswith("https://waterline.example.org/calendar/")
    token = urlsplit(address).path.removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) >= 40
    assert token not in client.get(PAGE).content.decode()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            assert token not in str(cursor.fetchall()), table


def test_a_member_has_one_calendar_and_a_new_address_ends_the_old_one(cast):
    client = signed_in(cast.rowan)
    old = make(client)
    theirs = make(signed_in(cast.leigh))
    new = make(client)
    assert [works(address) for address in (old, new, theirs)] == [False, True, True]
    assert CalendarFeed.objects.count() == 2


def test_it_can_be_stopped(cast):
    client = signed_in(cast.rowan)
    address = make(client)
    answer = client.post(PAGE, {"act": "stop"}, follow=True)
    assert Page(answer).notices == ["Your calendar is stopped: its address no longer works."]
    assert not works(address)
    assert client.post(PAGE, {"act": "stop"}).status_code == 302
    made, stopped = AuditEvent.objects.order_by("pk")
    assert (made.verb, stopped.verb) == ("made calendar", "stopped calendar")
    assert made.subject == stopped.subject


def test_it_lasts_a_year(cast):
    address = make(signed_in(cast.rowan))
    row = CalendarFeed.objects.get()
    assert row.expires_at - row.made_at == pytest.approx(timedelta(days=365), abs=timedelta(minutes=1))
    CalendarFeed.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not works(address)
    assert "Your calendar ended on" in Page(signed_in(cast.rowan).get(PAGE)).words


def test_it_ends_with_the_membership_and_with_the_account(cast):
    address, theirs = make(signed_in(cast.rowan)), make(signed_in(cast.leigh))
    remove_member(membership=Membership.objects.get(user=cast.rowan), by=cast.evelyn)
    assert not works(address)
    builders.member(cast.evaluation, cast.rowan, Role.REVIEWER)
    assert not works(address), "who joins again makes a new one"
    cast.leigh.is_active = False
    cast.leigh.save()
    assert not works(theirs)


def test_the_hash_and_anything_else_is_no_way_in(cast):
    make(signed_in(cast.rowan))
    for token in (CalendarFeed.objects.get().token_hash, "unknown", "x" * 5000, "%00"):
        answer = Client().get(f"/calendar/{token}.ics")
        assert answer.status_code == 404
        assert answer["Content-Type"].startswith("text/plain")


def test_a_program_that_asks_again_is_told_that_nothing_changed(cast, dated):
    address = feed_of(cast, cast.rowan)
    first = Client().get(address)
    assert "private" in first["Cache-Control"] and "no-cache" in first["Cache-Control"]
    again = {"headers": {"if-none-match": first["ETag"]}}
    assert Client().get(address, **again).status_code == 304
    dated.title = "Another title"
    dated.save()
    assert Client().get(address, **again).status_code == 200


def test_asking_for_it_changes_nothing_and_nothing_can_be_sent_there(cast, dated):
    address = feed_of(cast, cast.rowan)
    before = CalendarFeed.objects.values_list().get()
    Client().get(address)
    assert Client().post(address).status_code == 405
    assert CalendarFeed.objects.values_list().get() == before
    assert AuditEvent.objects.count() == 1


def test_calendars_of_two_evaluations_hold_their_own(cast, dated):
    elsewhere = Membership.objects.get(user=cast.sam).evaluation
    builders.member(elsewhere, cast.leigh, Role.LEAD)
    _, token = make_calendar(evaluation=elsewhere, by=cast.leigh)
    assert titles(f"/calendar/{token}.ics") == []
    assert len(titles(feed_of(cast, cast.leigh))) == 4
    assert CalendarFeed.objects.count() == 2

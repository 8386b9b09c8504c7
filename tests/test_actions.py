"""Actions of a recommendation: added, changed, reported on, removed; the status that follows from them."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.utils import timezone

from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.tracking import add_action, report_action, set_status, track
from evaluations.models import Action, ConflictingEdit, DueDateChange, Owner, ProgressUpdate, Status

from . import builders
from .assertions import refused
from .base import signed_in
from .pages import Page, fill_in

PAGE = "/e/practice/recommendations/R7/"
NEW = f"{PAGE}actions/new/"


@pytest.fixture
def row(cast):
    return builders.recommendation(cast.evaluation.strand, ref="R7", title="Give parents a vote")


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


def status_of(row):
    row.refresh_from_db()
    return row.status


def follows(statuses):
    """Return the status that follows from those of actions, as the rule says it, one by one."""
    if all(status == "no_longer_applicable" for status in statuses):
        return "no_longer_applicable"
    if all(status in ("no_longer_applicable", "completed") for status in statuses):
        return "completed"
    if any(status in ("in_progress", "on_hold", "completed") for status in statuses):
        return "in_progress"
    return "not_started"


@pytest.mark.parametrize("statuses", list(product(Status.values, repeat=2)))
def test_the_status_follows_from_the_actions(statuses):
    assert Status.followed_from(statuses) == follows(statuses)
    assert Status.followed_from(statuses[:1]) == follows(statuses[:1])


def test_without_actions_nothing_follows():
    assert Status.followed_from([]) is None


# On the page


def test_the_lead_adds_an_action_with_owner_and_date_and_the_status_follows(lead, row):
    assert "Break it down into steps" in Page(lead.get(PAGE)).words
    assert (
        "R7 is not started. Once it has actions, its status follows from theirs." in Page(lead.get(NEW)).words
    )
    due = timezone.localdate() + timedelta(days=40)

    response = fill_in(
        lead,
        NEW,
        {
            "text": "Ask the parents’ forum.",
            "owner": "new",
            "new_owner": "Family hubs",
            "due": f"{due:%d/%m/%Y}",
            "status": "in_progress",
            "percent": "20",
        },
    )

    action = Action.objects.get()
    assert response.url == f"{PAGE}?saved={action.pk}#action-{action.pk}"
    page = Page(lead.get(response.url))
    assert page.notices == ["Action added. R7 is now in progress: that follows from its actions."]
    assert "Saved just now." in page.one("li", data_action=str(action.pk)).words
    assert (action.text, action.owner.name, action.due) == ("Ask the parents’ forum.", "Family hubs", due)
    assert (action.original_due, action.percent) == (due, 20)
    assert status_of(row) == "in_progress"
    shown = Page(lead.get(PAGE)).one("li", data_action=str(action.pk))
    told = ("Ask the parents’ forum.", "Family hubs", f"due {due.day} {due:%B %Y}", "20%", "In progress")
    assert all(words in shown.words for words in told)
    assert "The status of R7 follows from these." in Page(lead.get(PAGE)).words


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"text": ""}, "id_text", "Say what is done, in a sentence."),
        ({"percent": "101"}, "id_percent", "Use a number up to 100."),
        ({"percent": "-1"}, "id_percent", "Use a number from 0 up."),
        ({"due": "soon"}, "id_due", "Write the date as day, month and year"),
        ({"due": "1 May 2001"}, "id_due", "That day has passed"),
        ({"owner": "new"}, "id_new_owner", "Give the name of the person or team."),
        ({"status": "on_hold"}, "id_status_reason", "Say what it waits for."),
        ({"status": "no_longer_applicable"}, "id_status_reason", "Say why it no longer applies."),
    ],
)
def test_what_is_wrong_with_an_action_is_said_at_its_field(lead, row, changes, field, message):
    response = fill_in(lead, NEW, {"text": "Ask the parents’ forum.", **changes})

    page = refused(response, field, message)
    assert page.sends()["status"] == changes.get("status", "not_started")
    assert not Action.objects.exists()


def test_an_action_is_changed_and_moving_its_date_asks_why(lead, row):
    day = timezone.localdate() + timedelta(days=40)
    action = builders.action(row, due=day, original_due=day)
    address, later = f"{PAGE}actions/{action.pk}/", day + timedelta(days=9)

    moved = {"due": f"{later:%d/%m/%Y}", "text": "Ask."}
    refused(fill_in(lead, address, moved), "id_due_reason", "Say why the date changes.")
    fill_in(lead, address, moved | {"due_reason": "The forum meets later"})

    action.refresh_from_db()
    assert (action.text, action.original_due, action.due) == ("Ask.", day, later)
    move = DueDateChange.objects.get()
    assert (move.action, move.recommendation, move.reason) == (action, row, "The forum meets later")
    assert "The forum meets later" in Page(lead.get(PAGE)).words


def test_two_who_change_an_action_both_keep_their_words(lead, row):
    action = builders.action(row, text="As it was")
    address = f"{PAGE}actions/{action.pk}/"
    sent = Page(lead.get(address)).sends(address) | {"text": "Mine"}
    Action.objects.filter(pk=action.pk).update(text="Theirs", version=2)

    response = lead.post(address, sent)

    assert response.status_code == 409
    assert {"Mine", "Theirs"} <= set(Page(response).words.split())
    assert ConflictingEdit.objects.get().fields["text"] == "Mine"
    fill_in(lead, address, {"text": "Both"})
    assert Action.objects.get().text == "Both"


def test_actions_are_put_in_order_removed_and_brought_back(lead, row):
    first, second = builders.action(row, position=0), builders.action(row, position=1, status="completed")
    assert status_of(row) == "not_started", "nothing followed yet: they were not made by an action"

    def shown():
        return [int(item["data-action"]) for item in Page(lead.get(PAGE)).all(data_action=True)]

    lead.post(f"{PAGE}actions/{second.pk}/move/", {"direction": "up"})
    assert shown() == [second.pk, first.pk]
    gone = lead.post(f"{PAGE}actions/{first.pk}/remove/")
    assert shown() == [second.pk]
    assert status_of(row) == "completed"
    page = Page(lead.get(gone.url))
    assert "Action removed." in page.words
    back = lead.post(page.all("form", action=f"{PAGE}removed-actions/{first.pk}/restore/")[0]["action"])
    assert back.url == f"{PAGE}?saved={first.pk}#action-{first.pk}"
    assert shown() == [second.pk, first.pk]
    assert status_of(row) == "in_progress"


# A status that is set by hand


def test_a_status_that_differs_from_the_actions_needs_a_reason_and_stays_until_they_agree(cast, lead, row):
    add_action(recommendation=row, fields={"text": "Ask", "status": "in_progress"}, owner=None, by=cast.leigh)
    form = {"action": f"{PAGE}track/"}
    page = Page(lead.get(PAGE))
    options = [option.words for option in page.with_id("track-status").all("option")]
    assert options[1] == "In progress (follows from its actions)"

    for status, message in (("completed", "Its actions say"), ("on_hold", "Say what it waits for.")):
        refused(fill_in(lead, PAGE, {"status": status}, **form), "track-status_reason", message)
    fill_in(lead, PAGE, {"status": "on_hold", "status_reason": "The new budget"}, **form)
    row.refresh_from_db()
    assert (row.status, row.status_set_by_hand, row.status_reason) == ("on_hold", True, "The new budget")

    action = Action.objects.get()
    done = {"status": "completed", "status_reason": "", "percent": None}
    report_action(action=action, version=action.version, changes=done, by=cast.leigh)
    assert status_of(row) == "on_hold", "set by hand"
    fill_in(lead, PAGE, {"status": "completed", "status_reason": ""}, **form)
    row.refresh_from_db()
    assert (row.status, row.status_set_by_hand, row.status_reason) == ("completed", False, "")
    action.refresh_from_db()
    again = {"status": "in_progress", "status_reason": "", "percent": None}
    report_action(action=action, version=action.version, changes=again, by=cast.leigh)
    assert status_of(row) == "in_progress", "it follows again"


def test_a_reason_for_a_status_that_follows_from_the_actions_is_not_dropped_silently(cast, lead, row):
    add_action(recommendation=row, fields={"text": "Ask", "status": "in_progress"}, owner=None, by=cast.leigh)
    reason = "We agreed on it in May"

    typed = {"status": "in_progress", "status_reason": reason}
    page = refused(
        fill_in(lead, PAGE, typed, action=f"{PAGE}track/"), "track-status_reason", "no reason is kept with it"
    )

    assert page.sends(f"{PAGE}track/")["status_reason"] == reason


def test_on_hold_and_no_longer_applicable_say_why_without_actions_too(lead, row):
    for status, message in (("on_hold", "Say what it waits for."), ("no_longer_applicable", "Say why it")):
        response = fill_in(lead, PAGE, {"status": status}, action=f"{PAGE}track/")
        refused(response, "track-status_reason", message)


def test_what_the_forms_ask_for_the_actions_ask_for_too(cast, row):
    known = {"recommendation": row, "version": 1, "by": cast.leigh}
    with pytest.raises(NotAllowedNow, match="Say what it waits for"):
        set_status(status="on_hold", status_reason="", **known)
    with pytest.raises(NotAllowedNow, match="Say what it waits for"):
        track(changes={"status": "on_hold"}, owner=None, due_reason="", **known)
    with pytest.raises(NotAllowedNow, match="Say why it no longer applies"):
        fields = {"text": "Ask", "status": "no_longer_applicable"}
        add_action(recommendation=row, fields=fields, owner=None, by=cast.leigh)
    assert not Action.objects.exists()


# Saying how far it is


def test_who_owns_an_action_says_how_far_it_is_and_nobody_else_but_the_lead(cast, row):
    owner = Owner.objects.create(evaluation=cast.evaluation, name="Rowan", user=cast.rowan)
    mine, theirs = builders.action(row, owner=owner), builders.action(row)
    rowan = signed_in(cast.rowan)
    page = Page(rowan.get(PAGE))
    assert page.links("Say how far it is") == [f"{PAGE}actions/{mine.pk}/report/"]
    assert not page.links("Edit")

    address = f"{PAGE}actions/{mine.pk}/report/"
    response = fill_in(rowan, address, {"status": "completed", "percent": "100"}, action=address)

    assert response.url == f"{PAGE}?saved={mine.pk}#action-{mine.pk}"
    mine.refresh_from_db()
    assert (mine.status, mine.percent, mine.version) == ("completed", 100, 2)
    assert status_of(row) == "in_progress"
    assert rowan.get(f"{PAGE}actions/{theirs.pk}/report/").status_code == 403
    assert rowan.post(f"{PAGE}actions/{mine.pk}/", {}).status_code == 403
    assert signed_in(cast.leigh).get(f"{PAGE}actions/{theirs.pk}/report/").status_code == 200


def test_a_note_on_an_action_is_progress_of_its_recommendation(cast, row):
    owner = Owner.objects.create(evaluation=cast.evaluation, name="Rowan", user=cast.rowan)
    action = builders.action(row, owner=owner)
    rowan, address = signed_in(cast.rowan), f"{PAGE}actions/{action.pk}/note/"
    page = Page(rowan.get(f"{PAGE}actions/{action.pk}/report/"))
    assert page.with_id("note-date")["value"] == f"{timezone.localdate().day} {timezone.localdate():%B %Y}"

    bad = rowan.post(address, {"date": "soon", "note": "The forum said yes."})
    refused(bad, "note-date", "Write the date as day, month and year")
    assert "The forum said yes." in bad.content.decode()
    rowan.post(address, {"date": "3 May 2024", "note": "The forum said yes."})

    note = ProgressUpdate.objects.get()
    assert (note.action, note.recommendation, note.author) == (action, row, cast.rowan)
    assert note.date == date(2024, 5, 3)
    assert "The forum said yes." in Page(rowan.get(PAGE)).words


def test_a_stale_report_shows_both(lead, row):
    action = builders.action(row)
    address = f"{PAGE}actions/{action.pk}/report/"
    sent = {"version": 1, "row": action.pk, "status": "completed", "status_reason": "", "percent": ""}
    Action.objects.filter(pk=action.pk).update(status="in_progress", version=2)

    response = lead.post(address, sent)

    assert response.status_code == 409
    assert "In progress" in Page(response).words and "Completed" in Page(response).words


def test_what_was_sent_on_top_of_an_older_version_is_found_again(cast, lead, row):
    action = builders.action(row, text="As it was")
    address = f"{PAGE}actions/{action.pk}/"
    sent = Page(lead.get(address)).sends(address) | {"text": "Mine, and kept"}
    Action.objects.filter(pk=action.pk).update(text="Theirs", version=2)
    lead.post(address, sent)
    through_a_link = {"status": "completed", "status_reason": "", "percent": 70}
    with pytest.raises(StaleVersion):
        report_action(action=action, version=1, changes=through_a_link, by=None, through="Family hubs")

    page = Page(lead.get(address))

    assert "Set aside" in page.words
    assert "Mine, and kept" in page.words
    assert "70" in page.words, "somebody's report through a link"


def test_the_date_of_an_action_is_not_told_as_the_recommendations(cast, lead, row):
    day = timezone.localdate() + timedelta(days=40)
    action = builders.action(row, due=day, original_due=day)
    address = f"{PAGE}actions/{action.pk}/"
    fill_in(lead, address, {"due": "1 January 2090", "due_reason": "The forum meets later"})

    page = Page(lead.get(PAGE))

    assert "The forum meets later" in page.one("ol", class_="story").words
    assert not page.all(id="h-dates")


# What is told of it


def test_the_story_tells_each_step_of_an_action(cast, lead, row):
    fill_in(lead, NEW, {"text": "Ask the parents’ forum.", "owner": "new", "new_owner": "Family hubs"})
    action = Action.objects.get()
    address = f"{PAGE}actions/{action.pk}/report/"
    fill_in(lead, address, {"status": "completed"}, action=address)

    story = Page(lead.get(PAGE)).one("ol", class_="story").words

    for words in (
        "Leigh added an action.",
        "Ask the parents’ forum.",
        "Status: Not started became Completed",
        "Follows from its actions",
    ):
        assert words in story


def test_the_page_takes_as_many_queries_with_many_actions(lead, row, django_assert_max_num_queries):
    builders.action(row)
    with django_assert_max_num_queries(60) as few:
        lead.get(PAGE)
    for _ in range(20):
        builders.action(row, due=date(2030, 1, 1), original_due=date(2030, 1, 1))
    with django_assert_max_num_queries(len(few)):
        lead.get(PAGE)

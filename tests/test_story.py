"""The story of a recommendation: everything that happened to it and its actions, newest first, each once."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.access import Audience
from evaluations.actions.recommendations import link_barrier, respond, unlink_barrier
from evaluations.actions.tracking import add_action, edit_action, remove_action, report_action, track
from evaluations.models import Action, DueDateChange, EvidenceFile, Owner, ProgressUpdate, Recommendation
from evaluations.queries.story import AS_LOADED
from evaluations.screens.story import read_stories

from . import builders
from .base import as_member

FIRST, LATER, LATEST = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 30)


@pytest.fixture
def row(cast):
    return builders.recommendation(cast.evaluation.strand, ref="R1", title="Ask parents")


def story(cast, row, who="leigh", audience=None):
    return read_stories(as_member(getattr(cast, who), cast.evaluation), [row], audience)[row.pk]


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def tracked(row, by, **changes):
    """Save what the lead's form sends, as it stands but for ``changes``."""
    row = fresh(row)
    owner = changes.pop("owner", row.owner)
    reason = changes.pop("due_reason", "")
    fields = ("due", "status", "status_reason", "taken_on_by", "depends_on_funding", "priority")
    sent = {name: getattr(row, name) for name in fields} | changes
    return track(recommendation=row, version=row.version, changes=sent, owner=owner, due_reason=reason, by=by)


def acted(row, by, **changes):
    row = fresh(row)
    fields = {name: getattr(row, name) for name in ("text", "due", "status", "status_reason", "percent")}
    reason = changes.pop("due_reason", "")
    return edit_action(
        action=row,
        version=row.version,
        changes=fields | changes,
        owner=row.owner,
        due_reason=reason,
        by=by,
    )


def new_action(row, by, **fields):
    defaults = {"text": "Meet parents", "due": None, "status": "not_started", "status_reason": ""}
    defaults["percent"] = None
    return add_action(recommendation=fresh(row), fields=defaults | fields, owner=None, by=by)


def said(entries):
    """Return the entries in words: (who, action, reason, changes as (field, old, new, why), note)."""
    return [
        (
            entry.by,
            entry.action,
            entry.reason,
            [(c.field, c.old, c.new, c.why) for c in entry.changes],
            entry.note and entry.note.text,
        )
        for entry in entries
    ]


def test_one_that_nobody_touched_says_so(cast, row):
    Recommendation.history.all().delete()
    (entry,) = story(cast, row)
    assert (entry.reason, entry.by, entry.at, entry.is_first) == (AS_LOADED, "", row.created_at, True)


def test_a_response_is_told_with_its_reason_and_not_twice(cast, row):
    respond(
        recommendation=row,
        version=row.version,
        response="partly_accepted",
        response_reason="Only in two areas",
        by=cast.leigh,
    )
    newest = said(story(cast, row))[0]
    assert newest == (
        "Leigh",
        "",
        "",
        [("Response", "None yet", "Partly accepted", "Only in two areas")],
        None,
    )


def test_a_first_date_has_no_reason_and_each_move_its_own(cast, row):
    tracked(row, cast.leigh, due=FIRST)
    tracked(row, cast.leigh, due=LATER, due_reason="Room not free")
    tracked(row, cast.leigh, due=FIRST, due_reason="Room free again")
    tracked(row, cast.leigh, due=LATER, due_reason="Speaker ill")
    moves = [change for entry in story(cast, row) for change in entry.changes]
    assert [(c.field, c.old, c.new, c.why) for c in moves] == [
        ("Due date", "31 January 2025", "28 February 2025", "Speaker ill"),
        ("Due date", "28 February 2025", "31 January 2025", "Room free again"),
        ("Due date", "31 January 2025", "28 February 2025", "Room not free"),
        ("Due date", "nothing", "31 January 2025", ""),
    ]


def test_a_move_without_a_line_of_history_is_told_too(cast, row):
    action = Action.objects.create(evaluation=row.evaluation, recommendation=row, text="Meet")
    for about in (None, action):
        DueDateChange.objects.create(
            evaluation=row.evaluation,
            recommendation=row,
            action=about,
            old_due=FIRST,
            new_due=None,
            reason="Waits",
            by=cast.leigh,
        )
    moved = [entry for entry in said(story(cast, row)) if entry[3]]
    change = [("Due date", "31 January 2025", "nothing", "Waits")]
    assert moved == [("Leigh", "Meet", "", change, None), ("Leigh", "", "", change, None)]


def test_actions_are_told_among_it_and_what_follows_from_them(cast, row):
    action = new_action(row, cast.leigh, due=FIRST)
    acted(action, cast.leigh, status="in_progress", due=LATER, due_reason="Holidays")
    owner = Owner.objects.create(evaluation=row.evaluation, name="The coproduction team")
    action = fresh(action)
    report_action(
        action=action,
        version=action.version,
        changes={"status": "completed", "status_reason": "", "percent": None},
        by=None,
        through=owner,
    )
    remove_action(action=fresh(action), by=cast.leigh)
    assert said(story(cast, row)) == [
        ("Leigh", "Meet parents", "Removed", [], None),
        (
            "The coproduction team, by private link",
            "Meet parents",
            "",
            [("Status", "In progress", "Completed", "")],
            None,
        ),
        (
            "The coproduction team, by private link",
            "",
            "Follows from its actions",
            [("Status", "In progress", "Completed", "")],
            None,
        ),
        (
            "Leigh",
            "Meet parents",
            "",
            [
                ("Due date", "31 January 2025", "28 February 2025", "Holidays"),
                ("Status", "Not started", "In progress", ""),
            ],
            None,
        ),
        ("Leigh", "", "Follows from its actions", [("Status", "Not started", "In progress", "")], None),
        ("Leigh", "Meet parents", "", [], None),
        ("", "", "", [], None),
    ]


def test_a_status_set_by_hand_is_told_with_why(cast, row):
    new_action(row, cast.leigh)
    tracked(row, cast.leigh, status="on_hold", status_reason="Waits for the budget")
    newest = said(story(cast, row))[0]
    assert newest[3] == [("Status", "Not started", "On hold", "Waits for the budget")]


def test_a_note_comes_with_its_evidence_its_owner_and_what_it_corrects(cast, row):
    key = {"evaluation": row.evaluation, "recommendation": row}
    action = Action.objects.create(text="Meet parents", **key)
    wrong = ProgressUpdate.objects.create(date=FIRST, note="Twelve came", author=cast.leigh, **key)
    team = Owner.objects.create(evaluation=row.evaluation, name="The team")
    right = ProgressUpdate.objects.create(
        date=LATER,
        note="Ten came",
        owner=team,
        action=action,
        corrects=wrong,
        evidence_link="https://example.org/list",
        **key,
    )
    file = EvidenceFile.objects.create(
        evaluation=row.evaluation,
        update=right,
        name="list.pdf",
        kind="pdf",
        content=b"x",
        size=1,
        sha256="0" * 64,
    )
    newest, before, *_ = story(cast, row)
    assert (newest.by, newest.action) == ("The team, by private link", "Meet parents")
    assert (newest.note.date, newest.note.link, newest.note.corrects) == (
        LATER,
        "https://example.org/list",
        FIRST,
    )
    assert [(f.number, f.name, f.kind, f.size) for f in newest.note.files] == [
        (file.pk, "list.pdf", "PDF", 1)
    ]
    assert (before.by, before.note.text, before.note.corrects, before.note.files) == (
        "Leigh",
        "Twelve came",
        None,
        (),
    )


def test_readers_learn_of_barriers_that_were_linked_but_not_of_drafts(cast, row):
    ready = builders.finding(cast.evaluation.strand)
    draft = builders.finding(cast.evaluation.strand, status="draft")
    for finding in (ready, draft):
        link_barrier(recommendation=row, finding=finding, by=cast.evelyn)
    unlink_barrier(recommendation=row, finding=draft, by=cast.evelyn)

    def reasons(**seen):
        return [entry.reason for entry in story(cast, row, **seen) if entry.reason]

    everything = ["Unlinked a draft barrier", "Linked a draft barrier", "Linked a barrier"]
    assert reasons(who="evelyn") == everything
    assert reasons(who="leigh") == reasons(who="evelyn", audience=Audience.READERS) == ["Linked a barrier"]


def test_it_is_newest_first_and_holds_nothing_of_other_recommendations(cast, row):
    other = builders.recommendation(cast.evaluation.strand, ref="R2")
    for about in (row, other):
        tracked(about, cast.leigh, due=FIRST)
        new_action(about, cast.leigh, text=f"Of {about.ref}")
    entries = story(cast, row)
    moments = [entry.at for entry in entries]
    assert moments == sorted(moments, reverse=True)
    assert [entry.action for entry in entries if entry.action] == ["Of R1"]
    assert timezone.now() >= moments[0]


def test_many_stories_take_no_more_queries_than_one(cast, row):
    member = as_member(cast.leigh, cast.evaluation)

    def grow(about):
        tracked(about, cast.leigh, due=FIRST)
        tracked(about, cast.leigh, due=LATER, due_reason="Later")
        acted(new_action(about, cast.leigh, due=FIRST), cast.leigh, due=LATER, due_reason="Later")
        team = Owner.objects.create(evaluation=about.evaluation, name=f"Team {about.ref}")
        tracked(about, cast.leigh, owner=team)
        ProgressUpdate.objects.create(
            evaluation=about.evaluation, recommendation=about, date=FIRST, note="It moved"
        )

    def queries():
        rows = list(Recommendation.objects.filter(evaluation=cast.evaluation))
        with CaptureQueriesContext(connection) as taken:
            assert all(read_stories(member, rows).values())
        return len(taken)

    grow(row)
    few = queries()
    for number in range(2, 12):
        grow(builders.recommendation(cast.evaluation.strand, ref=f"R{number}"))
    assert queries() == few

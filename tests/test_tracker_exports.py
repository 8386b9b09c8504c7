"""The tracker as files: what its filters leave, with actions, notes and every change; for readers."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.actions.recommendations import link_barrier
from evaluations.models import (
    Action,
    AuditEvent,
    DueDateChange,
    EvidenceFile,
    Owner,
    ProgressUpdate,
    Recommendation,
    RecommendationBarrier,
)

from . import builders
from .base import LEGACY, signed_in
from .files import book_of, rows_in, rows_of, sent, words_of

E = "/e/practice/recommendations/export/"
LEGACY_FILES = f"/e/{LEGACY}/recommendations/export/"
SHEETS = ["Recommendations", "Actions", "Progress notes", "History", "About"]
DAY = date(2025, 1, 31)


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


def row(cast, **fields):
    return builders.recommendation(cast.evaluation.strand, **fields)


def book(client, query=""):
    """Return the sheets of the workbook as rows of dicts, but the last."""
    content = book_of(sent(client, f"{E}xlsx/{query}"))
    assert content.sheetnames == SHEETS
    return {name: rows_in(content[name]) for name in SHEETS[:-1]}


def about(content):
    return dict(book_of(content)["About"].iter_rows(min_row=2, max_col=2, values_only=True))


def test_the_2023_evaluation_goes_out_with_its_ten_and_says_how_they_came_under_conditions(legacy_cast):
    client = signed_in(legacy_cast.rowan)
    note = legacy_cast.evaluation.condition_note
    assert note
    content = sent(client, f"{LEGACY_FILES}xlsx/")
    rows = rows_in(book_of(content)["Recommendations"])
    assert [found["Reference"] for found in rows] == [f"R{n}" for n in range(1, 11)]
    assert [found["Owner"] for found in rows].count(None) == 9
    assert {found["Due date"] for found in rows} == {None}
    said = about(content)
    assert said["How recommendations came under a condition"] == note
    assert said["Programme’s end"] == "Ended on 31 March 2025"
    assert said["All recommendations"] == said["Recommendations in this file"] == 10
    assert said["Where Father Inclusivity comes from"].startswith("Compiled from public sources")
    table = rows_of(sent(client, f"{LEGACY_FILES}csv/"))
    assert {found["How recommendations came under a condition"] for found in table} == {note}
    assert [found["Recommendation"] for found in table] == [found["Recommendation"] for found in rows]


def test_a_recommendation_stands_in_a_row_with_everything_about_it(cast, lead):
    team = Owner.objects.create(evaluation=cast.evaluation, name="The coproduction team")
    committed = row(cast, ref="R1", source="committed")
    today = timezone.localdate()
    added = row(
        cast,
        ref="R2",
        title="Ask parents",
        text="Every month",
        condition="power",
        adds_to=committed,
        response="partly_accepted",
        response_reason="Only in two areas",
        status="on_hold",
        status_reason="Waits for the budget",
        owner=team,
        original_due=today - timedelta(days=40),
        due=today - timedelta(days=9),
        priority="high",
        depends_on_funding=True,
        taken_on_by="The council",
    )
    builders.finding(cast.evaluation.strand)
    for text in ("Nobody asks", "No time"):
        finding = builders.finding(cast.evaluation.strand, text=text)
        RecommendationBarrier.objects.create(
            evaluation=cast.evaluation, recommendation=added, finding=finding
        )
    for status in ("completed", "not_started", "no_longer_applicable"):
        Action.objects.create(evaluation=cast.evaluation, recommendation=added, text=status, status=status)
    ProgressUpdate.objects.create(evaluation=cast.evaluation, recommendation=added, date=DAY, note="Began")

    first, second = book(lead)["Recommendations"]

    assert first["Committed or added"] == "Committed by A programme"
    assert first["Response"] == "Committed: none needed"
    expected = {
        "Evaluation": "Practice evaluation",
        "Reference": "R2",
        "Recommendation": "Ask parents",
        "In more words": "Every month",
        "Strand": "Coproduction",
        "Where this comes from": "From interviews",
        "Condition": "Power dynamics",
        "Tangible or intangible": "Intangible",
        "Committed or added": "Added by the evaluators",
        "Adds to": "R1",
        "Response": "Partly accepted",
        "Reason for the response": "Only in two areas",
        "Status": "On hold",
        "Reason for the status": "Waits for the budget",
        "Owner": "The coproduction team",
        "First due date": datetime.combine(added.original_due, datetime.min.time()),
        "Due date": datetime.combine(added.due, datetime.min.time()),
        "Days overdue": 9,
        "Priority": "High",
        "Depends on funding": "Yes",
        "Who takes it on after the end": "The council",
        "Last update": datetime.combine(DAY, datetime.min.time()),
        "Actions": 2,
        "Actions completed": 1,
        "Barriers it answers": "Nobody asks\nNo time",
        "How recommendations came under a condition": None,
    }
    assert second == expected
    (_, line) = rows_of(sent(lead, f"{E}csv/"))
    assert line["Due date"] == added.due.isoformat()
    assert {name: line[name] for name in ("Recommendation", "Days overdue", "Barriers it answers")} == {
        "Recommendation": "Ask parents",
        "Days overdue": "9",
        "Barriers it answers": "Nobody asks\nNo time",
    }


def test_actions_notes_and_every_change_have_sheets_of_their_own(cast, lead):
    added = row(cast, ref="R1")
    key = {"evaluation": cast.evaluation, "recommendation": added}
    team = Owner.objects.create(evaluation=cast.evaluation, name="The team")
    late = timezone.localdate() - timedelta(days=3)
    action = Action.objects.create(text="Meet", owner=team, due=late, original_due=late, percent=0, **key)
    Action.objects.create(text="Gone", removed_at=timezone.now(), **key)
    wrong = ProgressUpdate.objects.create(date=DAY, note="Twelve came", author=cast.leigh, **key)
    right = ProgressUpdate.objects.create(
        date=DAY,
        note="Ten came",
        author=cast.leigh,
        action=action,
        corrects=wrong,
        evidence_link="https://example.org/list",
        **key,
    )
    for name in ("list.pdf", "photo.png"):
        EvidenceFile.objects.create(
            evaluation=cast.evaluation,
            update=right,
            name=name,
            kind="pdf",
            content=b"x",
            size=1,
            sha256="0" * 64,
        )
    DueDateChange.objects.create(
        action=action, old_due=DAY, new_due=late, reason="Room not free", by=cast.leigh, **key
    )

    sheets = book(lead)

    (step,) = sheets["Actions"]
    assert (step["Reference"], step["Action"], step["Owner"], step["Days overdue"], step["Percent"]) == (
        "R1",
        "Meet",
        "The team",
        3,
        0,
    )
    newest, before = sheets["Progress notes"]
    assert newest == {
        "Reference": "R1",
        "Date": datetime.combine(DAY, datetime.min.time()),
        "Note": "Ten came",
        "By": "Leigh",
        "Action": "Meet",
        "Evidence files": "list.pdf\nphoto.png",
        "Link to evidence": "https://example.org/list",
        "Corrects the note of": datetime.combine(DAY, datetime.min.time()),
    }
    assert (before["Note"], before["Evidence files"]) == ("Twelve came", None)
    told = {(line["Who"], line["What"], line["From"], line["To"], line["Why"]) for line in sheets["History"]}
    new = f"{late.day} {late:%B %Y}"
    assert ("Leigh", "Due date", "31 January 2025", new, "Room not free") in told
    assert ("Leigh", "Progress note", None, "Ten came", None) in told
    assert all(isinstance(line["When"], datetime) for line in sheets["History"])


def test_a_file_obeys_the_filters_of_the_tracker_and_names_them(cast, lead):
    row(cast, ref="R1", status="on_hold", condition="power")
    row(cast, ref="R2", condition="power")
    owner = Owner.objects.create(evaluation=cast.evaluation, name="Leigh", user=cast.leigh)
    row(cast, ref="R3", status="on_hold", condition="policies", owner=owner)
    held = book(lead, "?status=on_hold&sort=-ref")["Recommendations"]
    assert [found["Reference"] for found in held] == ["R3", "R1"]
    table = rows_of(sent(lead, f"{E}csv/?status=on_hold&condition=power"))
    assert [(found["Reference"], found["Filters"]) for found in table] == [
        ("R1", "Status: On hold; Condition: Power dynamics")
    ]
    assert {found["Filters"] for found in rows_of(sent(lead, f"{E}csv/?owner=me"))} == {"Owner: Leigh"}
    assert book(lead, "?q=nothing-like-it")["Recommendations"] == []


def test_nobodys_file_holds_a_draft_barrier_or_tells_of_one(cast, evaluator):
    added = row(cast, ref="R1")
    draft = builders.finding(cast.evaluation.strand, status="draft", text="wq-draft-wq")
    link_barrier(recommendation=added, finding=draft, by=cast.evelyn)
    for format in ("xlsx", "csv"):
        words = words_of(sent(evaluator, f"{E}{format}/"), format)
        assert "wq-draft-wq" not in words
        assert "draft barrier" not in words


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-2", "+3", "\t=1"])
def test_no_text_becomes_a_formula(cast, lead, text):
    added = row(cast, ref="R1", title=text)
    key = {"evaluation": cast.evaluation, "recommendation": added}
    Action.objects.create(text=text, **key)
    ProgressUpdate.objects.create(date=DAY, note=text, **key)
    sheets = book_of(sent(lead, f"{E}xlsx/"))
    for name in SHEETS:
        for line in sheets[name].iter_rows():
            assert {cell.data_type for cell in line} <= {"s", "n", "d"}, name
    assert rows_in(sheets["Recommendations"])[0]["Recommendation"] == text
    (line,) = rows_of(sent(lead, f"{E}csv/"))
    assert line["Recommendation"] == f"'{text}"


def test_who_took_a_file_is_recorded_and_an_unknown_format_is_none(cast, lead):
    sent(lead, f"{E}csv/")
    event = AuditEvent.objects.get(verb="exported")
    assert (event.user, event.subject) == (cast.leigh, "recommendations as csv")
    assert lead.get(f"{E}exe/").status_code == 404
    assert AuditEvent.objects.filter(verb="exported").count() == 1


def test_the_number_of_queries_does_not_grow(cast, lead):
    def grow(number):
        added = row(cast, ref=f"R{number}")
        key = {"evaluation": cast.evaluation, "recommendation": added}
        team = Owner.objects.create(evaluation=cast.evaluation, name=f"Team {number}")
        action = Action.objects.create(text="Meet", owner=team, **key)
        note = ProgressUpdate.objects.create(date=DAY, note="x", action=action, author=cast.leigh, **key)
        ProgressUpdate.objects.create(date=DAY, note="x", owner=team, corrects=note, **key)
        added.status, added.owner = "in_progress", team
        added.save()

    def queries():
        with CaptureQueriesContext(connection) as taken:
            sent(lead, f"{E}xlsx/")
        return len(taken)

    grow(1)
    queries()
    few = queries()
    for number in range(2, 15):
        grow(number)
    assert Recommendation.objects.filter(evaluation=cast.evaluation).count() == 14
    assert queries() == few

"""Signed summaries of cells: written, changed, taken back, and the warning when their findings changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.actions.board import mark_finding, move_finding, remove_finding, reorder_finding
from evaluations.actions.signed import sign_summary
from evaluations.models import AuditEvent, CellSummary, ConflictingEdit, Finding

from . import builders
from .assertions import refused, shows
from .base import signed_in
from .pages import Page, fill_in

E = "/e/practice/"
MATRIX = f"{E}matrix/coproduction/"
SUMMARY = f"{MATRIX}barrier/power/summary/"
TEXT = "Who decides has not changed."
WARNING = "The findings behind this changed since."


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def reviewer(cast):
    return signed_in(cast.rowan)


@pytest.fixture
def strand(cast):
    return cast.evaluation.strand


@pytest.fixture
def finding(strand):
    return builders.finding(strand, kind="barrier", condition="power", position=0)


@pytest.fixture
def signed(evaluator, finding):
    fill_in(evaluator, SUMMARY, {"text": TEXT})
    return CellSummary.objects.get()


def in_cell(client, address=MATRIX):
    """Return the words of the cell of barriers in power."""
    cells = Page(client.get(address)).all("section", data_kind="barrier", data_condition="power")
    return cells[0].words


def test_everybody_reads_a_summary_in_its_cell_with_who_signed_it_and_when(signed, cast):
    day = f"{signed.signed_at.day} {signed.signed_at:%B %Y}"
    for user in (cast.evelyn, cast.rowan, cast.leigh):
        words = in_cell(signed_in(user))
        assert f"{TEXT} Evelyn, {day}" in words
        assert WARNING not in words
    assert Page(signed_in(cast.evelyn).get(MATRIX)).one("p", class_="summary-text").words == TEXT


def test_only_evaluators_write_one(cast, signed):
    for user in (cast.rowan, cast.leigh):
        client = signed_in(user)
        assert client.post(SUMMARY, {"text": "Mine"}).status_code == 403
        assert client.post(f"{SUMMARY}take-back/", {"version": 1}).status_code == 403
        assert not Page(client.get(MATRIX)).links("summary")
    assert CellSummary.objects.get().text == TEXT


def test_who_signed_and_who_took_back_a_summary_is_recorded(evaluator, cast, signed):
    take_back = f"{SUMMARY}take-back/"
    page = Page(evaluator.get(SUMMARY))
    assert "only the newest are kept" in page.words
    evaluator.post(take_back, page.sends(take_back))
    fill_in(evaluator, SUMMARY, {"text": "Signed anew"})

    events = AuditEvent.objects.order_by("pk").values_list("verb", "subject", "user")
    assert list(events) == [
        (verb, f"summary {signed.pk}", cast.evelyn.pk)
        for verb in ("signed summary", "took back summary", "signed summary")
    ]


def test_a_summary_needs_words(evaluator, finding):
    refused(fill_in(evaluator, SUMMARY, {"text": " "}), "id_text", "Write a sentence")


def test_a_summary_of_nothing_that_readers_see_is_not_shown(signed, finding, cast):
    """Its words were written from findings that nobody but evaluators may read any more."""
    mark_finding(finding=finding, version=1, status="draft", by=cast.evelyn)
    for user in (cast.evelyn, cast.rowan):
        assert TEXT not in in_cell(signed_in(user))
    assert TEXT in Page(signed_in(cast.evelyn).get(SUMMARY)).one("main").words


CHANGES = {
    "another sentence": lambda f, by: Finding.objects.filter(pk=f.pk).update(text="Other words"),
    "another ready finding": lambda f, by: builders.finding(f.strand, kind="barrier", condition="power"),
    "a draft again": lambda f, by: mark_finding(finding=f, version=1, status="draft", by=by),
    "removed": lambda f, by: remove_finding(finding=f, version=1, by=by),
    "moved away": lambda f, by: move_finding(
        finding=f,
        version=1,
        changes={"strand": f.strand, "kind": "barrier", "condition": "policies"},
        by=by,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_warns_everybody_when_the_findings_behind_it_changed(evaluator, finding, cast, change):
    builders.finding(finding.strand, kind="barrier", condition="power", position=1)
    fill_in(evaluator, SUMMARY, {"text": TEXT})
    CHANGES[change](finding, cast.evelyn)
    for user in (cast.evelyn, cast.rowan):
        assert WARNING in in_cell(signed_in(user))
    assert WARNING in in_cell(signed_in(cast.evelyn), f"{MATRIX}?drafts=1")


def test_what_readers_do_not_see_causes_no_warning(signed, finding, cast):
    """Otherwise it would tell of drafts, of notes and of the order."""
    other = builders.finding(finding.strand, kind="barrier", condition="power", status="draft", position=1)
    reorder_finding(finding=other, direction="up", by=cast.evelyn)
    Finding.objects.filter(pk=finding.pk).update(note="Bears on practices", scope="area")
    for address in (MATRIX, f"{MATRIX}?drafts=1"):
        assert WARNING not in in_cell(signed_in(cast.evelyn), address)
    assert WARNING not in in_cell(signed_in(cast.rowan))


def test_whether_it_lasts_counts(evaluator, strand):
    row = builders.finding(strand, kind="achievement", condition="power")
    fill_in(evaluator, f"{MATRIX}achievement/power/summary/", {"text": TEXT})
    Finding.objects.filter(pk=row.pk).update(lasting="ends")
    assert shows(evaluator.get(MATRIX), WARNING)


def test_signing_again_ends_the_warning_and_signs_what_its_author_saw(evaluator, signed, finding, cast):
    Finding.objects.filter(pk=finding.pk).update(text="Other words")
    sent = Page(evaluator.get(SUMMARY)).sends(SUMMARY)
    evaluator.post(SUMMARY, sent)
    assert WARNING not in in_cell(evaluator)

    sent = Page(evaluator.get(SUMMARY)).sends(SUMMARY)
    Finding.objects.filter(pk=finding.pk).update(text="Words that the author of the summary never saw")
    evaluator.post(SUMMARY, sent | {"text": "A new summary"})
    assert WARNING in in_cell(evaluator)


@pytest.mark.parametrize("basis", ["", "x", "f" * 65])
def test_a_basis_that_no_page_sends_does_no_harm(evaluator, finding, basis):
    answer = evaluator.post(SUMMARY, {"text": TEXT, "basis": basis})
    assert answer.status_code in (200, 302)


def test_of_two_who_sign_at_once_the_second_sees_both(evaluator, signed, cast):
    sent = Page(evaluator.get(SUMMARY)).sends(SUMMARY)
    evaluator.post(SUMMARY, sent | {"text": "First"})

    answer = evaluator.post(SUMMARY, sent | {"text": "Second"})

    assert answer.status_code == 409
    assert ConflictingEdit.objects.get().fields == {"text": "Second"}
    evaluator.post(SUMMARY, Page(answer).sends() | {"keep": "both"})
    assert CellSummary.objects.get().text == "First\n\nSecond"
    assert shows(evaluator.get(SUMMARY), "Set aside")


def test_of_two_first_summaries_of_a_cell_the_second_sees_both(evaluator, finding):
    sent = Page(evaluator.get(SUMMARY)).sends(SUMMARY)
    evaluator.post(SUMMARY, sent | {"text": "First"})
    answer = evaluator.post(SUMMARY, sent | {"text": "Second"})
    assert answer.status_code == 409
    assert CellSummary.objects.get().text == "First"


def test_a_summary_that_was_taken_back_is_read_by_nobody_and_can_be_signed_again(evaluator, reviewer, signed):
    answer = fill_in(evaluator, SUMMARY, {}, action=f"{SUMMARY}take-back/")

    assert answer.url == SUMMARY
    for client in (evaluator, reviewer):
        assert TEXT not in in_cell(client)
    page = Page(evaluator.get(SUMMARY))
    assert "Taken back on" in page.words
    evaluator.post(SUMMARY, page.sends(SUMMARY))
    assert TEXT in in_cell(reviewer)


def test_a_summary_that_somebody_signed_anew_is_not_taken_back_unread(evaluator, signed):
    sent = Page(evaluator.get(SUMMARY)).sends(f"{SUMMARY}take-back/")
    fill_in(evaluator, SUMMARY, {"text": "Another"}, action=SUMMARY)
    evaluator.post(f"{SUMMARY}take-back/", sent)
    assert CellSummary.objects.get().removed_at is None


def test_the_matrix_takes_as_many_queries_with_a_summary_in_each_cell_as_with_none(evaluator, cast, finding):
    def number():
        with CaptureQueriesContext(connection) as queries:
            evaluator.get(MATRIX)
        return len(queries)

    evaluator.get(MATRIX)
    none = number()
    for kind in ("achievement", "barrier"):
        for condition in ("policies", "practices", "resources", "relationships", "power", "mental_models"):
            cell = {"strand": finding.strand, "kind": kind, "condition": condition}
            sign_summary(
                evaluation=cast.evaluation, cell=cell, version=0, text=TEXT, basis="", by=cast.evelyn
            )
    assert number() == none


def test_a_summary_of_another_strand_stays_there(evaluator, signed):
    builders.strand(signed.evaluation, slug="elsewhere")
    assert not shows(evaluator.get(f"{E}matrix/elsewhere/"), TEXT)

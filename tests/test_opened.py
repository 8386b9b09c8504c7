"""What was written on a page from before a withdrawal is not saved after it, whatever the record is."""

import re

import pytest
from django.urls import reverse

from evaluations.models import (
    Answer,
    ConflictingEdit,
    FindingComment,
    ProgressUpdate,
    Reflection,
)
from tests import builders
from tests.assertions import shows
from tests.base import signed_in
from tests.pages import Page
from tests.test_withdrawal import SPOKEN, E, Said, whole_database

MARK = re.compile(r'name="opened" value="(\w+)"')
TYPED = f"They told us: {SPOKEN}"


@pytest.fixture
def said(cast):
    """What P07 said, in an evaluation."""
    return Said(cast)


def opened(browser, address):
    """Return the mark that the forms of a page carry; all carry the same."""
    (mark,) = set(MARK.findall(browser.get(address).content.decode()))
    return mark


def pages(said):
    """Yield (who, the page with the form, where it is sent, what is sent) for each kind of text."""
    strand = said.evaluation.strand
    finding = builders.finding(strand)
    edit = reverse("finding-edit", args=["practice", finding.pk])
    cell = {"strand": strand.pk, "kind": "barrier", "condition": "power", "status": "draft"}
    yield "evelyn", edit, edit, {**cell, "version": 1, "text": TYPED}
    stale = {**cell, "version": 0, "text": TYPED}
    yield "evelyn", edit, edit, stale
    add = f"{E}findings/new/"
    yield "evelyn", add, add, {**cell, "text": TYPED}
    add = f"{E}reflections/new/"
    yield "evelyn", add, add, {"subject": "heard", "theme": TYPED[:200], "status": "draft"}
    row = builders.recommendation(strand)
    edit = reverse("recommendation-edit", args=["practice", row.ref])
    yield "evelyn", edit, edit, {"version": 1, "title": TYPED, "condition": "power", "strand": strand.pk}
    shared = builders.finding(strand, status="draft")
    builders.share(shared, said.cast.rowan)
    talk = reverse("comment-detail", args=["practice", shared.pk])
    yield "rowan", talk, talk, {"text": TYPED}
    detail = reverse("recommendation-detail", args=["practice", row.ref])
    update = reverse("recommendation-update", args=["practice", row.ref])
    yield "leigh", detail, update, {"date": "1 May 2024", "note": TYPED}


def test_no_text_from_a_page_opened_before_a_withdrawal_is_saved_and_all_of_it_is_given_back(said):
    waiting = []
    for name, page, address, sent in pages(said):
        browser = signed_in(getattr(said.cast, name))
        waiting.append((browser, address, {**sent, "opened": opened(browser, page)}))

    said.withdraw()

    for browser, address, sent in waiting:
        answer = browser.post(address, sent, headers={"Origin": "http://testserver"})
        assert answer.status_code == 423, address
        assert shows(answer, TYPED[:80]), "it is given back"
        assert not shows(answer, "withdrew"), "only evaluators read that somebody withdrew"
    assert not ConflictingEdit.objects.exists()
    assert SPOKEN not in whole_database()
    assert not FindingComment.objects.exists()
    assert not ProgressUpdate.objects.exists()
    assert not Reflection.objects.exists()


def test_nothing_is_held_up_where_nobody_withdrew_or_on_a_page_opened_afterwards(said):
    for is_over in (False, True):
        for name, page, address, sent in list(pages(said)):
            browser = signed_in(getattr(said.cast, name))
            form = Page(browser.get(page)).sends(address)
            saved = browser.post(address, {**form, **sent, "opened": opened(browser, page)})
            assert saved.status_code in (302, 409), address
        if not is_over:
            assert SPOKEN in whole_database()
            said.withdraw()


def test_what_somebody_else_said_is_written_down_all_the_same(said):
    browser, address = signed_in(said.by), f"{E}interviews/I08/?condition=policies"
    page = browser.get(address)
    mark = MARK.search(page.content.decode())[1]
    said.withdraw()
    answer = said.other_answer
    sent = {"opened": mark, "condition": "policies", f"text-{answer.pk}": "Buses come late, and early."}

    assert browser.post(address, sent).status_code != 423

    assert Answer.objects.filter(pk=answer.pk).exists()


def test_our_scripts_are_told_and_a_press_of_a_button_passes(said):
    finding = builders.finding(said.evaluation.strand)
    browser = signed_in(said.by)
    mark = opened(browser, reverse("finding-edit", args=["practice", finding.pk]))
    said.withdraw()
    reword = reverse("finding-reword", args=["practice", finding.pk])
    told = {"X-Requested-With": "fetch"}

    answer = browser.post(reword, {"text": TYPED, "version": 1, "opened": mark}, headers=told)

    assert answer.status_code == 423
    marked = reverse("finding-mark", args=["practice", finding.pk])
    pressed = browser.post(marked, {"status": "draft", "version": 1, "opened": mark})
    assert pressed.status_code == 302


@pytest.mark.parametrize("name", ["sam", "sasha"])
def test_a_stranger_learns_nothing_by_guessing(said, name):
    said.withdraw()
    browser = signed_in(getattr(said.cast, name))
    for slug in ("practice", "no-such-evaluation"):
        answer = browser.post(reverse("finding-add", args=[slug]), {"text": TYPED, "opened": "guess"})
        assert answer.status_code == 404

"""What was written on a page from before a withdrawal is not saved after it, whatever the record is."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from evaluations.actions.owner_links import make_owner_link
from evaluations.models import (
    Answer,
    ConflictingEdit,
    FindingComment,
    Owner,
    ProgressUpdate,
    Reflection,
)
from evaluations.opened import LOOKING_THEMSELVES, typed
from tests import builders
from tests.assertions import shows
from tests.base import signed_in
from tests.pages import Page
from tests.test_access_walk import ROUTES, Asker, decisions, world
from tests.test_withdrawal import OTHERS, SPOKEN, E, Said, whole_database

__all__ = ["world"]

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


def test_a_note_from_an_old_private_link_page_is_given_back_and_not_kept(said):
    owner = Owner.objects.create(evaluation=said.evaluation, name="Family hubs")
    action = builders.action(builders.recommendation(said.evaluation.strand), owner=owner)
    _, token = make_owner_link(owner=owner, by=said.cast.leigh)
    link, browser = f"/o/{token}/", Client()
    mark = opened(browser, link)
    report = {"version": 0, "status": "in_progress", "status_reason": TYPED}
    said.withdraw()

    for what, sent in (("report", report), ("note", {"date": "1 May 2024", "note": TYPED})):
        address = f"{link}actions/{action.pk}/{what}/"
        answer = browser.post(address, sent | {"opened": mark}, headers={"Origin": "http://testserver"})
        assert answer.status_code == 423
        assert shows(answer, TYPED)
        assert Page(answer).one("a")["href"] == link
        assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert SPOKEN not in whole_database()
    again = {"date": "1 May 2024", "note": TYPED, "opened": opened(browser, link)}
    assert browser.post(f"{link}actions/{action.pk}/note/", again).status_code == 302


def test_a_note_from_an_old_page_on_a_phone_is_given_back_and_not_kept(said):
    finding = builders.finding(said.evaluation.strand, kind="barrier")
    round = builders.round(builders.workshop(said.evaluation.strand), kind="barrier")
    at, phone = f"/w/{round.workshop.shown_code}/", Client()
    phone.post(f"{at}join/", {"name": ""})
    sent = {"row": finding.pk, "round": round.pk, "note": TYPED, "opened": opened(phone, at)}
    said.withdraw()

    assert phone.post(f"{at}weigh/", sent).status_code == 423
    assert phone.post(f"{at}weigh/", sent, headers={"X-Requested-With": "fetch"}).status_code == 423

    assert SPOKEN not in whole_database()
    assert phone.post(f"{at}weigh/", sent | {"note": "", "dots": 1}).status_code == 302


# Pages of no evaluation, and two doors: where a code or an invitation is shown, which save no text.
NOT_OF_AN_EVALUATION = {"evaluation-list", "invitation-accept", "phone-enter"}


def test_every_form_of_an_evaluation_refuses_text_from_an_old_page(world):
    """Whatever route is added: with a mark that is not today's, what holds text is not taken."""
    askers = {name: Asker(person) for name, person in world.people.items()}
    taken = set()
    for row, (methods, people) in decisions().items():
        name = next((name for name, decision in people.items() if decision == "ok"), None)
        if "post" not in methods or name is None or row in LOOKING_THEMSELVES:
            continue
        address = ROUTES[row].address(world.values)
        answer = askers[name].ask("post", address, {"text": TYPED, "opened": "from before"})
        if answer.status_code != 423:
            taken.add(row)
    assert {row for row in taken if not row.startswith("accounts/")} == NOT_OF_AN_EVALUATION


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("14 May 2024", False),
        ("no longer applicable", False),
        ("one-word-joined-to-another", True),
        ("P07", False),
        ("家族は誰にも聞かれなかった", True),
        ("山田太郎", False),
    ],
)
def test_what_counts_as_text_is_as_long_as_a_copy_in_any_script(rf, text, is_refused):
    sent = {"field": text, "back": "/e/practice/findings/?status=ready", "opened": "from before"}
    assert typed(rf.post("/", sent)) == ([text] if is_refused else [])


def test_that_somebody_refused_is_recorded_from_a_page_from_before(said):
    quotation = builders.quotation(said.evaluation, text=OTHERS, speaker=said.other)
    browser, edit = signed_in(said.by), reverse("quotation-edit", args=["practice", quotation.pk])
    mark = opened(browser, edit)
    said.withdraw()
    sent = {"opened": mark, "refused_on": "14 May 2024"}
    assert browser.post(edit, sent).status_code != 423


@pytest.mark.parametrize("name", ["sam", "sasha"])
def test_a_stranger_learns_nothing_by_guessing(said, name):
    said.withdraw()
    browser = signed_in(getattr(said.cast, name))
    for slug in ("practice", "no-such-evaluation"):
        answer = browser.post(reverse("finding-add", args=[slug]), {"text": TYPED, "opened": "guess"})
        assert answer.status_code == 404

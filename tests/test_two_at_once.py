"""Two requests at the very same moment, on threads with connections of their own: nothing is lost."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event, active_count
from time import sleep

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from evaluations import jobs
from evaluations.actions import comments, report, withdrawal
from evaluations.actions.board import merge_findings, remove_finding, reorder_finding, reword_finding
from evaluations.actions.coding import code_passage, recode, remove_quotation, restore_quotation
from evaluations.actions.errors import ActionError, AlreadyThere, NotAllowedNow, StaleVersion
from evaluations.actions.findings import add_finding, attach_quotation, edit_finding
from evaluations.actions.interviews import AnswerSent, add_interview, save_answers
from evaluations.actions.owner_links import make_owner_link
from evaluations.actions.publishing import start_draft, start_publishing
from evaluations.actions.quotations import approve_quotations
from evaluations.actions.report import IN_ORDER, SectionSent, move_section, save_section
from evaluations.actions.second_coding import code_blind, open_second_coding, settle
from evaluations.actions.setup import edit_evaluation, invite, join_with_new_account, remove_member
from evaluations.actions.steps import undo
from evaluations.actions.withdrawal import withdraw_participant
from evaluations.models import (
    Answer,
    AnswerVersion,
    BlindCode,
    CodingRound,
    CodingUnit,
    ConflictingEdit,
    Evaluation,
    Finding,
    FindingShare,
    Interview,
    Job,
    Membership,
    Owner,
    PublishedVersion,
    Quotation,
    ReportFile,
    ReportSection,
)
from evaluations.report.blocks import as_data

from . import builders
from .base import signed_in
from .pages import Page
from .test_opened import opened
from .test_withdrawal import whole_database

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = "2024-06-01T00:00Z"


def at_once(*acts):
    """Start all acts together; return what each returned, or the error it raised."""
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            return act()
        except ActionError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_saves_of_one_version_one_wins_and_the_other_is_kept(cast):
    finding = builders.finding(cast.evaluation.strand, text="As it was")
    texts = [f"Version of writer {number}" for number in range(4)]

    def save(text):
        return lambda: edit_finding(finding=finding, version=1, changes={"text": text}, by=cast.evelyn)

    outcomes = at_once(*[save(text) for text in texts])

    assert sum(isinstance(outcome, StaleVersion) for outcome in outcomes) == 3
    kept = [edit.fields["text"] for edit in ConflictingEdit.objects.all()]
    finding.refresh_from_db()
    assert sorted([finding.text, *kept]) == sorted(texts)
    assert finding.version == 2


def test_of_two_interviews_with_one_code_the_second_is_refused_politely(cast):
    def add():
        return add_interview(
            evaluation=cast.evaluation, fields={"code": "I01"}, participants=[], strands=[], by=cast.evelyn
        )

    outcomes = at_once(add, add, add)

    assert sum(isinstance(outcome, AlreadyThere) for outcome in outcomes) == 2
    assert Interview.objects.count() == 1


def test_findings_added_together_are_all_there(cast):
    fields = {"strand": cast.evaluation.strand, "kind": "barrier", "condition": "power"}

    def add(number):
        return lambda: add_finding(
            evaluation=cast.evaluation, fields={**fields, "text": f"Finding {number}"}, by=cast.evelyn
        )

    at_once(*[add(number) for number in range(6)])

    assert Finding.objects.count() == 6


def test_two_who_order_one_cell_at_once_lose_no_finding(cast):
    rows = [builders.finding(cast.evaluation.strand, position=0) for _ in range(6)]

    def lift(row):
        return lambda: reorder_finding(finding=row, before=rows[0], by=cast.evelyn)

    outcomes = at_once(*[lift(row) for row in rows[2:]])

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    order = list(Finding.objects.order_by("position").values_list("pk", "position"))
    assert sorted(pk for pk, _ in order) == [row.pk for row in rows]
    assert [position for _, position in order] == list(range(6))
    assert order[4][0] == rows[0].pk, "all four went before the first one"


def test_of_two_merges_of_one_finding_one_wins_and_the_other_is_refused(cast):
    first, second, third = (builders.finding(cast.evaluation.strand) for _ in range(3))

    def merge(other):
        return lambda: merge_findings(
            finding=first, version=1, other=other, other_version=1, text="Both", by=cast.evelyn
        )

    outcomes = at_once(merge(second), merge(third))

    assert sum(isinstance(outcome, StaleVersion) for outcome in outcomes) == 1
    assert Finding.objects.filter(removed_at=None).count() == 2


def test_a_step_is_undone_once_however_many_press_the_button(cast):
    finding = builders.finding(cast.evaluation.strand)
    change = remove_finding(finding=finding, version=1, by=cast.evelyn)

    outcomes = at_once(*[lambda: undo(change=change, by=cast.evelyn) for _ in range(3)])

    assert sum(isinstance(outcome, NotAllowedNow) for outcome in outcomes) == 2
    assert Finding.objects.get().removed_at is None


def test_of_two_who_join_with_one_address_the_second_makes_no_account(cast):
    tokens = [invite(evaluation=cast.evaluation, role="lead", email="", by=cast.evelyn)[1] for _ in range(2)]

    def join(number):
        fields = {"username": f"noor{number}", "email": "noor@example.org"}
        return lambda: join_with_new_account(
            token=tokens[number], fields=fields, password="four quiet herons"
        )

    outcomes = at_once(*[join(number) for number in range(2)])

    assert sum(isinstance(outcome, NotAllowedNow) for outcome in outcomes) == 1
    assert get_user_model().objects.filter(email="noor@example.org").count() == 1


@pytest.mark.parametrize("size", [2, 4])
def test_evaluations_that_are_let_follow_each_other_at_once_make_no_circle(cast, size):
    rows = [builders.evaluation() for _ in range(size)]
    for row in rows:
        builders.member(row, cast.evelyn, "evaluator")

    def follow(row, earlier):
        return lambda: edit_evaluation(
            evaluation=row, version=1, changes={"follows": earlier}, by=cast.evelyn
        )

    outcomes = at_once(*[follow(row, rows[place - 1]) for place, row in enumerate(rows)])

    assert sum(isinstance(outcome, NotAllowedNow) for outcome in outcomes) == 1
    assert Evaluation.objects.filter(follows__isnull=False).count() == size - 1


def test_nothing_is_shared_with_somebody_who_is_removed_meanwhile(cast, monkeypatch):
    draft = builders.finding(cast.evaluation.strand, status="draft")
    member = Membership.objects.get(user=cast.rowan)
    is_sharing, open_shares = Event(), comments._open_shares

    def pausing(findings):
        is_sharing.set()
        sleep(0.15)
        return open_shares(findings)

    monkeypatch.setattr(comments, "_open_shares", pausing)
    what = {"evaluation": cast.evaluation, "findings": [draft], "people": [cast.rowan], "question": ""}

    at_once(
        lambda: comments.share(by=cast.evelyn, **what),
        lambda: is_sharing.wait(20) and remove_member(membership=member, by=cast.evelyn),
    )

    assert not Membership.objects.filter(user=cast.rowan).exists()
    assert not FindingShare.objects.filter(ended_at__isnull=True).exists()


# --- While a participant withdraws ------------------------------------------------------------------------

SAID = "Nobody on the zebrafinch committee ever asked the families."


@pytest.fixture
def leaving(cast):
    """P07, who is about to withdraw, with an answer and a quotation behind a finding."""
    row = cast.evaluation
    person = builders.participant(row, code="P07")
    person.talk = builders.interview(row, code="I07", participants=[person])
    person.answer = builders.answer(person.talk, text=SAID)
    person.finding = builders.finding(row.strand)
    person.words = builders.passage(person.answer, 0, 6, evidence_for=person.finding, strand=row.strand)
    return person


def save_over(leaving, cast):
    sent = AnswerSent("answer", "policies", None, f"{SAID} Ever.", 1)
    return save_answers(interview=leaving.talk, states={}, answers=[sent], by=cast.evelyn)


def code_more(leaving, cast):
    place = {"start": 7, "end": 23, "version": 1, "text": SAID[7:23]}
    code = {"kind": "barrier", "condition": "power", "strand": cast.evaluation.strand}
    return code_passage(answer=leaving.answer, by=cast.evelyn, **place, **code)


def name_the_speaker(leaving, cast):
    return recode(quotation=leaving.words, version=1, changes={"speaker": leaving}, by=cast.evelyn)


def remove(leaving, cast):
    return remove_quotation(quotation=leaving.words, by=cast.evelyn)


def restore(leaving, cast):
    return restore_quotation(quotation=leaving.words, by=cast.evelyn)


def attach(leaving, cast):
    return attach_quotation(finding=leaving.elsewhere, quotation=leaving.words, by=cast.evelyn)


def approve(leaving, cast):
    return approve_quotations(quotations=[leaving.words], seen={leaving.words.pk: 1}, by=cast.evelyn)


def open_blind(leaving, cast):
    return open_second_coding(interview=leaving.talk, second=cast.sasha, by=cast.evelyn)


def code_it_blind(leaving, cast):
    code = {"start": 0, "end": 6, "kind": "barrier", "condition": "power"}
    return code_blind(coding_round=leaving.round, answer=leaving.answer, by=cast.sasha, **code)


def settle_it(leaving, cast):
    return settle(unit=leaving.unit, version=1, settled="coded", note="zebrafinch", by=cast.evelyn)


BESIDE = [
    save_over,
    code_more,
    name_the_speaker,
    remove,
    restore,
    attach,
    approve,
    open_blind,
    code_it_blind,
    settle_it,
]


@pytest.fixture
def reaches(monkeypatch):
    """Return what waits until a withdrawal has come to one of its steps; it pauses there for the others."""
    steps = {"traces_of": Event(), "_strike": Event(), "_close": Event()}

    def pausing(step, go_on):
        def paused(*args):
            steps[step].set()
            sleep(0.15)
            return go_on(*args)

        return paused

    for step in steps:
        monkeypatch.setattr(withdrawal, step, pausing(step, getattr(withdrawal, step)))
    return lambda step: steps[step].wait(20)


@pytest.mark.parametrize("act", BESIDE)
def test_what_happens_beside_a_withdrawal_comes_before_it_or_is_refused(cast, leaving, reaches, act):
    row = cast.evaluation
    leaving.elsewhere = builders.finding(row.strand)
    if act is restore:
        remove(leaving, cast)
    if act is open_blind:
        builders.member(row, cast.sasha, "evaluator")
    if act in (code_it_blind, settle_it):
        leaving.round = CodingRound.objects.create(evaluation=row, interview=leaving.talk, second=cast.sasha)
        unit = {"round": leaving.round, "answer": leaving.answer, "condition": "power", "kind": "barrier"}
        leaving.unit = CodingUnit.objects.create(evaluation=row, first=False, second=True, **unit)
        BlindCode.objects.create(evaluation=row, start=0, end=6, text_version=1, **unit)

    outcomes = at_once(
        lambda: withdraw_participant(participant=leaving, decisions={}, by=cast.evelyn),
        lambda: act(leaving, cast),
        lambda: reaches("traces_of") and act(leaving, cast),
        lambda: reaches("_strike") and act(leaving, cast),
    )

    leaving.refresh_from_db()
    assert leaving.withdrawn_on, outcomes
    models = (Answer, AnswerVersion, Quotation, CodingRound, CodingUnit, BlindCode)
    assert [model for model in models if model.objects.exists()] == []
    leaving.finding.refresh_from_db()
    assert leaving.finding.status == "draft"
    assert outcomes[-1] == [] if act is approve else isinstance(outcomes[-1], ActionError)


def write_a_finding(cast):
    """Return (a browser, where it is sent, what is sent): words of theirs, from the page with the form."""
    browser, address = signed_in(cast.evelyn), "/e/practice/findings/new/"
    cell = {"strand": cast.evaluation.strand.pk, "kind": "barrier", "condition": "power", "status": "draft"}
    form = Page(browser.get(address)).sends(address)
    return browser, address, {**form, **cell, "text": SAID, "opened": opened(browser, address)}


def note_through_a_link(cast):
    owner = Owner.objects.create(evaluation=cast.evaluation, name="Family hubs")
    action = builders.action(builders.recommendation(cast.evaluation.strand), owner=owner)
    _, token = make_owner_link(owner=owner, by=cast.leigh)
    browser, at = Client(), f"/o/{token}/"
    sent = {"date": "1 May 2024", "note": SAID, "opened": opened(browser, at)}
    return browser, f"{at}actions/{action.pk}/note/", sent


def note_on_a_phone(cast):
    finding = builders.finding(cast.evaluation.strand, kind="barrier")
    round = builders.round(builders.workshop(cast.evaluation.strand), kind="barrier")
    browser, at = Client(), f"/w/{round.workshop.shown_code}/"
    browser.post(f"{at}join/", {"name": ""})
    sent = {"row": finding.pk, "round": round.pk, "note": SAID, "opened": opened(browser, at)}
    return browser, f"{at}weigh/", sent


@pytest.mark.parametrize("typing", [write_a_finding, note_through_a_link, note_on_a_phone])
def test_what_arrives_while_somebody_withdraws_waits_and_is_given_back(cast, leaving, reaches, typing):
    browser, address, sent = typing(cast)

    *_, answer = at_once(
        lambda: withdraw_participant(participant=leaving, decisions={}, by=cast.evelyn),
        lambda: reaches("_close") and browser.post(address, sent),
    )

    assert answer.status_code == 423
    assert SAID not in whole_database()


def test_a_withdrawal_waits_for_what_is_being_saved_and_takes_it_along(cast, leaving, monkeypatch):
    browser, address, sent = write_a_finding(cast)
    saving = Event()

    def slowly(**kwargs):
        saving.set()
        sleep(0.3)
        return add_finding(**kwargs)

    monkeypatch.setattr("evaluations.views.findings.add_finding", slowly)

    _, answer = at_once(
        lambda: saving.wait(20) and withdraw_participant(participant=leaving, decisions={}, by=cast.evelyn),
        lambda: browser.post(address, sent),
    )

    leaving.refresh_from_db()
    assert leaving.withdrawn_on
    assert answer.status_code == 302
    assert SAID not in whole_database()


def test_a_step_that_is_undone_while_somebody_withdraws_brings_no_word_back(cast, leaving, monkeypatch):
    finding = builders.finding(cast.evaluation.strand, text=SAID)
    changes = {"text": "Families were not asked."}
    step = reword_finding(finding=finding, version=1, changes=changes, by=cast.evelyn)
    find_copies, has_locked, has_looked = withdrawal.find_copies, Event(), Event()

    def slowly(*args):
        found = list(find_copies(*args))
        (has_looked if has_locked.is_set() else has_locked).set()
        sleep(0.3)
        return found

    monkeypatch.setattr(withdrawal, "find_copies", slowly)
    browser = signed_in(cast.evelyn)

    at_once(
        lambda: withdraw_participant(participant=leaving, decisions={}, by=cast.evelyn),
        lambda: has_looked.wait(20) and browser.post(f"/e/practice/changes/{step.pk}/undo/"),
    )

    leaving.refresh_from_db()
    assert leaving.withdrawn_on
    assert SAID not in whole_database()


def publish_report(cast):
    """Publish the report, as somebody who asks and a worker that does it at once."""
    start_publishing(evaluation=cast.evaluation, note="", by=cast.evelyn)
    jobs.work(once=True)


def test_a_report_that_is_published_beside_a_withdrawal_brings_no_word_back(
    cast, leaving, reaches, monkeypatch
):
    made = {"docx": lambda document: json.dumps(as_data(document)).encode()}
    monkeypatch.setattr("evaluations.exporting.report.FORMATS", made)
    monkeypatch.setattr(jobs, "FORMATS", made)
    Quotation.objects.update(speaker=leaving, approved_on=date(2024, 6, 3))

    def withdraw():
        return withdraw_participant(participant=leaving, decisions={}, by=cast.evelyn)

    outcome, *_ = at_once(
        withdraw,
        lambda: publish_report(cast),
        lambda: reaches("traces_of") and publish_report(cast),
        lambda: reaches("_strike") and publish_report(cast),
    )
    jobs.work(once=True)
    if isinstance(outcome, NotAllowedNow):  # it was being published: then it is for whoever asks to wait
        withdraw()

    leaving.refresh_from_db()
    assert leaving.withdrawn_on
    said = leaving.words.text
    kept = [
        json.dumps(documents) for documents in PublishedVersion.objects.values_list("documents", flat=True)
    ]
    kept += [bytes(content).decode() for content in ReportFile.objects.values_list("content", flat=True)]
    assert [text for text in kept if said in text] == []


def test_of_two_who_publish_at_once_the_second_is_refused(cast):
    outcomes = at_once(
        *[lambda: start_publishing(evaluation=cast.evaluation, note="", by=cast.evelyn) for _ in range(3)]
    )
    assert sum(isinstance(outcome, NotAllowedNow) for outcome in outcomes) == 2
    assert Job.objects.count() == 1


def test_of_two_who_write_a_section_first_one_wins_and_the_other_is_kept(cast):
    def write(text):
        sent = SectionSent(heading="", text=text, version=0)
        return lambda: save_section(evaluation=cast.evaluation, key="method", sent=sent, by=cast.evelyn)

    outcomes = at_once(write("One"), write("Other"))

    assert sum(isinstance(outcome, StaleVersion) for outcome in outcomes) == 1
    kept = ConflictingEdit.objects.get().fields["text"]
    assert {ReportSection.objects.get(key="method").text, kept} == {"One", "Other"}


def test_a_stale_save_of_a_section_and_a_move_of_it_do_not_block_each_other(cast, monkeypatch):
    saved = {"evaluation": cast.evaluation, "key": "method", "by": cast.evelyn}
    save_section(**saved, sent=SectionSent(heading="", text="One", version=0))
    set_aside, is_saving = report._set_aside, Event()

    def slowly(*args):
        is_saving.set()
        sleep(0.5)  # by now the other holds the evaluation, and waits for this section
        set_aside(*args)

    def move():
        assert is_saving.wait(5)
        return move_section(**saved, up=True)

    monkeypatch.setattr(report, "_set_aside", slowly)
    stale = SectionSent(heading="", text="Other", version=0)
    outcomes = at_once(lambda: save_section(**saved, sent=stale), move)

    assert isinstance(outcomes[0], StaleVersion)
    assert outcomes[1] is True
    assert ConflictingEdit.objects.get().fields["text"] == "Other"


def test_sections_moved_at_once_stand_each_in_one_place(cast):
    def move(key):
        return lambda: move_section(evaluation=cast.evaluation, key=key, up=True, by=cast.evelyn)

    assert all(at_once(*map(move, ["method", "glossary", "objectives", "recommendations"])))
    positions = ReportSection.objects.values_list("position", flat=True)
    assert sorted(positions) == list(range(len(IN_ORDER)))


def begun(cast, monkeypatch):
    """Return a draft of the report that a worker claimed and was not heard of since."""
    monkeypatch.setattr(jobs, "SAY_ALIVE_EVERY", 0.01)
    start_draft(evaluation=cast.evaluation, document="report", format="html", by=cast.evelyn)
    job = jobs.records.claim_job()
    Job.objects.update(seen_at=LONG_AGO)
    return job


def is_heard_of():
    return Job.objects.filter(jobs.records.heard_of()).exists()


def until(condition):
    """Wait until a condition holds, five seconds at most, and return whether it does."""
    for _ in range(500):
        if condition():
            return True
        sleep(0.01)
    return False


def test_while_one_file_takes_long_its_worker_is_heard_of_and_no_longer_when_it_is_done(cast, monkeypatch):
    job, threads = begun(cast, monkeypatch), active_count()
    with jobs.saying_alive(job):
        assert until(is_heard_of)
        assert jobs.records.claim_job() is None
    assert active_count() == threads
    Job.objects.update(seen_at=LONG_AGO)
    sleep(0.05)
    assert not is_heard_of()


def test_a_worker_that_lost_its_job_is_not_heard_of_any_more(cast, monkeypatch):
    job, threads = begun(cast, monkeypatch), active_count()
    Job.objects.update(attempt=job.attempt + 1)
    with jobs.saying_alive(job):
        assert until(lambda: active_count() == threads)
        assert not is_heard_of()


def test_whoever_does_a_job_is_heard_of_meanwhile(cast, monkeypatch):
    job, heard = begun(cast, monkeypatch), []
    monkeypatch.setitem(jobs.WORK, job.kind, lambda job: heard.append(until(is_heard_of)))
    jobs.run(job)
    assert heard == [True]

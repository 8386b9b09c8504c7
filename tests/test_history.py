"""The history of findings and recommendations: who, when, from what to what; never a word of a quotation."""

from datetime import date

import pytest
from django.apps import apps
from django.utils import timezone

from evaluations.models import Action, ConflictingEdit, Finding, Recommendation, ReportSection

from . import builders
from .base import signed_in
from .pages import Page, fill_in

E = "/e/practice/"
SECRET = "wq-said-in-confidence-wq"


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


def history(browser, address):
    """Return the entries of a page's history, newest first, each without its time."""
    entries = Page(browser.get(address)).one("ol", class_="hist").all("li")
    for entry in entries:
        time = timezone.datetime.fromisoformat(entry.one("time")["datetime"])
        assert abs((timezone.now() - time).total_seconds()) < 60
    return [entry.words.removeprefix(entry.one("time").words).strip() for entry in entries]


def add(evaluator, strand, text):
    """Add a finding on its form and return its address."""
    response = fill_in(
        evaluator,
        f"{E}findings/new/",
        {"kind": "barrier", "condition": "power", "strand": strand.pk, "text": text},
    )
    return response.url


def test_a_finding_tells_who_wrote_it_and_what_became_of_it(evaluator, cast):
    other = builders.strand(cast.evaluation, name="Food")
    address = add(evaluator, cast.evaluation.strand, "First words")

    fill_in(evaluator, f"{address}edit/", {"text": "Second words", "strand": other.pk, "scope": "area"})
    fill_in(evaluator, address, {"status": "ready"}, action=f"{address}mark/")

    assert history(evaluator, address) == [
        "Evelyn Status: Draft became Ready to share",
        "Evelyn Strand: Coproduction became Food The finding, in a sentence: First words became Second words "
        "Scope: nothing became The area Bring the earlier sentence back",
        "Evelyn wrote it.",
    ]


def test_a_link_to_a_quotation_is_told_without_its_words(evaluator, cast):
    address = add(evaluator, cast.evaluation.strand, "A barrier")
    fill_in(evaluator, f"{address}quotations/new/", {"text": SECRET})
    quotation = Finding.objects.get().quotations.get()
    fill_in(evaluator, address, {}, action=f"{address}quotations/{quotation.pk}/detach/")

    assert history(evaluator, address) == [
        "Evelyn: Detached a quotation.",
        "Evelyn: Attached a quotation.",
        "Evelyn wrote it.",
    ]


def test_a_recommendation_tells_who_moved_it_on_in_words_that_people_read(lead, evaluator, cast):
    page = f"{E}recommendations/R1/"
    builders.recommendation(cast.evaluation.strand, ref="R1", title="Ask parents")
    barrier = builders.finding(cast.evaluation.strand)
    changes = {
        "status": "in_progress",
        "due": "31 March 2090",
        "owner": "new",
        "new_owner": "Family hubs",
        "depends_on_funding": "on",
    }
    fill_in(lead, page, {"response": "accepted"}, action=f"{page}respond/")
    fill_in(lead, page, changes, action=f"{page}track/")
    fill_in(lead, page, {"finding": barrier.pk}, action=f"{page}barriers/link/")
    fill_in(evaluator, f"{page}edit/", {"title": "Ask every parent"})

    for reader in (lead, evaluator, signed_in(cast.rowan)):
        told = history(reader, page)
        assert told[0] == "Evelyn Title: Ask parents became Ask every parent"
        assert told[1] == "Leigh: Linked a barrier."
        for change in (
            "Status: Not started became In progress",
            "Owner: nothing became Family hubs",
            "Due date: nothing became 31 March 2090",
            "Depends on funding: no became yes",
        ):
            assert change in told[2], change
        assert told[3] == "Leigh Response: None yet became Accepted"


def test_what_was_loaded_keeps_its_first_words_when_somebody_changes_them(legacy_cast):
    browser = signed_in(legacy_cast.evelyn)
    finding = Finding.objects.filter(strand__slug="coproduction").first()
    before = finding.text
    address = f"/e/ssbc-legacy-2023/findings/{finding.pk}/"
    assert "it stands as it was loaded" in Page(browser.get(address)).words

    fill_in(browser, f"{address}edit/", {"text": "Other words"})

    entries = Page(browser.get(address)).one("ol", class_="hist").all("li")
    assert f"Evelyn The finding, in a sentence: {before} became Other words" in entries[0].words
    assert entries[1].words.endswith("As it was loaded.")
    assert len(entries) == 2


@pytest.mark.parametrize("what", ["attach", "respond"])
def test_the_first_change_of_what_was_loaded_may_be_of_any_kind(legacy_cast, what):
    browser = signed_in(legacy_cast.leigh)
    page = "/e/ssbc-legacy-2023/recommendations/R6/"
    barrier = Finding.objects.filter(strand__slug="coproduction", kind="barrier").first()
    if what == "attach":
        fill_in(browser, page, {"finding": barrier.pk}, action=f"{page}barriers/link/")
    else:
        fill_in(browser, page, {"response": "accepted"}, action=f"{page}respond/")

    entries = Page(browser.get(page)).one("ol", class_="hist").all("li")

    said = {"attach": "Leigh: Linked a barrier.", "respond": "Leigh Response: None yet became Accepted"}
    assert [entry.words.partition(", ")[2][6:] for entry in entries] == [said[what], "As it was loaded."]


def test_readers_see_no_history_of_a_finding(evaluator, lead, cast):
    address = add(evaluator, cast.evaluation.strand, "Words that were changed later")
    fill_in(evaluator, f"{address}edit/", {"text": "Words now", "status": "ready"})

    page = Page(lead.get(address))

    assert "Words now" in page.words
    assert "changed later" not in page.words
    assert not page.all("ol", class_="hist")


def test_somebody_who_was_removed_is_not_named(evaluator, cast):
    address = add(evaluator, cast.evaluation.strand, "Words")
    Finding.history.update(history_user=None)

    assert history(evaluator, address) == ["Somebody since removed wrote it."]


def test_no_history_and_no_general_record_holds_a_word_of_a_quotation_or_an_answer(evaluator, cast):
    """Withdrawal can remove a person's words only where they are tied to that person."""
    evaluation = cast.evaluation
    speaker = builders.participant(evaluation)
    interview = builders.interview(evaluation, code="I01", participants=[speaker])
    fill_in(evaluator, f"{E}interviews/I01/?condition=power", {"answer-power-free": SECRET})
    answer = interview.answers.get()
    address = add(evaluator, evaluation.strand, "A finding")
    changes = {"text": SECRET, "speaker": speaker.pk, "answer": answer.pk}
    fill_in(evaluator, f"{address}quotations/new/", changes)
    quotation = Finding.objects.get().quotations.get()
    stale = Page(evaluator.get(f"{E}quotations/{quotation.pk}/edit/")).sends()
    fill_in(evaluator, f"{E}quotations/{quotation.pk}/edit/", {"text": f"{SECRET} corrected"})
    evaluator.post(f"{E}quotations/{quotation.pk}/edit/", stale | {"text": f"{SECRET} again"})
    approve = f"{E}quotations/{quotation.pk}/approve/"
    fill_in(evaluator, address, {}, action=approve)
    answers = Page(evaluator.get(f"{E}interviews/I01/?condition=power")).sends()
    for text in (f"{SECRET} more", f"{SECRET} other"):
        evaluator.post(f"{E}interviews/I01/?condition=power", answers | {"answer-power-free": text})

    holders = {
        model.__name__
        for model in apps.get_app_config("evaluations").get_models()
        for row in model.objects.values()
        if SECRET in str(row)
    }

    assert holders == {"Answer", "AnswerVersion", "Quotation", "QuotationVersion"}
    assert not ConflictingEdit.objects.exists()


def test_findings_recommendations_and_the_reports_sections_are_what_keeps_a_history():
    kept = {model for model in apps.get_app_config("evaluations").get_models() if hasattr(model, "history")}

    assert kept == {Finding, Recommendation, Action, ReportSection}


def test_a_date_in_the_history_is_written_as_people_write_it(lead, cast):
    page = f"{E}recommendations/R1/"
    row = builders.recommendation(cast.evaluation.strand, ref="R1")
    row.original_due = row.due = date(2025, 1, 2)
    row.save()

    fill_in(lead, page, {"due": "3 Feb 2025", "due_reason": "Staff left"}, action=f"{page}track/")

    assert history(lead, page)[0] == "Leigh Due date: 2 January 2025 became 3 February 2025 “Staff left”"

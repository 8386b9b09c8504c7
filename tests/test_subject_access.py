"""All that is held on one participant, as a file for somebody who asks: complete, theirs alone, recorded."""

import json

import pytest
from django.apps import apps
from django.db import models

from evaluations.models import AuditEvent, CodingRound, Evaluation, Verb

from . import builders
from .base import signed_in
from .files import words_of
from .pages import Page
from .test_withdrawal import EARLIER, OTHERS, SPOKEN, everywhere, said  # noqa: F401 - a fixture

DATA = "/e/practice/participants/P07/data/"

# Every model with a field that words can be in: what becomes of it in the file. ``in`` and ``named`` are
# planted and looked for below; for the others the reason stands here.
DECIDED = {
    "in": {
        "Acceptance",
        "Answer",
        "AnswerVersion",
        "AuditEvent",
        "CodingUnit",
        "ConflictingEdit",
        "Interview",
        "Participant",
        "ParticipantIdentity",
        "Quotation",
        "QuotationVersion",
        "SettlementVersion",
    },
    "where their quotations are used": {"Finding", "Recommendation", "ReflectionPoint"},
    "counted where a text holds their words or name, which evaluators wrote": {
        "Action",
        "Ambition",
        "CellSummary",
        "ComparisonReading",
        "DueDateChange",
        "Evaluation",
        "FindingChange",
        "FindingComment",
        "FindingShare",
        "GuideQuestion",
        "HistoricalAction",
        "HistoricalFinding",
        "HistoricalRecommendation",
        "HistoricalReportSection",
        "Owner",
        "ProgressUpdate",
        "Reflection",
        "Report",
        "ReportSection",
        "Source",
        "Strand",
        "TrackerChange",
    },
    "versions of the report are named by number, files of its draft counted": {
        "PublishedVersion",
        "ReportFile",
    },
    "counted, to be opened by hand: files of anybody": {"HeldFile", "Job", "EvidenceFile"},
    "nobody's account or code is in a workshop": {
        "Phone",
        "Weighing",
        "Workshop",
        "WorkshopResult",
        "WorkshopRound",
    },
    "of evaluators, members and owners, not of participants": {"CalendarFeed", "Invitation", "OwnerLink"},
}


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def planted(said):  # noqa: F811
    everywhere(said)
    builders.acceptance(
        said.evaluation, f"name:{said.person.pk}:front:abc", accepted_as="passage", reason="Ada agreed to it"
    )
    return said


def facts_of(answer):
    """Return the JSON file as {part: [(entry, {label: value})]}."""
    return {
        part["title"]: [
            (entry["name"], {fact["label"]: fact["value"] for fact in entry["facts"]})
            for entry in part["entries"]
        ]
        for part in json.loads(answer.content)["parts"]
    }


def test_the_page_says_what_the_file_is_for_before_anything_is_sent(evaluator, planted):
    page = Page(evaluator.get(DATA))
    assert "it is for them alone" in page.words
    assert "Take the Word document" in page.words
    assert "Quillfeather" not in page.words
    assert not AuditEvent.objects.filter(verb=Verb.TOOK_PARTICIPANT_DATA).exists()
    detail = Page(evaluator.get("/e/practice/participants/P07/"))
    assert DATA in [link.get("href") for link in detail.all("a")]


@pytest.mark.parametrize("format", ["docx", "json"])
def test_all_that_is_theirs_is_in_both_files(evaluator, planted, format):
    answer = evaluator.post(DATA, {"format": format})

    assert answer["Content-Disposition"].startswith('attachment; filename="practice-all-held-on-p07-')
    words = words_of(answer.content, "docx") if format == "docx" else answer.content.decode()
    for text in (
        "Ada Quillfeather",
        "zebrafinch",
        "Ptarmigan Trust",
        "said to Quillfeather",
        SPOKEN,
        EARLIER,
        "A stale zebrafinch and quillwort text",
        "marzipan",
        "Ada agreed to it",
        "Families were not asked.",
        "Changed who it is",
        "I07",
    ):
        assert text in words, text
    event = AuditEvent.objects.get(verb=Verb.TOOK_PARTICIPANT_DATA)
    assert (event.user, event.subject) == (planted.by, f"participant P07 as {format}")


def test_nobody_elses_words_are_in_it(evaluator, planted):
    together = builders.interview(
        planted.evaluation, code="I09", participants=[planted.person, planted.other], setting="group"
    )
    builders.answer(together, text="In the group somebody said snorkelwidget")
    theirs = builders.answer(together, text="More", condition="power")
    builders.quotation(planted.evaluation, text="Theirs alone", speaker=planted.person, answer=theirs)

    answer = evaluator.post(DATA, {"format": "json"})

    words = answer.content.decode()
    assert OTHERS not in words
    assert "snorkelwidget" not in words
    assert "Theirs alone" in words
    facts = facts_of(answer)
    assert ("Who spoke", "Others spoke too: 1 more") in dict(facts["Interviews they took part in"])[
        "Interview I09"
    ].items()
    assert "I09" in dict(facts["Not in this file"])["Interviews with others"]["What it is"]


def test_a_quotation_says_who_approved_it_when_and_where_it_stands(evaluator, planted):
    planted.quotation.approved_by, planted.quotation.approved_on = planted.by, "2024-05-14"
    planted.quotation.save()

    facts = facts_of(evaluator.post(DATA, {"format": "json"}))

    quotation = dict(facts["Their words as quotations"])[f"Quotation {planted.quotation.pk}"]
    assert (quotation["Approved by"], quotation["Approved on"]) == ("Evelyn", "2024-05-14")
    assert quotation["Interview"] == "I07"
    assert "In a finding (ready to share)" in quotation
    assert any(label.startswith("In recommendation R") for label in quotation)
    assert "In a point of a reflection" in quotation


@pytest.mark.parametrize("format", ["docx", "json"])
def test_the_files_speak_to_a_participant(evaluator, planted, format):
    """No instructions to evaluators, no words of the database; a text that never changed stands once."""
    builders.answer(planted.interview, text="Said once", condition="power", prompt="Who decided?")
    page = Page(evaluator.get(DATA))
    assert "Before you send it" in page.words
    answer = evaluator.post(DATA, {"format": format})
    words = words_of(answer.content, "docx") if format == "docx" else answer.content.decode()
    for never in ("efore you send", "efore this is sent", "By hand", "Created at", "Set aside", "Prompt"):
        assert never not in words, never
    assert words.count("Who decided?") == 1
    assert f"version {planted.answer.versions.filter(set_aside=False).first().number}" not in words


def test_every_field_of_their_rows_is_in_it(evaluator, planted):
    """A field that is added later is in it at once."""
    facts = facts_of(evaluator.post(DATA, {"format": "json"}))
    participant = dict(facts["Consent and facts"])["Participant P07"]
    told = {"Code", "Sector", "Organisation", "May be quoted", "Attribution allowed", "How consent was given"}
    assert told <= set(participant)


def test_every_model_that_can_hold_words_was_decided_about():
    decided = [name for names in DECIDED.values() for name in names]
    assert len(decided) == len(set(decided))
    assert set(decided) == {
        model.__name__
        for model in apps.get_app_config("evaluations").get_models()
        if (model is Evaluation or hasattr(model, "evaluation"))
        and any(
            isinstance(field, models.CharField | models.TextField | models.JSONField | models.BinaryField)
            and not field.choices
            for field in model._meta.concrete_fields
        )
    }


def test_who_codes_one_of_the_interviews_blind_does_not_get_it(evaluator, planted):
    CodingRound.objects.create(evaluation=planted.evaluation, interview=planted.interview, second=planted.by)
    page = Page(evaluator.post(DATA, {"format": "json"}))
    assert "You are coding I07 blind" in page.words
    assert "Take the Word document" not in page.words
    assert not AuditEvent.objects.filter(verb=Verb.TOOK_PARTICIPANT_DATA).exists()


def test_a_format_that_is_none_sends_nothing(evaluator, planted):
    assert "Content-Disposition" not in evaluator.post(DATA, {"format": "exe"})
    assert not AuditEvent.objects.filter(verb=Verb.TOOK_PARTICIPANT_DATA).exists()


def test_a_lost_key_is_said_and_the_rest_is_sent(evaluator, planted, settings):
    settings.IDENTITY_KEYS = ["x" * 43 + "="]
    facts = facts_of(evaluator.post(DATA, {"format": "json"}))
    assert "the key that encrypted it is missing" in str(facts["Who they are"])
    assert facts["What they said, one-to-one"]


def test_of_somebody_who_withdrew_the_code_and_the_record_are_left(evaluator, planted):
    planted.withdraw()
    answer = evaluator.post(DATA, {"format": "json"})
    words = answer.content.decode().lower()
    assert not any(word in words for word in ("zebrafinch", "quillwort", "quillfeather", "ptarmigan"))
    assert "Withdrew participant" in [name for name, _ in facts_of(answer)["Who saw or changed something"]]


def test_others_do_not_find_it(planted, cast):
    for user in (cast.rowan, cast.leigh, cast.sam):
        assert signed_in(user).get(DATA).status_code == 404
        assert signed_in(user).post(DATA, {"format": "json"}).status_code == 404

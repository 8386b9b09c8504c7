"""A sheet for each contributor: their own words to ask them about, and nothing of anybody else."""

from datetime import date
from io import BytesIO

import pytest
from docx import Document

from evaluations.models import AuditEvent, CodingRound, ParticipantIdentity
from tests import builders
from tests.assertions import shows

E = "/e/practice/report/contributors/"


@pytest.fixture
def people(cast):
    """Three people in one talk: P01 asks first, P02 consents, P03 does not."""
    consents = {"P01": "ask_first", "P02": "yes", "P03": "no"}
    return {
        code: builders.participant(cast.evaluation, code=code, consent=consent)
        for code, consent in consents.items()
    }


def talk(*present, **fields):
    """Return an answer from a talk with these people."""
    interview = builders.interview(present[0].evaluation, participants=present, **fields)
    return builders.answer(interview)


def said(speaker, text, **fields):
    return builders.quotation(speaker.evaluation, speaker=speaker, text=text, **fields)


def sheet(client, code):
    """Return all words of somebody's sheet in Word, table cells included."""
    answer = client.get(f"{E}{code}/export/docx/")
    assert answer.status_code == 200
    document = Document(BytesIO(answer.content))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_the_list_counts_what_each_person_said_and_what_it_waits_for(evaluator, people):
    p01, p02, p03 = people.values()
    for fields in ({}, {}, {"agreed_on": date(2024, 5, 1)}, {"refused_on": date(2024, 5, 1)}):
        said(p01, "Mine", **fields)
    said(p02, "Theirs", approved_on=date(2024, 5, 1))
    said(p03, "Kept back")
    builders.quotation(p01.evaluation, text="By one of us", answer=talk(p01, p02))
    builders.quotation(p01.evaluation, text="By one who keeps it back", answer=talk(p01, p03))
    builders.quotation(p01.evaluation, text="In print", source=builders.source(p01.evaluation))
    builders.participant(p01.evaluation, code="P09")
    rows = evaluator.get(E).context["contributors"]
    found = [row.contributor for row in rows]
    numbers = [(row.participant.code, row.own, row.shared) for row in found]
    assert numbers == [("P01", 4, 1), ("P02", 1, 1), ("P03", 1, 0)]
    assert [row.waits for row in rows] == [
        "3 to ask about, 1 to approve, 1 refused",
        "1 to ask about, 1 seen by readers",
        "1 without consent",
    ]


def test_a_sheet_holds_a_persons_own_words_and_what_nobody_is_named_for_where_they_were(evaluator, people):
    p01, p02, p03 = people.values()
    said(p01, "We were asked once.", answer=talk(p01, date=date(2024, 5, 14)))
    said(p02, "Somebody else said this.", answer=talk(p01, p02))
    builders.quotation(p01.evaluation, text="One of us said this.", answer=talk(p01, p02))
    builders.quotation(p01.evaluation, text="One who keeps it back.", answer=talk(p01, p03))
    words = sheet(evaluator, "P01")
    assert "We were asked once." in words
    assert ", said on 14 May 2024" in words
    assert words.count("What we should put right: ____") == 2
    assert "One of us said this." in words
    assert "We quote it only if nobody says no." in words
    assert words.count("May we quote this?\u2003☐ Yes\u2003☐ No") == 2
    assert "Somebody else said this." not in words
    assert "One who keeps it back." not in words


def test_a_sheet_says_how_words_would_be_attributed_and_no_name(evaluator, people, cast):
    p01, p02, _ = people.values()
    p01.attribution = "named"
    p01.save()
    ParticipantIdentity.objects.create(evaluation=cast.evaluation, participant=p01, name="Ada Lovelace")
    said(p01, "Mine")
    said(p02, "Theirs")
    words = sheet(evaluator, "P01")
    assert "We would print it as said by you, by name." in words
    assert "Ada" not in words
    assert "For P01, " in words
    assert "We would print it as said by “a participant”." in sheet(evaluator, "P02")


@pytest.mark.parametrize(
    ("code", "why", "silence"),
    [
        ("P01", "You asked to see your words", "we quote none of the passages that we ask about"),
        ("P02", "You said that we may quote you.", "what you agreed to stands"),
        (
            "P03",
            "You told us not to quote you, and we do not.",
            "we quote none of the passages that we ask about",
        ),
    ],
)
def test_a_sheet_says_why_it_comes_and_what_silence_means(evaluator, people, code, why, silence):
    said(people[code], "Mine")
    words = sheet(evaluator, code)
    assert why in words
    assert silence in words


def test_a_sheet_says_what_was_answered_before_and_until_when_one_may_withdraw(evaluator, people):
    p01 = people["P01"]
    said(p01, "Mine", agreed_on=date(2024, 6, 2))
    said(p01, "Mine too", refused_on=date(2024, 6, 3))
    assert "You may still withdraw what you said" in sheet(evaluator, "P01")
    for cutoff, told in (
        (date(2024, 7, 1), "You were told that you could withdraw what you said until 1 July 2024."),
        (date(2199, 7, 1), "You may withdraw what you said until 1 July 2199"),
    ):
        p01.withdrawal_cutoff = cutoff
        p01.save()
        words = sheet(evaluator, "P01")
        assert told in words
    assert words.index("You have already said yes to these") < words.index("You answered on 2 June 2024.")
    assert words.index("You said no to these: we do not use them") < words.index(
        "You answered on 3 June 2024."
    )
    assert "May we quote this?\u2003" not in words and "If we hear nothing" not in words
    assert "You have answered all that we asked" in words


def test_a_sheet_asks_about_nothing_that_lies_within_what_was_refused(evaluator, people):
    p01, p02, _ = people.values()
    answer, other = talk(p01), talk(p01, p02)
    said(p01, "We were asked once, and never again.", answer=answer, refused_on=date(2024, 6, 3))
    said(p01, "asked once", answer=answer)
    said(p01, "Elsewhere we were asked once", answer=answer)
    builders.quotation(
        p01.evaluation, text="Kept back by one of us", answer=other, refused_on=date(2024, 6, 3)
    )
    builders.quotation(p01.evaluation, text="back by one", answer=other)
    words = sheet(evaluator, "P01")
    assert words.count("May we quote this?\u2003") == 1
    assert "“asked once”" not in words and "Elsewhere we were asked once" in words
    assert "back by one" not in words


def test_a_sheet_says_to_whom_it_goes_back(evaluator, people, cast):
    said(people["P01"], "Mine")
    assert "send this sheet back to whoever sent it to you, or" in sheet(evaluator, "P01")
    cast.evaluation.evaluators = "Ada Ltd\nNorth & Co"
    cast.evaluation.save()
    assert "send this sheet back to Ada Ltd and North & Co, or" in sheet(evaluator, "P01")


def test_whoever_is_not_listed_is_named_below(evaluator, people):
    said(people["P01"], "Mine")
    assert shows(evaluator.get(E), "Nobody to ask yet: P02, P03.")


def test_what_is_coded_blind_is_on_no_sheet_of_the_coder(evaluator, people, cast):
    p01 = people["P01"]
    answer = talk(p01)
    said(p01, "Coded by somebody else", answer=answer)
    CodingRound.objects.create(evaluation=cast.evaluation, interview=answer.interview, second=cast.evelyn)
    assert not evaluator.get(E).context["contributors"]
    assert evaluator.get(f"{E}P01/export/docx/").status_code == 404


def test_there_is_no_sheet_of_who_withdrew_or_said_nothing_and_no_other_format(evaluator, people):
    p01, p02, _ = people.values()
    said(p01, "Mine", approved_on=date(2024, 5, 1))
    assert evaluator.get(f"{E}P01/export/xlsx/").status_code == 404
    assert evaluator.get(f"{E}P02/export/html/").status_code == 404
    said(p02, "Theirs")
    p02.withdrawn_on = date(2024, 5, 1)
    p02.save()
    assert evaluator.get(f"{E}P02/export/html/").status_code == 404
    assert [str(row.contributor.participant) for row in evaluator.get(E).context["contributors"]] == ["P01"]


def test_that_a_sheet_was_taken_is_recorded_without_its_words(evaluator, people):
    said(people["P01"], "Mine")
    page = evaluator.get(f"{E}P01/export/html/")
    assert "Mine" in page.content.decode()
    event = AuditEvent.objects.get(verb="exported")
    assert event.subject == "contributor sheet P01 as html"


def test_the_words_to_ask_about_lead_to_the_sheet(evaluator, people):
    said(people["P01"], "Mine")
    assert shows(evaluator.get("/e/practice/consent/words/P01/"), f"{E}P01/export/docx/")

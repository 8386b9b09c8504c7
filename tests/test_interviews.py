"""Interviews: the list and the facts. For evaluators only."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from evaluations.models import CodingRound, HeldFile, Interview, Membership

from . import builders
from .assertions import refused
from .base import person, signed_in
from .pages import Page, fill_in

E = "/e/practice/"
LIST = f"{E}interviews/"
NEW = f"{E}interviews/new/"
CODES = ["I01", "I02", "I10", "I100"]


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def parent(cast):
    return builders.participant(cast.evaluation, code="P01", sector="parent", organisation="Parent Champions")


@pytest.fixture
def interview(cast, parent):
    return builders.interview(cast.evaluation, code="I01", participants=[parent])


def facts(interview):
    return f"{LIST}{interview.code}/edit/"


# The list


def test_the_2023_evaluation_holds_no_interview_and_says_why(legacy_cast):
    page = Page(signed_in(legacy_cast.evelyn).get("/e/ssbc-legacy-2023/interviews/"))

    assert "No interview is held here yet" in page.words
    assert "publishes no interviews" in page.words
    assert "They are here as 21 participants, with consent not recorded." in page.words
    assert not page.all("table")


def test_an_empty_list_without_a_report_only_leads_to_the_first_interview(evaluator):
    page = Page(evaluator.get(LIST))

    assert "publishes no interviews" not in page.words
    assert page.links("Add the first interview") == [NEW]


def test_interviews_are_listed_by_the_number_in_their_code(evaluator, cast):
    for code in reversed(CODES):
        builders.interview(cast.evaluation, code=code)

    rows = Page(evaluator.get(LIST)).one("table").all("th", scope="row")

    assert [row.words for row in rows] == CODES


def test_a_listed_interview_says_when_how_who_and_how_far(evaluator, cast, interview):
    interview.mode = "video"
    interview.focus_condition = "power"
    interview.save()

    row = Page(evaluator.get(LIST)).one("tbody").one("tr")

    assert row.words == "I01 14 May 2024 By video, one-to-one P01 Power dynamics Held, writing up"


def test_the_list_goes_on_after_fifty(evaluator, cast):
    for number in range(51):
        builders.interview(cast.evaluation, code=f"I{number:02}")

    assert len(Page(evaluator.get(LIST)).one("tbody").all("tr")) == 50
    assert len(Page(evaluator.get(f"{LIST}?page=2")).one("tbody").all("tr")) == 1


# Adding


def test_an_interview_is_added_and_writing_up_comes_next(evaluator, cast, parent):
    strand = cast.evaluation.strand
    changes = {
        "code": "I07",
        "date": "14 May 2024",
        "mode": "phone",
        "status": "held",
        "participants": [parent.pk],
        "strands": [strand.pk],
    }

    response = fill_in(evaluator, NEW, changes)

    interview = Interview.objects.get()
    assert response.url == f"{LIST}I07/"
    assert (interview.code, interview.date, interview.mode) == ("I07", date(2024, 5, 14), "phone")
    assert (interview.status, interview.setting, interview.interviewer) == ("held", "one_to_one", cast.evelyn)
    assert list(interview.participants.all()) == [parent]
    assert list(interview.strands.all()) == [strand]
    assert interview.focus_condition == ""


@pytest.mark.parametrize(("codes", "suggested"), [([], "I01"), (["I01", "I09"], "I10"), (["K5"], "I01")])
def test_the_next_free_code_is_suggested(evaluator, cast, codes, suggested):
    for code in codes:
        builders.interview(cast.evaluation, code=code)

    assert Page(evaluator.get(NEW)).sends()["code"] == suggested


@pytest.mark.parametrize("code", ["i01", "01", "I", "I-01", "new", "I01 I02", "I٣"])
def test_a_code_is_capital_letters_and_a_number(evaluator, code):
    response = fill_in(evaluator, NEW, {"code": code})

    refused(response, "id_code", "Use capital letters and then a number")
    assert not Interview.objects.exists()


def test_a_code_is_given_once_in_an_evaluation(evaluator, interview):
    builders.interview(builders.evaluation(), code="I02")
    assert fill_in(evaluator, NEW, {"code": "I02"}).status_code == 302, "it is free in this one"

    response = fill_in(evaluator, NEW, {"code": "I01", "date": "14 May 2024"})

    page = refused(response, "id_code", "already has that code or name")
    assert page.sends()["date"] == "14 May 2024"


@pytest.mark.parametrize(
    "written",
    ["14 May 2024", "14 may 2024", "14/05/2024", "14/5/24", "14.05.2024", "14-05-2024", "2024-05-14"],
)
def test_a_date_is_read_as_people_write_it(evaluator, written):
    fill_in(evaluator, NEW, {"code": "I01", "date": written})

    assert Interview.objects.get().date == date(2024, 5, 14)


def test_a_short_name_of_a_month_is_read_too(evaluator):
    fill_in(evaluator, NEW, {"code": "I01", "date": "3 Sep 2023"})

    assert Interview.objects.get().date == date(2023, 9, 3)


@pytest.mark.parametrize("written", ["31 February 2024", "05/14/2024", "soon", "14 May", "0", "99/99/9999"])
def test_a_date_that_cannot_be_read_is_asked_for_again(evaluator, written):
    response = fill_in(evaluator, NEW, {"code": "I01", "date": written})

    page = refused(response, "id_date", "Write the date as day, month and year, for example 14 May 2024.")
    assert page.sends()["date"] == written


@pytest.mark.parametrize("status", ["held", "written_up", "coded"])
def test_what_was_held_has_a_date(evaluator, status):
    changes = {"code": "I01", "status": status, "focus_condition": "power"}

    response = fill_in(evaluator, NEW, changes)

    refused(response, "id_date", "Give the date on which it was held")


def test_what_was_held_was_not_held_tomorrow(evaluator):
    tomorrow = timezone.localdate() + timedelta(days=1)

    response = fill_in(evaluator, NEW, {"code": "I01", "status": "held", "date": tomorrow.isoformat()})

    refused(response, "id_date", "This date is still to come.")


@pytest.mark.parametrize("days", [0, 30])
def test_a_planned_interview_may_lie_ahead_and_one_of_today_may_be_held(evaluator, days):
    day = timezone.localdate() + timedelta(days=days)
    status = "planned" if days else "held"

    fill_in(evaluator, NEW, {"code": "I01", "status": status, "date": day.isoformat()})

    assert Interview.objects.get().date == day


def test_a_coded_interview_says_what_it_was_mostly_about(evaluator, interview):
    response = fill_in(evaluator, facts(interview), {"status": "coded"})
    refused(response, "id_focus_condition_0", "Say what the interview was mostly about")

    fill_in(evaluator, facts(interview), {"status": "coded", "focus_condition": "mental_models"})
    interview.refresh_from_db()
    assert (interview.status, interview.focus_condition) == ("coded", "mental_models")


def test_a_one_to_one_has_one_participant_and_a_group_any_number(evaluator, cast, parent):
    other = builders.participant(cast.evaluation)
    both = {"code": "I01", "participants": [parent.pk, other.pk]}

    response = fill_in(evaluator, NEW, both)
    refused(response, "id_participants_0", "A one-to-one interview has one participant.")

    fill_in(evaluator, NEW, both | {"setting": "group"})
    assert set(Interview.objects.get().participants.all()) == {parent, other}


# Changing the facts


def test_the_form_starts_from_what_is_there(evaluator, cast, interview, parent):
    sent = Page(evaluator.get(facts(interview))).sends()

    assert sent["code"] == "I01"
    assert sent["date"] == "14 May 2024"
    assert sent["status"] == "held"
    assert sent["participants"] == str(parent.pk)
    assert sent["version"] == "1"


def test_facts_are_changed_and_people_and_strands_exchanged(evaluator, cast, interview):
    other = builders.participant(cast.evaluation)
    strand = builders.strand(cast.evaluation)

    response = fill_in(
        evaluator,
        facts(interview),
        {"code": "I08", "participants": [other.pk], "strands": [strand.pk], "mode": "in_person"},
    )

    interview.refresh_from_db()
    assert response.url == f"{LIST}I08/"
    assert (interview.code, interview.mode, interview.version) == ("I08", "in_person", 2)
    assert list(interview.participants.all()) == [other]
    assert list(interview.strands.all()) == [strand]


def test_who_took_part_and_who_asked_stay_when_they_have_left_since(evaluator, cast, interview, parent):
    parent.withdrawn_on = date(2024, 6, 1)
    parent.save()
    colleague = person("colleague")
    builders.member(cast.evaluation, colleague, "evaluator")
    interview.interviewer = colleague
    interview.save()
    Membership.objects.get(user=colleague).delete()

    fill_in(evaluator, facts(interview), {"mode": "phone"})

    interview.refresh_from_db()
    assert interview.mode == "phone"
    assert list(interview.participants.all()) == [parent]
    assert interview.interviewer == colleague


def test_somebody_who_withdrew_is_not_offered_for_other_interviews(evaluator, cast, parent):
    parent.withdrawn_on = date(2024, 6, 1)
    parent.save()

    response = fill_in(evaluator, NEW, {"code": "I01", "participants": [parent.pk]})

    assert response.status_code == 200
    assert not Interview.objects.exists()


def test_the_named_speaker_of_a_quotation_took_part(evaluator, cast, interview, parent):
    answer = builders.answer(interview)
    builders.quotation(cast.evaluation, speaker=parent, answer=answer)

    response = fill_in(evaluator, facts(interview), {"participants": None, "mode": "phone"})

    page = refused(response, "id_participants_0", "P01 is named as the speaker of a quotation")
    assert page.sends()["mode"] == "phone"
    assert list(interview.participants.all()) == [parent]


# One whose answers a withdrawal deleted


@pytest.fixture
def emptied(interview):
    interview.emptied_on = date(2024, 6, 3)
    interview.save()
    return f"{LIST}I01/"


def test_an_interview_whose_answers_were_deleted_says_so_on_the_list_and_on_its_page(evaluator, emptied):
    row = Page(evaluator.get(LIST)).one("tbody").one("tr")
    assert "Withdrawn on 3 June 2024: what was said here was deleted" in row.words
    page = Page(evaluator.get(emptied))
    assert "Withdrawn on 3 June 2024" in page.words
    assert "What was said here was deleted, because a participant withdrew." in page.words
    assert page.one("main").all("textarea") == []
    assert page.links("Bring in a transcript") == page.links("Second coding") == []


@pytest.mark.parametrize("rest", ["check/", "versions/", "transcript/", "second-coding/"])
def test_nothing_more_is_offered_for_it(evaluator, cast, emptied, rest):
    second = builders.member(cast.evaluation, cast.sasha, "evaluator").user
    assert evaluator.get(f"{emptied}{rest}").url == emptied
    if rest in ("transcript/", "second-coding/"):
        file = SimpleUploadedFile("talk.txt", b"# Power dynamics\nSaid in confidence.\n")
        assert evaluator.post(f"{emptied}{rest}", {"file": file, "second": second.pk}).url == emptied
    assert not HeldFile.objects.exists()
    assert not CodingRound.objects.exists()


def test_what_is_still_sent_to_it_is_not_saved_and_a_reason_is_given(evaluator, interview, emptied):
    response = evaluator.post(f"{emptied}?condition=policies", {"text-policies": "Words"}, follow=True)

    assert "Withdrawn on 3 June 2024" in Page(response).words
    assert not interview.answers.exists()

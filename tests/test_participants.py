"""Participants: who took part, by code, and what they consented to. For evaluators only."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from evaluations.models import AuditEvent, Participant, ParticipantIdentity

from . import builders
from .assertions import refused
from .base import signed_in
from .pages import Page, fill_in

E = "/e/practice/"
LIST = f"{E}participants/"
NEW = f"{E}participants/new/"


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def parent(cast):
    return builders.participant(
        cast.evaluation, code="P01", sector="parent", organisation="Parent Champions", consent="not_recorded"
    )


def edit(row):
    return f"{LIST}{row.code}/edit/"


def rows(browser):
    """Return the rows of the list, each as a list of words."""
    table = Page(browser.get(LIST)).one("tbody").all("tr")
    return [[row.one("th").words, *(cell.words for cell in row.all("td"))] for row in table]


def test_an_empty_list_leads_to_the_first_participant(evaluator):
    assert Page(evaluator.get(LIST)).links("Add the first participant") == [NEW]


def test_people_are_listed_by_code_with_what_they_consented_to(evaluator, cast, parent):
    builders.participant(cast.evaluation, code="P10", sector="health", attribution="sector")
    builders.participant(cast.evaluation, code="P2", sector="other", withdrawn_on=date(2024, 5, 14))

    assert rows(evaluator) == [
        ["P2", "Other", "Not recorded", "May be quoted Withdrew 14 May 2024", "A participant"],
        ["P01", "Parent", "Parent Champions", "Not recorded", "A participant"],
        ["P10", "Health", "Not recorded", "May be quoted", "Sector only"],
    ]


def test_the_21_of_2023_are_listed_without_recorded_consent(legacy_cast):
    page = Page(signed_in(legacy_cast.evelyn).get("/e/ssbc-legacy-2023/participants/"))

    people = page.one("tbody").all("tr")
    assert len(people) == 21
    assert all("Not recorded" in row.words for row in people)


def test_a_participant_is_added_by_code_and_by_default_may_not_be_quoted(evaluator, parent):
    assert Page(evaluator.get(NEW)).sends()["code"] == "P02", "the next free code"

    response = fill_in(evaluator, NEW, {"sector": "voluntary", "organisation": "Nottingham CVS"})

    assert response.url == LIST
    row = Participant.objects.get(code="P02")
    assert (row.sector, row.organisation) == ("voluntary", "Nottingham CVS")
    assert (row.consent, row.attribution, row.consent_on) == ("not_recorded", "none", None)
    assert not ParticipantIdentity.objects.exists(), "no name is asked for"


def test_what_somebody_consented_to_is_recorded_with_how_and_when(evaluator, cast, parent):
    changes = {
        "consent": "ask_first",
        "attribution": "organisation",
        "consent_how": "signed form",
        "consent_on": "14 May 2024",
        "withdrawal_cutoff": "30/06/2024",
    }

    response = fill_in(evaluator, edit(parent), changes)

    assert response.url == LIST
    parent.refresh_from_db()
    assert (parent.consent, parent.attribution) == ("ask_first", "organisation")
    assert (parent.consent_how, parent.consent_on) == ("signed form", date(2024, 5, 14))
    assert (parent.withdrawal_cutoff, parent.version) == (date(2024, 6, 30), 2)
    event = AuditEvent.objects.get(verb="changed consent")
    assert (event.user, event.subject) == (cast.evelyn, "participant P01 is ask_first")


def test_a_code_is_given_once_in_an_evaluation(evaluator, parent):
    builders.participant(builders.evaluation(), code="P02")
    assert fill_in(evaluator, NEW, {"code": "P02", "sector": "health"}).status_code == 302

    response = fill_in(evaluator, NEW, {"code": "P01", "sector": "health", "organisation": "kept"})

    page = refused(response, "id_code", "already has that code or name")
    assert page.sends()["organisation"] == "kept"


def test_another_participants_code_cannot_be_taken(evaluator, cast, parent):
    builders.participant(cast.evaluation, code="P02")

    refused(fill_in(evaluator, edit(parent), {"code": "P02"}), "id_code", "already has that code or name")


@pytest.mark.parametrize("code", ["p01", "Anna", "P-1", "1"])
def test_a_code_is_capital_letters_and_a_number(evaluator, code):
    response = fill_in(evaluator, NEW, {"code": code, "sector": "health"})

    refused(response, "id_code", "Use capital letters and then a number, for example P01.")


def test_consent_is_not_given_tomorrow_and_cannot_end_before_it_began(evaluator, parent):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    response = fill_in(evaluator, edit(parent), {"consent_on": tomorrow})
    refused(response, "id_consent_on", "This date is still to come.")

    early = {"consent_on": "14 May 2024", "withdrawal_cutoff": "13 May 2024"}
    response = fill_in(evaluator, edit(parent), early)

    refused(response, "id_withdrawal_cutoff", "This lies before the day on which consent was given.")


def test_the_list_goes_on_after_fifty(evaluator, cast):
    for number in range(1, 52):
        builders.participant(cast.evaluation, code=f"P{number:02}")

    assert len(rows(evaluator)) == 50
    assert len(Page(evaluator.get(f"{LIST}?page=2")).one("tbody").all("tr")) == 1


# One participant


def test_a_participants_page_shows_consent_interviews_and_what_they_said(evaluator, cast):
    row = cast.evaluation
    careful = builders.participant(
        row,
        code="P07",
        consent="ask_first",
        attribution="sector",
        consent_how="signed form",
        consent_on=date(2024, 5, 14),
        withdrawal_cutoff=date(2024, 6, 30),
    )
    interview = builders.interview(row, code="I07", participants=[careful])
    words = builders.quotation(row, text="Ask us", speaker=careful, answer=builders.answer(interview))
    builders.quotation(row, text="Somebody else’s", speaker=builders.participant(row))
    builders.quotation(row, text="Taken out", speaker=careful, removed_at=timezone.now())

    page = Page(evaluator.get(f"{LIST}P07/"))

    facts = {fact.one("dt").words: fact.one("dd").words for fact in page.one("dl", class_="facts").all("div")}
    assert facts["May be quoted"] == "Ask before quoting"
    assert facts["How consent was given"] == "signed form"
    assert facts["When"] == "14 May 2024"
    assert facts["Can withdraw until"] == "30 June 2024 (past)"
    [quote] = page.all("li", class_="quote")
    assert quote.one("blockquote").words == "“Ask us”"
    assert "Readers see nothing until P07 has said yes." in quote.words
    assert page.links("Record their answer") == [f"{E}quotations/{words.pk}/agreement/"]
    assert f"{E}interviews/I07/" in page.links("Interview I07")
    assert page.links("Withdraw P07") == [f"{LIST}P07/withdraw/"]


def test_what_somebody_said_goes_on_after_fifty(evaluator, cast, parent):
    for _ in range(51):
        builders.quotation(cast.evaluation, speaker=parent)

    page = Page(evaluator.get(f"{LIST}P01/"))

    assert len(page.all("li", class_="quote")) == 50
    [after] = page.links("Next page")
    assert len(Page(evaluator.get(f"{LIST}P01/{after}")).all("li", class_="quote")) == 1


def test_of_somebody_who_withdrew_only_the_code_and_the_day_are_left(evaluator, cast):
    gone = builders.participant(cast.evaluation, code="P07", withdrawn_on=date(2024, 6, 3), consent="no")
    builders.interview(cast.evaluation, code="I07", participants=[gone], emptied_on=date(2024, 6, 3))

    page = Page(evaluator.get(f"{LIST}P07/"))

    assert "Withdrew on 3 June 2024" in page.words
    assert "withdrawn, its answers are deleted" in page.words
    for offered in ("Change consent or facts", "they are", "Withdraw P07"):
        assert page.links(offered) == []


def test_a_participants_page_leads_to_the_words_to_ask_about_only_when_there_are_some(
    evaluator, cast, parent
):
    builders.quotation(cast.evaluation, speaker=parent)
    careful = builders.participant(cast.evaluation, code="P07", consent="ask_first")
    builders.quotation(cast.evaluation, speaker=careful)

    assert Page(evaluator.get(f"{LIST}P01/")).links("Words to ask about") == []
    assert Page(evaluator.get(f"{LIST}P07/")).links("Words to ask about") == [f"{E}consent/words/P07/"]

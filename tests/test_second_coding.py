"""A second evaluator codes an interview blind: blindness, the lock, closing, the figures, settling."""

import re
from datetime import date
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.actions.coding import code_passage
from evaluations.actions.errors import ForeignRecord, Gone, NotAllowedNow, StaleVersion, TextLocked
from evaluations.actions.interviews import AnswerSent, save_answers
from evaluations.actions.locks import is_locked
from evaluations.actions.second_coding import (
    cancel_second_coding,
    close_second_coding,
    code_blind,
    open_second_coding,
    settle,
    uncode_blind,
)
from evaluations.models import AuditEvent, BlindCode, CodingRound, CodingUnit, Quotation, Recommendation, Role
from tests import builders
from tests.assertions import shows
from tests.base import person, signed_in
from tests.pages import Page, fill_in
from tests.test_access_walk import ROUTES, World
from tests.test_query_counts import number_of_queries

TEXT = "We were asked once. Nobody told us who decides, and nobody asked again.\n\nThey pay us now."


class Desk:
    """An interview that Evelyn coded and Orla has not, with ways to code it."""

    def __init__(self, cast):
        self.evaluation, self.evelyn = cast.evaluation, cast.evelyn
        self.orla = person("orla")
        builders.member(cast.evaluation, self.orla, Role.EVALUATOR)
        speaker = builders.participant(cast.evaluation)
        self.interview = builders.interview(cast.evaluation, code="I07", participants=[speaker])
        self.answer = builders.answer(self.interview, text=TEXT, condition="power")
        self.at = f"/e/{cast.evaluation.slug}/"
        self.page = f"{self.at}interviews/I07/second-coding/"

    def first(self, words, kind="barrier", condition="power"):
        """Code words as the first coder does."""
        return code_passage(
            answer=self.answer,
            start=TEXT.index(words),
            end=TEXT.index(words) + len(words),
            version=self.answer.version,
            kind=kind,
            condition=condition,
            strand=self.evaluation.strand,
            by=self.evelyn,
        )

    def open(self):
        """Open a second coding by Orla."""
        return open_second_coding(interview=self.interview, second=self.orla, by=self.evelyn)

    def second(self, row, words, kind="barrier", condition="power"):
        """Code words as the second coder does."""
        start = TEXT.index(words)
        return code_blind(
            coding_round=row,
            answer=self.answer,
            start=start,
            end=start + len(words),
            kind=kind,
            condition=condition,
            by=self.orla,
        )

    def closed(self):
        """Return a closed round: agreed on one unit, one that only the first coded, one only the second."""
        self.first("Nobody told us who decides")
        self.first("They pay us now", kind="achievement", condition="resources")
        row = self.open()
        self.second(row, "who decides")
        self.second(row, "nobody asked again", condition="practices")
        return close_second_coding(coding_round=row, by=self.orla)

    def unit(self, row, condition):
        """Return a unit of a round on which the two differ."""
        return next(unit for unit in row.units.filter(condition=condition) if unit.first != unit.second)


@pytest.fixture
def desk(cast):
    """An interview to be coded twice."""
    return Desk(cast)


# --- Opening ----------------------------------------------------------------------------------------------


def test_the_page_explains_and_offers_only_evaluators_who_have_not_coded_the_interview(desk):
    desk.first("who decides")
    page = Page(signed_in(desk.evelyn).get(desk.page))
    assert [choice["value"] for choice in page.all("input", type="radio")] == [str(desk.orla.pk)]
    answer = fill_in(signed_in(desk.evelyn), desk.page, {"second": desk.orla.pk})
    assert answer.status_code == 302
    row = CodingRound.objects.get()
    assert (row.interview, row.second, row.opened_by) == (desk.interview, desk.orla, desk.evelyn)
    assert AuditEvent.objects.filter(verb="opened second coding", subject="interview I07").exists()


def test_who_coded_it_already_blind_or_not_cannot_code_it_blind(desk):
    quotation = desk.first("who decides")
    with pytest.raises(NotAllowedNow, match="coded I07 already"):
        open_second_coding(interview=desk.interview, second=desk.evelyn, by=desk.orla)
    Quotation.objects.filter(pk=quotation.pk).update(removed_at="2024-05-14T00:00Z")
    with pytest.raises(NotAllowedNow, match="coded I07 already"):
        open_second_coding(interview=desk.interview, second=desk.evelyn, by=desk.orla)
    close_second_coding(coding_round=desk.open(), by=desk.orla)
    with pytest.raises(NotAllowedNow, match="coded I07 already"):
        desk.open()


def test_one_without_text_one_that_is_open_and_somebody_who_is_no_evaluator_are_refused(desk, cast):
    empty = builders.interview(desk.evaluation)
    with pytest.raises(NotAllowedNow, match="no text"):
        open_second_coding(interview=empty, second=desk.orla, by=desk.evelyn)
    with pytest.raises(ForeignRecord):
        open_second_coding(interview=desk.interview, second=cast.rowan, by=desk.evelyn)
    desk.open()
    with pytest.raises(NotAllowedNow, match="already"):
        desk.open()


# --- Blindness --------------------------------------------------------------------------------------------


def quiet(response):
    """Return what an answer says, without what differs at every request or minute; of a file, its type."""
    if not response["Content-Type"].startswith(("text/", "application/json")):
        return response.status_code, response["Content-Type"]
    return response.status_code, re.sub(r'csrf\w*" value="\w+"|\d\d:\d\d', "", response.content.decode())


def blind_addresses(world, values):
    """Return every address under an evaluation that can be opened, and some that ask for more."""
    root = f"/e/{world.evaluation.slug}/"
    found = {
        route.address(values)
        for route in ROUTES.values()
        if route.places[:1] == ["e"] and set(route.places) <= set(values)
    }
    strand, code = values["matrix"], values["interviews"]
    return [
        *sorted(found),
        f"{root}findings/?q=Quagga",
        f"{root}findings/?unseen=1",
        f"{root}matrix/{strand}/?drafts=1",
        f"{root}matrix/{strand}/?print=1",
        f"{root}interviews/{code}/?show=all",
        f"{root}agreement/?coefficients=1",
    ]


def test_no_page_tells_the_second_coder_anything_of_the_first_ones_codes(cast):
    """Every page they may open is the same, to the letter, as if the first coder had coded nothing."""
    world = World(cast.evaluation, cast.evaluation.strand, number=41, token="a-token-that-was-sent")
    row = CodingRound.objects.get(pk=world.values["second-codings"])
    assert row.second == cast.evelyn
    first = person("first")
    finding = builders.finding(cast.evaluation.strand)
    answer = row.interview.answers.get()
    speaker = builders.participant(cast.evaluation, consent="yes")
    code = {"answer": answer, "coder": first, "kind": "barrier", "condition": "power", "speaker": speaker}
    words = {
        "text": "Quaggaword",
        "start": 0,
        "end": 7,
        "passage": "changed",
        "strand": cast.evaluation.strand,
    }
    approved = {"approved_by": first, "approved_on": date(2024, 6, 1)}
    codes = [
        builders.quotation(cast.evaluation, evidence_for=finding, **code, **words, **approved),
        builders.quotation(cast.evaluation, **code, text=answer.text[:7], start=0, end=7, passage="in_place"),
        builders.quotation(cast.evaluation, **code, **words, removed_at="2024-06-01T00:00Z"),
    ]
    recommendation = Recommendation.objects.filter(evaluation=cast.evaluation).earliest("pk")
    recommendation.quotations.add(codes[0], through_defaults={"evaluation": cast.evaluation})
    code_of = {"interviews": row.interview.code, "answers": answer.pk, "findings": finding.pk}
    values = world.values | code_of | {"quotations": codes[0].pk}
    client = signed_in(cast.evelyn)
    client.raise_request_exception = False
    addresses = blind_addresses(world, values)

    def pages():
        AuditEvent._base_manager.all().delete()  # downloads leave a line in the record, which is a page too
        return {address: quiet(client.get(address)) for address in addresses}

    with_codes = pages()
    assert not [address for address, (_, words) in with_codes.items() if "Quaggaword" in words]
    Quotation.objects.filter(pk__in=[code.pk for code in codes]).delete()
    without = pages()
    assert [address for address in addresses if with_codes[address] != without[address]] == []
    assert sum(status == 200 for status, _ in without.values()) > 20


def test_the_first_coders_codes_are_back_once_the_round_is_closed(desk):
    desk.first("Nobody told us who decides")
    row = desk.open()
    client = signed_in(desk.orla)
    close_second_coding(coding_round=row, by=desk.orla)
    assert shows(client.get(f"{desk.at}agreement/{row.pk}/"), "The two coders agreed on 94% of 18 units.")


def test_nobody_but_the_second_coder_sees_the_blind_codes_while_the_round_is_open(desk):
    row = desk.open()
    code = desk.second(row, "nobody asked again")
    mine = Page(signed_in(desk.orla).get(desk.page))
    assert "nobody asked again" in mine.with_id("evidence").words
    theirs = signed_in(desk.evelyn).get(desk.page)
    assert shows(theirs, "Orla is coding it blind") and not shows(theirs, "nobody asked again")
    taken = signed_in(desk.evelyn).post(f"{desk.at}second-codings/{row.pk}/codes/{code.pk}/remove/")
    assert taken.status_code == 404 and BlindCode.objects.count() == 1
    assert signed_in(desk.evelyn).get(f"{desk.at}agreement/{row.pk}/").status_code == 404


def test_only_the_second_coder_codes_blind_and_they_cannot_code_otherwise_meanwhile(desk):
    row = desk.open()
    with pytest.raises(NotAllowedNow, match="Only the second coder"):
        code_blind(
            coding_round=row,
            answer=desk.answer,
            start=0,
            end=5,
            kind="barrier",
            condition="power",
            by=desk.evelyn,
        )
    desk.evelyn, evelyn = desk.orla, desk.evelyn
    with pytest.raises(NotAllowedNow, match="blind"):
        desk.first("who decides")
    desk.evelyn = evelyn
    assert desk.first("who decides").coder == evelyn


def test_the_second_coder_cannot_attach_new_words_of_the_interview_to_a_finding_meanwhile(desk):
    desk.open()
    finding = builders.finding(desk.evaluation.strand)
    address = f"{desk.at}findings/{finding.pk}/quotations/new/"
    sent = {"text": "who decides", "answer": desk.answer.pk}
    answer = fill_in(signed_in(desk.orla), address, sent)
    assert answer.status_code == 200 and Page(answer).summary
    assert not Quotation.objects.exists()


# --- The lock ---------------------------------------------------------------------------------------------


def test_the_text_is_locked_while_the_round_is_open_and_free_again_afterwards(desk):
    row = desk.open()
    sent = AnswerSent(
        name="text", condition="power", question=None, text="Another text", version=desk.answer.version
    )
    assert is_locked(desk.interview)
    with pytest.raises(TextLocked, match="locked while a second evaluator codes it blind"):
        save_answers(interview=desk.interview, states={}, answers=[sent], by=desk.evelyn)
    desk.answer.refresh_from_db()
    assert desk.answer.text == TEXT
    cancel_second_coding(coding_round=row, by=desk.evelyn)
    assert not is_locked(desk.interview)
    save_answers(interview=desk.interview, states={}, answers=[sent], by=desk.evelyn)
    desk.answer.refresh_from_db()
    assert desk.answer.text == "Another text"


# --- Coding blind -----------------------------------------------------------------------------------------


def test_without_javascript_words_are_typed_and_found_in_the_answer(desk):
    row = desk.open()
    client = signed_in(desk.orla)
    address = f"{desk.at}second-codings/{row.pk}/texts/{desk.answer.pk}/code/"
    answer = client.post(address, {"text": "who  decides", "kind": "barrier", "condition": "power"})
    assert answer.status_code == 302 and answer.url.endswith(f"#coded-{desk.answer.pk}")
    code = BlindCode.objects.get()
    assert TEXT[code.start : code.end] == "who decides"
    assert (code.kind, code.condition) == ("barrier", "power")
    refused = client.post(address, {"text": "never said", "kind": "barrier", "condition": "power"})
    assert shows(refused, "These words do not stand in the answer.") and shows(refused, "never said")
    assert BlindCode.objects.count() == 1


def test_words_that_stand_there_twice_are_asked_about(desk):
    row = desk.open()
    client = signed_in(desk.orla)
    address = f"{desk.at}second-codings/{row.pk}/texts/{desk.answer.pk}/code/"
    asked = client.post(address, {"text": "us", "kind": "barrier", "condition": "power"})
    assert shows(asked, "These words stand here 2 times.")
    places = [box["value"] for box in Page(asked).all("input", name="which")]
    assert places == [str(match.start()) for match in re.finditer("us", TEXT)]
    client.post(address, {"text": "us", "kind": "barrier", "condition": "power", "which": places[1]})
    assert BlindCode.objects.get().start == int(places[1])


def test_passages_may_overlap_the_same_one_counts_once_and_each_can_be_taken_back(desk):
    row = desk.open()
    desk.second(row, "Nobody told us who decides")
    desk.second(row, "who decides, and nobody asked again")
    code = desk.second(row, "who decides, and nobody asked again")
    assert BlindCode.objects.count() == 2
    client = signed_in(desk.orla)
    client.post(f"{desk.at}second-codings/{row.pk}/codes/{code.pk}/remove/")
    assert BlindCode.objects.count() == 1


def test_the_marked_text_reads_as_the_answer(desk):
    row = desk.open()
    desk.second(row, "Nobody told us who decides")
    desk.second(row, "who decides, and nobody asked again")
    page = Page(signed_in(desk.orla).get(desk.page))
    pieces = [piece.text for piece in page.all(data_start=True)]
    assert "".join(pieces) == TEXT.replace("\n\n", "")


# --- Closing and cancelling -------------------------------------------------------------------------------


def test_closing_asks_once_and_freezes_what_both_coded(desk):
    empty = builders.answer(desk.interview, condition="policies", text="")
    gone = desk.first("They pay us now", condition="policies")
    Quotation.objects.filter(pk=gone.pk).update(passage="gone", start=None, end=None)
    removed = desk.first("They pay us now", condition="practices")
    Quotation.objects.filter(pk=removed.pk).update(removed_at="2024-05-14T00:00Z")
    desk.first("Nobody told us who decides")
    row = desk.open()
    desk.second(row, "who decides")
    address = f"{desk.at}second-codings/{row.pk}/close/"
    client = signed_in(desk.orla)
    assert shows(client.get(address), "Have you finished coding I07?")
    assert not CodingUnit.objects.exists()
    assert client.post(address).url == f"{desk.at}agreement/{row.pk}/"
    units = row.units.all()
    assert len(units) == 18 and not units.filter(answer=empty).exists()
    coded = [
        (unit.condition, unit.kind, unit.first, unit.second) for unit in units if unit.first or unit.second
    ]
    assert coded == [("power", "barrier", True, True)]
    row.refresh_from_db()
    assert row.closed_by == desk.orla and not is_locked(desk.interview)
    desk.first("They pay us now", kind="achievement")
    assert not row.units.filter(kind="achievement", first=True).exists()
    with pytest.raises(NotAllowedNow, match="meanwhile"):
        close_second_coding(coding_round=row, by=desk.orla)


def test_cancelling_asks_once_and_deletes_the_blind_codes_alone(desk):
    quotation = desk.first("who decides")
    row = desk.open()
    desk.second(row, "nobody asked again")
    address = f"{desk.at}second-codings/{row.pk}/cancel/"
    client = signed_in(desk.evelyn)
    assert shows(client.get(address), "deleted for good") and CodingRound.objects.exists()
    assert client.post(address).url == desk.page
    assert not CodingRound.objects.filter(is_cancelled=False).exists() and not BlindCode.objects.exists()
    assert Quotation.objects.get() == quotation
    with pytest.raises(NotAllowedNow, match="meanwhile"):
        cancel_second_coding(coding_round=row, by=desk.evelyn)


# --- Figures ----------------------------------------------------------------------------------------------


def test_the_agreement_pages_show_both_figures_and_kappa_only_on_request(desk):
    row = desk.closed()
    client = signed_in(desk.evelyn)
    for address in (f"{desk.at}agreement/", f"{desk.at}agreement/{row.pk}/"):
        plain = client.get(address)
        said = "The two coders agreed on 89% of 18 units. Of the 3 that at least one coded, they agreed on 1."
        assert shows(plain, said)
        assert not Page(plain).all(data_coefficient=True)
        asked = Page(client.get(f"{address}?coefficients=1"))
        assert len(asked.all(data_coefficient=True)) == 2
        table = [cell.words for cell in asked.one("table", class_="confusion").all("td")][1:]
        assert table == ["1", "1", "1", "15"]


def test_an_undefined_coefficient_says_so(desk):
    row = close_second_coding(coding_round=desk.open(), by=desk.orla)
    page = Page(signed_in(desk.evelyn).get(f"{desk.at}agreement/{row.pk}/?coefficients=1"))
    assert [value.words for value in page.all(data_coefficient=True)] == ["not defined", "not defined"]
    assert "nan" not in page.one("main").words.lower().split()


def test_an_empty_page_says_what_blind_coding_is_for_and_how_to_begin(desk):
    page = Page(signed_in(desk.evelyn).get(f"{desk.at}agreement/"))
    assert "without seeing the first one’s codes" in page.one(class_="empty-page").words
    assert page.links("Choose an interview") == [f"{desk.at}interviews/"]


def test_the_pages_take_the_same_number_of_queries_with_few_and_with_many_answers_and_codes(desk):
    first = desk.closed()
    row = builders.interview(desk.evaluation, code="I08")
    builders.answer(row, text=TEXT)
    blind = open_second_coding(interview=row, second=desk.orla, by=desk.evelyn)
    client = signed_in(desk.orla)
    pages = [
        f"{desk.at}agreement/",
        f"{desk.at}agreement/{first.pk}/",
        f"{desk.at}interviews/I08/second-coding/",
    ]
    client.get(pages[0])
    few = [number_of_queries(client, page) for page in pages]
    for number, kind in product(range(2), ("achievement", "suggestion")):
        more = builders.answer(row, text=TEXT, condition="power", prompt=f"{kind} {number}")
        key = {"evaluation": desk.evaluation, "condition": "power", "kind": kind}
        BlindCode.objects.create(round=blind, answer=more, start=0, end=9, text_version=1, **key)
        CodingUnit.objects.create(round=first, answer=more, first=False, second=True, **key)
        BlindCode.objects.create(round=first, answer=more, start=0, end=9, text_version=1, **key)
    assert [number_of_queries(client, page) for page in pages] == few


# --- Settling ---------------------------------------------------------------------------------------------


def settled(desk, row, unit, who, **sent):
    """Send the form of one disagreement as somebody; return the answer."""
    address = f"{desk.at}agreement/{row.pk}/units/{unit.pk}/settle/"
    body = {"version": unit.version, "note": ""} | sent
    return signed_in(who).post(address, body)


def test_a_disagreement_shows_what_each_coded_and_is_settled_with_who_when_and_why(desk):
    row = desk.closed()
    client = signed_in(desk.evelyn)
    page = Page(client.get(f"{desk.at}agreement/{row.pk}/"))
    sides = [box.words for box in page.all("div", class_="sides")]
    assert sides == [
        "First coder Not coded Second coder, Orla nobody asked again",
        "First coder They pay us now Second coder, Orla Not coded",
    ]
    unit = desk.unit(row, "resources")
    assert settled(desk, row, unit, desk.evelyn, settled="coded", note="It is money.").status_code == 302
    unit.refresh_from_db()
    assert (unit.settled, unit.note, unit.settled_by) == ("coded", "It is money.", desk.evelyn)
    log = Page(client.get(f"{desk.at}agreement/{row.pk}/?show=settled")).one("ol", class_="log").words
    assert "it is coded. It is money. Evelyn" in log
    figures = client.get(f"{desk.at}agreement/{row.pk}/")
    assert shows(figures, "agreed on 89% of 18 units"), "settling changed the figures"


def test_coded_after_all_makes_one_quotation_of_the_second_coders_words_without_a_finding(desk):
    row = desk.closed()
    unit = desk.unit(row, "practices")
    for _ in range(2):
        settle(unit=unit, version=unit.version, settled="coded", note="", by=desk.evelyn)
    made = Quotation.objects.get(condition="practices")
    assert (made.text, made.kind, made.passage) == ("nobody asked again", "barrier", "in_place")
    assert not made.findings.exists()


def test_coded_after_all_is_refused_where_the_words_are_gone_and_what_was_typed_stays(desk):
    row = desk.closed()
    unit = desk.unit(row, "practices")
    sent = AnswerSent(
        name="text", condition="power", question=None, text="Another text", version=desk.answer.version
    )
    save_answers(interview=desk.interview, states={}, answers=[sent], by=desk.evelyn)
    answer = settled(desk, row, unit, desk.evelyn, settled="coded", note="Orla is right.")
    assert answer.status_code == 200 and shows(answer, "Orla is right.")
    assert Page(answer).summary
    unit.refresh_from_db()
    assert unit.settled == ""


def test_not_coded_removes_nothing_and_says_where_to_remove_it(desk):
    row = desk.closed()
    unit = desk.unit(row, "resources")
    settled(desk, row, unit, desk.evelyn, settled="not_coded", note="Not about money.")
    assert Quotation.objects.filter(condition="resources", removed_at__isnull=True).exists()
    page = Page(signed_in(desk.evelyn).get(f"{desk.at}agreement/{row.pk}/?show=settled"))
    assert page.links("remove the quotation in I07")


def test_a_settlement_can_be_changed_and_both_stay_in_the_log(desk):
    row = desk.closed()
    unit = settle(unit=desk.unit(row, "resources"), version=1, settled="coded", note="One", by=desk.evelyn)
    unit = settle(unit=unit, version=unit.version, settled="not_coded", note="Two", by=desk.orla)
    log = Page(signed_in(desk.evelyn).get(f"{desk.at}agreement/{row.pk}/?show=settled"))
    lines = [line.words for line in log.one("ol", class_="log").all("li")]
    assert len(lines) == 2
    assert lines[0].startswith("Settled: it is not coded. Two Orla")
    assert lines[1].startswith("Before: it is coded. One Evelyn")


def test_two_who_settle_at_once_see_both_versions_and_none_is_lost(desk):
    row = desk.closed()
    unit = desk.unit(row, "resources")
    settled(desk, row, unit, desk.evelyn, settled="coded", note="Evelyn’s reason")
    answer = settled(desk, row, unit, desk.orla, settled="not_coded", note="Orla’s reason")
    assert answer.status_code == 409
    assert shows(answer, "Evelyn’s reason") and shows(answer, "Orla’s reason")
    kept = unit.versions.get(set_aside=True)
    assert (kept.settled, kept.note, kept.by) == ("not_coded", "Orla’s reason", desk.orla)
    with pytest.raises(StaleVersion):
        settle(unit=unit, version=1, settled="not_coded", note="", by=desk.orla)


def test_where_the_two_agreed_there_is_nothing_to_settle(desk):
    row = desk.closed()
    agreed = row.units.get(first=True, second=True)
    assert settled(desk, row, agreed, desk.evelyn, settled="coded").status_code == 404
    with pytest.raises(NotAllowedNow):
        settle(unit=agreed, version=1, settled="coded", note="", by=desk.evelyn)


# --- What a hostile review found --------------------------------------------------------------------------


def test_whose_blind_coding_was_cancelled_saw_the_codes_and_is_not_blind_again(desk):
    row = desk.open()
    desk.second(row, "who decides")
    client = signed_in(desk.orla)
    client.post(f"{desk.at}second-codings/{row.pk}/cancel/")
    assert not BlindCode.objects.exists()
    with pytest.raises(NotAllowedNow, match="cannot code it blind"):
        desk.open()
    third = person("third")
    builders.member(desk.evaluation, third, Role.EVALUATOR)
    desk.first("who decides")
    page = Page(client.get(desk.page))
    assert [choice["value"] for choice in page.all("input", type="radio")] == [str(third.pk)]


def test_a_cancelled_round_is_shown_nowhere_and_takes_no_more_codes(desk):
    row = desk.open()
    cancel_second_coding(coding_round=row, by=desk.evelyn)
    client = signed_in(desk.evelyn)
    assert "I07" not in Page(client.get(f"{desk.at}agreement/")).one("main").text
    assert "Finished" not in Page(client.get(desk.page)).one("main").text
    assert client.get(f"{desk.at}agreement/{row.pk}/").status_code == 404
    assert client.post(f"{desk.at}second-codings/{row.pk}/close/").status_code == 404
    with pytest.raises(NotAllowedNow, match="closed or cancelled"):
        desk.second(row, "who decides")
    assert not is_locked(desk.interview)


def locks_of(act):
    """Return the tables whose rows an action locks, in order, as the database is asked for them."""
    with CaptureQueriesContext(connection) as queries:
        act()
    found = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    return [re.search(r'FROM "evaluations_(\w+)"', sql)[1] for sql in found]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole database")
def test_whoever_codes_closes_or_settles_locks_the_interview_before_anything_else(desk):
    row = desk.open()
    doing = [
        lambda: desk.first("They pay us now"),
        lambda: desk.second(row, "who decides", condition="practices"),
        lambda: close_second_coding(coding_round=row, by=desk.evelyn),
        lambda: settle(unit=desk.unit(row, "practices"), version=1, settled="coded", note="", by=desk.evelyn),
    ]
    assert [locks_of(act)[0] for act in doing] == ["interview"] * 4


def test_what_vanished_meanwhile_is_told_in_plain_words(desk):
    row = desk.closed()
    unit, code = desk.unit(row, "practices"), row.codes.first()
    unit, code = CodingUnit.objects.get(pk=unit.pk), BlindCode.objects.get(pk=code.pk)
    CodingRound.objects.all().delete()
    with pytest.raises(NotAllowedNow):
        settle(unit=unit, version=1, settled="coded", note="", by=desk.evelyn)
    with pytest.raises(NotAllowedNow):
        uncode_blind(code=code, by=desk.orla)
    builders.answer(desk.interview, text="More", condition="policies")
    again = person("again")
    builders.member(desk.evaluation, again, Role.EVALUATOR)
    desk.orla, row = again, open_second_coding(interview=desk.interview, second=again, by=desk.evelyn)
    Quotation.objects.all().delete()
    type(desk.answer).objects.filter(pk=desk.answer.pk).delete()
    with pytest.raises(Gone):
        desk.second(row, "who decides")

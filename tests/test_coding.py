"""Coding an interview: passages become quotations that keep their place, and evidence that finds its use."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations import access
from evaluations.actions.coding import code_passage, move_quotations, recode
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.interviews import AnswerSent, save_answers
from evaluations.actions.quotations import add_quotation, edit_quotation
from evaluations.conditions import CodeKind, Condition
from evaluations.models import (
    CodingRound,
    Finding,
    FindingStatus,
    InterviewStrand,
    Passage,
    Quotation,
    Recommendation,
)
from evaluations.queries.coding import coded_answers, coded_quotations, evidence, tallies
from tests import builders
from tests.base import as_member, signed_in
from tests.pages import Page
from tests.test_ranges import histories, holds

TEXT = "We were asked once. 🙂 Not again.\n\nAsk us before, not after. We were asked once more."
ASKED = "We were asked once"


class Desk:
    """An interview with one participant and one answer, and its pages as Evelyn uses them."""

    def __init__(self, cast):
        self.evaluation, self.by = cast.evaluation, cast.evelyn
        self.strand = self.evaluation.strand
        self.person = builders.participant(self.evaluation, code="P07")
        self.interview = builders.interview(self.evaluation, code="I07", participants=[self.person])
        InterviewStrand.objects.create(
            evaluation=self.evaluation, interview=self.interview, strand=self.strand
        )
        self.answer = builders.answer(self.interview, text=TEXT, condition="power")
        self.browser = signed_in(self.by)
        self.root = f"/e/{self.evaluation.slug}/"
        self.add = f"{self.root}interviews/I07/answers/{self.answer.pk}/quotations/new/"

    def code(self, start=0, end=18, **fields):
        """Code a passage by the action."""
        code = {"kind": "barrier", "condition": "power", "strand": self.strand, "version": 1, "by": self.by}
        return code_passage(answer=self.answer, start=start, end=end, **code | fields)

    def send(self, **fields):
        """Send the form of a passage; return the answer."""
        sent = {"kind": "barrier", "condition": "power", "strand": self.strand.pk, "version": 1}
        return self.browser.post(self.add, sent | fields)

    def page(self, **query):
        """Return the interview's page with the answer marked up."""
        address = f"{self.root}interviews/I07/"
        return Page(self.browser.get(address, {"condition": "power", "code": self.answer.pk} | query))

    def write(self, text):
        """Save another text of the answer, as the entry page does."""
        self.answer.refresh_from_db()
        sent = AnswerSent("a", "power", None, text, self.answer.version)
        return save_answers(interview=self.interview, states={}, answers=[sent], by=self.by)


@pytest.fixture
def desk(cast):
    return Desk(cast)


def reload(row):
    """Return a row as it is in the database now."""
    return type(row)._default_manager.get(pk=row.pk)


# --- A passage becomes a quotation -------------------------------------------------------------------------


def test_a_selected_passage_becomes_a_quotation_with_its_exact_range(desk):
    answer = desk.send(start=20, end=21, text="🙂")
    quotation = Quotation.objects.get()
    assert (quotation.text, quotation.start, quotation.end, quotation.passage) == ("🙂", 20, 21, "in_place")
    assert (quotation.kind, quotation.condition, quotation.strand) == ("barrier", "power", desk.strand)
    assert (quotation.coder, quotation.speaker) == (desk.by, desk.person)
    assert f"open={quotation.pk}" in answer["location"]


def test_white_space_at_the_ends_of_a_selection_is_left_out(desk):
    assert desk.code(start=18, end=34).text == ". 🙂 Not again."
    assert desk.code(start=19, end=34).text == "🙂 Not again."


def test_a_selection_of_nothing_is_refused(desk):
    with pytest.raises(NotAllowedNow):
        desk.code(start=32, end=34)


def test_in_a_group_nobody_is_taken_for_the_speaker(desk):
    desk.interview.participants.add(
        builders.participant(desk.evaluation), through_defaults={"evaluation": desk.evaluation}
    )
    assert desk.code().speaker is None


def test_the_same_passage_coded_twice_is_one_quotation_and_passages_may_overlap(desk):
    first = desk.code()
    assert desk.code() == first
    assert desk.code(start=3, end=30) != first
    assert desk.code(kind="achievement") != first


def test_words_selected_in_an_older_version_are_found_where_they_stand_now(desk):
    desk.write(f"Well. {TEXT}")
    quotation = desk.code(start=0, end=18, text=ASKED)
    assert (quotation.start, quotation.text) == (6, ASKED)


def test_words_that_somebody_deleted_meanwhile_are_refused_and_stay_on_the_form(desk):
    desk.write("Something else.")
    page = Page(desk.send(start=0, end=18, text=ASKED))
    assert "do not stand in the answer" in page.summary[0][1]
    assert page.sends()["text"] == ASKED
    assert not Quotation.objects.exists()


def test_who_codes_an_interview_blind_adds_no_quotation_to_it(desk, cast):
    CodingRound.objects.create(evaluation=desk.evaluation, interview=desk.interview, second=desk.by)
    page = Page(desk.send(start=0, end=18, text=ASKED))
    assert "blind" in page.summary[0][1]
    assert not Quotation.objects.exists()


def test_the_first_coder_goes_on_coding_while_somebody_codes_blind(desk, cast):
    CodingRound.objects.create(evaluation=desk.evaluation, interview=desk.interview, second=cast.leigh)
    assert desk.send(start=0, end=18, text=ASKED).status_code == 302


# --- Typed in, without a script ----------------------------------------------------------------------------


def test_typed_in_words_are_found_whatever_their_white_space_and_quotes(desk):
    desk.answer.text = "It’s the “plan”, they said."
    desk.answer.save()
    desk.send(text='It\'s  the "plan"')
    assert Quotation.objects.get().text == "It’s the “plan”"


def test_words_that_do_not_stand_in_the_answer_are_named_and_kept(desk):
    page = Page(desk.send(text="We were never asked"))
    assert page.summary == [("id_text", page.summary[0][1])]
    assert "do not stand in the answer" in page.summary[0][1]
    assert page.sends()["text"] == "We were never asked"
    assert page.sends()["kind"] == "barrier"


def test_words_that_stand_there_twice_are_asked_about(desk):
    page = Page(desk.send(text=ASKED))
    places = [radio["value"] for radio in page.all("input", name="which")]
    assert places == ["0", str(TEXT.rindex(ASKED))]
    desk.send(text=ASKED, which=places[1])
    assert Quotation.objects.get().start == TEXT.rindex(ASKED)


def test_a_kind_is_asked_for(desk):
    page = Page(desk.send(text="Ask us before", kind=""))
    assert any("achievement, a barrier or a suggestion" in message for _, message in page.summary)


# --- Ranges in the database --------------------------------------------------------------------------------


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_after_any_saves_every_range_reads_as_its_quotation_or_says_otherwise(desk, data):
    texts, span = data.draw(histories())
    Quotation.objects.all().delete()
    desk.write(texts[0])
    desk.answer.refresh_from_db()
    row = desk.code(*span, version=desk.answer.version)
    for text in texts[1:]:
        desk.write(text)
        desk.answer.refresh_from_db()
        row.refresh_from_db()
        assert holds(row, row.text, desk.answer.text)
        assert row.text == texts[0][slice(*span)]


def test_a_removed_quotation_keeps_its_place_while_the_text_is_edited(desk):
    row = desk.code()
    desk.browser.post(f"{desk.root}quotations/{row.pk}/remove/")
    desk.write(f"Well. {TEXT}")
    desk.browser.post(f"{desk.root}removed-quotations/{row.pk}/restore/")
    row = reload(row)
    assert (row.start, row.passage, row.removed_at) == (6, "in_place", None)


def test_moving_ranges_raises_no_version(desk):
    row = desk.code()
    moved = move_quotations(answer=desk.answer, before=TEXT, after="Other")
    assert [other.pk for other in moved] == [row.pk]
    assert reload(row).version == row.version


def test_a_quotation_typed_in_elsewhere_has_its_place_when_its_words_stand_there_once(desk):
    fields = {"speaker": None, "source": None, "answer": desk.answer}
    once = add_quotation(evaluation=desk.evaluation, by=desk.by, fields=fields | {"text": "Ask us before"})
    twice = add_quotation(evaluation=desk.evaluation, by=desk.by, fields=fields | {"text": ASKED})
    assert (once.start, once.passage) == (TEXT.index("Ask us"), "in_place")
    assert (twice.start, twice.passage) == (None, "")


def test_corrected_words_say_that_the_answer_reads_otherwise(desk):
    row = desk.code(start=0, end=18)
    saved = edit_quotation(quotation=row, version=1, changes={"text": "We were asked"}, by=desk.by)
    assert (saved.start, saved.end, saved.passage) == (0, 18, "changed")
    saved = edit_quotation(quotation=saved, version=2, changes={"text": ASKED}, by=desk.by)
    assert saved.passage == "in_place"


# --- When the answer was changed ---------------------------------------------------------------------------


@pytest.fixture
def changed(desk):
    """A passage that was approved, and whose answer says something else now."""
    row = desk.code()
    row.approved_by, row.approved_on = desk.by, date(2024, 6, 1)
    row.save()
    desk.write(TEXT.replace("asked once.", "asked twice.", 1))
    return reload(row)


def test_the_column_says_that_the_answer_was_changed_and_what_it_says_now(desk, changed):
    entry = desk.page().with_id(f"e{changed.pk}")
    assert "The answer was changed here. Now it reads: We were asked twice" in entry.words
    assert ASKED in entry.one("blockquote").words


def test_using_the_words_that_stand_there_now_voids_the_approval(desk, changed):
    place, sent = f"{desk.root}quotations/{changed.pk}/settle/", {"words": "now", "version": 1}
    desk.browser.post(place, sent | {"seen": "We were asked once"})
    assert reload(changed).text == ASKED, "other words than those that were on the page"
    desk.browser.post(place, sent | {"seen": "We were asked twice"})
    row = reload(changed)
    assert (row.text, row.passage, row.approved_on) == ("We were asked twice", "in_place", None)
    assert row.versions.get().text == ASKED


def test_keeping_a_quotation_as_it_was_said_keeps_its_approval(desk, changed):
    desk.browser.post(f"{desk.root}quotations/{changed.pk}/settle/", {"words": "said"})
    row = reload(changed)
    assert (row.text, row.passage, row.start, row.approved_on) == (ASKED, "", None, date(2024, 6, 1))


def test_words_that_are_gone_are_said_to_be_and_kept(desk):
    row = desk.code()
    desk.write("Nothing of it.")
    assert reload(row).passage == Passage.GONE
    entry = desk.page(code="").with_id(f"e{row.pk}")
    assert "These words are gone from the answer" in entry.words
    assert not entry.all("button", value="now")


# --- What it supports --------------------------------------------------------------------------------------


def support(desk, row, **fields):
    """Send what a quotation supports."""
    return desk.browser.post(f"{desk.root}quotations/{row.pk}/support/", fields)


def test_a_sentence_makes_a_draft_finding_where_the_passage_is_coded(desk):
    row = desk.code()
    support(desk, row, text="Parents are asked too late.")
    finding = Finding.objects.get()
    assert (finding.kind, finding.condition, finding.strand) == ("barrier", "power", desk.strand)
    assert (finding.status, list(finding.quotations.all())) == (FindingStatus.DRAFT, [row])
    assert finding.history.first().history_change_reason == "Attached a quotation"


def test_a_finding_that_is_here_gets_the_quotation_and_one_of_another_kind_does_not(desk):
    row = desk.code()
    barrier = builders.finding(desk.strand)
    achievement = builders.finding(desk.strand, kind="achievement")
    support(desk, row, chosen=barrier.pk)
    page = Page(support(desk, row, chosen=achievement.pk))
    assert "That is no barrier" in page.summary[0][1]
    assert list(row.findings.all()) == [barrier]


def test_a_suggestion_makes_a_recommendation_with_the_next_reference(desk):
    builders.recommendation(desk.strand, ref="R7")
    row = desk.code(kind="suggestion")
    support(desk, row, text="Ask parents first")
    new = Recommendation.objects.get(ref="R8")
    assert (new.source, new.title, new.condition) == ("added", "Ask parents first", "power")
    assert list(new.quotations.all()) == [row]


def test_a_suggestion_is_attached_to_a_recommendation_that_is_here_and_readers_learn_nothing(desk, cast):
    found = builders.recommendation(desk.strand, ref="R1")
    row = desk.code(kind="suggestion")
    support(desk, row, chosen=found.pk)
    assert list(found.quotations.all()) == [row]
    page = signed_in(cast.rowan).get(f"{desk.root}recommendations/R1/")
    assert ASKED not in page.content.decode()
    assert "uotation" not in page.content.decode()


def test_an_evaluator_sees_on_the_recommendation_what_was_said_and_can_detach_it(desk):
    found = builders.recommendation(desk.strand, ref="R1")
    row = desk.code(kind="suggestion")
    support(desk, row, chosen=found.pk)
    page = Page(desk.browser.get(f"{desk.root}recommendations/R1/"))
    said = page.one("li", class_="quote")
    assert ASKED in said.words
    assert said.one("a")["href"].endswith(f"?condition=power&code={desk.answer.pk}#w{row.pk}")
    desk.browser.post(f"{desk.root}recommendations/R1/quotations/{row.pk}/detach/")
    assert not found.quotations.exists()
    assert reload(row).removed_at is None


def test_a_finding_leads_to_the_passage_in_its_interview(desk):
    row = desk.code()
    support(desk, row, text="A barrier")
    page = Page(desk.browser.get(f"{desk.root}findings/{Finding.objects.get().pk}/"))
    assert page.links("Show in interview I07") == [
        f"{desk.root}interviews/I07/?condition=power&code={desk.answer.pk}#w{row.pk}"
    ]


def test_without_a_sentence_the_form_asks_for_one(desk):
    page = Page(support(desk, desk.code(), text=""))
    assert "Write a sentence" in page.summary[0][1]


def test_without_a_script_findings_are_found_by_their_words(desk):
    row = desk.code()
    builders.finding(desk.strand, text="Fear of getting it wrong")
    other = builders.finding(desk.strand, text="Asked at the wrong time")
    page = Page(support(desk, row, text="wrong time", find="1"))
    options = [option.get("value") for option in page.one("select", name="chosen").all("option")]
    assert options == ["", str(other.pk)]


def test_findings_are_found_by_typing_those_of_the_cell_first(desk):
    row = desk.code()
    far = builders.finding(builders.strand(desk.evaluation), text="Wrong elsewhere")
    near = builders.finding(desk.strand, condition="power", text="Wrong here")
    builders.finding(desk.strand, kind="achievement", text="Wrong kind")
    builders.finding(builders.strand(builders.evaluation()), text="Wrong evaluation")
    found = desk.browser.get(f"{desk.root}quotations/{row.pk}/support/search/", {"q": "wrong"}).json()
    assert [choice["pk"] for choice in found["choices"]] == [near.pk, far.pk]


def test_who_codes_blind_reaches_no_quotation_of_the_interview(desk):
    row = desk.code()
    CodingRound.objects.create(evaluation=desk.evaluation, interview=desk.interview, second=desk.by)
    for rest in ("support/", "support/search/"):
        assert desk.browser.get(f"{desk.root}quotations/{row.pk}/{rest}").status_code == 404
    assert desk.browser.post(f"{desk.root}quotations/{row.pk}/remove/").status_code == 404
    assert ASKED not in desk.page().with_id("evidence").words


# --- Change, remove, restore -------------------------------------------------------------------------------


def test_a_passage_is_coded_otherwise_and_given_its_speaker(desk):
    row = desk.code()
    row.speaker = None
    row.save()
    sent = {"kind": "achievement", "condition": "policies", "strand": desk.strand.pk, "version": 1}
    desk.browser.post(f"{desk.root}quotations/{row.pk}/code/", sent | {"speaker": desk.person.pk})
    row = reload(row)
    assert (row.kind, row.condition, row.speaker) == ("achievement", "policies", desk.person)


def test_another_speaker_voids_the_approval_and_another_condition_does_not(desk):
    row = desk.code()
    row.approved_by, row.approved_on = desk.by, date(2024, 6, 1)
    row.save()
    sent = {"kind": "barrier", "condition": "policies", "strand": desk.strand.pk}
    address = f"{desk.root}quotations/{row.pk}/code/"
    desk.browser.post(address, sent | {"speaker": desk.person.pk, "version": 1})
    assert reload(row).approved_on
    desk.browser.post(address, sent | {"speaker": "", "version": 2})
    assert reload(row).approved_on is None


def test_a_passage_that_supports_a_barrier_becomes_no_achievement(desk):
    row = desk.code()
    support(desk, row, text="A barrier")
    sent = {"kind": "achievement", "condition": "power", "strand": desk.strand.pk, "version": 1}
    answer = desk.browser.post(f"{desk.root}quotations/{row.pk}/code/", sent, follow=True)
    assert any("Detach it there first" in notice for notice in Page(answer).notices)
    assert reload(row).kind == "barrier"


def test_a_removed_quotation_is_out_of_use_everywhere_and_one_press_brings_it_back(desk):
    row = desk.code()
    support(desk, row, text="A barrier that is asked about")
    finding = Finding.objects.get()
    answer = desk.browser.post(f"{desk.root}quotations/{row.pk}/remove/", follow=True)
    assert Page(answer).with_id("evidence").one(class_="undo").words == "Quotation removed. Undo"
    assert ASKED not in desk.browser.get(f"{desk.root}findings/{finding.pk}/").content.decode()
    assert finding.history.first().history_change_reason == "Removed a quotation"
    desk.browser.post(f"{desk.root}removed-quotations/{row.pk}/restore/")
    assert list(finding.quotations.filter(removed_at__isnull=True)) == [row]
    assert finding.history.first().history_change_reason == "Restored a quotation"


# --- The page ----------------------------------------------------------------------------------------------


def test_passages_show_in_the_text_and_overlap_without_losing_a_letter(desk):
    desk.code(start=0, end=18)
    desk.code(start=3, end=30, kind="achievement")
    words = desk.page().with_id(f"words-{desk.answer.pk}")
    assert "".join(piece.text for piece in words.all("span", data_start=True)) == TEXT.replace("\n\n", "")
    marks = [(mark.get("class"), mark.one("span", data_start=True).text) for mark in words.all("mark")]
    assert marks == [
        ("c barrier", "We "),
        ("c barrier over also-achievement", "were asked once"),
        ("c achievement", ". 🙂 Not agai"),
    ]
    assert [pin.words for pin in words.all("a")] == ["Barrier, quotation 1", "Achievement, quotation 2"]


def test_the_column_shows_what_supports_nothing_first_and_says_what_the_rest_supports(desk):
    first, second = desk.code(), desk.code(start=34, end=47)
    support(desk, first, text="A barrier")
    page = desk.page()
    assert [entry["id"] for entry in page.all("li", class_="ex")] == [f"e{second.pk}", f"e{first.pk}"]
    assert "Supports · draft A barrier" in page.with_id(f"e{first.pk}").words
    assert [e["id"] for e in desk.page(show="loose").all("li", class_="ex")] == [f"e{second.pk}"]


def test_the_strand_to_begin_with_is_the_interviews_only_one(desk):
    form = desk.page().with_id(f"coded-{desk.answer.pk}").one("form", class_="pop")
    chosen = [option["value"] for option in form.one("select", name="strand").all("option", selected=True)]
    assert chosen == [str(desk.strand.pk)]


def test_what_was_coded_is_read_with_as_many_queries_for_one_passage_as_for_many(
    desk, cast, django_assert_num_queries
):
    member = as_member(cast.evelyn, desk.evaluation)
    for size in (1, 12):
        for start in range(size):
            desk.code(start=start * 3, end=start * 3 + 5)
        with django_assert_num_queries(4):
            coded = coded_quotations(
                access.quotations_for(member),
                access.findings_for(member),
                access.recommendations_for(member),
                access.points_for(member),
            )
            coded_answers([desk.answer], coded)
            evidence(coded, condition="power")
            assert tallies(coded)[Condition.POWER] == ((CodeKind.BARRIER, len(coded)),)


def test_a_stale_change_of_a_code_changes_nothing(desk):
    row = desk.code()
    recode(quotation=row, version=1, changes={"condition": "policies"}, by=desk.by)
    with pytest.raises(StaleVersion):
        recode(quotation=row, version=1, changes={"condition": "resources"}, by=desk.by)
    assert reload(row).condition == "policies"

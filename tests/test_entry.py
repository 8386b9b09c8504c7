"""Writing an interview up: one condition at a time, saved by a button or by itself, checked, brought back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.actions.errors import TextLocked
from evaluations.actions.interviews import AnswerSent, save_answers
from evaluations.models import (
    Answer,
    AnswerVersion,
    CodingRound,
    GuideQuestion,
    Interview,
    InterviewCondition,
    InterviewStrand,
)

from . import builders
from .assertions import refused, shows
from .base import person, signed_in
from .pages import Page, fill_in

E = "/e/practice/"
HERE = f"{E}interviews/I01/"
POWER = f"{HERE}?condition=power"
SAVE = f"{HERE}save/"
FREE = "answer-power-free"


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def colleague(cast):
    user = person("nora")
    builders.member(cast.evaluation, user, "evaluator")
    return signed_in(user)


@pytest.fixture
def interview(cast):
    return builders.interview(cast.evaluation, code="I01")


def question(cast, area="gaps", prompt="Who decides?", condition="power"):
    return GuideQuestion.objects.create(
        evaluation=cast.evaluation, condition=condition, area=area, prompt=prompt
    )


def save(browser, text, version=0, *, name=FREE, condition="power", **fields):
    """Send one answer as the page does by itself; return the answer."""
    sent = {"condition": condition, name: text, f"version-{name}": version} | fields
    return browser.post(SAVE, sent, headers={"X-Requested-With": "fetch"})


def lock(cast, interview):
    return CodingRound.objects.create(
        evaluation=cast.evaluation, interview=interview, second=person("coder", first_name="Cody")
    )


def kept_texts():
    """Return ``[(number, text, set aside)]`` of every version there is, oldest first."""
    return list(AnswerVersion.objects.order_by("pk").values_list("number", "text", "set_aside"))


# One condition at a time


def test_the_page_begins_with_the_first_condition_that_needs_writing_up(evaluator, cast, interview):
    assert Page(evaluator.get(HERE)).with_id("h-condition").words == "Policies"

    builders.answer(interview, condition="policies")
    InterviewCondition.objects.create(
        evaluation=cast.evaluation, interview=interview, condition="practices", state="not_asked"
    )

    assert Page(evaluator.get(HERE)).with_id("h-condition").words == "Resource flows"
    assert Page(evaluator.get(f"{HERE}?condition=wrong")).with_id("h-condition").words == "Resource flows"


def test_the_navigator_tells_text_from_nothing_said_from_not_asked(evaluator, cast, interview):
    answer = builders.answer(interview, condition="policies", text="Four words are here")
    builders.quotation(cast.evaluation, text="words", answer=answer, kind="barrier", condition="policies")
    for condition, state in (("practices", "nothing_said"), ("resources", "not_asked")):
        InterviewCondition.objects.create(
            evaluation=cast.evaluation, interview=interview, condition=condition, state=state
        )

    places = [
        item.words
        for item in Page(evaluator.get(POWER)).one("nav", class_="rail").one(class_="navigator").all("li")
    ]

    assert places == [
        "Policies 1 barrier 4 words",
        "Practices Asked, nothing said",
        "Resource flows Not asked",
        "Relationships & connections Not recorded",
        "Power dynamics Not recorded",
        "Mental models Not recorded",
    ]


def test_figures_that_coding_changes_can_be_put_in_place_without_a_reload(evaluator, cast, interview):
    figures = ("tally-policies", "tally-power", "bar-quotations", "to-evidence")

    def shown():
        page = Page(evaluator.get(f"{HERE}?condition=policies"))
        return [element.words for element in page.all(data_swap=True) if element.get("id") in figures]

    answer = builders.answer(interview, condition="policies", text="Four words are here")
    before = shown()
    builders.quotation(cast.evaluation, text="words", answer=answer, kind="barrier", condition="policies")

    assert before == ["", "Nothing coded", "", "Evidence (0)"]
    assert shown() == ["· 1 quotation, 1 without a finding", "1 barrier", "", "Evidence (1)"]


def test_who_codes_an_interview_blind_is_told_so_and_sees_no_codes(evaluator, colleague, cast, interview):
    answer = builders.answer(interview, condition="power", text="Four words are here")
    builders.quotation(cast.evaluation, text="words", answer=answer, kind="barrier", condition="power")
    CodingRound.objects.create(evaluation=cast.evaluation, interview=interview, second=cast.evelyn)

    own, other = (Page(browser.get(POWER)) for browser in (evaluator, colleague))

    assert own.one(class_="notice").words.startswith("You are coding I01 blind: until that is closed")
    assert own.one(class_="notice").one("a")["href"] == f"{HERE}second-coding/"
    assert own.with_id("tally-power").words == "Codes hidden"
    assert "Locked while" in other.one(class_="notice").words
    assert other.with_id("tally-power").words == "1 barrier"


def test_previous_and_next_lead_through_the_six_and_to_the_check(evaluator, interview):
    page = Page(evaluator.get(f"{HERE}?condition=mental_models"))
    turn = page.one("nav", class_="turn")

    assert [link["href"] for link in turn.all("a")] == ["?condition=power", f"{HERE}check/"]


def test_what_was_asked_and_said_is_written_down_and_shown(evaluator, interview):
    said = "We were asked.\n\nOnce."

    response = fill_in(evaluator, POWER, {"state-power": "asked", FREE: said})

    assert response.url == POWER, "saving stays on the page"
    answer = Answer.objects.get()
    assert (answer.condition, answer.question, answer.text, answer.version) == ("power", None, said, 1)
    assert InterviewCondition.objects.get().state == "asked"
    assert Page(evaluator.get(POWER)).sends()[FREE] == said


def test_a_question_takes_an_answer_that_keeps_it_as_it_was_asked(evaluator, cast, interview):
    asked = question(cast)
    name = f"answer-power-{asked.pk}"
    fill_in(evaluator, POWER, {name: "The board"})
    asked.prompt, asked.area = "Who holds the money?", "activities"
    asked.save()

    fill_in(evaluator, POWER, {name: "The board, always"})

    answer = Answer.objects.get()
    assert (answer.prompt, answer.area, answer.text) == ("Who decides?", "gaps", "The board, always")
    page = Page(evaluator.get(POWER))
    assert "Who decides?" in page.words and "Who holds the money?" not in page.words
    assert page.with_id(f"h-{name}").words == "Gaps"


def test_an_answer_stays_when_its_question_is_taken_out_of_the_guide(evaluator, cast, interview):
    asked = question(cast)
    fill_in(evaluator, POWER, {f"answer-power-{asked.pk}": "The board"})
    asked.delete()
    name = f"answer-power-kept{Answer.objects.get().pk}"

    page = Page(evaluator.get(POWER))
    assert page.sends()[name] == "The board"
    assert page.with_id(f"h-{name}").words == "Gaps"
    fill_in(evaluator, POWER, {name: "The board, always", FREE: "And this"})

    assert set(Answer.objects.values_list("prompt", "text")) == {
        ("Who decides?", "The board, always"),
        ("", "And this"),
    }


def test_words_for_a_question_that_went_meanwhile_come_back_to_be_moved(evaluator, cast, interview):
    asked = question(cast)
    name = f"answer-power-{asked.pk}"
    sent = Page(evaluator.get(POWER)).sends() | {name: "Long thought about"}
    asked.delete()

    response = evaluator.post(POWER, sent)

    page = refused(response, f"id_{name}", "This question was taken out of the guide meanwhile.")
    assert page.sends()[name] == "Long thought about"
    assert save(evaluator, "Long thought about", name=name).status_code == 400


def test_a_question_that_moved_to_another_condition_does_not_take_its_answer_along(
    evaluator, cast, interview
):
    asked = question(cast)
    fill_in(evaluator, POWER, {f"answer-power-{asked.pk}": "The board"})
    asked.condition = "policies"
    asked.save()

    assert Page(evaluator.get(POWER)).sends()[f"answer-power-{asked.pk}"] == "The board"
    assert "answer-policies-free" in Page(evaluator.get(f"{HERE}?condition=policies")).sends()


def test_what_is_not_sent_stays_as_it_is(evaluator, interview):
    fill_in(evaluator, POWER, {"state-power": "asked", FREE: "Said"})

    evaluator.post(POWER, {"condition": "power"})

    assert (Answer.objects.get().text, InterviewCondition.objects.get().state) == ("Said", "asked")


def test_every_text_that_was_saved_is_kept_and_saving_the_same_makes_no_version(evaluator, cast, interview):
    for text in ("First", "Second", "", "Third", "Third"):
        fill_in(evaluator, POWER, {FREE: text})

    assert kept_texts() == [
        (1, "First", False),
        (2, "Second", False),
        (3, "", False),
        (4, "Third", False),
    ]
    assert set(AnswerVersion.objects.values_list("by", flat=True)) == {cast.evelyn.pk}


@pytest.mark.parametrize("state", ["not_asked", "nothing_said"])
def test_a_state_that_denies_text_stays_out_and_the_text_is_saved(evaluator, interview, state):
    response = fill_in(evaluator, POWER, {"state-power": state, FREE: "We were asked."})

    assert Answer.objects.get().text == "We were asked."
    assert InterviewCondition.objects.get().state == "not_recorded"
    assert "there is text under it. Choose “Asked”." in Page(evaluator.get(response.url)).notices[0]


def test_a_long_interview_fits_and_a_longer_one_is_refused_with_everything_kept(evaluator, interview):
    long = "word " * 19_999 + "end"
    assert fill_in(evaluator, POWER, {FREE: long}).status_code == 302
    assert Answer.objects.get().text == long

    longer = "x" * 100_001
    page = refused(fill_in(evaluator, POWER, {FREE: longer}), f"id_{FREE}", "Use at most 100000 characters.")
    assert page.sends()[FREE] == longer


def test_what_was_said_is_shown_escaped(evaluator, interview):
    hostile = "</textarea><script>alert(1)</script> {{ settings.SECRET_KEY }}"
    fill_in(evaluator, POWER, {FREE: hostile})

    for address in (POWER, f"{HERE}versions/", f"{POWER}&mode=code"):
        response = evaluator.get(address)
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode(), address
    assert shows(evaluator.get(f"{HERE}versions/"), hostile)
    assert Page(evaluator.get(POWER)).sends()[FREE] == hostile


def test_a_strand_is_chosen_where_the_interview_speaks_to_several(evaluator, cast, interview):
    other = builders.strand(cast.evaluation)
    InterviewStrand.objects.create(
        evaluation=cast.evaluation, interview=interview, strand=cast.evaluation.strand
    )
    assert f"strand-{FREE}" not in Page(evaluator.get(POWER)).sends()
    InterviewStrand.objects.create(evaluation=cast.evaluation, interview=interview, strand=other)

    fill_in(evaluator, POWER, {FREE: "Said", f"strand-{FREE}": other.pk})

    answer = Answer.objects.get()
    assert (answer.strand, answer.version) == (other, 1)
    fill_in(evaluator, POWER, {f"strand-{FREE}": ""})
    answer.refresh_from_db()
    assert (answer.strand, answer.text, answer.version) == (None, "Said", 1)


# Saving by itself


def test_saving_by_itself_tells_the_version_and_the_time(evaluator, interview):
    first = save(evaluator, "We were")
    second = save(evaluator, "We were asked", first.json()["answers"][FREE]["version"])

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json()["answers"][FREE]["version"] == 2
    assert second.json()["saved"] == f"{timezone.localtime():%H:%M}"
    assert Answer.objects.get().text == "We were asked"


def test_of_two_who_begin_one_answer_the_second_is_shown_both_texts(evaluator, colleague, interview):
    save(colleague, "It is late")

    response = save(evaluator, "It is early")

    assert response.status_code == 409
    found = response.json()["conflicts"][FREE]
    assert found["version"] == 1
    assert found["theirs"] == [["It is ", False], ["late", True]]
    assert found["mine"] == [["It is ", False], ["early", True]]
    assert Answer.objects.get().text == "It is late"
    assert kept_texts() == [(1, "It is late", False), (0, "It is early", True)]


@pytest.mark.parametrize(
    ("keep", "text", "version"), [("both", "Theirs\n\nMine", 2), ("mine", "Mine", 2), ("theirs", "Theirs", 1)]
)
def test_either_text_or_both_are_kept_and_the_other_is_an_earlier_version(
    evaluator, colleague, interview, keep, text, version
):
    save(colleague, "Theirs")
    save(evaluator, "Mine")

    response = save(evaluator, "Mine", **{f"keep-{FREE}": keep, f"current-{FREE}": 1})

    assert response.status_code == 200
    assert response.json()["answers"][FREE]["text"] == text
    assert (Answer.objects.get().text, Answer.objects.get().version) == (text, version)
    assert {"Theirs", "Mine"} <= {words for _, words, _ in kept_texts()}


def test_a_choice_between_texts_of_which_one_changed_again_is_offered_again(evaluator, colleague, interview):
    save(colleague, "Theirs")
    save(evaluator, "Mine")
    save(colleague, "Theirs, longer", 1)

    response = save(evaluator, "Mine", **{f"keep-{FREE}": "both", f"current-{FREE}": 1})

    assert response.status_code == 409
    assert Answer.objects.get().text == "Theirs, longer"


def test_without_a_script_both_texts_come_back_with_buttons(evaluator, colleague, interview):
    sent = Page(evaluator.get(POWER)).sends() | {FREE: "Mine", "state-power": "asked"}
    save(colleague, "Theirs")

    response = evaluator.post(POWER, sent)

    assert response.status_code == 409
    page = Page(response)
    sent = page.sends()
    assert sent[FREE] == "Mine"
    assert evaluator.post(POWER, sent).status_code == 409, "saving again without choosing decides nothing"
    assert evaluator.post(POWER, sent | {f"keep-{FREE}": "both"}).status_code == 302
    assert Answer.objects.get().text == "Theirs\n\nMine"
    assert InterviewCondition.objects.get().state == "asked"


def test_other_answers_and_the_state_are_saved_although_one_answer_is_in_conflict(
    evaluator, colleague, cast, interview
):
    first, second = (f"answer-power-{question(cast, area=area).pk}" for area in ("activities", "gaps"))
    sent = Page(evaluator.get(POWER)).sends() | {first: "Mine", second: "Also mine", "state-power": "asked"}
    save(colleague, "Theirs", name=first)

    response = evaluator.post(POWER, sent)

    assert response.status_code == 409
    assert set(Answer.objects.values_list("text", flat=True)) == {"Theirs", "Also mine"}
    again = Page(response).sends() | {second: "Also mine, longer", f"keep-{first}": "mine"}
    assert evaluator.post(POWER, again).status_code == 302, "what was saved meets nobody"
    assert set(Answer.objects.values_list("text", flat=True)) == {"Mine", "Also mine, longer"}


def test_a_page_never_meets_itself_when_an_answer_to_it_got_lost(evaluator, interview):
    here = {"page": "page-one"}
    save(evaluator, "One", step=1, **here)

    assert save(evaluator, "One two three", step=3, **here).status_code == 200
    again = save(evaluator, "One", step=1, **here)

    assert again.status_code == 200, "it is known, and comes after what was written later"
    assert Answer.objects.get().text == "One two three"
    assert save(evaluator, "Elsewhere", step=9, page="page-two").status_code == 409


def test_no_text_is_acknowledged_that_the_server_does_not_hold(evaluator, interview):
    here, other = {"page": "tab-a"}, "and a whole new paragraph"
    save(evaluator, "tab A first", step=5, **here)
    save(evaluator, "tab A first, unsaved copy", 1, step=1006, **here)

    late = save(evaluator, f"tab A first, unsaved copy {other}", 1, step=6, **here)

    assert late.status_code == 409
    assert Answer.objects.get().text == "tab A first, unsaved copy"
    assert kept_texts()[-1] == (1, f"tab A first, unsaved copy {other}", True)
    again = save(evaluator, f"tab A first, unsaved copy {other}", 1, step=7, **here)
    assert again.status_code == 409, "it is still to be decided"


def test_what_was_left_as_it_was_seen_is_no_answer_of_the_senders(evaluator, colleague, interview):
    save(colleague, "First")
    save(colleague, "Second", 1)

    response = save(evaluator, "First", 1)

    assert response.status_code == 200
    assert response.json()["answers"][FREE] == {
        "version": 2,
        "text": "Second",
        "pk": Answer.objects.get().pk,
    }
    assert not AnswerVersion.objects.filter(set_aside=True).exists()


def test_a_text_sent_again_and_again_is_set_aside_once(evaluator, colleague, interview):
    save(colleague, "Theirs")
    for _ in range(3):
        save(evaluator, "Mine")

    assert AnswerVersion.objects.filter(set_aside=True).count() == 1


def test_a_state_that_somebody_else_said_meanwhile_stays_and_is_told(evaluator, colleague, interview):
    state = {"condition": "power", "seen-power": "not_recorded"}
    colleague.post(SAVE, state | {"state-power": "asked"})

    response = evaluator.post(SAVE, state | {"state-power": "not_asked"})

    assert response.json()["states"] == {"power": "asked"}
    assert "somebody else said so" in response.json()["messages"][0]


def test_nothing_is_saved_in_the_name_of_somebody_else_who_signed_in(evaluator, cast, interview):
    response = save(evaluator, "Mine", user=cast.rowan.pk)

    assert response.status_code == 403
    assert not Answer.objects.exists()


def test_signed_out_a_script_is_told_so_wherever_it_asks(db):
    nobody = signed_in(None)
    for address in (SAVE, HERE, "/e/nowhere/", "/nowhere/", "/admin/"):
        for method in (nobody.get, nobody.post):
            response = method(address, headers={"X-Requested-With": "fetch"})
            assert (response.status_code, response.content) == (401, b""), address


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"condition=nope&answer-nope-free=Said", "application/x-www-form-urlencoded"),
        (b"condition=nope&answer-policies-free=Said", "application/x-www-form-urlencoded"),
        (b"condition=power&answer-policies-free=Said", "application/x-www-form-urlencoded"),
        (b"answer-policies-free=Said", "application/x-www-form-urlencoded"),
        (b'{"condition": "power", "answer-power-free": "Said"}', "application/json"),
        (
            "condition=power&answer-power-free=Said".encode("utf-16"),
            "application/x-www-form-urlencoded; charset=nope",
        ),
    ],
    ids=["no condition", "no such condition", "another condition", "none named", "JSON", "unknown letters"],
)
def test_what_was_not_understood_is_not_said_to_be_saved(evaluator, interview, body, kind):
    response = evaluator.generic("POST", SAVE, body, content_type=kind)

    assert response.status_code == 400
    assert "load the page again" in response.json()["errors"][0]
    assert not Answer.objects.exists()


def test_saving_by_itself_names_what_was_understood(evaluator, cast, interview):
    said = save(evaluator, "Said", **{"state-power": "asked", "answer-policies-free": "Lost"})
    assert said.json()["fields"] == [FREE, "state-power"]

    lock(cast, interview)
    found = save(evaluator, "Said more", 1).json()
    assert (found["fields"], found["kept"]) == ([FREE], True)


def test_two_texts_too_long_for_one_answer_are_refused_in_words_with_nothing_lost(
    evaluator, colleague, interview
):
    theirs, mine = "theirs " * 8000 + "end", "mine " * 10_000 + "end"
    opened = Page(evaluator.get(POWER)).sends()
    save(colleague, theirs)
    page = Page(evaluator.post(POWER, opened | {FREE: mine}))
    choice = {f"keep-{FREE}": "both", f"current-{FREE}": 1}

    by_itself = save(evaluator, mine, **choice)
    by_button = evaluator.post(POWER, page.sends() | choice)

    assert by_itself.status_code == 400
    assert "longer than an answer can be, which is 100,000 characters" in by_itself.json()["errors"][0]
    page = refused(by_button, f"id_{FREE}", "Keep one of them")
    assert page.sends()[FREE] == mine
    assert Answer.objects.get().text == theirs
    assert evaluator.post(POWER, page.sends() | {f"keep-{FREE}": "mine"}).status_code == 302
    assert Answer.objects.get().text == mine


def test_text_that_cannot_be_stored_is_refused_in_words(evaluator, interview):
    assert save(evaluator, "x" * 100_001).status_code == 400
    assert save(evaluator, "a" + "\u0301" * 99).json()["errors"]


# While somebody codes blind


def test_while_somebody_codes_blind_text_is_set_aside_and_the_state_saved(evaluator, cast, interview):
    fill_in(evaluator, POWER, {FREE: "As it was"})
    lock(cast, interview)

    response = save(evaluator, "Changed", 1, **{"state-power": "asked", "seen-power": "not_recorded"})

    assert response.status_code == 423
    assert "locked" in response.json()["error"]
    assert Answer.objects.get().text == "As it was"
    assert InterviewCondition.objects.get().state == "asked"
    assert kept_texts()[-1] == (1, "Changed", True)
    assert "Locked while Cody codes this interview blind" in Page(evaluator.get(POWER)).words


def test_an_answer_begun_while_the_text_is_locked_can_be_saved_afterwards(evaluator, cast, interview):
    round = lock(cast, interview)
    assert save(evaluator, "New").status_code == 423
    assert Answer.objects.get().text == ""
    round.closed_at = timezone.now()
    round.save()

    assert save(evaluator, "New").status_code == 200
    assert Answer.objects.get().text == "New"


def test_the_action_refuses_locked_text_by_name(cast, interview):
    lock(cast, interview)
    sent = AnswerSent(FREE, "power", None, "Said", 0)

    with pytest.raises(TextLocked):
        save_answers(interview=interview, states={}, answers=[sent], by=cast.evelyn)


# How much there is


def test_pages_take_the_same_number_of_queries_however_much_was_said(evaluator, cast, interview):
    def say_more():
        asked = question(cast, prompt="What else?")
        answer = builders.answer(
            interview, condition="power", question=asked, prompt="What else?", area="gaps"
        )
        for number in range(5):
            row = {"text": "What was said.", "kind": "barrier", "condition": "power", "answer": answer}
            builders.quotation(cast.evaluation, **row)
            AnswerVersion.objects.create(
                evaluation=cast.evaluation, answer=answer, number=number, text=f"{number}", by=cast.evelyn
            )

    def queries(address):
        with CaptureQueriesContext(connection) as found:
            assert evaluator.get(address).status_code == 200
        return len(found)

    say_more()
    evaluator.get(HERE)
    pages = (POWER, f"{POWER}&mode=code", f"{HERE}check/", f"{HERE}versions/")
    few = [queries(page) for page in pages]
    for _ in range(4):
        say_more()
    assert [queries(page) for page in pages] == few


# The check at the end


def test_the_check_names_what_is_open_and_suggests_what_it_was_mostly_about(evaluator, cast, interview):
    answer = builders.answer(interview, condition="power", text="We were asked once")
    for words in ("We were", "asked"):
        builders.quotation(cast.evaluation, text=words, answer=answer, kind="barrier", condition="power")
    builders.quotation(cast.evaluation, text="once", answer=answer, kind="barrier", condition="policies")

    page = Page(evaluator.get(f"{HERE}check/"))

    assert "3 quotations support no finding or recommendation yet" in page.words
    assert "It is not recorded whether Power dynamics was asked about" in page.words
    assert page.one("p", class_="suggested").words.startswith("More was coded under Power dynamics than")
    assert page.sends()["focus_condition"] == "power"


def test_an_interview_is_coded_once_it_is_said_what_it_was_mostly_about(evaluator, interview):
    refused(fill_in(evaluator, f"{HERE}check/", {"status": "coded"}), "id_focus_condition_0", "mostly about")

    fill_in(evaluator, f"{HERE}check/", {"status": "coded", "focus_condition": "power"})

    interview.refresh_from_db()
    assert (interview.status, interview.focus_condition, interview.version) == ("coded", "power", 2)
    fill_in(evaluator, f"{HERE}check/", {"status": "held"})
    assert Interview.objects.get().status == "held"


def test_an_interview_without_a_date_was_not_held(evaluator, cast):
    builders.interview(cast.evaluation, code="I01", status="planned", date=None)

    response = fill_in(evaluator, f"{HERE}check/", {"status": "written_up"})

    assert "Give the date on which it was held" in Page(response).words
    assert Interview.objects.get().status == "planned"


def test_of_two_who_mark_an_interview_the_second_looks_again(evaluator, colleague, interview):
    sent = Page(evaluator.get(f"{HERE}check/")).sends()
    fill_in(colleague, f"{HERE}check/", {"status": "written_up"})

    response = evaluator.post(f"{HERE}check/", sent | {"status": "held", "focus_condition": "power"})

    assert "meanwhile" in Page(evaluator.get(response.url)).notices[0]
    assert Interview.objects.get().status == "written_up"


# Earlier versions


def test_an_earlier_text_is_brought_back_as_a_new_version(evaluator, interview):
    for text in ("First", "Second"):
        fill_in(evaluator, POWER, {FREE: text})
    first = AnswerVersion.objects.get(number=1)
    address = f"{HERE}versions/{first.pk}/restore/"
    page = Page(evaluator.get(f"{HERE}versions/"))
    assert "As it is now" in page.words

    fill_in(evaluator, f"{HERE}versions/", {}, action=address)

    assert (Answer.objects.get().text, Answer.objects.get().version) == ("First", 3)
    assert kept_texts() == [(1, "First", False), (2, "Second", False), (3, "First", False)]


def test_a_text_is_not_brought_back_over_one_that_nobody_has_seen(evaluator, colleague, interview):
    save(evaluator, "First")
    save(evaluator, "Second", 1)
    save(colleague, "Third", 2)
    first = AnswerVersion.objects.get(number=1)

    response = evaluator.post(f"{HERE}versions/{first.pk}/restore/", {"version": 2})

    assert "meanwhile" in Page(evaluator.get(response.url)).notices[0]
    assert Answer.objects.get().text == "Third"


def test_steps_of_typing_are_counted_with_the_text_they_led_to(evaluator, interview):
    for version, text in enumerate(("We", "We were", "We were asked", "Nobody asked")):
        save(evaluator, text, version)

    page = Page(evaluator.get(f"{HERE}versions/"))

    shown = [words.words for words in page.all("p", class_="words")]
    assert shown == ["Nobody asked", "We were asked"]
    assert "after 2 shorter steps of typing" in page.words


def test_what_was_set_aside_is_marked(evaluator, colleague, interview):
    save(colleague, "Theirs")
    save(evaluator, "Mine")

    assert "Set aside" in Page(evaluator.get(f"{HERE}versions/")).words

"""The interview guide, and the explainer that goes to people before the talk. For evaluators only."""

import pytest

from evaluations.conditions import Condition
from evaluations.models import Answer, Area, ConflictingEdit, GuideQuestion
from evaluations.starter_guide import STARTER_QUESTIONS

from . import builders
from .assertions import refused
from .base import signed_in
from .pages import Page, fill_in

E = "/e/practice/"
GUIDE = f"{E}set-up/guide/"
NEW = f"{GUIDE}new/"
EXPLAINER = f"{E}explainer/"
QUESTION = {"prompt": "Who decides?", "condition": "power", "area": "gaps"}


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def three(cast):
    """Three questions about power, in order."""
    return [builders.question(cast.evaluation, prompt=prompt) for prompt in ("First?", "Second?", "Third?")]


def asked(browser, condition="power"):
    """Return the questions under a condition as the guide shows them."""
    section = Page(browser.get(GUIDE)).with_id(f"h-{condition}").parent.parent.parent
    return [prompt.words for prompt in section.all("p", class_="prompt")]


def page_of(question):
    return f"{GUIDE}{question.pk}/"


def notices(browser):
    return Page(browser.get(GUIDE)).notices


# The starter guide


def test_an_empty_guide_explains_itself_and_starts_with_18_questions(evaluator):
    page = Page(evaluator.get(GUIDE))
    assert "Start with 18 open questions" in page.words

    fill_in(evaluator, GUIDE, {}, action=f"{GUIDE}start/")

    page = Page(evaluator.get(GUIDE))
    assert page.notices == ["18 questions added. Make them your own."]
    assert len(page.all("p", class_="prompt")) == 18
    assert not page.all("form", action=f"{GUIDE}start/")


def test_the_starter_guide_asks_about_each_condition_what_was_done_what_is_missing_and_what_next():
    assert list(STARTER_QUESTIONS) == list(Condition)
    for questions in STARTER_QUESTIONS.values():
        assert [area for area, _ in questions] == list(Area)
    prompts = [prompt for questions in STARTER_QUESTIONS.values() for _, prompt in questions]
    assert len(set(prompts)) == 18
    assert all(prompt.endswith("?") for prompt in prompts)


def test_starting_twice_adds_nothing_the_second_time(evaluator):
    for _ in range(2):
        evaluator.post(f"{GUIDE}start/")

    assert GuideQuestion.objects.count() == 18
    assert "The guide has questions already. Add to them, or change them." in notices(evaluator)


# Questions


def test_a_question_is_added_last_under_its_condition(evaluator, three):
    answer = fill_in(evaluator, f"{NEW}?condition=power&area=gaps", {"prompt": "Who decides?"})

    row = GuideQuestion.objects.get(prompt="Who decides?")
    assert (row.condition, row.area) == ("power", "gaps"), "the link names the place"
    assert answer.url == f"{GUIDE}#question-{row.pk}"
    assert asked(evaluator) == ["First?", "Second?", "Third?", "Who decides?"]


@pytest.mark.parametrize(
    ("name", "value", "place", "message"),
    [
        ("prompt", " ", "id_prompt", "Write the question."),
        ("prompt", "x" * 501, "id_prompt", "at most 500 characters"),
        ("condition", None, "id_condition_0", "Choose one of the six conditions."),
        ("area", None, "id_area_0", "Choose what the question is after."),
    ],
)
def test_a_question_needs_words_a_condition_and_an_area(evaluator, name, value, place, message):
    refused(fill_in(evaluator, NEW, QUESTION | {name: value}), place, message)
    assert not GuideQuestion.objects.exists()


def test_a_question_is_edited_and_answers_keep_it_as_it_was_asked(evaluator, three):
    interview = builders.interview(three[0].evaluation, code="I01")
    builders.answer(interview, question=three[0], prompt="First?", area="gaps", condition="power")

    fill_in(evaluator, page_of(three[0]), {"prompt": "Who decided?", "area": "activities"})

    assert asked(evaluator)[0] == "Who decided?"
    answer = Answer.objects.get()
    assert (answer.question, answer.prompt, answer.area) == (three[0], "First?", "gaps")


def test_a_question_that_moves_to_another_condition_comes_last_there(evaluator, three):
    builders.question(three[0].evaluation, condition="policies", prompt="Which rules?", position=7)

    fill_in(evaluator, page_of(three[0]), {"condition": "policies"})

    assert asked(evaluator, "policies") == ["Which rules?", "First?"]
    assert asked(evaluator) == ["Second?", "Third?"]


def test_of_two_who_edit_one_question_the_second_gets_both_versions_and_nothing_is_lost(evaluator, three):
    opened = Page(evaluator.get(page_of(three[0]))).sends()
    fill_in(evaluator, page_of(three[0]), {"prompt": "Theirs?"})

    answer = evaluator.post(page_of(three[0]), opened | {"prompt": "Mine?"})

    assert answer.status_code == 409
    assert ConflictingEdit.objects.get().fields["prompt"] == "Mine?"
    both = Page(answer)
    assert "Theirs?" in both.words and "Mine?" in both.words
    assert evaluator.post(page_of(three[0]), both.sends() | {"keep": "both"}).status_code == 302
    assert asked(evaluator)[0] == "Theirs? Mine?"
    assert "Mine?" in Page(evaluator.get(page_of(three[0]))).words.partition("Set aside")[2]


# Order


@pytest.mark.parametrize(
    ("place", "direction", "order"),
    [
        (1, "up", ["Second?", "First?", "Third?"]),
        (1, "down", ["First?", "Third?", "Second?"]),
        (0, "up", ["First?", "Second?", "Third?"]),
        (2, "down", ["First?", "Second?", "Third?"]),
    ],
)
def test_a_question_moves_one_place_among_those_of_its_condition(evaluator, three, place, direction, order):
    builders.question(
        three[0].evaluation, condition="policies", prompt="Which rules?", position=three[1].position
    )

    evaluator.post(f"{page_of(three[place])}move/", {"direction": direction})

    assert asked(evaluator) == order
    assert asked(evaluator, "policies") == ["Which rules?"]


def test_the_first_question_cannot_be_moved_up_nor_the_last_down(evaluator, three):
    page = Page(evaluator.get(GUIDE))
    buttons = [
        [button["value"] for button in page.with_id(f"question-{row.pk}").all("button", name="direction")]
        for row in three
    ]
    assert buttons == [["down"], ["up", "down"], ["up"]]


# Out and back


def test_taking_a_question_out_asks_once_keeps_answers_and_can_be_undone(evaluator, three):
    interview = builders.interview(three[0].evaluation, code="I01")
    builders.answer(interview, question=three[0], prompt="First?", area="gaps", condition="power")
    question = Page(evaluator.get(f"{page_of(three[0])}remove/"))
    assert "It was answered in 1 interview: what was said stays there" in question.words
    assert asked(evaluator)[0] == "First?", "looking at the question takes nothing out"

    fill_in(evaluator, f"{page_of(three[0])}remove/", {})

    assert asked(evaluator) == ["Second?", "Third?"]
    assert "First?" not in Page(evaluator.get(EXPLAINER)).words
    assert "First?" in Page(evaluator.get(f"{E}interviews/I01/?condition=power")).words
    assert Answer.objects.get().prompt == "First?"

    fill_in(evaluator, GUIDE, {}, action=f"{E}set-up/removed-questions/{three[0].pk}/restore/")

    assert asked(evaluator) == ["Second?", "Third?", "First?"]


def test_a_condition_without_questions_says_what_is_not_asked(evaluator, three):
    page = Page(evaluator.get(GUIDE))
    power, policies = (page.with_id(f"h-{name}").parent.parent.parent for name in ("power", "policies"))
    assert "Nothing is asked yet about: activities to date" in power.words
    assert "No question yet." in policies.words
    [link] = policies.all("a", href=f"{NEW}?condition=policies&area=gaps")
    assert Page(evaluator.get(link["href"])).sends()["condition"] == "policies"


# The explainer


@pytest.fixture
def started(evaluator, cast):
    """The evaluator's browser, with the starter guide."""
    evaluator.post(f"{GUIDE}start/")
    return evaluator


def test_the_explainer_has_the_six_conditions_in_everyday_words_with_what_will_be_asked(started):
    sheet = Page(started.get(EXPLAINER)).one("article")

    assert [name.words for name in sheet.all("h3")][:6] == [condition.label for condition in Condition]
    for condition, questions in STARTER_QUESTIONS.items():
        assert condition.in_everyday_words in sheet.words
        for _, prompt in questions:
            assert prompt in sheet.words


def test_the_explainer_says_what_happens_to_what_is_said_and_whom_to_ask(started, cast):
    said = Page(started.get(EXPLAINER)).words
    assert "Questions? Ask us" not in said, "nobody is recorded"
    for words in ("It is confidential.", "only if you agree", "You can withdraw"):
        assert words in said

    cast.evaluation.evaluators = "Jo Smith\nAda Okoro"
    cast.evaluation.save()

    assert "Questions? Ask us Jo Smith Ada Okoro" in Page(started.get(EXPLAINER)).one("article").words


@pytest.mark.parametrize(
    ("ends", "said"), [("2025-03-31", "ended on 31 March 2025"), ("2090-03-31", "ends on")]
)
def test_the_explainer_tells_when_the_programme_ends_or_ended(started, cast, ends, said):
    cast.evaluation.programme_ends = ends
    cast.evaluation.save()

    assert f"The programme {said}" in Page(started.get(EXPLAINER)).words


def test_the_text_for_a_mail_says_the_same_as_the_page(started, cast):
    cast.evaluation.programme_short, cast.evaluation.evaluators = "S & Co", "Jo Smith"
    cast.evaluation.save()

    text = Page(started.get(EXPLAINER)).with_id("mail").text

    assert "(S & Co)" in text, "escaped once"
    lines = text.splitlines()
    assert "POLICIES" in lines
    assert f"- {STARTER_QUESTIONS[Condition.POWER][1][1]}" in lines
    assert "Questions? Ask us: Jo Smith." in lines


def test_an_explainer_without_a_guide_says_so(evaluator):
    assert "The guide has no questions yet" in Page(evaluator.get(EXPLAINER)).words

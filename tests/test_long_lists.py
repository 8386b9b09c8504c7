"""Where there are more rows than a list can hold, people type the code, on every form that chooses one."""

import pytest

from evaluations.actions.people import record_look
from evaluations.models import Interview, Quotation

from . import builders
from .assertions import shows
from .base import signed_in

E = "/e/practice/"


@pytest.fixture(autouse=True)
def lists_of_one(monkeypatch):
    """Let two rows be too many for a list."""
    monkeypatch.setattr("evaluations.forms.codes.LONGEST_LIST", 1)


@pytest.fixture
def people(cast):
    """Two participants, and an interview with each: with two answers, and with one."""
    first, second = (builders.participant(cast.evaluation, code=code) for code in ("P01", "P02"))
    long = builders.interview(cast.evaluation, code="I01", participants=[first])
    short = builders.interview(cast.evaluation, code="I02", participants=[second])
    for condition in ("policies", "power"):
        builders.answer(long, condition=condition)
    builders.answer(short, condition="power")
    return first, second


@pytest.fixture
def write(cast, people):
    """Return a function that writes down a quotation and returns the answer; texts are what is typed."""
    finding, client = builders.finding(cast.evaluation.strand), signed_in(cast.evelyn)

    def send(speaker, answer):
        fields = {"text": "What was said", "speaker": speaker, "answer": answer, "source": ""}
        return client.post(f"{E}findings/{finding.pk}/quotations/new/", fields)

    return send


@pytest.mark.parametrize(
    ("speaker", "answer", "expected"),
    [
        ("P02", "I02", ("P02", "I02", "power")),
        ("p01", " i01 · POLICIES", ("P01", "I01", "policies")),
        ("P01", "I01 · Power dynamics", ("P01", "I01", "power")),
        ("P02", "", ("P02", None, None)),
    ],
)
def test_a_code_names_the_speaker_and_the_interview(write, speaker, answer, expected):
    assert write(speaker, answer).status_code == 302
    row = Quotation.objects.get()
    said = (str(row.answer.interview), row.answer.condition) if row.answer else (None, None)
    assert (str(row.speaker), *said) == expected


@pytest.mark.parametrize(
    ("speaker", "answer", "message"),
    [
        ("P99", "", "No participant here is called “P99”. Check the code."),
        ("P01", "I01", "“I01” has several. Write one of: “I01 · Policies”; “I01 · Power dynamics”."),
        ("P01", "I01 · Mental models", "No interview here is called “I01 · Mental models”. Check the code."),
        ("P01", "I02", "P01 did not take part in interview I02."),
    ],
)
def test_a_code_that_names_none_or_several_is_said(write, speaker, answer, message):
    response = write(speaker, answer)
    assert shows(response, message)
    assert not Quotation.objects.exists()


@pytest.mark.parametrize(("typed", "place"), [("I01 · Power dynamics", 0), ("I01 · Power dynamics · 2", 1)])
def test_answers_of_one_name_are_told_apart_by_a_number(write, people, typed, place):
    builders.answer(Interview.objects.get(code="I01"), condition="power", prompt="Who decides now?")
    assert write("P01", typed).status_code == 302
    answers = Interview.objects.get(code="I01").answers.filter(condition="power").order_by("pk")
    assert Quotation.objects.get().answer == answers[place]


def test_a_name_that_is_whole_wins_over_one_that_goes_on(cast, write, people):
    question = builders.question(cast.evaluation, condition="power", area="gaps")
    builders.answer(Interview.objects.get(code="I01"), condition="power", question=question)
    assert write("P01", "I01 · Power dynamics").status_code == 302
    assert Quotation.objects.get().answer.question is None


def test_who_said_it_and_where_is_shown_again_and_stays(cast, people):
    answer = Interview.objects.get(code="I01").answers.get(condition="power")
    said = builders.quotation(cast.evaluation, speaker=people[0], answer=answer, text=answer.text)
    client, address = signed_in(cast.evelyn), f"{E}quotations/{said.pk}/edit/"
    form = client.get(address).context["form"]
    assert (form["speaker"].value(), form["answer"].value()) == ("P01", "I01 · Power dynamics")
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    assert client.post(address, sent | {"text": "Other words"}).status_code == 302
    said.refresh_from_db()
    assert (said.text, said.speaker, said.answer) == ("Other words", people[0], answer)


def test_a_group_of_many_fits(cast):
    many = [builders.participant(cast.evaluation, code=f"P{number}") for number in range(1001, 1051)]
    builders.interview(cast.evaluation, code="I01", participants=many, setting="group")
    client, address = signed_in(cast.evelyn), f"{E}interviews/I01/edit/"
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    assert client.post(address, sent | {"code": "I02"}).status_code == 302
    assert Interview.objects.get(code="I02").participants.count() == len(many)


def test_codes_of_another_evaluation_name_nobody(write):
    builders.participant(builders.evaluation(), code="P77")
    assert shows(write("P77", ""), "No participant here is called “P77”.")


def test_who_took_part_is_typed_and_shown_again(cast, people):
    client = signed_in(cast.evelyn)
    fields = {"code": "I09", "setting": "group", "status": "planned", "participants": "P02, p01,P02"}
    assert client.post(f"{E}interviews/new/", fields).status_code == 302
    interview = Interview.objects.get(code="I09")
    assert [str(person) for person in interview.participants.all()] == ["P01", "P02"]
    assert 'value="P01, P02"' in client.get(f"{E}interviews/I09/edit/").content.decode()


def test_the_queue_is_narrowed_by_a_code_that_is_typed(cast, people):
    for person, words in zip(people, ("First words", "Second words"), strict=True):
        builders.quotation(cast.evaluation, speaker=person, text=words)
    response = signed_in(cast.evelyn).get(f"{E}consent/?show=approve&participant=p02")
    assert shows(response, "Second words")
    assert not shows(response, "First words")


def test_the_record_of_access_is_narrowed_by_a_code_that_is_typed(cast, people):
    for person in people:
        record_look(participant=person, by=cast.evelyn)
    client, record = signed_in(cast.evelyn), f"{E}set-up/record/"
    narrowed = client.get(f"{record}?participant=p02")
    assert [event.about for event in narrowed.context["events"]] == ["participant P02"]
    unknown = client.get(f"{record}?participant=P99")
    assert shows(unknown, "No participant here is called “P99”. Check the code.")
    assert not unknown.context["events"]

"""Two people edit the same thing: the second gets both versions to choose from, and nothing typed is lost."""

from dataclasses import dataclass

import pytest

from evaluations.models import (
    Answer,
    AnswerVersion,
    ConflictingEdit,
    DueDateChange,
    Owner,
    QuotationVersion,
)

from . import builders
from .assertions import refused, shows
from .base import person, signed_in
from .pages import Page, fill_in

E = "/e/practice/"


@dataclass
class Case:
    """One form on which two people meet, and what the first (theirs) and the second (mine) write."""

    row: object
    page: str
    theirs: dict
    mine: dict
    action: str = ""
    role: str = "evaluator"
    text: str = ""

    @property
    def address(self):
        """Where the form is sent."""
        return self.action or self.page

    def now(self):
        """Return the fields that somebody changed, as they are now."""
        self.row.refresh_from_db()
        return {name: getattr(self.row, name) for name in self.mine}


def finding(evaluation):
    row = builders.finding(evaluation.strand, text="As it was")
    return Case(
        row, f"{E}findings/{row.pk}/edit/", {"text": "Theirs", "scope": "area"}, {"text": "Mine"}, text="text"
    )


def interview(evaluation):
    row = builders.interview(evaluation, code="I01")
    return Case(row, f"{E}interviews/I01/edit/", {"mode": "phone"}, {"mode": "video"})


def recommendation(evaluation):
    row = builders.recommendation(evaluation.strand, ref="R1", text="As it was")
    return Case(
        row,
        f"{E}recommendations/R1/edit/",
        {"text": "Theirs", "title": "Their title"},
        {"text": "Mine", "title": "My title"},
        text="text",
    )


def response(evaluation):
    row = builders.recommendation(evaluation.strand, ref="R1")
    page = f"{E}recommendations/R1/"
    return Case(
        row,
        page,
        {"response": "accepted", "response_reason": "Theirs"},
        {"response": "not_accepted", "response_reason": "Mine"},
        action=f"{page}respond/",
        role="lead",
        text="response_reason",
    )


def tracking(evaluation):
    row = builders.recommendation(evaluation.strand, ref="R1")
    page = f"{E}recommendations/R1/"
    return Case(
        row,
        page,
        {"status": "in_progress", "taken_on_by": "The ICB"},
        {"status": "completed", "taken_on_by": "The council"},
        action=f"{page}track/",
        role="lead",
    )


def strand(evaluation):
    return Case(
        evaluation.strand,
        f"{E}set-up/strands/coproduction/",
        {"strategic_response": "Theirs"},
        {"strategic_response": "Mine"},
        text="strategic_response",
    )


def facts(evaluation):
    return Case(evaluation, f"{E}set-up/evaluation/", {"method": "Theirs"}, {"method": "Mine"}, text="method")


def quotation(evaluation):
    row = builders.quotation(evaluation, text="As it was")
    return Case(row, f"{E}quotations/{row.pk}/edit/", {"text": "Theirs"}, {"text": "Mine"}, text="text")


def participant(evaluation):
    row = builders.participant(evaluation, code="P01", consent="not_recorded")
    return Case(row, f"{E}participants/P01/edit/", {"consent": "yes"}, {"consent": "no"})


CASES = [finding, interview, recommendation, response, tracking, strand, facts, quotation, participant]
WITH_TEXT = [finding, recommendation, response, strand, facts, quotation]


@pytest.fixture
def case(request, cast):
    """The case that a test names."""
    return request.param(cast.evaluation)


@pytest.fixture
def two(cast):
    """Return ``two(role)``: the first and the second of two people with one role, as browsers."""

    def browsers(role):
        first = {"evaluator": cast.evelyn, "lead": cast.leigh}[role]
        second = person("nora")
        builders.member(cast.evaluation, second, role)
        return signed_in(first), signed_in(second)

    return browsers


def meet(case, two):
    """Let the second person open the form before the first saves it, and send it after; return the answer.

    Returns the second person's browser and the answer.
    """
    first, second = two(case.role)
    opened = Page(second.get(case.page)).sends(case.address)
    assert fill_in(first, case.page, case.theirs, action=case.address).status_code == 302
    return second, second.post(case.address, opened | case.mine)


def choose(browser, answer, keep):
    """Press one of the buttons on the page with both versions; return the answer."""
    page = Page(answer)
    assert keep in [button.get("value") for button in page.one("main").all("button", name="keep")]
    return browser.post(page.address, page.sends() | {"keep": keep})


def versions(page):
    """Return ``{label: (theirs, mine)}`` of the page with both versions."""
    found = {}
    box = page.one("div", class_="conflict")
    labels = [label.words for label in box.all("p", class_="versions-field")]
    for label, pair in zip(labels, box.all("div", class_="versions"), strict=True):
        theirs, mine = pair.all("div")
        found[label] = (
            theirs.words.removeprefix("Theirs, saved "),
            mine.words.removeprefix("Yours, kept "),
        )
    return found


def by(make):
    """Name a case in the list of tests."""
    return make.__name__


@pytest.mark.parametrize("case", CASES, indirect=True, ids=by)
def test_the_second_person_gets_both_versions(case, two):
    _, answer = meet(case, two)

    assert answer.status_code == 409
    pairs = versions(Page(answer))
    words = [tuple(str(value) for value in pair) for pair in pairs.values()]
    for name in case.mine.keys() & case.theirs.keys():
        shown = (label_of(case.row, name, case.theirs[name]), label_of(case.row, name, case.mine[name]))
        assert shown in words, f"{name}: {pairs}"


def label_of(row, name, value):
    """Return a value as people read it."""
    return dict(row._meta.get_field(name).flatchoices).get(value, value)


@pytest.mark.parametrize("case", CASES, indirect=True, ids=by)
def test_the_first_persons_save_stands(case, two):
    meet(case, two)

    case.row.refresh_from_db()
    assert {name: getattr(case.row, name) for name in case.theirs} == case.theirs
    assert case.row.version == 2


@pytest.mark.parametrize("case", CASES, indirect=True, ids=by)
def test_what_the_second_person_sent_is_kept_at_once(case, two, cast):
    meet(case, two)

    if isinstance(case.row, builders.Quotation):
        kept = QuotationVersion.objects.get(set_aside=True)
        assert (kept.quotation, kept.number, kept.text) == (case.row, 1, "Mine")
        assert not ConflictingEdit.objects.exists(), "these words are tied to their speaker"
    else:
        kept = ConflictingEdit.objects.get()
        assert (kept.record_type, kept.record_id) == (case.row._meta.model_name, case.row.pk)
        assert kept.evaluation == cast.evaluation
        assert kept.based_on == 1
        assert {name: kept.fields[name] for name in case.mine} == case.mine
    assert kept.by.username == "nora"


@pytest.mark.parametrize("case", CASES, indirect=True, ids=by)
def test_keeping_mine_saves_it_on_top_of_theirs(case, two):
    browser, answer = meet(case, two)

    assert choose(browser, answer, "mine").status_code == 302

    assert case.now() == case.mine
    assert case.row.version == 3


@pytest.mark.parametrize("case", WITH_TEXT, indirect=True, ids=by)
def test_keeping_both_joins_the_texts_theirs_first_and_takes_my_choices(case, two):
    browser, answer = meet(case, two)

    assert choose(browser, answer, "both").status_code == 302

    assert case.now() == case.mine | {case.text: "Theirs\n\nMine"}


@pytest.mark.parametrize("case", [interview, tracking, participant], indirect=True, ids=by)
def test_without_texts_there_is_nothing_to_join(case, two):
    _, answer = meet(case, two)

    buttons = Page(answer).one("main").all("button", name="keep")
    assert [button["value"] for button in buttons] == ["mine"]


@pytest.mark.parametrize("case", CASES, indirect=True, ids=by)
def test_keeping_theirs_leads_back_and_changes_nothing(case, two):
    browser, answer = meet(case, two)

    (back,) = Page(answer).links("Keep theirs")
    assert browser.get(back).status_code == 200

    case.row.refresh_from_db()
    assert case.row.version == 2
    assert ConflictingEdit.objects.exists() or QuotationVersion.objects.filter(set_aside=True).exists()


@pytest.mark.parametrize(
    "case",
    [finding, recommendation, response, tracking, strand, facts, interview, quotation],
    indirect=True,
    ids=by,
)
def test_what_was_set_aside_can_be_read_afterwards(case, two):
    browser, _ = meet(case, two)
    has_no_page = isinstance(case.row, builders.Quotation | builders.Interview)
    page = case.page if has_no_page else case.page.removesuffix("edit/")

    said = Page(browser.get(page)).words

    for name, value in case.mine.items():
        assert label_of(case.row, name, value) in said.partition("Set aside")[2], name


@pytest.mark.parametrize("case", CASES, indirect=True, ids=by)
def test_sending_the_same_twice_is_no_conflict(case, two):
    first, _ = two(case.role)
    sent = Page(first.get(case.page)).sends(case.address) | case.mine

    answers = [first.post(case.address, sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert case.now() == case.mine
    assert case.row.version == 2
    assert not ConflictingEdit.objects.exists()
    assert not QuotationVersion.objects.filter(set_aside=True).exists()


@pytest.mark.parametrize("case", CASES, indirect=True, ids=by)
def test_two_people_who_write_the_same_do_not_disagree(case, two):
    case.mine = dict(case.theirs)

    _, answer = meet(case, two)

    assert answer.status_code == 302
    case.row.refresh_from_db()
    assert case.row.version == 2


@pytest.mark.parametrize("case", CASES, indirect=True, ids=by)
def test_a_third_save_meanwhile_is_a_conflict_again(case, two, cast):
    browser, answer = meet(case, two)
    others = {"mode": "in_person", "consent": "ask_first", "taken_on_by": "A third"}
    third = {case.text: "A third"} if case.text else {k: v for k, v in others.items() if k in case.mine}
    again = signed_in({"evaluator": cast.evelyn, "lead": cast.leigh}[case.role])
    assert fill_in(again, case.page, third, action=case.address).status_code == 302

    second = choose(browser, answer, "mine")

    assert second.status_code == 409
    assert choose(browser, second, "mine").status_code == 302
    assert case.now() == case.mine
    assert case.row.version == 4


@pytest.mark.parametrize("case", CASES, indirect=True, ids=by)
def test_a_version_that_was_never_shown_is_never_current(case, two):
    first, _ = two(case.role)
    sent = Page(first.get(case.page)).sends(case.address) | case.mine

    for version in ("", "0", "-1", "2.5", "one", "9" * 30, "9" * 5000, "٣"):
        assert first.post(case.address, sent | {"version": version}).status_code == 409, version

    case.row.refresh_from_db()
    assert case.row.version == 1


# What is particular to one form


def test_keeping_both_never_drops_a_text(cast, two):
    first, second = two("evaluator")
    for theirs, mine, both in (
        ("A longer note", "", "A longer note"),
        ("", "Only mine", "Only mine"),
        ("Parents have a vote now.\nAll of them.", "All of them.", "Parents have a vote now.\nAll of them."),
        ("a vote", "Once\n\na vote", "Once\n\na vote"),
        ("They said nothing.", "no", "They said nothing.\n\nno"),
        ("no", "They said nothing.", "no\n\nThey said nothing."),
        ("one", "two", "one\n\ntwo"),
    ):
        row = builders.finding(cast.evaluation.strand, note="as it was")
        address = f"{E}findings/{row.pk}/edit/"
        opened = Page(second.get(address)).sends()
        fill_in(first, address, {"note": theirs})
        answer = second.post(address, opened | {"note": mine, "scope": "area"})

        assert choose(second, answer, "both").status_code == 302

        row.refresh_from_db()
        assert (row.note, row.scope) == (both, "area")


def test_everything_else_that_was_typed_is_carried_along(cast, two):
    first, second = two("evaluator")
    people = [builders.participant(cast.evaluation) for _ in range(3)]
    other = builders.strand(cast.evaluation)
    row = builders.interview(cast.evaluation, code="I01")
    address = f"{E}interviews/I01/edit/"
    opened = Page(second.get(address)).sends()
    fill_in(first, address, {"participants": [people[0].pk]})
    mine = {
        "participants": [people[1].pk, people[2].pk],
        "setting": "group",
        "strands": [other.pk],
        "date": "1 May 2024",
    }

    answer = second.post(address, opened | mine)

    codes = f"{people[1].code}, {people[2].code}"
    assert versions(Page(answer))["Who took part"] == (people[0].code, codes)
    kept = ConflictingEdit.objects.get().fields
    assert kept["participants"] == [people[1].pk, people[2].pk]
    assert kept["date"] == "2024-05-01"
    assert choose(second, answer, "mine").status_code == 302
    row.refresh_from_db()
    assert set(row.participants.all()) == {people[1], people[2]}
    assert (row.setting, list(row.strands.all())) == ("group", [other])


def test_the_page_with_both_versions_says_once_whose_it_is(cast, two):
    first, second = two("evaluator")
    finding = builders.finding(cast.evaluation.strand)
    address = f"{E}findings/{finding.pk}/edit/"
    page = Page(second.get(address))
    sender = page.one("main").all("input", name="sender")[0]["value"]
    fill_in(first, address, {"text": "Theirs."})
    answer = Page(second.post(address, page.sends() | {"text": "Mine.", "sender": sender}))
    for form in answer.one("main").all("form", method="post"):
        assert len(form.all("input", name="sender")) == 1


def test_hostile_words_are_escaped_in_both_versions(cast, two):
    hostile = '"><script>alert(1)</script>'
    case = finding(cast.evaluation)
    case.theirs, case.mine = {"text": f"{hostile} theirs"}, {"text": f"{hostile} mine"}

    browser, answer = meet(case, two)

    assert shows(answer, f"{hostile} theirs")
    assert "<script>alert" not in answer.content.decode()
    choose(browser, answer, "mine")
    assert case.now() == case.mine


def test_a_new_owner_is_set_beside_the_one_whom_the_other_lead_chose(cast, two):
    case = tracking(cast.evaluation)
    case.theirs = {"owner": "new", "new_owner": "Family hubs"}
    case.mine = {"owner": "new", "new_owner": "The council"}

    browser, answer = meet(case, two)

    assert versions(Page(answer))["Owner"] == ("Family hubs", "The council")
    assert choose(browser, answer, "mine").status_code == 302
    case.row.refresh_from_db()
    assert case.row.owner.name == "The council"
    assert Owner.objects.count() == 2


def test_a_date_that_another_lead_moved_is_a_conflict_and_only_then_a_question_of_reasons(cast, two):
    first, second = two("lead")
    row = builders.recommendation(cast.evaluation.strand, ref="R1")
    page, track = f"{E}recommendations/R1/", f"{E}recommendations/R1/track/"
    fill_in(first, page, {"due": "31 March 2025", "past_due": "on"}, action=track)
    opened = Page(second.get(page)).sends(track)
    fill_in(first, page, {"due": "30 June 2025", "due_reason": "Staff left"}, action=track)

    answer = second.post(track, opened | {"status": "completed"})

    assert answer.status_code == 409
    assert versions(Page(answer))["Due date"] == ("30 June 2025", "31 March 2025")
    asked = choose(second, answer, "mine")
    page_again = refused(asked, "track-due_reason", "Say why the date changes.")
    sent = page_again.sends(track)
    assert (sent["status"], sent["due"]) == ("completed", "31 March 2025")
    assert second.post(track, sent | {"due_reason": "It was right"}).status_code == 302
    row.refresh_from_db()
    assert (row.status, str(row.due)) == ("completed", "2025-03-31")
    assert DueDateChange.objects.count() == 2


# Answers: each stands for itself


@pytest.fixture
def answers(cast):
    """The address at which the answers of an interview are written down."""
    builders.interview(cast.evaluation, code="I01")
    return f"{E}interviews/I01/?condition=power"


def meet_in_answers(two, answers, theirs, mine):
    """As ``meet``, for answers; returns the second browser and the answer to it."""
    first, second = two("evaluator")
    opened = Page(second.get(answers)).sends()
    assert fill_in(first, answers, theirs).status_code == 302
    return second, second.post(answers, opened | mine)


def texts():
    """Return ``{condition: text}`` of the answers there are."""
    return dict(Answer.objects.values_list("condition", "text"))


def test_emptying_an_answer_that_was_changed_meanwhile_is_a_conflict(two, answers, cast):
    fill_in(signed_in(cast.evelyn), answers, {"answer-power-free": "As it was"})

    _, answer = meet_in_answers(two, answers, {"answer-power-free": "Corrected"}, {"answer-power-free": ""})

    assert answer.status_code == 409
    assert texts() == {"power": "Corrected"}


def test_sending_the_same_answers_twice_is_no_conflict(cast, answers):
    browser = signed_in(cast.evelyn)
    sent = Page(browser.get(answers)).sends() | {"answer-power-free": "Mine"}

    assert [browser.post(answers, sent).status_code for _ in range(2)] == [302, 302]

    assert Answer.objects.get().version == 1
    assert AnswerVersion.objects.count() == 1


@pytest.mark.parametrize("version", ["", "-1", "one", "9" * 30, "9" * 5000])
def test_a_version_of_an_answer_that_was_never_shown_is_never_current(cast, answers, version):
    browser = signed_in(cast.evelyn)
    fill_in(browser, answers, {"answer-power-free": "Saved"})
    sent = Page(browser.get(answers)).sends()

    tampered = {"answer-power-free": "Mine", "version-answer-power-free": version}
    assert browser.post(answers, sent | tampered).status_code == 409

    assert texts() == {"power": "Saved"}


# The code in the address changed meanwhile


RENAMED = {
    "recommendations/R1": {"ref": "R5"},
    "interviews/I01": {"code": "I05"},
    "participants/P01": {"code": "P05"},
}


@pytest.mark.parametrize(
    ("case", "code"),
    zip([recommendation, interview, participant], RENAMED.values(), strict=True),
    indirect=["case"],
    ids=list(RENAMED),
)
def test_a_form_that_was_open_while_the_code_changed_still_finds_its_row(case, code, two):
    case.theirs = code

    browser, answer = meet(case, two)

    assert answer.status_code == 409
    assert ConflictingEdit.objects.get().record_id == case.row.pk
    assert choose(browser, answer, "mine").status_code == 302
    assert case.now() == case.mine


def test_a_form_never_lands_on_another_row_that_took_its_code(two, cast):
    case = recommendation(cast.evaluation)
    case.theirs = {"ref": "R5"}
    browser, _ = two("evaluator")
    opened = Page(browser.get(case.page)).sends()
    fill_in(browser, case.page, {"ref": "R5"})
    other = builders.recommendation(cast.evaluation.strand, ref="R1", title="Another")

    assert browser.post(case.page, opened | case.mine).status_code == 409

    other.refresh_from_db()
    assert (other.title, other.version) == ("Another", 1)


@pytest.mark.parametrize(
    ("what", "sent"),
    [
        ("respond", {"response": "accepted"}),
        ("track", {"status": "in_progress"}),
        ("updates/new", {"note": "We met."}),
        ("barriers/link", {"finding": "barrier"}),
    ],
)
def test_the_leads_forms_find_a_recommendation_that_was_renamed_meanwhile(two, cast, what, sent):
    row = builders.recommendation(cast.evaluation.strand, ref="R1")
    barrier = builders.finding(cast.evaluation.strand)
    lead, _ = two("lead")
    page, action = f"{E}recommendations/R1/", f"{E}recommendations/R1/{what}/"
    opened = Page(lead.get(page)).sends(action)
    type(row).objects.filter(pk=row.pk).update(ref="R5")

    sent = {name: barrier.pk if value == "barrier" else value for name, value in sent.items()}
    answer = lead.post(action, opened | sent)

    assert answer.url == f"{E}recommendations/R5/"


@pytest.mark.parametrize("number", ["", "0x1", "-1", "9" * 30, "٣", "one"])
def test_a_number_of_a_row_that_is_none_leaves_the_address_to_decide(two, cast, number):
    case = recommendation(cast.evaluation)
    browser, _ = two("evaluator")

    assert fill_in(browser, case.page, case.mine | {"row": number}).status_code == 302

    assert case.now() == case.mine


def test_a_number_of_another_evaluations_row_finds_nothing(two, cast):
    case = recommendation(cast.evaluation)
    other = builders.recommendation(builders.strand(builders.evaluation()))
    browser, _ = two("evaluator")

    assert fill_in(browser, case.page, case.mine | {"row": other.pk}).status_code == 404

"""The practice evaluation: complete, true to its rules, labelled as made up everywhere, apart from 2023."""

import json
import re
from datetime import date

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.access import Audience, Waits, quotations_for, waiting_quotations_for
from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.practice import (
    DATA,
    FIRST_ROUND,
    FIRST_ROUND_DATA,
    KEPT,
    SLUG,
    join_practice,
    load_practice,
)
from evaluations.actions.practice_rows import place_of
from evaluations.actions.setup import invite
from evaluations.checks import no_demo_accounts
from evaluations.conditions import CodeKind, Condition, Kind
from evaluations.models import (
    Ambition,
    AmbitionKind,
    Answer,
    AuditEvent,
    BlindCode,
    CellSummary,
    CodingRound,
    CodingUnit,
    Consent,
    Evaluation,
    Finding,
    FindingOutcome,
    FindingStatus,
    GuideQuestion,
    Interview,
    InterviewCondition,
    InterviewStatus,
    Lasting,
    Membership,
    Outcome,
    Owner,
    Participant,
    ParticipantIdentity,
    Passage,
    Quotation,
    Recommendation,
    Response,
    Role,
    Settlement,
    Status,
    Strand,
)
from evaluations.queries.summaries import basis_of, shown_summaries
from evaluations.signin import SECOND_CODER
from tests import builders
from tests.base import as_member, person, signed_in
from tests.pages import Page
from tests.routes import all_routes
from tests.test_access_walk import decisions

LABEL = "Made-up practice evaluation."
STAMP = "Made up for practice"


class Practice:
    """The practice evaluation with the three who open it."""

    def __init__(self):
        self.people = {role: person(f"one-{role}") for role in Role}
        self.evaluation, self.was_made = load_practice(by=self.people[Role.EVALUATOR], basis_of=basis_of)
        self.first_round = Evaluation.objects.get(slug=FIRST_ROUND)
        for role in (Role.REVIEWER, Role.LEAD):
            join_practice(evaluation=self.evaluation, user=self.people[role], role=role)
        self.evaluator = self.people[Role.EVALUATOR]

    def rows(self, model):
        """Return the rows of a model in it."""
        return model.objects.filter(evaluation=self.evaluation)


@pytest.fixture
def practice(db):
    """The practice evaluation, in a database without any other."""
    return Practice()


def everything(evaluation):
    """Return every row of an evaluation, of every model, but for who may open it."""
    models = [
        model for model in apps.get_app_config("evaluations").get_models() if hasattr(model, "evaluation")
    ]
    return {
        model._meta.label: sorted(map(str, model._base_manager.filter(evaluation=evaluation).values_list()))
        for model in models
        if model not in KEPT
    }


def numbers(evaluation):
    """Return how many rows of each model an evaluation has."""
    return {label: len(rows) for label, rows in everything(evaluation).items()}


# --- What is in it ----------------------------------------------------------------------------------------


def test_it_is_made_up_and_says_so(practice):
    assert practice.was_made
    assert practice.evaluation.slug == SLUG
    assert practice.evaluation.is_made_up
    assert practice.evaluation.title == "Practice evaluation (made up)"
    assert practice.evaluation.programme.endswith("(made up)")


def test_every_passage_reads_exactly_its_words(practice):
    quotations = practice.rows(Quotation).select_related("answer")
    assert quotations.count() > 60
    for row in quotations:
        assert row.passage == Passage.IN_PLACE
        assert row.answer.text[row.start : row.end] == row.text
    for code in practice.rows(BlindCode).select_related("answer"):
        assert code.answer.text[code.start : code.end].strip()


def test_words_that_do_not_stand_exactly_once_stop_the_load():
    assert place_of("two", "one two three") == (4, 7)
    for text in ("one three", "two and two"):
        with pytest.raises(ValueError, match="times in their answer: two"):
            place_of("two", text)


def test_every_state_that_people_will_meet_is_there(practice):
    rows = practice.rows
    for model, field, choices in (
        (Interview, "status", InterviewStatus.values),
        (InterviewCondition, "state", ["asked", "nothing_said", "not_asked", "not_recorded"]),
        (Participant, "consent", Consent.values),
        (Participant, "attribution", ["none", "sector", "organisation", "named"]),
        (Quotation, "kind", list(CodeKind)),
        (Quotation, "condition", list(Condition)),
        (Finding, "kind", list(Kind)),
        (Finding, "condition", list(Condition)),
        (Finding, "status", FindingStatus.values),
        (Finding, "lasting", Lasting.values),
        (Ambition, "kind", AmbitionKind.values),
        (Recommendation, "source", ["committed", "added"]),
        (Recommendation, "response", Response.values),
        (Recommendation, "status", ["not_started", "in_progress", "on_hold", "completed"]),
        (GuideQuestion, "condition", list(Condition)),
    ):
        assert set(rows(model).order_by().values_list(field, flat=True)) == set(choices), (model, field)
    assert rows(Strand).count() == 3
    assert rows(GuideQuestion).count() == 18
    assert rows(Interview).count() == 13
    assert rows(Interview).filter(setting="group").count() == 1
    assert rows(Owner).filter(user__isnull=True).exists()
    assert {status.value for status in Status} > {"completed"}


def test_answers_are_as_long_as_what_people_say(practice):
    lengths = [len(text.split()) for text in practice.rows(Answer).values_list("text", flat=True)]
    assert len(lengths) > 50
    assert min(lengths) > 35
    assert max(lengths) < 190


def test_quotations_are_evidence_wait_or_lie_apart(practice):
    rows = practice.rows(Quotation)
    assert rows.filter(findings__isnull=True).exclude(kind=CodeKind.SUGGESTION).exists(), "decide later"
    suggestions = rows.filter(kind=CodeKind.SUGGESTION)
    assert suggestions.exists()
    assert not suggestions.filter(recommendations__isnull=True).exists()
    overlapping = [
        (one.pk, two.pk)
        for one in rows
        for two in rows
        if one.answer_id == two.answer_id and one.pk < two.pk and one.start < two.end and two.start < one.end
    ]
    assert overlapping
    member = as_member(practice.evaluator, practice.evaluation)
    assert quotations_for(member, Audience.READERS).exists()
    assert set(waiting_quotations_for(member).values_list("waits", flat=True)) == set(Waits)


def test_a_ready_finding_rests_on_something_and_only_on_its_own_kind(practice):
    for finding in practice.rows(Finding).prefetch_related("quotations"):
        assert {row.kind for row in finding.quotations.all()} == {finding.kind}, finding.text


def test_of_who_withdrew_only_the_code_and_the_days_are_there(practice):
    gone = practice.rows(Participant).get(withdrawn_on__isnull=False)
    assert (gone.consent, gone.attribution, gone.sector, gone.organisation) == ("no", "none", "other", "")
    assert not ParticipantIdentity.objects.filter(participant=gone).exists()
    interview = gone.interviews.get()
    assert interview.emptied_on
    assert not interview.answers.exists()
    assert not Quotation.objects.filter(speaker=gone).exists()


def test_identities_are_of_nobody(practice):
    for row in practice.rows(ParticipantIdentity):
        assert re.fullmatch(r"Madeup(\d\d) Nobody\1", row.name)
        assert row.contact.endswith("@example.org")


def test_one_summary_is_still_true_and_findings_changed_under_the_other(practice):
    ready = practice.rows(Finding).filter(status=FindingStatus.READY)
    shown = shown_summaries(practice.rows(CellSummary), ready)
    assert sorted(row.changed for row in shown) == [False, True]


def test_a_second_coding_is_closed_with_disagreements_and_another_is_open(practice):
    closed = practice.rows(CodingRound).get(closed_at__isnull=False)
    assert closed.opened_at < closed.closed_at
    apart = [unit for unit in practice.rows(CodingUnit).filter(round=closed) if unit.first != unit.second]
    assert {unit.settled for unit in apart} == {*Settlement.values, ""}
    waiting = practice.rows(CodingRound).get(closed_at__isnull=True)
    assert waiting.second == practice.evaluator, "the one who practises is to code it blind"
    assert waiting.interview.answers.exists()


def test_the_dates_are_fixed_and_the_programme_goes_on(practice):
    as_of = date.fromisoformat(json.loads(DATA.read_text(encoding="utf-8"))["as_of"])
    assert practice.evaluation.programme_ends == date(2028, 3, 31)
    held = practice.rows(Interview).exclude(date__isnull=True)
    assert all(interview.date <= as_of for interview in held)
    assert all(q.approved_on <= as_of for q in practice.rows(Quotation).exclude(approved_on=None))


def test_it_follows_a_first_round_with_every_outcome_and_some_left_to_decide(practice):
    assert practice.evaluation.follows == practice.first_round
    outcomes = practice.rows(FindingOutcome)
    assert set(outcomes.values_list("outcome", flat=True)) == set(Outcome)
    earlier = Finding.objects.filter(evaluation=practice.first_round, status=FindingStatus.READY)
    assert earlier.exclude(pk__in=outcomes.values("earlier")).count() == 3
    met = outcomes.exclude(later=None).values("later")
    for strand in practice.rows(Strand):
        assert strand.findings.filter(status=FindingStatus.READY).exclude(pk__in=met).exists(), "new"
        page = Page(
            signed_in(practice.people[Role.REVIEWER]).get(
                f"/e/{SLUG}/compare/?strands={strand.slug},{strand.slug}@{FIRST_ROUND}"
            )
        )
        assert f"What moved in {strand.name}" in page.words


@pytest.mark.parametrize("role", Role)
def test_every_page_of_its_first_round_says_that_it_is_made_up(practice, role):
    client, here = signed_in(practice.people[role]), f"/e/{FIRST_ROUND}/"
    finding = Finding.objects.filter(evaluation=practice.first_round).first()
    pages = (
        "",
        "about/",
        f"matrix/{finding.strand.slug}/",
        "compare/",
        "lasting/",
        f"findings/{finding.pk}/",
    )
    for address in pages:
        assert LABEL in Page(client.get(here + address)).words, address


def test_nothing_in_it_is_of_2023():
    data = "".join(file.read_text(encoding="utf-8") for file in (DATA, FIRST_ROUND_DATA)).casefold()
    for word in ("ssbc", "nottingham", "small steps", "father inclusivity", "coproduction", "icb"):
        assert word not in data


# --- Loading ----------------------------------------------------------------------------------------------


def test_loading_again_changes_nothing_that_people_did(practice):
    finding = practice.rows(Finding).first()
    Finding.objects.filter(pk=finding.pk).update(text="Written while practising.")
    before = everything(practice.evaluation)
    _, is_made = load_practice(by=practice.evaluator, basis_of=basis_of)
    assert not is_made
    assert everything(practice.evaluation) == before


def test_replacing_makes_it_afresh_and_keeps_its_members(practice):
    before, members = numbers(practice.evaluation), practice.rows(Membership).count()
    first_round = numbers(practice.first_round)
    events = practice.rows(AuditEvent).count()
    finding = practice.rows(Finding).first()
    finding.text = "Written while practising."
    finding.save()
    practice.rows(Quotation).first().delete()
    call_command("load_practice", "--evaluator", practice.evaluator.username, "--replace", verbosity=0)
    assert not practice.rows(Finding).filter(text="Written while practising.").exists()
    assert numbers(Evaluation.objects.get(slug=SLUG)) == before
    assert numbers(Evaluation.objects.get(slug=FIRST_ROUND)) == first_round
    assert practice.rows(Membership).count() == members
    assert Membership.objects.filter(evaluation=practice.first_round).count() == members
    assert practice.rows(AuditEvent).count() > events


def test_another_evaluation_stays_as_it_is(legacy):
    before = everything(legacy)
    Practice()
    load_practice(by=person("jo"), basis_of=basis_of, replace=True)
    assert everything(legacy) == before


def test_a_real_evaluation_at_its_address_is_never_touched(cast):
    assert cast.evaluation.slug == SLUG
    before = everything(cast.evaluation)
    for more in ([], ["--replace"]):
        with pytest.raises(CommandError, match="is not made up"):
            call_command("load_practice", "--evaluator", "evelyn", *more)
    assert everything(cast.evaluation) == before
    assert not Evaluation.objects.filter(is_made_up=True).exists()


def test_a_real_evaluation_where_its_first_round_would_be_stops_the_load(db):
    real = builders.evaluation(slug=FIRST_ROUND)
    with pytest.raises(CommandError, match=f"/e/{FIRST_ROUND}/ is not made up"):
        call_command("load_practice", "--evaluator", person("jo").username)
    assert list(Evaluation.objects.all()) == [real]
    assert not real.followed_by.exists()


def test_the_command_says_where_it_is_and_lets_another_evaluator_in(practice, capsys):
    call_command("load_practice", "--evaluator", person("jo").username)
    assert "It is there already, at /e/practice/" in capsys.readouterr().out
    assert practice.rows(Membership).get(user__username="jo").role == Role.EVALUATOR
    with pytest.raises(CommandError, match="No account is called nobody"):
        call_command("load_practice", "--evaluator", "nobody")


def test_a_superuser_cannot_be_its_evaluator(db):
    with pytest.raises(CommandError, match="administers accounts"):
        call_command("load_practice", "--evaluator", person("root", is_superuser=True).username)
    assert not Evaluation.objects.exists()


def test_nobody_signs_in_as_the_made_up_coder(practice, django_user_model):
    coder = django_user_model.objects.get(username=SECOND_CODER)
    assert not coder.is_active
    assert not coder.has_usable_password()
    assert no_demo_accounts(None) == []
    coder.set_password("a long pass phrase")
    coder.is_active = True
    coder.save()
    assert authenticate(username=SECOND_CODER, password="a long pass phrase") is None
    with pytest.raises(NotAllowedNow, match="Make it inactive"):
        load_practice(by=practice.evaluator, basis_of=basis_of, replace=True)


def test_it_is_loaded_with_few_queries(db):
    user = person("jo")
    with CaptureQueriesContext(connection) as queries:
        load_practice(by=user, basis_of=basis_of)
    assert len(queries) < 600


# --- Every page -------------------------------------------------------------------------------------------


def values(practice):
    """Return an argument for every address, by what stands before it: of objects that belong together."""
    rows = practice.rows
    quotation = rows(Quotation).filter(findings__isnull=False, answer__interview__code="I08").first()
    addressed = rows(Recommendation).filter(barriers__isnull=False).first()
    summary = rows(CellSummary).first()
    waiting = rows(CodingRound).get(closed_at__isnull=True)
    return {
        "e": SLUG,
        "interviews": "I08",
        "answers": quotation.answer_id,
        "participants": "P08",
        "words": "P08",
        "findings": quotation.findings.first().pk,
        "quotations": quotation.pk,
        "matrix": summary.strand.slug,
        "kind": summary.kind,
        "condition": summary.condition,
        "strands": summary.strand.slug,
        "recommendations": addressed.ref,
        "barriers": addressed.barriers.first().pk,
        "guide": rows(GuideQuestion).first().pk,
        "members": rows(Membership).get(role=Role.LEAD).pk,
        "second-codings": waiting.pk,
        "texts": waiting.interview.answers.first().pk,
        "agreement": rows(CodingRound).get(closed_at__isnull=False).pk,
    }


def opened(practice, role):
    """Return ``{name of a route: answer}`` to asking for every address of the evaluation.

    Left out are those of what begins only with work: files that are brought in, steps that can be undone.
    """
    client, filled = signed_in(practice.people[role]), values(practice)
    client.raise_request_exception = False
    routes = [
        route for route in all_routes() if route.places[:1] == ["e"] and set(route.places) <= set(filled)
    ]
    assert len(routes) > 60
    return {route.name: client.get(route.address(filled)) for route in routes}


def pages(answers):
    """Return those answers that are pages, with their names."""
    return {
        name: answer
        for name, answer in answers.items()
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    }


@pytest.mark.parametrize("role", Role)
def test_every_page_of_it_says_that_it_is_made_up(practice, role):
    found = pages(opened(practice, role))
    assert len(found) >= (30 if role == Role.EVALUATOR else 8)
    assert [name for name, answer in found.items() if LABEL not in Page(answer).words] == []


def test_every_address_of_it_answers_an_evaluator_but_those_of_the_lead(practice):
    answers = opened(practice, Role.EVALUATOR)
    leads = {name for name, (_, who) in decisions().items() if who["evaluator"] == "403"}
    odd = {
        name: answer.status_code
        for name, answer in answers.items()
        if answer.status_code not in (200, 302, 405) and not (name in leads and answer.status_code == 403)
    }
    assert odd == {}


@pytest.mark.parametrize(
    ("model", "prefix", "field"),
    [
        (Interview, "interviews", "code"),
        (Participant, "participants", "code"),
        (Finding, "findings", "pk"),
        (Strand, "matrix", "slug"),
        (Recommendation, "recommendations", "ref"),
    ],
)
def test_everything_in_it_has_its_page(practice, model, prefix, field):
    client = signed_in(practice.evaluator)
    addresses = [
        f"/e/{SLUG}/{prefix}/{value}/" for value in practice.rows(model).values_list(field, flat=True)
    ]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 200
    )


def test_lists_and_links_to_it_say_that_it_is_made_up(practice, client):
    builders.member(builders.evaluation(), practice.evaluator, Role.REVIEWER)
    assert STAMP in Page(signed_in(practice.evaluator).get("/")).words
    _, token = invite(evaluation=practice.evaluation, role=Role.REVIEWER, email="", by=practice.evaluator)
    assert STAMP in Page(client.get(f"/invite/{token}/")).words


def test_readers_learn_nothing_that_they_may_not_see(practice):
    """The words of who is not to be quoted, who has to be asked first, who withdrew, and of drafts."""
    reviewer = practice.people[Role.REVIEWER]
    member = as_member(reviewer, practice.evaluation)
    seen = " ".join(Page(answer).words for answer in pages(opened(practice, Role.REVIEWER)).values())
    client = signed_in(reviewer)
    for finding in practice.rows(Finding).filter(status=FindingStatus.READY):
        seen += Page(client.get(f"/e/{SLUG}/findings/{finding.pk}/")).words
    open_to_readers = quotations_for(member)
    assert open_to_readers.exists()
    shown = " ".join(open_to_readers.values_list("text", flat=True))
    hidden = [row.text for row in practice.rows(Quotation) if row.text not in shown]
    assert len(hidden) > 20
    assert [words for words in hidden if words in seen] == []
    for finding in practice.rows(Finding).filter(status=FindingStatus.DRAFT):
        assert finding.text not in seen

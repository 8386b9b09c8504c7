"""What the database itself refuses, tried past every form and action."""

from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import F, UniqueConstraint
from django.utils import timezone

from evaluations.models import (
    MOST_DOTS,
    Answer,
    AuditEvent,
    ComparisonReading,
    Evaluation,
    Finding,
    FindingOutcome,
    GuideQuestion,
    Interview,
    InterviewCondition,
    Invitation,
    Membership,
    Owner,
    Participant,
    Phone,
    Quotation,
    Recommendation,
    Strand,
    Weighing,
    WorkshopResult,
)

from . import builders

TODAY = date(2024, 5, 14)


def refused(write):
    """Say whether the database refuses a write."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def changes(row, **fields):
    """Return a write of some fields of a row, past every check in Python."""
    return lambda: type(row).objects.filter(pk=row.pk).update(**fields)


@pytest.fixture
def strand(evaluation):
    return evaluation.strand


@pytest.mark.parametrize(
    "fields",
    [
        {"condition": "seventh"},
        {"condition": ""},
        {"kind": "wish"},
        {"status": "published"},
        {"scope": "galaxy"},
        {"lasting": "forever"},
        {"text": ""},
        {"kind": "barrier", "lasting": "embedded"},
        {"kind": "barrier", "holder": "A team"},
    ],
)
def test_a_finding_refuses(strand, fields):
    assert refused(changes(builders.finding(strand), **fields))


def test_an_achievement_may_last_and_be_held(strand):
    finding = builders.finding(strand, kind="achievement")
    assert not refused(changes(finding, lasting="at_risk", holder="A team"))


@pytest.mark.parametrize(
    "fields",
    [
        {"condition": "seventh"},
        {"source": "invented"},
        {"response": "perhaps"},
        {"status": "late"},
        {"priority": "urgent"},
        {"title": ""},
        {"ref": "r1"},
        {"ref": "new"},
        {"source": "committed", "response": "accepted"},
        {"response": "partly_accepted"},
        {"response": "not_accepted"},
        {"due": TODAY},
    ],
)
def test_a_recommendation_refuses(strand, fields):
    assert refused(changes(builders.recommendation(strand), **fields))


def test_a_recommendation_cannot_add_to_itself(strand):
    row = builders.recommendation(strand)
    assert refused(changes(row, adds_to=row))


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "one"},
        {"status": "lost"},
        {"mode": "telepathy"},
        {"setting": "crowd"},
        {"focus_condition": "seventh"},
        {"status": "coded"},
        {"date": None},
    ],
)
def test_an_interview_refuses(evaluation, fields):
    assert refused(changes(builders.interview(evaluation), **fields))


def test_a_coded_interview_says_what_it_was_about(evaluation):
    assert not refused(changes(builders.interview(evaluation), status="coded", focus_condition="power"))


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "p1"},
        {"sector": "moon"},
        {"consent": "maybe"},
        {"attribution": "everybody"},
        {"consent_on": TODAY, "withdrawal_cutoff": date(2024, 5, 13)},
    ],
)
def test_a_participant_refuses(evaluation, fields):
    assert refused(changes(builders.participant(evaluation), **fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"text": ""},
        {"start": 3},
        {"end": 3},
        {"start": 3, "end": 3},
        {"start": 0, "end": 3},
    ],
)
def test_a_quotation_refuses(evaluation, fields):
    assert refused(changes(builders.quotation(evaluation), **fields))


def test_a_quotation_is_either_published_or_spoken(evaluation):
    row = builders.quotation(evaluation, speaker=builders.participant(evaluation))
    assert refused(changes(row, source=builders.source(evaluation)))


def test_an_approval_is_dated(evaluation, cast):
    row = builders.quotation(evaluation, speaker=builders.participant(evaluation))
    assert refused(changes(row, approved_by=cast.evelyn))
    assert not refused(changes(row, approved_by=cast.evelyn, approved_on=TODAY))


def test_a_range_lies_in_an_answer(evaluation):
    answer = builders.answer(builders.interview(evaluation), text="What was said.")
    row = builders.quotation(evaluation, text="What", answer=answer)
    assert not refused(changes(row, start=0, end=4, passage="in_place"))


@pytest.mark.parametrize(
    "fields",
    [
        {"passage": "in_place"},
        {"passage": "changed"},
        {"start": 0, "end": 4},
        {"passage": "gone", "start": 0, "end": 4},
        {"passage": "elsewhere"},
        {"kind": "idea"},
        {"condition": "weather"},
        {"agreed_on": TODAY, "refused_on": TODAY},
    ],
)
def test_a_coded_quotation_refuses(evaluation, fields):
    answer = builders.answer(builders.interview(evaluation), text="What was said.")
    assert refused(changes(builders.quotation(evaluation, text="What", answer=answer), **fields))


def test_a_finding_that_was_merged_is_removed(evaluation):
    finding, other = builders.finding(evaluation.strand), builders.finding(evaluation.strand)
    assert refused(changes(finding, merged_into=other))


@pytest.mark.parametrize("fields", [{"provenance": "hearsay"}, {"response_focus": "both"}, {"name": ""}])
def test_a_strand_refuses(strand, fields):
    assert refused(changes(strand, **fields))


def test_codes_refs_and_names_are_unique_within_an_evaluation_and_free_in_another(evaluation, cast):
    other = builders.evaluation()
    strand, foreign = evaluation.strand, builders.strand(other)
    makers = [
        lambda e, s: Strand.objects.create(evaluation=e, slug="same", name=f"Strand of {e.pk}"),
        lambda e, s: Strand.objects.create(evaluation=e, slug=f"slug-{Strand.objects.count()}", name="Same"),
        lambda e, s: Participant.objects.create(evaluation=e, code="P01"),
        lambda e, s: Interview.objects.create(evaluation=e, code="I01"),
        lambda e, s: builders.recommendation(s, ref="R1"),
        lambda e, s: Owner.objects.create(evaluation=e, name="Some team"),
        lambda e, s: builders.source(e, title="Same report"),
    ]
    for make in makers:
        make(evaluation, strand)
        make(other, foreign)
        assert refused(lambda make=make: make(evaluation, strand))
    assert refused(lambda: Owner.objects.create(evaluation=evaluation, name="SOME TEAM"))
    assert refused(lambda: Membership.objects.create(evaluation=evaluation, user=cast.evelyn, role="lead"))


def test_a_row_of_a_list_stands_there_once(evaluation):
    interview = builders.interview(evaluation)
    question = GuideQuestion.objects.create(
        evaluation=evaluation, condition="power", area="gaps", prompt="Who decides?"
    )
    makers = [
        lambda: InterviewCondition.objects.create(
            evaluation=evaluation, interview=interview, condition="power"
        ),
        lambda: Answer.objects.create(evaluation=evaluation, interview=interview, condition="power"),
        lambda: Answer.objects.create(
            evaluation=evaluation, interview=interview, condition="power", question=question, prompt="Who?"
        ),
    ]
    for make in makers:
        make()
        assert refused(make)


def test_a_role_is_one_of_three(evaluation, cast):
    assert refused(changes(Membership.objects.get(user=cast.rowan), role="admin"))


def test_an_invitation_is_not_both_accepted_and_revoked(evaluation):
    now = timezone.now()
    row = Invitation.objects.create(evaluation=evaluation, role="lead", token_hash="x" * 64, expires_at=now)
    assert refused(changes(row, accepted_at=now, revoked_at=now))


def test_an_evaluation_does_not_follow_itself(evaluation):
    assert refused(lambda: Evaluation.objects.filter(pk=evaluation.pk).update(follows=evaluation.pk))


def test_a_finding_is_shared_with_somebody_once_at_a_time(strand, cast):
    finding = builders.finding(strand)
    builders.share(finding, cast.rowan, ended_at=timezone.now())
    builders.share(finding, cast.rowan)
    builders.share(finding, cast.leigh)
    assert refused(lambda: builders.share(finding, cast.rowan))


def test_a_comment_says_something(strand, cast):
    assert refused(changes(builders.comment(builders.finding(strand), cast.rowan), text=""))


@pytest.fixture
def outcome(evaluation):
    """An earlier finding that persists in a later one."""
    earlier = builders.finding(builders.strand(builders.evaluation()))
    return FindingOutcome.objects.create(
        evaluation=evaluation,
        earlier=earlier,
        later=builders.finding(evaluation.strand),
        outcome="persists",
    )


@pytest.mark.parametrize("fields", [{"outcome": "gone"}, {"outcome": "resolved"}, {"later": None}])
def test_an_outcome_refuses(outcome, fields):
    assert refused(changes(outcome, **fields))


def test_an_outcome_is_said_once(outcome):
    def again(**fields):
        same = {name: getattr(outcome, name) for name in ("evaluation", "earlier", "later", "outcome")}
        return lambda: FindingOutcome.objects.create(**same | fields)

    resolved = {"later": None, "outcome": "resolved"}
    assert refused(again())
    assert not refused(again(removed_at=timezone.now()))
    assert not refused(again(**resolved))
    assert refused(again(**resolved))


@pytest.mark.parametrize("fields", [{"compared": ""}, {"text": ""}])
def test_a_reading_refuses(evaluation, fields):
    said = {"compared": "a,b", "text": "In short", "basis": "x", "signed_at": timezone.now()}
    row = ComparisonReading.objects.create(evaluation=evaluation, **said)
    assert refused(changes(row, **fields))
    assert refused(lambda: ComparisonReading.objects.create(evaluation=evaluation, **said))


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"code": ""},
        {"opened_at": None, "closed_at": timezone.now()},
        {"cleared_at": timezone.now()},
    ],
)
def test_a_workshop_refuses(strand, fields):
    assert refused(changes(builders.workshop(strand), **fields))


def test_no_two_workshops_have_one_code_not_even_of_two_evaluations(strand):
    row, other = builders.workshop(strand), builders.strand(builders.evaluation())
    assert refused(lambda: builders.workshop(other, code=row.code))


@pytest.mark.parametrize(
    "fields", [{"question": ""}, {"kind": "suggestion"}, {"dots": 0}, {"dots": MOST_DOTS + 1}]
)
def test_a_round_of_a_workshop_refuses(strand, fields):
    assert refused(changes(builders.round(builders.workshop(strand)), **fields))


def test_one_round_of_a_workshop_is_open_at_a_time(strand):
    workshop = builders.workshop(strand)
    first = builders.round(workshop)
    assert refused(lambda: builders.round(workshop))
    assert not refused(changes(first, closed_at=timezone.now()))
    assert refused(lambda: builders.round(workshop, number=first.number))
    assert not refused(lambda: builders.round(workshop))


@pytest.fixture
def weighing(strand):
    """What one phone says of one finding."""
    vote = builders.round(builders.workshop(strand))
    phone = Phone.objects.create(evaluation=strand.evaluation, workshop=vote.workshop, token_hash="5" * 64)
    return Weighing.objects.create(
        evaluation=strand.evaluation, round=vote, phone=phone, finding=builders.finding(strand)
    )


@pytest.mark.parametrize("fields", [{"dots": MOST_DOTS + 1}, {"verdict": "perhaps"}])
def test_a_weighing_refuses(weighing, fields):
    assert refused(changes(weighing, **fields))


def test_a_phone_weighs_a_finding_once_in_a_round_so_dots_are_set_and_never_added(weighing):
    same = {name: getattr(weighing, name) for name in ("evaluation", "round", "phone", "finding")}
    assert refused(lambda: Weighing.objects.create(dots=1, **same))


def test_a_result_is_frozen_once_for_a_finding_and_outlives_it(weighing):
    same = {name: getattr(weighing, name) for name in ("evaluation", "round", "finding")}
    numbers = dict.fromkeys(("position", "dots", "people", "confirm", "challenge"), 1)
    same |= {"strand": weighing.finding.strand, "condition": "power", "text": "As it was", **numbers}
    row = WorkshopResult.objects.create(**same)
    assert refused(lambda: WorkshopResult.objects.create(**same))
    assert refused(changes(row, condition="seventh"))
    weighing.finding.delete()
    row.refresh_from_db()
    assert (row.finding, row.text) == (None, "As it was")


def test_rows_of_an_evaluation_carry_its_key():
    own = {Evaluation, AuditEvent}
    for model in apps.get_app_config("evaluations").get_models():
        if model not in own:
            field = model._meta.get_field("evaluation")
            assert (field.related_model is Evaluation and not field.null) or "Historical" in model.__name__


def test_unique_constraints_begin_with_the_evaluation():
    for model in apps.get_app_config("evaluations").get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint):
                first = (constraint.fields or [e.name for e in constraint.expressions if isinstance(e, F)])[0]
                assert first == "evaluation", constraint.name


def test_what_the_database_refuses_it_refuses_for_new_rows_too(strand):
    row = Finding(evaluation=strand.evaluation, strand=strand, kind="barrier", condition="seventh", text="x")
    assert refused(lambda: Finding.objects.bulk_create([row]))
    assert refused(lambda: Quotation.objects.bulk_create([Quotation(evaluation=strand.evaluation, text="")]))
    assert refused(
        lambda: Recommendation.objects.bulk_create(
            [
                Recommendation(
                    evaluation=strand.evaluation,
                    strand=strand,
                    ref="bad",
                    condition="power",
                    source="added",
                    title="x",
                )
            ]
        )
    )

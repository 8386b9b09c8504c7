"""What the database itself refuses, tried past every form and action."""

from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import F, UniqueConstraint
from django.utils import timezone

from evaluations.models import (
    Answer,
    AuditEvent,
    Evaluation,
    Finding,
    GuideQuestion,
    Interview,
    InterviewCondition,
    Invitation,
    Membership,
    Owner,
    Participant,
    Quotation,
    Recommendation,
    Strand,
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

"""The road test of a legacy plan: each rule fires where it should and nowhere else; figures by recount."""

import random

import pytest

from evaluations.analysis.road_test import Rule
from evaluations.conditions import Condition, Kind, Tangibility
from evaluations.models import (
    Acceptance,
    Ambition,
    Finding,
    Recommendation,
    RecommendationBarrier,
    Response,
    Status,
    Strand,
)
from evaluations.screens.legacy import find_gap, read_plan

from . import builders
from .base import as_member


@pytest.fixture
def strand(cast):
    return cast.evaluation.strand


@pytest.fixture
def gaps(cast):
    """Return what the road test finds now, as subjects; whoever looks finds the same."""

    def look():
        screens = [
            read_plan(as_member(user, cast.evaluation), {}, most=None, most_gaps=None)
            for user in (cast.evelyn, cast.rowan, cast.leigh)
        ]
        found = [
            {gap.subject for rule in screen.rules for gap in rule.shown}
            | {gap.subject for gap in screen.accepted}
            for screen in screens
        ]
        assert found[0] == found[1] == found[2]
        return found[0]

    return look


def link(recommendation, finding):
    RecommendationBarrier.objects.create(
        evaluation=recommendation.evaluation, recommendation=recommendation, finding=finding
    )


def of(rule, found):
    return {subject for subject in found if subject.startswith(f"{rule}:")}


def test_no_rule_fires_before_the_first_ambition_is_entered(strand, gaps):
    builders.finding(strand, kind="barrier", condition="power")
    builders.finding(strand, kind="achievement", lasting="ends")
    builders.recommendation(strand, condition="policies")
    removed = builders.ambition(strand, "policies", removed_at="2026-01-01T00:00Z")
    assert gaps() == set()
    Ambition.objects.filter(pk=removed.pk).update(removed_at=None)
    assert len(gaps()) == 3


def test_an_ambition_that_leans_only_on_tangible_conditions_is_a_gap_and_another_is_not(strand, gaps):
    above = builders.ambition(strand, "policies", "resources")
    builders.ambition(strand, "policies", "power")
    builders.ambition(strand, "mental_models")
    assert gaps() == {f"tangible_only:ambition:{above.pk}"}


class TestAConditionWithBarriers:
    """A condition of a strand with barriers that nothing answers."""

    @pytest.fixture
    def barrier(self, strand):
        builders.ambition(strand, "mental_models")
        return builders.finding(strand, kind="barrier", condition="power")

    def test_is_a_gap_named_by_the_strands_number(self, strand, barrier, gaps):
        assert gaps() == {f"unanswered_condition:strand:{strand.pk}:power"}

    def test_is_none_once_an_ambition_needs_it_to_shift(self, strand, barrier, gaps):
        builders.ambition(strand, "power")
        assert gaps() == set()

    def test_stays_one_when_only_another_strands_ambition_needs_it(self, cast, strand, barrier, gaps):
        builders.ambition(builders.strand(cast.evaluation), "power")
        assert gaps() == {f"unanswered_condition:strand:{strand.pk}:power"}

    def test_is_none_once_a_recommendation_is_placed_under_it(self, strand, barrier, gaps):
        builders.recommendation(strand, condition="power")
        assert of(Rule.UNANSWERED_CONDITION, gaps()) == set()

    def test_is_none_once_a_recommendation_is_linked_to_one_of_its_barriers(self, strand, barrier, gaps):
        link(builders.recommendation(strand, condition="mental_models"), barrier)
        assert gaps() == set()

    @pytest.mark.parametrize(
        "fields",
        [
            {"status": "no_longer_applicable", "status_reason": "It was done."},
            {"source": "added", "response": "not_accepted", "response_reason": "No money."},
        ],
    )
    def test_stays_one_when_the_recommendation_does_not_stand(self, strand, barrier, gaps, fields):
        link(builders.recommendation(strand, condition="power", **fields), barrier)
        assert gaps() == {f"unanswered_condition:strand:{strand.pk}:power"}

    def test_is_none_while_its_barriers_are_drafts(self, barrier, gaps):
        Finding.objects.filter(pk=barrier.pk).update(status="draft")
        assert gaps() == set()


def test_an_achievement_that_ends_with_the_programme_is_a_gap_unless_somebody_holds_it(strand, gaps):
    builders.ambition(strand, "power")
    achievement = {"kind": "achievement", "condition": "power"}
    unheld = builders.finding(strand, lasting="ends", **achievement)
    builders.finding(strand, lasting="ends", holder="Public Health", **achievement)
    builders.finding(strand, lasting="at_risk", **achievement)
    builders.finding(strand, **achievement)
    builders.finding(strand, lasting="ends", status="draft", **achievement)
    assert gaps() == {f"ends_unheld:finding:{unheld.pk}"}


class TestARecommendation:
    """A recommendation of a strand whose only ambition needs power to shift."""

    @pytest.fixture
    def row(self, strand):
        builders.ambition(strand, "power")
        return builders.recommendation(strand, condition="policies")

    def test_serves_no_ambition_when_none_needs_its_condition(self, row, gaps):
        assert gaps() == {f"serves_no_ambition:recommendation:{row.pk}"}

    def test_serves_one_that_needs_its_condition(self, strand, row, gaps):
        builders.ambition(strand, "policies", "mental_models")
        assert gaps() == set()

    def test_serves_one_that_needs_the_condition_of_a_barrier_it_is_linked_to(self, strand, row, gaps):
        link(row, builders.finding(strand, kind="barrier", condition="power"))
        assert gaps() == set()

    def test_does_not_serve_another_strands_ambition(self, cast, row, gaps):
        builders.ambition(builders.strand(cast.evaluation), "policies", "power")
        assert gaps() == {f"serves_no_ambition:recommendation:{row.pk}"}

    def test_is_left_out_when_it_does_not_stand(self, row, gaps):
        Recommendation.objects.filter(pk=row.pk).update(status="no_longer_applicable", status_reason="Done")
        assert gaps() == set()


def test_a_gap_is_found_again_by_what_it_is_called_and_by_nothing_else(cast, strand):
    row = builders.ambition(strand, "policies", text="A shared policy")
    member = as_member(cast.leigh, cast.evaluation)
    assert find_gap(member, f"tangible_only:ambition:{row.pk}").row == row
    for subject in ("", "tangible_only", f"tangible_only:ambition:{row.pk + 1}", "ends_unheld:finding:1"):
        assert find_gap(member, subject) is None


def filled_at_random(evaluation, chance):
    """Add strands, ambitions, findings, recommendations and links, as ``chance`` has it."""
    conditions, strands = list(Condition), [builders.strand(evaluation) for _ in range(3)]
    for strand in strands[: chance.randint(1, 3)]:
        for _ in range(chance.randint(0, 3)):
            builders.ambition(strand, *chance.sample(conditions, chance.randint(1, 3)))
    findings = [
        builders.finding(
            chance.choice(strands),
            condition=chance.choice(conditions),
            status=chance.choice(["ready", "ready", "draft"]),
            **chance.choice(
                [
                    {"kind": "barrier"},
                    {"kind": "achievement", "lasting": "ends"},
                    {"kind": "achievement", "lasting": "ends", "holder": "Somebody"},
                    {"kind": "achievement", "lasting": "embedded"},
                ]
            ),
        )
        for _ in range(30)
    ]
    for _ in range(12):
        state = chance.choice(
            [
                {},
                {"status": "no_longer_applicable"},
                {"response": "not_accepted", "response_reason": "No"},
                {"status": "completed"},
            ]
        )
        row = builders.recommendation(
            chance.choice(strands), condition=chance.choice(conditions), source="added", **state
        )
        barriers = [one for one in findings if one.kind == "barrier"]
        for barrier in chance.sample(barriers, min(len(barriers), chance.randint(0, 2))):
            link(row, barrier)


def recounted(evaluation):
    """Return the subjects of all gaps, counted row by row as a person would."""
    ambitions = list(Ambition.objects.filter(evaluation=evaluation))
    if not ambitions:
        return set()
    needs = {row.pk: {one.condition for one in row.conditions.all()} for row in ambitions}
    ready = list(Finding.objects.filter(evaluation=evaluation, status="ready"))
    standing = [
        row
        for row in Recommendation.objects.filter(evaluation=evaluation)
        if row.status != Status.NOT_APPLICABLE and row.response != Response.NOT_ACCEPTED
    ]
    answered = {row.pk: [one for one in row.barriers.all() if one.status == "ready"] for row in standing}
    found = set()
    for row in ambitions:
        if not any(Condition(one).tangibility is Tangibility.INTANGIBLE for one in needs[row.pk]):
            found.add(f"tangible_only:ambition:{row.pk}")
    for strand in Strand.objects.filter(evaluation=evaluation):
        wanted = set().union(*(needs[row.pk] for row in ambitions if row.strand_id == strand.pk))
        for condition in Condition:
            has_barriers = any(
                (one.strand_id, one.kind, one.condition) == (strand.pk, Kind.BARRIER, condition)
                for one in ready
            )
            placed = any((row.strand_id, row.condition) == (strand.pk, condition) for row in standing)
            linked = any(
                (one.strand_id, one.condition) == (strand.pk, condition)
                for barriers in answered.values()
                for one in barriers
            )
            if has_barriers and condition not in wanted and not placed and not linked:
                found.add(f"unanswered_condition:strand:{strand.pk}:{condition}")
        for row in standing:
            bears_on = {row.condition} | {one.condition for one in answered[row.pk]}
            if row.strand_id == strand.pk and not bears_on & wanted:
                found.add(f"serves_no_ambition:recommendation:{row.pk}")
    for one in ready:
        if one.kind == Kind.ACHIEVEMENT and one.lasting == "ends" and one.holder == "":
            found.add(f"ends_unheld:finding:{one.pk}")
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_gaps_are_those_of_a_recount_row_by_row(cast, gaps, seed):
    filled_at_random(cast.evaluation, random.Random(seed))
    builders.ambition(cast.evaluation.strand, "power")
    found = gaps()
    assert found == recounted(cast.evaluation)
    assert len({subject.split(":")[0] for subject in found}) > 1


def test_a_cell_holds_what_stands_under_its_condition_and_what_answers_its_barriers(cast, strand):
    builders.ambition(strand, "power", "policies")
    other = builders.strand(cast.evaluation)
    supports = builders.finding(strand, kind="achievement", condition="power")
    threats = [builders.finding(strand, kind="barrier", condition="power") for _ in range(2)]
    builders.finding(strand, kind="barrier", condition="power", status="draft")
    builders.finding(other, kind="barrier", condition="power")
    answers = builders.recommendation(strand, condition="mental_models")
    link(answers, threats[1])
    also = builders.recommendation(strand, condition="power")
    builders.recommendation(strand, condition="power", status="no_longer_applicable")

    screen = read_plan(as_member(cast.evelyn, cast.evaluation), {})
    (ambition,) = screen.parts[0].ambitions
    power = next(cell for cell in ambition.cells if cell.condition == "power")

    assert [one.row for one in power.achievements] == [supports]
    assert list(power.barriers) == threats
    assert (list(power.answers), list(power.also_placed)) == ([answers], [also])
    assert [cell.condition for cell in ambition.cells if cell.is_needed] == ["policies", "power"]
    assert [len(level) for level in ambition.levels] == [3, 2, 1]


def test_an_acceptance_of_a_gap_that_closed_is_not_shown_and_counts_for_nothing(cast, strand):
    row = builders.ambition(strand, "policies")
    builders.acceptance(cast.evaluation, f"tangible_only:ambition:{row.pk}")
    builders.acceptance(cast.evaluation, "ends_unheld:finding:999")
    member = as_member(cast.rowan, cast.evaluation)
    screen = read_plan(member, {})
    assert (screen.found, screen.remaining, len(screen.accepted)) == (1, 0, 1)
    Ambition.objects.filter(pk=row.pk).update(removed_at="2026-01-01T00:00Z")
    builders.ambition(strand, "power")
    screen = read_plan(member, {})
    assert (screen.found, screen.remaining, len(screen.accepted)) == (0, 0, 0)
    assert Acceptance.objects.count() == 2

"""The rules of access as the design lists them: who may do what, who is a member, who sees which rows."""

import inspect

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from evaluations import access
from evaluations.access import RULES, Ability, Audience, Member
from evaluations.models import (
    AnswerVersion,
    AuditEvent,
    BlindCode,
    CalendarFeed,
    CodingRound,
    CodingUnit,
    ComparisonReading,
    ConflictingEdit,
    DueDateChange,
    EvidenceFile,
    Finding,
    FindingChange,
    FindingOutcome,
    GuideQuestion,
    InterviewCondition,
    Invitation,
    Job,
    Membership,
    Owner,
    OwnerLink,
    ParticipantIdentity,
    ProgressUpdate,
    QuotationVersion,
    Reflection,
    Report,
    Role,
    TrackerChange,
)
from tests import builders
from tests.base import as_member

# The design's table, row by row. A page of a hidden ability answers 404 to those who lack it, others 403.
TABLE = """
ability                  evaluator  reviewer  lead  else    what the design says
see_shared               yes        yes       yes   -       see ready findings, matrices, comparisons ...
see_confidential         yes        no        no    hidden  see identities, interviews, answers, drafts ...
write_findings           yes        no        no    closed  enter and change answers, findings, quotations ...
set_up                   yes        no        no    closed  set up evaluation, strands, members, invitations
write_recommendations    yes        no        no    closed  write recommendations, cell summaries, the report
link_barriers            yes        no        yes   closed  link barriers to recommendations
track_recommendations    no         no        yes   closed  respond to, own and track recommendations
open_workshops           yes        no        no    closed  open workshops
run_workshops            yes        no        yes   closed  run a workshop
write_plan               yes        no        yes   closed  write ambitions, accept a road-test gap
write_report             yes        no        no    closed  write the report; publish
"""

ROWS = [line.split()[:5] for line in TABLE.strip().splitlines()[1:]]
ROLES = ("evaluator", "reviewer", "lead")
CASES = [
    (ability, role, answer == "yes", otherwise)
    for ability, *answers, otherwise in ROWS
    for role, answer in zip(ROLES, answers, strict=True)
]


def member_as(role):
    """Return a member with a role, of no evaluation in particular."""
    return Member(user=None, evaluation=None, role=Role(role))


def test_the_table_names_every_ability_and_every_role():
    assert {ability for ability, *_ in ROWS} == {ability.value for ability in Ability} == {*RULES}
    assert set(ROLES) == set(Role.values)


@pytest.mark.parametrize(("ability", "role", "may", "otherwise"), CASES)
def test_a_role_may_what_the_design_says(ability, role, may, otherwise):
    member = member_as(role)
    assert access.can(member, Ability(ability)) is may
    assert member.may[ability] is may


@pytest.mark.parametrize(("ability", "role", "may", "otherwise"), CASES)
def test_what_a_role_may_not_is_hidden_or_closed(ability, role, may, otherwise):
    member = member_as(role)
    if may:
        access.check(member, Ability(ability))
    else:
        with pytest.raises({"hidden": Http404, "closed": PermissionDenied}[otherwise]):
            access.check(member, Ability(ability))


@pytest.mark.parametrize(
    ("role", "audience"), [("evaluator", "evaluators"), ("reviewer", "readers"), ("lead", "readers")]
)
def test_only_evaluators_have_screens_of_their_own(role, audience):
    assert member_as(role).audience is Audience(audience)


# --- Who is a member --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "role"), [("evelyn", "evaluator"), ("rowan", "reviewer"), ("leigh", "lead")]
)
def test_evaluation_for_returns_the_member_with_the_role_they_have_there(cast, name, role):
    user = getattr(cast, name)
    member = access.evaluation_for(user, "practice")
    assert (member.user, member.evaluation, member.role) == (user, cast.evaluation, Role(role))


@pytest.mark.parametrize("ability", Ability)
def test_to_a_stranger_and_to_a_superuser_the_evaluation_does_not_exist(cast, ability):
    for user in (cast.sam, cast.sasha):
        for slug in ("practice", "no-such-evaluation"):
            with pytest.raises(Http404):
                access.evaluation_for(user, slug, ability)


def test_a_superuser_is_a_member_of_nothing(cast):
    assert list(access.memberships_of(cast.sasha)) == []
    assert not Membership.objects.filter(user=cast.sasha).exists()


def test_evaluation_for_hides_what_a_role_may_not_see_and_closes_what_it_may_not_do(cast):
    with pytest.raises(Http404):
        access.evaluation_for(cast.rowan, "practice", Ability.SEE_CONFIDENTIAL)
    with pytest.raises(PermissionDenied):
        access.evaluation_for(cast.rowan, "practice", Ability.WRITE_FINDINGS)
    with pytest.raises(PermissionDenied):
        access.evaluation_for(cast.evelyn, "practice", Ability.TRACK_RECOMMENDATIONS)


def test_a_role_holds_in_its_own_evaluation_only(cast):
    builders.member(cast.evaluation, cast.sam, Role.REVIEWER)
    elsewhere = Membership.objects.get(user=cast.sam, role=Role.EVALUATOR).evaluation
    assert access.evaluation_for(cast.sam, elsewhere.slug, Ability.SET_UP)
    with pytest.raises(PermissionDenied):
        access.evaluation_for(cast.sam, "practice", Ability.SET_UP)


def test_a_membership_that_ended_and_a_role_that_changed_count_at_once(cast):
    membership = Membership.objects.get(user=cast.evelyn)
    membership.role = Role.REVIEWER
    membership.save()
    with pytest.raises(Http404):
        access.evaluation_for(cast.evelyn, "practice", Ability.SEE_CONFIDENTIAL)
    membership.delete()
    with pytest.raises(Http404):
        access.evaluation_for(cast.evelyn, "practice")


# --- Who sees which rows ----------------------------------------------------------------------------------

# How many rows each function returns, of an evaluation with a ready and a draft finding, a quotation that
# reaches readers and one that does not, each evidence for both findings, and one of everything else.
SEEN = """
rows                     evaluator  reviewer  lead
strands_for              1          1         1
findings_for             2          1         1
quotations_for           2          1         1
coded_quotations_for     1          1         1
removed_quotations_for   1          0         0
evidence_links_for       4          1         1
all_links_for            4          4         4
counted_links_for        4          4         4
unseen_links_for         2          0         0
waiting_quotations_for   1          0         0
identities_for           1          0         0
shares_for               4          1         1
shared_findings_for      2          1         1
asked_for                4          3         3
once_shared_for          4          1         1
comments_for             2          1         1
own_comments_for         3          0         0
changes_for              1          0         0
summaries_for            1          1         1
taken_back_summaries_for 1          0         0
earlier_rounds_for       1          1         1
followable_for           1          0         0
outcomes_for             2          1         1
outcome_rows_for         3          0         0
readings_for             1          1         1
taken_back_readings_for  1          0         0
recommendations_for      1          1         1
histories_for            2          1         1
action_histories_for     2          2         2
actions_for              1          1         1
own_actions_for          1          0         0
removed_actions_for      0          0         1
updates_for              1          1         1
due_changes_for          1          1         1
evidence_files_for       1          1         1
tracker_changes_for      0          0         1
owners_for               2          2         2
owner_links_for          0          0         1
calendars_for            1          1         1
calendar_rows_for        1          0         2
reflections_for          2          1         1
points_for               2          1         1
removed_reflections_for  1          0         0
removed_points_for       1          0         0
ambitions_for            1          1         1
removed_ambitions_for    1          0         1
accepted_gaps_for        1          1         1
gap_acceptances_for      2          0         2
passage_acceptances_for  1          0         0
reports_for              1          0         0
sections_for             1          0         0
section_histories_for    1          0         0
versions_for             1          1         1
published_files_for      1          1         1
draft_files_for          1          0         0
sources_for              1          1         1
organisations_for        1          0         0
members_for              3          3         3
interviews_for           2          0         0
answers_for              1          0         0
asked_conditions_for     1          1         1
participants_for         1          0         0
attributions_for         3          1         1
guide_for                1          0         0
removed_questions_for    1          0         0
removed_strands_for      1          0         0
invitations_for          1          0         0
audit_for                1          0         0
jobs_for                 2          0         0
rounds_for               2          0         0
blind_rounds_of          1          0         0
blind_codes_for          1          0         0
coding_units_for         1          0         0
set_aside_for            1          0         0
answer_versions_for      1          0         0
quotation_versions_for   1          0         0
earlier_words_for        1          0         0
history_lines_for        2          1         1
workshops_for            2          1         2
removed_workshops_for    1          0         0
workshop_rounds_for      2          1         2
results_for              2          1         2
phones_for               2          0         2
weighings_for            2          0         2
"""
SEEN_ROWS = {name: tuple(map(int, seen)) for name, *seen in map(str.split, SEEN.strip().splitlines()[1:])}


def scopes():
    """Return the functions of ``access`` that scope rows to a member, by name."""
    functions = dict(inspect.getmembers(access, inspect.isfunction))
    others = {"can", "check", "may_report", "speakers_for_readers"}
    return {
        name: function
        for name, function in functions.items()
        if name not in others and next(iter(inspect.signature(function).parameters), "") == "member"
    }


def number(rows):
    """Return how many rows a function returned, in a list or in several by name."""
    return sum(map(len, rows.values())) if isinstance(rows, dict) else len(list(rows))


def fill_earlier_round(evaluation, strand):
    """Put in the round before, with the same members, outcomes and readings, and of both one taken back.

    Of the outcomes one is of a draft of this round.
    """
    earlier, key = builders.evaluation(), {"evaluation": evaluation}
    evaluation.follows = earlier
    evaluation.save()
    for row in Membership.objects.filter(**key):
        builders.member(earlier, row.user, row.role)
    of_then = builders.strand(earlier)
    draft = Finding.objects.filter(status="draft", **key).first()
    removed = {"removed_at": "2024-06-01T00:00Z"}
    for later, fields in ((None, {}), (draft, {}), (None, removed)):
        outcome = {"outcome": "persists" if later else "resolved", "later": later}
        FindingOutcome.objects.create(earlier=builders.finding(of_then), **outcome, **fields, **key)
    for compared, fields in (("a,b", {}), ("a,c", removed)):
        ComparisonReading.objects.create(
            compared=compared, text="In short", signed_at="2024-06-01T00:00Z", **fields, **key
        )


def fill_tracking(recommendation, user):
    """Put in an action that the user owns, one that was removed, and progress with its evidence."""
    key = {"evaluation": recommendation.evaluation}
    own = Owner.objects.create(name="The user", user=user, **key)
    builders.action(recommendation, owner=own)
    builders.action(recommendation, owner=own, removed_at="2024-06-01T00:00Z")
    update = ProgressUpdate.objects.create(
        recommendation=recommendation, date="2024-06-01", note="Begun", **key
    )
    EvidenceFile.objects.create(update=update, name="a.txt", kind="txt", content=b"", size=0, **key)
    DueDateChange.objects.create(recommendation=recommendation, reason="A holiday", **key)
    TrackerChange.objects.create(label="Two on hold", before={}, after={}, **key)


def fill_report(strand):
    """Put in the legacy plan, reflections, and a report that is being written and one that was published."""
    evaluation, removed = strand.evaluation, {"removed_at": "2024-06-01T00:00Z"}
    for fields in ({}, removed):
        builders.ambition(strand, **fields)
        builders.acceptance(evaluation, f"gap {len(fields)}", **fields)
    builders.acceptance(evaluation, "passage", accepted_as="passage")
    for fields in ({}, {"status": "draft"}, removed):
        builders.point(builders.reflection(evaluation, **fields))
    builders.point(Reflection.objects.filter(evaluation=evaluation).first(), **removed)
    Report.objects.create(evaluation=evaluation)
    builders.section(evaluation)
    builders.report_file(evaluation, version=builders.published_version(evaluation))


def fill(evaluation, strand, user):
    """Put a row of everything into an evaluation; return the records that some functions ask about."""
    person = builders.participant(evaluation, organisation="A charity")
    interview = builders.interview(evaluation, participants=[person])
    answer = builders.answer(interview)
    InterviewCondition.objects.create(evaluation=evaluation, interview=interview, condition="power")
    findings = [builders.finding(strand), builders.finding(strand, status="draft")]
    source = builders.source(evaluation)
    published = builders.quotation(evaluation, source=source)
    spoken = builders.quotation(evaluation, answer=answer, coder=user)
    builders.quotation(evaluation, removed_at="2024-06-01T00:00Z")
    for finding in findings:
        finding.quotations.add(published, spoken, through_defaults={"evaluation": evaluation})
    key = {"evaluation": evaluation}
    ParticipantIdentity.objects.create(participant=person, **key)
    GuideQuestion.objects.create(condition="power", area="gaps", prompt="Who decides?", **key)
    removed = {"removed_at": "2024-06-01T00:00Z"}
    builders.question(evaluation, **removed)
    builders.strand(evaluation, **removed)
    ConflictingEdit.objects.create(
        record_type="finding", record_id=findings[0].pk, based_on=1, fields={}, by=user, **key
    )
    AnswerVersion.objects.create(answer=answer, number=1, set_aside=True, **key)
    QuotationVersion.objects.create(quotation=spoken, number=1, text="Before", **key)
    owner = Owner.objects.create(name="The team", **key)
    fill_report(strand)
    expires = "2090-01-01T00:00Z"
    OwnerLink.objects.create(owner=owner, token_hash=f"link {evaluation.pk}", expires_at=expires, **key)
    for membership in Membership.objects.filter(**key):
        CalendarFeed.objects.create(
            membership=membership, token_hash=f"calendar {membership.pk}", expires_at=expires, **key
        )
    Invitation.objects.create(role="lead", token_hash=f"hash {evaluation.pk}", expires_at=expires, **key)
    AuditEvent.objects.create(verb="looked", **key)
    builders.import_job(evaluation)
    FindingChange.objects.create(label="Moved", before={}, after={}, **key)
    for condition, removed in (("power", None), ("policies", "2024-06-01T00:00Z")):
        builders.summary(strand, condition=condition, removed_at=removed)
    for membership in Membership.objects.filter(evaluation=evaluation):
        builders.share(findings[1], membership.user)
    builders.share(findings[0], user, ended_at="2024-06-01T00:00Z")
    for finding in findings:
        builders.comment(finding, user)
    builders.comment(findings[0], user, removed_at="2024-06-01T00:00Z")
    fill_earlier_round(evaluation, strand)
    recommendation = builders.recommendation(strand)
    fill_tracking(recommendation, user)
    closed = CodingRound.objects.create(
        interview=interview, second=user, closed_at="2024-06-01T00:00Z", **key
    )
    CodingUnit.objects.create(
        round=closed, answer=answer, condition="power", kind="barrier", first=True, second=False, **key
    )
    blind = CodingRound.objects.create(interview=builders.interview(evaluation), second=user, **key)
    passage = {"kind": "barrier", "condition": "power", "start": 0, "end": 4, "text_version": 1}
    BlindCode.objects.create(round=blind, answer=answer, **passage, **key)
    builders.report_file(evaluation, job=Job.objects.create(kind="export", by=user, **key))
    closed_at = "2024-06-01T00:00Z"
    for fields in ({}, {"opened_at": closed_at, "closed_at": closed_at}):
        round = builders.round(builders.workshop(strand, **fields))
        builders.weighing(round, findings[0])
        builders.result(round, findings[0])
    builders.workshop(strand, opened_at=None, removed_at=closed_at)
    recommendation._change_reason = "Linked a draft barrier"
    recommendation.save()
    return {
        "history_lines_for": recommendation,
        "set_aside_for": findings[0],
        "answer_versions_for": interview,
        "quotation_versions_for": spoken,
    }


def test_every_function_that_scopes_rows_was_decided_about():
    assert set(scopes()) == set(SEEN_ROWS)


@pytest.mark.parametrize(("position", "name"), [(0, "evelyn"), (1, "rowan"), (2, "leigh")])
def test_a_role_sees_the_rows_it_may_of_its_own_evaluation(cast, position, name):
    asked_about = fill(cast.evaluation, cast.evaluation.strand, cast.evelyn)
    other = Membership.objects.get(user=cast.sam).evaluation
    fill(other, builders.strand(other), cast.sam)
    member = as_member(getattr(cast, name), cast.evaluation)
    found = {}
    for scope, function in scopes().items():
        about = [asked_about[scope]] if scope in asked_about else []
        found[scope] = number(function(member, *about))
    assert found == {scope: seen[position] for scope, seen in SEEN_ROWS.items()}


@pytest.mark.parametrize("name", ["evelyn", "rowan", "leigh"])
def test_of_identities_only_theirs_who_agreed_to_be_named_ever_reach_a_page(cast, name):
    """Of all participants who have not withdrawn, only the groups are counted."""
    willing = builders.participant(cast.evaluation, attribution="named")
    others = [
        builders.participant(cast.evaluation, attribution=a) for a in ("none", "sector", "organisation")
    ]
    gone = builders.participant(cast.evaluation, attribution="named", withdrawn_on="2024-05-14")
    elsewhere = builders.participant(builders.evaluation(), attribution="named")
    for person in (willing, *others, gone, elsewhere):
        ParticipantIdentity.objects.create(evaluation=person.evaluation, participant=person, name="Ada")
    people, named = access.speakers_for_readers(as_member(getattr(cast, name), cast.evaluation))
    assert set(people) == {willing, *others}
    assert [identity.participant for identity in named] == [willing]


def test_readers_rows_are_the_same_whoever_asks(cast):
    """Every export, report and print view asks for them."""
    fill(cast.evaluation, cast.evaluation.strand, cast.evelyn)
    evaluator, reviewer = as_member(cast.evelyn, cast.evaluation), as_member(cast.rowan, cast.evaluation)
    for scope in (access.findings_for, access.quotations_for, access.evidence_links_for):
        assert set(scope(evaluator, Audience.READERS)) == set(scope(reviewer))


def test_a_person_without_the_confidential_part_still_finds_what_they_themselves_sent(cast):
    """A lead whose save came second must find their own text again, and nobody else's."""
    recommendation = builders.recommendation(cast.evaluation.strand)
    for user in (cast.leigh, cast.evelyn):
        ConflictingEdit.objects.create(
            evaluation=cast.evaluation,
            record_type="recommendation",
            record_id=recommendation.pk,
            based_on=1,
            fields={},
            by=user,
        )
    seen = {
        user.username: [
            edit.by for edit in access.set_aside_for(as_member(user, cast.evaluation), recommendation)
        ]
        for user in (cast.evelyn, cast.rowan, cast.leigh)
    }
    assert seen == {"evelyn": [cast.evelyn, cast.leigh], "rowan": [], "leigh": [cast.leigh]}

"""Which earlier rounds a member may look at, and who sees what became of their findings."""

from django.db.models import Exists, Q

from evaluations.models import FindingOutcome, Role, memberships_of

from .findings import is_seen_by
from .rules import Ability, Audience, Member, can, confidential


def earlier_rounds_for(member):
    """Return the rounds before this evaluation, newest first, as the same person's ``Member`` of each.

    As far back as the person is a member and has the second step where a round asks for it: one that is
    closed to them does not exist for them, nor does what it follows.
    """
    if not member.evaluation.follows_id:
        return []
    theirs = {row.evaluation_id: row for row in memberships_of(member.user).filter(is_open=True)}
    found, at = [], theirs.pop(member.evaluation.follows_id, None)
    while at:
        found.append(Member(user=member.user, evaluation=at.evaluation, role=Role(at.role)))
        at = theirs.pop(at.evaluation.follows_id, None)
    return found


def followable_for(member):
    """Return the evaluations that this one may be said to follow.

    Those that are open to the member as an evaluator as well, to those who set this one up; none to anybody
    else.
    """
    rows = memberships_of(member.user).filter(is_open=True, role=Role.EVALUATOR)
    rows = rows.exclude(evaluation=member.evaluation)
    return [row.evaluation for row in rows] if can(member, Ability.SET_UP) else []


def outcomes_for(member, audience=None):
    """Return what became of the earlier round's ready findings, as ``audience`` sees it.

    Only of the evaluation that this one follows, and only to its members. Readers see an outcome when both
    its findings are ready, evaluators also those with a draft of this evaluation.
    """
    follows = member.evaluation.follows_id
    return FindingOutcome.objects.filter(
        Exists(memberships_of(member.user).filter(is_open=True, evaluation=follows)),
        is_seen_by(Audience.READERS, "earlier__"),
        Q(later__isnull=True) | is_seen_by(audience or member.audience, "later__"),
        evaluation=member.evaluation,
        earlier__evaluation=follows,
        removed_at__isnull=True,
    )


def outcome_rows_for(member):
    """Return every row of an outcome, those taken back too: to evaluators, none to anybody else."""
    return confidential(member, FindingOutcome.objects.filter(evaluation=member.evaluation))

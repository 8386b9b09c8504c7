"""Who sees the legacy plan and what is accepted as it is: every member; what was removed, its writers."""

from evaluations.models import Acceptance, AcceptedAs, Ambition

from .rules import Ability, can, confidential


def ambitions_for(member):
    """Return the ambitions of the legacy plan, which every member sees; removed ones nobody."""
    return Ambition.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)


def removed_ambitions_for(member):
    """Return the ambitions that were removed: to those who write the plan, none to anybody else."""
    rows = Ambition.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return rows if can(member, Ability.WRITE_PLAN) else rows.none()


def accepted_gaps_for(member):
    """Return the gaps of the road test that stand accepted, which every member sees."""
    return _acceptances(member, AcceptedAs.GAP).filter(removed_at__isnull=True)


def gap_acceptances_for(member):
    """Return every acceptance of a gap, those taken back included: to those who may accept one, else none."""
    rows = _acceptances(member, AcceptedAs.GAP)
    return rows if can(member, Ability.WRITE_PLAN) else rows.none()


def passage_acceptances_for(member):
    """Return what the check before publishing asked about and was accepted: to evaluators, else none."""
    return confidential(member, _acceptances(member, AcceptedAs.PASSAGE))


def _acceptances(member, accepted_as):
    return Acceptance.objects.filter(evaluation=member.evaluation, accepted_as=accepted_as)

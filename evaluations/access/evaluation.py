"""Which strands, members, invitations, records and jobs of an evaluation a member sees."""

from evaluations.models import AuditEvent, Invitation, Job, Membership, Strand

from .rules import Ability, can, confidential


def strands_for(member):
    """Return the strands of the member's evaluation, in order; removed ones nobody sees here."""
    return Strand.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)


def removed_strands_for(member):
    """Return the strands that can be put back: to those who set up the evaluation, none to anybody else."""
    rows = Strand.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return rows if can(member, Ability.SET_UP) else rows.none()


def members_for(member):
    """Return the memberships of the evaluation."""
    return (
        Membership.objects.filter(evaluation=member.evaluation).select_related("user").order_by("role", "pk")
    )


def invitations_for(member):
    """Return the invitations: all to those who set up the evaluation, none to anybody else."""
    rows = Invitation.objects.filter(evaluation=member.evaluation)
    return rows if can(member, Ability.SET_UP) else rows.none()


def audit_for(member):
    """Return the audit events: all to evaluators, none to anybody else."""
    return confidential(member, AuditEvent.objects.filter(evaluation=member.evaluation))


def jobs_for(member):
    """Return the long work asked for, without the files it holds: all to evaluators, none to anybody else."""
    rows = Job.objects.filter(evaluation=member.evaluation).select_related("by", "file")
    return confidential(member, rows.defer("file__content"))

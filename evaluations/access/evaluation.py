"""Which strands, members, invitations, records and jobs of an evaluation a member sees."""

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from evaluations.models import AuditEvent, Invitation, Job, Membership, Strand, VerbGroup, has_second_step

from .rules import Ability, can, confidential


def strands_for(member):
    """Return the strands of the member's evaluation, in order; removed ones nobody sees here."""
    return Strand.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)


def removed_strands_for(member):
    """Return the strands that can be put back: to those who set up the evaluation, none to anybody else."""
    rows = Strand.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return rows if can(member, Ability.SET_UP) else rows.none()


def members_for(member):
    """Return the memberships of the evaluation; ``has_two_step`` says who has a second step of signing in."""
    rows = Membership.objects.filter(evaluation=member.evaluation).select_related("user")
    return rows.annotate(has_two_step=has_second_step("user")).order_by("role", "pk")


def invitations_for(member):
    """Return the invitations: all to those who set up the evaluation, none to anybody else."""
    rows = Invitation.objects.filter(evaluation=member.evaluation)
    return rows if can(member, Ability.SET_UP) else rows.none()


def audit_for(member):
    """Return the record of access: all to evaluators, none to anybody else.

    To it belongs what no evaluation holds: what was done to its members' accounts, to keys and in backups.
    """
    accounts = Membership.objects.filter(evaluation=member.evaluation).annotate(
        account=Concat(Value("user "), Cast("user", CharField()))
    )
    around = Q(subject__in=accounts.values("account")) | Q(verb__in=VerbGroup.RUNNING.verbs)
    rows = AuditEvent.objects.filter(Q(evaluation=member.evaluation) | Q(evaluation=None) & around)
    return confidential(member, rows)


def jobs_for(member):
    """Return the long work asked for, without the files it holds: all to evaluators, none to anybody else."""
    rows = Job.objects.filter(evaluation=member.evaluation).select_related("by", "file")
    return confidential(member, rows.defer("file__content"))

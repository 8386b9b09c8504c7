"""Which findings are shared for comment, with whom, and what is said of them."""

from django.db.models import Exists, OuterRef

from evaluations.models import Finding, FindingComment, FindingShare

from .rules import Ability, can


def shares_for(member):
    """Return the shares for comment: to evaluators all, ended ones too; to others their own open ones."""
    return _open_to(member).filter(finding__removed_at__isnull=True)


def shared_findings_for(member):
    """Return the findings, drafts and ready ones, whose comments the member may read.

    To evaluators all that were ever shared, to others those shared with them until that ends.
    """
    rows = Finding.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)
    return rows.filter(Exists(_open_to(member).filter(finding=OuterRef("pk"))))


def asked_for(member):
    """Return every share of the findings whose comments the member may read, ended ones too.

    It says who was asked, which tells a comment from an answer.
    """
    return _of_shared(member, _shares(member))


def once_shared_for(member):
    """Return the shares that a form may have been opened under: as ``shares_for``, whatever became of them.

    It tells the member that something was shared, and lets them read nothing.
    """
    rows = _shares(member)
    return rows if can(member, Ability.SEE_CONFIDENTIAL) else rows.filter(member=member.user)


def comments_for(member):
    """Return the comments and answers on the findings that are shared; those taken back nobody sees."""
    return _comments(member).filter(removed_at__isnull=True)


def own_comments_for(member):
    """Return what the member themselves said of the findings that are shared, taken back or not."""
    return _comments(member).filter(by=member.user)


def _shares(member):
    return FindingShare.objects.filter(evaluation=member.evaluation)


def _comments(member):
    return _of_shared(member, FindingComment.objects.filter(evaluation=member.evaluation))


def _open_to(member):
    """Return the shares that let the member read comments, whatever became of the finding since."""
    if can(member, Ability.SEE_CONFIDENTIAL):
        return _shares(member)
    return _shares(member).filter(member=member.user, ended_at__isnull=True)


def _of_shared(member, rows):
    """Narrow rows that belong to a finding to those of a finding whose comments the member may read."""
    share = _open_to(member).filter(finding=OuterRef("finding"))
    return rows.filter(Exists(share), finding__removed_at__isnull=True)

"""Which recommendations, actions, progress, histories and owners a member sees; what a private link shows."""

from django.db.models import Q
from django.utils import timezone

from evaluations.models import (
    Action,
    DueDateChange,
    EvidenceFile,
    Owner,
    OwnerLink,
    ProgressUpdate,
    Recommendation,
    TrackerChange,
)

from .rules import WITHDRAWN, Ability, Audience, can


def recommendations_for(member):
    """Return the recommendations, which every member sees."""
    return Recommendation.objects.filter(evaluation=member.evaluation)


def history_lines_for(member, recommendation):
    """Return the history of a recommendation, as ``histories_for`` returns it."""
    return histories_for(member).filter(id=recommendation.pk)


def histories_for(member, audience=None):
    """Return the history of every recommendation that ``audience`` (the member's own unless given) sees.

    What was said of draft barriers, and that a participant withdrew, is for evaluators only.
    """
    lines = Recommendation.history.filter(evaluation=member.evaluation)
    if (audience or member.audience) is Audience.EVALUATORS:
        return lines
    confidential = Q(history_change_reason__endswith=" a draft barrier") | Q(
        history_change_reason="A participant withdrew"
    )
    return lines.exclude(confidential)


def owners_for(member):
    """Return the people and teams who can own recommendations."""
    return Owner.objects.filter(evaluation=member.evaluation)


def actions_for(member):
    """Return the actions of recommendations, which every member sees; removed ones nobody."""
    return _standing_actions(member.evaluation)


def removed_actions_for(member):
    """Return the actions that can be brought back: to those who track, none to anybody else."""
    return _tracked(member, Action.objects.filter(evaluation=member.evaluation, removed_at__isnull=False))


def own_actions_for(member):
    """Return the actions that the member owns."""
    return actions_for(member).filter(owner__user=member.user)


def may_report(member, action):
    """Say whether the member may say how far an action is: those who track, and who owns it."""
    owns = action.owner is not None and action.owner.user_id == member.user.pk
    return owns or can(member, Ability.TRACK_RECOMMENDATIONS)


def action_histories_for(member):
    """Return the history of every action, which every member sees, of removed ones too: that they went."""
    return Action.history.filter(evaluation=member.evaluation)


def updates_for(member):
    """Return the progress notes, which every member sees."""
    return ProgressUpdate.objects.filter(evaluation=member.evaluation)


def due_changes_for(member):
    """Return how due dates moved, which every member sees."""
    return DueDateChange.objects.filter(evaluation=member.evaluation)


def evidence_files_for(member):
    """Return the evidence files, which every member sees, without their content."""
    return EvidenceFile.objects.filter(evaluation=member.evaluation).defer("content")


def tracker_changes_for(member):
    """Return the changes to several recommendations at once: to those who track, none to anybody else."""
    return _tracked(member, TrackerChange.objects.filter(evaluation=member.evaluation))


def owner_links_for(member):
    """Return the private links of owners: to those who track, none to anybody else."""
    return _tracked(member, OwnerLink.objects.filter(evaluation=member.evaluation))


def open_owner_link(token_hash):
    """Return the private link with this hash, with its owner and ``withdrawn``, while it works; else None."""
    links = OwnerLink.objects.select_related("evaluation", "owner").annotate(withdrawn=WITHDRAWN)
    works = {"revoked_at__isnull": True, "expires_at__gt": timezone.now()}
    return links.filter(token_hash=token_hash, **works).first()


def actions_of_link(link):
    """Return what a private link shows: its owner's actions and nothing else."""
    return _standing_actions(link.evaluation).filter(owner=link.owner_id)


def _standing_actions(evaluation):
    return Action.objects.filter(evaluation=evaluation, removed_at__isnull=True)


def _tracked(member, rows):
    return rows if can(member, Ability.TRACK_RECOMMENDATIONS) else rows.none()

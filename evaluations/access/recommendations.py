"""Which recommendations, histories and owners a member sees."""

from django.db.models import Q

from evaluations.models import Owner, Recommendation

from .rules import Ability, can


def recommendations_for(member):
    """Return the recommendations, which every member sees."""
    return Recommendation.objects.filter(evaluation=member.evaluation)


def history_lines_for(member, recommendation):
    """Return the history of a recommendation.

    What was said of draft barriers, and that a participant withdrew, is for evaluators only.
    """
    lines = recommendation.history.all()
    if can(member, Ability.SEE_CONFIDENTIAL):
        return lines
    confidential = Q(history_change_reason__endswith=" a draft barrier") | Q(
        history_change_reason="A participant withdrew"
    )
    return lines.exclude(confidential)


def owners_for(member):
    """Return the people and teams who can own recommendations."""
    return Owner.objects.filter(evaluation=member.evaluation)

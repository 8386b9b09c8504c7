"""Recommendations as somebody asked for them: what the tracker's pages and its files show."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from evaluations import access
from evaluations.analysis.progress import SOON, STUCK_AFTER
from evaluations.forms.tracker import RecommendationFilterForm
from evaluations.queries.mine import count_open
from evaluations.queries.recommendations import Days, narrowed


@dataclass(frozen=True)
class TrackerScreen:
    """The recommendations of an evaluation as the filters leave them.

    ``recommendations`` are all of them and ``rows`` those that are left, ``owners`` all owners, ``form`` says
    what was asked for, ``own_open`` is how many open recommendations and actions the member owns.
    """

    form: RecommendationFilterForm
    recommendations: object
    rows: object
    owners: tuple
    today: date
    own_open: int


def read_tracker(member, sent):
    """Return the ``TrackerScreen`` of a member's evaluation; ``sent`` are the parameters of the address."""
    today = timezone.localdate()
    owners = tuple(access.owners_for(member).select_related("user"))
    form = RecommendationFilterForm(sent, strands=list(access.strands_for(member)), owners=owners)
    form.is_valid()
    recommendations = access.recommendations_for(member)
    days = Days(today, today + SOON, today - STUCK_AFTER, member.evaluation.programme_ends)
    return TrackerScreen(
        form=form,
        recommendations=recommendations,
        rows=narrowed(recommendations, **form.narrowing, user=member.user, days=days),
        owners=owners,
        today=today,
        own_open=own_open(member),
    )


def own_open(member):
    """Return how many open recommendations and actions the member owns, for the tab of their own ones."""
    mine = access.recommendations_for(member).filter(owner__user=member.user)
    return count_open(mine, access.own_actions_for(member))

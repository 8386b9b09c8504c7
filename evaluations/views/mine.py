"""What the member owns: recommendations and actions, soonest due first."""

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.utils import timezone

from evaluations import access
from evaluations.access import Ability
from evaluations.queries.mine import own_items, without_account

PER_PAGE = 50


def recommendation_mine(request, slug):
    """List what the member owns: open first, soonest due; what is done stays folded away."""
    member = access.evaluation_for(request.user, slug)
    recommendations = access.recommendations_for(member)
    mine = recommendations.filter(owner__user=request.user)
    items, closed = own_items(mine, access.own_actions_for(member), timezone.localdate())
    owns_none = not items and not closed
    asks = owns_none and member.may[Ability.TRACK_RECOMMENDATIONS]
    context = {
        "member": member,
        "page": Paginator(items, PER_PAGE).get_page(request.GET.get("page")),
        "overdue": sum(item.days_overdue > 0 for item in items),
        "closed": closed,
        "owns_none": owns_none,
        "unlinked": without_account(recommendations, access.actions_for(member)) if asks else [],
        "own_open": len(items),
    }
    return TemplateResponse(request, "evaluations/recommendation_mine.html", context)

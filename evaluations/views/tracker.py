"""The tracker: recommendations by status with filters, under its figures."""

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.utils import timezone

from evaluations import access, charts
from evaluations.analysis.progress import by_condition, headlines
from evaluations.forms.recommendations import RecommendationFilterForm
from evaluations.models import Status
from evaluations.queries.recommendations import by_status, for_tracker, narrowed, recommendation_frame

PER_PAGE = 50


def recommendation_list(request, slug):
    """List recommendations by status with filters, under the tracker's figures."""
    member = access.evaluation_for(request.user, slug)
    today = timezone.localdate()
    recommendations = access.recommendations_for(member)
    owners = list(access.owners_for(member).select_related("user"))
    form = RecommendationFilterForm(request.GET, strands=list(access.strands_for(member)), owners=owners)
    form.is_valid()
    rows = narrowed(
        recommendations,
        exact=form.exact,
        owner=form.chosen_owner,
        due=form.chosen_due,
        user=request.user,
        today=today,
        programme_ends=member.evaluation.programme_ends,
    )
    page = Paginator(for_tracker(rows), PER_PAGE).get_page(request.GET.get("page"))
    frame = recommendation_frame(recommendations)
    progress = by_condition(frame, Status.values)
    context = {
        "member": member,
        "form": form,
        "page": page,
        "query": form.query,
        "groups": by_status(rows, list(page), today, show_empty=not form.is_narrowed),
        "figures": headlines(frame, today),
        "progress": progress,
        "progress_chart": charts.progress(progress, dict(Status.choices)),
        "statuses": Status,
        "open_refs": list(recommendations.open().values_list("ref", flat=True)),
        "mine": [owner for owner in owners if owner.user_id == request.user.pk],
        "today": today,
    }
    return TemplateResponse(request, "evaluations/recommendation_list.html", context)

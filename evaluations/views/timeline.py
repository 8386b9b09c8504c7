"""The timeline: what is due when, up to the programme's end."""

from django.core.paginator import Paginator
from django.template.response import TemplateResponse

from evaluations import access, charts
from evaluations.analysis.timeline import build_timeline
from evaluations.queries.timeline import timeline_rows
from evaluations.screens.tracker import read_tracker

PER_PAGE = 50


def recommendation_timeline(request, slug):
    """Show recommendations and their actions by due date, as a chart and as a table, with the filters."""
    member = access.evaluation_for(request.user, slug)
    tracker = read_tracker(member, request.GET)
    rows = timeline_rows(tracker.rows, access.actions_for(member), access.due_changes_for(member))
    timeline = build_timeline(rows, today=tracker.today, ends=member.evaluation.programme_ends)
    page = Paginator(timeline.items, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "member": member,
        "form": tracker.form,
        "query": tracker.form.query,
        "own_open": tracker.own_open,
        "total": tracker.recommendations.count(),
        "timeline": timeline,
        "page": page,
        "undated": timeline.undated[:PER_PAGE],
        "chart": charts.timeline(timeline, list(page)) if timeline.items else None,
    }
    return TemplateResponse(request, "evaluations/recommendation_timeline.html", context)

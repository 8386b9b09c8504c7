"""The tracker: recommendations in groups with filters, under their figures, and what was changed at once."""

from django.core.paginator import Paginator
from django.template.response import TemplateResponse

from evaluations import access, charts
from evaluations.access import Ability
from evaluations.actions.bulk import undoable
from evaluations.analysis.progress import by_condition, figures, headlines
from evaluations.forms.bulk import CHANGES
from evaluations.forms.tracker import FIGURE_QUERIES
from evaluations.models import Status
from evaluations.queries.board import just_done, with_undo
from evaluations.queries.mine import without_account
from evaluations.queries.recommendations import (
    at_the_end,
    for_tracker,
    grouped,
    marked,
    recent_changes,
    recommendation_frame,
)
from evaluations.screens.tracker import read_tracker

PER_PAGE = 50


def recommendation_list(request, slug):
    """List recommendations in groups, narrowed and in order as the address asks, under the figures of all."""
    member = access.evaluation_for(request.user, slug)
    screen = read_tracker(member, request.GET)
    form, group = screen.form, screen.form.group_chosen
    listed = for_tracker(
        screen.rows,
        sort=form.sort_chosen,
        group=group,
        actions=access.actions_for(member),
        due_changes=access.due_changes_for(member),
    )
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    shown = marked(list(page), screen.today)
    context = {
        "member": member,
        "form": form,
        "page": page,
        "query": form.query,
        "groups": grouped(screen.rows, shown, group, show_empty=not form.is_narrowed),
        "own_open": screen.own_open,
        **_figures(screen),
        **_own(member, screen),
        **_bulk(request, member),
    }
    return TemplateResponse(request, "evaluations/recommendation_list.html", context)


def _figures(screen):
    """Return what stands above and below the list: figures of all recommendations, whatever the filters."""
    frame = recommendation_frame(screen.recommendations)
    heads = headlines(frame, screen.today)
    progress = by_condition(frame, Status.values)
    taken_on, left = at_the_end(screen.recommendations)
    return {
        "heads": heads,
        "figures": [(figure, FIGURE_QUERIES[figure.name]) for figure in figures(heads)],
        "taken_on": taken_on,
        "left": left,
        "progress": progress,
        "progress_chart": charts.progress(progress, dict(Status.choices)),
        "statuses": Status,
    }


def _own(member, screen):
    """Return whether the member owns anything; to a lead who does not, which owners have no account."""
    owns = any(owner.user_id == member.user.pk for owner in screen.owners)
    asks = member.may[Ability.TRACK_RECOMMENDATIONS] and not owns
    unlinked = without_account(screen.recommendations, access.actions_for(member)) if asks else []
    return {"owns": owns, "unlinked": unlinked}


def _bulk(request, member):
    """Return what somebody who tracks can change at once, what was changed lately, and what just now."""
    changes = recent_changes(access.tracker_changes_for(member))
    steps = with_undo(changes, undoable(changes))
    done = just_done(steps, request.GET.get("done"))
    return {"bulk_changes": CHANGES, "steps": steps, "done": done}

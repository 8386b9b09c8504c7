"""The status board: recommendations as cards by status, and moving one to another status."""

import re
from urllib.parse import urlencode

from django.http import QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.tracking import followed_status, set_status
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.tracking import StatusForm
from evaluations.models import Status
from evaluations.queries.tracker_board import columns, last_move
from evaluations.screens.tracker import read_tracker

REF = re.compile("[A-Z]+[0-9]+")


def recommendation_board(request, slug):
    """Show recommendations as cards by status, with the tracker's filters; the lead moves them."""
    member = access.evaluation_for(request.user, slug)
    tracker = read_tracker(member, request.GET)
    board = columns(tracker.rows, access.actions_for(member), tracker.today)
    context = {
        "member": member,
        "form": tracker.form,
        "query": tracker.form.query,
        "own_open": tracker.own_open,
        "columns": board,
        "shown": sum(column.count for column in board),
        "total": tracker.recommendations.count(),
        "statuses": Status,
        "move": _just_moved(member, request.GET.get("moved", "")),
    }
    return TemplateResponse(request, "evaluations/recommendation_board.html", context)


def recommendation_move(request, slug, ref):
    """Give a recommendation another status and go back to the board; ask why where that has to be said."""
    member = access.evaluation_for(request.user, slug, Ability.TRACK_RECOMMENDATIONS)
    row = access.row_for(access.recommendations_for(member), request.POST, ref=ref)
    followed = followed_status(row)
    sent = request.POST if request.method == "POST" else request.GET
    query = read_tracker(member, QueryDict(sent.get("query", ""))).form.query
    context = {
        "member": member,
        "recommendation": row,
        "followed": followed,
        "query": query,
        "back": f"{_board(slug, query)}#{row.ref}",
        "form": _form(request, row, followed),
    }
    if request.method == "POST":
        return _move(request, row, context)
    return TemplateResponse(request, "evaluations/recommendation_status.html", context)


def _move(request, row, context):
    """Set the status that was sent, or show what has to be said or chosen first."""
    form, slug = context["form"], row.evaluation.slug
    if _only_lacks_reason(form):
        seen = {"status": form.cleaned_data["status"], "version": form.seen_version}
        address = reverse("recommendation-move", kwargs={"slug": slug, "ref": row.ref})
        return redirect(f"{address}?{urlencode(seen | {'query': context['query']})}")
    if form.is_valid():
        seen = {"version": form.seen_version, **form.changes}
        try:
            moved = set_status(recommendation=row, by=request.user, **seen)
        except StaleVersion as stale:
            context |= {"conflict": conflict(form, stale.current), "heading": f"Recommendation {row.ref}"}
            return TemplateResponse(request, "evaluations/conflict.html", context, status=409)
        except NotAllowedNow as error:
            form.add_error("status_reason", str(error))
        else:
            return redirect(f"{_board(slug, context['query'], moved=moved.ref)}#{moved.ref}")
    return TemplateResponse(request, "evaluations/recommendation_status.html", context)


def _form(request, row, followed):
    """Return the form of a status: as it was sent, or with what was chosen and seen on the board."""
    kwargs = {"instance": row, "followed": followed}
    if request.method == "POST":
        return bound(StatusForm, request.POST, **kwargs)
    form = StatusForm(**kwargs)
    if request.GET.get("status") in set(Status.values) - {row.status}:
        form.initial |= {"status": request.GET["status"], "status_reason": ""}
    form.initial["version"] = request.GET.get("version", row.version)
    return form


def _only_lacks_reason(form):
    """Say whether a card sent a status that needs a reason: a card has no room to give one."""
    return set(form.errors) == {"status_reason"} and "status_reason" not in form.data


def _just_moved(member, ref):
    """Return the ``Move`` that led here, to say so and to undo it; None when there is none."""
    if not REF.fullmatch(ref):
        return None
    row = access.recommendations_for(member).filter(ref=ref).first()
    return row and last_move(row, access.history_lines_for(member, row), by=member.user)


def _board(slug, query, **more):
    """Return the board's address with the filters in use."""
    parameters = "&".join(filter(None, [query, urlencode(more)]))
    return f"{reverse('recommendation-board', kwargs={'slug': slug})}?{parameters}".removesuffix("?")

"""Changing several recommendations at once: choose, see row by row what changes, confirm; and undo it."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.bulk import ChangedMeanwhile, change_several, undo_change
from evaluations.actions.errors import ActionError
from evaluations.forms.bulk import CHANGES, FORMS, ticked
from evaluations.queries.owners import who_can_own
from evaluations.queries.recommendations import BY_NUMBER, followed_statuses

SEE, CONFIRM = "see", "confirm"


@require_POST
def bulk_change(request, slug):
    """Change the ticked recommendations: ask what to, show what changes, then do all of it or nothing."""
    member = access.evaluation_for(request.user, slug, Ability.TRACK_RECOMMENDATIONS)
    form = _form(member, request.POST)
    if form is None:
        messages.warning(request, "Tick at least one recommendation, then choose what to change.")
        return redirect(_tracker(slug, request.POST))
    if request.POST.get("step") == CONFIRM and form.is_valid():
        seen = ticked(request.POST)
        try:
            change = change_several(evaluation=member.evaluation, seen=seen, by=request.user, **form.sent)
        except ChangedMeanwhile:
            return _page(request, member, _form(member, request.POST), status=409)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            return _done(request, slug, change)
    return _page(request, member, form)


@require_POST
def bulk_undo(request, slug, pk):
    """Undo a change to several recommendations."""
    member = access.evaluation_for(request.user, slug, Ability.TRACK_RECOMMENDATIONS)
    change = get_object_or_404(access.tracker_changes_for(member), pk=pk)
    try:
        undo_change(change=change, by=request.user)
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Undone: {change.label}.")
    return redirect(_tracker(slug, request.POST))


def _form(member, sent):
    """Return the form for what was ticked and chosen, unbound at first; None when that is nothing."""
    rows = access.recommendations_for(member).filter(pk__in=ticked(sent)).select_related("owner")
    rows, what = list(rows.order_by(*BY_NUMBER)), sent.get("what")
    if not rows or what not in FORMS:
        return None
    choices = {"followed": followed_statuses(access.actions_for(member).filter(recommendation__in=rows))}
    if what == "owner":
        choices |= who_can_own(access.owners_for(member), access.members_for(member))
    return FORMS[what](sent if sent.get("step") else None, rows=rows, **choices)


def _page(request, member, form, status=200):
    """Show the form or, where it was filled in as it should be, what it comes to."""
    sent, seen = request.POST, ticked(request.POST)
    is_plan = sent.get("step") in (SEE, CONFIRM) and form.is_valid()
    context = {
        "member": member,
        "form": form,
        "what": sent["what"],
        "heading": CHANGES[sent["what"]],
        "changed": [row for row in form.rows if row.version != seen[row.pk]],
        "plan": form.plan if is_plan else [],
        "carried": [(name, value) for name in form.fields for value in sent.getlist(name)],
        "query": _query(sent),
        "back": _tracker(member.evaluation.slug, sent),
    }
    context["changing"] = sum(one.is_change for one in context["plan"])
    return TemplateResponse(request, "evaluations/bulk_change.html", context, status=status)


def _done(request, slug, change):
    if change is None:
        messages.success(request, "Nothing changed: they were all like that already.")
        return redirect(_tracker(slug, request.POST))
    return redirect(_tracker(slug, request.POST, done=change.pk))


def _query(sent):
    """Return the filters of the tracker that a form came from."""
    return QueryDict(sent.get("back", "")).urlencode()


def _tracker(slug, sent, **more):
    """Return the address of the tracker with the filters it had."""
    address = reverse("recommendation-list", kwargs={"slug": slug})
    query = QueryDict(mutable=True)
    query.update(QueryDict(sent.get("back", "")))
    query.update(more)
    return f"{address}?{query.urlencode()}".removesuffix("?")

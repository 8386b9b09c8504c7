"""Actions of a recommendation: added and changed by the lead, reported on by whoever owns them too."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.errors import ActionError, StaleVersion
from evaluations.actions.progress import add_progress_update
from evaluations.actions.tracking import (
    add_action,
    edit_action,
    followed_status,
    move_action,
    remove_action,
    report_action,
    restore_action,
)
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.progress import ProgressForm
from evaluations.forms.tracking import ActionForm, ActionReportForm
from evaluations.models import Action
from evaluations.queries.history import set_aside_edits
from evaluations.queries.owners import who_can_own


def action_add(request, slug, ref):
    """Add an action to a recommendation."""
    member, recommendation = _recommendation(request, slug, ref)
    form = ActionForm(request.POST or None, instance=Action(), **_people(member))
    if request.method == "POST" and form.is_valid():
        try:
            action = add_action(
                recommendation=recommendation, fields=form.changes, owner=form.owner, by=request.user
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            return _back(request, member, recommendation, "Action added.", action)
    is_first = followed_status(recommendation) is None
    context = {"member": member, "recommendation": recommendation, "form": form, "is_first": is_first}
    return TemplateResponse(request, "evaluations/action_form.html", context)


def action_edit(request, slug, ref, pk):
    """Change an action; a stale save shows both versions."""
    member, action = _action(request, slug, ref, pk)
    kwargs = _people(member) | {"instance": action}
    form = bound(ActionForm, request.POST, **kwargs) if request.method == "POST" else ActionForm(**kwargs)

    def act():
        edit_action(
            action=action,
            version=form.seen_version,
            changes=form.changes,
            owner=form.owner,
            due_reason=form.cleaned_data.get("due_reason", ""),
            by=request.user,
        )

    return _change(request, member, action, form, act, page="evaluations/action_form.html")


def action_report(request, slug, ref, pk):
    """Say how far an action is: the lead, and who owns it."""
    member, action = _reported(request, slug, ref, pk)
    kwargs = {"instance": action, "auto_id": "report-%s"}
    is_sent = request.method == "POST"
    form = bound(ActionReportForm, request.POST, **kwargs) if is_sent else ActionReportForm(**kwargs)

    def act():
        report_action(action=action, version=form.seen_version, changes=form.changes, by=request.user)

    beside = {"note_form": _empty_note()}
    return _change(request, member, action, form, act, page="evaluations/action_report.html", beside=beside)


@require_POST
def action_note(request, slug, ref, pk):
    """Add a progress note on an action: the lead, and who owns it."""
    member, action = _reported(request, slug, ref, pk)
    note = ProgressForm(request.POST, request.FILES, auto_id="note-%s")
    if note.is_valid():
        sent = note.sent | {"action": action}
        update = add_progress_update(recommendation=action.recommendation, by=request.user, **sent)
        messages.success(request, "Progress note added.")
        return redirect(_address(member, action.recommendation, f"#note-{update.pk}"))
    form = ActionReportForm(instance=action, auto_id="report-%s")
    context = _context(member, action, form) | {"note_form": note, "error_links": note.error_links}
    return TemplateResponse(request, "evaluations/action_report.html", context)


@require_POST
def action_move(request, slug, ref, pk):
    """Move an action one place up or down."""
    member, action = _action(request, slug, ref, pk)
    move_action(action=action, up=request.POST.get("direction") == "up", by=request.user)
    return redirect(_address(member, action.recommendation, f"#action-{action.pk}"))


@require_POST
def action_remove(request, slug, ref, pk):
    """Take an action away; it can be brought back."""
    member, action = _action(request, slug, ref, pk)
    remove_action(action=action, by=request.user)
    return redirect(_address(member, action.recommendation, f"?removed={action.pk}#h-actions"))


@require_POST
def action_restore(request, slug, ref, pk):
    """Bring a removed action back."""
    member = access.evaluation_for(request.user, slug, Ability.TRACK_RECOMMENDATIONS)
    rows = access.removed_actions_for(member).filter(recommendation__ref=ref)
    action = get_object_or_404(rows.select_related("recommendation"), pk=pk)
    restore_action(action=action, by=request.user)
    return _back(request, member, action.recommendation, "Action brought back.", action)


def _recommendation(request, slug, ref):
    member = access.evaluation_for(request.user, slug, Ability.TRACK_RECOMMENDATIONS)
    return member, access.row_for(access.recommendations_for(member), request.POST, ref=ref)


def _action(request, slug, ref, pk, ability=Ability.TRACK_RECOMMENDATIONS):
    member = access.evaluation_for(request.user, slug, ability)
    rows = access.actions_for(member).select_related("recommendation", "owner")
    return member, get_object_or_404(rows, pk=pk, recommendation__ref=ref)


def _reported(request, slug, ref, pk):
    """Return the member and an action on whose progress they may report."""
    member, action = _action(request, slug, ref, pk, Ability.SEE_SHARED)
    if not access.may_report(member, action):
        raise PermissionDenied
    return member, action


def _empty_note():
    return ProgressForm(initial={"date": timezone.localdate()}, auto_id="note-%s")


def _change(request, member, action, form, act, *, page, beside=None):
    """Act on what a form sent and go back; otherwise show the form again, or both versions."""
    context = _context(member, action, form) | (beside or {})
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current)
            return TemplateResponse(request, "evaluations/action_conflict.html", context, status=409)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            return _back(request, member, action.recommendation, "Action saved.", action)
    context["error_links"] = form.error_links
    return TemplateResponse(request, page, context)


def _context(member, action, form):
    return {
        "member": member,
        "recommendation": action.recommendation,
        "action": action,
        "form": form,
        "set_aside": set_aside_edits(action, access.set_aside_for(member, action)),
    }


def _people(member):
    return who_can_own(access.owners_for(member), access.members_for(member))


def _back(request, member, recommendation, said, action):
    """Go back to an action with what was done, and what became of the recommendation's status by it."""
    now = access.recommendations_for(member).get(pk=recommendation.pk)
    if now.status != recommendation.status:
        said = f"{said} {now.ref} is now {now.get_status_display().lower()}: that follows from its actions."
    messages.success(request, said)
    return redirect(_address(member, recommendation, f"?saved={action.pk}#action-{action.pk}"))


def _address(member, recommendation, place):
    kwargs = {"slug": member.evaluation.slug, "ref": recommendation.ref}
    return reverse("recommendation-detail", kwargs=kwargs) + place

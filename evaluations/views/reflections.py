"""Reflections: the themes by subject, one with its points, adding, editing, ordering, sharing, removing."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.errors import StaleVersion
from evaluations.actions.reflections import (
    add_reflection,
    edit_reflection,
    mark_reflection,
    move_reflection,
    remove_reflection,
    restore_reflection,
)
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.findings import VersionForm
from evaluations.forms.reflections import PointForm, ReflectionForm
from evaluations.models import Reflection, ReflectionStatus, Subject
from evaluations.queries.history import set_aside_edits
from evaluations.queries.quotations import reader_groups
from evaluations.queries.reflections import gated_reflections, shown_reflections

CHANGED = "Somebody changed this reflection since you opened it. Read it again, then decide."


def reflection_list(request, slug):
    """List the reflections that the member sees, on what was heard and on the model."""
    member = access.evaluation_for(request.user, slug)
    shown = _shown(member, access.reflections_for(member))
    removed = list(access.removed_reflections_for(member).order_by("-removed_at"))
    context = {
        "member": member,
        "groups": [(subject, [row for row in shown if row.subject == subject]) for subject in Subject],
        "has_any": bool(shown),
        "removed": removed,
        "just_removed": _named(removed, request.GET.get("removed")),
    }
    return TemplateResponse(request, "evaluations/reflection_list.html", context)


def reflection_detail(request, slug, pk):
    """Show one reflection with its points and, to evaluators, what changes them."""
    member = access.evaluation_for(request.user, slug)
    shown = _shown(member, access.reflections_for(member).filter(pk=pk))
    if not shown:
        raise Http404
    removed = list(access.removed_points_for(member).filter(reflection=pk).order_by("-removed_at"))
    detached = access.quotations_for(member).filter(pk=access.number_in(request.GET.get("detached", "")))
    may_write = member.may[Ability.WRITE_FINDINGS]
    context = {
        "member": member,
        "reflection": shown[0],
        "removed": removed,
        "just_removed": _named(removed, request.GET.get("removed")),
        "just_added": _named(shown[0].points, request.GET.get("added")) if may_write else None,
        "detached": detached.first() if may_write else None,
        "detached_from": _named(shown[0].points, request.GET.get("point")),
        "form": PointForm() if may_write else None,
    }
    return TemplateResponse(request, "evaluations/reflection_detail.html", context)


def reflection_add(request, slug):
    """Add a reflection; the address may name its subject."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_FINDINGS)
    about = request.GET.get("subject")
    form = ReflectionForm(
        request.POST or None,
        instance=Reflection(evaluation=member.evaluation),
        initial={"subject": about if about in Subject.values else Subject.HEARD},
        strands=list(access.strands_for(member)),
    )
    if request.method == "POST" and form.is_valid():
        row = add_reflection(evaluation=member.evaluation, fields=form.changes, by=request.user)
        messages.success(request, "Reflection saved as a draft. Add its points.")
        return redirect("reflection-detail", slug=slug, pk=row.pk)
    context = {"member": member, "form": form, "heading": "Add a reflection", "action": "Save as a draft"}
    context["back"] = reverse("reflection-list", kwargs={"slug": slug})
    return TemplateResponse(request, "evaluations/reflection_form.html", context)


def reflection_edit(request, slug, pk):
    """Edit a reflection's theme, subject and strand; a stale save shows both versions."""
    member, row = _find(request, slug, pk)
    kwargs = {"instance": row, "strands": list(access.strands_for(member))}
    is_sent = request.method == "POST"
    form = bound(ReflectionForm, request.POST, **kwargs) if is_sent else ReflectionForm(**kwargs)
    context = {"member": member, "form": form, "back": _address(slug, pk)}
    if is_sent and form.is_valid():
        seen = {"version": form.seen_version, "changes": form.changes}
        try:
            edit_reflection(reflection=row, by=request.user, **seen)
        except StaleVersion as stale:
            context |= {"conflict": conflict(form, stale.current), "heading": "This reflection"}
            return TemplateResponse(request, "evaluations/conflict.html", context, status=409)
        messages.success(request, "Reflection saved.")
        return redirect(context["back"])
    context |= {"heading": "Edit this reflection", "action": "Save"}
    context["set_aside"] = set_aside_edits(row, access.set_aside_for(member, row))
    return TemplateResponse(request, "evaluations/reflection_form.html", context)


@require_POST
def reflection_mark(request, slug, pk):
    """Make a reflection ready to share, or a draft again."""
    _, row = _find(request, slug, pk)
    status = request.POST.get("status")
    if status in ReflectionStatus.values:
        try:
            mark_reflection(
                reflection=row, version=VersionForm(request.POST).seen, status=status, by=request.user
            )
        except StaleVersion:
            messages.error(request, CHANGED)
        else:
            is_ready = status == ReflectionStatus.READY
            messages.success(request, "Ready to share." if is_ready else "A draft again: evaluators only.")
    return redirect("reflection-detail", slug=slug, pk=pk)


@require_POST
def reflection_move(request, slug, pk):
    """Move a reflection one place up or down among those of its subject."""
    _, row = _find(request, slug, pk)
    move_reflection(reflection=row, up=request.POST.get("direction") == "up", by=request.user)
    return redirect(f"{reverse('reflection-list', kwargs={'slug': slug})}#reflection-{pk}")


@require_POST
def reflection_remove(request, slug, pk):
    """Take a reflection away; the list offers to undo it."""
    _, row = _find(request, slug, pk)
    remove_reflection(reflection=row, by=request.user)
    return redirect(f"{reverse('reflection-list', kwargs={'slug': slug})}?removed={pk}")


@require_POST
def reflection_restore(request, slug, pk):
    """Put a reflection back that was removed."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_FINDINGS)
    row = get_object_or_404(access.removed_reflections_for(member), pk=pk)
    restore_reflection(reflection=row, by=request.user)
    messages.success(request, "Reflection put back, last of its subject.")
    return redirect("reflection-detail", slug=slug, pk=pk)


def _shown(member, rows):
    """Return reflections as the member sees them: to evaluators with what readers see of each quotation."""
    groups = reader_groups(*access.speakers_for_readers(member))
    seen = (rows, access.points_for(member), access.quotations_for(member), groups)
    if member.may[Ability.SEE_CONFIDENTIAL]:
        return gated_reflections(*seen, access.versions_for(member))
    return shown_reflections(*seen)


def _find(request, slug, pk):
    member = access.evaluation_for(request.user, slug, Ability.WRITE_FINDINGS)
    return member, get_object_or_404(access.reflections_for(member), pk=pk)


def _address(slug, pk):
    return reverse("reflection-detail", kwargs={"slug": slug, "pk": pk})


def _named(rows, number):
    """Return the one of ``rows`` that an address names by its number, or None."""
    return next((row for row in rows if str(row.id) == number), None)

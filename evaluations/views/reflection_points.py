"""The points of a reflection, and the quotations behind each: adding, editing, ordering, attaching."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.reflections import (
    add_point,
    attach_to_point,
    detach_from_point,
    edit_point,
    move_point,
    remove_point,
    restore_point,
)
from evaluations.forms.board import back_address
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.reflections import FindQuotationForm, PointForm
from evaluations.models import ReflectionPoint
from evaluations.queries.history import set_aside_edits
from evaluations.queries.quotations import gated_quotations, reader_groups
from evaluations.queries.reflections import MOST_FOUND, gated_reflections, to_attach


@require_POST
def reflection_point_add(request, slug, pk):
    """Add a point to a reflection; what cannot be saved comes back with what is wrong."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_FINDINGS)
    reflection = get_object_or_404(access.reflections_for(member), pk=pk)
    form = PointForm(request.POST, instance=ReflectionPoint(evaluation=member.evaluation))
    if form.is_valid():
        point = add_point(reflection=reflection, by=request.user, **form.changes)
        return redirect(f"{_address(slug, reflection=pk)}?added={point.pk}#id_text")
    context = {"member": member, "form": form, "heading": "Add a point", "action": "Add this point"}
    context |= {"lede": reflection.theme, "back": _address(slug, reflection=pk)}
    return TemplateResponse(request, "evaluations/reflection_form.html", context)


def reflection_point_edit(request, slug, pk, point):
    """Edit a point; a stale save shows both versions."""
    member, row = _find(request, slug, pk, point)
    is_sent = request.method == "POST"
    form = bound(PointForm, request.POST, instance=row) if is_sent else PointForm(instance=row)
    context = {"member": member, "form": form, "back": _address(slug, row)}
    if is_sent and form.is_valid():
        try:
            edit_point(point=row, version=form.seen_version, by=request.user, **form.changes)
        except StaleVersion as stale:
            context |= {"conflict": conflict(form, stale.current), "heading": "This point"}
            return TemplateResponse(request, "evaluations/conflict.html", context, status=409)
        messages.success(request, "Point saved.")
        return redirect(context["back"])
    context |= {"heading": "Edit this point", "action": "Save", "lede": row.reflection.theme}
    context["set_aside"] = set_aside_edits(row, access.set_aside_for(member, row))
    return TemplateResponse(request, "evaluations/reflection_form.html", context)


@require_POST
def reflection_point_move(request, slug, pk, point):
    """Move a point one place up or down."""
    _, row = _find(request, slug, pk, point)
    move_point(point=row, up=request.POST.get("direction") == "up", by=request.user)
    return redirect(_address(slug, row))


@require_POST
def reflection_point_remove(request, slug, pk, point):
    """Take a point out; the reflection's page offers to undo it."""
    _, row = _find(request, slug, pk, point)
    remove_point(point=row, by=request.user)
    return redirect(f"{_address(slug, reflection=pk)}?removed={point}#done")


@require_POST
def reflection_point_restore(request, slug, pk, point):
    """Put a point back that was taken out."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_FINDINGS)
    get_object_or_404(access.reflections_for(member), pk=pk)
    row = get_object_or_404(access.removed_points_for(member), pk=point, reflection=pk)
    restore_point(point=row, by=request.user)
    messages.success(request, "Point put back, last of this reflection.")
    return redirect(_address(slug, row))


def reflection_quotations(request, slug, pk, point):
    """Look for quotations by words, and attach them to a point one by one."""
    member, row = _find(request, slug, pk, point)
    form = FindQuotationForm(request.GET)
    words = form.words if form.is_valid() else ""
    if request.method == "POST":
        _attach(request, member, row)
        return redirect(back_address(request.POST, slug) or request.get_full_path())
    quotations = access.quotations_for(member)
    groups = reader_groups(*access.speakers_for_readers(member))
    found = to_attach(quotations, besides=row, words=words)
    reflections, points = access.reflections_for(member).filter(pk=pk), access.points_for(member)
    versions = access.versions_for(member)
    shown = gated_reflections(reflections, points.filter(pk=point), quotations, groups, versions)
    context = {
        "member": member,
        "reflection": row.reflection,
        "point": shown[0].points[0],
        "form": form,
        "found": gated_quotations(found[:MOST_FOUND], groups, versions),
        "total": found.count(),
        "back": _address(slug, row),
    }
    return TemplateResponse(request, "evaluations/reflection_quotations.html", context)


@require_POST
def reflection_quotation_detach(request, slug, pk, point, quotation):
    """Stop using a quotation for a point; the reflection's page offers to undo it."""
    member, row = _find(request, slug, pk, point)
    said = get_object_or_404(access.quotations_for(member), pk=quotation)
    detach_from_point(point=row, quotation=said, by=request.user)
    return redirect(f"{_address(slug, reflection=pk)}?detached={quotation}&point={point}#point-{point}")


def _attach(request, member, point):
    number = access.number_in(request.POST.get("quotation", ""))
    quotation = access.quotations_for(member).filter(pk=number).first()
    if quotation is None:
        messages.error(request, "Choose a quotation that is here. That one is not, or not any more.")
        return
    try:
        attach_to_point(point=point, quotation=quotation, by=request.user)
    except NotAllowedNow as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Quotation attached.")


def _find(request, slug, pk, point):
    """Return ``(member, point)`` of a reflection that the member may write."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_FINDINGS)
    rows = access.points_for(member).select_related("reflection")
    return member, get_object_or_404(rows, pk=point, reflection=pk)


def _address(slug, point=None, *, reflection=None):
    """Return the address of a point on its reflection's page, or of that page."""
    pk = reflection if point is None else point.reflection_id
    page = reverse("reflection-detail", kwargs={"slug": slug, "pk": pk})
    return page if point is None else f"{page}#point-{point.pk}"

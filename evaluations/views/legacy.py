"""The legacy plan: its ambitions, their road test against the six conditions, the gaps that are accepted."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from evaluations import accepting, access
from evaluations.access import Ability
from evaluations.actions.errors import AlreadyThere, NotAllowedNow, StaleVersion
from evaluations.actions.legacy import (
    add_ambition,
    edit_ambition,
    move_ambition,
    remove_ambition,
    restore_ambition,
)
from evaluations.downloads import send_file, source_of
from evaluations.exporting.legacy import FORMATS, LegacyPlan, legacy_file
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.legacy import AmbitionForm, GapForm, PlanFilterForm
from evaluations.models import AcceptedAs, Ambition
from evaluations.queries.history import set_aside_edits
from evaluations.queries.legacy import conditions_of
from evaluations.screens.legacy import find_gap, read_plan

HERE_ALREADY = "This ambition is here already: the plan of this strand has the same words."
GAP_IS_GONE = "That gap is not there any more: the plan, a finding or a recommendation changed."
GAPS = accepting.Accepting(
    kept_as=AcceptedAs.GAP,
    form=GapForm,
    template="evaluations/gap_form.html",
    done="Accepted with your reason. The gap stands under “Accepted as they are”.",
    taken_back=(
        "Taken back: the gap is open again. To undo that, press “Accept it” beside it; your reason is kept."
    ),
)


def legacy_plan(request, slug):
    """Show the ambitions laid against the six conditions, and the gaps that the road test found."""
    member = access.evaluation_for(request.user, slug)
    removed = list(access.removed_ambitions_for(member).select_related("strand"))
    done = access.number_in(request.GET.get("done", ""))
    context = {
        "member": member,
        "screen": read_plan(member, request.GET),
        "may_write": member.may[Ability.WRITE_PLAN],
        "removed": removed,
        "done": next((row for row in removed if row.pk == done), None),
    }
    return TemplateResponse(request, "evaluations/legacy_plan.html", context)


@require_GET
def legacy_export(request, slug, format):
    """Send the plan, its road test and the gaps as a file, narrowed to a strand as the address asks."""
    member = access.evaluation_for(request.user, slug)
    screen = read_plan(member, request.GET, most=None, most_gaps=None)
    strands = [part.strand for part in screen.parts]
    sources = {row.slug: source_of(row, member.evaluation) for row in strands}

    def make(said):
        plan = LegacyPlan(said, screen.parts, screen.rules, screen.accepted, sources)
        return legacy_file(plan, format, name=[slug])

    return send_file(
        request,
        member.evaluation,
        format,
        formats=FORMATS,
        title="Legacy plan and its road test",
        sources=sources.values(),
        filters=[row.name for row in strands] if screen.strand else [],
        make=make,
        subject="the legacy plan",
    )


def ambition_add(request, slug):
    """Add an ambition; the address may name the strand and a condition that it needs to shift."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_PLAN)
    choices = _choices(member)
    asked = next((row for row in choices["strands"] if row.slug == request.GET.get("strand")), None)
    start = {"strand": asked, "conditions": request.GET.getlist("condition")}
    new = Ambition(evaluation=member.evaluation)
    form = AmbitionForm(request.POST or None, instance=new, initial=start, **choices)
    if request.method == "POST" and form.is_valid():
        said = {"fields": form.changes, "conditions": form.cleaned_data["conditions"]}
        try:
            row = add_ambition(evaluation=member.evaluation, by=request.user, **said)
        except AlreadyThere:
            form.add_error("text", HERE_ALREADY)
        except NotAllowedNow as error:
            form.add_error("strand", str(error))
        else:
            messages.success(request, "Ambition added.")
            return redirect(_plan(member, anchor=f"ambition-{row.pk}"))
    context = {"member": member, "form": form, "back": _plan(member), "set_aside": []}
    return TemplateResponse(request, "evaluations/ambition_form.html", context)


def ambition_edit(request, slug, pk):
    """Edit an ambition; a stale save shows both versions."""
    member, ambition = _find(request, slug, pk)
    choices = {"instance": ambition, **_choices(member)}
    is_sent = request.method == "POST"
    start = {"conditions": conditions_of(ambition)}
    form = bound(AmbitionForm, request.POST, **choices) if is_sent else AmbitionForm(initial=start, **choices)
    back = _plan(member, anchor=f"ambition-{pk}")
    context = {"member": member, "ambition": ambition, "form": form, "back": back}
    context["set_aside"] = set_aside_edits(ambition, access.set_aside_for(member, ambition))
    if is_sent and form.is_valid():
        said = {"changes": form.changes, "conditions": form.cleaned_data["conditions"]}
        try:
            edit_ambition(ambition=ambition, version=form.seen_version, by=request.user, **said)
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current, conditions=conditions_of(stale.current))
            return TemplateResponse(request, "evaluations/ambition_conflict.html", context, status=409)
        except AlreadyThere:
            form.add_error("text", HERE_ALREADY)
        except NotAllowedNow as error:
            form.add_error("strand", str(error))
        else:
            messages.success(request, "Ambition saved.")
            return redirect(back)
    return TemplateResponse(request, "evaluations/ambition_form.html", context)


@require_POST
def ambition_move(request, slug, pk):
    """Move an ambition one place up or down in its strand."""
    member, ambition = _find(request, slug, pk)
    move_ambition(ambition=ambition, up=request.POST.get("direction") == "up", by=request.user)
    return redirect(_plan(member, request.POST, anchor=f"ambition-{pk}"))


@require_POST
def ambition_remove(request, slug, pk):
    """Take an ambition out of the plan, and say so with Undo."""
    member, ambition = _find(request, slug, pk)
    remove_ambition(ambition=ambition, by=request.user)
    return redirect(_plan(member, request.POST, done=pk, anchor="done"))


@require_POST
def ambition_restore(request, slug, pk):
    """Put an ambition back that was taken out."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_PLAN)
    ambition = get_object_or_404(access.removed_ambitions_for(member), pk=pk)
    restore_ambition(ambition=ambition, by=request.user)
    messages.success(request, "Ambition put back, last in its strand.")
    return redirect(_plan(member, request.POST, anchor=f"ambition-{pk}"))


def gap_accept(request, slug):
    """Accept a gap with a reason, or give another reason; a stale save shows both versions."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_PLAN)
    gap = find_gap(member, accepting.asked_for(request, "gap"))
    if gap is None:
        accepting.say_it_is_gone(request, GAP_IS_GONE)
        return redirect("legacy-plan", slug=slug)
    return accepting.accept_with_reason(
        request,
        member,
        GAPS,
        access.gap_acceptances_for(member),
        gap.subject,
        beside={"gap": gap, "heading": "Why this gap is accepted", "back": _plan(member, anchor="gaps")},
        next_page=_plan(member, anchor="accepted"),
    )


@require_POST
def gap_take_back(request, slug, pk):
    """Take back that a gap is accepted; its reason is kept, to be accepted again."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_PLAN)
    acceptance = get_object_or_404(access.gap_acceptances_for(member), pk=pk)
    is_open = accepting.take_back(request, GAPS, acceptance)
    return redirect(_plan(member, request.POST, anchor="gaps" if is_open else "accepted"))


def _find(request, slug, pk):
    member = access.evaluation_for(request.user, slug, Ability.WRITE_PLAN)
    return member, get_object_or_404(access.ambitions_for(member).select_related("strand"), pk=pk)


def _choices(member):
    """Return what ``AmbitionForm`` chooses from."""
    return {
        "strands": list(access.strands_for(member)),
        "dimensions": member.evaluation.change_dimensions,
    }


def _plan(member, sent=None, *, anchor="", done=None):
    """Return the address of the plan, narrowed as the form that was ``sent`` says it was."""
    chosen = PlanFilterForm(sent or {}, strands=list(access.strands_for(member)))
    chosen.is_valid()
    query = urlencode(chosen.chosen(strand="strand", show="show") | ({"done": done} if done else {}))
    page = reverse("legacy-plan", kwargs={"slug": member.evaluation.slug})
    return f"{page}{f'?{query}' if query else ''}{f'#{anchor}' if anchor else ''}"

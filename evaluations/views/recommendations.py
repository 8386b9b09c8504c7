"""One recommendation with its story: the evaluators' part, and how the lead moves it on."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.errors import ActionError, AlreadyThere, StaleVersion
from evaluations.actions.progress import add_progress_update
from evaluations.actions.recommendations import (
    add_recommendation,
    edit_recommendation,
    link_barrier,
    respond,
    unlink_barrier,
)
from evaluations.actions.tracking import followed_status, track
from evaluations.conditions import Kind
from evaluations.forms.codes import LONGEST_LIST
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.progress import ProgressForm
from evaluations.forms.recommendations import (
    BarrierForm,
    RecommendationForm,
    ResponseForm,
)
from evaluations.forms.tracking import TrackForm
from evaluations.models import Recommendation
from evaluations.queries.history import set_aside_edits
from evaluations.queries.owners import who_can_own
from evaluations.queries.quotations import gated_quotations, reader_groups, shown_quotations
from evaluations.queries.recommendations import next_ref, with_story
from evaluations.screens.story import read_stories


def recommendation_detail(request, slug, ref):
    """Show one recommendation with its whole story, and to the lead the forms that move it on."""
    member, row = _find(request, slug, ref, with_story)
    context = _story(member, row) | _forms(member, row, corrects=request.GET.get("corrects"))
    removed = {str(action.pk): action for action in context["removed_actions"]}
    context["just_removed"] = removed.get(request.GET.get("removed"))
    context["just_saved"] = access.number_in(request.GET.get("saved", ""))
    return TemplateResponse(request, "evaluations/recommendation_detail.html", context)


def recommendation_add(request, slug):
    """Write a new recommendation."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_RECOMMENDATIONS)
    new = Recommendation(evaluation=member.evaluation)
    start = {"ref": next_ref(access.recommendations_for(member)), "source": "added"}
    form = RecommendationForm(request.POST or None, instance=new, initial=start, **_choices(member))
    if request.method == "POST" and form.is_valid():
        try:
            row = add_recommendation(evaluation=member.evaluation, fields=form.changes, by=request.user)
        except AlreadyThere as error:
            form.add_error("ref", str(error))
        else:
            messages.success(request, f"Recommendation {row.ref} saved.")
            return redirect("recommendation-detail", slug=slug, ref=row.ref)
    return TemplateResponse(request, "evaluations/recommendation_form.html", {"member": member, "form": form})


def recommendation_edit(request, slug, ref):
    """Edit the evaluators' part; a stale save shows both versions."""
    member, row = _find(request, slug, ref, ability=Ability.WRITE_RECOMMENDATIONS)
    kwargs = _choices(member) | {"instance": row}
    form = (
        bound(RecommendationForm, request.POST, **kwargs)
        if request.method == "POST"
        else RecommendationForm(**kwargs)
    )
    context = {"member": member, "form": form, "ref": row.ref}
    if request.method == "POST" and form.is_valid():
        seen = {"version": form.seen_version, "changes": form.changes}
        try:
            saved = edit_recommendation(recommendation=row, by=request.user, **seen)
        except StaleVersion as stale:
            return _both_versions(request, context, form, stale.current)
        except AlreadyThere as error:
            form.add_error("ref", str(error))
        else:
            messages.success(request, f"Recommendation {saved.ref} saved.")
            return redirect("recommendation-detail", slug=slug, ref=saved.ref)
    return TemplateResponse(request, "evaluations/recommendation_form.html", context)


@require_POST
def recommendation_respond(request, slug, ref):
    """Record the programme's response."""
    member, row = _find(request, slug, ref, with_story, ability=Ability.TRACK_RECOMMENDATIONS)
    form = bound(ResponseForm, request.POST, instance=row, auto_id="response-%s")

    def act():
        respond(recommendation=row, version=form.seen_version, by=request.user, **form.changes)

    return _move_on(request, member, row, {"response_form": form}, act, "Response saved.")


@require_POST
def recommendation_track(request, slug, ref):
    """Set owner, due date, status and who takes it on."""
    member, row = _find(request, slug, ref, with_story, ability=Ability.TRACK_RECOMMENDATIONS)
    form = bound(TrackForm, request.POST, auto_id="track-%s", **_tracked(member, row))

    def act():
        track(
            recommendation=row,
            version=form.seen_version,
            changes=form.changes,
            owner=form.owner,
            due_reason=form.cleaned_data.get("due_reason", ""),
            by=request.user,
        )

    return _move_on(request, member, row, {"track_form": form}, act, f"{row.ref} saved.")


@require_POST
def recommendation_update(request, slug, ref):
    """Add a progress note."""
    member, row = _find(request, slug, ref, with_story, ability=Ability.TRACK_RECOMMENDATIONS)
    form = ProgressForm(request.POST, request.FILES, **_noted(member, row))

    def act():
        add_progress_update(recommendation=row, by=request.user, **form.sent)

    return _move_on(request, member, row, {"update_form": form}, act, "Progress note added.")


@require_POST
def recommendation_link(request, slug, ref):
    """Say that a recommendation addresses a barrier."""
    member, row = _find(request, slug, ref, with_story, ability=Ability.LINK_BARRIERS)
    form = BarrierForm(request.POST, barriers=_barriers(member, row), auto_id="barrier-%s")

    def act():
        link_barrier(recommendation=row, finding=form.cleaned_data["finding"], by=request.user)

    return _move_on(request, member, row, {"barrier_form": form}, act, "Barrier linked.")


@require_POST
def recommendation_unlink(request, slug, ref, pk):
    """Take a link to a barrier back."""
    member, row = _find(request, slug, ref, ability=Ability.LINK_BARRIERS)
    finding = get_object_or_404(access.findings_for(member), pk=pk)
    unlink_barrier(recommendation=row, finding=finding, by=request.user)
    messages.success(request, "Barrier unlinked. It can be linked again below.")
    return redirect("recommendation-detail", slug=slug, ref=row.ref)


def _find(request, slug, ref, narrow=None, *, ability=Ability.SEE_SHARED):
    """Return the member and the recommendation; ``narrow`` adds what a page needs to the rows."""
    member = access.evaluation_for(request.user, slug, ability)
    rows = access.recommendations_for(member)
    return member, access.row_for(narrow(rows) if narrow else rows, request.POST, ref=ref)


def _move_on(request, member, row, own_form, act, said):
    """Act on a valid form and go back; otherwise show the page again, or both versions."""
    (form,) = own_form.values()
    context = {"member": member, "ref": row.ref}
    if form.is_valid():
        try:
            act()
        except StaleVersion as stale:
            return _both_versions(request, context, form, stale.current)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect("recommendation-detail", slug=member.evaluation.slug, ref=row.ref)
    context = _story(member, row) | _forms(member, row) | own_form | {"error_links": form.error_links}
    return TemplateResponse(request, "evaluations/recommendation_detail.html", context)


def _both_versions(request, context, form, current):
    context = {**context, "conflict": conflict(form, current)}
    return TemplateResponse(request, "evaluations/recommendation_conflict.html", context, status=409)


def _story(member, row):
    """Return what everybody sees of a recommendation."""
    linked = list(row.quotations.order_by("pk").values_list("pk", flat=True))
    groups = reader_groups(*access.speakers_for_readers(member))
    shown = shown_quotations(access.quotations_for(member, access.Audience.READERS), linked, groups)
    is_evaluator = member.may[Ability.SEE_CONFIDENTIAL]
    said = access.quotations_for(member).filter(pk__in=linked) if is_evaluator else None
    return {
        "member": member,
        "recommendation": row,
        "quotations": [shown[key] for key in linked if key in shown],
        "gated": gated_quotations(said, groups, access.versions_for(member)) if is_evaluator else [],
        "barriers": list(access.findings_for(member).filter(recommendations=row).select_related("strand")),
        "story": read_stories(member, [row])[row.pk],
        "set_aside": set_aside_edits(row, access.set_aside_for(member, row)),
        "today": timezone.localdate(),
        **_actions(member, row),
    }


def _actions(member, row):
    """Return the actions, which of them the member owns, and those that can be brought back."""
    actions = access.actions_for(member).filter(recommendation=row).select_related("owner")
    own = access.own_actions_for(member).filter(recommendation=row)
    return {
        "actions": list(actions),
        "own_actions": set(own.values_list("pk", flat=True)),
        "removed_actions": list(access.removed_actions_for(member).filter(recommendation=row)),
    }


def _forms(member, row, corrects=None):
    """Return the forms that move a recommendation on, for those who may; ``corrects`` is a note's number."""
    forms = {}
    if member.may[Ability.LINK_BARRIERS]:
        forms["barrier_form"] = BarrierForm(barriers=_barriers(member, row), auto_id="barrier-%s")
    if member.may[Ability.TRACK_RECOMMENDATIONS]:
        forms["response_form"] = ResponseForm(instance=row, auto_id="response-%s")
        forms["track_form"] = TrackForm(auto_id="track-%s", **_tracked(member, row))
        start = {"date": timezone.localdate()}
        forms["update_form"] = ProgressForm(initial=start, corrects=corrects, **_noted(member, row))
    return forms


def _choices(member):
    return {
        "strands": list(access.strands_for(member)),
        "others": list(access.recommendations_for(member)),
    }


def _tracked(member, row):
    people = who_can_own(access.owners_for(member), access.members_for(member))
    return {"instance": row, "followed": followed_status(row)} | people


def _noted(member, row):
    actions = access.actions_for(member).filter(recommendation=row)
    return {"actions": list(actions), "notes": row.updates.all(), "auto_id": "update-%s"}


def _barriers(member, row):
    """Return barriers of the same strand to choose from: the first, of more than a list can hold."""
    barriers = access.findings_for(member).filter(kind=Kind.BARRIER, strand=row.strand)
    linked = access.findings_for(member).filter(recommendations=row).values("pk")
    return list(barriers.exclude(pk__in=linked).in_model_order()[:LONGEST_LIST])

"""Steps with one finding that can be undone: reword, judge, mark, move, merge, order, remove, restore."""

import re

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.actions.board import (
    mark_finding,
    merge_findings,
    move_finding,
    remove_finding,
    reorder_finding,
    reword_finding,
)
from evaluations.actions.errors import ActionError, NotAllowedNow, StaleVersion
from evaluations.conditions import Kind
from evaluations.forms.board import MergeForm, MoveForm, ReorderForm, RewordForm, back_address
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.findings import VersionForm
from evaluations.forms.lasting import JudgeForm, LastingFilterForm
from evaluations.models import FindingStatus

HISTORY_LINE = re.compile("[0-9]{1,18}")
CHANGED = "Somebody changed this finding since you opened it. Read it again, then decide."


def finding_reword(request, slug, pk):
    """Change a finding's sentence, and of an achievement whether it lasts and who holds it."""
    member, finding, context = _opened(request, slug, pk)
    is_sent = request.method == "POST"
    kwargs = {"instance": finding, "ended": member.evaluation.has_ended}
    form = bound(RewordForm, request.POST, **kwargs) if is_sent else RewordForm(**kwargs)
    context["form"] = form
    return _answer(
        request,
        reword_finding,
        context,
        page="evaluations/finding_reword.html",
        conflict_page="evaluations/finding_conflict.html",
        then=lambda change: _done(request, member, finding, change),
    )


def finding_move(request, slug, pk):
    """Move a finding to another condition, strand or kind."""
    member, finding, context = _opened(request, slug, pk)
    choices = {"instance": finding, "strands": list(access.strands_for(member))}
    context["form"] = MoveForm(request.POST or None, **choices)
    return _answer(
        request,
        move_finding,
        context,
        page="evaluations/finding_move.html",
        conflict_page="evaluations/finding_conflict.html",
        then=lambda change: _done(request, member, finding, change),
        refused_at="kind",
    )


def lasting_judge(request, slug, pk):
    """Judge one achievement, and go back to the list as it was."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    rows = access.findings_for(member).filter(kind=Kind.ACHIEVEMENT)
    finding = get_object_or_404(rows.select_related("strand"), pk=pk)
    kwargs = {"instance": finding, "ended": member.evaluation.has_ended}
    is_sent = request.method == "POST"
    form = bound(JudgeForm, request.POST, **kwargs) if is_sent else JudgeForm(**kwargs)
    query = _filters_of_the_list(member, request.POST if is_sent else request.GET)
    back = f"{reverse('lasting-detail', kwargs={'slug': slug})}?{query}".removesuffix("?")
    context = {"member": member, "finding": finding, "form": form, "query": query, "back": back}

    def to_the_list(change):
        done = f"{'&' if query else '?'}done={change.pk}" if change else ""
        return redirect(f"{back}{done}#finding-{pk}")

    return _answer(
        request,
        reword_finding,
        context,
        page="evaluations/lasting_judge.html",
        conflict_page="evaluations/lasting_conflict.html",
        then=to_the_list,
    )


def finding_merge(request, slug, pk):
    """Merge another finding of the same strand and kind into this one."""
    member, finding, context = _opened(request, slug, pk)
    form = context["form"] = MergeForm(
        request.POST or None, others=_others(member, finding), initial={"version": finding.version}
    )
    if request.method == "POST" and form.is_valid():
        other, other_version = form.cleaned_data["other"]
        try:
            change = merge_findings(
                finding=finding,
                version=form.cleaned_data["version"],
                other=other,
                other_version=other_version,
                text=form.sentence(finding),
                by=request.user,
            )
        except ActionError as error:
            return _merge_again(request, member, finding, other, error, context)
        return _done(request, member, finding, change)
    return TemplateResponse(request, "evaluations/finding_merge.html", context)


def finding_remove(request, slug, pk):
    """Ask once, then remove a finding; it can be brought back."""
    member, finding, context = _opened(request, slug, pk)
    context["form"] = form = VersionForm(request.POST or None, initial={"version": finding.version})
    status = 200
    if "version" in request.POST:
        try:
            change = remove_finding(finding=finding, version=form.seen, by=request.user)
        except ActionError as error:
            context["objection"] = CHANGED if isinstance(error, StaleVersion) else str(error)
            context["form"], status = VersionForm(initial={"version": finding.version}), 409
        else:
            return _done(request, member, finding, change, default=_board_of(finding, slug))
    return TemplateResponse(request, "evaluations/finding_remove.html", context, status=status)


@require_POST
def finding_mark(request, slug, pk):
    """Make a finding ready to share, or a draft again."""
    member, finding, _ = _opened(request, slug, pk)
    status = FindingStatus.READY if request.POST.get("status") == FindingStatus.READY else FindingStatus.DRAFT
    version = VersionForm(request.POST).seen
    return _step(request, member, finding, mark_finding, version=version, status=status)


@require_POST
def finding_reorder(request, slug, pk):
    """Move a finding up or down in its cell, or before another one."""
    member, finding, _ = _opened(request, slug, pk)
    cell = {"strand": finding.strand, "kind": finding.kind, "condition": finding.condition}
    mates = list(access.findings_for(member).filter(**cell))
    form = ReorderForm(request.POST, mates=mates)
    return _step(request, member, finding, reorder_finding, **form.place)


@require_POST
def finding_restore(request, slug, pk):
    """Bring an earlier sentence of a finding back, as a new change."""
    member, finding, _ = _opened(request, slug, pk)
    line = request.POST.get("history", "")
    earlier = finding.history.filter(history_id=line if HISTORY_LINE.fullmatch(line) else 0).first()
    changes = {"text": earlier.text} if earlier else {}
    version = VersionForm(request.POST).seen
    return _step(request, member, finding, reword_finding, version=version, changes=changes)


def _opened(request, slug, pk):
    """Return the member, the finding, and what every page of a step shows."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    finding = get_object_or_404(access.findings_for(member).select_related("strand"), pk=pk)
    sent = request.POST if request.method == "POST" else request.GET
    back = back_address(sent, slug)
    return member, finding, {"member": member, "finding": finding, "back": back}


def _answer(request, act, context, *, page, conflict_page, then, refused_at=None):
    """Take a step with what a form sent, and answer.

    ``context`` holds the finding and the form. Once the step is taken, the answer is ``then(change)``; when
    somebody was quicker, both versions; when it is refused, the form again with why, at ``refused_at``.
    """
    finding, form = context["finding"], context["form"]
    if request.method == "POST" and form.is_valid():
        try:
            change = act(finding=finding, version=form.seen_version, changes=form.changes, by=request.user)
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current)
            return TemplateResponse(request, conflict_page, context, status=409)
        except NotAllowedNow as error:
            form.add_error(refused_at, str(error))
        else:
            return then(change)
    return TemplateResponse(request, page, context)


def _step(request, member, finding, act, **what):
    """Take a step that is one button, and go back with what came of it."""
    try:
        change = act(finding=finding, by=request.user, **what)
    except ActionError as error:
        messages.error(request, CHANGED if isinstance(error, StaleVersion) else str(error))
        change = None
    else:
        if change is None:
            messages.info(request, "Nothing to change: it is like that already.")
    return _done(request, member, finding, change)


def _done(request, member, finding, change, default=""):
    slug = member.evaluation.slug
    page = default or reverse("finding-detail", kwargs={"slug": slug, "pk": finding.pk})
    address = back_address(request.POST, slug) or page
    query = f"?done={change.pk}" if change else ""
    return redirect(f"{address}{query}#finding-{finding.pk}")


def _merge_again(request, member, finding, other, error, context):
    """Show both sentences as they are now, with what was typed, to merge on top of these."""
    finding, other = (
        access.findings_for(member).filter(pk=row.pk).first() or row for row in (finding, other)
    )
    sent = request.POST.copy()
    sent["version"], sent["other"] = finding.version, f"{other.pk}-{other.version}"
    context["form"] = form = MergeForm(sent, others=_others(member, finding))
    form.add_error(None, CHANGED if isinstance(error, StaleVersion) else str(error))
    return TemplateResponse(request, "evaluations/finding_merge.html", context, status=409)


def _others(member, finding):
    rows = access.findings_for(member).filter(strand=finding.strand, kind=finding.kind)
    return list(rows.exclude(pk=finding.pk).in_model_order())


def _board_of(finding, slug):
    cell = {"strand": finding.strand.slug, "kind": finding.kind, "condition": finding.condition}
    return reverse("board-detail", kwargs={"slug": slug, **cell})


def _filters_of_the_list(member, sent):
    """Return the filters of "Will it last?", sent along as ``query``, as an address has them: those known."""
    asked = QueryDict(sent.get("query", ""))
    return LastingFilterForm(asked, strands=access.strands_for(member), may_see_drafts=True).query

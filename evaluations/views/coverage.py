"""Coverage: barriers that no recommendation answers, and the other way round; links are made here too."""

from urllib.parse import urlencode

from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.recommendations import link_barrier, unlink_barrier
from evaluations.forms.coverage import AnswerForm, CoverageFilterForm
from evaluations.screens.coverage import barriers_for, read_coverage
from evaluations.screens.tracker import own_open


def coverage_detail(request, slug):
    """Show what recommendations answer and what they leave open, all strands or one."""
    member = access.evaluation_for(request.user, slug)
    return _page(request, member, request.GET)


@require_POST
def coverage_link(request, slug, pk):
    """Say which recommendation answers a barrier, and come back to where it stood, with Undo."""
    return _act(request, slug, pk, link_barrier)


@require_POST
def coverage_unlink(request, slug, pk):
    """Take such a link back, and come back, with the offer to link again."""
    return _act(request, slug, pk, unlink_barrier)


def _act(request, slug, pk, act):
    member = access.evaluation_for(request.user, slug, Ability.LINK_BARRIERS)
    finding = get_object_or_404(barriers_for(member).select_related("strand"), pk=pk)
    own = access.recommendations_for(member).filter(strand=finding.strand)
    form = AnswerForm(request.POST, recommendations=list(own), auto_id=f"answer-{pk}-%s")
    if not form.is_valid():
        return _page(request, member, request.POST, form=form, asked=finding)
    row = form.cleaned_data["answered_by"]
    act(recommendation=row, finding=finding, by=request.user)
    return redirect(_place(member, request.POST, row, finding))


def _page(request, member, sent, *, form=None, asked=None):
    context = {
        "member": member,
        "screen": read_coverage(member, sent),
        "may_link": member.may[Ability.LINK_BARRIERS],
        "own_open": own_open(member),
        "error_links": form.error_links if form else [],
        "asked": asked,
    }
    return TemplateResponse(request, "evaluations/coverage_detail.html", context)


def _place(member, sent, recommendation, finding):
    """Return the address of a barrier's condition, under the strand that was chosen, saying what was done."""
    chosen = CoverageFilterForm(sent, strands=list(access.strands_for(member)))
    chosen.is_valid()
    query = {"strand": chosen.strand} if chosen.strand else {}
    query = urlencode(query | {"done": f"{recommendation.ref}-{finding.pk}"})
    page = reverse("coverage-detail", args=[member.evaluation.slug])
    return f"{page}?{query}#{finding.strand.slug}-{finding.condition}"

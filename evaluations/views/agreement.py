"""How far two coders agree, and where they differ: settled side by side. Evaluators only."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.second_coding import settle
from evaluations.analysis.agreement import agreement, coefficients, confusion
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.second_coding import SettleForm
from evaluations.queries.agreement import disagreements, units_frame, with_people

PER_PAGE, UNITS_PER_PAGE = 50, 20


def agreement_list(request, slug):
    """Show the agreement over the whole evaluation and of each second coding; kappa and alpha on request."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    frame = units_frame(access.coding_units_for(member))
    page = Paginator(with_people(access.rounds_for(member)), PER_PAGE).get_page(request.GET.get("page"))
    by_round = dict(list(frame.groupby("round_id")))
    context = {
        "member": member,
        "page": page,
        "rounds": [(row, confusion(by_round[row.pk]) if row.pk in by_round else None) for row in page],
        "here": request.path,
        "compared": frame["round_id"].nunique(),
        **_figures(request, frame),
    }
    return TemplateResponse(request, "evaluations/agreement_list.html", context)


def agreement_detail(request, slug, pk):
    """Show one second coding: its figures, and where the two coders differ."""
    member, row = _closed(request, slug, pk)
    return _detail(request, member, row)


@require_POST
def agreement_settle(request, slug, pk, unit):
    """Settle one disagreement; when somebody else settled it meanwhile, show both versions."""
    member, row = _closed(request, slug, pk)
    found = get_object_or_404(_differing(member, row), pk=unit)
    form = bound(SettleForm, request.POST, instance=found)
    if not form.is_valid():
        return _detail(request, member, row, sent=form)
    try:
        settle(unit=found, version=form.seen_version, by=request.user, **form.changes)
    except StaleVersion as stale:
        context = {"member": member, "row": row, "unit": found, "conflict": conflict(form, stale.current)}
        return TemplateResponse(request, "evaluations/agreement_conflict.html", context, status=409)
    except NotAllowedNow as error:
        form.add_error("settled", str(error))
        return _detail(request, member, row, sent=form)
    messages.success(request, "Settled, with who and when. It can be changed under “Settled”.")
    return redirect("agreement-detail", slug=slug, pk=pk)


def _detail(request, member, row, sent=None):
    """Return the page of a round; ``sent`` is the form of one disagreement that came back with errors."""
    units, differing = access.coding_units_for(member).filter(round=row), _differing(member, row)
    open_units, settled = differing.filter(settled=""), differing.exclude(settled="")
    shows_settled = request.GET.get("show") == "settled" or (sent and sent.instance.settled)
    if sent:
        shown = differing.filter(pk=sent.instance.pk)
    else:
        shown = settled.order_by("-settled_at", "pk") if shows_settled else open_units
    page = Paginator(shown, UNITS_PER_PAGE).get_page(request.GET.get("page"))
    keys = [unit.pk for unit in page]
    quotations = access.quotations_for(member).filter(answer__interview=row.interview)
    codes = access.blind_codes_for(member).filter(round=row)
    found = disagreements(shown.filter(pk__in=keys), quotations, codes)
    context = {
        "member": member,
        "row": row,
        "here": reverse("agreement-detail", kwargs={"slug": member.evaluation.slug, "pk": row.pk}),
        "page": page,
        "query": "show=settled" if shows_settled else "",
        "shows_settled": shows_settled,
        "disagreements": [(item, sent or SettleForm(instance=item.unit)) for item in found],
        "to_settle": open_units.count(),
        "settled": settled.count(),
        "links": sent.error_links if sent else [],
        **_figures(request, units_frame(units)),
    }
    return TemplateResponse(request, "evaluations/agreement_detail.html", context)


def _figures(request, frame):
    """Return the figures of some units; kappa and alpha only when the address asks for them."""
    wanted, figures = request.GET.get("coefficients") == "1", agreement(frame)
    return {
        "figures": figures,
        "groups": (("By condition", figures.by_condition), ("By kind", figures.by_kind)),
        "wanted": wanted,
        "coefficients": coefficients(frame) if wanted else (),
    }


def _closed(request, slug, pk):
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    blind = access.blind_rounds_of(member).values("interview")
    rounds = access.rounds_for(member).filter(closed_at__isnull=False).exclude(interview__in=blind)
    return member, get_object_or_404(with_people(rounds), pk=pk)


def _differing(member, row):
    return access.coding_units_for(member).filter(round=row).exclude(first=F("second"))

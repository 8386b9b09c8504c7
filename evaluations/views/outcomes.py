"""What became of the findings of the round that this evaluation follows."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.access import Audience
from evaluations.actions.errors import ActionError, StaleVersion
from evaluations.actions.outcomes import decide_outcome, put_back_outcome, take_back_outcome
from evaluations.forms.findings import VersionForm
from evaluations.forms.outcomes import OutcomeFilterForm, OutcomeForm
from evaluations.queries.outcomes import (
    choice_groups,
    decided_numbers,
    set_aside_outcomes,
    shown_outcomes,
)

PER_PAGE = 50


def outcome_list(request, slug):
    """List the earlier round's ready findings with what became of each; say how many are decided."""
    member, earlier = _rounds(request, slug)
    if earlier is None:
        return TemplateResponse(request, "evaluations/outcome_list.html", {"member": member})
    strands = list(access.strands_for(earlier))
    form = OutcomeFilterForm(request.GET, strands=strands)
    form.is_valid()
    rows = access.findings_for(earlier, Audience.READERS)
    outcomes = access.outcomes_for(member)
    decided = decided_numbers(outcomes)
    found = _narrowed(rows.filter(**form.chosen(strand="strand__slug", condition="condition")), form, decided)
    page = Paginator(found.in_model_order().select_related("strand"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "member": member,
        "earlier": earlier.evaluation,
        "form": form,
        "query": form.query,
        "page": page,
        "shown": shown_outcomes(list(page), outcomes, access.outcome_rows_for(member)),
        "decided": len(decided),
        "of": rows.count(),
        "own_strands": {strand.slug for strand in access.strands_for(member)},
    }
    return TemplateResponse(request, "evaluations/outcome_list.html", context)


def outcome_edit(request, slug, pk):
    """Say what became of one earlier finding; both versions when somebody else did meanwhile."""
    member, earlier, finding = _finding(request, slug, pk)
    shown = _outcome(member, finding)
    form, groups = _form(request, member, shown)
    context = {
        "member": member,
        "earlier": earlier.evaluation,
        "shown": shown,
        "form": form,
        "groups": groups,
        "set_aside": _set_aside(member, finding),
    }
    if request.method == "POST" and "find" not in request.POST and form.is_valid():
        try:
            _decide(request, member, finding, form)
        except StaleVersion:
            theirs = _outcome(member, finding)
            words = theirs.outcome.label if theirs.outcome else "Not decided yet"
            context["conflict"] = form.conflict((words, [row.text for row in theirs.later]), theirs.version)
            context["back"] = _to_list(slug, finding)
            return TemplateResponse(request, "evaluations/outcome_conflict.html", context, status=409)
        except ActionError as error:
            form.add_error("later", str(error))
        else:
            messages.success(request, "Saved. To undo it, press “Take back” beside the finding.")
            return redirect(_to_list(slug, finding))
    return TemplateResponse(request, "evaluations/outcome_edit.html", context)


@require_POST
def outcome_take_back(request, slug, pk):
    """Take back what was said of an earlier finding."""
    done = "Taken back: it is not decided any more. To undo that, press “Put it back” beside the finding."
    return _do(request, slug, pk, take_back_outcome, done)


@require_POST
def outcome_put_back(request, slug, pk):
    """Put back the outcome that was taken back last."""
    return _do(request, slug, pk, put_back_outcome, "The outcome is back.")


def _do(request, slug, pk, act, done):
    member, _, finding = _finding(request, slug, pk)
    seen = VersionForm(request.POST).seen
    try:
        act(evaluation=member.evaluation, earlier=finding, version=seen, by=request.user)
    except StaleVersion:
        messages.error(request, "Somebody decided otherwise since you opened the page. Read that first.")
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(_to_list(slug, finding))


def _rounds(request, slug):
    """Return the member here and in the round before, None for the latter where there is none for them."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    return member, next(iter(access.earlier_rounds_for(member)), None)


def _finding(request, slug, pk):
    member, earlier = _rounds(request, slug)
    if earlier is None:
        raise Http404
    rows = access.findings_for(earlier, Audience.READERS).select_related("strand")
    return member, earlier, get_object_or_404(rows, pk=pk)


def _outcome(member, finding):
    (shown,) = shown_outcomes([finding], access.outcomes_for(member), access.outcome_rows_for(member))
    return shown


def _set_aside(member, finding):
    first = access.outcome_rows_for(member).filter(earlier=finding).order_by("pk").first()
    edits = access.set_aside_for(member, first) if first else ()
    return set_aside_outcomes(edits, access.findings_for(member))


def _narrowed(rows, form, decided):
    show = form.cleaned_data.get("show")
    if show == "decided":
        return rows.filter(pk__in=decided)
    return rows.exclude(pk__in=decided) if show == "undecided" else rows


def _form(request, member, shown):
    """Return the form and the findings to choose from, in groups."""
    is_sent = request.method == "POST"
    ticked = _numbers(request.POST.getlist("later")) if is_sent else [row.pk for row in shown.later]
    groups = choice_groups(
        access.findings_for(member),
        access.all_links_for(member),
        access.quotations_for(member),
        shown.finding,
        ticked=ticked,
        words=request.POST.get("q", "")[:200],
    )
    findings = [row for group in groups for row, _ in group.choices]
    initial = {"outcome": shown.outcome, "later": list(shown.later), "version": shown.version}
    if is_sent and "find" in request.POST:
        sent = {name: request.POST.get(name, "") for name in ("outcome", "q", "version")}
        form = OutcomeForm(kind=shown.finding.kind, findings=findings, initial=sent | {"later": ticked})
    else:
        data = request.POST if is_sent else None
        form = OutcomeForm(data, kind=shown.finding.kind, findings=findings, initial=initial)
    return form, groups


def _numbers(sent):
    numbers = map(access.number_in, sent)
    return [number for number in numbers if number is not None]


def _decide(request, member, finding, form):
    decide_outcome(
        evaluation=member.evaluation,
        earlier=finding,
        outcome=form.cleaned_data["outcome"],
        later=form.cleaned_data["later"],
        version=form.cleaned_data["version"],
        by=request.user,
    )


def _to_list(slug, finding):
    return f"{reverse('outcome-list', kwargs={'slug': slug})}#finding-{finding.pk}"

"""Workshops, for members: the list, preparing one, running it, its screen, what came of it."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from evaluations import access, qr
from evaluations.access import Ability, Audience
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.workshops import (
    add_workshop,
    close_round,
    close_workshop,
    edit_workshop,
    open_round,
    open_workshop,
    remove_workshop,
    restore_workshop,
    show_quotations,
    show_totals,
)
from evaluations.analysis.workshop import build_results, round_result
from evaluations.conditions import Condition
from evaluations.downloads import send_file, source_of
from evaluations.exporting.workshop import FORMATS, WeighedFindings, workshop_file
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.workshops import CloseVoteForm, VoteForm, WorkshopForm
from evaluations.models import Workshop
from evaluations.queries.history import set_aside_edits
from evaluations.queries.workshops import (
    facts_of,
    for_list,
    frozen_rows,
    in_groups,
    last_round,
    live_rows,
    notes_of,
    ready_by_kind,
    results_of,
    room_counts,
)

PER_PAGE = 50


def workshop_list(request, slug):
    """List workshops: open, being prepared, closed."""
    member = access.evaluation_for(request.user, slug)
    workshops = for_list(access.workshops_for(member), access.workshop_rounds_for(member))
    page = Paginator(workshops, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "member": member,
        "page": page,
        "query": "",
        "groups": in_groups(page),
        "removed": list(access.removed_workshops_for(member)),
    }
    return TemplateResponse(request, "evaluations/workshop_list.html", context)


def workshop_add(request, slug):
    """Prepare a workshop."""
    member = access.evaluation_for(request.user, slug, Ability.OPEN_WORKSHOPS)
    row = Workshop(evaluation=member.evaluation)
    form = WorkshopForm(request.POST or None, instance=row, strands=list(access.strands_for(member)))
    if request.method == "POST" and form.is_valid():
        workshop = add_workshop(
            evaluation=member.evaluation, fields=form.changes, by=request.user, **form.people
        )
        messages.success(request, "Prepared. Open it when people are ready to join.")
        return redirect("workshop-detail", slug=slug, pk=workshop.pk)
    return TemplateResponse(request, "evaluations/workshop_form.html", {"member": member, "form": form})


def workshop_edit(request, slug, pk):
    """Edit a workshop; a stale save shows both versions."""
    member, workshop = _opened(request, slug, pk, Ability.OPEN_WORKSHOPS)
    choices = {"instance": workshop, "strands": list(access.strands_for(member))}
    is_sent = request.method == "POST"
    form = bound(WorkshopForm, request.POST, **choices) if is_sent else _for_editing(workshop, choices)
    context = {
        "member": member,
        "workshop": workshop,
        "form": form,
        "set_aside": set_aside_edits(workshop, access.set_aside_for(member, workshop)),
    }
    if is_sent and form.is_valid():
        seen = {"version": form.seen_version, "changes": form.changes}
        try:
            edit_workshop(workshop=workshop, by=request.user, **seen, **({"strands": None} | form.people))
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current)
            return TemplateResponse(request, "evaluations/workshop_conflict.html", context, status=409)
        except NotAllowedNow as error:
            form.add_error("strands", str(error))
        else:
            messages.success(request, "Saved.")
            return redirect("workshop-detail", slug=slug, pk=pk)
    return TemplateResponse(request, "evaluations/workshop_form.html", context)


def workshop_remove(request, slug, pk):
    """Ask once, then remove a workshop in which nobody voted."""
    member, workshop = _opened(request, slug, pk, Ability.OPEN_WORKSHOPS)
    if request.method == "POST":
        if _done(request, remove_workshop, workshop=workshop):
            messages.success(request, "Removed. It can be put back below the others.")
            return redirect("workshop-list", slug=slug)
        return redirect("workshop-detail", slug=slug, pk=pk)
    context = {"member": member, "workshop": workshop}
    return TemplateResponse(request, "evaluations/workshop_remove.html", context)


@require_POST
def workshop_restore(request, slug, pk):
    """Put a removed workshop back."""
    member = access.evaluation_for(request.user, slug, Ability.OPEN_WORKSHOPS)
    workshop = get_object_or_404(access.removed_workshops_for(member), pk=pk)
    restore_workshop(workshop=workshop, by=request.user)
    messages.success(request, f"{workshop.title} is back.")
    return redirect("workshop-list", slug=slug)


def workshop_detail(request, slug, pk):
    """Show the facilitator's page; of a closed workshop its results."""
    member, workshop = _opened(request, slug, pk, Ability.RUN_WORKSHOPS)
    if workshop.closed_at:
        return redirect("workshop-results", slug=slug, pk=pk)
    return _show(request, member, workshop)


def workshop_open(request, slug, pk):
    """Let people join with the code. Whoever loads the address again finds the facilitator's page."""
    _, workshop = _opened(request, slug, pk, Ability.OPEN_WORKSHOPS)
    if request.method == "POST" and _done(request, open_workshop, workshop=workshop):
        messages.success(request, "Open: people can join now.")
    return redirect("workshop-detail", slug=slug, pk=pk)


def workshop_close(request, slug, pk):
    """Ask once, then close a workshop for good."""
    member, workshop = _opened(request, slug, pk, Ability.RUN_WORKSHOPS)
    if request.method == "POST":
        if _done(request, close_workshop, workshop=workshop, findings_of=access.findings_for_phone):
            messages.success(request, "Closed: the code no longer works. These are the results.")
            return redirect("workshop-results", slug=slug, pk=pk)
        return redirect("workshop-detail", slug=slug, pk=pk)
    context = {
        "member": member,
        "workshop": workshop,
        "vote": _open_vote(member, workshop),
        "days": settings.WORKSHOP_KEEP_DAYS,
    }
    return TemplateResponse(request, "evaluations/workshop_close.html", context)


@require_POST
def workshop_quotations(request, slug, pk):
    """Show quotations on the phones, or no longer."""
    _, workshop = _opened(request, slug, pk, Ability.RUN_WORKSHOPS)
    shows = request.POST.get("shows") == "yes"
    if _done(request, show_quotations, workshop=workshop, shows=shows):
        messages.success(
            request, "Quotations are shown on the phones." if shows else "Quotations are hidden."
        )
    return redirect("workshop-detail", slug=slug, pk=pk)


@require_GET
def workshop_qr(request, slug, pk):
    """Draw the address to join at as a QR code: of a workshop that did not close, so for those who run it."""
    _, workshop = _opened(request, slug, pk)
    if workshop.closed_at:
        raise Http404
    return HttpResponse(qr.svg(_join(workshop)["link"]), content_type="image/svg+xml")


def vote_open(request, slug, pk):
    """Open a vote. Whoever loads the address again finds the facilitator's page."""
    member, workshop = _opened(request, slug, pk, Ability.RUN_WORKSHOPS)
    if request.method != "POST" or workshop.closed_at:
        return redirect("workshop-detail", slug=slug, pk=pk)
    form = _vote_form(member, workshop, request.POST)
    if form.is_valid():
        what = {"workshop": workshop, "fields": form.cleaned_data, "findings_of": access.findings_for_phone}
        try:
            open_round(by=request.user, **what)
        except NotAllowedNow as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The vote is open: the findings are on the phones.")
            return redirect("workshop-detail", slug=slug, pk=pk)
    return _show(request, member, workshop, form)


def vote_close(request, slug, pk, vote):
    """Ask once, then close a vote and freeze its results."""
    member, workshop = _opened(request, slug, pk, Ability.RUN_WORKSHOPS)
    row = get_object_or_404(access.workshop_rounds_for(member), workshop=workshop, pk=vote)
    if row.closed_at:
        messages.info(request, f"Vote {row.number} is closed already.")
        return redirect("workshop-detail", slug=slug, pk=pk)
    form = CloseVoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        close_round(round=row, findings_of=access.findings_for_phone, by=request.user, **form.cleaned_data)
        messages.success(request, f"Vote {row.number} is closed, and its results are kept.")
        return redirect("workshop-detail", slug=slug, pk=pk)
    context = {"member": member, "workshop": workshop, "vote": row, "form": form}
    context["room"] = _room(member, row)
    return TemplateResponse(request, "evaluations/vote_close.html", context)


@require_POST
def vote_totals(request, slug, pk, vote):
    """Show a vote's totals on the screen, or hide them."""
    member, workshop = _opened(request, slug, pk, Ability.RUN_WORKSHOPS)
    row = get_object_or_404(access.workshop_rounds_for(member), workshop=workshop, pk=vote)
    show_totals(round=row, shows=request.POST.get("shows") == "yes", by=request.user)
    page = "workshop-screen" if request.POST.get("back") == "screen" else "workshop-detail"
    return redirect(page, slug=slug, pk=pk)


def workshop_screen(request, slug, pk):
    """Show the room's screen: how to join, and the last vote's tallies once they are shown."""
    member, workshop = _opened(request, slug, pk, Ability.RUN_WORKSHOPS)
    vote = last_round(workshop, access.workshop_rounds_for(member))
    room = vote and _room(member, vote)
    chosen = request.GET.get("condition")
    condition = Condition(chosen) if room and chosen in set(Condition) else None
    listed = room.under(condition, by_weight=vote.shows_totals) if condition else []
    context = {
        "member": member,
        "workshop": workshop,
        "vote": vote,
        "room": room,
        "condition": condition,
        "listed": listed,
        "dots": sum(tally.dots for tally in listed),
        "conditions": list(Condition),
        "people": access.phones_for(member).filter(workshop=workshop).count(),
        **_join(workshop),
    }
    return TemplateResponse(request, "evaluations/workshop_screen.html", context)


def workshop_results(request, slug, pk):
    """Show what the closed votes of a workshop came to."""
    member, workshop = _opened(request, slug, pk)
    results = _results(member, workshop)
    readers = access.findings_for(member, Audience.READERS)
    notes = notes_of(workshop, access.weighings_for(member), readers)
    context = {
        "member": member,
        "workshop": workshop,
        "results": results,
        "votes": [(result, notes.get(result.number)) for result in results.rounds],
        "days": settings.WORKSHOP_KEEP_DAYS,
    }
    return TemplateResponse(request, "evaluations/workshop_results.html", context)


@require_GET
def workshop_export(request, slug, pk, format):
    """Send what the closed votes of a workshop came to as a file: without first names and notes."""
    member, workshop = _opened(request, slug, pk)
    sources = {strand.slug: source_of(strand, member.evaluation) for strand in workshop.strands.all()}

    def make(said):
        weighed = WeighedFindings(said, _results(member, workshop), sources)
        return workshop_file(weighed, format, name=(slug, workshop.title))

    return send_file(
        request,
        member.evaluation,
        format,
        formats=FORMATS,
        title=workshop.title,
        sources=sources.values(),
        make=make,
        subject=f"workshop {workshop.pk}",
    )


def _results(member, workshop):
    readers = access.findings_for(member, Audience.READERS)
    rounds, frozen = access.workshop_rounds_for(member), access.results_for(member)
    return build_results(**results_of(workshop, rounds, frozen, readers))


def _opened(request, slug, pk, ability=Ability.SEE_SHARED):
    member = access.evaluation_for(request.user, slug, ability)
    rows = access.workshops_for(member).prefetch_related("strands")
    return member, access.row_for(rows, request.POST, pk=pk)


def _done(request, act, **what):
    """Act; say why not when it is refused, and return whether it was done."""
    try:
        act(by=request.user, **what)
    except NotAllowedNow as error:
        messages.error(request, str(error))
        return False
    return True


def _show(request, member, workshop, form=None):
    rounds = access.workshop_rounds_for(member).filter(workshop=workshop)
    votes = list(rounds)
    vote = next((row for row in votes if not row.closed_at), None)
    phones = access.phones_for(member).filter(workshop=workshop)
    names = list(phones.values_list("name", flat=True))
    context = {
        "member": member,
        "workshop": workshop,
        "vote": vote,
        "room": vote and _room(member, vote),
        "closed": [row for row in votes if row.closed_at],
        "last": votes[-1] if votes else None,
        "people": len(names),
        "names": sorted(filter(None, names), key=str.casefold),
        "form": form or (None if vote else _vote_form(member, workshop)),
        **_join(workshop),
    }
    return TemplateResponse(request, "evaluations/workshop_detail.html", context)


def _vote_form(member, workshop, sent=None):
    strands = list(workshop.strands.all())
    ready = access.findings_for(member, Audience.READERS).filter(strand__in=strands)
    last = last_round(workshop, access.workshop_rounds_for(member))
    return VoteForm(sent, strands=strands, ready=ready_by_kind(ready), last=last.kind if last else "")


def _room(member, vote):
    """Return the ``RoundResult`` of a vote: as it stands while it is open, as it was frozen afterwards."""
    if vote.closed_at:
        readers = access.findings_for(member, Audience.READERS)
        rows = frozen_rows(access.results_for(member).filter(round=vote), readers)
        return round_result(facts_of(vote), rows[vote.pk])
    weighings = access.weighings_for(member)
    counts = room_counts(vote, access.phones_for(member), weighings)
    rows = live_rows(vote, access.findings_for_phone(vote), weighings)
    return round_result(facts_of(vote, **counts), rows)


def _open_vote(member, workshop):
    return access.workshop_rounds_for(member).filter(workshop=workshop, closed_at__isnull=True).first()


def _for_editing(workshop, choices):
    return WorkshopForm(initial={"strands": list(workshop.strands.all())}, **choices)


def _join(workshop):
    """Return how people join: the whole address, and the short one in which they type the code."""
    path = reverse("phone-detail", kwargs={"code": workshop.shown_code})
    short = f"{settings.SITE_URL}{reverse('phone-enter')}".partition("://")[2]
    return {"link": f"{settings.SITE_URL}{path}", "short_link": short.rstrip("/")}

"""The consent queue: quotations to ask about, to approve, refused, and without consent. Evaluators only."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from evaluations import access
from evaluations.actions.quotations import approve_quotations, take_approvals_back
from evaluations.forms.consent import WAITS, ConsentFilterForm, TickedForm
from evaluations.queries.consent import by_speaker, narrowed, tallies
from evaluations.queries.quotations import gated_quotations, reader_groups

PER_PAGE = 50
JUST_APPROVED = "approved"


@require_safe
def consent_queue(request, slug):
    """List the quotations that readers do not see by what they wait for, grouped by who said them."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    form = ConsentFilterForm(
        request.GET,
        strands=list(access.strands_for(member)),
        participants=access.participants_for(member).filter(withdrawn_on__isnull=True),
    )
    form.is_valid()
    rows = narrowed(access.waiting_quotations_for(member), **form.exact)
    counts = tallies(rows)
    paginator = Paginator(rows.filter(waits=form.show), PER_PAGE)
    paginator.count = counts.get(form.show, 0)  # counted already
    page = paginator.get_page(request.GET.get("page"))
    groups = reader_groups(*access.speakers_for_readers(member))
    context = {
        "member": member,
        "form": form,
        "page": page,
        "show": form.show,
        "query": form.query,
        "asked": by_speaker(gated_quotations(page.object_list, groups, access.versions_for(member))),
        "parts": [
            (name, label, counts.get(name, 0), urlencode({**form.exact, "show": name}))
            for name, label in WAITS
        ],
        "just_approved": request.session.pop(JUST_APPROVED, None),
    }
    return TemplateResponse(request, "evaluations/consent_queue.html", context)


@require_POST
def consent_approve(request, slug):
    """Approve the ticked quotations, or the one whose button was pressed; can be undone in one press."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    form = TickedForm(request.POST)
    rows = list(access.waiting_quotations_for(member).filter(pk__in=form.seen))
    approved = approve_quotations(quotations=rows, seen=form.seen, by=request.user)
    if approved:
        request.session[JUST_APPROVED] = [f"{row.pk}.{row.version}" for row in approved]
    _tell(request, len(approved), len(form.seen) - len(approved))
    return redirect(_part(slug, "approve"))


@require_POST
def consent_undo(request, slug):
    """Take back the approvals that were just given."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    seen = TickedForm(request.POST).ticked
    rows = list(access.quotations_for(member).filter(pk__in=seen))
    taken = take_approvals_back(quotations=rows, seen=seen, by=request.user)
    messages.success(request, f"{_count(len(taken))} no longer approved.")
    return redirect(_part(slug, "approve"))


@require_safe
def consent_words(request, slug, code):
    """Show the words to ask a participant about, to print or to copy into a letter.

    Apart from their own, what was said where they took part and nobody is named for: everybody is asked.
    """
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    participant = get_object_or_404(access.participants_for(member), code=code)
    rows = narrowed(access.waiting_quotations_for(member), participant=code).filter(waits=access.Waits.ASK)
    context = {
        "member": member,
        "participant": participant,
        "own": list(rows.filter(speaker=participant)),
        "unnamed": list(rows.filter(speaker__isnull=True)),
    }
    return TemplateResponse(request, "evaluations/consent_words.html", context)


def _tell(request, approved, left):
    if approved:
        messages.success(request, f"{_count(approved)} approved: readers may now see the words.")
    if left:
        said = f"{_count(left)} left as before: changed since you opened the page, or without consent."
        messages.warning(request, f"{said} Read them again, then decide.")
    if not approved and not left:
        messages.warning(request, "Tick the quotations to approve first.")


def _count(number):
    return f"{number} quotation" if number == 1 else f"{number} quotations"


def _part(slug, show):
    return f"{reverse('consent-queue', kwargs={'slug': slug})}?show={show}"

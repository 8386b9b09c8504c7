"""Accepting with a reason what a check asks about, and taking that back: the same on every page."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from evaluations import access
from evaluations.actions.acceptance import accept, take_acceptance_back
from evaluations.actions.errors import StaleVersion
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.findings import VersionForm
from evaluations.models import Acceptance, AcceptedAs
from evaluations.queries.history import set_aside_edits

STALE = "Somebody gave another reason since you opened the page. Read it first."


@dataclass(frozen=True)
class Accepting:
    """What a page accepts: how it is kept, form and template of its reason, what is said afterwards."""

    kept_as: AcceptedAs
    form: type
    template: str
    done: str
    taken_back: str


def asked_for(request, name):
    """Return what a page of a reason is about: as it was sent, or else as its address says."""
    return (request.POST if request.method == "POST" else request.GET).get(name, "")


def say_it_is_gone(request, words):
    """Say that what was asked about is gone, with the reason that was written, so that it is not lost."""
    reason = request.POST.get("reason", "").strip()
    messages.warning(request, f"{words} You wrote: “{reason}”" if reason else words)


def accept_with_reason(request, member, accepting, rows, subject, *, beside, next_page):
    """Accept a subject with a reason or give another one, and go to the next page.

    ``accepting`` is an ``Accepting``, ``rows`` the acceptances of its kind that the member sees. ``beside``
    is what else the pages show: with ``heading`` and ``back`` for the one of a stale save, which shows both.
    """
    is_sent = request.method == "POST"
    row = rows.filter(subject=subject).first()
    start = row or Acceptance(evaluation=member.evaluation, subject=subject)
    form = bound(accepting.form, request.POST, instance=start) if is_sent else accepting.form(instance=start)
    context = {"member": member, "form": form, **beside}
    context["set_aside"] = set_aside_edits(row, access.set_aside_for(member, row)) if row else []
    if is_sent and form.is_valid():
        about = {"evaluation": member.evaluation, "accepted_as": accepting.kept_as, "subject": subject}
        said = {"version": form.seen_version, "reason": form.cleaned_data["reason"]}
        try:
            accept(**about, **said, by=request.user)
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current)
            return TemplateResponse(request, "evaluations/conflict.html", context, status=409)
        messages.success(request, accepting.done)
        return redirect(next_page)
    return TemplateResponse(request, accepting.template, context)


def take_back(request, accepting, row):
    """Take back that something was accepted, say how that went, and return whether; its reason is kept."""
    try:
        take_acceptance_back(acceptance=row, version=VersionForm(request.POST).seen, by=request.user)
    except StaleVersion:
        messages.error(request, STALE)
        return False
    messages.success(request, accepting.taken_back)
    return True

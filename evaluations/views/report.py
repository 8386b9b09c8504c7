"""The report while it is written: its sections in order, what it is called and about. Evaluators only."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.errors import StaleVersion
from evaluations.actions.report import IN_ORDER, include_section, move_section, save_report
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.report import ReportForm, coreq_now
from evaluations.models import DocumentKind, Report, Role
from evaluations.queries.history import name_of, set_aside_edits
from evaluations.screens.report_builder import SUMMARY_WORDS, known_for_coreq, read_builder, read_preview
from evaluations.screens.report_data import report_strands

# What was just done to a section: in words, and the button that undoes it (address, its name, its value).
DONE = {
    "moved-up": ("moved up", "section-move", "direction", "down"),
    "moved-down": ("moved down", "section-move", "direction", "up"),
    "left-out": ("is left out of the report", "section-include", "included", "yes"),
    "put-in": ("is in the report again", "section-include", "included", "no"),
}


@require_safe
def report_detail(request, slug):
    """Show evaluators the builder with a preview; take others to the newest published version."""
    member = access.evaluation_for(request.user, slug)
    if not member.may[Ability.WRITE_REPORT]:
        return _published(request, member)
    builder = read_builder(member, strand=request.GET.get("strand", ""))
    context = {
        "member": member,
        "builder": builder,
        "most_words": SUMMARY_WORDS,
        "done": _done(request.GET, builder.rows),
    }
    return TemplateResponse(request, "evaluations/report_detail.html", context)


@require_safe
def report_preview(request, slug):
    """Show the report, or with ``?document=summary`` the summary, as it would be printed now."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    kind = request.GET.get("document", DocumentKind.REPORT)
    if kind not in DocumentKind:
        raise Http404
    preview = read_preview(member, kind, strand=request.GET.get("strand", ""))
    context = {"member": member, "kind": kind, "kinds": DocumentKind, "preview": preview}
    return TemplateResponse(request, "evaluations/report_preview.html", context)


def report_edit(request, slug):
    """Say what the report is called and about, and write for items of COREQ; a stale save shows both."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    row = access.reports_for(member).first()
    form = _report_form(member, row, request)
    context = {"member": member, "form": form, "back": reverse("report-detail", args=[slug])}
    context["set_aside"] = set_aside_edits(row, access.set_aside_for(member, row)) if row else []
    if request.method == "POST" and form.is_valid():
        try:
            save_report(
                evaluation=member.evaluation,
                version=form.seen_version,
                changes={**form.changes, "coreq": form.coreq},
                strands=form.cleaned_data["strands"],
                by=request.user,
            )
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current, **coreq_now(stale.current))
            context["heading"] = "What the report is called and about"
            return TemplateResponse(request, "evaluations/conflict.html", context, status=409)
        messages.success(request, "Saved.")
        return redirect("report-detail", slug=slug)
    return TemplateResponse(request, "evaluations/report_settings.html", context)


@require_POST
def section_move(request, slug, key):
    """Move a section one place up or down in the report."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    if key not in IN_ORDER:
        raise Http404
    is_up = request.POST.get("direction") == "up"
    if not move_section(evaluation=member.evaluation, key=key, up=is_up, by=request.user):
        return _back_to(slug, key)
    return _back_to(slug, key, "moved-up" if is_up else "moved-down")


@require_POST
def section_include(request, slug, key):
    """Put a section into the report, or leave it out."""
    member = access.evaluation_for(request.user, slug, Ability.WRITE_REPORT)
    if key not in IN_ORDER:
        raise Http404
    is_included = request.POST.get("included") == "yes"
    include_section(evaluation=member.evaluation, key=key, is_included=is_included, by=request.user)
    return _back_to(slug, key, "put-in" if is_included else "left-out")


def _published(request, member):
    newest = access.versions_for(member).values_list("number", flat=True).first()
    if newest:
        return redirect("version-detail", slug=member.evaluation.slug, number=newest)
    writers = access.members_for(member).filter(role=Role.EVALUATOR)
    context = {"member": member, "writers": [name_of(row.user) for row in writers]}
    return TemplateResponse(request, "evaluations/report_unpublished.html", context)


def _report_form(member, row, request):
    strands = list(access.strands_for(member))
    instance = row or Report(evaluation=member.evaluation)
    untitled = member.evaluation.report_title or member.evaluation.title
    known = known_for_coreq(member)
    choices = {"instance": instance, "strands": strands, "named": untitled, "known": known}
    if request.method == "POST":
        return bound(ReportForm, request.POST, **choices)
    return ReportForm(initial={"strands": report_strands(member)}, **choices)


def _done(asked, rows):
    """Return what was just done to a section in words, with the button that undoes it; None for nothing."""
    row = next((row.outline for row in rows if row.outline.key == asked.get("section")), None)
    if row is None or asked.get("done") not in DONE:
        return None
    words, undo, name, value = DONE[asked["done"]]
    return {"words": f"“{row.heading}” {words}.", "undo": undo, "key": row.key, "name": name, "value": value}


def _back_to(slug, key, done=""):
    address = reverse("report-detail", kwargs={"slug": slug})
    query = f"?done={done}&section={key}" if done else ""
    return redirect(f"{address}{query}#section-{key}")

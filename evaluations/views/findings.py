"""Findings: the list with search and filters, one finding with its evidence, adding and editing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.findings import add_finding, edit_finding
from evaluations.actions.steps import undoable
from evaluations.analysis.matrix import build_matrix
from evaluations.conditions import Kind
from evaluations.downloads import send_file, source_of
from evaluations.exporting.findings import FORMATS, ListedFindings, listed_file
from evaluations.forms.board import back_address
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.findings import FindingForm, QuotationForm
from evaluations.models import Finding
from evaluations.queries.board import just_done, latest, of_finding, with_undo
from evaluations.queries.comments import talk_of
from evaluations.queries.findings import count_frame, with_quotations
from evaluations.queries.history import history_of, set_aside_edits
from evaluations.queries.quotations import gated_quotations, reader_groups
from evaluations.queries.recommendations import answers_by_finding
from evaluations.screens.findings import MOST_IN_A_FILE, read_findings
from evaluations.screens.matrix import with_evidence

PER_PAGE = 50
TOO_MANY = (
    f"A file holds up to {MOST_IN_A_FILE:,} findings, and these are more. Choose a strand or other filters, "
    "and take the file again."
)


def finding_list(request, slug):
    """List the findings the member sees, narrowed by words and filters, 50 a page."""
    member = access.evaluation_for(request.user, slug)
    screen = read_findings(member, request.GET, for_readers=False)
    page = Paginator(screen.in_order, PER_PAGE).get_page(request.GET.get("page"))
    shown = screen.in_full(page)
    sees_drafts = screen.audience is access.Audience.EVALUATORS
    context = {"member": member, "form": screen.form, "page": page, "findings": shown}
    context |= {
        "query": screen.form.query,
        "shares_drafts": sees_drafts and any(finding.is_draft for finding in shown),
    }
    return TemplateResponse(request, "evaluations/finding_list.html", context)


@require_GET
def finding_export(request, slug, format):
    """Send the findings that readers see, narrowed as the address asks, as a file; say so of too many."""
    member = access.evaluation_for(request.user, slug)
    screen = read_findings(member, request.GET, for_readers=True)
    if format in FORMATS and screen.in_order.count() > MOST_IN_A_FILE:
        messages.error(request, TOO_MANY)
        return redirect(f"{reverse('finding-list', args=[slug])}?{screen.form.query}")
    strands = list(access.strands_for(member))
    sources = {strand.pk: source_of(strand, member.evaluation) for strand in strands}
    answers = answers_by_finding(access.recommendations_for(member))

    def make(said):
        return listed_file(ListedFindings(said, screen.all_in_full(), sources, answers), format, name=(slug,))

    return send_file(
        request,
        member.evaluation,
        format,
        formats=FORMATS,
        title="Findings",
        sources=sources.values(),
        filters=screen.form.in_words,
        make=make,
        subject="findings",
    )


def finding_detail(request, slug, pk):
    """Show one finding with its evidence, where it sits, what answers it, and to evaluators its history."""
    member = access.evaluation_for(request.user, slug)
    rows = access.findings_for(member)
    finding = get_object_or_404(rows.select_related("strand", "source"), pk=pk)
    groups = reader_groups(*access.speakers_for_readers(member))
    linked, quotations = access.all_links_for(member).filter(finding=finding), access.quotations_for(member)
    cell_mates = rows.filter(strand=finding.strand, kind=finding.kind, condition=finding.condition)
    counts = count_frame(rows.filter(strand=finding.strand))
    is_evaluator = member.may[access.Ability.SEE_CONFIDENTIAL]
    weight = with_evidence(member, with_quotations([finding], linked, quotations, groups), groups)[0]
    said = quotations.filter(pk__in=linked.values("quotation"))
    gated = gated_quotations(said, groups, access.versions_for(member)) if is_evaluator else []
    matrix = build_matrix(counts, strand=finding.strand.slug, kind=finding.kind)
    steps = of_finding(latest(access.changes_for(member)), finding.pk)
    steps = with_undo(steps, undoable(steps))
    context = {
        "member": member,
        "finding": finding,
        "weight": weight,
        "quotations": weight.quotations,
        "gated": gated,
        "reaching": sum(quotation.reaches_readers for quotation in gated),
        "matrix": matrix,
        "matrix_pair": [matrix],
        "kind": Kind(finding.kind),
        "cell_mates": list(cell_mates[:8]),
        "recommendations": list(
            access.recommendations_for(member).filter(barriers=finding).select_related("owner")
        ),
        "history": history_of(finding) if is_evaluator else None,
        "set_aside": set_aside_edits(finding, access.set_aside_for(member, finding)),
        "done": just_done(steps, request.GET.get("done")),
        "talk": _talk(member, finding) if is_evaluator else None,
    }
    return TemplateResponse(request, "evaluations/finding_detail.html", context)


def finding_add(request, slug):
    """Add a finding, with a first quotation when one is typed."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    data = request.POST or None
    start = {name: request.GET.get(name, "") for name in ("strand", "kind", "condition")}
    choices = _choices(member)
    start["strand"] = next((row.pk for row in choices["strands"] if row.slug == start["strand"]), "")
    form = FindingForm(data, instance=Finding(evaluation=member.evaluation), initial=start, **choices)
    evidence = QuotationForm(
        data,
        prefix="quotation",
        use_required_attribute=False,
        empty_permitted=True,
        **access.attributions_for(member),
    )
    if request.method == "POST" and form.is_valid() and evidence.is_valid():
        finding = add_finding(
            evaluation=member.evaluation,
            fields=form.changes,
            by=request.user,
            evidence=evidence.sent if evidence.has_changed() else None,
        )
        messages.success(request, "Finding saved.")
        return redirect("finding-detail", slug=slug, pk=finding.pk)
    context = {"member": member, "form": form, "evidence": evidence}
    context["links"] = form.error_links + evidence.error_links
    return TemplateResponse(request, "evaluations/finding_form.html", context)


def finding_edit(request, slug, pk):
    """Edit a finding; when somebody else saved it meanwhile, show both versions to choose from."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    finding = get_object_or_404(access.findings_for(member).select_related("strand"), pk=pk)
    choices = _choices(member) | {"instance": finding}
    form = bound(FindingForm, request.POST, **choices) if request.method == "POST" else FindingForm(**choices)
    back = back_address(request.POST if request.method == "POST" else request.GET, slug)
    context = {"member": member, "form": form, "finding": finding, "back": back}
    if request.method == "POST" and form.is_valid():
        try:
            edit_finding(finding=finding, version=form.seen_version, changes=form.changes, by=request.user)
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current)
            return TemplateResponse(request, "evaluations/finding_conflict.html", context, status=409)
        except NotAllowedNow as error:
            form.add_error("kind", str(error))
        else:
            messages.success(request, "Finding saved.")
            return redirect(back or reverse("finding-detail", kwargs={"slug": slug, "pk": pk}))
    context["links"] = form.error_links
    return TemplateResponse(request, "evaluations/finding_form.html", context)


def _talk(member, finding):
    """Return where the talk about a shared finding stands; None for any other."""
    asked, comments = access.asked_for(member), access.comments_for(member)
    talk = talk_of(finding, asked, comments, access.members_for(member))
    if talk is None:
        return None
    to_answer = len(talk.to_answer(member.user))
    return {"comments": talk.comments, "to_answer": to_answer, "is_open": talk.is_open}


def _choices(member):
    return {
        "strands": list(access.strands_for(member)),
        "sources": list(access.sources_for(member)),
        "ended": member.evaluation.has_ended,
    }

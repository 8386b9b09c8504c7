"""Both matrices of a strand, in the model's shape."""

from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from evaluations import access
from evaluations.analysis.matrix import build_matrix, largest_remaining
from evaluations.conditions import Kind
from evaluations.queries.findings import count_frame, first_of_each_cell
from evaluations.queries.quotations import reader_groups
from evaluations.queries.summaries import shown_summaries


def matrix_home(request, slug):
    """Go to the first strand's matrices; say what to do when there is no strand yet."""
    member = access.evaluation_for(request.user, slug)
    strand = access.strands_for(member).first()
    if strand:
        return redirect("matrix-detail", slug=slug, strand=strand.slug)
    return TemplateResponse(request, "evaluations/matrix_empty.html", {"member": member})


def matrix_detail(request, slug, strand):
    """Show a strand's matrices: ready findings, and an evaluator's drafts with ``?drafts=1``."""
    member = access.evaluation_for(request.user, slug)
    strands = list(access.strands_for(member))
    strand = get_object_or_404(access.strands_for(member), slug=strand)
    is_print = "print" in request.GET
    drafts = request.GET.get("drafts") == "1" and not is_print
    audience = member.audience if drafts else access.Audience.READERS
    rows = access.findings_for(member, audience).filter(strand=strand)
    counts = count_frame(rows)
    links, quotations = access.all_links_for(member), access.quotations_for(member, audience)
    shown = first_of_each_cell(rows, links, quotations, reader_groups(*access.speakers_for_readers(member)))
    kinds = [kind for kind in Kind if request.GET.get("kind", kind) == kind] or list(Kind)
    signed = shown_summaries(
        access.summaries_for(member).filter(strand=strand),
        access.findings_for(member, access.Audience.READERS).filter(strand=strand),
    )
    signed = [summary for summary in signed if summary.is_backed]
    matrices = {
        kind: build_matrix(counts, strand=strand.slug, kind=kind, findings=shown, summaries=signed)
        for kind in Kind
    }
    achievements, barriers = matrices[Kind.ACHIEVEMENT], matrices[Kind.BARRIER]
    context = {
        "member": member,
        "strand": strand,
        "strands": strands,
        "kind": kinds[0] if len(kinds) == 1 else "",
        "matrices": [matrices[kind] for kind in kinds],
        "achievements": achievements,
        "barriers": barriers,
        "reading": largest_remaining(barriers, achievements) if strand.from_interviews else None,
        "shows_drafts": audience is access.Audience.EVALUATORS,
        "is_print": is_print,
    }
    return TemplateResponse(request, "evaluations/matrix_detail.html", context)

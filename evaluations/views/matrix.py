"""Both matrices of a strand, in the model's shape: on the page, on a projector and on paper."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.conditions import Kind
from evaluations.downloads import send_file, source_of
from evaluations.exporting.matrix import FORMATS, StrandMatrices, matrix_file
from evaluations.queries.recommendations import answers_by_finding
from evaluations.screens.matrix import form_and_audience, may_see_drafts, read_finding, read_matrix

PART = "X-Part"  # the header with which the page's script asks for one finding alone


def matrix_home(request, slug):
    """Go to the first strand's matrices; say what to do when there is no strand yet."""
    member = access.evaluation_for(request.user, slug)
    strand = access.strands_for(member).first()
    if strand:
        return redirect("matrix-detail", slug=slug, strand=strand.slug)
    return TemplateResponse(request, "evaluations/matrix_empty.html", {"member": member})


def matrix_detail(request, slug, strand):
    """Show a strand's matrices as the address asks: how much of them, narrowed, one finding beside them.

    Ready findings, and an evaluator's drafts with ``?drafts=1``. ``?print=1`` and ``?present=1`` are for
    readers, whoever asks. Files are made of the same ``screens.matrix.read_matrix``.
    """
    member = access.evaluation_for(request.user, slug)
    strand = get_object_or_404(access.strands_for(member), slug=strand)
    is_print, is_presented = "print" in request.GET, "present" in request.GET
    if request.headers.get(PART) == "finding":
        return _finding_alone(request, member, strand)
    screen = read_matrix(member, strand, request.GET, for_readers=is_print or is_presented)
    context = {"member": member, "strand": strand, "screen": screen, "form": screen.form}
    if is_presented:
        return _presented(request, context)
    context |= {
        "strands": list(access.strands_for(member)),
        "achievements": screen.matrices[Kind.ACHIEVEMENT],
        "barriers": screen.matrices[Kind.BARRIER],
        "reading": screen.largest_remaining,
        "is_print": is_print,
        "smallest": settings.SMALLEST_GROUP,
        "may_see_drafts": may_see_drafts(member) and not is_print,
    }
    if number := request.GET.get("finding", ""):
        context["opened"] = read_finding(member, strand, number, screen.audience)
        context["is_not_here"] = context["opened"] is None
    return TemplateResponse(request, "evaluations/matrix_detail.html", context)


@require_GET
def matrix_export(request, slug, strand, format):
    """Send a strand's matrices as a file: every finding that readers see, narrowed as the address asks."""
    member = access.evaluation_for(request.user, slug)
    strand = get_object_or_404(access.strands_for(member), slug=strand)
    sent = request.GET.copy()
    sent.pop("depth", None)  # how much of it is read on the page narrows nothing
    screen = read_matrix(member, strand, sent, for_readers=True, most=None)
    answers = answers_by_finding(access.recommendations_for(member))
    headings = member.evaluation.headings

    def make(said):
        matrices = StrandMatrices(said, tuple(screen.shown), screen.whole, headings, answers)
        return matrix_file(matrices, format, name=(slug, strand.slug))

    return send_file(
        request,
        member.evaluation,
        format,
        formats=FORMATS,
        title=f"{strand.name}: what has changed, and what remains",
        sources=[source_of(strand, member.evaluation)],
        filters=screen.form.in_words,
        make=make,
        subject=f"matrix of strand {strand.pk}",
    )


def _finding_alone(request, member, strand):
    """Answer the page's script with what stands beside the matrix; Http404 when it is not among them."""
    form, audience = form_and_audience(member, request.GET, for_readers=False)
    opened = read_finding(member, strand, request.GET.get("finding", ""), audience)
    if opened is None:
        raise Http404
    context = {"member": member, "strand": strand, "form": form, "opened": opened}
    return TemplateResponse(request, "evaluations/_finding_beside.html", context)


@dataclass(frozen=True)
class Slide:
    """One step of presenting: a whole matrix, or one cell of it."""

    matrix: object
    cell: object = None


def _presented(request, context):
    """Show one matrix or one cell at a time: ``slide`` in the address counts from 1."""
    slides = []
    for matrix in context["screen"].shown:
        slides += [Slide(matrix), *(Slide(matrix, cell) for cell in matrix.cells)]
    asked = request.GET.get("slide", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 1
    number = min(max(number, 1), len(slides))
    context |= {
        "slide": slides[number - 1],
        "number": number,
        "last": len(slides),
        "before": number - 1,
        "after": number + 1 if number < len(slides) else 0,
    }
    return TemplateResponse(request, "evaluations/matrix_present.html", context)

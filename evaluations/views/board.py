"""The board of a cell: writing findings from quotations, moving quotations, undoing steps."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.actions.board import move_quotations, write_finding
from evaluations.actions.errors import ActionError
from evaluations.actions.steps import undo, undoable
from evaluations.analysis.matrix import build_matrix
from evaluations.conditions import Kind
from evaluations.forms.board import BoardForm, RewordForm, back_address, chosen_key
from evaluations.queries.board import just_done, latest, of_cell, on_board, with_undo, without_finding
from evaluations.queries.findings import count_frame
from evaluations.queries.quotations import gated_quotations, reader_groups
from evaluations.queries.summaries import shown_summaries

PER_PAGE = 50


def board_detail(request, slug, strand, kind, condition):
    """Show the board of a cell; write a finding from chosen quotations, or move them to another one."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    access.check(member, access.Ability.WRITE_FINDINGS)
    strand = get_object_or_404(access.strands_for(member), slug=strand)
    cell = {"strand": strand, "kind": kind, "condition": condition}
    board = _board(member, cell, request.GET.get("page"))
    pairs = _pairs(member, cell) if request.method == "POST" else []
    ended = member.evaluation.has_ended
    mates = board["mates"] if request.method == "POST" else board["page"]
    form = BoardForm(request.POST or None, pairs=pairs, findings=mates, kind=kind, ended=ended)
    if request.method == "POST" and form.is_valid():
        try:
            change = _act(member, cell, form, request.user)
        except ActionError as error:
            form.add_error("chosen", str(error))
        else:
            return redirect(f"{request.path}?done={change.pk}" if change else request.path)
    done = just_done(board["steps"], request.GET.get("done"))
    context = {"member": member, **cell, **board, "form": form, "done": done}
    return TemplateResponse(request, "evaluations/board_detail.html", context)


@require_POST
def board_undo(request, slug, pk):
    """Undo one step."""
    member = access.evaluation_for(request.user, slug, access.Ability.WRITE_FINDINGS)
    change = get_object_or_404(access.changes_for(member), pk=pk)
    try:
        undo(change=change, by=request.user)
    except ActionError as error:
        messages.error(request, str(error))
    else:
        # No words of a finding: a message travels in a cookie, where a withdrawal does not reach it.
        messages.success(request, "Undone. It stands under “Recent changes”.")
    return redirect(back_address(request.POST, slug) or reverse("finding-list", kwargs={"slug": slug}))


def _act(member, cell, form, by):
    data, evaluation = form.cleaned_data, member.evaluation
    if form.is_move:
        return move_quotations(evaluation=evaluation, chosen=data["chosen"], to=data["to"], by=by)
    fields = {**cell, **form.fields_sent}
    return write_finding(evaluation=evaluation, fields=fields, chosen=data["chosen"], by=by)


def _board(member, cell, number):
    """Return what the board of a cell shows."""
    strand, kind = cell["strand"], cell["kind"]
    groups = reader_groups(*access.speakers_for_readers(member))
    findings, links = access.findings_for(member), access.all_links_for(member)
    quotations = access.quotations_for(member)
    mates = findings.filter(**cell)
    page = Paginator(mates, PER_PAGE).get_page(number)
    shown = on_board(list(page), links, quotations, groups)
    coded = without_finding(quotations.filter(**cell), links.filter(finding__in=findings))
    tray = gated_quotations(coded[:PER_PAGE], groups)
    steps = of_cell(latest(access.changes_for(member)), **cell)
    counts = count_frame(findings.filter(strand=strand))
    readers = access.findings_for(member, access.Audience.READERS).filter(**cell)
    return {
        "mates": mates,
        "page": page,
        "findings": [(item, _reword(item.row, member.evaluation), _keys(item)) for item in shown],
        "tray": [(quotation, chosen_key(quotation.id)) for quotation in tray],
        "tray_count": coded.count(),
        "steps": with_undo(steps, undoable(steps)),
        "summary": next(iter(shown_summaries(access.summaries_for(member).filter(**cell), readers)), None),
        "matrix": build_matrix(counts, strand=strand.slug, kind=kind),
        "other_kind": next(other for other in Kind if other != kind),
    }


def _pairs(member, cell):
    """Return every quotation of the cell with its finding, or None for one without."""
    links = access.evidence_links_for(member)
    coded = without_finding(access.quotations_for(member).filter(**cell), links)
    linked = links.filter(finding__in=access.findings_for(member).filter(**cell))
    linked = linked.select_related("quotation", "finding")
    return [(link.quotation, link.finding) for link in linked] + [(row, None) for row in coded]


def _reword(finding, evaluation):
    return RewordForm(instance=finding, ended=evaluation.has_ended, auto_id=f"f{finding.pk}-%s")


def _keys(item):
    return [(quotation, chosen_key(quotation.id, item.row.pk)) for quotation in item.quotations]

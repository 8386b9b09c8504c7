"""Bringing work in from a table: the file, its columns, a preview, the import. Evaluators only."""

import csv
from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.actions.audit import record_export
from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.jobs import discard_job, hold_file, save_order, start_job
from evaluations.exporting.words import as_text
from evaluations.forms.imports import ColumnsForm, TableForm
from evaluations.importing.columns import COLUMNS, SheetKind
from evaluations.importing.problems import Refused
from evaluations.importing.rows import guess
from evaluations.importing.sheets import read_sheets
from evaluations.importing.template import WORKBOOK, names, template
from evaluations.jobs import look_at, parts_of
from evaluations.models import JobKind, JobState

PER_PAGE = 50
MOST_SHOWN = 100
SAMPLE = 5
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def import_list(request, slug):
    """Say what can be imported, take a file, and list earlier imports, 50 a page."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    form = TableForm(request.POST or None, request.FILES or None) if request.method == "POST" else TableForm()
    if request.method == "POST" and form.is_valid():
        order = _order(guess(form.read))
        file = {"name": form.cleaned_data["file"].name, "content": form.content}
        job = hold_file(evaluation=member.evaluation, order=order, by=request.user, **file)
        return redirect("import-columns", slug=slug, pk=job.pk)
    jobs = access.jobs_for(member).filter(kind=JobKind.IMPORT)
    page = Paginator(jobs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "member": member,
        "form": form,
        "page": page,
        "jobs": list(page),
        "sheets": [(kind, COLUMNS[kind]) for kind in (*SheetKind,)],
        "workbook": WORKBOOK,
        "files": [(kind, f"{kind}.csv") for kind in SheetKind],
    }
    return TemplateResponse(request, "evaluations/import_list.html", context)


@require_GET
def import_template(request, slug, name):
    """Send a file to fill in."""
    access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    if name not in names():
        raise Http404
    response = HttpResponse(template(name), content_type=TYPES[name.rpartition(".")[2]])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def import_columns(request, slug, pk):
    """Say what each sheet holds and which of its columns is which."""
    member, job = _open_import(request, slug, pk)
    sheets = read_sheets(bytes(job.file.content))
    form = ColumnsForm(
        request.POST if request.method == "POST" else None, sheets=sheets, parts=parts_of(job.order)
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_order(job=job, order=_order(form.parts), by=request.user)
        except NotAllowedNow as error:
            messages.error(request, str(error))
            return redirect("job-detail", slug=slug, pk=pk)
        return redirect("import-detail" if form.is_settled else "import-columns", slug=slug, pk=pk)
    context = {"member": member, "job": job, "form": form}
    return TemplateResponse(request, "evaluations/import_columns.html", context)


def import_detail(request, slug, pk):
    """Show what an import would do, with every error; start it."""
    member, job = _open_import(request, slug, pk)
    try:
        look = look_at(job, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("import-columns", slug=slug, pk=pk)
    new = sum(look.plan.new.values())
    if request.method == "POST" and new and not look.problems:
        try:
            start_job(job=job, by=request.user)
        except NotAllowedNow as error:
            messages.error(request, str(error))
        return redirect("job-detail", slug=slug, pk=pk)
    context = {
        "member": member,
        "job": job,
        "new": new,
        "counts": _counts(look),
        "problems": look.problems[:MOST_SHOWN],
        "problem_count": len(look.problems),
        "samples": _samples(look.rows),
    }
    return TemplateResponse(request, "evaluations/import_detail.html", context)


@require_GET
def import_errors(request, slug, pk):
    """Send every error as a CSV file, to mend the table by."""
    member, job = _open_import(request, slug, pk)
    try:
        problems = look_at(job, by=request.user).problems
    except Refused:
        raise Http404 from None
    record_export(by=request.user, evaluation=member.evaluation, subject=f"errors of import {job.pk}")
    response = HttpResponse("\ufeff", content_type=TYPES["csv"])
    response["Content-Disposition"] = 'attachment; filename="import-errors.csv"'
    writer = csv.writer(response)
    writer.writerow(["Sheet", "Row", "Column", "Heading", "What to mend"])
    for problem in problems:
        writer.writerow(
            [
                as_text(problem.sheet),
                problem.row,
                problem.column,
                as_text(problem.heading),
                as_text(problem.message),
            ]
        )
    return response


@require_POST
def import_discard(request, slug, pk):
    """Delete a file that is not to be imported after all."""
    _, job = _open_import(request, slug, pk)
    try:
        discard_job(job=job)
    except NotAllowedNow as error:
        messages.error(request, str(error))
        return redirect("job-detail", slug=slug, pk=pk)
    messages.success(request, "The file was deleted. Nothing was imported.")
    return redirect("import-list", slug=slug)


def _open_import(request, slug, pk):
    """Return ``(member, job)`` of an import of a table that still has its file and has not begun."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    jobs = access.jobs_for(member).filter(
        order__has_key="parts", file__isnull=False, state__in=(JobState.DRAFT, JobState.FAILED)
    )
    return member, get_object_or_404(jobs, pk=pk)


def _order(parts):
    return {"parts": [{"kind": part.kind, "columns": part.columns} for part in parts]}


def _counts(look):
    """Return ``[(kind, new, already there, errors)]`` of the kinds that the file holds."""
    rows = Counter(row.kind for row in look.rows)
    new, already = look.plan.new, look.plan.already
    wrong = Counter(row.kind for row in look.rows if not row.is_whole)
    places = {(row.sheet, row.number): row for row in look.rows}
    for problem in look.plan.problems:
        wrong[places[problem.sheet, problem.row].kind] += 1
    return [(kind, new[kind], already[kind], wrong[kind]) for kind in SheetKind if rows[kind]]


def _samples(rows):
    """Return ``[(kind, headings, first rows)]`` as they will be read."""
    found = []
    for kind in SheetKind:
        first = [row for row in rows if row.kind == kind and row.is_whole][:SAMPLE]
        if first:
            labels = [column.label for column in COLUMNS[kind]]
            found.append((kind, labels, [(row.number, row.shown) for row in first]))
    return found

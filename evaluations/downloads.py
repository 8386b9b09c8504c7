"""Sending a file to keep, instead of a page: what it says of itself, the record of who took it."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils import timezone

from evaluations.actions.audit import record_export
from evaluations.exporting.file import About, StrandSource


def source_of(strand, evaluation, name=""):
    """Return the ``StrandSource`` of a strand, under another name where it stands beside another round's."""
    return StrandSource(
        name=name or strand.name,
        from_interviews=strand.from_interviews,
        evaluation=evaluation.title,
        note=strand.provenance_note,
        is_made_up=evaluation.is_made_up,
    )


def send_file(request, evaluation, format, *, formats, title, sources, make, subject, filters=(), others=()):
    """Return the answer that sends a file on an evaluation, and record who took it.

    ``formats`` are those there are (Http404 for another one). The file says its ``title``, the strands'
    ``sources`` (which may be another round's) and the ``filters`` of itself: ``make`` takes this (an
    ``About``) and returns the file. ``subject`` is what the record calls it; ``others`` are further
    evaluations with something in it, whose records say so too.
    """
    if format not in formats:
        raise Http404
    file = make(_about(evaluation, tuple(sources), title, tuple(filters)))
    return send_made(request, file, subject=f"{subject} as {format}", evaluations={evaluation, *others})


def send_made(request, file, *, subject, evaluations, record=record_export):
    """Return the answer that sends a ``File``, and ``record`` in the ``evaluations`` it is of who took it."""
    with transaction.atomic():  # in all of them, or the file is not sent
        for row in evaluations:
            record(by=request.user, evaluation=row, subject=subject)
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'  # a name in plain ASCII
    return response


def _about(evaluation, sources, title, filters):
    return About(
        title=title,
        evaluation=evaluation.title,
        programme=evaluation.programme,
        day=timezone.localdate(),
        sources=sources,
        filters=filters,
        is_made_up=evaluation.is_made_up or any(source.is_made_up for source in sources),
    )

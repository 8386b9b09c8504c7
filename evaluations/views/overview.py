"""Where the work of an evaluation stands, and what the evaluation is."""

from django.template.response import TemplateResponse
from django.utils import timezone

from evaluations import access, navigation
from evaluations.analysis.matrix import build_matrix
from evaluations.analysis.progress import headlines
from evaluations.conditions import Condition, Kind
from evaluations.models import Subject
from evaluations.queries.findings import count_frame
from evaluations.queries.overview import state
from evaluations.queries.quotations import reader_groups
from evaluations.queries.recommendations import recommendation_frame
from evaluations.queries.reflections import shown_reflections


def evaluation_overview(request, slug):
    """Show where the work stands and what the member does next."""
    member = access.evaluation_for(request.user, slug)
    strands = list(access.strands_for(member))
    counts = count_frame(access.findings_for(member, access.Audience.READERS))
    recommendations = access.recommendations_for(member)
    figures = headlines(recommendation_frame(recommendations), timezone.localdate())
    standing = state(
        strands=strands,
        interviews=access.interviews_for(member),
        findings=access.findings_for(member),
        quotations=access.quotations_for(member),
        recommendations=recommendations,
        headlines=figures,
    )
    matrices = [
        (strand, [build_matrix(counts, strand=strand.slug, kind=kind) for kind in Kind]) for strand in strands
    ]
    context = {
        "member": member,
        "state": standing,
        "matrices": matrices,
        "steps": navigation.next_steps(member, standing),
        "today": timezone.localdate(),
    }
    return TemplateResponse(request, "evaluations/evaluation_overview.html", context)


def evaluation_about(request, slug):
    """Show what the evaluation is: programme, method, model, reflections, whom it thanks."""
    member = access.evaluation_for(request.user, slug)
    groups = reader_groups(*access.speakers_for_readers(member))
    quotations = access.quotations_for(member, access.Audience.READERS)
    reflections = shown_reflections(access.reflections_for(member), quotations, groups)
    context = {
        "member": member,
        "conditions": list(Condition),
        "strands": list(access.strands_for(member)),
        "heard": [row for row in reflections if row.subject == Subject.HEARD],
        "on_model": [row for row in reflections if row.subject == Subject.MODEL],
        "headings": list(member.evaluation.headings.items()),
        "glossary": sorted(member.evaluation.glossary.items()),
        "organisations": list(access.organisations_for(member)),
    }
    return TemplateResponse(request, "evaluations/evaluation_about.html", context)

"""Where the work of an evaluation stands, and what the evaluation is."""

from django.template.response import TemplateResponse
from django.utils import timezone

from evaluations import access, navigation
from evaluations.analysis.matrix import build_matrix
from evaluations.analysis.progress import headlines
from evaluations.conditions import Condition, Kind
from evaluations.models import FindingStatus, Subject
from evaluations.queries.audit import to_withdraw_again
from evaluations.queries.comments import left_to_answer, talks, waiting_for
from evaluations.queries.findings import count_frame
from evaluations.queries.interviews import emptied_lately
from evaluations.queries.overview import state
from evaluations.queries.quotations import reader_groups
from evaluations.queries.recommendations import recommendation_frame
from evaluations.queries.reflections import shown_reflections
from evaluations.replica import figures_may_lag


@figures_may_lag
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
        ready=int(counts["count"].sum()),
        quotations=access.quotations_for(member),
        recommendations=recommendations,
        ambitions=access.ambitions_for(member),
        versions=access.versions_for(member),
        names_go_on=member.evaluation.names_go_on,
        identities=access.identities_for(member),
        to_withdraw_again=to_withdraw_again(access.audit_for(member), access.participants_for(member)),
        headlines=figures,
        **_talk(member),
    )
    matrices = [
        (strand, [build_matrix(counts, strand=strand.slug, kind=kind) for kind in Kind]) for strand in strands
    ]
    context = {
        "member": member,
        "state": standing,
        "matrices": matrices,
        "steps": navigation.next_steps(member, standing),
        "emptied": emptied_lately(access.interviews_for(member), timezone.localdate()),
        "today": timezone.localdate(),
    }
    return TemplateResponse(request, "evaluations/evaluation_overview.html", context)


def _talk(member):
    """Return how many shared drafts wait for the member's comment, and how many comments for their answer."""
    found = talks(access.asked_for(member), access.comments_for(member), access.members_for(member))
    shared = access.shared_findings_for(member).filter(status=FindingStatus.DRAFT)
    answers = left_to_answer(found, member.user) if member.may[access.Ability.SEE_CONFIDENTIAL] else 0
    drafts = set(shared.values_list("pk", flat=True))
    return {"to_comment": waiting_for(found, member.user, drafts), "to_answer": answers}


def evaluation_about(request, slug):
    """Show what the evaluation is: programme, method, model, reflections, whom it thanks."""
    member = access.evaluation_for(request.user, slug)
    groups = reader_groups(*access.speakers_for_readers(member))
    readers = (member, access.Audience.READERS)
    quotations = access.quotations_for(*readers)
    reflections = shown_reflections(
        access.reflections_for(*readers), access.points_for(*readers), quotations, groups
    )
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

"""The tracker as a file: what its filters leave, for readers, with the whole history."""

from dataclasses import replace

from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.access import Audience
from evaluations.downloads import send_file, source_of
from evaluations.exporting.tracker import COUNTED, FORMATS, TrackedRecommendations, tracker_file
from evaluations.queries.coverage import barriers_by_recommendation
from evaluations.queries.history import name_of
from evaluations.queries.recommendations import for_tracker, marked
from evaluations.screens.coverage import barriers_for
from evaluations.screens.story import read_stories
from evaluations.screens.tracker import read_tracker


@require_GET
def recommendation_export(request, slug, format):
    """Send the recommendations as a file: narrowed and in order as the address asks, for readers."""
    member = access.evaluation_for(request.user, slug)
    screen = read_tracker(member, request.GET)
    listed = for_tracker(
        screen.rows,
        sort=screen.form.sort_chosen,
        group="none",
        actions=access.actions_for(member).select_related("owner"),
        due_changes=access.due_changes_for(member),
    )
    rows = tuple(marked(list(listed), screen.today))
    sources = {row.slug: source_of(row, member.evaluation) for row in access.strands_for(member)}

    def make(said):
        tracked = TrackedRecommendations(
            about=replace(said, counted=COUNTED),
            rows=rows,
            stories=read_stories(member, rows, Audience.READERS),
            barriers=barriers_by_recommendation(rows, barriers_for(member).in_model_order()),
            sources=sources,
            programme=member.evaluation.programme_name,
            total=screen.recommendations.count(),
            ends=member.evaluation.programme_ends,
            condition_note=member.evaluation.condition_note,
        )
        return tracker_file(tracked, format, name=[slug])

    return send_file(
        request,
        member.evaluation,
        format,
        formats=FORMATS,
        title="Recommendations",
        sources=sources.values(),
        filters=screen.form.in_words(name_of(request.user)),
        make=make,
        subject="recommendations",
    )

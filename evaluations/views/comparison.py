"""Strands side by side, and rounds of them."""

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import get_text_list
from django.views.decorators.http import require_GET

from evaluations import access, charts
from evaluations.analysis.heat import heat
from evaluations.downloads import send_file, source_of
from evaluations.exporting.comparison import FORMATS, ComparedStrands, comparison_file
from evaluations.replica import figures_may_lag
from evaluations.screens.comparison import comparison_for, names_in, query_of


@figures_may_lag
def comparison_detail(request, slug):
    """Compare the strands named in ``?strands=a,b@earlier``; the first two when none is named."""
    member = access.evaluation_for(request.user, slug)
    named = request.GET.getlist("strands")
    if len(named) > 1:
        return redirect(_address(slug, named))
    screen = comparison_for(member, names_in(request.GET))
    result = screen.result
    context = {
        "member": member,
        "screen": screen,
        "comparison": result,
        "public": screen.public,
        "bars": charts.mirrored_bars(result) if result else [],
        "heats": heat(result) if len(screen.chosen) > 2 and not result.is_empty else [],
        "shares": charts.waterline_shares(result) if result and result.from_interviews else None,
        "rounds": [
            {
                "two": two,
                "charts": charts.rounds(two),
                "earlier": screen.choice(two.earlier.slug),
                "later": screen.choice(two.later.slug),
            }
            for two in screen.rounds
        ],
        "is_print": "print" in request.GET,
    }
    return TemplateResponse(request, "evaluations/comparison_detail.html", context)


@require_GET
def comparison_export(request, slug, format):
    """Send the comparison of the strands named in ``?strands=`` as a file."""
    member = access.evaluation_for(request.user, slug)
    screen = comparison_for(member, names_in(request.GET))
    if screen.result is None:
        return redirect(_address(slug, screen.names))

    def make(said):
        strands = ComparedStrands(
            about=said,
            comparison=screen.result,
            responses=tuple((choice.label, choice.strand.strategic_response) for choice in screen.chosen),
            signed=screen.signed,
            sentences=screen.sentences,
            rounds=screen.rounds,
        )
        return comparison_file(strands, format, name=[slug])

    return send_file(
        request,
        member.evaluation,
        format,
        formats=FORMATS,
        title=f"Comparison of {get_text_list([choice.label for choice in screen.chosen], 'and')}",
        sources=[
            source_of(choice.strand, choice.member.evaluation, choice.label) for choice in screen.chosen
        ],
        make=make,
        subject=f"comparison of {len(screen.chosen)} strands",
        others=[choice.member.evaluation for choice in screen.chosen],
    )


def _address(slug, names):
    return f"{reverse('comparison-detail', kwargs={'slug': slug})}?{query_of(names)}"

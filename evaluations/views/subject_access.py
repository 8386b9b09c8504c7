"""All that is held on one participant, for a person who asks. Evaluators only."""

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from evaluations import access
from evaluations.actions.audit import record_participant_data
from evaluations.actions.withdrawal_plan import what_goes
from evaluations.downloads import send_made
from evaluations.exporting.participant_data import FORMATS, participant_data_file
from evaluations.screens.subject_access import BY_HAND, read_participant_data


@require_http_methods(["GET", "HEAD", "POST"])
def participant_data(request, slug, code):
    """Say what the file is for, and send it in the format that was chosen; not to somebody coding blind."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    row = get_object_or_404(access.participants_for(member), code=code)
    blind = access.blind_rounds_of(member).filter(interview__participants=row).select_related("interview")
    format = request.POST.get("format")
    if format in FORMATS and not blind:
        data = read_participant_data(member, row, what_goes(row))
        return send_made(
            request,
            participant_data_file(data, format),
            subject=f"participant {row.code} as {format}",
            evaluations=[member.evaluation],
            record=record_participant_data,
        )
    context = {"member": member, "participant": row, "by_hand": BY_HAND}
    context["blind"] = [round.interview.code for round in blind]
    return TemplateResponse(request, "evaluations/participant_data.html", context)

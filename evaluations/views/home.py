"""The first page: a person's evaluations."""

from django.shortcuts import redirect
from django.template.response import TemplateResponse

from evaluations import access


def evaluation_list(request):
    """List the evaluations that the person is a member of; go straight to the only one."""
    memberships = list(access.memberships_of(request.user))
    if len(memberships) == 1:
        return redirect("evaluation-overview", slug=memberships[0].evaluation.slug)
    return TemplateResponse(request, "evaluations/evaluation_list.html", {"memberships": memberships})

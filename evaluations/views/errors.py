"""Pages for what went wrong, each with a way back."""

import logging
import sys
from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import escape_leading_slashes
from django.views.decorators.cache import never_cache

from evaluations.access import TwoStepRequired
from evaluations.faults import Fault, fault_of
from evaluations.logs import request_id
from evaluations.sessions import WAY_BACK
from evaluations.signin import is_asked_by_script
from evaluations.unsent import can_be_given_back, signed_out, unsent_page

logger = logging.getLogger("evaluations.faults")

PHONES, PRIVATE_LINKS = "/w/", "/o/"
# Where an unknown address says so to everybody: these need no account, so sign-in would be no help.
PUBLIC_PREFIXES = ("/static/", "/invite/", PRIVATE_LINKS, "/calendar/", PHONES, "/favicon.ico", "/robots.txt")


def bad_request(request, exception=None):
    """Answer 400. The request may be malformed, so the page asks nothing of it."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def forbidden(request, exception=None):
    """Answer 403: the person may see this, but not do it."""
    asked = request.resolver_match.kwargs if request.resolver_match else {}
    if isinstance(exception, TwoStepRequired):
        return _two_step_required(request, asked["slug"])
    context = {"ability": str(exception or ""), "slug": asked.get("slug")}
    return render(request, "403.html", context, status=403)


def _two_step_required(request, slug):
    """Lead a member to setting up the second step, and note where they were going, to lead them back.

    Not what they searched for there: sessions keep no words. What they typed meanwhile is given back.
    """
    is_page = request.method == "GET" and not is_asked_by_script(request)
    back = request.path if is_page else reverse("evaluation-overview", args=[slug])
    request.session[WAY_BACK] = back
    if not is_asked_by_script(request) and can_be_given_back(request):
        return unsent_page(request, why="two_step", status=HTTPStatus.FORBIDDEN)
    return render(request, "two_step_required.html", status=403)


def not_found(request, exception=None):
    """Answer 404; signed out, go to sign-in as from a page that exists, so nobody can tell them apart."""
    if not request.path_info.startswith(PUBLIC_PREFIXES) and not request.user.is_authenticated:
        return signed_out(request)
    return render(request, "404.html", status=404)


TRY_AGAIN_AFTER = 30  # seconds
FAULTS_IN_SHORT = {
    Fault.AWAY: "The server cannot reach its database",
    Fault.BUSY: "The server is too busy at the moment",
    Fault.FULL: "The server’s disk is full",
    Fault.NO_MAIL: "The mail server does not answer",
}


def server_error(request):
    """Answer 500 without the database, context processors or hashed file names: any may have broken.

    A fault that passes is answered with 503, and what was typed is given back.
    """
    if fault := fault_of(sys.exception()):
        return _try_again(request, fault)
    return HttpResponseServerError(render_to_string("500.html", {"reference": request_id.get()}))


@never_cache
def _try_again(request, fault):
    """Answer 503 until a fault is over: to our scripts in a few words, to a form with what it sent."""
    logger.error(fault.event)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    if is_asked_by_script(request):
        response = JsonResponse({"error": FAULTS_IN_SHORT[fault]}, status=status)
    elif request.method == "POST":
        response = unsent_page(request, why=fault.value, status=status)
    else:
        context = {"fault": fault.value, "address": escape_leading_slashes(request.get_full_path())}
        response = HttpResponse(render_to_string("503.html", context), status=status)
    response.headers["Retry-After"] = TRY_AGAIN_AFTER
    return response


@never_cache
def csrf_failure(request, reason=""):
    """Answer 403 to a form that did not come from this site's own page, or from one left open too long.

    What was typed on a page of ours is given back, to be sent again.
    """
    if request.path_info.startswith(PHONES):
        return render(request, "evaluations/phone_csrf.html", _back_to_phone(request), status=403)
    if request.path_info.startswith(PRIVATE_LINKS):
        return render(request, "evaluations/owner_link_csrf.html", _back_to_link(request), status=403)
    return unsent_page(request, why="too_old", status=403)


def _back_to_phone(request):
    """Return the way back to the workshop, and what somebody typed there."""
    code = request.resolver_match.kwargs.get("code")
    back = reverse("phone-detail", args=[code]) if code else reverse("phone-enter")
    return {"back": back, "typed": _typed(request, "note", "name", "code")}


def _back_to_link(request):
    """Return the way back to a private link's page, and what somebody typed there."""
    back = reverse("owner-link", args=[request.resolver_match.kwargs["token"]])
    return {"back": back, "typed": _typed(request, "note", "status_reason")}


def _typed(request, *names):
    """Return the first of these fields that holds something."""
    return next(filter(None, (request.POST.get(name) for name in names)), "")


def closed(request, **kwargs):
    """Answer 404: a page that a library brings along and Waterline does not use."""
    raise Http404

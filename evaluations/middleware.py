"""What happens around every request: its log line, its sign-in, and what browsers may keep of its answer."""

import logging
import time
from http import HTTPStatus
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import render

from evaluations.logs import request_id, route_of
from evaluations.signin import is_asked_by_script
from evaluations.unsent import signed_out

logger = logging.getLogger("evaluations.requests")

QUIET_ROUTES = {"healthz", "readyz"}


class RequestLog:
    """Logs one line per request, with the name of the view instead of the address."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = request_id.set(uuid4().hex)
        started = time.monotonic()
        try:
            response = self.get_response(request)
            if not is_quiet(request):
                log(request, response, seconds=time.monotonic() - started)
        finally:
            request_id.reset(token)
        return response


def is_quiet(request):
    """Say whether a request is one of the many that tell nothing: health and static files."""
    return route_of(request) in QUIET_ROUTES or request.path_info.startswith(settings.STATIC_URL)


def log(request, response, *, seconds):
    """Write the line."""
    extra = {
        "route": route_of(request),
        "method": request.method,
        "status": response.status_code,
        "ms": round(seconds * 1000),
        "user": signed_in_user_id(request),
    }
    logger.info("request", extra=extra)


class FormsOnly:
    """Gives an address that only takes what a form sends a page of its own, instead of a blank 405.

    People get there when they open the address of a page again that came back with errors.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
            page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
            page["Allow"] = response["Allow"]
            return page
        return response


class SignInRequired(LoginRequiredMiddleware):
    """Sends signed-out people to the one sign-in page, wherever they were going.

    Public views do not even look who is asking: the health pages then need no session and no database.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Let public views pass; answer signed-out people who ask for any of the others."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        """Return the same for the admin as for any other page, so that nothing tells where it is."""
        return signed_out(request)


class LastSeen:
    """Notes when a signed-in person was last there, from which their session's idle end is counted.

    What a page asks for by itself, again and again, does not count: otherwise one that was left open would
    keep its session alive. Such requests are GETs by our scripts, or of a page without scripts that refreshes
    itself and says so (``?following=1``); what a script sends was typed or pressed.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Note it at the pages that need an account: who got here is signed in."""
        is_background = request.method == "GET" and (
            is_asked_by_script(request) or "following" in request.GET
        )
        if getattr(view_func, "login_required", True) and not is_background:
            request.session.see()


class NoStore:
    """Lets no browser or proxy keep what a signed-in person was shown."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if signed_in_user_id(request) is not None:
            response.headers["Cache-Control"] = "no-store"
        return response


def signed_in_user_id(request):
    """Return the signed-in user's id without a query, or None.

    Read from the session, if the request came so far as to open it: one that nobody looked at cannot have
    shaped the answer.
    """
    session = getattr(request, "session", None)
    held = getattr(session, "_session_cache", None)  # none when it was not opened, or could not be
    if held is None or not session.accessed:
        return None
    value = held.get(SESSION_KEY)
    return None if value is None else int(value)

"""What somebody sent when it could not be taken: given back on a page, to be sent again.

A session that had ended, a page that was left open too long, a second step of signing in that is asked for
since, a database that does not answer. The server
keeps nothing of it: the page holds the fields, and sends them to the same address.
"""

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import DisallowedRedirect
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import escape_leading_slashes

from evaluations.signin import is_asked_by_script

LONG = 60  # characters; from here on a field is shown as it was typed, to be read and copied
# What pages send along of themselves. A number alone is left out as well: most often a row's.
OF_THE_PAGE = ("version", "seen", "row", "page", "step", "basis", "opened", "sender", "back", "next")


def signed_out(request):
    """Return what somebody who is signed out gets wherever an account is needed, whether or not it exists.

    What they typed on a page of ours while their session ended is given back; our scripts are told 401, and
    ask for the password in place; anybody else is sent to sign in.
    """
    if is_asked_by_script(request):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    if was_signed_in(request) and can_be_given_back(request):
        return unsent_page(request, why="signed_out", status=HTTPStatus.UNAUTHORIZED)
    try:
        return redirect_to_login(request.get_full_path())
    except DisallowedRedirect:  # the way back is too long to be one
        return redirect(settings.LOGIN_URL)


def was_signed_in(request):
    """Say whether this browser has a cookie of ours, so that its form may come from before a session ended.

    The session's own cookie goes as soon as any page or script finds that the session is over. The other one,
    which guards forms, stays.
    """
    return request.method == "POST" and not {
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
    }.isdisjoint(request.COOKIES)


def can_be_given_back(request):
    """Say whether a page of ours sent something that ``unsent_page`` can give back."""
    return is_from_our_page(request) and bool(sent_fields(request))


def unsent_page(request, *, why, status):
    """Return the page that gives back what ``request`` sent; its status is ``status``.

    ``why`` is ``signed_out``, ``too_old``, ``another`` (somebody else is signed in), ``two_step`` (which the
    evaluation asks for) or a fault; the page words it. It needs no database, no session and no context
    processor. A form that did not come from a page of ours is not given back: a stranger's page could have
    made it, and it would then be one press away from being sent.
    """
    fields = sent_fields(request) if is_from_our_page(request) else []
    context = {
        "why": why,
        "action": escape_leading_slashes(request.get_full_path()),
        "fields": fields,
        "short_fields": [
            (_label(name), value) for name, value in fields if len(value) < LONG and _was_typed(name, value)
        ],
        "long_fields": [(_label(name), value) for name, value in fields if len(value) >= LONG],
        "texts": [(_label(name), value) for name, value in fields if len(value.split()) > 1],
        "had_files": bool(fields) and bool(request.FILES),
        "had_secrets": bool(fields) and any(_is_secret(request, name) for name in request.POST),
        "token": get_token(request),
        "sign_in": reverse(settings.LOGIN_URL),
        "set_up": reverse("mfa_activate_totp"),
        "script": f"{settings.STATIC_URL}js/unsent.js",
    }
    response = HttpResponse(render_to_string("unsent.html", context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def sent_fields(request):
    """Return what a form sent as (name, value) pairs in its order, without token, passwords and codes.

    The token is made anew, what proves who somebody is they type anew.
    """
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not _is_secret(request, name)
        for value in values
    ]


def _is_secret(request, name):
    """Say whether a field holds a password, or a code of a second step (workshops have codes too)."""
    route = request.resolver_match.url_name if request.resolver_match else ""
    return "password" in name or (name == "code" and (route or "").startswith("mfa_"))


def _was_typed(name, value):
    """Say whether a field holds what somebody typed or chose, as far as its name and value tell."""
    return bool(value.strip()) and not value.isdigit() and name.split("-")[0] not in OF_THE_PAGE


def _label(name):
    """Return a field's name as a person reads it: ``status_reason`` as ``Status reason``."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def is_from_our_page(request):
    """Say whether the browser vouches that a page of this site sent the request."""
    origin = request.headers.get("Origin")
    same_site = request.headers.get("Sec-Fetch-Site") in (None, "same-origin")
    return same_site and origin in (settings.SITE_URL, f"{request.scheme}://{request.get_host()}")

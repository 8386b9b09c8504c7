"""What somebody sent when it could not be taken: given back on a page, to be sent again.

A session that had ended, a page that was left open too long, a database that does not answer. The server
keeps nothing of it: the page holds the fields, and sends them to the same address.
"""

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

# What is never given back: the token is made anew, a password is typed anew.
WITHHELD = ("csrfmiddlewaretoken", "password")
LONG = 60  # characters; from here on a field is shown as it was typed, to be read and copied


def unsent_page(request, *, why, status):
    """Return the page that gives back what ``request`` sent; its status is ``status``.

    ``why`` is ``signed_out``, ``too_old`` or ``no_database``; the page words it. It needs no database, no
    session and no context processor. A form that did not come from a page of ours is not given back: a
    stranger's page could have made it, and it would then be one press away from being sent.
    """
    fields = sent_fields(request) if is_from_our_page(request) else []
    context = {
        "why": why,
        "action": request.get_full_path(),
        "fields": fields,
        "long_fields": [(name, value) for name, value in fields if len(value) >= LONG],
        "had_files": bool(fields) and bool(request.FILES),
        "token": get_token(request),
    }
    response = HttpResponse(render_to_string("unsent.html", context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def sent_fields(request):
    """Return what a form sent as (name, value) pairs in its order, without token and passwords."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name for word in WITHHELD)
        for value in values
    ]


def is_from_our_page(request):
    """Say whether the browser vouches that a page of this site sent the request."""
    origin = request.headers.get("Origin")
    same_site = request.headers.get("Sec-Fetch-Site") in (None, "same-origin")
    return same_site and origin in (settings.SITE_URL, f"{request.scheme}://{request.get_host()}")

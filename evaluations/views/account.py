"""One's own account: name, password, two-step sign-in, and where one is signed in."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from evaluations import access
from evaluations.actions.accounts import end_sessions
from evaluations.models import has_two_step
from evaluations.sessions import sessions_of


def account_home(request):
    """Show who is signed in, and lead to what they can change."""
    context = {
        "has_two_step": has_two_step(request.user),
        "sessions": sessions_of(request.user).count(),
    }
    return TemplateResponse(request, "account/home.html", context)


def session_list(request):
    """Show where the person is signed in; sign them out at one of these (``session``), or at all but this."""
    current = request.session.session_key
    if request.method == "POST":
        number = (access.number_in(request.POST["session"]) or 0) if "session" in request.POST else None
        ended = end_sessions(user=request.user, by=request.user, keep=current, number=number)
        messages.success(request, _ended(ended))
        return redirect("usersessions_list")
    rows = list(sessions_of(request.user))
    context = {
        "this": next((row for row in rows if row.session_key == current), None),
        "others": [row for row in rows if row.session_key != current],
    }
    return TemplateResponse(request, "account/sessions.html", context)


def _ended(number):
    if not number:
        return "There was nothing left to sign out."
    return "Signed out there." if number == 1 else f"Signed out in {number} other places."

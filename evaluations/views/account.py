"""One's own account: name, password, two-step sign-in, and where one is signed in.

allauth's pages that change a password or the second step save that and the record of it as one.
"""

from allauth.account.views import PasswordChangeView, PasswordResetFromKeyView, PasswordSetView
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from evaluations import access
from evaluations.actions.accounts import end_sessions, note_recovery_codes, note_two_step_set_up
from evaluations.models import has_two_step
from evaluations.sessions import WAY_BACK, sessions_of


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


class SavedAsOne:
    """A form of allauth whose whole work is one transaction, with what its signals record."""

    @transaction.atomic
    def form_valid(self, form):
        """Save it."""
        return super().form_valid(form)


class PasswordChange(SavedAsOne, PasswordChangeView):
    """Change a password."""


class PasswordFirst(SavedAsOne, PasswordSetView):
    """Give an account that has none a password."""


class PasswordFromLink(SavedAsOne, PasswordResetFromKeyView):
    """Choose a new password by the link of a mail."""


class TwoStepHome(IndexView):
    """Show whether two-step sign-in is set up, and how many recovery codes are left."""

    def get_context_data(self, **kwargs):
        """Add the number; where the host's key is lost, say that instead."""
        context = super().get_context_data(**kwargs)
        codes = context["authenticators"].get(Authenticator.Type.RECOVERY_CODES)
        try:
            return context | {"left": len(codes.get_unused_codes()) if codes else 0}
        except ValidationError as error:
            return context | {"unreadable": error.message}


class TwoStepStop(SavedAsOne, DeactivateTOTPView):
    """Stop two-step sign-in."""


class TwoStepSetUp(ActivateTOTPView):
    """Set up two-step sign-in. allauth's signal comes after the transaction, so it is recorded here."""

    @transaction.atomic
    def form_valid(self, form):
        """Save it, and end the person's other sessions: they began without the second step."""
        answer = super().form_valid(form)
        note_two_step_set_up(user=self.request.user, keep=self.request.session.session_key)
        return answer


class RecoveryCodesMake(GenerateRecoveryCodesView):
    """Make new recovery codes, and record it here for the same reason."""

    @transaction.atomic
    def form_valid(self, form):
        """Save them."""
        answer = super().form_valid(form)
        note_recovery_codes(user=self.request.user)
        return answer


class RecoveryCodesShow(ViewRecoveryCodesView):
    """Show the recovery codes, and once the way on to where somebody had to set up the second step."""

    def get_context_data(self, **kwargs):
        """Add the way on."""
        return super().get_context_data(**kwargs) | {"way_back": self.request.session.pop(WAY_BACK, "")}

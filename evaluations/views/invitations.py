"""Accepting an invitation: by somebody who is signed in, or with a new account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache

from evaluations.actions.errors import ActionError, NotAllowedNow
from evaluations.actions.setup import accept_invitation, join_with_new_account, open_invitation
from evaluations.forms.setup import JoinForm
from evaluations.signin import RESERVED_USERNAMES


@login_not_required
@never_cache
def invitation_accept(request, token):
    """Show what the invitation is for; accepting happens on POST only."""
    is_signed_in = request.user.is_authenticated
    invitation = open_invitation(token)
    if invitation is None:
        return TemplateResponse(request, "evaluations/invitation_over.html", {}, status=404)
    if is_signed_in:
        return _join(request, token, invitation)
    form = JoinForm(request.POST or None, reserved=RESERVED_USERNAMES)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password1"]
        try:
            user = join_with_new_account(token=token, fields=form.account, password=password)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return _welcome(request, invitation)
    context = {"invitation": invitation, "form": form}
    return TemplateResponse(request, "evaluations/invitation_accept.html", context)


def _join(request, token, invitation):
    if request.method == "POST":
        try:
            accept_invitation(token=token, by=request.user)
        except NotAllowedNow as error:
            messages.error(request, str(error))
            return redirect("evaluation-list")
        return _welcome(request, invitation)
    return TemplateResponse(request, "evaluations/invitation_accept.html", {"invitation": invitation})


def _welcome(request, invitation):
    messages.success(request, f"Welcome to {invitation.evaluation}.")
    return redirect("evaluation-overview", slug=invitation.evaluation.slug)

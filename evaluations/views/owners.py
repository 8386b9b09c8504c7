"""Owners of recommendations and actions: who they are, their accounts, reminders and private links."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.access import Ability
from evaluations.actions.errors import AlreadyThere, NotAllowedNow, StaleVersion
from evaluations.actions.owner_links import make_owner_link, revoke_owner_links
from evaluations.actions.owners import add_owner, edit_owner, remove_owner
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.owners import OwnerForm
from evaluations.models import Owner
from evaluations.queries.history import set_aside_edits
from evaluations.queries.owners import owners_with_holdings, who_can_sign_in_as


def owner_list(request, slug):
    """List who owns recommendations and actions, with their accounts, reminders and private links."""
    member = access.evaluation_for(request.user, slug, Ability.TRACK_RECOMMENDATIONS)
    owners = owners_with_holdings(
        access.owners_for(member), access.owner_links_for(member), access.members_for(member), timezone.now()
    )
    return TemplateResponse(request, "evaluations/owner_list.html", {"member": member, "owners": owners})


def owner_add(request, slug):
    """Add a person or a team."""
    member = access.evaluation_for(request.user, slug, Ability.TRACK_RECOMMENDATIONS)
    owner = Owner(evaluation=member.evaluation)
    form = OwnerForm(request.POST or None, instance=owner, accounts=_accounts(member, owner))

    def act():
        return add_owner(evaluation=member.evaluation, fields=form.changes, by=request.user)

    return _save(request, member, form, act, {"heading": "Add an owner", "action": "Add this owner"})


def owner_edit(request, slug, pk):
    """Edit an owner; a stale save shows both versions."""
    member, owner = _find(request, slug, pk)
    kwargs = {"instance": owner, "accounts": _accounts(member, owner)}
    form = bound(OwnerForm, request.POST, **kwargs) if request.method == "POST" else OwnerForm(**kwargs)
    context = {
        "heading": owner.name,
        "action": "Save owner",
        "owner": owner,
        "set_aside": set_aside_edits(owner, access.set_aside_for(member, owner)),
    }

    def act():
        return edit_owner(owner=owner, version=form.seen_version, changes=form.changes, by=request.user)

    return _save(request, member, form, act, context)


def owner_remove(request, slug, pk):
    """Ask once, then remove an owner of nothing."""
    member, owner = _find(request, slug, pk)
    if request.method == "POST":
        try:
            remove_owner(owner=owner, by=request.user)
        except NotAllowedNow as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{owner.name} removed. Add an owner of that name to have it back.")
        return redirect("owner-list", slug=slug)
    return TemplateResponse(request, "evaluations/owner_remove.html", {"member": member, "owner": owner})


@require_POST
def owner_link_make(request, slug, pk):
    """Make a private link and show it, this once."""
    member, owner = _find(request, slug, pk)
    try:
        link, token = make_owner_link(owner=owner, by=request.user)
    except NotAllowedNow as error:
        messages.error(request, str(error))
        return redirect("owner-list", slug=slug)
    address = f"{settings.SITE_URL}{reverse('owner-link', kwargs={'token': token})}"
    context = {"member": member, "owner": owner, "link": link, "address": address}
    return TemplateResponse(request, "evaluations/owner_link_make.html", context)


@require_POST
def owner_links_revoke(request, slug, pk):
    """Make all private links of an owner stop working."""
    member, owner = _find(request, slug, pk)
    revoke_owner_links(owner=owner, by=request.user)
    messages.success(
        request,
        f"The private links of {owner.name} no longer work, and no reminders are sent until you switch them "
        "on again.",
    )
    return redirect("owner-list", slug=member.evaluation.slug)


def _find(request, slug, pk):
    member = access.evaluation_for(request.user, slug, Ability.TRACK_RECOMMENDATIONS)
    return member, get_object_or_404(access.owners_for(member), pk=pk)


def _accounts(member, owner):
    return who_can_sign_in_as(owner, access.owners_for(member), access.members_for(member))


def _about_links(form, owner):
    """Say what became of private links when the e-mail address was changed of an owner who may have some."""
    was_moved = form.initial.get("email") and "email" in form.changed_data and not owner.user
    return " As the e-mail address changed, private links made before no longer work." if was_moved else ""


def _save(request, member, form, act, context):
    """Do what a valid form asks for and go back to the list; otherwise show it again, or both versions."""
    context = {"member": member, "form": form, **context}
    if request.method == "POST" and form.is_valid():
        try:
            owner = act()
        except StaleVersion as stale:
            back = reverse("owner-list", kwargs={"slug": member.evaluation.slug})
            context |= {"conflict": conflict(form, stale.current), "back": back}
            return TemplateResponse(request, "evaluations/conflict.html", context, status=409)
        except AlreadyThere:
            form.add_error("name", "Another owner has this name already. Choose another.")
        except NotAllowedNow as error:
            form.add_error("user", str(error))
        else:
            messages.success(request, f"{owner.name} saved.{_about_links(form, owner)}")
            return redirect("owner-list", slug=member.evaluation.slug)
    return TemplateResponse(request, "evaluations/owner_form.html", context)

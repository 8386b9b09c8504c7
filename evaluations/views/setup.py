"""Setting up an evaluation: its facts, strands, members, invitations."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from evaluations import access, navigation
from evaluations.access import Ability
from evaluations.actions.accounts import require_two_step
from evaluations.actions.errors import AlreadyThere, NotAllowedNow, StaleVersion
from evaluations.actions.setup import (
    FollowsInACircle,
    NotFollowable,
    add_strand,
    change_role,
    edit_evaluation,
    edit_strand,
    invite,
    move_strand,
    remove_member,
    remove_strand,
    restore_strand,
    revoke_invitation,
)
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.setup import EvaluationForm, InvitationForm, RoleForm, StrandForm
from evaluations.models import Invitation, Strand
from evaluations.queries.history import set_aside_edits


def setup_detail(request, slug):
    """Show strands, members and invitations, and what can be changed."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    return _show(request, member, InvitationForm())


def setup_edit(request, slug):
    """Edit the evaluation's own facts."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    has_names = access.identities_for(member).exists()
    form = partial(EvaluationForm, earlier=access.followable_for(member), has_names=has_names)
    return _edit(request, member, form, member.evaluation, edit_evaluation, "evaluation")


def strand_add(request, slug):
    """Add a strand."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    form = StrandForm(request.POST or None, instance=Strand(evaluation=member.evaluation))
    if request.method == "POST" and form.is_valid():
        try:
            strand = add_strand(evaluation=member.evaluation, fields=form.changes, by=request.user)
        except AlreadyThere as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"Strand {strand.name} added.")
            return redirect("setup-detail", slug=slug)
    context = {"member": member, "form": form, "heading": "Add a strand", "action": "Add this strand"}
    return TemplateResponse(request, "evaluations/setup_form.html", context)


def strand_edit(request, slug, strand):
    """Edit a strand."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    row = get_object_or_404(access.strands_for(member), slug=strand)
    return _edit(request, member, StrandForm, row, edit_strand, "strand")


@require_POST
def strand_move(request, slug, strand):
    """Move a strand one place up or down."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    row = get_object_or_404(access.strands_for(member), slug=strand)
    move_strand(strand=row, up=request.POST.get("direction") == "up", by=request.user)
    return redirect(f"{reverse('setup-detail', kwargs={'slug': slug})}#strand-{row.slug}")


def strand_remove(request, slug, strand):
    """Ask once, then remove a strand that holds nothing."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    row = get_object_or_404(access.strands_for(member), slug=strand)
    if request.method == "POST":
        try:
            remove_strand(strand=row, by=request.user)
        except NotAllowedNow as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Strand {row.name} removed. It can be put back below the others.")
        return redirect("setup-detail", slug=slug)
    return TemplateResponse(request, "evaluations/strand_remove.html", {"member": member, "strand": row})


@require_POST
def strand_restore(request, slug, strand):
    """Put a removed strand back."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    row = get_object_or_404(access.removed_strands_for(member), slug=strand)
    restore_strand(strand=row, by=request.user)
    messages.success(request, f"Strand {row.name} is back.")
    return redirect("setup-detail", slug=slug)


@require_POST
def member_role(request, slug, pk):
    """Give a member another role."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    membership = get_object_or_404(access.members_for(member), pk=pk)
    form = RoleForm(request.POST)
    try:
        if form.is_valid():
            change_role(membership=membership, role=form.cleaned_data["role"], by=request.user)
            messages.success(request, "Role changed.")
        else:
            messages.error(request, "Choose one of the three roles.")
    except NotAllowedNow as error:
        messages.error(request, str(error))
    return redirect("setup-detail", slug=slug)


def member_remove(request, slug, pk):
    """Ask once, then end a membership."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    membership = get_object_or_404(access.members_for(member), pk=pk)
    if request.method == "POST":
        try:
            remove_member(membership=membership, by=request.user)
        except NotAllowedNow as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Member removed. Invite them again to let them back in.")
        return redirect("setup-detail", slug=slug)
    context = {"member": member, "membership": membership}
    return TemplateResponse(request, "evaluations/member_remove.html", context)


@require_POST
def two_step_require(request, slug):
    """Ask the members for two-step sign-in, or stop asking (``required`` is empty)."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    required = bool(request.POST.get("required"))
    try:
        require_two_step(evaluation=member.evaluation, required=required, by=request.user)
    except NotAllowedNow as error:
        messages.error(request, str(error))
    else:
        said = (
            "This evaluation now opens to members with two-step sign-in only."
            if required
            else ("This evaluation no longer asks for two-step sign-in.")
        )
        messages.success(request, said)
    return redirect(f"{reverse('setup-detail', kwargs={'slug': slug})}#two-step")


@require_POST
def invitation_add(request, slug):
    """Make an invitation and show its link, this once."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    form = InvitationForm(request.POST, instance=Invitation(evaluation=member.evaluation))
    if not form.is_valid():
        return _show(request, member, form)
    invitation, token = invite(evaluation=member.evaluation, by=request.user, **form.cleaned_data)
    link = f"{settings.SITE_URL}{reverse('invitation-accept', kwargs={'token': token})}"
    context = {"member": member, "invitation": invitation, "link": link}
    return TemplateResponse(request, "evaluations/invitation_link.html", context)


@require_POST
def invitation_revoke(request, slug, pk):
    """Make an invitation's link stop working."""
    member = access.evaluation_for(request.user, slug, Ability.SET_UP)
    invitation = get_object_or_404(access.invitations_for(member), pk=pk)
    try:
        revoke_invitation(invitation=invitation, by=request.user)
    except NotAllowedNow as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Invitation revoked: its link no longer works.")
    return redirect("setup-detail", slug=slug)


def _show(request, member, form):
    strands, members = list(access.strands_for(member)), list(access.members_for(member))
    questions = access.guide_for(member).count()
    context = {
        "member": member,
        "questions": questions,
        "preparations": navigation.preparations(
            member.evaluation,
            strands=len(strands),
            questions=questions,
            participants=access.participants_for(member).count(),
            members=len(members),
        ),
        "strands": strands,
        "removed_strands": list(access.removed_strands_for(member)),
        "members": [
            (row, RoleForm(initial={"role": row.role}, auto_id=f"role-{row.pk}-%s")) for row in members
        ],
        "without_two_step": [row for row in members if row.user.is_active and not row.has_two_step],
        "has_two_step": any(row.has_two_step for row in members if row.user_id == request.user.pk),
        "invitations": list(access.invitations_for(member).select_related("invited_by", "accepted_by")),
        "form": form,
        "now": timezone.now(),
    }
    return TemplateResponse(request, "evaluations/setup_detail.html", context)


def _edit(request, member, form_class, row, act, noun):
    """Edit the evaluation or a strand; a stale save shows both versions."""
    form = (
        bound(form_class, request.POST, instance=row)
        if request.method == "POST"
        else form_class(instance=row)
    )
    context = {
        "member": member,
        "form": form,
        "heading": f"Edit the {noun}",
        "action": "Save",
        "set_aside": set_aside_edits(row, access.set_aside_for(member, row)),
    }
    if request.method == "POST" and form.is_valid():
        try:
            act(**{noun: row}, version=form.seen_version, changes=form.changes, by=request.user)
        except StaleVersion as stale:
            back = reverse("setup-detail", kwargs={"slug": member.evaluation.slug})
            context |= {"conflict": conflict(form, stale.current), "back": back}
            return TemplateResponse(request, "evaluations/conflict.html", context, status=409)
        except AlreadyThere as error:
            form.add_error("name" if "name" in form.fields else None, str(error))
        except (FollowsInACircle, NotFollowable) as error:
            form.add_error("follows", str(error))
        else:
            messages.success(request, "Saved.")
            return redirect("setup-detail", slug=member.evaluation.slug)
    return TemplateResponse(request, "evaluations/setup_form.html", context)

"""The admin, for superusers: users and memberships can be changed, a few other models only read.

Answers, quotations, identities, their versions, and what was set aside are not registered: they are never
shown here.
"""

from http import HTTPStatus

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.db import transaction

from evaluations.actions import audit
from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.setup import change_role, check_may_join, remove_member
from evaluations.models import (
    AuditEvent,
    Evaluation,
    Finding,
    Interview,
    Invitation,
    Membership,
    Owner,
    Participant,
    Recommendation,
    Source,
    Strand,
    Verb,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """A model that can be looked at and nothing else."""

    def has_add_permission(self, request):
        """Refuse."""
        return False

    def has_change_permission(self, request, obj=None):
        """Refuse."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Refuse."""
        return False

    def lookup_allowed(self, lookup, value, request):
        """Allow the filters on the page only: by any other, words that are not shown could be guessed."""
        return lookup.partition("__")[0] in self.list_filter


@admin.register(get_user_model())
class AccountAdmin(UserAdmin):
    """Accounts: made inactive rather than deleted, so that what they wrote keeps its name.

    What changes access is recorded: a new account, one closed or opened, a superuser, staff, permissions, the
    address that links for a new password go to, a password set.
    """

    def has_delete_permission(self, request, obj=None):
        """Refuse."""
        return False

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        """Save the account and record what it changed."""
        before = type(obj).objects.select_for_update().filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        for verb in _what_changed(before, obj):
            audit.record(by=request.user, verb=verb, subject=f"user {obj.pk}")

    def save_related(self, request, form, formsets, change):
        """Save the account's groups and permissions, and record that they changed."""
        super().save_related(request, form, formsets, change)
        if {"groups", "user_permissions"}.intersection(form.changed_data):
            subject = f"user {form.instance.pk}"
            audit.record(by=request.user, verb=Verb.CHANGED_PERMISSIONS, subject=subject)

    @transaction.atomic
    def user_change_password(self, request, id, form_url=""):
        """Set somebody's password, and record that it was set."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            audit.record(by=request.user, verb=Verb.SET_PASSWORD, subject=f"user {id}")
        return response


SWITCHES = {
    "is_active": (Verb.REOPENED_ACCOUNT, Verb.STOPPED_ACCOUNT),
    "is_superuser": (Verb.MADE_SUPERUSER, Verb.ENDED_SUPERUSER),
    "is_staff": (Verb.MADE_STAFF, Verb.ENDED_STAFF),
}


def _what_changed(before, after):
    """Yield the verbs for what changed in an account; ``before`` is None for a new one."""
    if before is None:
        yield Verb.ADDED_ACCOUNT
        before = type(after)(email=after.email)
    if before.email != after.email:
        yield Verb.CHANGED_EMAIL
    for field, (started, ended) in SWITCHES.items():
        if getattr(before, field) != getattr(after, field):
            yield started if getattr(after, field) else ended


class MembershipForm(forms.ModelForm):
    """A membership of somebody who may be a member."""

    def clean_user(self):
        """Refuse a superuser."""
        try:
            check_may_join(self.cleaned_data["user"])
        except NotAllowedNow as error:
            raise forms.ValidationError(str(error)) from None
        return self.cleaned_data["user"]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who is a member of what; each change is recorded, as on the set-up page."""

    form = MembershipForm
    list_display = ["user", "evaluation", "role"]
    list_filter = ["role", "evaluation"]
    list_select_related = ["user", "evaluation"]
    actions = None

    def get_readonly_fields(self, request, obj=None):
        """Let only the role of a membership change: another person or evaluation is another membership."""
        return ["user", "evaluation"] if obj else []

    def save_model(self, request, obj, form, change):
        """Save it as the set-up page does, or say why not."""
        if not change:
            super().save_model(request, obj, form, change)
            subject = f"user {obj.user_id} is {obj.role}"
            audit.record(by=request.user, evaluation=obj.evaluation, verb=Verb.ADDED_MEMBER, subject=subject)
            return
        try:
            change_role(membership=obj, role=obj.role, by=request.user)
        except NotAllowedNow as error:
            self.message_user(request, str(error), messages.ERROR)

    def delete_model(self, request, obj):
        """Delete it as the set-up page does, or say why not."""
        try:
            remove_member(membership=obj, by=request.user)
        except NotAllowedNow as error:
            self.message_user(request, str(error), messages.ERROR)


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """Evaluations."""

    list_display = ["title", "programme", "is_made_up"]


@admin.register(Strand)
class StrandAdmin(ReadOnlyAdmin):
    """Strands."""

    list_display = ["name", "evaluation", "provenance"]
    list_select_related = ["evaluation"]


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    """Where findings stand; a superuser is a member of nothing, so not what they say."""

    list_display = ["pk", "evaluation", "kind", "condition", "status"]
    list_filter = ["kind", "condition", "status"]
    list_select_related = ["evaluation"]
    fields = ["evaluation", "strand", "kind", "condition", "status"]

    def get_queryset(self, request):
        """Return the findings that were not removed: those show nowhere."""
        return super().get_queryset(request).filter(removed_at__isnull=True)


@admin.register(Interview)
class InterviewAdmin(ReadOnlyAdmin):
    """Which interviews there are, without who took part."""

    list_display = ["code", "evaluation", "status"]
    list_select_related = ["evaluation"]
    fields = ["evaluation", "code", "status"]


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    """Codes and consent, without identity."""

    list_display = ["code", "evaluation", "consent"]
    list_select_related = ["evaluation"]
    fields = ["evaluation", "code", "consent", "attribution", "withdrawn_on"]


@admin.register(Recommendation)
class RecommendationAdmin(ReadOnlyAdmin):
    """Recommendations."""

    list_display = ["ref", "evaluation", "source", "status", "due"]
    list_select_related = ["evaluation"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations, without their tokens."""

    list_display = ["pk", "evaluation", "role", "created_at", "accepted_at", "revoked_at"]
    list_select_related = ["evaluation"]
    exclude = ["token_hash"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The record of access."""

    list_display = ["at", "user", "verb", "subject", "evaluation"]
    list_select_related = ["user", "evaluation"]


admin.site.register([Owner, Source], ReadOnlyAdmin)

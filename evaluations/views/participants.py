"""Participants: who took part, by code, what they consented to, who they are, withdrawal. Evaluators only."""

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from evaluations import access
from evaluations.actions.errors import AlreadyThere, NotAllowedNow, StaleVersion
from evaluations.actions.people import add_participant, edit_participant, record_look, save_identity
from evaluations.actions.withdrawal import withdraw_participant
from evaluations.actions.withdrawal_plan import what_goes
from evaluations.forms.conflicts import bound, conflict
from evaluations.forms.people import IdentityForm, ParticipantForm, WithdrawalForm
from evaluations.models import Participant, ParticipantIdentity
from evaluations.queries.audit import names_deleted_at
from evaluations.queries.consent import narrowed
from evaluations.queries.history import set_aside_edits
from evaluations.queries.interviews import next_code
from evaluations.queries.people import set_aside_sealed
from evaluations.queries.quotations import gated_quotations, reader_groups
from evaluations.queries.versions import still_shown

PER_PAGE = 50
UNCLEAN = (
    "The database’s own files still have to be cleaned, because somebody was busy with them: ask whoever "
    "runs this site for “manage.py clean_database”."
)


def participant_list(request, slug):
    """List the participants, 50 a page."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    page = Paginator(access.participants_for(member), PER_PAGE).get_page(request.GET.get("page"))
    context = {"member": member, "page": page, "participants": list(page), **_deleted(member)}
    return TemplateResponse(request, "evaluations/participant_list.html", context)


def participant_add(request, slug):
    """Add a participant; the code is suggested."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    start = {"code": next_code(access.participants_for(member), letter="P")}
    form = ParticipantForm(
        request.POST or None, instance=Participant(evaluation=member.evaluation), initial=start
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = add_participant(evaluation=member.evaluation, fields=form.changes, by=request.user)
        except AlreadyThere as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, f"Participant {row.code} saved.")
            return redirect("participant-list", slug=slug)
    return TemplateResponse(request, "evaluations/participant_form.html", {"member": member, "form": form})


@require_safe
def participant_detail(request, slug, code):
    """Show one participant: consent, interviews, and what they said, 50 quotations a page."""
    member, row = _participant(request, slug, code)
    groups = reader_groups(*access.speakers_for_readers(member))
    quotations = access.quotations_for(member).filter(speaker=row)
    page = Paginator(quotations, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "member": member,
        "participant": row,
        "interviews": list(access.interviews_for(member).filter(participants=row)),
        "page": page,
        "quotations": gated_quotations(page.object_list, groups, access.versions_for(member)),
        "has_identity": access.identities_for(member).filter(participant=row).exists(),
        "is_past_cutoff": row.withdrawal_cutoff is not None and row.withdrawal_cutoff < timezone.localdate(),
        "set_aside": set_aside_edits(row, access.set_aside_for(member, row)),
        **_deleted(member),
    }
    return TemplateResponse(request, "evaluations/participant_detail.html", context)


def participant_identity(request, slug, code):
    """Show who a participant is once somebody presses for it, which is recorded; before, only ask."""
    member, row = _participant(request, slug, code)
    context = {"member": member, "participant": row, **_deleted(member)}
    is_recorded = access.identities_for(member).filter(participant=row).exists()
    if row.withdrawn_on is None and not is_recorded:
        context["form"] = IdentityForm(instance=ParticipantIdentity())
    if request.method == "POST" and is_recorded:
        record_look(participant=row, by=request.user)
        try:
            identity = access.identities_for(member).get(participant=row)
        except InvalidToken:
            return _lost(request, context)
        context |= {
            "form": IdentityForm(instance=identity),
            "is_shown": True,
            "set_aside": set_aside_sealed(access.set_aside_for(member, identity)),
        }
    return TemplateResponse(request, "evaluations/participant_identity.html", context)


@require_POST
def participant_identity_edit(request, slug, code):
    """Save who a participant is. Whatever comes back instead counts as seeing it, if there is something.

    A stale save shows both versions, and a form with errors may hold what was joined with the stored text.
    """
    member, row = _participant(request, slug, code)
    context = {"member": member, "participant": row, "is_shown": True, **_deleted(member)}
    try:
        identity = access.identities_for(member).filter(participant=row).first() or ParticipantIdentity()
        form = context["form"] = bound(IdentityForm, request.POST, instance=identity)
        if form.is_valid():
            seen = {"version": form.seen_version, "changes": form.changes}
            save_identity(participant=row, by=request.user, **seen)
            messages.success(request, f"Who {row.code} is: saved, encrypted.")
            return redirect("participant-detail", slug=slug, code=code)
    except InvalidToken:
        return _lost(request, context)
    except NotAllowedNow as error:
        form.add_error(None, str(error))
    except StaleVersion as stale:
        record_look(participant=row, by=request.user)
        context["conflict"] = conflict(form, stale.current)
        template = "evaluations/participant_identity_conflict.html"
        return TemplateResponse(request, template, context, status=409)
    if identity.pk:
        record_look(participant=row, by=request.user)
    return TemplateResponse(request, "evaluations/participant_identity.html", context)


def participant_withdraw(request, slug, code):
    """Show what a withdrawal takes, and on confirmation take it: everything the participant said."""
    member, row = _participant(request, slug, code)
    blind = set(access.blind_rounds_of(member).values_list("interview", flat=True))
    going = what_goes(row, blind=blind)
    sent = request.POST if request.method == "POST" else None
    groups, files = [said.interview for said in going.groups], [seen.file for seen in going.evidence]
    form = WithdrawalForm(sent, groups=groups, files=files)
    if request.method == "POST" and form.is_valid():
        chosen = {"decisions": form.decisions, "evidence": form.cleaned_data["evidence"]}
        try:
            is_clean = withdraw_participant(participant=row, by=request.user, **chosen)
        except NotAllowedNow as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{code} withdrew. What they said is deleted.")
            if not is_clean:
                messages.warning(request, UNCLEAN)
            return redirect("participant-detail", slug=slug, code=code)
    fields = form.fields_by_code
    context = {
        "member": member,
        "participant": row,
        "form": form,
        "going": going,
        "groups": [(said, fields[said.interview.code]) for said in going.groups],
        "evidence": list(zip(going.evidence, form["evidence"], strict=True)),
        "is_past_cutoff": row.withdrawal_cutoff is not None and row.withdrawal_cutoff < timezone.localdate(),
    }
    return TemplateResponse(request, "evaluations/participant_withdraw.html", context)


def _deleted(member):
    """Return when names and contacts of the evaluation were deleted, for the templates that say so."""
    return {"names_deleted_at": names_deleted_at(access.audit_for(member))}


def _participant(request, slug, code):
    """Return the member and the participant with this code; raises Http404."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    return member, get_object_or_404(access.participants_for(member), code=code)


def _lost(request, context):
    """Say that an identity cannot be read without the key that encrypted it."""
    return TemplateResponse(request, "evaluations/participant_identity.html", context | {"is_lost": True})


def participant_edit(request, slug, code):
    """Edit a participant; a stale save shows both versions."""
    member = access.evaluation_for(request.user, slug, access.Ability.SEE_CONFIDENTIAL)
    row = access.row_for(access.participants_for(member), request.POST, code=code)
    is_post = request.method == "POST"
    form = bound(ParticipantForm, request.POST, instance=row) if is_post else ParticipantForm(instance=row)
    context = {"member": member, "form": form, "code": row.code}
    if is_post and form.is_valid():
        seen = {"version": form.seen_version, "changes": form.changes}
        try:
            saved = edit_participant(participant=row, by=request.user, **seen)
        except StaleVersion as stale:
            context["conflict"] = conflict(form, stale.current)
            return TemplateResponse(request, "evaluations/participant_conflict.html", context, status=409)
        except AlreadyThere as error:
            form.add_error("code", str(error))
        except NotAllowedNow as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Participant {saved.code} saved.")
            said = narrowed(access.quotations_for(member), participant=saved.code)
            if still := still_shown(access.versions_for(member), said):
                messages.warning(request, still)
                return redirect("participant-detail", slug=slug, code=saved.code)
            return redirect("participant-list", slug=slug)
    return TemplateResponse(request, "evaluations/participant_form.html", context)

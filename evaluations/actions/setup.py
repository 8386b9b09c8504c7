"""Setting up an evaluation: strands, members, invitations."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from evaluations.models import (
    Ambition,
    Answer,
    CellSummary,
    Evaluation,
    Finding,
    InterviewStrand,
    Invitation,
    Membership,
    Quotation,
    Recommendation,
    Reflection,
    ReportStrand,
    Role,
    Strand,
    Verb,
    WorkshopStrand,
    memberships_of,
)

from . import order
from .audit import record
from .comments import end_shares_with
from .errors import NotAllowedNow
from .versions import locked, refusing_duplicates, save_as, save_changes


class NotFollowable(NotAllowedNow):
    """The evaluation named as the earlier round is closed to the person, or no evaluator's work of theirs."""

    def __init__(self):
        super().__init__("Choose an evaluation that you are an evaluator of.")


class FollowsInACircle(NotAllowedNow):
    """The evaluation named as the earlier round follows this one."""

    def __init__(self, earlier):
        super().__init__(f"“{earlier}” already follows this evaluation. Choose a round that came before it.")


INVITATION_LASTS = timedelta(days=14)
# What belongs to a strand: one without any of these is empty.
IN_STRANDS = (
    Ambition,
    Answer,
    CellSummary,
    Finding,
    InterviewStrand,
    Quotation,
    Recommendation,
    Reflection,
    ReportStrand,
    WorkshopStrand,
)


@transaction.atomic
def start_evaluation(*, fields, by):
    """Start an evaluation (``fields``: slug, title, programme) with ``by`` as its first evaluator; return it.

    Raises NotAllowedNow for an address that is not fit or is taken, and for a superuser.
    """
    check_may_join(by)
    evaluation = Evaluation(**fields)
    try:
        evaluation.full_clean()
    except ValidationError as error:
        raise NotAllowedNow(_in_words(error)) from None
    evaluation.save()
    Membership.objects.create(evaluation=evaluation, user=by, role=Role.EVALUATOR)
    record(by=by, evaluation=evaluation, verb=Verb.STARTED_EVALUATION, subject=f"evaluation {evaluation.pk}")
    return evaluation


def _in_words(error):
    """Return what is wrong with a new evaluation; of its address in our words, as Django says “slug”."""
    said = dict(error.message_dict)
    if "slug" in said:
        is_taken = error.error_dict["slug"][0].code == "unique"
        rule = "An address holds letters, digits, hyphens and underscores only, 60 at most."
        said["slug"] = ["This address is taken by another evaluation." if is_taken else rule]
    return " ".join(message for messages in said.values() for message in messages)


def edit_evaluation(*, evaluation, version, changes, by):
    """Save an evaluation's own facts and return it.

    Raises StaleVersion; NotFollowable and FollowsInACircle for an earlier round that cannot be one.
    """

    def check(current, changes):
        if changes.get("follows") and changes["follows"].pk != current.follows_id:
            _check_may_follow(current, changes["follows"], by)
        _record_kept_for(current, changes, by)

    # All of them, in one order: of several who close a circle at once, each with one step, one comes last.
    is_new = changes.get("follows") and changes["follows"].pk != evaluation.follows_id
    every = Evaluation.objects.order_by("pk") if is_new else ()
    return save_changes(evaluation, version=version, changes=changes, by=by, before_save=check, first=every)


def _record_kept_for(evaluation, changes, by):
    """Record another day on which participants' names are deleted, however it came about."""
    will_be = Evaluation(
        **{
            name: changes.get(name, getattr(evaluation, name))
            for name in ("programme_ends", "identities_kept_months")
        }
    )
    before, after = evaluation.names_go_on, will_be.names_go_on
    if before != after:
        subject = f"from {before or 'no date'} to {after or 'no date'}"
        record(by=by, evaluation=evaluation, verb=Verb.CHANGED_KEPT_MONTHS, subject=subject)


def _check_may_follow(evaluation, earlier, by):
    if not memberships_of(by).filter(is_open=True, evaluation=earlier, role=Role.EVALUATOR).exists():
        raise NotFollowable
    follows = dict(Evaluation.objects.values_list("pk", "follows"))
    at, seen = earlier.pk, set()
    while at and at not in seen:
        if at == evaluation.pk:
            raise FollowsInACircle(earlier)
        seen.add(at)
        at = follows.get(at)


@transaction.atomic
def add_strand(*, evaluation, fields, by):
    """Add a strand at the end, with an address made from its name, and return it."""
    place = order.next_place(Strand.objects.filter(evaluation=evaluation))
    strand = Strand(
        evaluation=evaluation, position=place, slug=_free_slug(evaluation, fields["name"]), **fields
    )
    save_as(strand, by=by)
    record(by=by, evaluation=evaluation, verb=Verb.ADDED_STRAND, subject=f"strand {strand.pk}")
    return strand


def edit_strand(*, strand, version, changes, by):
    """Save a strand and return it; its address stays, as people bookmark it. Raises StaleVersion."""
    return save_changes(strand, version=version, changes=changes, by=by)


@transaction.atomic
def move_strand(*, strand, up, by):
    """Move a strand one place up or down and return it."""
    rows = Strand.objects.filter(evaluation=strand.evaluation, removed_at__isnull=True)
    return order.move(rows, strand, up=up)


@transaction.atomic
def remove_strand(*, strand, by):
    """Remove a strand that holds nothing and return it; it can be put back.

    Raises NotAllowedNow for one that interviews, findings, ambitions or anything else belong to.
    """
    current = locked(strand)
    if any(model.objects.filter(strand=current).exists() for model in IN_STRANDS):
        raise NotAllowedNow(
            "This strand is not empty: interviews, quotations, findings, recommendations, ambitions, "
            "reflections or workshops belong to it, or the report is about it. Move them to another strand "
            "first, or choose the report’s strands anew."
        )
    if not current.removed_at:
        current.removed_at = timezone.now()
        current.save()
        record(by=by, evaluation=current.evaluation, verb=Verb.REMOVED_STRAND, subject=f"strand {current.pk}")
    return current


@transaction.atomic
def restore_strand(*, strand, by):
    """Put a removed strand back in its place and return it."""
    current = locked(strand)
    if current.removed_at:
        current.removed_at = None
        current.save()
        record(
            by=by, evaluation=current.evaluation, verb=Verb.RESTORED_STRAND, subject=f"strand {current.pk}"
        )
    return current


@transaction.atomic
def change_role(*, membership, role, by):
    """Give a member another role and return the membership.

    Raises NotAllowedNow for the last evaluator, and for somebody who is no longer a member.
    """
    membership = _current_member(membership, leaving=role != Role.EVALUATOR)
    membership.role = Role(role)
    membership.save(update_fields=["role"])
    subject = f"user {membership.user_id} is {membership.role}"
    record(by=by, evaluation=membership.evaluation, verb=Verb.CHANGED_ROLE, subject=subject)
    return membership


@transaction.atomic
def remove_member(*, membership, by):
    """End a membership, and what is shared with them for comment. Raises as ``change_role`` does."""
    membership = _current_member(membership, leaving=True)
    subject = f"user {membership.user_id} was {membership.role}"
    record(by=by, evaluation=membership.evaluation, verb=Verb.REMOVED_MEMBER, subject=subject)
    end_shares_with(evaluation=membership.evaluation, person=membership.user, by=by)
    membership.delete()


@transaction.atomic
def invite(*, evaluation, role, email, by):
    """Make an invitation that lasts 14 days. Returns ``(invitation, token)``; the token is kept nowhere."""
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        evaluation=evaluation,
        role=Role(role),
        email=email,
        token_hash=token_hash(token),
        invited_by=by,
        expires_at=timezone.now() + INVITATION_LASTS,
    )
    record(by=by, evaluation=evaluation, verb=Verb.INVITED, subject=f"invitation {invitation.pk} as {role}")
    return invitation, token


@transaction.atomic
def revoke_invitation(*, invitation, by):
    """Make an invitation's link stop working and return it. Raises NotAllowedNow once it was accepted."""
    invitation = locked(invitation)
    if invitation.accepted_at:
        raise NotAllowedNow("This invitation was accepted already. Remove the member instead.")
    invitation.revoked_at = invitation.revoked_at or timezone.now()
    invitation.save(update_fields=["revoked_at"])
    subject = f"invitation {invitation.pk}"
    record(by=by, evaluation=invitation.evaluation, verb=Verb.REVOKED_INVITATION, subject=subject)
    return invitation


@transaction.atomic
def accept_invitation(*, token, by):
    """Make ``by`` a member as the invitation says, once, and return the membership.

    Somebody who is a member already keeps the role they have. Raises NotAllowedNow for a link that is
    unknown, used, revoked or expired, and for a superuser.
    """
    check_may_join(by)
    invitation = open_invitation(token, lock=True)
    if invitation is None:
        raise NotAllowedNow("This invitation is no longer valid. Ask for a new one.")
    membership, _ = Membership.objects.get_or_create(
        evaluation=invitation.evaluation, user=by, defaults={"role": invitation.role}
    )
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = by
    invitation.save()
    subject = f"invitation {invitation.pk} as {membership.role}"
    record(by=by, evaluation=invitation.evaluation, verb=Verb.ACCEPTED_INVITATION, subject=subject)
    return membership


@transaction.atomic
def join_with_new_account(*, token, fields, password):
    """Make an account (``fields``: username, first_name, last_name, email) and accept an invitation with it.

    Returns the user. Raises NotAllowedNow as ``accept_invitation`` does and when an account has the address
    already, and AlreadyThere when somebody took the name meanwhile; then no account is made.
    """
    _check_address_is_free(fields.get("email", ""))
    with refusing_duplicates():
        user = get_user_model().objects.create_user(password=password, **fields)
    accept_invitation(token=token, by=user)
    return user


def check_may_join(user):
    """Raise NotAllowedNow for a superuser, who administers accounts and is a member of nothing."""
    if user.is_superuser:
        raise NotAllowedNow(
            "This account administers accounts, so it joins no evaluation. Use another account for that."
        )


def _check_address_is_free(email):
    """Raise NotAllowedNow when an account has this address.

    Who makes an account holds an invitation, so locking those that are open lets one in at a time.
    """
    list(Invitation.objects.select_for_update().filter(accepted_at__isnull=True).order_by("pk"))
    if email and get_user_model().objects.filter(email__iexact=email).exists():
        raise NotAllowedNow("An account has this address already. Sign in instead, then accept.")


def open_invitation(token, *, lock=False):
    """Return the invitation behind a link that still works, or None."""
    rows = Invitation.objects.select_for_update(of=("self",)) if lock else Invitation.objects.all()
    return (
        rows.select_related("evaluation")
        .filter(
            token_hash=token_hash(token),
            accepted_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        .first()
    )


def token_hash(token):
    """Return the SHA-256 of a token as hexadecimal text: tokens are long and random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _current_member(membership, *, leaving):
    """Return the membership as it is now, all members locked; refuse to let the last evaluator go."""
    members = Membership.objects.select_for_update().filter(evaluation=membership.evaluation).order_by("pk")
    current = {member.pk: member for member in members}
    if membership.pk not in current:
        raise NotAllowedNow("This person is no longer a member.")
    others = [row for row in current.values() if row.role == Role.EVALUATOR and row.pk != membership.pk]
    if leaving and current[membership.pk].role == Role.EVALUATOR and not others:
        raise NotAllowedNow("An evaluation needs at least one evaluator. Make somebody else one first.")
    return current[membership.pk]


def _free_slug(evaluation, name):
    base = slugify(name)[:50] or "strand"
    taken = {"new", *Strand.objects.filter(evaluation=evaluation).values_list("slug", flat=True)}
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)

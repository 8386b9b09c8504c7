"""Who owns recommendations and actions: people and teams, with or without an account."""

from django.db import transaction
from django.utils import timezone

from evaluations.models import Action, Owner, OwnerLink, ProgressUpdate, Recommendation, Verb

from .audit import record
from .errors import NotAllowedNow
from .versions import locked, save_as, save_changes, write

# What keeps an owner: that it owns something, a removed action too, or wrote something through a link.
KEPT_FOR = (Recommendation, Action, ProgressUpdate)


@transaction.atomic
def owner_called(*, evaluation, name, by, user=None):
    """Return the owner with this name (any capitals) or user, adding one when there is none.

    A second member of the same name goes by that and the name they sign in with. An owner of that name
    without an account is given the user's. Raises as ``add_owner`` does.
    """
    rows = Owner.objects.select_for_update().filter(evaluation=evaluation)
    owner = rows.filter(user=user).first() if user else None
    owner = owner or rows.filter(name__iexact=name).first()
    if owner and user and owner.user not in (None, user):
        name, owner = f"{user.get_username()} ({name})", None
    if owner is None:
        longest = Owner._meta.get_field("name").max_length
        return add_owner(evaluation=evaluation, fields={"name": name[:longest], "user": user}, by=by)
    if user and owner.user is None:
        _change_account(owner, user, by=by)
        write(owner, {"user": user}, by=by)
    return owner


@transaction.atomic
def add_owner(*, evaluation, fields, by):
    """Add an owner (name, email, user, wants_reminders) and return it.

    Raises AlreadyThere for a name that is taken, NotAllowedNow for an account that another owner has.
    """
    owner = Owner(evaluation=evaluation, **fields)
    _check_account_is_free(owner, owner.user)
    save_as(owner, by=by)
    if owner.user:
        _record_account(owner, owner.user, by=by)
    return owner


def edit_owner(*, owner, version, changes, by):
    """Save an owner and return it; another e-mail address or an account ends its private links.

    Those were sent to the address from before; members sign in. Raises StaleVersion, and as ``add_owner``
    does.
    """

    def before_save(current, changes):
        user, email = changes.get("user", current.user), changes.get("email", current.email)
        if user != current.user:
            _change_account(current, user, by=by)
        if current.email and email != current.email:
            end_links(current, by=by)

    return save_changes(owner, version=version, changes=changes, by=by, before_save=before_save)


@transaction.atomic
def remove_owner(*, owner, by):
    """Remove an owner of nothing, and its private links. Raises NotAllowedNow for one that is needed."""
    owner = locked(owner)
    if any(model.objects.filter(owner=owner).exists() for model in KEPT_FOR):
        raise NotAllowedNow(
            "Recommendations, actions or progress notes belong to this owner. Give them another owner first; "
            "notes stay with whoever wrote them."
        )
    record(by=by, evaluation=owner.evaluation, verb=Verb.REMOVED_OWNER, subject=f"owner {owner.pk}")
    owner.delete()


def end_links(owner, *, by):
    """Revoke the private links of an owner that work, record it, and return how many there were."""
    number = working(OwnerLink.objects.filter(owner=owner)).update(revoked_at=timezone.now())
    if number:
        record(
            by=by, evaluation=owner.evaluation, verb=Verb.REVOKED_PRIVATE_LINKS, subject=f"owner {owner.pk}"
        )
    return number


def working(links):
    """Return those of private links that were not revoked and have not expired."""
    return links.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


def _change_account(owner, user, *, by):
    """Record that an owner is about to have another account, or none; with one, private links end."""
    if user:
        _check_account_is_free(owner, user)
        end_links(owner, by=by)
    _record_account(owner, user, by=by)


def _check_account_is_free(owner, user):
    others = Owner.objects.filter(evaluation=owner.evaluation, user=user).exclude(pk=owner.pk)
    if user and others.exists():
        raise NotAllowedNow("Another owner has this account already. Choose another account.")


def _record_account(owner, user, *, by):
    """Record whose account may update what an owner owns."""
    subject = f"owner {owner.pk} to {f'user {user.pk}' if user else 'no account'}"
    record(by=by, evaluation=owner.evaluation, verb=Verb.LINKED_OWNER, subject=subject)

"""Who owns recommendations and actions: people and teams, with or without an account."""

from django.db import transaction

from evaluations.models import Owner

from .versions import save_as


@transaction.atomic
def owner_called(*, evaluation, name, email="", user=None):
    """Return the owner with this name (any capitals) or user, adding one when there is none.

    A second member of the same name goes by that and the name they sign in with.
    """
    rows = Owner.objects.filter(evaluation=evaluation)
    owner = rows.filter(user=user).first() if user else None
    owner = owner or rows.filter(name__iexact=name).first()
    if owner and user and owner.user not in (None, user):
        name, owner = f"{user.get_username()} ({name})", None
    if owner is None:
        longest = Owner._meta.get_field("name").max_length
        owner = Owner(evaluation=evaluation, name=name[:longest], email=email, user=user)
        return save_as(owner, by=None)
    if user and owner.user is None:
        owner.user = user
        owner.save()
    return owner

"""Who has set up the second step of signing in, and which evaluations that opens to them."""

from allauth.mfa.models import Authenticator
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from .evaluation import Membership


def has_two_step(user):
    """Say whether a person has set up two-step sign-in."""
    return _apps().filter(user=user).exists()


def has_second_step(user):
    """Return the condition that the person whom a row's field ``user`` names has set up two-step sign-in."""
    return Exists(_apps().filter(user=OuterRef(user)))


def opens_to(user):
    """Return the condition that an evaluation's row opens to the person whom its field ``user`` names."""
    return Q(evaluation__two_step_required=False) | Q(has_second_step(user))


def memberships_of(user):
    """Return a person's own memberships with their evaluations, by title.

    ``is_open`` says whether the person has the second step of signing in, where the evaluation asks for it.
    """
    rows = Membership.objects.filter(user=user).select_related("evaluation")
    is_open = ExpressionWrapper(opens_to("user"), output_field=BooleanField())
    return rows.annotate(is_open=is_open).order_by("evaluation__title", "pk")


def _apps():
    return Authenticator.objects.filter(type=Authenticator.Type.TOTP)

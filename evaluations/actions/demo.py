"""What `manage.py demo` writes: the 2023 evaluation, accounts whose password everybody knows, practice."""

from pathlib import Path

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction

from evaluations.models import Evaluation, Membership, Role
from evaluations.signin import DEMO_PASSWORD, DEMO_USERNAMES

from .errors import NotAllowedNow
from .practice import give_to, join_practice, load_practice, share_practice_drafts

SLUG = "ssbc-legacy-2023"
FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "ssbc_legacy_2023.json"


def load_legacy_evaluation():
    """Load the 2023 evaluation into a database without any; say whether that was done."""
    if Evaluation.objects.exists():
        return False
    call_command("loaddata", str(FIXTURE), verbosity=0)
    return True


@transaction.atomic
def make_demo_accounts():
    """Make an account per role, with the demo's password, and return them; what is there already stays.

    In a database without the 2023 evaluation they are members of nothing. Raises NotAllowedNow outside the
    demo.
    """
    if not settings.DEMO:
        raise NotAllowedNow("Demo accounts belong in the demo only.")
    evaluation = Evaluation.objects.filter(slug=SLUG).first()
    users = [_demo_account(username) for username in DEMO_USERNAMES]
    for user in users if evaluation else ():
        Membership.objects.update_or_create(
            evaluation=evaluation, user=user, defaults={"role": Role(user.username)}
        )
    return users


@transaction.atomic
def load_practice_evaluation(*, users, basis_of):
    """Load the practice evaluation, unless it is there, with the demo's accounts as its members.

    Says whether that was done. ``users`` are the demo's accounts; ``basis_of`` and what it raises are as in
    ``practice.load_practice``.
    """
    evaluator = next(user for user in users if user.username == Role.EVALUATOR)
    evaluation, is_new = load_practice(by=evaluator, basis_of=basis_of)
    for user in users:
        join_practice(evaluation=evaluation, user=user, role=Role(user.username))
    if is_new:
        lead = next(user for user in users if user.username == Role.LEAD)
        give_to(evaluation=evaluation, user=lead)
        readers = [user for user in users if user != evaluator]
        share_practice_drafts(evaluation=evaluation, people=readers, by=evaluator)
    return is_new


def _demo_account(username):
    user, _ = get_user_model().objects.get_or_create(username=username)
    # Only when it has to be: a new hash would end the sessions that should survive a restart.
    if not (user.is_active and user.check_password(DEMO_PASSWORD)):
        user.is_active = True
        user.set_password(DEMO_PASSWORD)
        user.save()
    # Whoever tried two-step sign-in out locks nobody out.
    Authenticator.objects.filter(user=user).delete()
    return user

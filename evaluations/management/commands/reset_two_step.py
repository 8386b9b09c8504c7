"""`manage.py reset_two_step`: for somebody whose phone and recovery codes are gone."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string
from django.urls import reverse

from evaluations.actions.accounts import reset_two_step
from evaluations.attempts import forgive_codes


class Command(BaseCommand):
    """Take an account's second step away, end its sessions, and tell the person by mail."""

    help = "Take an account's second step of signing in away, for a lost phone. Make sure that they ask."

    def add_arguments(self, parser):
        """Take the name that the person signs in with."""
        parser.add_argument("username", help="the name that the person signs in with")

    def handle(self, *, username, **options):
        """Reset it. That stands even where the mail could not be sent, which is then an error."""
        user = get_user_model().objects.filter(username__iexact=username).first()
        if user is None:
            raise CommandError(f"No account is called {username}.")
        forgive_codes(user)
        if not reset_two_step(user=user):
            raise CommandError(f"{username} has no two-step sign-in to reset.")
        self.stdout.write(
            f"Reset. {username} is signed out everywhere and signs in with the password alone now."
        )
        if user.email:
            self._tell(user)

    def _tell(self, user):
        context = {
            "user": user,
            "account": f"{settings.SITE_URL}{reverse('mfa_index')}",
            "reset": f"{settings.SITE_URL}{reverse('account_reset_password')}",
        }
        mail = EmailMessage(
            subject=f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}Your two-step sign-in was reset",
            body=render_to_string("evaluations/mail/two_step_reset.txt", context),
            to=[user.email],
        )
        try:
            mail.send()
        except OSError as error:
            raise CommandError(f"The mail that tells them could not be sent: {error}") from None
        self.stdout.write("They are told by mail.")

"""The second step of signing in: what Waterline changes about allauth's, and what happens when it changes.

Its keys are encrypted as participants' names are, with the same keys of the host.
"""

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed, authenticator_used
from cryptography.fernet import InvalidToken
from django.dispatch import receiver

from evaluations import qr
from evaluations.actions import accounts
from evaluations.attempts import forgive_codes_once_a_day
from evaluations.models import seal, unseal

WRONG_CODE = (
    "This code is not right. Wait for your app to show the next one and type that, or use a recovery code "
    "that you have not used yet."
)
WRONG_FIRST_CODE = "This code is not right. Check that the phone’s clock is right and type the next code."
UNREADABLE = "Your two-step key cannot be read. Ask the person who looks after Waterline for you to reset it."


class TwoStepAdapter(DefaultMFAAdapter):
    """Keys encrypted, plain words, and the QR code by the library that draws the workshops'."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "incorrect_first_code": WRONG_FIRST_CODE,
        "cannot_generate_recovery_codes": "Set up two-step sign-in first.",
        "unreadable": UNREADABLE,
    }

    def get_totp_label(self, user):
        """Return what an app shows beside the code: the name that people sign in with."""
        return user.get_username()

    def build_totp_svg(self, url):
        """Return the QR code of an app's key as an SVG file."""
        return qr.svg(url).decode()

    def encrypt(self, text):
        """Return a key as it is stored."""
        return seal(text)

    def decrypt(self, encrypted_text):
        """Return a key as it is used; raises ValidationError without the host's key, never an empty one."""
        try:
            return unseal(encrypted_text)
        except InvalidToken:
            raise self.validation_error("unreadable") from None


@receiver(authenticator_removed)
def removed(sender, user, authenticator, **kwargs):
    """Record it."""
    if authenticator.type == Authenticator.Type.TOTP:
        accounts.note_two_step_removed(user=user)


@receiver(authenticator_used)
def used(sender, user, authenticator, **kwargs):
    """Record it where it was a recovery code."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        accounts.note_recovery_code_used(user=user)


@receiver([password_changed, password_set, password_reset])
def password_is_new(sender, request, user, **kwargs):
    """Record it, and end the person's other sessions."""
    is_theirs = request.user.is_authenticated and request.user.pk == user.pk
    accounts.note_new_password(user=user, keep=request.session.session_key if is_theirs else None)


@receiver(password_reset)
def came_by_link(sender, request, user, **kwargs):
    """Let their codes be tried again, which a stranger who knew the old password may have used up."""
    forgive_codes_once_a_day(request, user)

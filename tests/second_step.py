"""An authenticator app for tests: its key, and the codes that it shows."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache

HALF_MINUTE = 30


def set_up(user):
    """Set up two-step sign-in for somebody and return the key that their app has."""
    key = generate_totp_secret()
    TOTP.activate(user, key)
    RecoveryCodes.activate(user)
    return key


def code(key, *, ahead=0):
    """Return what an app with this key shows now, or so many half minutes ahead."""
    return format_hotp_value(hotp_value(key, int(time.time()) // HALF_MINUTE + ahead))


def recovery_codes(user):
    """Return the recovery codes that somebody has left."""
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def forget_used_codes():
    """Let every code count as new, and nobody as having guessed."""
    cache.clear()

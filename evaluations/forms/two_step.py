"""allauth's forms of the second step in Waterline's words, and how often somebody may guess."""

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter as get_two_step_adapter
from allauth.mfa.base import forms as allauth_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError

from evaluations.attempts import SETTING_UP, SIGNING_IN, code_key

from .account import InOurWords

FROM_APP = "Six digits, which your authenticator app shows anew every half minute."
# For how long a code of an app is right: its own half minute, and as many before and after it as count.
CODE_LASTS = 30 * (1 + 2 * settings.MFA_TOTP_TOLERANCE)


class Guarded(InOurWords):
    """Counts wrong codes by account, wherever they come from, and takes each code once.

    Nobody else at the same address is counted along. allauth remembers a used code for half a minute, which
    is shorter than it stays right.
    """

    counted = SIGNING_IN

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false", "maxlength": 20}

    def clean_code(self):
        """Return the code; raises ValidationError for a wrong or used one, and after too many wrong ones."""
        key = code_key(self.user)
        tried = ratelimit.consume(context.request, key=key, **self.counted)
        if not tried:
            raise get_adapter().validation_error("too_many_codes")
        code = super().clean_code()
        used = f"two-step-used:{key}:{normalize_user_code(code)}"
        if not cache.add(used, "used", timeout=CODE_LASTS):
            raise get_two_step_adapter().validation_error("incorrect_code")
        tried.rollback()
        return code


class CodeForm(Guarded, allauth_forms.AuthenticateForm):
    """The second step: a code of the app, or a recovery code."""

    words = {"code": ("Code", "From your authenticator app, or one of your recovery codes.")}


class CodeAgainForm(Guarded, allauth_forms.ReauthenticateForm):
    """The second step, once more before something is changed that keeps the account safe."""

    words = CodeForm.words


class TurnOnForm(Guarded, ActivateTOTPForm):
    """The first code of an app that has just got its key; counted apart from what a stranger may guess."""

    counted = SETTING_UP
    words = {"code": ("Code", FROM_APP)}

    def clean_code(self):
        """Return the code; what is said of a wrong one names no recovery codes, as there are none yet."""
        try:
            return super().clean_code()
        except ValidationError as error:
            if error.code == "incorrect_code":
                raise get_two_step_adapter().validation_error("incorrect_first_code") from None
            raise

    @property
    def key_in_groups(self):
        """Return the key to type into an app: in fours, as people read it out."""
        return [self.secret[at : at + 4] for at in range(0, len(self.secret), 4)]

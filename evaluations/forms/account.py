"""allauth's forms in Waterline's words: sentence case, labels instead of placeholders."""

from allauth.account import forms as allauth_forms
from django.core.validators import MaxLengthValidator

from evaluations.faults import MailNotSent

HINT = "At least 10 characters. Not only numbers, not close to your name, not a well-known password."
TWICE = "New password, once more"


class InOurWords:
    """Gives the fields the labels and hints of `words`, and takes allauth's placeholders away."""

    words = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            label, field.help_text = self.words[name]
            field.label = label
            field.error_messages["required"] = f"Enter the {label[0].lower()}{label[1:]}."
            field.widget.attrs.pop("placeholder", None)


class SignInForm(InOurWords, allauth_forms.LoginForm):
    """Signing in by username or email address."""

    words = {"login": ("Username or email address", ""), "password": ("Password", "")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.validators.append(MaxLengthValidator(254))
        login.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}


class PasswordChangeForm(InOurWords, allauth_forms.ChangePasswordForm):
    """A new password for somebody who knows the current one."""

    words = {
        "oldpassword": ("Current password", ""),
        "password1": ("New password", HINT),
        "password2": (TWICE, ""),
    }


class PasswordAgainForm(InOurWords, allauth_forms.ReauthenticateForm):
    """The password once more, before something is changed that keeps the account safe."""

    words = {"password": ("Password", "")}


class PasswordSetForm(InOurWords, allauth_forms.SetPasswordForm):
    """A first password for an account that has none."""

    words = {"password1": ("New password", HINT), "password2": (TWICE, "")}


class PasswordResetForm(InOurWords, allauth_forms.ResetPasswordForm):
    """Asking for a link by email."""

    words = {"email": ("Email address", "")}

    def save(self, request, **kwargs):
        """Send the mail. Raises MailNotSent; the same for an address that has no account: it gets one too."""
        try:
            return super().save(request, **kwargs)
        except OSError as error:  # those of smtplib are among them
            raise MailNotSent from error


class PasswordResetFromLinkForm(InOurWords, allauth_forms.ResetPasswordKeyForm):
    """A new password for somebody who came by the link in a mail."""

    words = PasswordSetForm.words

"""Who may sign in, and how often somebody may try: what Waterline changes about allauth."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.exceptions import ValidationError

# The accounts that `manage.py demo` makes, with their password printed on the sign-in page.
DEMO_USERNAMES = ("evaluator", "reviewer", "lead")
DEMO_PASSWORD = "waterline-demo"  # noqa: S105 - published on purpose, refused outside the demo
# Who coded second in the practice evaluation: a name in its records, with which nobody ever signs in.
SECOND_CODER = "second-coder-made-up"
RESERVED_USERNAMES = (*DEMO_USERNAMES, SECOND_CODER)

WRONG = "The username (or email address) and password do not match. Check both and try again."
TOO_MANY = "Too many failed attempts. Wait five minutes and try again, or choose a new password by email."
TOO_MANY_CODES = (
    "Too many wrong codes. Wait five minutes and try again. If it was not you who typed them, somebody knows "
    "your password: change it."
)
# What Django says of a new password, by its code, in our words.
OF_PASSWORDS = {
    "password_too_short": "This is too short. Use at least %(min_length)d characters.",
    "password_too_similar": "This is too close to your name or address. Choose another.",
    "password_too_common": "This is a well-known password. Choose another.",
    "password_entirely_numeric": "Use more than numbers.",
}


def demo_accounts(request):
    """Context processor: the accounts that visitors of the demo may use, and nothing outside it."""
    usernames = DEMO_USERNAMES if settings.DEMO else ()
    return {"demo_accounts": [{"username": name, "password": DEMO_PASSWORD} for name in usernames]}


class SignInBackend(AuthenticationBackend):
    """Sign in by username or email address; as a demo account in the demo only, as a made-up coder never."""

    def user_can_authenticate(self, user):
        """Say whether an account may be used; asked at every request, so that living sessions end too."""
        demo = user.username in DEMO_USERNAMES and not settings.DEMO
        closed = demo or user.username == SECOND_CODER
        return not closed and super().user_can_authenticate(user)


class SignInAdapter(DefaultAccountAdapter):
    """Closed sign-up, plain words, links from SITE_URL, and attempts counted by account and address."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "too_many_login_attempts": TOO_MANY,
        "too_many_codes": TOO_MANY_CODES,
        "rate_limited": TOO_MANY_CODES,
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "username_blacklisted": "This username is reserved. Choose another one.",
    }

    def is_open_for_signup(self, request):
        """Never: accounts are made by invitation only."""
        return False

    def clean_username(self, username, shallow=False):
        """Refuse the names of the demo and of the practice evaluation, with which nobody could sign in."""
        if username.lower() in RESERVED_USERNAMES:
            raise self.validation_error("username_blacklisted")
        return super().clean_username(username, shallow=shallow)

    def clean_password(self, password, user=None):
        """Return a new password; raises ValidationError, in our words, for one that is not good enough."""
        try:
            return super().clean_password(password, user)
        except ValidationError as error:
            for fault in error.error_list:
                fault.message = OF_PASSWORDS.get(fault.code, fault.message)
            raise

    def get_reauthentication_methods(self, user):
        """Return how somebody shows once more that it is them: by a code alone where they have a second step.

        The password would do away with it at a browser that was left unlocked.
        """
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] == "mfa_reauthenticate"] or methods

    def pre_login(self, request, user, **kwargs):
        """Stop whoever may not sign in before a session is made, after whatever proof of who they are."""
        if not SignInBackend().user_can_authenticate(user):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def get_password_change_redirect_url(self, request):
        """Return where to go after a change of password: on with the work."""
        return self.get_login_redirect_url(request)

    def get_reset_password_from_key_url(self, key):
        """Return the link for a mail; its host is ours, not the one that the request was sent to."""
        return settings.SITE_URL + urlsplit(super().get_reset_password_from_key_url(key)).path

    def pre_authenticate(self, request, **credentials):
        """Count an attempt, and refuse it above one of the limits (see ACCOUNT_RATE_LIMITS for the reasons).

        allauth takes the attempt back when it succeeds, so only failures remain counted.
        """
        super().pre_authenticate(request, **credentials)
        everywhere = ratelimit.consume(
            request, app="allauth.account", action="login_failed_anywhere", key=account_key(credentials)
        )
        if not everywhere:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage.usage.extend(everywhere.usage)

    def _get_login_attempts_cache_key(self, request, **credentials):
        # By what was typed: five failures at a username would otherwise tell whose an email address is.
        return f"{typed(credentials)} from {ratelimit.get_ip(request)}"


def is_asked_by_script(request):
    """Say whether one of our scripts asks, which needs an answer of its own instead of the sign-in page."""
    return request.headers.get("X-Requested-With") == "fetch"


def account_key(credentials):
    """Return what failures are counted under: the account, by whichever of its names, if there is one."""
    name = typed(credentials)
    users = {get_user_by_username(name), *filter_users_by_email(name, prefer_verified=True, for_login=True)}
    users.discard(None)
    return f"account {users.pop().pk}" if len(users) == 1 else f"typed {name}"


def typed(credentials):
    """Return what was typed to name an account, the same for every way of writing it.

    >>> typed({"username": "Jo", "password": "..."})
    'jo'
    """
    return (credentials.get("email") or credentials.get("username") or "").lower()

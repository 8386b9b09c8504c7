"""The one settings file: safe by default, with what differs between hosts read from the environment.

The variables are listed in `.env.example`. A missing or malformed one stops the start with a sentence that
names it. `manage.py demo` brings an environment of its own and reads nothing but DATABASE_URL from outside.
"""

import json
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

import dj_database_url
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

# Only the command itself switches the demo on: no variable can do so on a real host.
DEMO = Path(sys.argv[0]).name == "manage.py" and sys.argv[1:2] == ["demo"]


# --- Reading the environment ------------------------------------------------------------------------------

REQUIRED = object()


def text(name, default=REQUIRED):
    """Return a variable's text; empty counts as missing."""
    value = ENVIRONMENT.get(name, "").strip()
    if value:
        return value
    if default is REQUIRED:
        raise ImproperlyConfigured(f"Set the environment variable {name}. See .env.example.")
    return default


def flag(name, default):
    """Return a variable that says true or false."""
    value = text(name, "").lower()
    if value in ("true", "1", "yes", "on"):
        return True
    if value in ("false", "0", "no", "off"):
        return False
    if value:
        raise ImproperlyConfigured(f"{name} must be true or false.")
    return default


def number(name, default, *, least=0):
    """Return a variable that is a whole number, ``least`` or more."""
    value = text(name, "")
    if value and not (value.isascii() and value.isdigit() and int(value) >= least):
        raise ImproperlyConfigured(f"{name} must be a whole number, {least or 'zero'} or more.")
    return int(value) if value else default


def items(name, default=REQUIRED):
    """Return the parts of a comma separated variable."""
    value = text(name, default)
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def identity_keys(name):
    """Return Fernet keys, newest first: the first encrypts, all of them decrypt."""
    keys = items(name)
    for position, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name}: key {position} is not a Fernet key. Make one with: python -c "
                '"from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
            ) from None
    return keys


def site_url(name):
    """Return the address people reach the site at, for example `https://waterline.example.org`."""
    value = text(name).rstrip("/")
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound or value != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ImproperlyConfigured(f"{name} must be an address such as https://waterline.example.org.")
    return value


def host_names(name, default):
    """Return the hosts the site answers to; a bare `*` would let any address into links and redirects."""
    hosts = items(name, default)
    if "*" in hosts:
        raise ImproperlyConfigured(f"{name} must name the hosts; * would accept any.")
    return hosts


SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"


def database(name):
    """Return Django's settings for the PostgreSQL or SQLite database that a variable names."""
    try:
        config = dj_database_url.parse(text(name))
    except ValueError:
        config = {}
    if config.get("ENGINE") not in (SQLITE, POSTGRESQL):
        # Never the address itself: it may hold a password.
        raise ImproperlyConfigured(
            f"{name} must be an address such as postgres://user:password@host:5432/waterline "
            "or sqlite:////folder/waterline.sqlite3."
        )
    return config | (sqlite_options if config["ENGINE"] == SQLITE else postgresql_options)(config)


def replica(name, primary):
    """Return Django's settings for the replica of ``primary`` that a variable names; PostgreSQL both.

    One that does not answer within some seconds counts as away, since the primary can answer instead.
    """
    config = database(name)
    if {config["ENGINE"], primary["ENGINE"]} != {POSTGRESQL}:
        raise ImproperlyConfigured(f"{name} needs PostgreSQL, and so does DATABASE_URL beside it.")
    impatience = {
        "connect_timeout": 2,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "tcp_user_timeout": 5000,
    }
    return config | {"OPTIONS": config["OPTIONS"] | impatience}


# Nobody waits for ever: not for a server that is gone or whose line is dead, nor for a row that is locked.
# And nobody waits for statements to be compiled (jit), which takes longer than ours run.
POSTGRESQL_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "options": "-c lock_timeout=20s -c jit=off",
}


def postgresql_options(config):
    """Return how PostgreSQL is used: a connection stays open, and is checked before it is used again.

    Where none stays, a pooler may stand between, which keeps no cursor from one transaction to the next.
    """
    seconds = number("DATABASE_CONN_MAX_AGE", 60)
    return {
        "CONN_MAX_AGE": seconds,
        "DISABLE_SERVER_SIDE_CURSORS": seconds == 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": POSTGRESQL_PATIENCE | config.get("OPTIONS", {}),
    }


SQLITE_PRAGMAS = {
    "journal_mode": "WAL",  # readers and a writer do not wait for each other
    "synchronous": "FULL",  # NORMAL may lose the last commits when the power fails
    "secure_delete": "ON",  # what is withdrawn is overwritten, not only unlinked
    "foreign_keys": "ON",
}


def sqlite_options(config):
    """Return what SQLite needs to be as safe as a server: its options, and a path that no cwd can change."""
    path = config["NAME"]
    options = {
        "transaction_mode": "IMMEDIATE",  # take the write lock first: no deadlock half way through
        "timeout": 20,
        "init_command": "".join(f"PRAGMA {name}={value};" for name, value in SQLITE_PRAGMAS.items()),
    }
    in_memory = path == ":memory:" or path.startswith("file:")
    return {
        "NAME": path if in_memory else str(Path(path).absolute()),
        "OPTIONS": config.get("OPTIONS", {}) | options,
    }


# --- The demo's own environment ---------------------------------------------------------------------------


def demo_environment():
    """Return the environment of `manage.py demo`: plain http on this computer, with generated keys."""
    default = quote((BASE_DIR / ".demo" / "waterline.sqlite3").as_posix(), safe="/:")
    url = os.environ.get("DATABASE_URL", "").strip() or f"sqlite:///{default}"
    path = demo_database(url)
    return demo_keys(path.with_name(f"{path.name}-keys")) | {
        "DATABASE_URL": url,
        "SITE_URL": "http://127.0.0.1:8000",  # the command puts the port it serves on
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    }


def demo_database(url):
    """Return the path of the demo's SQLite file, and make its folder."""
    try:
        config = dj_database_url.parse(url)
    except ValueError:
        config = {}
    if config.get("ENGINE") != SQLITE or config["NAME"] == ":memory:":
        raise ImproperlyConfigured(
            "the demo only uses an SQLite file. Unset DATABASE_URL, or set it to an address such as "
            "sqlite:////folder/waterline.sqlite3."
        )
    path = Path(config["NAME"]).absolute()
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True)
    return path


def demo_keys(path):
    """Return the demo's keys from the file beside its database, made at the first start.

    They last as long as the database: sessions and encrypted identities survive a restart.
    """
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return json.loads(path.read_text())
    keys = {"SECRET_KEY": secrets.token_urlsafe(64), "IDENTITY_KEYS": Fernet.generate_key().decode()}
    with os.fdopen(handle, "w") as file:
        json.dump(keys, file)
    return keys


ENVIRONMENT = demo_environment() if DEMO else os.environ


# --- Who and where we are ---------------------------------------------------------------------------------

DEBUG = flag("DEBUG", False)
PLAIN_HTTP = DEMO or DEBUG  # only on a developer's or visitor's own computer

SECRET_KEY = text("SECRET_KEY")
SECRET_KEY_FALLBACKS = items("SECRET_KEY_FALLBACKS", [])
IDENTITY_KEYS = identity_keys("IDENTITY_KEYS")

SITE_URL = site_url("SITE_URL")  # links in mail begin with it, whatever host a request claims to be for
ALLOWED_HOSTS = host_names("ALLOWED_HOSTS", [urlsplit(SITE_URL).hostname])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

ROOT_URLCONF = "ssbc_eval.urls"
WSGI_APPLICATION = "ssbc_eval.wsgi.application"
ASGI_APPLICATION = "ssbc_eval.asgi.application"

INSTALLED_APPS = [
    "evaluations.apps.EvaluationsConfig",
    "evaluations.admin_site.WaterlineAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "simple_history",
    "csp",
]

MIDDLEWARE = [
    "evaluations.middleware.RequestLog",  # outermost, so that it sees every answer
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",  # early, so that refusals by those below carry the policy too
    "django.contrib.sessions.middleware.SessionMiddleware",
    "evaluations.middleware.NoStore",
    "evaluations.replica.RememberWriting",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before the CSRF check: signed out, a POST to a page that exists is sent to sign-in as any other is.
    "evaluations.middleware.SignInRequired",
    "evaluations.middleware.LastSeen",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "evaluations.middleware.FormsOnly",
    "evaluations.opened.OpenedBefore",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "evaluations.signin.demo_accounts",
            ],
            "builtins": ["evaluations.templatetags.forms"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False


# --- What is kept -----------------------------------------------------------------------------------------

DATABASES = {"default": {**database("DATABASE_URL"), "ATOMIC_REQUESTS": False}}
if sys.argv[1:2] == ["move_database"] and text("NEW_DATABASE_URL", ""):
    DATABASES["new"] = database("NEW_DATABASE_URL")
# A replica of PostgreSQL for the heavy figures of some pages (see evaluations/replica.py).
if text("REPLICA_DATABASE_URL", ""):
    DATABASES["replica"] = replica("REPLICA_DATABASE_URL", DATABASES["default"])
DATABASE_ROUTERS = ["evaluations.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared state lives in the database, so that several processes count sign-in attempts together. The limit on
# entries is far above what throttling needs: at it, counters would be dropped.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "waterline_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# A sign-in ends when nothing was done for so long, and in any case after so many hours: a long working day.
SESSION_ENGINE = "evaluations.sessions"
SESSION_IDLE_MINUTES = number("SESSION_IDLE_MINUTES", 60, least=1)
SESSION_COOKIE_AGE = number("SESSION_HOURS", 12, least=1) * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # laptops are shared

# A long interview pasted in one go fits; what is larger is refused with a plain page.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# A file to import stays in memory: nothing of it reaches a folder. A larger one gets a page that says so.
LARGEST_UPLOAD = 10 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["evaluations.uploads.Received"]


# --- Confidentiality --------------------------------------------------------------------------------------

# Attributions and breakdowns by sector or organisation show no group of fewer people than this.
SMALLEST_GROUP = number("SMALLEST_GROUP", 5)

# First names and notes from a workshop's phones are deleted this many days after it closed.
WORKSHOP_KEEP_DAYS = number("WORKSHOP_KEEP_DAYS", 30)


# --- Words, dates, files ----------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "Europe/London"
USE_TZ = True
FORMAT_MODULE_PATH = "ssbc_eval.formats"  # DATE_FORMAT here would lose to Django's own en-GB

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = None if PLAIN_HTTP else BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_HTTP
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = PLAIN_HTTP
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False


# --- Between browser and server ---------------------------------------------------------------------------

SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", not PLAIN_HTTP)  # false where a proxy redirects already
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, over plain http
SECURE_HSTS_SECONDS = number("SECURE_HSTS_SECONDS", 0 if PLAIN_HTTP else 365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Only behind a proxy that sets this header itself: otherwise anybody could claim to have come by https.
if flag("TRUST_X_FORWARDED_PROTO", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "evaluations.views.errors.csrf_failure"

# Everything comes from this site. Plotly adds one empty style element (the hash is that of empty text), and
# draws pictures for download by way of data: and blob: addresses.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}


# --- Signing in (see evaluations/signin.py) ---------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["evaluations.signin.SignInBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # the mail with the link says "one day"

ACCOUNT_ADAPTER = "evaluations.signin.SignInAdapter"
ACCOUNT_FORMS = {
    "login": "evaluations.forms.account.SignInForm",
    "change_password": "evaluations.forms.account.PasswordChangeForm",
    "set_password": "evaluations.forms.account.PasswordSetForm",
    "reset_password": "evaluations.forms.account.PasswordResetForm",
    "reset_password_from_key": "evaluations.forms.account.PasswordResetFromLinkForm",
    "reauthenticate": "evaluations.forms.account.PasswordAgainForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Waterline: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # the way in that nobody else's wrong guesses can close
ACCOUNT_RATE_LIMITS = {
    # Successful sign-ins are never counted: a whole office may arrive at nine o'clock from one address.
    "login": None,
    # Failures. First by account and address together ("key", see SignInAdapter): five in five minutes. So a
    # stranger elsewhere locks nobody out, and trying on at a locked account costs the neighbours nothing.
    # Then by address alone, so high that only guessing at sixty accounts within five minutes gets there.
    "login_failed": "5/5m/key,300/5m/ip",
    # Failures at one account from everywhere. One address gets to sixty an hour at most, so only many of them
    # together reach this; meanwhile the owner gets in by a reset link.
    "login_failed_anywhere": "100/h/key",
    "reset_password": "5/h/key,100/h/ip",
    "reset_password_from_key": "60/m/ip",
    # Wrong codes of the second step, by account. Whoever gets there knows the password; the daily limit makes
    # guessing six digits hopeless (three of a million are right at a time). A password newly chosen by a
    # reset link empties these counters, once a day.
    "two_step_failed": "5/5m/key,50/d/key",
    "two_step_set_up_failed": "5/5m/key,50/d/key",
    "two_step_forgiven": "1/d/key",
}

# The second step: codes of an authenticator app, and recovery codes (see evaluations/two_step.py).
MFA_ADAPTER = "evaluations.two_step.TwoStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Waterline"
MFA_TOTP_TOLERANCE = 1  # the code before and the one after: people type slowly and phones' clocks differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts are made by invitation, so nobody takes another's address
MFA_FORMS = {
    "authenticate": "evaluations.forms.two_step.CodeForm",
    "reauthenticate": "evaluations.forms.two_step.CodeAgainForm",
    "activate_totp": "evaluations.forms.two_step.TurnOnForm",
}

# How many of our own proxies add to X-Forwarded-For. Zero: that header is ignored, as anybody can write it.
ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXY_COUNT", 0)


# --- Mail and logs ----------------------------------------------------------------------------------------

EMAIL_BACKEND = f"django.core.mail.backends.{'console' if PLAIN_HTTP else 'smtp'}.EmailBackend"
EMAIL_HOST = text("EMAIL_HOST", "localhost")
EMAIL_PORT = number("EMAIL_PORT", 25)
EMAIL_HOST_USER = text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", f"Waterline <noreply@{urlsplit(SITE_URL).hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# One JSON line each, with ids only (see evaluations/logs.py). Requests are logged by evaluations.middleware,
# so Django's own lines about them are left out, except errors.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "evaluations.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "evaluations": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}

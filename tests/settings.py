"""Production's settings, and what a test run needs otherwise: own keys, plain http, no mail, speed."""

import os
import tempfile

from cryptography.fernet import Fernet

# Settings read the environment, and that of a developer's shell must not change what the tests see. Only the
# database may be chosen there. Its file goes when the test run ends.
_folder = tempfile.TemporaryDirectory(prefix="waterline-tests-")
os.environ.update(
    DEBUG="false",
    SECRET_KEY="only-for-tests-" + "x" * 50,
    IDENTITY_KEYS=Fernet.generate_key().decode(),
    SITE_URL="http://testserver",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    DEFAULT_FROM_EMAIL="Waterline <noreply@example.org>",
)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_folder.name}/waterline.sqlite3")

from ssbc_eval.settings import *  # noqa: E402, F403
from ssbc_eval.settings import DATABASES, SQLITE, STORAGES  # noqa: E402

# Connections end with their thread: one kept by the live server would hold up removing the test database.
_database = DATABASES["default"]
_database["CONN_MAX_AGE"] = 0
if _database["ENGINE"] == SQLITE:
    # A file, not memory: the live server's threads have connections of their own, as in production.
    _database["TEST"] = {"NAME": f"{_folder.name}/test.sqlite3"}

STATIC_ROOT = None
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # looks files up when asked, instead of all of them for every test client

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# The live server speaks plain http.
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False

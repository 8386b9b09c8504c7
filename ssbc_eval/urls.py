"""The root of all addresses: accounts, the admin, health, and everything else in `evaluations.urls`."""

from django.contrib import admin
from django.urls import include, path

from evaluations.views import account, errors, health

# Pages that allauth has and Waterline does not use. They stand before allauth's own and answer 404.
CLOSED_ACCOUNT_PAGES = [
    "email/",
    "confirm-email/",
    "confirm-email/<str:key>/",
    "login/code/confirm/",
]

urlpatterns = [
    # accounts/ (allauth, with templates/account/ and templates/mfa/)
    path("accounts/", account.account_home, name="account-home"),
    path("accounts/sessions/", account.session_list, name="usersessions_list"),  # before allauth's
    *[path(f"accounts/{page}", errors.closed, name="account-closed") for page in CLOSED_ACCOUNT_PAGES],
    path("accounts/", include("allauth.urls")),
    # admin/ (superusers only)
    path("admin/", admin.site.urls),
    # health, asked by the host
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # everything else
    path("", include("evaluations.urls")),
]

handler400 = "evaluations.views.errors.bad_request"
handler403 = "evaluations.views.errors.forbidden"
handler404 = "evaluations.views.errors.not_found"
handler500 = "evaluations.views.errors.server_error"

"""The root of all addresses: accounts, the admin, health, and everything else in `evaluations.urls`."""

from django.contrib import admin
from django.urls import include, path, re_path

from evaluations.views import account, errors, health

# Pages that allauth has and Waterline does not use. They stand before allauth's own and answer 404.
CLOSED_ACCOUNT_PAGES = [
    "email/",
    "confirm-email/",
    "confirm-email/<str:key>/",
    "login/code/confirm/",
]

# allauth's pages as Waterline extends them, likewise.
ACCOUNT_PAGES = [
    path("", account.account_home, name="account-home"),
    path("sessions/", account.session_list, name="usersessions_list"),
    path("password/change/", account.PasswordChange.as_view(), name="account_change_password"),
    path("password/set/", account.PasswordFirst.as_view(), name="account_set_password"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.PasswordFromLink.as_view(),
        name="account_reset_password_from_key",
    ),
    path("2fa/", account.TwoStepHome.as_view(), name="mfa_index"),
    path("2fa/totp/activate/", account.TwoStepSetUp.as_view(), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", account.TwoStepStop.as_view(), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", account.RecoveryCodesShow.as_view(), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        account.RecoveryCodesMake.as_view(),
        name="mfa_generate_recovery_codes",
    ),
]

urlpatterns = [
    # accounts/ (allauth, with templates/account/ and templates/mfa/)
    path("accounts/", include(ACCOUNT_PAGES)),
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

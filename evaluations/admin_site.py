"""Django's admin, for superusers only and behind the one sign-in page."""

from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import Http404
from django.shortcuts import redirect


class WaterlineAdminSite(AdminSite):
    """An admin that does not exist for anybody but superusers.

    Signed-out people never get here: `SignInRequired` sends them to allauth's sign-in page, where attempts
    are throttled. The admin's own form, which throttles nothing, is never shown.
    """

    site_header = "Waterline administration"
    site_title = "Waterline administration"
    index_title = "Accounts and records"

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register what `evaluations.admin` shows; what other apps bring along could be changed here."""
        if admin_class is not None and admin_class.__module__ == "evaluations.admin":
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request):
        """Say whether the person is a superuser whose account is active."""
        return request.user.is_active and request.user.is_superuser

    def admin_view(self, view, cacheable=False):
        """Wrap a view so that it answers 404 to everybody else."""
        admin_view = super().admin_view(view, cacheable)

        def inner(request, *args, **kwargs):
            if not self.has_permission(request):
                raise Http404
            return admin_view(request, *args, **kwargs)

        return update_wrapper(inner, admin_view)

    def login(self, request, extra_context=None):
        """Send superusers, who are signed in by now, to the index."""
        if not self.has_permission(request):
            raise Http404
        return redirect("admin:index")


class WaterlineAdminConfig(AdminConfig):
    """`django.contrib.admin` with this site as its default."""

    default_site = "evaluations.admin_site.WaterlineAdminSite"

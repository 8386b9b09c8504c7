"""The app as Django sees it."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    """Waterline's one app."""

    name = "evaluations"
    verbose_name = "Waterline"

    def ready(self):
        """Register the system checks, and what is done when an account changes."""
        from evaluations import checks, sessions, two_step  # noqa: F401

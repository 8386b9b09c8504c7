"""The app as Django sees it."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    """Waterline's one app."""

    name = "evaluations"
    verbose_name = "Waterline"

    def ready(self):
        """Register the system checks."""
        from evaluations import checks  # noqa: F401

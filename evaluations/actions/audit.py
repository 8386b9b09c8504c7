"""Recording who did what with access. Never with confidential words."""

from evaluations.models import AuditEvent


def record(*, by, verb, evaluation=None, subject=""):
    """Add an audit event and return it. ``subject`` is a code or a role, for example ``participant P03``."""
    return AuditEvent.objects.create(evaluation=evaluation, user=by, verb=verb, subject=subject)

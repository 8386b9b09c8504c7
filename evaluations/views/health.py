"""Whether the process runs, and whether it can work."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpResponse
from django.views.decorators.http import require_safe

logger = logging.getLogger("evaluations.health")


@login_not_required
@require_safe
def healthz(request):
    """Answer ok while the process runs; asks nothing of the database."""
    return plain("ok")


@login_not_required
@require_safe
def readyz(request):
    """Answer ok when the database answers too, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        logger.exception("database-unavailable")
        return plain("database unavailable", status=503)
    return plain("ok")


def plain(words, status=200):
    """Return words as plain text that nothing on the way may keep."""
    return HttpResponse(
        words, status=status, content_type="text/plain", headers={"Cache-Control": "no-store"}
    )

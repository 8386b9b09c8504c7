"""Whether the process runs, and whether it can work."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.views.decorators.http import require_safe

logger = logging.getLogger("evaluations.health")

_seen_migrated = []  # of this process; migrations that were applied stay so


@login_not_required
@require_safe
def healthz(request):
    """Answer ok while the process runs; asks nothing of the database."""
    return plain("ok")


@login_not_required
@require_safe
def readyz(request):
    """Answer ok when the database answers and has every migration of this code, else 503.

    One that has more is fine: newer code will run beside this one. A server that was told to stop closes its
    door, which needs no answer of its own.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not is_migrated():
            logger.error("migrations-missing")
            return plain("migrations missing", status=503)
    except Error:
        logger.exception("database-unavailable")
        return plain("database unavailable", status=503)
    return plain("ok")


def is_migrated():
    """Say whether the database has all migrations of this code; once it has, nobody looks again."""
    if not _seen_migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _seen_migrated.append(True)
    return True


def plain(words, status=200):
    """Return words as plain text that nothing on the way may keep."""
    return HttpResponse(
        words, status=status, content_type="text/plain", headers={"Cache-Control": "no-store"}
    )

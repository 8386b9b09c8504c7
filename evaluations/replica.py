"""Figures from a replica of PostgreSQL, where ``REPLICA_DATABASE_URL`` names one; all else from the primary.

A replica is a little late, and what was taken back must be gone at once. So nothing that somebody wrote or
said comes from it, no file, and no decision on who may see what: only figures, on the pages that say so with
``figures_may_lag``. Whoever wrote something a moment ago gets them from the primary, and so does everybody
while the replica is away or too late.
"""

import logging
import time
from contextvars import ContextVar
from functools import wraps

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.models import Count, Max, Min

logger = logging.getLogger("evaluations.replica")

ALIAS = "replica"
# What may be read late: codes, numbers of rows and strands' names in addresses. Never words.
COLUMNS = frozenset(
    {
        "pk",
        "strand_id",
        "strand__slug",
        "kind",
        "condition",
        "status",
        "finding__strand__slug",
        "finding__kind",
        "finding__condition",
    }
)
NUMBERS = frozenset({"quotation__answer__interview"})  # whose lowest and highest may be read late
JUST_WROTE = "just-wrote"  # the cookie of whoever sent something
LATEST = 60  # seconds that the replica may be late, and is still asked
LOOK_EVERY = 5  # seconds between two looks at how late it is
# No replica is older than that; some seconds more for answers on their way and clocks that differ a little.
SECONDS_AFTER_WRITING = LATEST + LOOK_EVERY + 5
# No replica: null, so false. While nobody writes, no news look late; then the primary has time to answer.
IS_IN_TIME = f"SELECT coalesce(pg_last_xact_replay_timestamp() > now() - interval '{LATEST} s', false)"

_may_lag = ContextVar("figures may lag", default=False)


def figures_may_lag(view):
    """Let a page's figures come from the replica; on other pages, in files and in jobs they never do."""

    @wraps(view)
    def asked(request, *args, **kwargs):
        token = _may_lag.set(request.method == "GET" and JUST_WROTE not in request.COOKIES)
        try:
            return view(request, *args, **kwargs)
        finally:
            _may_lag.reset(token)

    return asked


def figures(rows, *names, **counts):
    """Return ``[(value, ..., count, ...)]`` of a queryset: the columns ``names``, then ``counts``.

    Raises ValueError for a column that is not among ``COLUMNS``, or for anything but a count, or a lowest or
    highest number of a row.
    """
    if not COLUMNS.issuperset(names) or not all(map(_is_number, counts.values())):
        raise ValueError("only figures may be read late")
    return _read(rows.order_by().values_list(*names).annotate(**counts), list)


def _is_number(value):
    of = value.get_source_expressions()[0]
    return isinstance(value, Count) or (isinstance(value, Min | Max) and of.name in NUMBERS)


def number_of(rows):
    """Return how many rows a queryset has."""
    return _read(rows, lambda chosen: chosen.count())


def _read(rows, read):
    if _may_lag.get() and is_configured() and _replica.is_fit():
        try:
            return read(rows.using(ALIAS))
        except Error:
            _replica.failed()
    return read(rows)


def is_configured():
    """Say whether there is a replica."""
    return ALIAS in connections.settings


class _Replica:
    """What this process knows of the replica; it looks again every few seconds."""

    def __init__(self):
        self.fit, self.look_at = False, 0.0

    def is_fit(self):
        """Say whether the replica answers and is in time."""
        if time.monotonic() >= self.look_at:
            try:
                with connections[ALIAS].cursor() as cursor:
                    cursor.execute(IS_IN_TIME)
                    self._know(fit=cursor.fetchone()[0])
            except Error:
                self.failed()
        return self.fit

    def failed(self):
        """Leave the replica alone for a while."""
        logger.warning("replica-away", exc_info=True)
        self._know(fit=False)

    def _know(self, *, fit):
        self.fit, self.look_at = fit, time.monotonic() + LOOK_EVERY


_replica = _Replica()


class Router:
    """Nothing is written to the replica or migrated there, wherever a row was read."""

    def db_for_write(self, model, instance=None, **hints):
        """Return the primary for a row that came from the replica."""
        return DEFAULT_DB_ALIAS if instance is not None and instance._state.db == ALIAS else None

    def allow_migrate(self, db, app_label, **hints):
        """Migrate everything but the replica, which gets it all from the primary."""
        return False if db == ALIAS else None


class RememberWriting:
    """Gives whoever sent something a cookie, so that the next pages show it in their figures as well."""

    def __init__(self, get_response):
        if not is_configured():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            response.set_cookie(
                JUST_WROTE,
                "1",
                max_age=SECONDS_AFTER_WRITING,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

"""System checks of a host: `manage.py check --deploy`."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, Info, Tags, Warning, register
from django.db import Error as DatabaseFailure
from django.db import connection, connections

from evaluations import replica
from evaluations.signin import DEMO_USERNAMES


@register(Tags.security, deploy=True)
def no_demo_accounts(app_configs, **kwargs):
    """Fail while an account of the demo, whose password is public, exists in the database."""
    users = get_user_model()
    try:
        if users._meta.db_table not in connection.introspection.table_names():
            return []
        found = users.objects.filter(username__in=DEMO_USERNAMES).values_list("username", flat=True)
        names = ", ".join(sorted(found))
    except DatabaseFailure:
        return [
            Info("The database did not answer, so nobody looked for demo accounts.", id="evaluations.I001")
        ]
    if not names:
        return []
    return [
        Error(
            f"The database holds demo accounts ({names}), whose password is public.",
            hint="Delete them, or use a database that `manage.py demo` has never used.",
            id="evaluations.E001",
        )
    ]


@register(Tags.security, deploy=True)
def replica_is_one(app_configs, **kwargs):
    """Warn when figures would never come from the replica, as what the setting names is none."""
    if not replica.is_configured():
        return []
    try:
        with connections[replica.ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            found = cursor.fetchone()[0]
    except DatabaseFailure:
        return [
            Info("The replica did not answer; until it does, the primary is asked.", id="evaluations.I002")
        ]
    if found:
        return []
    return [Warning("REPLICA_DATABASE_URL names no replica, so it is never asked.", id="evaluations.W002")]


@register(Tags.security, deploy=True)
def site_is_https(app_configs, **kwargs):
    """Warn when links in mail would lead people to plain http."""
    if settings.SITE_URL.startswith("https://"):
        return []
    return [Warning("SITE_URL does not begin with https://.", id="evaluations.W001")]

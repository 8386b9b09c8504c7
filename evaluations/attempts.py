"""How often somebody may try: a workshop's code that is none, and codes of the second step."""

import time

from allauth.core.internal import ratelimit
from django.core.cache import cache

# Wrong codes from one address. Sixty people behind one address may each mistype five times within ten
# minutes, and phones that have joined are never asked. Of some 280,000,000,000 codes an address gets to try
# about 43,000 a day: to find a workshop that is open that day, one chance in six million.
LIMIT = "300/10m/ip"
COUNTED = {"app": "evaluations", "action": "workshop_code"}
# Codes of the second step, by account; how many is in ACCOUNT_RATE_LIMITS.
SIGNING_IN = {"app": "allauth.account", "action": "two_step_failed"}
SETTING_UP = {"app": "allauth.account", "action": "two_step_set_up_failed"}
FORGIVEN = {"app": "allauth.account", "action": "two_step_forgiven"}


def are_used_up(request):
    """Say whether the request's address has tried too many wrong codes.

    Only reads, without a lock: a whole room may arrive in one second.
    """
    rate = ratelimit.parse_rate(LIMIT)
    history = cache.get(ratelimit.get_cache_key(request, rate=rate, **COUNTED), [])
    allowed, _ = ratelimit.apply_rate(history, time.time(), rate, dry_run=True)
    return not allowed


def count_wrong(request):
    """Count a wrong code against the request's address."""
    ratelimit.consume(request, config={COUNTED["action"]: LIMIT}, limit_get=True, **COUNTED)


def code_key(user):
    """Return what codes of somebody's second step are counted under, wherever they come from."""
    return str(user.pk)


def forgive_codes(user):
    """Let codes of somebody's second step be tried again, who showed otherwise that it is them."""
    of_allauth = {"app": "allauth.account", "action": "login_failed"}
    counted = [(each, code_key(user)) for each in (SIGNING_IN, SETTING_UP)]
    for what, key in [*counted, (of_allauth, f"mfa-auth-user-{user.pk}")]:
        for rate in ratelimit.get_rates(**what):
            if rate.per == "key":
                cache.delete(ratelimit.get_cache_key(None, rate=rate, key=key, **what))


def forgive_codes_once_a_day(request, user):
    """The same after a reset link: whoever reads somebody's mail would otherwise get to guess without end."""
    if ratelimit.consume(request, key=code_key(user), **FORGIVEN):
        forgive_codes(user)

"""How often somebody may try a workshop's code that is none."""

import time

from allauth.core.internal import ratelimit
from django.core.cache import cache

# Wrong codes from one address. Sixty people behind one address may each mistype five times within ten
# minutes, and phones that have joined are never asked. Of some 280,000,000,000 codes an address gets to try
# about 43,000 a day: to find a workshop that is open that day, one chance in six million.
LIMIT = "300/10m/ip"
COUNTED = {"app": "evaluations", "action": "workshop_code"}


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

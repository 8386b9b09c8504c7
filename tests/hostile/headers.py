"""What has to stand at the head of every answer, whatever it is and whoever asked."""

import re

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": ("same-origin", "strict-origin"),  # neither tells another site more than the host
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = "Content-Security-Policy"
NEEDED = (
    "default-src 'none'",
    "script-src 'self';",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
)
SANDBOX = "sandbox; default-src 'none';"  # of files that people sent: a browser may do nothing with one
NAMES = ("Location", "Content-Disposition")  # may name what somebody called it; the rules above are theirs
LOOSE = ("unsafe", "*", "http:", "https:")
COOKIES = {"sessionid": ("httponly", "samesite"), "csrftoken": ("samesite",)}


def header_faults(response, *, is_signed_in):
    """Yield what is missing or wrong at the head of an answer."""
    for name, value in EVERYWHERE.items():
        if response.get(name) not in (value if isinstance(value, tuple) else (value,)):
            yield f"{name}: {response.get(name)}"
    policy = f"{response.get(POLICY, '')};"
    is_tight = all(part in policy for part in NEEDED) and not any(part in policy for part in LOOSE)
    if not is_tight and policy != SANDBOX:
        yield f"{POLICY}: {policy}"
    left = "sessionid" in response.cookies and not response.cookies["sessionid"].value  # they signed out
    session = getattr(response.wsgi_request, "session", None)
    looked_at = session is not None and session.accessed  # else it cannot have shaped the answer
    if is_signed_in and looked_at and not left and "no-store" not in response.get("Cache-Control", ""):
        yield f"Cache-Control of somebody signed in: {response.get('Cache-Control')}"
    if (place := response.get("Location")) is not None and not stays_here(place):
        yield f"leads to {place[:80]!a}"
    for cookie in (cookie for cookie in response.cookies.values() if cookie.value):
        for flag in COOKIES.get(cookie.key, ("httponly", "samesite")):
            if not cookie[flag]:
                yield f"the cookie {cookie.key} is not {flag}"
    if any("canary" in str(value).lower() and name not in NAMES for name, value in response.items()):
        yield "a header that came from outside"


def stays_here(place):
    """Say whether a redirect leads to an address of this site, as every browser reads it."""
    return re.fullmatch(r"(?!//)(?![a-z][a-z0-9+.-]*:)[^\x00-\x20\\]+", place, re.IGNORECASE) is not None

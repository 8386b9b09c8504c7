"""How long a sign-in lasts, and what is known of each: the session engine that settings name.

A signed-in session ends when its person did nothing for ``SESSION_IDLE_MINUTES``, and in any case when
``SESSION_COOKIE_AGE`` has passed since they signed in. The list of a person's sessions is allauth's table, of
which two columns stay empty of what they are meant for: it keeps the browser in words instead of all that it
says of itself, and no network address. Nobody needs either to tell their own devices apart, addresses are
personal data, and a table of where people worked from would be one more thing to lose.
"""

import time
from contextlib import suppress
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone

STARTED, SEEN = "started", "seen"  # seconds since 1970, in the session itself
WAY_BACK = "two_step_for"  # in the session: where somebody was going who has no second step yet
NOTED_EVERY = 60  # seconds: how often it is written that somebody is there
CLOCKS_DIFFER = 60  # seconds that the clocks of two servers may be apart
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - what stands where allauth's table has to have a network address

BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "an iPhone",
    "iPad": "an iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac": "a Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


HAS_SESSION = Exists(Session.objects.filter(session_key=OuterRef("session_key")))


class SessionStore(DatabaseSessions):
    """Sessions in the database; one that is over is deleted when somebody comes with it."""

    @classmethod
    def clear_expired(cls):
        """Delete sessions past their date, and the rows of all that are gone (``clearsessions``)."""
        super().clear_expired()
        UserSession.objects.exclude(HAS_SESSION).delete()

    @transaction.atomic
    def cycle_key(self):
        """Give the session another key, and its row in the list with it, so that it can still be ended.

        Django does it by itself for a session that began under an older SECRET_KEY. Of two requests that come
        at once then, each leaves a session: the later one gets a row of its own.
        """
        before = self.session_key
        super().cycle_key()
        moved = UserSession.objects.filter(session_key=before).update(session_key=self.session_key)
        if not moved and SESSION_KEY in self:
            UserSession.objects.create(user_id=int(self[SESSION_KEY]), session_key=self.session_key)

    def load(self):
        """Return what the session holds: nothing once it is over."""
        held = super().load()
        if SESSION_KEY in held and is_over(held, time.time()):
            self.delete()
            self._session_key = None
            return {}
        return held

    def see(self):
        """Note that the person is there, once a minute at most.

        It is written at once: at the end of a long request it would put back what others changed meanwhile.
        Where it cannot be (signed out meanwhile, a full disk), the page opens all the same.
        """
        now = time.time()
        if now - self.get(SEEN, 0) < NOTED_EVERY:
            return
        self[SEEN] = now
        with suppress(UpdateError, DatabaseError):
            self.save()
            UserSession.objects.filter(session_key=self.session_key).update(last_seen_at=timezone.now())
        self.modified = False


def is_over(held, now):
    """Say whether a signed-in session has ended; ``held`` is what it holds, ``now`` in seconds.

    One that is from the future is over too: the clock was put back, and it would outlast its time.
    """
    idle, age = now - held.get(SEEN, 0), now - held.get(STARTED, 0)
    is_idle = idle > settings.SESSION_IDLE_MINUTES * 60
    return is_idle or age > settings.SESSION_COOKIE_AGE or min(idle, age) < -CLOCKS_DIFFER


def sessions_of(user):
    """Return the rows of a person's sessions that have not ended, last seen first."""
    now = timezone.now()
    return UserSession.objects.filter(
        HAS_SESSION,
        user=user,
        last_seen_at__gte=now - timedelta(minutes=settings.SESSION_IDLE_MINUTES),
        created_at__gte=now - timedelta(seconds=settings.SESSION_COOKIE_AGE),
    ).order_by("-last_seen_at", "-pk")


def browser_in_words(user_agent):
    """Return what a browser says of itself in a few words, the same for such words themselves.

    >>> browser_in_words("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    """
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "A browser")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return f"{browser} on {system}" if system else browser


@receiver(user_logged_in)
def begin(sender, request, user, **kwargs):
    """Start the two clocks of a session, and its row in the list, whichever way somebody signed in."""
    request.session[STARTED] = request.session[SEEN] = time.time()
    if not request.session.session_key:
        request.session.create()
    agent = request.META.get("HTTP_USER_AGENT", "")
    now = timezone.now()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": user, "user_agent": agent, "created_at": now, "last_seen_at": now},
    )


@receiver(pre_save, sender=UserSession)
def keep_little(sender, instance, **kwargs):
    """Keep the browser in words and no network address, whoever writes the row."""
    instance.ip = NO_ADDRESS
    instance.user_agent = browser_in_words(instance.user_agent)

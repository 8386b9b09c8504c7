"""The door for WSGI servers such as gunicorn: `gunicorn ssbc_eval.wsgi`."""

import gc
import os
import re

from django.core.exceptions import BadRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssbc_eval.settings")

BOUNDARY = re.compile(r';\s*boundary="?([^";]+)"?', re.IGNORECASE)


def plain_content_type(value):
    """Return a Content-Type header with nothing but its type and, of a multipart one, its boundary.

    Browsers send UTF-8. Django would decode with whatever other charset a client names, before any of our
    middleware: some raise there, and some make text that no database can hold.

    >>> plain_content_type("text/plain; charset=hex")
    'text/plain'
    """
    media_type = value.partition(";")[0].strip()
    boundary = BOUNDARY.search(value)
    return f"{media_type}; boundary={boundary[1]}" if boundary else media_type


class WholeBody:
    """What a client sends; reading raises BadRequest where it stops before the length that it told.

    Servers hand over half of a form as if that were all of it, and Django would take the half. It never asks
    for more than that length.
    """

    def __init__(self, stream):
        self.stream = stream

    def read(self, size):
        """Return so many bytes."""
        return self._unless_broken_off(self.stream.read, size, least=size)

    def readline(self, size):
        """Return a line, or its first ``size`` bytes."""
        return self._unless_broken_off(self.stream.readline, size, least=1)

    def _unless_broken_off(self, read, size, least):
        try:
            found = read(size)
        except OSError as error:
            raise BadRequest("The client is gone.") from error
        if len(found) < least:
            raise BadRequest("The client stopped in the middle.")
        return found


def utf8_and_whole(django):
    """Wrap the WSGI application so that it sees plain content types and whole bodies only."""

    def application(environ, start_response):
        environ["CONTENT_TYPE"] = plain_content_type(environ.get("CONTENT_TYPE", ""))
        environ["wsgi.input"] = WholeBody(environ["wsgi.input"])
        return django(environ, start_response)

    return application


def load_everything():
    """Load the code of every page before somebody asks, and keep the garbage collector off it.

    Otherwise the first person waits for it, and everybody now and then for a look through half a million
    things that stay.
    """
    get_resolver().url_patterns  # noqa: B018 (reading it loads them)
    gc.collect()
    gc.freeze()


application = utf8_and_whole(get_wsgi_application())
load_everything()

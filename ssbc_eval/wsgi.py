"""The door for WSGI servers such as gunicorn: `gunicorn ssbc_eval.wsgi`."""

import os
import re

from django.core.wsgi import get_wsgi_application

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


def utf8_only(django):
    """Wrap the WSGI application so that it sees plain content types only."""

    def application(environ, start_response):
        environ["CONTENT_TYPE"] = plain_content_type(environ.get("CONTENT_TYPE", ""))
        return django(environ, start_response)

    return application


application = utf8_only(get_wsgi_application())

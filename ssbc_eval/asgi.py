"""The door for ASGI servers."""

import os

from django.core.asgi import get_asgi_application

from .wsgi import plain_content_type

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssbc_eval.settings")

django = get_asgi_application()


async def application(scope, receive, send):
    """Pass a request on with a plain content type, as the WSGI door does."""
    headers = [
        (
            name,
            plain_content_type(value.decode("latin-1")).encode("latin-1")
            if name == b"content-type"
            else value,
        )
        for name, value in scope.get("headers", [])
    ]
    await django({**scope, "headers": headers}, receive, send)

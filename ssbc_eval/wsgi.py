"""The door for WSGI servers such as gunicorn: `gunicorn ssbc_eval.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssbc_eval.settings")

application = get_wsgi_application()

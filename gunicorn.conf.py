"""How gunicorn serves Waterline; it reads this file where it is started. Options on its command line win.

A process does one request at a time, so that whoever waits for a large file holds up nobody in the others.
One that has not come to an end after `timeout` is killed and replaced, whatever it hangs on: also a client
that sends its form byte by byte. A proxy in front that takes requests in whole keeps such clients away.

Address: PORT in the environment listens on every interface, else 127.0.0.1:8000. X-Forwarded-Proto is read by
Django, and only where TRUST_X_FORWARDED_PROTO says so: `forwarded_allow_ips` stays as it is.

gunicorn's own log is in the JSON lines of ours: its own would hold addresses, and those hold tokens. What it
says is named in evaluations/logs.py.
"""

import os
import runpy
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

worker_class = "sync"
workers = int(os.environ.get("WEB_CONCURRENCY") or 3)
timeout = 60  # seconds; above the 20 for which a request waits for somebody else's lock
graceful_timeout = 60  # what is being answered may end when the server is told to stop
max_requests, max_requests_jitter = 5000, 500  # processes are made afresh, not all at once
# Signs of life go to a file; on a busy disk, or where nothing may be written, a process would seem to hang.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# By default whoever is on this host may send SCRIPT_NAME and PATH_INFO as headers: nothing here does.
forwarder_headers = ""
control_socket_disable = True  # nothing of ours uses it, and it would be one more file

logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "evaluations.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}


def on_starting(server):
    """Stop with one sentence when the environment lacks something, before any process meets it.

    Nothing of the settings stays: after a HUP new processes read those of then.
    """
    try:
        runpy.run_module(os.environ.get("DJANGO_SETTINGS_MODULE", "ssbc_eval.settings"))
    except ImproperlyConfigured as error:
        sys.exit(f"Waterline cannot start: {error}")

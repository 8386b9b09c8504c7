"""How gunicorn serves Waterline.

A process does one request at a time, so whoever waits for a large file holds up nobody in the others. One
that has not come to an end after `timeout` is killed and replaced, whatever it hangs on, be it a client that
sends its form byte by byte. A proxy in front that takes requests in whole keeps such clients away altogether.

gunicorn's own log is in the JSON lines of ours: its own would hold addresses, and those hold tokens.
"""

import os

worker_class = "sync"
workers = int(os.environ.get("WEB_CONCURRENCY") or 3)
timeout = 60  # seconds; above the 20 for which a request waits for somebody else's lock

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

"""Logs as JSON lines that hold ids only.

A line says what happened, where in the code and to whom, never what somebody typed or which address they
asked for: addresses hold tokens and searches, and messages of exceptions hold rows of the database. So the
text of a record is never written. Waterline's own records have an event instead, a constant in lower case
with hyphens; so have those of gunicorn's that an operator waits for. Of other libraries' records there remain
the logger and the place in the code.

>>> logging.getLogger("evaluations.exports").info("export-made", extra={"user": 7})
{"time": "2023-06-01T09:30:00.000+00:00", "level": "info", "logger": "evaluations.exports",
 "event": "export-made", "user": 7, "request": "0b6f..."}
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

OURS = "evaluations"
EVENT = re.compile(r"[a-z]+(-[a-z]+)*")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
ROOT = Path(__file__).resolve().parent.parent

# What gunicorn says in words that hold addresses or numbers of processes, and what we call it.
GUNICORN = {
    "Listening at: %s (%s)": "listening",
    "Connection in use: %s": "address-in-use",
    "Invalid address: %s": "address-invalid",
    "Can't connect to %s": "cannot-listen",
    "Booting worker with pid: %s": "worker-started",
    "Exception in worker process": "worker-cannot-start",
    "WORKER TIMEOUT (pid:%s)": "worker-timeout",
    "Worker (pid:%s) was sent %s!": "worker-killed",
    "Worker (pid:%s) was sent %s! Perhaps out of memory?": "worker-killed",
    "Worker (pid:%s) exited with code %s.": "worker-failed",
    "Autorestarting worker after current request.": "worker-renewed",
    "Worker exiting (pid: %s)": "worker-ended",
    "Shutting down: %s": "stopping",
}

# Of a logging call that itself fails, Python prints the message; better to lose the line.
logging.raiseExceptions = False

# The id that ties together all lines of one request, and the 500 page.
request_id = ContextVar("request_id", default=None)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record):
        """Return the line, without whatever has no value."""
        return json.dumps({name: value for name, value in fields(record).items() if value is not None})


def fields(record):
    """Return what is written of a record."""
    name = event(record)
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": name,
        "at": None if name else place(record.pathname, record.lineno, record.funcName),
        "route": getattr(record, "route", None) or route_of(getattr(record, "request", None)),
        "method": method(record),
        "status": whole(getattr(record, "status", getattr(record, "status_code", None))),
        "ms": whole(getattr(record, "ms", None)),
        "user": whole(getattr(record, "user", None)),
        "request": request_id.get(),
    } | exception_fields(record)


def event(record):
    """Return the constant name of what happened; a text of ours that is no such name is left out.

    Of another library's record, None, but for what gunicorn says of itself.
    """
    if record.name == "gunicorn.error":
        name = GUNICORN.get(str(record.msg))
        # One that is told to stop ends by a signal as well: gunicorn tells the two apart by the level.
        is_told = name == "worker-killed" and record.levelno == logging.INFO
        return "worker-ended" if is_told else name
    if record.name != OURS and not record.name.startswith(f"{OURS}."):
        return None
    return record.msg if isinstance(record.msg, str) and EVENT.fullmatch(record.msg) else "unnamed"


def method(record):
    """Return the request's method, if it is one: clients may send any word in its place."""
    value = getattr(record, "method", None)
    return value if value is None or value in METHODS else "other"


def route_of(request):
    """Return the name of the view that a request came to, such as `finding-detail`; never its path."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else None


def whole(value):
    """Return a whole number, and nothing for anything else."""
    return value if isinstance(value, int) else None


def exception_fields(record):
    """Return the classes of a record's exceptions, outermost first, and the outermost one's stack."""
    if not (record.exc_info and record.exc_info[1]):
        return {}
    chain = list(causes(record.exc_info[1]))
    frames = traceback.walk_tb(chain[0].__traceback__)
    return {
        "exception": [f"{type(error).__module__}.{type(error).__qualname__}" for error in chain],
        "stack": [place(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in frames],
    }


def causes(error):
    """Yield an exception and those behind it."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def place(path, line, function):
    """Return a place in the code, for example `evaluations/views/findings.py:31:finding_detail`."""
    path = Path(path)
    if "site-packages" in path.parts:
        path = Path(*path.parts[path.parts.index("site-packages") + 1 :])
    elif path.is_relative_to(ROOT):
        path = path.relative_to(ROOT)
    return f"{path.as_posix()}:{line}:{function}"

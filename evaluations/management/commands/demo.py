"""`manage.py demo`: Waterline with the 2023 evaluation and one to practise on, on this computer only."""

import logging
import os
import signal
import sys
from contextlib import contextmanager
from threading import BoundedSemaphore, Event, Thread

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.core.servers.basehttp import (
    ThreadedWSGIServer,
    WSGIRequestHandler,
    get_internal_wsgi_application,
)

from evaluations import jobs
from evaluations.actions import demo
from evaluations.actions.errors import ActionError
from evaluations.queries.summaries import basis_of
from evaluations.signin import DEMO_PASSWORD

HOST = "127.0.0.1"
AT_ONCE = 4
logger = logging.getLogger("evaluations.demo")


class DemoServer(ThreadedWSGIServer):
    """Django's own server, with its errors in the log instead of printed with their words."""

    def handle_error(self, request, client_address):
        """Log what broke a connection, unless the browser just went away."""
        if not isinstance(sys.exception(), ConnectionError):
            logger.exception("connection-broken")


class AFewAtOnce:
    """An application that answers a few requests at a time and lets the others wait their turn.

    As any server's does that has a few workers. SQLite takes one writer at a time, and those who wait for it
    have no order: of a whole room that votes at once, somebody would wait until they are refused.
    """

    def __init__(self, application):
        self.application, self.turns = application, BoundedSemaphore(AT_ONCE)

    def __call__(self, environ, start_response):
        with self.turns:
            return self.application(environ, start_response)


class Command(BaseCommand):
    """Prepare the demo's database and serve it until Ctrl+C."""

    help = "Prepare a local demonstration with the 2023 evaluation and one to practise on, and serve it here."

    def add_arguments(self, parser):
        """Take the port; 0 picks a free one."""
        parser.add_argument(
            "--port", type=int, default=8000, help="port to serve on (default 8000; 0: any free one)"
        )

    def handle(self, *, port, **options):
        """Take the port first, so that a second demo stops before it touches the database of the first."""
        if not settings.DEMO:
            raise CommandError("Start the demo as: python manage.py demo")
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, signal.default_int_handler)
        try:
            with listen(port) as server:
                self.prepare()
                self.welcome(server.server_port)
                with worker():
                    server.serve_forever()
        except KeyboardInterrupt:
            self.say("\nThe demo has stopped. Start it again to go on where you were.")

    def prepare(self):
        """Bring the database up to date, with the evaluations and the accounts in it."""
        self.say("Preparing the database...")
        call_command("migrate", interactive=False, verbosity=0)
        if demo.load_legacy_evaluation():
            self.say("Loaded the 2023 evaluation.")
        self.accounts = demo.make_demo_accounts()
        try:
            if demo.load_practice_evaluation(users=self.accounts, basis_of=basis_of):
                self.say("Loaded the practice evaluation (made up).")
        except ActionError as error:
            self.say(str(error))

    def welcome(self, port):
        """Say where to go and how to sign in."""
        settings.SITE_URL = f"http://{HOST}:{port}"  # for links in mail, now that the port is known
        self.say("")
        self.say(f"Waterline is ready: {settings.SITE_URL}/")
        self.say("")
        for user in self.accounts:
            self.say(f"  sign in as {user.username:<10} password {DEMO_PASSWORD}")
        self.say("")
        self.say("Mail is printed here. Press Ctrl+C to stop.")

    def say(self, line):
        """Print a line at once, also where output is collected."""
        self.stdout.write(line)
        self.stdout.flush()


@contextmanager
def worker():
    """Carry out imports beside the server, as `manage.py work` does in production."""
    stop = Event()
    thread = Thread(target=jobs.work, kwargs={"stopped": stop.is_set}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=2 * jobs.PAUSE)


def listen(port):
    """Return a server that has the port, or stop with a sentence."""
    # On Windows, reusing an address would take the port away from whoever has it.
    reuse = os.name != "nt"
    try:
        server = DemoServer((HOST, port), WSGIRequestHandler, allow_reuse_address=reuse)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "there is no such port"
        raise CommandError(
            f"Port {port} cannot be used ({reason}). Choose another one: python manage.py demo --port 8001"
        ) from None
    server.set_app(AFewAtOnce(get_internal_wsgi_application()))
    return server

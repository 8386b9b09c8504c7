"""`manage.py work`: do the long work that requests leave to it."""

import signal
from threading import Event

from django.core.management import BaseCommand

from evaluations import jobs


class Command(BaseCommand):
    """Work until it is stopped; what is being done then is finished first."""

    help = "Carry out imports, one after the other. Keep one running beside the web server."

    def add_arguments(self, parser):
        """Take ``--once``."""
        parser.add_argument("--once", action="store_true", help="stop when no work is waiting")

    def handle(self, *, once, **options):
        """Work."""
        stop = Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        jobs.work(once=once, stopped=stop.is_set)

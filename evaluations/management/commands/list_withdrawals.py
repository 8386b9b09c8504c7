"""`manage.py list_withdrawals`: who withdrew and when, by code and without a word of theirs."""

from datetime import date

from django.core.management import BaseCommand, CommandError

from evaluations.queries.people import withdrawals_since


class Command(BaseCommand):
    """Print the withdrawals, so that they can be repeated after an older backup was restored."""

    help = "List withdrawals: evaluation, participant, day. Keep the list apart; see docs/backups.md."

    def add_arguments(self, parser):
        """Take the first day."""
        parser.add_argument("--since", metavar="YYYY-MM-DD", help="from this day on; without it, all")

    def handle(self, *, since, **options):
        """Print one line for each."""
        try:
            first = date.fromisoformat(since) if since else date.min
        except ValueError:
            raise CommandError("--since takes a day as 2026-05-31.") from None
        for evaluation, code, day in withdrawals_since(first):
            self.stdout.write(f"{evaluation}\t{code}\t{day.isoformat()}")

"""`manage.py send_reminders`: for cron, once a day."""

from django.core.management.base import BaseCommand, CommandError

from evaluations import access
from evaluations.reminders import send_reminders


class Command(BaseCommand):
    """Mail owners and leads what is due, overdue or stuck: once a week at most, however often it runs."""

    help = "Mail owners and project leads what is due, overdue or stuck. Run it once a day, from cron."

    def add_arguments(self, parser):
        """Take ``--dry-run`` and ``--evaluation``."""
        parser.add_argument("--dry-run", action="store_true", help="say how many would be sent; send none")
        parser.add_argument("--evaluation", metavar="ADDRESS", help="of one evaluation only, by its address")

    def handle(self, *, dry_run, evaluation, **options):
        """Send them; ends with an error when some could not be sent, which the next run tries again."""
        evaluations = access.reminded_evaluations()
        if evaluation:
            evaluations = evaluations.filter(slug=evaluation)
            if not evaluations:
                raise CommandError(f"No evaluation is at /e/{evaluation}/, or it is a made-up one.")
        outcome = send_reminders(evaluations, dry_run=dry_run)
        said = f"{outcome.sent} reminder{'s' * (outcome.sent != 1)} {'would be ' * dry_run}sent"
        said += f", {outcome.recent} not: one came within the last seven days." if outcome.recent else "."
        if outcome.unsure:
            said += f" {outcome.unsure} of an earlier run may not have been sent: it ended too early to say."
        if outcome.failed:
            raise CommandError(f"{said} {outcome.failed} could not be sent. The next run tries again.")
        self.stdout.write(said)

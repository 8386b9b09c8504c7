"""Delete what is due in workshops, and take what was deleted out of the database's own files."""

from django.core.management.base import BaseCommand, CommandError

from evaluations.actions.cleaning import clean_database
from evaluations.jobs import clear_due_workshops


class Command(BaseCommand):
    help = "Delete first names and notes of past workshops; clean the database's files of what was deleted."

    def handle(self, *args, **options):
        """Delete names and notes that are due, then clean the files; fails while somebody keeps them busy."""
        if cleared := clear_due_workshops():
            self.stdout.write(f"Deleted first names and notes of {cleared} workshop{'s' * (cleared != 1)}.")
        if not clean_database():
            raise CommandError("The database is busy. Try again when nobody is working.")
        self.stdout.write("Cleaned. On PostgreSQL docs/deploy.md says what stays.")

"""Take what was deleted out of the database's own files, where a withdrawal could not do so itself."""

from django.core.management.base import BaseCommand, CommandError

from evaluations.actions.cleaning import clean_database


class Command(BaseCommand):
    help = "Take what was deleted out of the database's own files."

    def handle(self, *args, **options):
        """Clean the files; fails while somebody keeps them busy."""
        if not clean_database():
            raise CommandError("The database is busy. Try again when nobody is working.")
        self.stdout.write("Cleaned. On PostgreSQL docs/deploy.md says what stays.")

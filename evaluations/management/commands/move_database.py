"""`manage.py move_database`: from DATABASE_URL to NEW_DATABASE_URL, for example from SQLite to PostgreSQL."""

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import Error, connections

from evaluations.backups.format import BackupError
from evaluations.backups.moving import move


class Command(BaseCommand):
    """Copy everything into another database, and compare."""

    help = "Copy everything into the empty database that NEW_DATABASE_URL names. Stop all processes first."

    def handle(self, **options):
        """Move it and say what comes next."""
        if "new" not in settings.DATABASES:
            raise CommandError("Set NEW_DATABASE_URL to the address of the new, empty database.")
        try:
            connections["new"].ensure_connection()
        except Error:
            raise CommandError(
                "The new database cannot be reached: does it run, and is NEW_DATABASE_URL right?"
            ) from None
        try:
            manifest = move(say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(manifest.compared)
        self.stdout.write(
            "Moved. Next: put the new address into DATABASE_URL, unset NEW_DATABASE_URL, start everything. "
            "When all is well, delete the old database: it holds what people said."
        )

"""`manage.py purge_identities`: for cron, once a day with ``--delete``."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.formats import date_format

from evaluations.actions.cleaning import clean_database
from evaluations.actions.retention import delete_identities, identities_kept


class Command(BaseCommand):
    """Say which names and contacts are due to be deleted, by evaluation; delete them if told to."""

    help = "Say which participants' names and contacts are due to be deleted, and with --delete delete them."

    def add_arguments(self, parser):
        """Take ``--delete``."""
        parser.add_argument("--delete", action="store_true", help="delete what is due; without it nothing is")

    def handle(self, *, delete, **options):
        """Tell of every evaluation; fails while somebody keeps the database's files busy."""
        every = identities_kept()
        due = [kept for kept in every if kept.is_due]
        for kept in every:
            self.stdout.write(f"/e/{kept.evaluation.slug}/: {_in_words(kept)}")
        if not delete:
            self.stdout.write("Nothing was deleted." + (" Run this with --delete to do it." if due else ""))
            return
        deleted = sum(delete_identities(evaluation=kept.evaluation) for kept in due)
        self.stdout.write(f"Deleted the names and contacts of {_counted(deleted, 'participant')}.")
        if due and not clean_database():
            raise CommandError(
                "The database's own files still have to be cleaned. Run manage.py clean_database when nobody "
                "is working."
            )


def _in_words(kept):
    """Return what is kept of an evaluation and until when."""
    if not (kept.identities or kept.edits):
        return "no names or contacts are kept."
    held = f"names and contacts of {_counted(kept.identities, 'participant')}"
    if kept.edits:
        held += f", {_counted(kept.edits, 'earlier text')}"
    if kept.goes_on is None:
        return (
            f"{held}: the programme has no end date, so they are never due. Give it one on the set-up page."
        )
    day = date_format(kept.goes_on, "j F Y")
    return f"{held}: due since {day}." if kept.is_due else f"{held}: to be deleted on {day}."


def _counted(number, noun):
    return f"{number} {noun}{'s' * (number != 1)}"

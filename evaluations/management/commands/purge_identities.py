"""`manage.py purge_identities`: for cron, once a day with ``--delete``."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.formats import date_format

from evaluations.actions.cleaning import clean_database
from evaluations.actions.retention import delete_identities, give_notice, identities_kept


class Command(BaseCommand):
    """Say which names and contacts are to be deleted, by evaluation; if told to, give notice and delete."""

    help = (
        "Say which participants' names and contacts are to be deleted, and with --delete do it after notice."
    )

    def add_arguments(self, parser):
        """Take ``--delete``."""
        parser.add_argument(
            "--delete", action="store_true", help="give notice, and delete what is due; without it nothing is"
        )

    def handle(self, *, delete, **options):
        """Tell of every evaluation; fails while somebody keeps the database's files busy."""
        if delete:
            for kept in identities_kept():
                if kept.needs_notice:
                    give_notice(evaluation=kept.evaluation)
        every = identities_kept()
        for kept in every:
            self.stdout.write(f"/e/{kept.evaluation.slug}/: {_in_words(kept)}")
        if not delete:
            hint = " Run this with --delete to do it." if any(kept.is_due for kept in every) else ""
            self.stdout.write(f"Nothing was deleted.{hint}")
            return
        deleted = sum(delete_identities(evaluation=kept.evaluation) for kept in every if kept.is_due)
        self.stdout.write(f"Deleted the names and contacts of {_counted(deleted, 'participant')}.")
        if not clean_database():  # always: an earlier run may have been killed before it came to this
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
    if kept.due_on is None:
        return (
            f"{held}: the programme has no end date, so they are never due. Give it one on the set-up page."
        )
    if kept.is_due:
        return f"{held}: due since {_day(kept.due_on)}."
    if kept.needs_notice:
        return (
            f"{held}: due on {_day(kept.due_on)}. The next run with --delete gives notice of it; they go on "
            f"{_day(kept.goes_on)} at the earliest."
        )
    return f"{held}: to be deleted on {_day(kept.goes_on)}."


def _day(day):
    return date_format(day, "j F Y")


def _counted(number, noun):
    return f"{number} {noun}{'s' * (number != 1)}"

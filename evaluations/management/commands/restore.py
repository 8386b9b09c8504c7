"""`manage.py restore`: a backup takes the place of what is in the database."""

from django.core.management import BaseCommand, CommandError
from django.utils.formats import date_format

from evaluations.backups.format import BackupError
from evaluations.backups.forward import backup_of_today
from evaluations.backups.loading import is_empty, load, prepare_target
from evaluations.backups.withdrawals import missing_withdrawals
from evaluations.signin import DEMO_USERNAMES

WORD = "replace"


class Command(BaseCommand):
    """Check a whole backup, load it, compare what was loaded; whatever fails, nothing has changed."""

    help = "Restore a backup into the database. See docs/backups.md."

    def add_arguments(self, parser):
        """Take the file, and whether it may replace something."""
        parser.add_argument("file", help="the backup")
        parser.add_argument("--replace", action="store_true", help="replace what the database holds now")
        parser.add_argument("--no-input", action="store_true", help="do not ask, for scripts")

    def handle(self, *, file, replace, no_input, **options):
        """Restore it and say what there is to do."""
        try:
            with backup_of_today(file) as backup:
                made_at = f"{date_format(backup.manifest.made_at, 'j F Y, H:i')} UTC"
                self.stdout.write(f"The backup of {made_at} is whole: {backup.manifest.rows} rows.")
                prepare_target()
                if not is_empty(backup):
                    self.ask(backup, replace, no_input)
                withdrawals = load(backup)
                self.stdout.write(backup.manifest.compared)
                self.say_keys(backup)
                self.say_demo_accounts(backup)
                self.say_withdrawals(withdrawals)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            "Restored. Everybody signs in anew. Passwords, members and private links are as they were then: "
            "docs/backups.md says what to look through."
        )

    def ask(self, backup, replace, no_input):
        """Stop unless the person means it."""
        if not replace:
            raise CommandError(
                "The database is not empty. Nothing was changed. With --replace, what it holds is deleted, "
                "but for the record of access."
            )
        self.say_withdrawals(missing_withdrawals(backup))
        if no_input:
            return
        self.stdout.write(
            "Everything in the database will be replaced, but for the record of access, which keeps what was "
            "added since. Nobody should be working."
        )
        try:
            answer = input(f'Type "{WORD}" to go on: ')
        except EOFError:
            raise CommandError(
                "Nothing was changed: there is no terminal to ask at. --no-input does not ask."
            ) from None
        if answer.strip() != WORD:
            raise CommandError("Nothing was changed.")

    def say_keys(self, backup):
        """Warn when something encrypted cannot be read."""
        if backup.unreadable:
            self.stdout.write(
                f"{backup.unreadable} of {backup.sealed} encrypted texts (names, contacts, keys of two-step "
                "sign-in) cannot be read with IDENTITY_KEYS: add the keys of when the backup was made."
            )

    def say_demo_accounts(self, backup):
        """Say that accounts of the demo came with it."""
        names = {name for (name,) in backup.records("auth_user", "username")}
        if found := sorted(names & set(DEMO_USERNAMES)):
            self.stdout.write(
                f"The backup holds accounts of the demo ({', '.join(found)}). Nobody can sign in with them "
                "here; delete them."
            )

    def say_withdrawals(self, withdrawals):
        """Say which withdrawals have to be repeated."""
        if not withdrawals:
            return
        self.stdout.write(
            "These participants withdrew after the backup was made. Withdraw them again before others get in:"
        )
        for row in withdrawals:
            day = date_format(row.withdrawn_on, "j F Y")
            where = f"  /e/{row.evaluation}/  {row.participant}  withdrew on {day}"
            self.stdout.write(where if row.is_there else f"{where}  (not in the backup: look for them)")

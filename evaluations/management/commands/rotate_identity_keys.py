"""`manage.py rotate_identity_keys`: after a new key was put in front of the others."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from evaluations.actions.keys import rotate_identity_keys, sealed_with_older_keys


class Command(BaseCommand):
    """Encrypt names, contacts and two-step keys again with the newest key; say when the older can go."""

    help = "Encrypt everything sealed again with the first key of IDENTITY_KEYS, so that the others can go."

    def handle(self, **options):
        """Rotate, then check everything once more; fails where something cannot be opened."""
        done = rotate_identity_keys()
        self.stdout.write(
            f"Texts encrypted again with the newest key: {done.changed}. With it already: {done.new}."
        )
        for name in done.lost:
            self.stderr.write(f"No key opens {name}. It stays as it is.")
        older = sealed_with_older_keys()
        if done.lost:
            raise CommandError(
                f"Rows that cannot be opened: {len(done.lost)}. A key that encrypted them is missing. "
                "Put it back into IDENTITY_KEYS, behind the newest, and run this again. Remove no key yet."
            )
        if older:
            raise CommandError(f"Texts saved with an older key meanwhile: {older}. Run this again.")
        self.stdout.write("Checked: the newest key opens everything.")
        if len(settings.IDENTITY_KEYS) > 1:
            self.stdout.write(
                "Once every process has been started with the newest key in front, and this says the same "
                "again, the other keys can be removed from IDENTITY_KEYS. Backups made until now still need "
                "them: keep them, away from the backups, for as long as those are kept."
            )

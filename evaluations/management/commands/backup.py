"""`manage.py backup`: everything in one file."""

import sys
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from evaluations.backups.format import BackupError
from evaluations.backups.keeping import age_out, name_of_now
from evaluations.backups.writing import make_backup, record_backup, send_backup


class Command(BaseCommand):
    """Back up the database, with its evidence and report files, while people go on working."""

    help = "Write a backup of everything into one file, checked. See docs/backups.md."

    def add_arguments(self, parser):
        """Take where to, and what to keep of earlier ones."""
        parser.add_argument(
            "target",
            help="a folder (it gets a dated name there), a new file that ends in .zip, or - to pipe it",
        )
        parser.add_argument("--keep", type=int, metavar="N", help="in a folder: keep the newest N only")
        parser.add_argument("--keep-days", type=int, metavar="N", help="in a folder: delete what is older")

    def handle(self, *, target, keep, keep_days, **options):
        """Make it, write down that it was made, and delete earlier ones."""
        folder = Path(target) if target != "-" and Path(target).is_dir() else None
        if target != "-" and not target.endswith(".zip") and not Path(target).exists():
            raise CommandError(f"There is no folder {target}: make it first. A file of its own ends in .zip.")
        if (keep is not None or keep_days is not None) and not folder:
            raise CommandError("--keep and --keep-days need a folder that is there.")
        if min(keep or 1, keep_days or 1) < 1 or 0 in (keep, keep_days):
            raise CommandError("--keep and --keep-days take a number from 1 on.")
        try:
            if target == "-":
                manifest = send_backup(sys.stdout.buffer)
            else:
                path = folder / name_of_now() if folder else Path(target)
                manifest = make_backup(path)
        except BackupError as error:
            raise CommandError(str(error)) from None
        record_backup()
        if target == "-":
            return
        self.stdout.write(
            f"{path}: {manifest.rows} rows of {len(manifest.tables)} tables, read again and right."
        )
        if folder and (gone := age_out(folder, made=path.name, keep=keep, keep_days=keep_days)):
            self.stdout.write(f"Deleted earlier ones: {', '.join(gone)}")

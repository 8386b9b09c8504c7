"""Reading a backup: nothing in it is believed before it was checked, and nothing of it is ever unpacked."""

import hashlib
import re
import struct
import zipfile
import zlib
from contextlib import contextmanager
from io import BufferedReader

from cryptography.fernet import InvalidToken

from evaluations.models import unseal

from .format import MANIFEST, BackupError, columns_of, values_of
from .manifest import read_manifest

PACKED = (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
LARGEST_MANIFEST = 4 * 1024 * 1024
# A row is held in memory: room for the largest files and texts that Waterline takes, and for no bomb.
LONGEST_LINE = 128 * 1024 * 1024
READ_AT_ONCE = 256 * 1024
# An encrypted text (Fernet's) within JSON. A column of its own holds one whatever it looks like.
SEALED = re.compile(r"\bgAAAA[\w-]{90,}={0,2}", re.ASCII)
# What Python raises for a zip that is damaged, encrypted or made to do harm.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, OSError, ValueError)


class Backup:
    """An open backup that was checked. ``manifest`` says what is in it."""

    def __init__(self, archive):
        self.archive = archive
        if any(entry.compress_type not in PACKED for entry in archive.infolist()):
            raise BackupError("It is packed in a way that no backup is.")
        self.manifest = read_manifest(self._content_of_manifest())
        self.sealed = self.unreadable = 0  # encrypted texts, and those of them that our keys do not open
        self._check_entries()
        for table in self.manifest.tables.values():
            self._check(table)

    def rows(self, table):
        """Yield the rows of a table, each a list of values; raises BackupError with the entry and line."""
        for number, line in enumerate(self._lines(table), start=1):
            try:
                yield values_of(table, line)
            except ValueError as error:
                raise BackupError(f"{table.entry}, line {number}: {error}.") from None

    def records(self, name, *columns):
        """Return some columns of a table that is small, a tuple a row."""
        table = self.manifest.tables[name]
        return columns_of(table, self.rows(table), *columns)

    def _content_of_manifest(self):
        try:
            with self.archive.open(MANIFEST) as entry:
                content = entry.read(LARGEST_MANIFEST + 1)
        except KeyError:
            raise BackupError(f"{MANIFEST} is missing: this is not a backup of Waterline.") from None
        except DAMAGED:
            raise BackupError(f"{MANIFEST} is damaged.") from None
        if len(content) > LARGEST_MANIFEST:
            raise BackupError(f"{MANIFEST} is too large to be one.")
        return content

    def _check_entries(self):
        wanted = {MANIFEST, *(table.entry for table in self.manifest.tables.values())}
        found = self.archive.namelist()
        if missing := sorted(wanted - set(found)):
            raise BackupError(f"{missing[0]} is missing.")
        if len(found) > len(wanted):
            raise BackupError("There are entries in it that no backup has.")

    def _check(self, table):
        """Raise BackupError unless a table's entry is what the manifest says: rows, order and checksum."""
        wanted, last, count = self.manifest.summaries[table.name], 0, 0
        place = table.key_position
        whole, within = table.positions("sealed"), table.positions("json")
        for count, row in enumerate(self.rows(table), start=1):
            if not isinstance(row[place], int) or row[place] <= last:
                raise BackupError(f"{table.entry}, line {count}: its key is not above the one before it.")
            last = row[place]
            self._try_keys(filter(None, (row[position] for position in whole)))
            self._try_keys(SEALED.findall(" ".join(row[position] or "" for position in within)))
        if count != wanted.rows:
            raise BackupError(f"{table.entry} has {count} rows; the manifest says {wanted.rows}.")
        if last > wanted.last_id:
            raise BackupError(f"{table.entry}: its last key is above the last that the manifest knows.")

    def _try_keys(self, texts):
        for sealed in texts:
            self.sealed += 1
            try:
                unseal(sealed)
            except InvalidToken:
                self.unreadable += 1

    def _lines(self, table):
        wanted, digest = self.manifest.summaries[table.name], hashlib.sha256()
        number = 0
        try:
            with self.archive.open(table.entry) as packed, BufferedReader(packed, READ_AT_ONCE) as entry:
                while line := entry.readline(LONGEST_LINE + 1):
                    number += 1
                    if len(line) > LONGEST_LINE:
                        raise BackupError(f"{table.entry}, line {number}: the line is too long.")
                    if number > wanted.rows:
                        raise BackupError(
                            f"{table.entry} has more rows than the {wanted.rows} of the manifest."
                        )
                    digest.update(line)
                    yield line
        except DAMAGED:
            raise BackupError(f"{table.entry} is damaged after line {number}.") from None
        if digest.hexdigest() != wanted.sha256:
            raise BackupError(
                f"{table.entry}: its checksum is not that of the manifest. Something was changed."
            )


@contextmanager
def open_backup(path):
    """Yield a Backup that was checked from beginning to end; raises BackupError with what is wrong."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BackupError(f"There is no file {path}.") from None
    except DAMAGED:
        raise BackupError(f"{path} is cut short or is no backup.") from None
    with archive:
        yield Backup(archive)

"""What can be wrong with a file: as a whole, or at one place in it."""

from dataclasses import dataclass


class Refused(Exception):
    """A file that is not read at all; ``str()`` is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Problem:
    """One thing to mend, at its place in the person's own file.

    ``column`` is the letter of the column, ``heading`` what it means here; both empty for a whole row.
    """

    sheet: str
    row: int
    column: str
    heading: str
    message: str

    @property
    def place(self):
        """Return where it is, for example ``Findings, row 14, column D (Condition)``."""
        if not self.column:
            return f"{self.sheet}, row {self.row}"
        return f"{self.sheet}, row {self.row}, column {self.column} ({self.heading})"

    def __str__(self):
        return f"{self.place}: {self.message}"

"""What every file says of itself, and the file that is sent."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from evaluations.report.words import COUNTS_NOTE, MADE_UP, where_from

from .words import day

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}
AUTHOR = "Waterline"
LONGEST_NAME = 120


@dataclass(frozen=True)
class File:
    """A file to send."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class StrandSource:
    """Where the findings of one strand come from; ``evaluation`` is the title of its round."""

    name: str
    from_interviews: bool
    evaluation: str
    note: str = ""
    is_made_up: bool = False

    @property
    def words(self):
        """Return it in words, with the note on it where they do not come from interviews."""
        return where_from(self.from_interviews, self.note)


@dataclass(frozen=True)
class About:
    """What a file says of itself, whoever asked for it.

    ``filters`` are in words, as "Barriers only"; none when nothing was narrowed. ``counted`` says what its
    counts are of.
    """

    title: str
    evaluation: str
    programme: str
    day: date
    sources: tuple
    filters: tuple = ()
    is_made_up: bool = False
    counted: str = COUNTS_NOTE

    @property
    def written_on(self):
        """Return the date as people write it, for example ``24 November 2026``."""
        return day(self.day)

    @property
    def narrowed(self):
        """Return the filters in one sentence."""
        if not self.filters:
            return "None: everything that is ready to share"
        return "; ".join(self.filters)

    @property
    def provenance(self):
        """Return where each strand comes from, and that everything is made up where it is, as sentences."""
        found = [f"{source.name}: {source.words}" for source in self.sources]
        return [*([MADE_UP] if self.is_made_up else []), *found]

    @property
    def origin(self):
        """Return where everything comes from in a few words, for the head of every printed page.

        Nothing for what comes from no strand.
        """
        if self.is_made_up:
            return "Made-up practice evaluation"
        if not self.sources:
            return ""
        public = [source for source in self.sources if not source.from_interviews]
        if not public:
            return "From interviews"
        return (
            f"{'In part from' if len(public) < len(self.sources) else 'From'} public sources, not interviews"
        )

    @property
    def lines(self):
        """Return everything as ``[(label, words)]``."""
        return [
            ("Evaluation", self.evaluation),
            ("Programme", self.programme),
            *([("Made up", MADE_UP)] if self.is_made_up else []),
            *[(f"Where {source.name} comes from", source.words) for source in self.sources],
            ("Filters", self.narrowed),
            ("Date of this file", self.written_on),
        ]


def file(format, content, *, day, name):
    """Return a ``File`` named after the parts of ``name`` and the day, in plain ASCII."""
    plain = unicodedata.normalize("NFKD", "-".join(name)).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_NAME].strip("-")
    return File(f"{slug}-{day:%Y-%m-%d}.{format}", content, TYPES[format])

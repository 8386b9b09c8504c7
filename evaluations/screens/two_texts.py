"""Two people wrote one text: both, with the words that differ, for the page and for its script."""

from dataclasses import dataclass

from django.utils import timezone

from evaluations.analysis.wording import compared


@dataclass(frozen=True)
class TwoTexts:
    """What is saved and what was sent, as tuples of ``Piece``.

    ``version`` is that of what is saved, ``at`` when and ``by`` by whom, where that is known.
    """

    theirs: tuple
    mine: tuple
    version: int
    at: object
    by: object

    @property
    def told(self):
        """Return it as ``js/saved_text.js`` reads it."""
        return {
            "version": self.version,
            "at": self.at and clock(self.at),
            "theirs": [[piece.words, piece.differs] for piece in self.theirs],
            "mine": [[piece.words, piece.differs] for piece in self.mine],
        }


def two_texts(theirs, mine, *, version, at=None, by=None):
    """Return ``TwoTexts`` of two texts."""
    saved, sent = compared(theirs, mine)
    return TwoTexts(theirs=saved, mine=sent, version=version, at=at, by=by)


def clock(moment):
    """Return a moment as its time of day.

    >>> clock(datetime(2026, 5, 1, 13, 5, tzinfo=UTC))
    '14:05'
    """
    return f"{timezone.localtime(moment):%H:%M}"

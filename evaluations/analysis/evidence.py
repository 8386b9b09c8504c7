"""How much stands behind a finding: interviews, sectors, publications, counted honestly and said in words."""

from collections import defaultdict
from dataclasses import dataclass

from evaluations.strength import Strength


@dataclass(frozen=True)
class Evidence:
    """What stands behind one finding.

    ``interviews`` is exact. ``sectors`` counts only those large enough to hide a person in. ``is_quoted``
    without an interview means that somebody said it in one that is not recorded here.
    """

    interviews: int = 0
    sectors: int = 0
    is_published: bool = False
    is_quoted: bool = False

    @property
    def is_thin(self):
        """Say whether it rests on a single interview."""
        return self.interviews == 1

    @property
    def is_only_published(self):
        """Say whether all that stands behind it is what was published."""
        return self.strength is Strength.PUBLISHED

    @property
    def strength(self):
        """Return the ``Strength`` by which filters find it."""
        return Strength.of(
            interviews=self.interviews, is_published=self.is_published, is_quoted=self.is_quoted
        )

    @property
    def words(self):
        """Return it in words, for example ``3 interviews, 2 sectors`` or ``Published, unattributed``.

        Of one interview the sector is never counted: whether it was would tell whether its group is small.
        """
        if not self.interviews:
            return self.strength.label
        published = "; also published" if self.is_published else ""
        if self.is_thin:
            return f"1 interview only{published}"
        sectors = f", {_number(self.sectors, 'sector')}" if self.sectors else ""
        return f"{_number(self.interviews, 'interview')}{sectors}{published}"


def evidence_by_finding(rows, *, sizes, smallest):
    """Return ``{finding: Evidence}`` of the findings that have any.

    ``rows`` are those of ``queries.evidence.evidence_rows``: finding, whether it is published, interview and
    sector (None where there is none). ``sizes`` says how many people each sector has, ``smallest`` how many
    it must have to be counted.
    """
    published, quoted = set(), set()
    interviews, sectors = defaultdict(set), defaultdict(set)
    for finding, is_published, interview, sector in rows:
        if is_published:
            published.add(finding)
            continue
        quoted.add(finding)
        if interview is not None:
            interviews[finding].add(interview)
            if sizes.get(sector, 0) >= smallest:
                sectors[finding].add(sector)
    return {
        finding: Evidence(
            interviews=len(interviews[finding]),
            sectors=len(sectors[finding]),
            is_published=finding in published,
            is_quoted=finding in quoted,
        )
        for finding in published | quoted
    }


def _number(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

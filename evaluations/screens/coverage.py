"""Coverage as its page shows it: ready barriers and recommendations, strand by strand. Never a draft."""

from collections import Counter
from dataclasses import dataclass

from evaluations import access
from evaluations.analysis.coverage import ConditionCoverage, StrandCoverage, cover
from evaluations.conditions import Kind
from evaluations.forms.coverage import CoverageFilterForm
from evaluations.queries.coverage import barrier_counts, first_unanswered, links_between

SHOWN = 10  # unanswered barriers of one condition, at most
LINES, CHOICES = 300, 2_000  # barriers on one page, and recommendations offered to answer them


@dataclass(frozen=True)
class Group:
    """One condition of a strand: its figures, and the first of its unanswered barriers."""

    figures: ConditionCoverage
    shown: tuple

    @property
    def has_more(self):
        """Say whether some unanswered barriers are not shown."""
        return len(self.shown) < self.figures.unanswered


@dataclass(frozen=True)
class Part:
    """One strand: its figures, its barriers by condition, and the recommendations that may answer them."""

    strand: object
    figures: StrandCoverage
    groups: tuple
    recommendations: tuple


@dataclass(frozen=True)
class Done:
    """A link that was just made or taken back: the recommendation, the barrier, whether it stands now."""

    recommendation: object
    finding: object
    is_linked: bool


@dataclass(frozen=True)
class CoverageScreen:
    """Coverage as somebody asked for it; ``idle`` are the recommendations that answer no barrier.

    Without ``has_links`` nobody has linked anything yet in the whole evaluation, so gaps mean nothing.
    """

    form: CoverageFilterForm
    has_links: bool
    strands: tuple
    parts: tuple
    idle: tuple
    done: Done | None

    @property
    def strand(self):
        """Return the slug of the strand that is asked for; nothing for all of them."""
        return self.form.strand

    @property
    def public(self):
        """Return the strands shown that do not come from interviews."""
        return [part.strand for part in self.parts if not part.strand.from_interviews]


def read_coverage(member, sent):
    """Return the ``CoverageScreen`` of a member's evaluation: the same for everybody. Fixed queries.

    ``sent`` are the parameters of the address: strand, and done (what was just linked, as ``R1-17``).
    """
    strands = tuple(access.strands_for(member))
    form = CoverageFilterForm(sent, strands=strands)
    form.is_valid()
    barriers = barriers_for(member)
    recommendations = access.recommendations_for(member)
    rows = list(recommendations.select_related("strand"))
    links = links_between(recommendations, barriers)
    asked_for = [strand for strand in strands if form.strand in ("", strand.slug)]
    own = barriers.filter(strand__in=asked_for)
    figures = _figures(asked_for, barrier_counts(own), links, rows)
    shown = first_unanswered(own, recommendations, most=_most(figures.values(), rows))
    answering = {link.recommendation for link in links}
    return CoverageScreen(
        form=form,
        has_links=bool(links),
        strands=strands,
        parts=tuple(_part(strand, figures[strand.pk], rows, shown) for strand in asked_for),
        idle=tuple(row for row in rows if row.strand in asked_for and row.pk not in answering),
        done=_done(sent.get("done", ""), rows, barriers, links),
    )


def barriers_for(member):
    """Return the barriers that coverage is about: those that readers see."""
    return access.findings_for(member, access.Audience.READERS).filter(kind=Kind.BARRIER)


def _figures(strands, barriers, links, recommendations):
    """Return ``{strand's number: StrandCoverage}``."""
    answered = Counter((strand, condition) for _, strand, condition in {_barrier(link) for link in links})
    placed = Counter((row.strand_id, row.condition) for row in recommendations)
    return {strand.pk: cover(strand.pk, barriers, answered, placed) for strand in strands}


def _barrier(link):
    return link.barrier, link.strand, link.condition


def _most(figures, recommendations):
    """Return how many barriers of a condition fit a page, each with the recommendations to choose from."""
    groups = sum(row.unanswered > 0 for strand in figures for row in strand.conditions) or 1
    offered = max(Counter(row.strand_id for row in recommendations).values(), default=1)
    return max(1, min(SHOWN, LINES // groups, CHOICES // (groups * offered)))


def _part(strand, figures, recommendations, shown):
    own = [finding for finding in shown if finding.strand_id == strand.pk]
    groups = [
        Group(row, tuple(finding for finding in own if finding.condition == row.condition))
        for row in figures.conditions
        if row.barriers
    ]
    offered = tuple(row for row in recommendations if row.strand_id == strand.pk)
    return Part(strand, figures, tuple(groups), offered)


def _done(sent, recommendations, barriers, links):
    """Return what ``sent`` says was just done, as it is now; None when it names nothing that is there."""
    ref, _, number = sent.partition("-")
    row = next((row for row in recommendations if row.ref == ref), None)
    number = access.number_in(number)
    if row is None or number is None:
        return None
    finding = barriers.filter(pk=number).first()
    is_linked = finding and any(_pair(link) == (row.pk, finding.pk) for link in links)
    return finding and Done(row, finding, is_linked)


def _pair(link):
    return link.recommendation, link.barrier

"""Coverage as its page shows it: ready barriers and recommendations, strand by strand. Never a draft."""

from collections import Counter
from dataclasses import dataclass

from evaluations import access
from evaluations.analysis.coverage import ConditionCoverage, Coverage, StrandCoverage, cover
from evaluations.conditions import Kind
from evaluations.forms.coverage import CoverageFilterForm
from evaluations.queries.coverage import link_frame, place_frame

SHOWN = 50  # unanswered barriers of one condition, at most
LINES, CHOICES = 600, 2_000  # barriers on one page, and recommendations offered to answer them


@dataclass(frozen=True)
class Group:
    """One condition of a strand: its figures, and the first of its unanswered barriers."""

    figures: ConditionCoverage
    shown: tuple

    @property
    def has_more(self):
        """Say whether some unanswered barriers are not shown."""
        return len(self.shown) < len(self.figures.unanswered)


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
    """Coverage as somebody asked for it; ``idle`` are the recommendations that answer no barrier."""

    form: CoverageFilterForm
    coverage: Coverage
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
    rows = {row.pk: row for row in recommendations.select_related("strand")}
    links = link_frame(recommendations, barriers)
    asked_for = [strand for strand in strands if form.strand in ("", strand.slug)]
    coverage = cover(
        place_frame(barriers.in_model_order()),
        place_frame(recommendations),
        links,
        [strand.slug for strand in asked_for],
    )
    shown = _shown(barriers, coverage, _most(coverage, rows.values()))
    return CoverageScreen(
        form=form,
        coverage=coverage,
        strands=strands,
        parts=tuple(
            _part(strand, figures, rows.values(), shown)
            for strand, figures in zip(asked_for, coverage.strands, strict=True)
        ),
        idle=tuple(rows[number] for number in coverage.idle),
        done=_done(sent.get("done", ""), rows.values(), barriers, links),
    )


def barriers_for(member):
    """Return the barriers that coverage is about: those that readers see."""
    return access.findings_for(member, access.Audience.READERS).filter(kind=Kind.BARRIER)


def _most(coverage, recommendations):
    """Return how many barriers of a condition fit a page, each with the recommendations to choose from."""
    groups = sum(bool(row.unanswered) for strand in coverage.strands for row in strand.conditions) or 1
    offered = max(Counter(row.strand_id for row in recommendations).values(), default=1)
    return max(1, min(SHOWN, LINES // groups, CHOICES // (groups * offered)))


def _shown(barriers, coverage, most):
    """Return the first unanswered barriers of each condition by number, in one query."""
    groups = [row for strand in coverage.strands for row in strand.conditions]
    return barriers.in_bulk([number for row in groups for number in row.unanswered[:most]])


def _part(strand, figures, recommendations, shown):
    groups = [
        Group(row, tuple(shown[number] for number in row.unanswered if number in shown))
        for row in figures.conditions
        if row.barriers
    ]
    own = tuple(row for row in recommendations if row.strand_id == strand.pk)
    return Part(strand, figures, tuple(groups), own)


def _done(sent, recommendations, barriers, links):
    """Return what ``sent`` says was just done, as it is now; None when it names nothing that is there."""
    ref, _, number = sent.partition("-")
    row = next((row for row in recommendations if row.ref == ref), None)
    number = access.number_in(number)
    if row is None or number is None:
        return None
    finding = barriers.filter(pk=number).first()
    pairs = zip(links["recommendation"], links["finding"], strict=True)
    return finding and Done(row, finding, (row.pk, finding.pk) in set(pairs))

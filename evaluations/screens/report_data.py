"""Everything that the report is made of, read once, for readers, whoever asks."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Q

from evaluations import access
from evaluations.access import Audience
from evaluations.analysis.comparison import Comparison, compare
from evaluations.analysis.lasting import will_it_last
from evaluations.analysis.masking import Breakdown, breakdown
from evaluations.analysis.matrix import asked_by_condition, build_matrix
from evaluations.conditions import Condition, Kind
from evaluations.models import RecommendationSource, Subject
from evaluations.queries.asked import asked_in_each
from evaluations.queries.findings import count_frame, first_of_each_cell
from evaluations.queries.lasting import lasting_frame
from evaluations.queries.quotations import reader_groups
from evaluations.queries.reflections import shown_reflections
from evaluations.queries.report import (
    CodingFacts,
    Fieldwork,
    coding_facts,
    fieldwork,
    held_on,
    people_by_sector,
    shown_recommendations,
)
from evaluations.queries.summaries import shown_summaries
from evaluations.report.words import day

# Findings of a report that a page shows whole; of a larger one, those of each cell.
WHOLE_ON_SCREEN, FIRST_ON_SCREEN = 1_500, 10


@dataclass(frozen=True)
class StrandPart:
    """A strand with its matrices by kind, and whether its achievements last, of ``analysis.lasting``."""

    row: object
    matrices: dict
    lasting: object

    @property
    def from_interviews(self):
        """Say whether its findings come from interviews."""
        return self.row.from_interviews

    @property
    def is_judged(self):
        """Say whether it was said of any achievement if it will last."""
        return self.lasting.not_judged < self.lasting.total


@dataclass(frozen=True)
class MethodData:
    """What is known of how the work was done; ``sample`` counts who was interviewed, by sector."""

    evaluation: object
    sample: Breakdown
    fieldwork: Fieldwork
    coding: CodingFacts

    @property
    def evaluators(self):
        """Return the names of the evaluators, as the report prints them."""
        return _lines(self.evaluation.evaluators)

    @property
    def headings(self):
        """Return the names of the six conditions as this evaluation words them, by condition."""
        given = self.evaluation.headings
        return {condition: given.get(condition) or condition.label for condition in Condition}


@dataclass(frozen=True)
class ReportData(MethodData):
    """What the report is made of, as it stands on a ``day``.

    ``report`` is what was decided of the whole of it, None without a row; ``sections`` are its rows by key;
    ``strands`` those that it is about, as ``StrandPart``; ``is_cut`` where these hold the first findings of
    each cell alone.
    """

    day: date
    report: object
    sections: dict
    strands: tuple
    comparison: Comparison
    reflections: tuple
    recommendations: tuple
    organisations: tuple
    is_cut: bool

    @property
    def title(self):
        """Return what the report is called."""
        return _title(self.report, self.evaluation)

    @property
    def objectives(self):
        """Return the objectives, one sentence each."""
        return [line.removeprefix("- ") for line in _lines(self.evaluation.objectives)]

    @property
    def has_ended(self):
        """Say whether the programme's end date has passed on that day."""
        ends = self.evaluation.programme_ends
        return ends is not None and ends < self.day

    @property
    def programme_end(self):
        """Return when the programme ends or ended, in a sentence; nothing where no date is set."""
        ends = self.evaluation.programme_ends
        return f"The programme {'ended' if self.has_ended else 'ends'} on {day(ends)}." if ends else ""

    @property
    def public(self):
        """Return the strands that do not come from interviews."""
        return [part.row for part in self.strands if not part.from_interviews]

    @property
    def heard(self):
        """Return the reflections on what was heard."""
        return [row for row in self.reflections if row.subject == Subject.HEARD]

    @property
    def on_model(self):
        """Return the reflections on the model itself."""
        return [row for row in self.reflections if row.subject == Subject.MODEL]

    @property
    def committed(self):
        """Return the recommendations that the programme committed to."""
        return self._recommended(RecommendationSource.COMMITTED)

    @property
    def added(self):
        """Return the recommendations that the evaluators added."""
        return self._recommended(RecommendationSource.ADDED)

    def _recommended(self, source):
        return [shown for shown in self.recommendations if shown.row.source == source]


def report_title(member):
    """Return what the report is called: as it was set, else as published before, else as the evaluation."""
    return _title(access.reports_for(member).first(), member.evaluation)


def report_strands(member):
    """Return the strands that the report is about, in order.

    Those that were chosen; without a choice those that come from interviews, and all where none does.
    """
    return _strands(member, access.reports_for(member).first())


def report_sample(member, strands):
    """Return the participants who were interviewed on these strands by sector, small groups masked.

    A ``Breakdown``; one query.
    """
    held = held_on(access.interviews_for(member), strands)
    people = people_by_sector(access.participants_for(member), held)
    return breakdown(people, smallest=settings.SMALLEST_GROUP)


def read_method(member):
    """Return the ``MethodData`` of an evaluation; no finding is read for it. A fixed number of queries."""
    return MethodData(member.evaluation, **_method(member, report_strands(member)))


def read_report(member, on, *, on_screen=False):
    """Return the ``ReportData`` of an evaluation as it stands ``on`` a day. A fixed number of queries.

    For a page (``on_screen``) of more than ``WHOLE_ON_SCREEN`` findings, with the first of each cell.
    """
    report = access.reports_for(member).first()
    strands = _strands(member, report)
    quotations = access.quotations_for(member, Audience.READERS)
    groups = reader_groups(*access.speakers_for_readers(member))
    findings = access.findings_for(member, Audience.READERS).filter(strand__in=strands)
    counts = count_frame(findings)
    is_cut = on_screen and counts["count"].sum() > WHOLE_ON_SCREEN
    most = (FIRST_ON_SCREEN if is_cut else WHOLE_ON_SCREEN) if on_screen else None
    return ReportData(
        evaluation=member.evaluation,
        day=on,
        report=report,
        sections={row.key: row for row in access.sections_for(member)},
        strands=_parts(member, strands, findings, counts, quotations, groups, most),
        comparison=compare(counts, [(row.slug, row.name, row.from_interviews) for row in strands]),
        reflections=tuple(_reflections(member, strands, quotations, groups)),
        recommendations=tuple(
            shown_recommendations(
                access.recommendations_for(member).filter(strand__in=strands),
                access.actions_for(member),
                quotations,
                groups,
            )
        ),
        organisations=tuple(access.organisations_for(member)),
        is_cut=bool(is_cut),
        **_method(member, strands),
    )


def _method(member, strands):
    """Return what is known of how the work on these strands was done, as fields of ``MethodData``."""
    return {
        "sample": report_sample(member, strands),
        "fieldwork": fieldwork(held_on(access.interviews_for(member), strands), access.guide_for(member)),
        "coding": coding_facts(
            access.quotations_for(member, Audience.EVALUATORS),
            access.rounds_for(member),
            access.coding_units_for(member),
        ),
    }


def _parts(member, strands, findings, counts, quotations, groups, most):
    """Return the strands as ``StrandPart``, with so many findings of a cell, or all that readers see."""
    shown = first_of_each_cell(findings, access.all_links_for(member), quotations, groups, most=most)
    signed = shown_summaries(access.summaries_for(member).filter(strand__in=strands), findings)
    asked = asked_in_each(access.asked_conditions_for(member), strands)
    lasting = lasting_frame(findings)
    parts = []
    for strand in strands:
        own = {
            "strand": strand.slug,
            "findings": [finding for finding in shown if finding.row.strand_id == strand.pk],
            "summaries": [row for row in signed if row.strand == strand.pk and row.is_backed],
            "asked": asked_by_condition(asked.get(strand.pk, {})) if strand.from_interviews else None,
        }
        matrices = {kind: build_matrix(counts, kind=kind, **own) for kind in Kind}
        named = [(strand.slug, strand.name, strand.from_interviews)]
        lasts = will_it_last(lasting[lasting["strand"] == strand.slug], named)[0]
        parts.append(StrandPart(strand, matrices, lasts))
    return tuple(parts)


def _reflections(member, strands, quotations, groups):
    rows = access.reflections_for(member, Audience.READERS)
    rows = rows.filter(Q(strand__in=strands) | Q(strand__isnull=True))
    found = shown_reflections(rows, access.points_for(member, Audience.READERS), quotations, groups)
    return [reflection for reflection in found if reflection.points]


def _title(report, evaluation):
    return (report.title if report else "") or evaluation.report_title or evaluation.title


def _strands(member, report):
    offered = list(access.strands_for(member))
    ids = set(report.strands.values_list("pk", flat=True)) if report else set()
    chosen = [strand for strand in offered if strand.pk in ids]
    return chosen or [strand for strand in offered if strand.from_interviews] or offered


def _lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]

"""Everything that the report is made of, each part read when it is asked for; for readers, whoever asks."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Q

from evaluations import access
from evaluations.access import Audience
from evaluations.analysis.comparison import compare
from evaluations.analysis.lasting import LastingFigures
from evaluations.analysis.masking import breakdown
from evaluations.analysis.matrix import asked_by_condition, build_matrix
from evaluations.conditions import Condition
from evaluations.models import RecommendationSource, Subject
from evaluations.queries.asked import asked_in_each
from evaluations.queries.findings import count_frame, first_of_each_cell, first_texts, further_texts
from evaluations.queries.lasting import lasting_counts
from evaluations.queries.quotations import reader_groups
from evaluations.queries.reflections import shown_reflections
from evaluations.queries.report import (
    coding_facts,
    fieldwork,
    held_on,
    people_by_sector,
    shown_recommendations,
)
from evaluations.queries.summaries import shown_summaries
from evaluations.report.words import day

# Findings of a report that a page shows whole; of a larger one, the first of each cell of one strand, and
# of that strand's recommendations the first from each source.
WHOLE_ON_SCREEN, FIRST_ON_SCREEN, RECOMMENDATIONS_ON_SCREEN = 1_500, 10, 20


@dataclass(frozen=True)
class StrandPart:
    """A strand that the report is about, and whether its achievements last (``LastingFigures``)."""

    row: object
    lasting: LastingFigures

    @property
    def from_interviews(self):
        """Say whether its findings come from interviews."""
        return self.row.from_interviews

    @property
    def is_judged(self):
        """Say whether it was said of any achievement if it will last."""
        return self.lasting.not_judged < self.lasting.total


class ReportData:
    """What the report is made of, as it stands on a ``day``: each part is read once it is asked for.

    So a page of one section reads what that is made of alone. On a page (``on_screen``) a report of more than
    ``WHOLE_ON_SCREEN`` findings ``is_cut``: it shows the matrices of one strand, that with the slug
    ``strand`` or else the first, with the first findings of each cell.
    """

    def __init__(self, member, day, *, on_screen=False, strand=""):
        self.member, self.evaluation, self.day = member, member.evaluation, day
        self._on_screen, self._strand, self._matrices = on_screen, strand, {}

    @cached_property
    def report(self):
        """Return what was decided of the whole report, None without a row."""
        return access.reports_for(self.member).first()

    @cached_property
    def sections(self):
        """Return what was decided of its sections, by key."""
        return {row.key: row for row in access.sections_for(self.member)}

    @cached_property
    def rows(self):
        """Return the strands that the report is about, in order."""
        return _strands(self.member, self.report)

    @cached_property
    def strands(self):
        """Return the strands that the report is about as ``StrandPart``."""
        counts = lasting_counts(self._findings)
        return tuple(
            StrandPart(row, LastingFigures(row.from_interviews, counts[row.pk])) for row in self.rows
        )

    @cached_property
    def shown(self):
        """Return the strands whose matrices are shown: all of them, or one where the report is cut."""
        chosen = [row for row in self.rows if row.slug == self._strand] or self.rows
        return chosen[:1] if self.is_cut else self.rows

    @cached_property
    def is_cut(self):
        """Say whether it is shown in part."""
        return self._on_screen and self._is_long

    @cached_property
    def counts(self):
        """Return the numbers of findings by cell, as ``count_frame`` does."""
        return count_frame(self._findings)

    @cached_property
    def comparison(self):
        """Return the strands side by side."""
        return compare(self.counts, [(row.slug, row.name, row.from_interviews) for row in self.rows])

    def matrices(self, kind):
        """Return ``{strand's number: Matrix}`` of a kind, of the strands that are shown. Read once."""
        if kind not in self._matrices:
            self._matrices[kind] = self._read_matrices(kind)
        return self._matrices[kind]

    def texts(self, kind):
        """Yield the texts of findings of the strands from interviews, or else of all: of each cell in turn.

        The first of every cell are read at once, the others only for who goes on. In a long report the first
        of every cell are enough to choose from.
        """
        strands = [row for row in self.rows if row.from_interviews] or self.rows
        findings = self._findings.filter(strand__in=strands, kind=kind)
        yield from first_texts(findings, strands)
        if not self._is_long:
            yield from further_texts(findings)

    @cached_property
    def reflections(self):
        """Return the reflections that are shared, with their points."""
        rows = access.reflections_for(self.member, Audience.READERS)
        rows = rows.filter(Q(strand__in=self.rows) | Q(strand__isnull=True))
        points = access.points_for(self.member, Audience.READERS)
        found = shown_reflections(rows, points, self._quotations, self._groups)
        return [reflection for reflection in found if reflection.points]

    @cached_property
    def recommendations(self):
        """Return all recommendations of its strands, in order: what counting and answering them takes."""
        return list(self._recommendations.only("title", "source", "response", "status"))

    def recommended(self, source):
        """Return the recommendations from a source that are shown, in full, as ``ShownRecommendation``."""
        rows = self._recommendations.filter(source=source)
        if self.is_cut:
            rows = rows.filter(strand__in=self.shown)[:RECOMMENDATIONS_ON_SCREEN]
        return shown_recommendations(rows, access.actions_for(self.member), self._quotations, self._groups)

    @cached_property
    def organisations(self):
        """Return the names of the organisations of those who took part."""
        return tuple(access.organisations_for(self.member))

    @cached_property
    def sample(self):
        """Return who was interviewed, by sector, as a ``Breakdown``."""
        return report_sample(self.member, self.rows)

    @cached_property
    def fieldwork(self):
        """Return how the interviews were held."""
        held = held_on(access.interviews_for(self.member), self.rows)
        return fieldwork(held, access.guide_for(self.member))

    @cached_property
    def coding(self):
        """Return who coded."""
        return coding_facts(
            access.coded_quotations_for(self.member),
            access.rounds_for(self.member),
            access.coding_units_for(self.member),
        )

    @property
    def evaluators(self):
        """Return the names of the evaluators, as the report prints them."""
        return _lines(self.evaluation.evaluators)

    @property
    def headings(self):
        """Return the names of the six conditions as this evaluation words them, by condition."""
        given = self.evaluation.headings
        return {condition: given.get(condition) or condition.label for condition in Condition}

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
        return [row for row in self.rows if not row.from_interviews]

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
        return [row for row in self.recommendations if row.source == source]

    @property
    def _is_long(self):
        return bool(self.counts["count"].sum() > WHOLE_ON_SCREEN)

    @cached_property
    def _findings(self):
        return access.findings_for(self.member, Audience.READERS).filter(strand__in=self.rows)

    @cached_property
    def _quotations(self):
        return access.quotations_for(self.member, Audience.READERS)

    @cached_property
    def _recommendations(self):
        return access.recommendations_for(self.member).filter(strand__in=self.rows)

    @cached_property
    def _groups(self):
        return reader_groups(*access.speakers_for_readers(self.member))

    def _read_matrices(self, kind):
        findings = self._findings.filter(strand__in=self.shown, kind=kind)
        most = (FIRST_ON_SCREEN if self.is_cut else WHOLE_ON_SCREEN) if self._on_screen else None
        links = access.all_links_for(self.member)
        shown = first_of_each_cell(findings, links, self._quotations, self._groups, most=most)
        summaries = access.summaries_for(self.member).filter(strand__in=self.shown, kind=kind)
        signed = [row for row in shown_summaries(summaries, findings) if row.is_backed]
        return {
            row.pk: build_matrix(
                self.counts,
                strand=row.slug,
                kind=kind,
                findings=[finding for finding in shown if finding.row.strand_id == row.pk],
                summaries=[summary for summary in signed if summary.strand == row.pk],
                asked=self._asked_of(row, kind),
            )
            for row in self.shown
        }

    def _asked_of(self, row, kind):
        """Return what interviews say of the conditions, for cells without a finding; None without such."""
        with_findings = self.counts[(self.counts["strand"] == row.slug) & (self.counts["kind"] == kind)]
        if not row.from_interviews or len(with_findings) == len(Condition):
            return None
        return asked_by_condition(self._asked.get(row.pk, {}))

    @cached_property
    def _asked(self):
        return asked_in_each(access.asked_conditions_for(self.member), self.shown)


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


def read_report(member, on, *, on_screen=False, strand=""):
    """Return the ``ReportData`` of an evaluation as it stands ``on`` a day, which says what it reads when.

    ``on_screen`` is for a page, which may ask for the matrices of one ``strand`` (a slug) of a long report.
    """
    return ReportData(member, on, on_screen=on_screen, strand=strand)


def _title(report, evaluation):
    return (report.title if report else "") or evaluation.report_title or evaluation.title


def _strands(member, report):
    offered = list(access.strands_for(member))
    ids = set(report.strands.values_list("pk", flat=True)) if report else set()
    chosen = [strand for strand in offered if strand.pk in ids]
    return chosen or [strand for strand in offered if strand.from_interviews] or offered


def _lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]

"""Both matrices of a strand, and one of its findings: what the page, the projector and files show."""

from dataclasses import dataclass, replace

from django.conf import settings

from evaluations import access
from evaluations.analysis.evidence import Evidence, evidence_by_finding
from evaluations.analysis.matrix import asked_by_condition, build_matrix, largest_remaining
from evaluations.conditions import Kind
from evaluations.forms.matrix import Depth, MatrixFilterForm
from evaluations.models import Lasting
from evaluations.queries.asked import asked_in
from evaluations.queries.evidence import evidence_rows, of_strength
from evaluations.queries.findings import SHOWN_PER_CELL, count_frame, first_of_each_cell, matching
from evaluations.queries.quotations import reader_groups
from evaluations.queries.summaries import shown_summaries
from evaluations.queries.workshops import room_weights


@dataclass(frozen=True)
class MatrixScreen:
    """A strand's matrices as somebody asked for them.

    ``matrices`` are both kinds by kind, ``form`` says what was asked for, ``whole`` how many findings there
    are without filters, and ``audience`` for whom it is made.
    """

    strand: object
    form: MatrixFilterForm
    audience: access.Audience
    matrices: dict
    whole: int

    @property
    def shown(self):
        """Return the matrices to show: both, or that of the kind asked for."""
        return [self.matrices[kind] for kind in self.form.kinds]

    @property
    def matching(self):
        """Return how many findings there are under the filters."""
        return sum(matrix.total for matrix in self.shown)

    @property
    def shows_drafts(self):
        """Say whether drafts are among them."""
        return self.audience is access.Audience.EVALUATORS

    @property
    def largest_remaining(self):
        """Return where the largest share of the barriers sits, as ``analysis.matrix`` says it, or None.

        Never of a strand that does not come from interviews, nor of some of the findings only.
        """
        if not self.strand.from_interviews or self.form.asks_in_form:
            return None
        return largest_remaining(self.matrices[Kind.BARRIER], self.matrices[Kind.ACHIEVEMENT])


def read_matrix(member, strand, sent, *, for_readers, most=SHOWN_PER_CELL):
    """Return the ``MatrixScreen`` of a strand of the member's evaluation.

    ``sent`` are the parameters of the address (kind, depth, drafts, status, strength, lasting, q). What
    leaves the screen is made ``for_readers``: then nobody's drafts are in it. ``most`` is how many findings
    of a cell are read, all of them when None. A fixed number of queries.
    """
    form, audience = form_and_audience(member, sent, for_readers=for_readers)
    rows = access.findings_for(member, audience).filter(strand=strand)
    all_counts, chosen = count_frame(rows), _narrowed(member, strand, rows, form, audience)
    counts = count_frame(chosen) if form.asks_in_form else all_counts
    findings = []
    if form.depth_chosen is not Depth.FIGURES:
        findings = _findings(member, chosen.filter(kind__in=form.kinds), audience, most)
    asked = None
    if strand.from_interviews:
        asked = asked_by_condition(asked_in(access.asked_conditions_for(member), strand))
    summaries = _summaries(member, strand)
    return MatrixScreen(
        strand=strand,
        form=form,
        audience=audience,
        whole=int(all_counts["count"].sum()),
        matrices={
            kind: build_matrix(
                counts,
                strand=strand.slug,
                kind=kind,
                findings=findings,
                summaries=summaries,
                whole=all_counts if form.asks_in_form else None,
                asked=asked,
            )
            for kind in Kind
        },
    )


def form_and_audience(member, sent, *, for_readers):
    """Return what an address asks for: a ``MatrixFilterForm``, and the audience that follows from it."""
    shows_drafts = may_see_drafts(member) and not for_readers
    form = MatrixFilterForm(sent, may_see_drafts=shows_drafts, ended=member.evaluation.has_ended)
    form.is_valid()
    return form, access.Audience.EVALUATORS if form.shows_drafts else access.Audience.READERS


def may_see_drafts(member):
    """Say whether a member may ask for drafts at all."""
    return member.may[access.Ability.SEE_CONFIDENTIAL]


@dataclass(frozen=True)
class OpenFinding:
    """One finding beside the matrix, with the recommendations that answer it."""

    finding: object
    recommendations: tuple


def read_finding(member, strand, number, audience):
    """Return one finding of a strand's matrices as ``OpenFinding``, or None when it is not among them.

    ``number`` is as it stands in the address: anything.
    """
    number = access.number_in(number)
    if number is None:
        return None
    rows = access.findings_for(member, audience).filter(strand=strand, pk=number)
    found = _findings(member, rows, audience, None)
    if not found:
        return None
    answers = access.recommendations_for(member).filter(barriers=found[0].row)
    return OpenFinding(found[0], tuple(answers.select_related("owner")))


def with_evidence(member, findings, groups):
    """Return shown findings with their ``evidence``, a workshop's ``room_weight``, and whether they last.

    Two queries; ``groups`` as ``reader_groups`` returns them.
    """
    rows = evidence_rows([finding.row for finding in findings], access.counted_links_for(member))
    evidence = evidence_by_finding(rows, sizes=groups.sectors, smallest=settings.SMALLEST_GROUP)
    given = room_weights(access.results_for(member), [finding.row.pk for finding in findings])
    ended = member.evaluation.has_ended
    return [
        replace(
            row,
            evidence=evidence.get(row.id, Evidence()),
            room_weight=given.get(row.id),
            lasting=Lasting(row.row.lasting).worded(ended=ended) if row.kind == Kind.ACHIEVEMENT else "",
        )
        for row in findings
    ]


def _narrowed(member, strand, rows, form, audience):
    rows = rows.filter(**form.exact)
    if form.words:
        rows = matching(
            rows, access.all_links_for(member), access.quotations_for(member, audience), form.words
        )
    if form.strength_chosen:
        links = access.counted_links_for(member).filter(finding__strand=strand)
        rows = of_strength(rows, links, form.strength_chosen)
    return rows


def _findings(member, rows, audience, most):
    groups = reader_groups(*access.speakers_for_readers(member))
    links, quotations = access.all_links_for(member), access.quotations_for(member, audience)
    shown = first_of_each_cell(rows, links, quotations, groups, most=most)
    return with_evidence(member, shown, groups)


def _summaries(member, strand):
    """Return the signed summaries of the strand's cells; one without a finding behind it sums nothing up."""
    signed = shown_summaries(
        access.summaries_for(member).filter(strand=strand),
        access.findings_for(member, access.Audience.READERS).filter(strand=strand),
    )
    return [summary for summary in signed if summary.is_backed]

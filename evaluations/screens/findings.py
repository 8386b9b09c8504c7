"""The list of findings as somebody asked for it: what the page and the file made of it both narrow down."""

from dataclasses import dataclass

from evaluations import access
from evaluations.forms.findings import FindingFilterForm
from evaluations.queries.evidence import of_strength
from evaluations.queries.findings import (
    Found,
    InModelOrder,
    matching,
    with_quotations,
    with_unseen_quotations,
)
from evaluations.queries.quotations import reader_groups

from .matrix import with_evidence

MOST_IN_A_FILE = 25_000  # more take longer than a request may, and more memory than a small server has
AT_ONCE = 2_000


@dataclass(frozen=True)
class FindingsScreen:
    """The findings that somebody asked for: the form that says so, and the rows in the model's order."""

    member: object
    form: FindingFilterForm
    audience: access.Audience
    in_order: InModelOrder | Found

    def in_full(self, rows):
        """Return some of the rows as ``ShownFinding``, with quotations and what stands behind each."""
        groups = reader_groups(*access.speakers_for_readers(self.member))
        links = access.all_links_for(self.member)
        quotations = access.quotations_for(self.member, self.audience)
        return with_evidence(self.member, with_quotations(list(rows), links, quotations, groups), groups)

    def all_in_full(self):
        """Return all rows as ``in_full`` does, so many at once that no database minds."""
        number = self.in_order.count()
        parts = (self.in_order[start : start + AT_ONCE] for start in range(0, number, AT_ONCE))
        return [finding for rows in parts for finding in self.in_full(rows)]


def read_findings(member, sent, *, for_readers):
    """Return the ``FindingsScreen`` of what an address asks for (q, strand, kind, condition, and so on).

    What leaves the screen is made ``for_readers``: then nobody's drafts are in it.
    """
    audience = access.Audience.READERS if for_readers else member.audience
    sees_drafts = audience is access.Audience.EVALUATORS
    strands = list(access.strands_for(member))
    form = FindingFilterForm(
        sent,
        strands=strands,
        shows_drafts=sees_drafts,
        ended=member.evaluation.has_ended,
    )
    form.is_valid()
    # All have one of these strands: named, they let an index that leads by strands answer every filter.
    rows = access.findings_for(member, audience).filter(strand__in=strands, **form.exact)
    if form.words:
        quotations = access.quotations_for(member, audience)
        rows = matching(rows, access.all_links_for(member), quotations, form.words)
    if form.strength_chosen:
        rows = of_strength(rows, access.counted_links_for(member), form.strength_chosen)
    if sees_drafts and form.only_unseen:
        rows = with_unseen_quotations(rows, access.unseen_links_for(member))
    looked_for = form.words or form.strength_chosen or (sees_drafts and form.only_unseen)
    in_order = Found(rows) if looked_for else InModelOrder(rows.select_related("strand", "source"))
    return FindingsScreen(member, form, audience, in_order)

"""Reading the signed summaries of cells, and whether the findings behind one changed since it was signed."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from .signed import ShownText, fingerprint

BEHIND = ("pk", "text", "kind", "condition", "strand_id", "lasting")


@dataclass(frozen=True)
class ShownSummary(ShownText):
    """A summary as everybody sees it in its cell.

    One without any finding that readers see behind it (``is_backed`` is false) has nothing to sum up.
    ``strand`` is the number of its strand.
    """

    id: int
    strand: int
    kind: str
    condition: str
    is_backed: bool


def basis_of(findings):
    """Return the fingerprint of the findings of one cell: of those readers see, whoever asks."""
    return _basis(findings.order_by("pk").values_list(*BEHIND))


def shown_summaries(summaries, findings):
    """Return summaries as ``ShownSummary`` objects. Two queries.

    ``findings`` are the readers' own, for every role: otherwise the warning would tell of drafts.
    """
    summaries = list(summaries.select_related("signed_by"))
    conditions = defaultdict(list)
    for row in summaries:
        conditions[row.strand_id, row.kind].append(row.condition)
    summed_up = Q(pk=0)  # none: without a summary it is a query as well
    for (strand, kind), chosen in conditions.items():
        summed_up |= Q(strand=strand, kind=kind, condition__in=chosen)
    cells = defaultdict(list)
    for row in findings.filter(summed_up).order_by("pk").values_list(*BEHIND):
        _, _, kind, condition, strand, _ = row
        cells[strand, kind, condition].append(row)
    return [
        ShownSummary.of(
            row,
            _basis(cells[row.strand_id, row.kind, row.condition]),
            id=row.pk,
            strand=row.strand_id,
            kind=row.kind,
            condition=row.condition,
            is_backed=bool(cells[row.strand_id, row.kind, row.condition]),
        )
        for row in summaries
    ]


def _basis(rows):
    return fingerprint(list(rows))

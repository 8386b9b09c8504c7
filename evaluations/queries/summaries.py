"""Reading the signed summaries of cells, and whether the findings behind one changed since it was signed."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from .signed import ShownText, fingerprint

CELL = ("strand_id", "kind", "condition")
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
    summaries = summaries.select_related("signed_by")
    same_cell = {name: OuterRef(name) for name in CELL}
    behind = findings.filter(Exists(summaries.filter(**same_cell))).order_by("pk")
    cells = defaultdict(list)
    for row in behind.values_list(*BEHIND, *CELL):
        cells[row[len(BEHIND) :]].append(row[: len(BEHIND)])
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
    return fingerprint([list(row) for row in rows])

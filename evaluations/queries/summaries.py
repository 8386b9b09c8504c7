"""Reading the signed summaries of cells, and whether the findings behind one changed since it was signed."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

CELL = ("strand_id", "kind", "condition")
BEHIND = ("pk", "text", "kind", "condition", "strand_id", "lasting")


@dataclass(frozen=True)
class ShownSummary:
    """A summary as everybody sees it in its cell; ``changed`` when the findings behind it changed since.

    One without any finding that readers see behind it (``is_backed`` is false) has nothing to sum up.
    """

    kind: str
    condition: str
    text: str
    signed_by: object
    signed_at: object
    changed: bool
    is_backed: bool


def basis_of(findings):
    """Return the fingerprint of the findings of one cell: of those readers see, whoever asks."""
    return _fingerprint(findings.order_by("pk").values_list(*BEHIND))


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
        ShownSummary(
            kind=row.kind,
            condition=row.condition,
            text=row.text,
            signed_by=row.signed_by,
            signed_at=row.signed_at,
            changed=_fingerprint(cells[row.strand_id, row.kind, row.condition]) != row.basis,
            is_backed=bool(cells[row.strand_id, row.kind, row.condition]),
        )
        for row in summaries
    ]


def _fingerprint(rows):
    return hashlib.sha256(json.dumps([list(row) for row in rows]).encode()).hexdigest()

"""Reading achievements for "Will it last?": all of them in short, and those of one page in full."""

import pandas as pd

from evaluations.conditions import Kind

FRAME = ["id", "strand", "condition", "lasting", "holder"]


def lasting_frame(findings):
    """Return one row an achievement in the model's order: id, strand (slug), condition, lasting, holder."""
    rows = findings.filter(kind=Kind.ACHIEVEMENT).in_model_order()
    records = list(rows.values_list("pk", "strand__slug", "condition", "lasting", "holder"))
    return pd.DataFrame.from_records(records, columns=FRAME)


def in_full(findings, ids):
    """Return ``{number: finding with its strand}`` for the findings with these numbers."""
    return {row.pk: row for row in findings.filter(pk__in=ids).select_related("strand")}

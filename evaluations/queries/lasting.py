"""Reading achievements for "Will it last?": all of them in short, and those of one page in full."""

from collections import Counter, defaultdict

import pandas as pd
from django.db.models import Case, Count, Value, When

from evaluations.conditions import Kind

FRAME = ["id", "strand", "condition", "lasting", "holder"]


def lasting_frame(findings):
    """Return one row an achievement in the model's order: id, strand (slug), condition, lasting, holder."""
    rows = findings.filter(kind=Kind.ACHIEVEMENT).in_model_order()
    records = list(rows.values_list("pk", "strand__slug", "condition", "lasting", "holder"))
    return pd.DataFrame.from_records(records, columns=FRAME)


def lasting_counts(findings):
    """Return ``{strand's number: Counter of (likelihood, whether somebody holds it)}`` of achievements."""
    is_held = Case(When(holder="", then=Value(False)), default=Value(True))
    rows = findings.filter(kind=Kind.ACHIEVEMENT).order_by().annotate(is_held=is_held)
    found = defaultdict(Counter)
    for strand, lasting, held, number in rows.values_list("strand_id", "lasting", "is_held").annotate(
        n=Count("pk")
    ):
        found[strand][lasting, held] = number
    return found


def in_full(findings, ids):
    """Return ``{number: finding with its strand}`` for the findings with these numbers."""
    return {row.pk: row for row in findings.filter(pk__in=ids).select_related("strand")}

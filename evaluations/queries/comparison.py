"""Reading what a comparison counts: findings by cell, what they rest on, what became of earlier ones."""

import pandas as pd
from django.db.models import Count, Max, Min, Q

from evaluations.replica import figures

from .evidence import INTERVIEW
from .findings import count_frame

CELL = ("strand__slug", "kind", "condition")


def counted(chosen):
    """Return counts by cell of strands in several evaluations, as ``count_frame`` does, in one frame.

    ``chosen`` are ``(suffix, findings)``, one an evaluation: a strand of it is called its slug and the suffix
    (``@`` and the evaluation, or nothing). One query each.
    """
    frames = []
    for suffix, findings in chosen:
        frame = count_frame(findings)
        frame["strand"] = [f"{slug}{suffix}" for slug in frame["strand"]]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def rested_on(chosen):
    """Return what the findings of each cell rest on: ``{(strand, kind, condition, interview)}``.

    Of all the interviews of a cell the first and the last, which tell whether there are several. The
    interview is None for what was published, and for what nobody knows the interview of. ``chosen`` are
    ``(suffix, findings, links)``, one an evaluation, links those of ``access.counted_links_for`` to the same
    findings. Two queries each.
    """
    found = set()
    for suffix, findings, links in chosen:
        published = figures(findings.filter(source__isnull=False), *CELL, count=Count("pk"))
        found |= {(f"{slug}{suffix}", kind, condition, None) for slug, kind, condition, _ in published}
        said = figures(
            links,
            *(f"finding__{name}" for name in CELL),
            first=Min(INTERVIEW),
            last=Max(INTERVIEW),
            known=Count(INTERVIEW),
            count=Count("pk"),
        )
        for slug, kind, condition, first, last, known, count in said:
            interviews = {first, last} if known == count else {first, last, None}
            found |= {(f"{slug}{suffix}", kind, condition, interview) for interview in interviews}
    return found


def lines(findings):
    """Return findings as ``(number, kind, condition, sentence, strand's name)``, in the model's order."""
    return list(findings.in_model_order().values_list("pk", "kind", "condition", "text", "strand__name"))


def outcomes_of(outcomes, earlier, later):
    """Return ``(earlier finding, later finding or None, outcome)`` by number, of two strands.

    Those whose earlier finding is in the strand ``earlier``, or whose later one is in ``later``.
    """
    rows = outcomes.filter(Q(earlier__strand=earlier) | Q(later__strand=later))
    return list(rows.order_by("later__position", "pk").values_list("earlier_id", "later_id", "outcome"))


def lines_elsewhere(findings, strand, numbers):
    """Return, as ``lines`` does, those of the numbered findings that are not in ``strand``."""
    return lines(findings.filter(pk__in=numbers).exclude(strand=strand))

"""Reading how much stands behind findings: links that count, and findings by how much they have."""

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from evaluations.strength import INTERVIEWS, Strength


def evidence_rows(findings, links):
    """Return ``[(finding, is it published, interview, sector)]`` of findings, for ``analysis.evidence``.

    ``findings`` are rows with their source, ``links`` as ``access.counted_links_for`` returns them. One
    query.
    """
    published = [(finding.pk, True, None, None) for finding in findings if finding.source_id]
    counted = links.filter(finding__in=[finding.pk for finding in findings]).order_by()
    said = counted.values_list(
        "finding_id",
        "quotation__source_id",
        "quotation__answer__interview_id",
        "quotation__speaker__sector",
    ).distinct()
    return published + [(finding, source is not None, *rest) for finding, source, *rest in said]


def of_strength(findings, links, strength):
    """Narrow findings to those with this much evidence (of ``Strength``); ``links`` as above."""
    own = links.filter(finding=OuterRef("pk")).order_by()
    number = (
        own.values("finding").annotate(n=Count("quotation__answer__interview", distinct=True)).values("n")
    )
    findings = findings.annotate(interviews=Coalesce(Subquery(number), 0))
    is_published = Q(source__isnull=False) | Q(Exists(own.filter(quotation__source__isnull=False)))
    is_quoted = Q(Exists(own.filter(quotation__source__isnull=True)))
    conditions = {
        Strength.NONE: Q(interviews=0) & ~is_published & ~is_quoted,
        Strength.QUOTED: Q(interviews=0) & ~is_published & is_quoted,
        Strength.PUBLISHED: Q(interviews=0) & is_published,
    }
    for named, (least, most) in INTERVIEWS.items():
        upper = Q() if most is None else Q(interviews__lte=most)
        conditions[named] = Q(interviews__gte=least) & upper
    return findings.filter(conditions[Strength(strength)])

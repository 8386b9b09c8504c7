"""Reading how much stands behind findings: links that count, and findings by how much they have."""

from django.db.models import Count, Exists, OuterRef, Q

from evaluations.strength import INTERVIEWS, Strength

INTERVIEW = "quotation__answer__interview"


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
    """Narrow findings to those with this much evidence (of ``Strength``); ``links`` as above.

    Interviews are counted once for all findings, in a query of its own: on tables without statistics
    PostgreSQL would count them all again for each finding.
    """
    strength = Strength(strength)
    if strength in INTERVIEWS:
        least, most = INTERVIEWS[strength]
        counted = links.order_by().values("finding").annotate(n=Count(INTERVIEW, distinct=True))
        counted = counted.filter(n__gte=least, **({} if most is None else {"n__lte": most}))
        return findings.filter(pk__in=set(counted.values_list("finding", flat=True)))
    own = links.filter(finding=OuterRef("pk")).order_by()
    findings = findings.filter(~Exists(own.filter(**{f"{INTERVIEW}__isnull": False})))
    is_published = Q(source__isnull=False) | Q(Exists(own.filter(quotation__source__isnull=False)))
    is_quoted = Q(Exists(own.filter(quotation__source__isnull=True)))
    return findings.filter(
        {
            Strength.NONE: ~is_published & ~is_quoted,
            Strength.QUOTED: ~is_published & is_quoted,
            Strength.PUBLISHED: is_published,
        }[strength]
    )

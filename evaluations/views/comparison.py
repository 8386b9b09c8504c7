"""Strands side by side."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from evaluations import access, charts
from evaluations.analysis.comparison import compare
from evaluations.queries.findings import count_frame


def comparison_detail(request, slug):
    """Compare the strands named in ``?strands=a,b``; the first two when none is named."""
    member = access.evaluation_for(request.user, slug)
    strands = {strand.slug: strand for strand in access.strands_for(member)}
    named = request.GET.getlist("strands")
    if len(named) > 1:
        address = reverse("comparison-detail", kwargs={"slug": slug})
        return HttpResponseRedirect(f"{address}?{urlencode({'strands': ','.join(named)}, safe=',')}")
    asked = list(dict.fromkeys(filter(None, named[0].split(",")))) if named else list(strands)[:2]
    chosen = [strands[name] for name in asked if name in strands]
    counts = count_frame(access.findings_for(member, access.Audience.READERS).filter(strand__in=chosen))
    result = compare(counts, [(row.slug, row.name, row.from_interviews) for row in chosen])
    context = {
        "member": member,
        "strands": list(strands.values()),
        "chosen": chosen,
        "unknown": [name for name in asked if name not in strands],
        "public": [row for row in chosen if not row.from_interviews],
        "comparison": result if len(chosen) > 1 else None,
        "bars": charts.mirrored_bars(result) if len(chosen) > 1 else [],
        "shares": charts.waterline_shares(result) if len(chosen) > 1 and result.from_interviews else None,
        "is_print": "print" in request.GET,
    }
    return TemplateResponse(request, "evaluations/comparison_detail.html", context)

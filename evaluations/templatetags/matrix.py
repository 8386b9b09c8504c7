"""The findings of a matrix, hundreds on a page: in Python, for a template takes several times as long."""

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join

register = template.Library()

FINDING = '<li class="finding{}" id="f-{}" data-finding="{}">{}<div><a href="{}"{}>{}</a>{}{}</div>{}</li>\n'
DRAFT = format_html('<span class="chip draft">{}</span>', "Draft")
FOR_EVALUATORS = format_html(' class="{}"', "evaluators-only")
CURRENT = format_html(' aria-current="{}"', "true")


@register.simple_tag(takes_context=True)
def matrix_findings(context, cell):
    """Draw the findings of a ``Cell`` that are shown, as a list.

    Of the context it reads member, form and, where they are, is_print and opened (an ``OpenFinding``).
    """
    form, is_print = context["form"], context.get("is_print")
    opened = context["opened"].finding.id if context.get("opened") else None
    address = _own_page(context["member"]) if is_print else _beside_matrix(form)
    link = "" if is_print else " data-beside"
    mark = format_html('<i class="mark {}" aria-hidden="true"></i>', cell.kind)
    rows = (
        (
            _state(finding, opened),
            finding.id,
            finding.id,
            mark,
            address(finding.id),
            format_html("{}{}", link, CURRENT) if finding.id == opened else link,
            finding.text,
            *((_said(finding), _behind(finding)) if form.is_in_full else ("", "")),
            _meta(finding, form.is_in_full),
        )
        for finding in cell.findings
    )
    return format_html("<ul>\n{}</ul>", format_html_join("", FINDING, rows))


def _own_page(member):
    return lambda number: reverse("finding-detail", args=[member.evaluation.slug, number])


def _beside_matrix(form):
    query = f"{form.query}&" if form.query else ""
    return lambda number: f"?{query}finding={number}#finding"


def _state(finding, opened):
    return f"{' is-draft evaluators-only' * finding.is_draft}{' is-open' * (finding.id == opened)}"


def _said(finding):
    if not finding.quotations:
        return ""
    said = (("" if row.reaches_readers else FOR_EVALUATORS, row.text) for row in finding.quotations)
    return format_html_join("", "<q{}>{}</q>", said)


def _behind(finding):
    """Draw how much stands behind a finding, as ``_evidence_line.html`` does; what a room gave it too."""
    if finding.room_weight:
        return render_to_string("evaluations/_evidence_line.html", {"finding": finding, "has_source": True})
    if finding.is_named_by_source:
        return ""
    return format_html('<p class="behind"><span>{}</span></p>', finding.evidence.words)


def _meta(finding, is_full):
    """Draw what else is said of a finding: that it is a draft, and its published source."""
    source = format_html("<span>{}</span>", finding.source) if finding.source and is_full else ""
    if not finding.is_draft and not source:
        return ""
    return format_html('<p class="meta">{}{}</p>', DRAFT if finding.is_draft else "", source)

"""What a report shows hundreds of: in Python, for a template takes several times as long."""

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join

register = template.Library()

ITEM = "<li><p>{}</p>{}</li>"
QUOTE = "<blockquote><p>{}</p>{}</blockquote>"
BY = ' <p class="report-by">{}</p>'
RECT = '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{}"{}/>'
LINE = '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"/>'
WAVE = '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}"/>'
WORDS = '<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="{}"{}>{}</text>'
BOLD = format_html(' font-weight="{}"', 700)


@register.simple_tag
def report_items(items):
    """Draw the items of a list, each with the quotations behind it."""
    return format_html_join("", ITEM, ((report_runs(item.runs), _quotes(item.quotes)) for item in items))


@register.simple_tag
def report_runs(runs):
    """Draw words in their manner of writing."""
    return format_html_join("", "{}", ((_in_manner(run),) for run in runs))


@register.simple_tag
def report_quote(quote):
    """Draw what somebody said."""
    by = format_html(BY, _lines(quote.attribution)) if quote.attribution else ""
    return format_html(QUOTE, _lines(quote.marked), by)


@register.simple_tag
def report_shapes(shapes):
    """Draw the shapes of a drawing as SVG."""
    return format_html_join("\n", "{}", ((_SHAPES[type(shape).__name__](shape),) for shape in shapes))


def _quotes(quotes):
    return format_html_join("", "{}", ((report_quote(quote),) for quote in quotes))


def _in_manner(run):
    words = _lines(run.text)
    if run.italic:
        words = format_html("<em>{}</em>", words)
    return format_html("<strong>{}</strong>", words) if run.bold else words


def _lines(text):
    """Return a text with its lines kept; most have one."""
    return linebreaksbr(text) if "\n" in text or "\r" in text else text


def _rect(shape):
    edge = format_html(' stroke="{}"', shape.edge) if shape.edge else ""
    return format_html(
        RECT, shape.x, shape.y, shape.width, shape.height, shape.round, shape.fill or "none", edge
    )


def _line(shape):
    return format_html(LINE, shape.x1, shape.y1, shape.x2, shape.y2, shape.colour, shape.width)


def _wave(shape):
    points = "".join(f"{x},{y} " for x, y in shape.points)
    return format_html(WAVE, points, shape.colour, shape.width)


def _words(shape):
    bold = BOLD if shape.bold else ""
    return format_html(WORDS, shape.x, shape.y, shape.size, shape.colour, shape.anchor, bold, shape.text)


_SHAPES = {"Rect": _rect, "Line": _line, "Wave": _wave, "Words": _words}

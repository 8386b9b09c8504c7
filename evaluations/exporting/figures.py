"""A drawing as a picture: SVG as the pages show it, and PNG of the same shapes for programs without SVG."""

from functools import cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from PIL import Image, ImageDraw, ImageFont

from evaluations.report.drawing import Line, Rect, Wave, Words

from .words import readable

FONT = "vendor/atkinson-hyperlegible-next-5.3.0/atkinson-hyperlegible-next-latin-wght-normal.woff2"
BOLD, REGULAR = 700, 400
DOTS = 3  # to a point: 216 to an inch
FINER = 2  # drawn so many times as large, and made smaller, so that edges are smooth
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}  # of Pillow, on the baseline


def as_svg(drawing):
    """Return a drawing as SVG, a file of its own."""
    return readable(render_to_string("evaluations/_report_drawing.html", {"drawing": drawing})).strip()


def as_png(drawing):
    """Return a drawing as the bytes of a PNG picture."""
    sheet = Image.new("RGB", _dots(drawing.width, drawing.height), "white")
    pen = ImageDraw.Draw(sheet)
    for shape in drawing.shapes:
        _DRAWN[type(shape)](pen, shape)
    content = BytesIO()
    sheet.reduce(FINER).save(content, "PNG", dpi=(DOTS * 72, DOTS * 72))
    return content.getvalue()


def _dots(*lengths):
    return [round(length * DOTS * FINER) for length in lengths]


def _rect(pen, rect):
    box = _dots(rect.x, rect.y, rect.x + rect.width, rect.y + rect.height)
    (radius, line), fill, edge = _dots(rect.round, 1), rect.fill or None, rect.edge or None
    pen.rounded_rectangle(box, radius, fill=fill, outline=edge, width=line)


def _line(pen, line):
    pen.line(_dots(line.x1, line.y1, line.x2, line.y2), fill=line.colour, width=max(_dots(line.width)))


def _wave(pen, wave):
    points = [tuple(_dots(x, y)) for x, y in wave.points]
    pen.line(points, fill=wave.colour, width=max(_dots(wave.width)), joint="curve")


def _words(pen, words):
    font = _font(*_dots(words.size), BOLD if words.bold else REGULAR)
    line = " ".join(readable(words.text).split())
    pen.text(_dots(words.x, words.y), line, words.colour, font, ANCHORS[words.anchor])


@cache
def _font(size, weight):
    font = ImageFont.truetype(Path(settings.BASE_DIR, "static", FONT), size)
    font.set_variation_by_axes([weight])
    return font


_DRAWN = {Rect: _rect, Line: _line, Wave: _wave, Words: _words}

"""A document of the report as a file: Word, PDF, or one page of HTML, with the same words in each."""

import re
from dataclasses import fields, is_dataclass, replace

from django.template.loader import render_to_string

from .file import file
from .pdf import pdf_of
from .report_docx import report_docx
from .report_html import report_html
from .words import readable

# Controls that no font draws, and those that turn the order of what follows them around, which each format
# would show otherwise.
UNSEEN = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _pdf(document):
    shown = {"document": document, "heads_page": True, "is_paper": True}
    return pdf_of(render_to_string("evaluations/report_file.html", shown))


FORMATS = {"docx": report_docx, "pdf": _pdf, "html": report_html}


def report_file(document, format, *, name):
    """Return a ``Document`` (of ``report.blocks``) in one of ``FORMATS`` as a ``File`` named after ``name``.

    Raises PdfUnavailable for a PDF where the server cannot make one.
    """
    return file(format, FORMATS[format](_readable(document)), day=document.day, name=name)


def _readable(value):
    """Return a document, or any part of one, without the characters that not every format shows alike."""
    if isinstance(value, str):
        return UNSEEN.sub("", readable(value))
    if isinstance(value, tuple):
        return tuple(map(_readable, value))
    if is_dataclass(value):
        return replace(
            value, **{field.name: _readable(getattr(value, field.name)) for field in fields(value)}
        )
    return value

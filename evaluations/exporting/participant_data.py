"""All that is held on one participant as a file: a Word document to read, and JSON for another program.

It is the one file that is not for readers: it holds a name and everything that somebody said.
"""

import json

from django.core.serializers.json import DjangoJSONEncoder

from evaluations.report.blocks import Run

from .document import NORMAL, WIDE, Pages
from .file import file
from .words import day, moment, readable

TITLE = "All that is held on participant {}"
NOTHING = "Nothing is held."
FOOT = "Confidential: for participant {} alone"


def _docx(data):
    code = data.participant.code
    title = TITLE.format(code)
    pages = Pages(
        WIDE,
        title=title,
        subject=data.evaluation.title,
        comments="",
        day=data.day,
        foot=FOOT.format(code),
    )
    pages.heading(title, 1)
    pages.paragraph(f"{data.evaluation.title}, {day(data.day)}")
    for part in data.parts:
        pages.heading(part.title, 2)
        if part.note:
            pages.paragraph(part.note)
        if not part.entries:
            pages.paragraph(NOTHING)
        for entry in part.entries:
            pages.heading(entry.name, 3)
            for label, value in entry.facts:
                pages.paragraph([Run(f"{label}: ", bold=True), Run(_in_words(value))], NORMAL)
    return pages.bytes()


def _json(data):
    said = {
        "title": TITLE.format(data.participant.code),
        "evaluation": data.evaluation.title,
        "date": data.day,
        "parts": [
            {
                "title": part.title,
                "note": part.note,
                "entries": [
                    {"name": entry.name, "facts": [{"label": a, "value": b} for a, b in entry.facts]}
                    for entry in part.entries
                ],
            }
            for part in data.parts
        ],
    }
    return json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


FORMATS = {"docx": _docx, "json": _json}


def participant_data_file(data, format):
    """Return a ``screens.subject_access.ParticipantData`` in one of ``FORMATS`` as a ``File``."""
    name = (data.evaluation.slug, "all-held-on", data.participant.code)
    return file(format, FORMATS[format](data), day=data.day, name=name)


def _in_words(value):
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if hasattr(value, "hour"):
        return moment(value)
    return day(value) if hasattr(value, "strftime") else readable(value)

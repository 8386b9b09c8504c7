"""Reading a transcript into pieces by its headings, and saying where in the interview each belongs."""

import re
from dataclasses import dataclass
from io import BytesIO

import docx
from docx.oxml.ns import qn
from docx.table import Table, _Cell

from evaluations.models import Area
from evaluations.text import LONGEST_ANSWER, normalise, unfit

from .columns import CONDITIONS
from .naming import choice, key
from .problems import Refused
from .rows import BREAKS, CONTROLS, UNSEEN
from .safety import FileKind, kind_of
from .sheets import decode

MOST_PIECES = 200
MOST_LINES = 20_000
MOST_LETTERS = 2_000_000
IN_PARTS = "Send the interview in parts."
LONGEST_HEADING = 200
AREAS = tuple((area.value, area.label) for area in Area)
NUMBERED = re.compile(r"^\s*(?:#+\s*)?(?:[0-9]+(?:\.[0-9]+)*[.)]\s*|[0-9]+(?:\.[0-9]+)+\s+)?")


@dataclass(frozen=True)
class Question:
    """A question of the guide: its number, where it belongs, and its words."""

    pk: int
    condition: str
    area: str
    prompt: str


@dataclass(frozen=True)
class Piece:
    """A part of a transcript under one heading.

    ``place`` is ``condition:number of the question``, with no number for a free answer under the condition;
    empty when the heading names no place.
    """

    heading: str
    text: str
    place: str = ""


def read_transcript(content, questions=()):
    """Return the ``Piece`` objects of a .docx or .txt file, in order. Raises Refused.

    Headings are matched to the conditions and, under them, to the guide's ``questions`` and their areas.
    """
    kind = kind_of(content)
    if kind is FileKind.WORKBOOK:
        raise Refused("This is a workbook. A transcript has to be a .docx or a .txt file.")
    lines = _paragraphs(content) if kind is FileKind.DOCUMENT else _lines(decode(content))
    pieces = _pieces(lines, questions)
    if not pieces:
        raise Refused("There are no words in this file.")
    if any(len(piece.text) > LONGEST_ANSWER for piece in pieces):
        raise Refused(
            f"A part of this file has more than {LONGEST_ANSWER:,} characters. Divide it with headings."
        )
    return pieces


def _clean(text):
    if "\0" in text or unfit(text):
        raise Refused("This file holds characters that cannot be saved. Save it again as plain text, UTF-8.")
    return normalise(CONTROLS.sub("", text.translate(BREAKS).translate(UNSEEN)))


def _lines(text):
    """Yield ``(is a heading, words)`` of the lines of a plain text; a heading begins with #."""
    if len(text) > MOST_LETTERS:
        raise Refused(f"This file has more than {MOST_LETTERS:,} characters. {IN_PARTS}")
    for line in _clean(text).split("\n"):
        yield line.lstrip().startswith("#"), line


def _paragraphs(content):
    """Yield ``(is a heading, words)`` of the paragraphs of a document, those in tables included."""
    try:
        document = docx.Document(BytesIO(content))
        # Once for all: the library looks through every style again for each paragraph.
        styles = {style.style_id: style.name or "" for style in document.styles}
        yield from _inside(document, styles)
    except Refused:
        raise
    except Exception:  # whatever a broken document brings a library to
        raise Refused("This document is damaged: it cannot be read. Save it again and send that.") from None


def _inside(container, styles):
    for block in container.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                for cell in row._tr.tc_lst:  # `row.cells` would repeat a merged cell for each that it covers
                    yield from _inside(_Cell(cell, block), styles)
        else:
            words = _clean(_words(block._p))
            yield _is_heading(block, words, styles), words


def _words(paragraph):
    """Return the words of a paragraph: links, insertions and text boxes too, what was deleted left out."""
    marks = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
    again = set(paragraph.iter("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"))
    found = []
    for element in paragraph.iter():
        if again and any(parent in again for parent in element.iterancestors()):
            continue
        if element.tag == qn("w:t"):
            found.append(element.text or "")
        elif element.tag in marks and element.getparent().tag == qn("w:r"):
            found.append(marks[element.tag])
    return "".join(found)


def _is_heading(paragraph, words, styles):
    if styles.get(paragraph._p.style, "").startswith(("Heading", "Title", "Subtitle")):
        return bool(words)
    written = [run for run in paragraph.runs if run.text.strip()]
    return bool(written) and len(words) <= LONGEST_HEADING and all(run.bold for run in written)


class _Place:
    """Where one is in a transcript, heading by heading."""

    def __init__(self, questions):
        self.questions, self.condition = questions, ""
        self.by_prompt = {}
        for question in questions:
            self.by_prompt.setdefault(key(question.prompt), []).append(question)

    def named(self, heading):
        """Return the place that a heading names; None when it names none."""
        words = NUMBERED.sub("", heading).strip().rstrip(":")
        asked = self.by_prompt.get(key(words), [])
        here = [question for question in asked if question.condition == self.condition] or asked
        if here:
            self.condition = here[0].condition
            return f"{self.condition}:{here[0].pk}"
        if condition := choice(CONDITIONS, words):
            self.condition = condition
            return f"{condition}:"
        area = choice(AREAS, words)
        of_area = [q for q in self.questions if q.condition == self.condition and q.area == area]
        return f"{self.condition}:{of_area[0].pk}" if area and len(of_area) == 1 else None


def _pieces(lines, questions):
    """Divide lines at headings. Reads no further than to the first line or heading that is too many."""
    at, pieces, heading, place, words, headings = _Place(questions), [], "", "", [], 0

    def close():
        # A heading that names no place stays with its text: it may be somebody's words.
        text = "\n".join([*([heading] if not place else []), *words]).strip()
        if text:
            pieces.append(Piece(heading, text, place))

    for number, (is_heading, line) in enumerate(lines, start=1):
        if number > MOST_LINES:
            raise Refused(f"This file has more than {MOST_LINES:,} lines. {IN_PARTS}")
        named = at.named(line) if line.strip() and len(line) <= LONGEST_HEADING + 20 else None
        if named is None and not is_heading:
            words.append(line)
            continue
        headings += 1
        if headings > MOST_PIECES:
            raise Refused(f"This file has more than {MOST_PIECES} headings. {IN_PARTS}")
        close()
        heading, place, words = NUMBERED.sub("", line).strip(), named or "", []
    close()
    return pieces

"""The words of a document of the report, read back out of its files by libraries that did not write them."""

import io
import re
import unicodedata
from html.parser import HTMLParser

from defusedxml import ElementTree
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from .pdf_tags import Tags

SVG_BLIP = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}svgBlip"
INLINE = {"strong", "em", "span"}
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]+")


def words_in(content, format):
    """Return the words of a document in their order, those in its figures included, without the foot."""
    return _WORDS[format](content)


def squeezed(words):
    """Return words as what is seen of them: letters alone, as a PDF has no more of them.

    Letters from right to left stand in a PDF as they are drawn, so they are sorted.
    """
    text = unicodedata.normalize("NFC", "".join(words))
    seen = "".join(letter for letter in text if unicodedata.category(letter) not in ("Cf", "Zs"))
    return RIGHT_TO_LEFT.sub(lambda found: "".join(sorted(found[0])), seen)


def _docx(content):
    document = Document(io.BytesIO(content))
    texts = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            texts += [line.text for row in block.rows for cell in row.cells for line in cell.paragraphs]
        else:
            texts += [block.text, *_drawn(document, block)]
    return " ".join(texts).split()


def _drawn(document, paragraph):
    """Return the words of the drawings in a paragraph."""
    for blip in paragraph._p.iter(SVG_BLIP):
        drawing = ElementTree.fromstring(document.part.related_parts[blip.get(qn("r:embed"))].blob)
        yield from drawing.itertext()


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.texts, self._is_within = [], False

    def handle_starttag(self, tag, attributes):
        self._is_within = self._is_within or tag == "main"
        self._part(tag)

    def handle_endtag(self, tag):
        self._is_within = self._is_within and tag != "main"
        self._part(tag)

    def _part(self, tag):
        if tag not in INLINE:
            self.texts.append(" ")

    def handle_data(self, data):
        if self._is_within:
            self.texts.append(data)


def _html(content):
    reader = _Reader()
    reader.feed(content.decode())
    return "".join(reader.texts).split()


def _pdf(content):
    tags = Tags(PdfReader(io.BytesIO(content)))
    return " ".join(words for block, words in tags.lines() if words and block["/S"] != "/Lbl").split()


_WORDS = {"docx": _docx, "html": _html, "pdf": _pdf}

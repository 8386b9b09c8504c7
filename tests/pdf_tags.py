"""The tags of a PDF and the words behind them, read with pypdf; and what a machine can check of PDF/UA-1.

The conditions are those of the Matterhorn Protocol 1.1 (PDF Association) for ISO 14289-1.
"""

import re
from functools import cache

from pypdf.generic import ContentStream, DictionaryObject

HEX = re.compile(r"<([0-9a-f]+)> <([0-9a-f]*)>")
HEADING = re.compile("/H[1-6]")
DRAWS = {b"Tj", b"TJ", b"S", b"f", b"f*", b"B", b"B*", b"s", b"b", b"Do", b"sh"}
KINDS = {
    *("/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote", "/Caption", "/NonStruct", "/P"),
    *("/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/L", "/LI", "/Lbl", "/LBody", "/Table", "/THead", "/TBody"),
    *("/TR", "/TH", "/TD", "/Span", "/Link", "/Figure"),
}
PARENTS = {  # of elements that stand in no other
    "/LI": {"/L"},
    "/Lbl": {"/LI"},
    "/LBody": {"/LI"},
    "/THead": {"/Table"},
    "/TBody": {"/Table"},
    "/TR": {"/Table", "/THead", "/TBody"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
}


class Tags:
    """The tree of tags of a PDF (a ``PdfReader``)."""

    def __init__(self, reader):
        self.reader = reader
        self.root = reader.trailer["/Root"]
        self.loose = []  # what is drawn and neither tagged nor an artifact
        self.mixed = []  # what is marked as both
        self._marked = {page.indirect_reference.idnum: self._words_of(page) for page in reader.pages}

    def elements(self, top=None, above=()):
        """Yield each element as it is read, with those above it, the nearest first."""
        for kid in _kids(top or self.root["/StructTreeRoot"]):
            if isinstance(kid, DictionaryObject) and "/S" in kid:
                yield kid, above
                yield from self.elements(kid, (kid, *above))

    def lines(self):
        """Yield (nearest element that is no span, words) as they are read, a line at a time."""
        block, height, line = None, None, ""
        for element, above in self.elements():
            for kid in (kid for kid in _kids(element) if isinstance(kid, int)):
                now = next(one for one in (element, *above) if one["/S"] not in ("/Span", "/NonStruct"))
                at, words = self._marked[element.raw_get("/Pg").idnum].pop(kid)
                if (now, at) != (block, height):
                    yield block, line
                    block, height, line = now, at, ""
                line += words
        yield block, line

    @property
    def untold(self):
        """Return the marked words that no element of those read so far (``lines``) leads to."""
        return [words for page in self._marked.values() for _, words in page.values()]

    def _words_of(self, page):
        """Return {number they are marked with: (height of their first line, words)} of a page."""
        found, within, font = {}, [], None
        for operands, operator, resources in _operations(
            page.get_contents(), page["/Resources"], self.reader
        ):
            if operator in (b"BDC", b"BMC"):
                held = operands[1] if len(operands) > 1 else {}
                within.append("artifact" if operands[0] == "/Artifact" else held.get("/MCID"))
                if "artifact" in within and any(isinstance(mark, int) for mark in within):
                    self.mixed.append(within[:])
            elif operator == b"EMC":
                within.pop()
            elif operator == b"Tf":
                font = _letters(resources["/Font"][operands[0]])
            elif operator in DRAWS and not any(mark is not None for mark in within):
                self.loose.append((operator, operands))
            number = next((mark for mark in reversed(within) if mark is not None), None)
            if isinstance(number, int):
                height, words = found.get(number, (None, ""))
                if operator == b"Tm" and height is None:
                    height = operands[5]
                elif operator in (b"Tj", b"TJ"):
                    words += _decoded(operands[0], font)
                found[number] = height, words
        return found


def _operations(contents, resources, reader):
    """Yield (operands, operator, resources) of a stream, and of what it draws in its place."""
    for operands, operator in contents.operations:
        drawn = resources["/XObject"][operands[0]] if operator == b"Do" else None
        if drawn is not None and drawn["/Subtype"] == "/Form":
            yield from _operations(ContentStream(drawn, reader), drawn["/Resources"], reader)
        else:
            yield operands, operator, resources


def _kids(element):
    kids = element.get("/K", [])
    return [kid.get_object() for kid in (kids if isinstance(kids, list) else [kids])]


def _letters(font):
    """Return what each code of a font stands for."""
    return _read(font["/ToUnicode"].get_data().decode())


@cache
def _read(table):
    return {code: bytes.fromhex(text).decode("utf-16-be") for code, text in HEX.findall(table)}


def _decoded(shown, letters):
    parts = shown if isinstance(shown, list) else [shown]
    codes = "".join(getattr(part, "original_bytes", b"").hex() for part in parts)
    return "".join(letters[codes[at : at + 4]] for at in range(0, len(codes), 4))


def faults(reader):
    """Return what a PDF breaks of the conditions that a machine can check, each as ``number: words``."""
    tags = Tags(reader)
    return [fault for check in CHECKS for fault in check(tags)]


def _content(tags):
    list(tags.lines())
    if tags.loose:
        yield f"01-005: drawn but neither tagged nor an artifact: {tags.loose[:3]}"
    if tags.mixed:
        yield f"01-003, 01-004: artifacts within tagged content or the other way round: {tags.mixed[:3]}"
    if tags.untold:
        yield f"01-005: marked, but in no element: {tags.untold[:3]}"


def _kinds(tags):
    for element, above in tags.elements():
        kind, parent = element["/S"], above[0]["/S"] if above else None
        if kind not in KINDS:
            yield f"02-001: {kind} is no standard type"
        if kind in PARENTS and parent not in PARENTS[kind]:
            yield f"09-004, 09-005: {kind} in {parent}"
        if element["/P"].get_object() != (above[0] if above else tags.root["/StructTreeRoot"]):
            yield f"09-001: {kind} names another parent"
        if kind == "/LI" and "/LBody" not in [kid["/S"] for kid in _kids(element)]:
            yield "09-005: an item of a list without a body"


def _headings(tags):
    last = 0
    for level in (
        int(element["/S"][2]) for element, _ in tags.elements() if HEADING.fullmatch(element["/S"])
    ):
        if level > last + 1:
            yield f"14-002, 14-003: H{level} after H{last}"
        last = level
    if not last:
        yield "14-001: no heading"


def _figures(tags):
    for element, _ in tags.elements():
        if element["/S"] == "/Figure" and not element.get("/Alt"):
            yield "13-004: a figure without alternative text"


def _tables(tags):
    for table in (element for element, _ in tags.elements() if element["/S"] == "/Table"):
        cells = [element for element, _ in tags.elements(table) if element["/S"] in ("/TH", "/TD")]
        heads = [cell for cell in cells if cell["/S"] == "/TH"]
        if not heads or not all(head["/A"].get("/Scope") in ("/Column", "/Row") for head in heads):
            yield "15-003: a head of a table without a scope"
        names = {head.get("/ID") for head in heads}
        if any(name not in names for cell in cells for name in cell["/A"].get("/Headers", [])):
            yield "15-003: a cell names a head that its table has not"


def _said(tags):
    root, read = tags.root, tags.reader
    xmp = root["/Metadata"].get_object().get_data().decode() if "/Metadata" in root else ""
    part = re.search(r"pdfuaid:part(?:>|=\")1", xmp)
    expected = {
        "01-007: not marked as tagged": root.get("/MarkInfo", {}).get("/Marked"),
        "04-001: tags are suspect": not root.get("/MarkInfo", {}).get("/Suspects"),
        "06-001: no metadata": xmp,
        "06-002: not said to be PDF/UA-1": part,
        "06-003: no title in the metadata": re.search("<dc:title>.*?<rdf:li[^>]*>[^<]+<", xmp, re.DOTALL),
        "07-001: the title is not shown": root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"),
        "11-006: no language": root.get("/Lang"),
        "20-001: optional content": "/OCProperties" not in root,
        "21-001: files within": "/EmbeddedFiles" not in root.get("/Names", {}),
        "25-001: a form of XFA": "/AcroForm" not in root,
        "26-001: encrypted": not read.is_encrypted,
        "29-001: scripts": "/OpenAction" not in root and "/JavaScript" not in root.get("/Names", {}),
        "bookmarks: none": read.outline,
    }
    yield from (words for words, is_met in expected.items() if not is_met)


def _pages(tags):
    numbers = tags.root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    told = dict(zip(numbers[0::2], numbers[1::2], strict=True))
    for page in tags.reader.pages:
        if page.get("/Tabs") != "/S":
            yield "28-009: tabs do not follow the tags"
        if page.get("/Annots"):
            yield "28: an annotation"
        for number, element in enumerate(told[page["/StructParents"]].get_object()):
            held = element.get_object()
            if isinstance(held, DictionaryObject) and number not in _kids(held):
                yield f"01-005: {number} of a page leads to an element that does not hold it"


def _fonts(tags):
    fonts = {font.idnum: font for page in tags.reader.pages for font in _raw(page["/Resources"]["/Font"])}
    for font in (reference.get_object() for reference in fonts.values()):
        below = font["/DescendantFonts"][0].get_object()
        described = below["/FontDescriptor"]
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described):
            yield f"31-009: {font['/BaseFont']} is not embedded"
        if below["/Subtype"] == "/CIDFontType2" and "/CIDToGIDMap" not in below:
            yield f"31-003: {font['/BaseFont']} maps no glyphs"
        if font["/Encoding"] != "/Identity-H":
            yield f"31-030: {font['/BaseFont']} lacks a letter"
        if any(not text or set(text) & set("\0\ufeff\ufffe") for text in _letters(font).values()):
            yield f"31-027: {font['/BaseFont']} has letters that stand for nothing"


def _raw(dictionary):
    return [dictionary.raw_get(name) for name in dictionary]


CHECKS = (_content, _kinds, _headings, _figures, _tables, _said, _pages, _fonts)

"""Progress notes with evidence: what a file is told by, what is refused, corrections, downloads."""

import hashlib
import struct
import zipfile
import zlib
from datetime import timedelta
from io import BytesIO, RawIOBase

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone
from docx import Document
from openpyxl import Workbook

from evaluations.actions.errors import ForeignRecord
from evaluations.actions.progress import add_progress_update
from evaluations.exporting.pdf import PdfUnavailable, pdf_of
from evaluations.importing.evidence import Evidence
from evaluations.importing.safety import MOST_UNPACKED
from evaluations.models import Action, EvidenceFile, EvidenceKind, Owner, ProgressUpdate

from . import builders
from .assertions import refused
from .base import signed_in
from .pages import Page

E = "/e/practice/"
PAGE = f"{E}recommendations/R7/"
ADD = f"{PAGE}updates/new/"
FILE = "update-file"


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


@pytest.fixture
def row(strand):
    return builders.recommendation(strand, ref="R7", title="Give parents a vote")


def note(browser, *, file=None, page=PAGE, **changes):
    """Send the form for a progress note, filled in; ``file`` is (name, content). Return the answer."""
    sent = Page(browser.get(page)).sends(ADD) | {"note": "Half way"} | changes
    del sent["file"]
    if file:
        sent["file"] = SimpleUploadedFile(*file)
    return browser.post(ADD, sent)


def notes_on(page):
    """Return the notes on a page, in order."""
    return page.with_id("h-progress").parent.parent.one("ol").all("li")


def nothing_is_there():
    return not ProgressUpdate.objects.exists() and not EvidenceFile.objects.exists()


# --- Files as programs make them ---------------------------------------------------------------------------


def saved(made):
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def packed(parts):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_part(content, name, part):
    """Return an archive with one more part, or another content of one."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return packed({old: archive.read(old) for old in archive.namelist()} | {name: part})


def with_in_part(content, name, old, new):
    """Return an archive with something in one of its parts put otherwise."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        part = archive.read(name)
    assert old in part
    return with_part(content, name, part.replace(old, new, 1))


def with_relation(content, part, kind, target, mode="External"):
    """Return an office file with one more part of relations, which holds this one."""
    relation = f'<Relationship Id="r1" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return with_part(content, part, f'<Relationships xmlns="{namespace}">{relation}</Relationships>')


def with_field(*instruction):
    """Return a Word document with a field whose instruction is cut into several runs."""
    mark = '<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
    cut = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in instruction)
    field = f"<w:p>{mark % 'begin'}{cut}{mark % 'end'}</w:p>"
    return with_in_part(WORD, "word/document.xml", b"<w:body>", b"<w:body>" + field.encode())


def with_simple_field(instruction):
    """Return a Word document with a field in one element."""
    field = f'<w:p><w:fldSimple w:instr="{instruction}"/></w:p>'
    return with_in_part(WORD, "word/document.xml", b"<w:body>", b"<w:body>" + field.encode())


def with_objects(objects, *, says=b"/Filter/FlateDecode", stream=None):
    """Return a PDF with a stream that holds objects, packed as it ``says``."""
    stream = zlib.compress(objects) if stream is None else stream
    dictionary = b"<</Type/ObjStm/N 1/First 4%s/Length %d>>" % (says, len(stream))
    packed = b"4 0 obj%sstream\n%s\nendstream\nendobj\n" % (dictionary, stream)
    return PDF.replace(b"trailer", packed + b"trailer")


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
trailer<</Root 1 0 R>>
startxref
9
%%EOF
"""
PNG_CHUNKS = [
    chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
    chunk(b"IDAT", zlib.compress(b"\0\0")),
    chunk(b"IEND", b""),
]
PNG = b"\x89PNG\r\n\x1a\n" + b"".join(PNG_CHUNKS)
JPEG_HEAD = b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")
JPEG_FRAME = segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")
JPEG_SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd0\x56"
JPEG = JPEG_HEAD + JPEG_FRAME + JPEG_SCAN + b"\xff\xd9"
WORD = saved(Document())
WORKBOOK = saved(Workbook())
SLIDES = packed({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p:presentation/>"})
TEXT = "\ufeffWe met on Monday.\r\nIt cost £5; a < b.".encode()

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "pdf": (PDF, "application/pdf", "PDF"),
    "docx": (WORD, f"{OFFICE}.wordprocessingml.document", "Word document"),
    "xlsx": (WORKBOOK, f"{OFFICE}.spreadsheetml.sheet", "Excel workbook"),
    "pptx": (SLIDES, f"{OFFICE}.presentationml.presentation", "PowerPoint slides"),
    "png": (PNG, "image/png", "Picture (PNG)"),
    "jpg": (JPEG, "image/jpeg", "Picture (JPEG)"),
    "txt": (TEXT, "text/plain; charset=utf-8", "Text"),
}


def test_every_kind_of_evidence_is_tried_here():
    assert set(KINDS) == set(EvidenceKind.values)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_kept_with_its_note_and_comes_back_as_it_was(lead, reviewer, row, kind):
    content, content_type, words = KINDS[kind]

    answer = note(lead, file=(f"Minutes of May.{kind.upper()}", content))

    assert answer.url == PAGE
    file = EvidenceFile.objects.get()
    assert (file.update, file.evaluation) == (ProgressUpdate.objects.get(), row.evaluation)
    assert (file.kind, file.name) == (kind, f"Minutes of May.{kind}")
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    (shown,) = notes_on(Page(reviewer.get(PAGE)))
    assert words in shown.words
    sent = reviewer.get(shown.one("a")["href"])
    assert (sent.status_code, sent.content) == (200, content)
    assert sent["Content-Type"] == content_type
    assert sent["Content-Disposition"] == f'attachment; filename="Minutes of May.{kind}"'
    assert sent["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Cache-Control"] == "no-store"


TOLD = {"pdf": PDF, "docx": WORD, "jpg": JPEG, "txt": b"Agreed."}


@pytest.mark.parametrize(("kind", "content"), TOLD.items(), ids=TOLD)  # names: bytes of a zip tell the time
def test_the_content_says_what_a_file_is_and_not_its_name(lead, row, kind, content):
    note(lead, file=("setup.exe", content))

    assert EvidenceFile.objects.get().name == f"setup.{kind}"


def test_a_table_of_text_is_kept_as_text(lead, row):
    note(lead, file=("=cmd.csv", b"Month,Families\nMay,12\n"))

    assert (EvidenceFile.objects.get().kind, EvidenceFile.objects.get().name) == ("txt", "=cmd.txt")


@pytest.mark.parametrize("whole", [PNG, JPEG], ids=["PNG", "JPEG"])
def test_what_stands_behind_the_end_of_a_picture_is_left_out(lead, row, whole):
    note(lead, file=("photo", whole + b"PK\x03\x04<script>alert(1)</script>"))

    assert bytes(EvidenceFile.objects.get().content) == whole


def test_a_pdf_may_end_with_white_space_and_speak_of_launches(lead, row):
    content = PDF.replace(b"/Count 1", b"/Count 1/LaunchDate 3/Title(A JavaScript course)") + b"\r\n \n"

    assert note(lead, file=("a.pdf", content)).status_code == 302


def linked_document():
    """Return a Word document with a link, which is a relation to the outside."""
    document = Document()
    document.part.relate_to("https://example.org/a", f"{RELATIONS}/hyperlink", is_external=True)
    return saved(document)


def linked_workbook():
    book = Workbook()
    book.active["A1"].hyperlink = "https://example.org/a"
    return saved(book)


LINKED_PAGE = '<h1>Minutes</h1><h2>May</h2><p>See <a href="https://example.org/">the page</a>'
OWN_TEMPLATE = "file:///C:\\Users\\kim\\AppData\\Roaming\\Microsoft\\Templates\\Report.dotx"
SETTINGS = "word/_rels/settings.xml.rels"
OUTLINES = b"1 0 <</Type/Outlines/First 7 0 R/Title(JavaScript \\(a course\\))>>"
PICTURE = b"5 0 obj<</Subtype/Image/Filter/DCTDecode/DecodeParms<</K 1>>>>stream\n\xff\xd8\nendstream endobj "
ORDINARY = {
    "a document with a link": linked_document(),
    "a workbook with a link": linked_workbook(),
    "a document of a template on its writer's disk": with_relation(
        WORD, SETTINGS, "attachedTemplate", OWN_TEMPLATE
    ),
    "slides with a film on the web": with_relation(
        SLIDES, "ppt/slides/_rels/slide1.xml.rels", "video", "https://example.org/film"
    ),
    "slides with the table of a chart": with_part(SLIDES, "ppt/embeddings/Sheet1.xlsx", WORKBOOK),
    "a document with its contents": with_field("TOC \\o", " &quot;1-3&quot;"),
    "a field with a link": with_field('HYPERLINK "https://example.org/dde" '),
    "a simple field": with_simple_field("PAGE"),
    "a PDF with packed objects": with_objects(OUTLINES),
    "a PDF with packed objects and a picture": with_objects(OUTLINES).replace(
        b"4 0 obj", PICTURE + b"4 0 obj"
    ),
    "a PDF with objects that are not packed": with_objects(b"", says=b"", stream=OUTLINES),
}


@pytest.mark.parametrize("content", ORDINARY.values(), ids=ORDINARY)
def test_what_ordinary_programs_write_is_kept(lead, row, content):
    assert note(lead, file=("a", content)).url == PAGE
    assert bytes(EvidenceFile.objects.get().content) == content


def test_a_page_printed_as_a_pdf_is_kept(lead, row):
    try:
        content = pdf_of(LINKED_PAGE)
    except PdfUnavailable:
        pytest.skip("no Pango found: docs/deploy.md says what to install")
    assert b"/ObjStm" in content

    assert note(lead, file=("a.pdf", content)).url == PAGE


# --- Files that are refused --------------------------------------------------------------------------------

HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BOMB = {"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b" " * (MOST_UNPACKED + 1)}
HALF_A_BOMB = BOMB | {"ppt/presentation.xml": b" " * (MOST_UNPACKED // 2 + 1)}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
MACROS = b'<Types><Override ContentType="...presentation.macroEnabled.main+xml"/></Types>'
BROKEN_PICTURE = "This picture is cut off or damaged."
WEB_PAGE = "This is the code of a web page or drawing"
NOT_KEPT = "a kind that is not kept as evidence. Send PDF, Word, Excel, PowerPoint, PNG, JPEG or plain text"
PDF_PROGRAM = "This PDF holds a program. It was not opened."
TAKES_IN = "This file takes in another file when it is opened"
DDE = "This file holds a field or a link (DDE) that can start a program."
INSIDE = "This file holds another file that cannot be looked through."
UNREADABLE = "This PDF is damaged, or packed in a way that cannot be looked through. Print it as a PDF"
SCRIPT = b"1 0 <</S/JavaScript/JS(app.alert\\(1\\))>>"
EXTERNAL_LINK = "xl/externalLinks/externalLink1.xml"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DDE_LINK = f'<externalLink xmlns="{SHEETS}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
# A reader that starts at 4 0 sees a stream of objects; what is nearest to the stream looks like a plain one.
DISGUISED = b"/Filter/FlateDecode/X%s\nendobj\n9 0 obj\n<</Length 3>>"


def inside(content, name="word/embeddings/a.docx", *, of=WORD):
    """Return an office file that holds another."""
    return with_part(of, name, content)


EMPTY_OBJECTS = b"obj<</First 1/Filter/FlateDecode>>stream\n" + zlib.compress(b"")

PACKED = {
    "a script": ("a.pdf", with_objects(SCRIPT), PDF_PROGRAM),
    "a script, hidden": ("a.pdf", with_objects(SCRIPT.replace(b"Java", b"J#61va")), PDF_PROGRAM),
    "a command": ("a.pdf", with_objects(b"1 0 <</S/Launch/F(a.exe)>>"), "starts a program"),
    "a file": ("a.pdf", with_objects(b"1 0 <</EmbeddedFiles 5 0 R>>"), "another file"),
    "an attached file": ("a.pdf", with_objects(b"1 0 <</Subtype/FileAttachment>>"), "another file"),
    "a form of programs": ("a.pdf", with_objects(b"1 0 <</XFA 5 0 R>>"), PDF_PROGRAM),
    "a film": ("a.pdf", with_objects(b"1 0 <</S/Rendition/JS(x)>>"), PDF_PROGRAM),
    "behind a comment": (
        "a.pdf",
        with_objects(SCRIPT).replace(b"4 0 obj", b"4 0 obj%obj<<>>\r"),
        PDF_PROGRAM,
    ),
    "without a type": ("a.pdf", with_objects(SCRIPT).replace(b"/Type/ObjStm", b""), PDF_PROGRAM),
    "under another spelling": (
        "a.pdf",
        with_objects(SCRIPT).replace(b"/Type/ObjStm", b"").replace(b"/First", b"/F#69rst"),
        UNREADABLE,
    ),
    "in a text": ("a.pdf", with_objects(SCRIPT, says=DISGUISED % b"(" + b")"), UNREADABLE),
    "in a broken text": ("a.pdf", with_objects(SCRIPT, says=DISGUISED % b"<"), UNREADABLE),
    "in digits": (
        "a.pdf",
        with_objects(b"", says=b"/Filter/ASCIIHexDecode", stream=SCRIPT.hex().encode()),
        UNREADABLE,
    ),
    "twice": (
        "a.pdf",
        with_objects(zlib.compress(SCRIPT), says=b"/Filter[/FlateDecode/FlateDecode]"),
        UNREADABLE,
    ),
    "as differences": (
        "a.pdf",
        with_objects(SCRIPT, says=b"/Filter/FlateDecode/DecodeParms<</Predictor 12>>"),
        UNREADABLE,
    ),
    "elsewhere": ("a.pdf", with_objects(SCRIPT, says=b"/Filter 5 0 R"), UNREADABLE),
    "cut off": ("a.pdf", with_objects(b"", stream=zlib.compress(SCRIPT)[:-9]), UNREADABLE),
    "without an end of line": (
        "a.pdf",
        with_objects(SCRIPT).replace(b"stream\nx", b"streamx"),
        UNREADABLE,
    ),
    "a password": (
        "a.pdf",
        PDF.replace(b"<</Root", b"<</Encrypt 5 0 R/Root"),
        "This PDF is protected with a password. Save it without one",
    ),
    "a bomb": ("a.pdf", with_objects(b" " * (MOST_UNPACKED + 1)), "This file unpacks to more than 60 MB"),
    "very many": (
        "a.pdf",
        PDF.replace(b"trailer", EMPTY_OBJECTS * 16_000 + b"trailer"),
        "This file unpacks to more than 60 MB",
    ),
}
REACHING = {
    "a template on the web": (
        "a.docx",
        with_relation(WORD, SETTINGS, "attachedTemplate", "https://example.org/a.dotm"),
        TAKES_IN,
    ),
    "a template on another machine": (
        "a.docx",
        with_relation(WORD, SETTINGS, "attachedTemplate", r"file:///\\example.org\a.dotm"),
        TAKES_IN,
    ),
    "a template, spelt otherwise": (
        "a.docx",
        with_relation(WORD, SETTINGS, "attached&#84;emplate ", "https://example.org/a.dotm", " &#69;xternal"),
        TAKES_IN,
    ),
    "an object": (
        "a.pptx",
        with_relation(SLIDES, "ppt/_rels/a.rels", "oleObject", "https://example.org/a"),
        TAKES_IN,
    ),
    "a frame": ("a.docx", with_relation(WORD, SETTINGS, "frame", "https://example.org/a"), TAKES_IN),
    "a chunk": ("a.docx", with_relation(WORD, SETTINGS, "aFChunk", "a.rtf", "Internal"), TAKES_IN),
    "relations that are broken": (
        "a.docx",
        with_part(WORD, SETTINGS, b"<Relationship Type='a'>"),
        "This file is damaged: it cannot be read.",
    ),
    "a field": ("a.docx", with_field(r"DDEAUTO c:\\windows\\cmd.exe &quot;/c calc&quot;"), DDE),
    "a field of another kind": ("a.docx", with_field(" dde cmd"), DDE),
    "a field in pieces": ("a.docx", with_field(" DD", "EAU", "TO cmd"), DDE),
    "a simple field": ("a.docx", with_simple_field(" DDEAUTO cmd"), DDE),
    "a link to a program": ("a.xlsx", with_part(WORKBOOK, EXTERNAL_LINK, DDE_LINK), DDE),
    "a link in UTF-16": ("a.xlsx", with_part(WORKBOOK, EXTERNAL_LINK, DDE_LINK.encode("utf-16")), DDE),
    "very many formats": (
        "a.docx",
        with_part(WORD, "word/a.xml", b"<a><fldSimple/>" + b"<b/>" * 1_500_000 + b"</a>"),
        "This file holds far more formats than a report needs.",
    ),
}
NESTED = {
    "an archive with a program": ("a.docx", inside(packed({"a.exe": b"MZ\x90\0"})), "holds a program"),
    "an archive with a script": ("a.docx", inside(packed({"a.js": b"alert(1)"})), INSIDE),
    "an archive called a picture": ("a.docx", inside(packed({"a": b""}), "word/media/a.png"), INSIDE),
    "macros": ("a.docx", inside(with_part(WORD, "word/vbaProject.bin", OLE)), "This file holds macros"),
    "a document with a program": ("a.docx", inside(with_part(WORD, "word/a", b"MZ")), "holds a program"),
    "a document with a field": ("a.pptx", inside(with_field("DDE cmd"), of=SLIDES), DDE),
    "a document in a document": ("a.docx", inside(inside(WORD)), INSIDE),
    "a bomb": ("a.docx", inside(packed(BOMB)), "This file unpacks to more than 60 MB"),
    "two that are a bomb together": (
        "a.docx",
        inside(packed(HALF_A_BOMB), "word/b.pptx", of=inside(packed(HALF_A_BOMB))),
        "This file unpacks to more than 60 MB",
    ),
}

HOSTILE = {
    "empty": ("a.pdf", b"", "This file is empty."),
    "only white space": ("a.txt", b" \n\t ", "There is nothing in this file."),
    "too large": ("a.pdf", b"%PDF-" + b"\0" * (10 * 1024 * 1024), "This file is 10 MB; the most is 10 MB."),
    "HTML named .pdf": ("a.pdf", HTML, WEB_PAGE),
    "HTML further down": ("a.txt", b"Dear all,\n<SCRIPT >alert(1)</script>", WEB_PAGE),
    "HTML behind white space": ("a.txt", b"\xef\xbb\xbf \n<b>Hello</b>", WEB_PAGE),
    "SVG with a script": ("drawing.svg", SVG, WEB_PAGE),
    "SVG named .png": ("drawing.png", SVG, WEB_PAGE),
    "a picture that runs a script": ("a.txt", b"See <img src=x onerror=alert(1)>", WEB_PAGE),
    "a program": ("a.pdf", b"MZ\x90\0" + b"\0" * 200, "This is a program, whatever its name says."),
    "a script": ("a.txt", b"#!/bin/sh\nrm -rf /\n", "This is a program"),
    "text in another code": ("a.txt", "Café".encode("latin-1"), NOT_KEPT),
    "text in UTF-16": ("a.txt", "Hello".encode("utf-16"), NOT_KEPT),
    "text with control characters": ("a.txt", b"Hello\x1b[2J", NOT_KEPT),
    "another kind of picture": ("a.gif", b"GIF89a\1\0\1\0\0\0\0;", NOT_KEPT),
    "an old or protected Office file": ("a.doc", OLE, "an older or a password-protected Office file"),
    "an empty archive": ("a.docx", b"PK\x05\x06" + b"\0" * 18, NOT_KEPT),
    "an archive of something else": (
        "a.zip",
        packed({"a.txt": b"Hello"}),
        "no Word, Excel or PowerPoint file",
    ),
    "a document without types": ("a.docx", packed({"word/document.xml": b"<w/>"}), "no Word, Excel or"),
    "two documents in one": ("a.docx", with_part(WORD, "xl/workbook.xml", b"<w/>"), "no Word, Excel or"),
    "a zip bomb": ("a.pptx", packed(BOMB), "This file unpacks to more than 60 MB"),
    "a cut-off document": ("a.docx", WORD[:-200], "This file is damaged"),
    "macros": ("a.xlsx", with_part(WORKBOOK, "xl/vbaProject.bin", b"\0"), "This file holds macros"),
    "slides with macros": ("a.pptx", with_part(SLIDES, "[Content_Types].xml", MACROS), "holds macros"),
    "a program inside": ("a.docx", with_part(WORD, "word/media/a.png", b"MZ\x90\0"), "holds a program"),
    "an object inside": ("a.pptx", with_part(SLIDES, "ppt/embeddings/a.bin", OLE), "holds another file"),
    "entities": ("a.docx", with_part(WORD, "word/a.xml", b"<!DOCTYPE a>"), "no office program writes"),
    "a PDF behind something": ("a.pdf", b"\xff" + PDF, NOT_KEPT),
    "a PDF without an end": ("a.pdf", PDF.replace(b"%%EOF", b""), "its end is missing"),
    "a PDF with HTML behind it": ("a.pdf", PDF + HTML, "its end is missing"),
    "a PDF with a script": ("a.pdf", PDF.replace(b"/Pages 2", b"/S/JavaScript/Pages 2"), PDF_PROGRAM),
    "a PDF that hides it": ("a.pdf", PDF.replace(b"/Pages 2", b"/S/J#61vaS#63ript /Pages 2"), PDF_PROGRAM),
    "a PDF that starts programs": (
        "a.pdf",
        PDF.replace(b"/Pages 2", b"/Launch<<>>/Pages 2"),
        "starts a program",
    ),
    "a PDF with a file": ("a.pdf", PDF.replace(b"/Pages 2", b"/EmbeddedFile/Pages 2"), "holds another file"),
    "a PDF with files": ("a.pdf", PDF.replace(b"/Pages 2", b"/EmbeddedFiles[]/Pages 2"), "another file"),
    "a PNG cut off": ("a.png", PNG[:-12], BROKEN_PICTURE),
    "a PNG with a wrong sum": ("a.png", PNG[:-1] + b"\0", BROKEN_PICTURE),
    "a PNG without a picture": ("a.png", PNG.replace(PNG_CHUNKS[1], b""), BROKEN_PICTURE),
    "a PNG without a head": ("a.png", PNG.replace(PNG_CHUNKS[0], b""), BROKEN_PICTURE),
    "a PNG that is text": ("a.png", PNG[:8] + HTML, BROKEN_PICTURE),
    "a JPEG cut off": ("a.jpg", JPEG[:-2], BROKEN_PICTURE),
    "a JPEG cut off in a segment": ("a.jpg", JPEG_HEAD[:-3], BROKEN_PICTURE),
    "a JPEG without a scan": ("a.jpg", JPEG_HEAD + JPEG_FRAME + b"\xff\xd9", BROKEN_PICTURE),
    "a JPEG without a frame": ("a.jpg", JPEG_HEAD + JPEG_SCAN + b"\xff\xd9", BROKEN_PICTURE),
    "a JPEG that is text": ("a.jpg", JPEG_HEAD + HTML + JPEG_FRAME + JPEG_SCAN + b"\xff\xd9", BROKEN_PICTURE),
}


ALL_HOSTILE = HOSTILE | {
    f"{where}: {what}": sent
    for where, kind in (("packed in a PDF", PACKED), ("reaching out", REACHING), ("nested", NESTED))
    for what, sent in kind.items()
}


@pytest.mark.parametrize(("name", "content", "message"), ALL_HOSTILE.values(), ids=ALL_HOSTILE)
def test_a_hostile_file_is_refused_at_its_field_and_leaves_nothing_behind(lead, row, name, content, message):
    form = {"date": "1 May 2024", "note": "What I typed", "file": SimpleUploadedFile(name, content)}

    page = refused(lead.post(ADD, form), FILE, message)
    assert page.sends(ADD)["note"] == "What I typed"
    assert nothing_is_there()


class LongBody(RawIOBase):
    """The body of a request with many zeros in the middle, which is never in memory as a whole."""

    def __init__(self, head, zeros, tail):
        self.head, self.zeros, self.tail, self.at = head, zeros, tail, 0
        self.length = len(head) + zeros + len(tail)

    def readinto(self, buffer):
        """Put the next piece into a buffer and return its length."""
        after = self.at - len(self.head)
        if after < 0:
            piece = self.head[self.at :][: len(buffer)]
        elif after < self.zeros:
            piece = bytes(min(len(buffer), self.zeros - after))
        else:
            piece = self.tail[after - self.zeros :][: len(buffer)]
        buffer[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)


def test_200_megabytes_are_refused_with_their_size_and_leave_nothing_behind(lead, row):
    sent = Page(lead.get(PAGE)).sends(ADD) | {
        "note": "What I typed",
        "file": SimpleUploadedFile("film.pdf", b"%PDF-HERE"),
    }
    head, tail = encode_multipart(BOUNDARY, sent).split(b"HERE")
    body = LongBody(head, 200 * 1024 * 1024, tail)

    answer = lead.request(
        REQUEST_METHOD="POST",
        PATH_INFO=ADD,
        CONTENT_TYPE=MULTIPART_CONTENT,
        CONTENT_LENGTH=str(body.length),
        **{"wsgi.input": body},
    )

    page = refused(answer, FILE, "This file is 200 MB; the most is 10 MB.")
    assert page.sends(ADD)["note"] == "What I typed"
    assert nothing_is_there()


@pytest.mark.parametrize(
    "path", ["../../etc/minutes.pdf", r"..\..\minutes.pdf", "/minutes.pdf", "minutes/", ".."]
)
def test_a_path_in_the_name_is_refused_and_leaves_nothing_behind(lead, row, path):
    sent = Page(lead.get(PAGE)).sends(ADD) | {"note": "x", "file": SimpleUploadedFile("NAME.pdf", PDF)}
    body = encode_multipart(BOUNDARY, sent).replace(b'filename="NAME.pdf"', f'filename="{path}"'.encode())

    answer = lead.generic("POST", ADD, body, content_type=MULTIPART_CONTENT)

    refused(answer, FILE, "The name of this file holds the path of a folder.")
    assert nothing_is_there()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Report 3.5.PDF", "Report 3.5.pdf"),
        ("Report 3.5", "Report 3.5.pdf"),
        ("report.pdf.exe", "report.pdf.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ("a\x00b\x07c\u200b.pdf", "abc.pdf"),
        ("  two   words . pdf", "two words . pdf.pdf"),
        (".pdf", "evidence.pdf"),
        ("x" * 240 + ".pdf", "x" * 156 + ".pdf"),
        ("Cafe\u0301 ☕.pdf", "Café ☕.pdf"),
    ],
)
def test_the_name_that_is_kept_shows_what_the_file_is(lead, row, name, kept):
    note(lead, file=(name, PDF))

    file = EvidenceFile.objects.get()
    assert file.name == kept
    sent = lead.get(f"{E}evidence/{file.pk}/")
    assert sent["Content-Disposition"].isascii()
    assert "\n" not in sent["Content-Disposition"]


def test_a_name_in_other_letters_is_sent_as_browsers_read_it(lead, row):
    file = builders.evidence(builders.progress_update(row), name='Über "uns".txt')

    said = lead.get(f"{E}evidence/{file.pk}/")["Content-Disposition"]

    assert said == "attachment; filename*=utf-8''%C3%9Cber%20%22uns%22.txt"


# --- The form ----------------------------------------------------------------------------------------------


def test_the_form_says_what_may_be_sent_before_anything_is(lead, row):
    page = Page(lead.get(PAGE))

    form = page.with_id(FILE)
    assert form["data-largest"] == str(10 * 1024 * 1024)
    assert form["accept"] == ".pdf,.docx,.xlsx,.pptx,.png,.jpg,.jpeg,.txt"
    (sending,) = [form for form in page.all("form") if form.get("action") == ADD]
    assert sending["enctype"] == "multipart/form-data"
    said = page.with_id("div_id_file") if "div_id_file" in page.ids else page.with_id(f"div_{FILE}")
    assert "PDF, Word, Excel, PowerPoint, PNG, JPEG or plain text, of up to 10 MB." in said.words


def test_when_something_else_is_wrong_the_page_asks_for_the_file_again(lead, row):
    answer = note(lead, file=("a.pdf", PDF), note="", evidence_link="https://example.org/a")

    page = refused(answer, "update-note", "Say what happened.")
    assert "Choose this file again" in page.message_at(FILE)
    assert page.sends(ADD)["evidence_link"] == "https://example.org/a"
    assert nothing_is_there()


def test_a_note_can_be_about_one_of_the_actions(lead, row, strand):
    on = {"evaluation": row.evaluation, "recommendation": row}
    action = Action.objects.create(text="Ask the board", **on)
    gone = Action.objects.create(text="Drop the board", removed_at=timezone.now(), **on)
    other = Action.objects.create(
        text="Elsewhere", evaluation=row.evaluation, recommendation=builders.recommendation(strand)
    )
    choices = [option.words for option in Page(lead.get(PAGE)).with_id("update-action").all("option")]
    assert choices == ["The recommendation as a whole", "Ask the board"]

    note(lead, action=action.pk)

    update = ProgressUpdate.objects.get()
    assert update.action == action
    assert "About the action “Ask the board”" in notes_on(Page(lead.get(PAGE)))[0].words
    for key in (gone.pk, other.pk):
        refused(note(lead, action=key), "update-action", "Select a valid choice.")
    action.removed_at = timezone.now()
    action.save()
    assert "“Ask the board”, since removed" in notes_on(Page(lead.get(PAGE)))[0].words
    refused(note(lead, action=action.pk), "update-action", "Select a valid choice.")


def test_without_actions_a_note_is_about_the_recommendation_and_is_not_asked(lead, row):
    assert "action" not in Page(lead.get(PAGE)).sends(ADD)


def test_the_button_pressed_twice_adds_one_note(lead, row):
    for _ in range(2):
        assert note(lead, file=("a.pdf", PDF)).url == PAGE

    assert (ProgressUpdate.objects.count(), EvidenceFile.objects.count()) == (1, 1)
    note(lead, file=("a.pdf", PDF.replace(b"9 9", b"8 8")))
    note(lead)
    assert (ProgressUpdate.objects.count(), EvidenceFile.objects.count()) == (3, 2), (
        "those say something else"
    )
    ProgressUpdate.objects.update(at=timezone.now() - timedelta(minutes=2))
    note(lead)
    assert ProgressUpdate.objects.count() == 4, "the same said again later is another note"


def test_without_a_note_the_page_says_what_to_do(lead, reviewer, row):
    told = "No progress note yet. Add the first one below: what happened, and what shows it."
    assert told in Page(lead.get(PAGE)).words
    page = Page(reviewer.get(PAGE))
    assert "No progress note yet." in page.words
    assert "Add the first one below" not in page.words


# --- Corrections -------------------------------------------------------------------------------------------


def test_a_correction_is_a_note_of_its_own_and_both_name_each_other(lead, reviewer, row, cast):
    action = Action.objects.create(evaluation=row.evaluation, recommendation=row, text="Ask the board")
    earlier = builders.progress_update(row, note="Twelve came", author=cast.leigh, action=action)
    (address,) = Page(lead.get(PAGE)).links("Correct this note of 3 May 2024")
    page = Page(lead.get(address))
    assert address.endswith("#h-note")
    assert page.with_id("h-note").words == "Correct the note of 3 May 2024"
    assert page.links("Add a new note instead") == [f"{PAGE}#h-note"]
    sent = page.sends(ADD)
    assert (sent["note"], sent["date"], sent["action"]) == ("Twelve came", "3 May 2024", str(action.pk))

    note(lead, page=address, note="Eleven came")

    page = Page(reviewer.get(PAGE))
    newer, older = notes_on(page)
    today = timezone.localdate()
    assert "Corrects the note of 3 May 2024" in newer.words
    assert "Eleven came" in newer.words
    assert f"Corrected on {today.day} {today:%B %Y}" in older.words
    assert "Twelve came" in older.words
    assert [link["href"] for link in newer.all("a")] == [f"#{older['id']}"]
    assert [link["href"] for link in older.all("a")] == [f"#{newer['id']}"]
    earlier.refresh_from_db()
    assert (earlier.note, earlier.corrections.get().note) == ("Twelve came", "Eleven came")


def test_a_correction_that_is_not_accepted_stays_one(lead, row):
    earlier = builders.progress_update(row)

    answer = note(lead, page=f"{PAGE}?corrects={earlier.pk}", note="")

    page = refused(answer, "update-note", "Say what happened.")
    assert page.with_id("h-note").words == "Correct the note of 3 May 2024"
    assert page.sends(ADD)["corrects"] == str(earlier.pk)


def test_only_a_note_of_the_same_recommendation_can_be_corrected(lead, row, strand):
    other = builders.progress_update(builders.recommendation(strand))
    for unknown in (other.pk, "x", ""):
        page = Page(lead.get(f"{PAGE}?corrects={unknown}"))
        assert page.with_id("h-note").words == "Add a progress note"
        assert page.sends(ADD)["corrects"] == ""

    answer = note(lead, corrects=other.pk)

    assert "Select a valid choice." in Page(answer).one(class_="error-summary").words
    assert not row.updates.exists()


# --- Who wrote it, who may have it -------------------------------------------------------------------------


def test_a_note_through_a_private_link_says_whose(reviewer, row):
    owner = Owner.objects.create(evaluation=row.evaluation, name="Family hubs")
    file = Evidence("a.txt", EvidenceKind.TEXT, b"Agreed.")

    update = add_progress_update(
        recommendation=row,
        fields={"date": timezone.localdate(), "note": "Done", "evidence_link": ""},
        by=None,
        through=owner,
        file=file,
    )

    assert (update.author, update.owner, update.files.get().name) == (None, owner, "a.txt")
    assert "Family hubs, by private link" in notes_on(Page(reviewer.get(PAGE)))[0].words


def test_a_note_names_nothing_of_another_recommendation(row, strand, cast):
    other = builders.recommendation(strand)
    action = Action.objects.create(evaluation=row.evaluation, recommendation=other, text="Elsewhere")
    named = {"action": action, "corrects": builders.progress_update(other)}
    stranger = builders.evaluation()
    elsewhere = Owner.objects.create(evaluation=stranger, name="Somebody else")
    fields = {"date": timezone.localdate(), "note": "x", "evidence_link": ""}
    for beside in ({name: value} for name, value in (named | {"through": elsewhere}).items()):
        with pytest.raises(ForeignRecord):
            add_progress_update(recommendation=row, fields=fields, by=cast.leigh, **beside)
    assert not row.updates.exists()


def test_a_note_whose_file_cannot_be_stored_is_not_stored_either(row, cast, monkeypatch):
    def full(**fields):
        raise OSError("The disk is full")

    monkeypatch.setattr(EvidenceFile.objects, "create", full)
    fields = {"date": timezone.localdate(), "note": "x", "evidence_link": ""}
    with pytest.raises(OSError, match="disk"):
        add_progress_update(
            recommendation=row, fields=fields, by=cast.leigh, file=Evidence("a.txt", "txt", b"a")
        )
    assert nothing_is_there()


def test_evidence_of_another_evaluation_is_not_there(lead, cast, row):
    file = builders.evidence(builders.progress_update(row))
    other = builders.evaluation(slug="other")
    builders.member(other, cast.leigh, "lead")

    assert lead.get(f"/e/other/evidence/{file.pk}/").status_code == 404
    assert lead.get(f"{E}evidence/{file.pk}/").status_code == 200
    assert signed_in(cast.sam).get(f"{E}evidence/{file.pk}/").status_code == 404


def test_a_page_of_notes_does_not_read_their_files(lead, row, django_assert_max_num_queries):
    for _ in range(3):
        builders.evidence(builders.progress_update(row), content=b"never read" * 100)

    with django_assert_max_num_queries(60) as queries:
        lead.get(PAGE)

    assert not any('"evaluations_evidencefile"."content"' in query["sql"] for query in queries)

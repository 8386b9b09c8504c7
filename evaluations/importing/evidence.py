"""Telling what an evidence file is by its content, and refusing what could do harm to who opens it.

Evidence is kept as it is and opened by others, on their own machines: so only kinds that are plainly what
they say are taken, and only where no program, no other file and nothing that fetches or starts one was found.
What cannot be looked into is refused: a file with a password, a PDF whose objects are packed in an unusual
way, and inside an office file all files but office files, and those one deep. This is no virus scanner: links
that people follow themselves, pictures and fonts are not judged. Names of files decide nothing.
"""

import re
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO

from evaluations.models import EvidenceFile, EvidenceKind
from evaluations.text import normalise

from .problems import Refused
from .safety import (
    ARCHIVE,
    CHUNK,
    DOCUMENT,
    MOST_UNPACKED,
    OLD_OFFICE,
    PROGRAMS,
    WORKBOOK,
    Reach,
    check_start,
    parts_of_archive,
    unpacks_too_far,
)

ENDINGS = ".pdf,.docx,.xlsx,.pptx,.png,.jpg,.jpeg,.txt"
LONGEST_NAME = EvidenceFile._meta.get_field("name").max_length
KINDS = "PDF, Word, Excel, PowerPoint, PNG, JPEG or plain text (UTF-8)"
SAVE_AS = "Save it as a PDF, or as .docx, .xlsx or .pptx without a password, and send that."
MAIN_PARTS = {
    DOCUMENT: EvidenceKind.WORD,
    WORKBOOK: EvidenceKind.WORKBOOK,
    "ppt/presentation.xml": EvidenceKind.SLIDES,
}
TYPES_PART = "[Content_Types].xml"
# What a file inside a file counts as at least, a stream too, so that very many small ones are too many.
LEAST_PART = 4096

PDF = b"%PDF-"
PDF_SPACE = b"\0\t\n\f\r "
PDF_NAMES = {
    "JavaScript": "a program",
    "Launch": "a command that starts a program",
    "EmbeddedFile": "another file",
    "EmbeddedFiles": "another file",
    "FileAttachment": "another file",
    "RichMedia": "another file",
    "Rendition": "a program",
    "XFA": "a program",
}


def _pdf_name(name):
    """Return what finds a name in a PDF, where ``#4a`` may stand for J; it ends before a delimiter."""
    spelled = "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name)
    return rf"/{spelled}(?=[\0\t\n\f\r ()<>\[\]{{}}/%]|\Z)".encode()


def _pdf_dictionary(depth=12):
    """Return the grammar of a dictionary in a PDF; one nested deeper than any program writes is not found."""
    gap = rb"%[^\r\n]*+[\r\n]"
    text, dictionary = rb"(?!)", rb"(?!)"
    for _ in range(depth):
        text = rb"\((?:[^()\\]++|\\.|" + text + rb")*+\)"
    for _ in range(depth):
        inside = rb"[^()<>%]++|" + gap + rb"|" + text + rb"|<[0-9A-Fa-f\0\t\n\f\r ]*+>|" + dictionary
        dictionary = rb"<<(?:" + inside + rb")*+>>"
    return dictionary


PDF_HARM = [(re.compile(_pdf_name(name)), what) for name, what in PDF_NAMES.items()]
PDF_LOCK = re.compile(_pdf_name("Encrypt"))
# Every reader of PDFs takes a stream for objects only where its dictionary has ``/First``.
PDF_PACKED = re.compile(_pdf_name("First") + rb"|" + _pdf_name("ObjStm"))
PDF_PACKED_NAMES = set(b"Type ObjStm N First Length DL Extends Filter FlateDecode".split())
PDF_ANY_NAME = re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]*)")
PDF_GAP = rb"(?:[\0\t\n\f\r ]|%[^\r\n]*+[\r\n])*+"
PDF_START = re.compile(rb"obj(?=[\0\t\n\f\r %<])")
# What follows "obj": perhaps a dictionary, and perhaps a stream behind that.
PDF_OBJECT = re.compile(
    rb"obj" + PDF_GAP + rb"(" + _pdf_dictionary() + rb")?+" + PDF_GAP + rb"(stream *+(?:\r\n?|\n)?+)?",
    re.DOTALL,
)

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
JPEG_END = 0xD9
JPEG_SCAN = 0xDA
JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# The next marker behind a picture's data: in the data, FF is followed by 00 or by a restart marker.
JPEG_MARKER = re.compile(rb"\xff(?=[^\0\xd0-\xd7\xff])")

MARKUP = re.compile(
    r"\A\s*<[a-z!?/]|<(?:(?:!doctype|\?xml|html|body|script|svg|iframe)\b|img\s)", re.IGNORECASE
)
PLAIN_CONTROLS = "\t\n\r\f"
ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}\Z")
# Categories of control and direction characters, and of what has no shape.
UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True)
class Evidence:
    """A file that was looked through: its name for people, its ``EvidenceKind``, its bytes."""

    name: str
    kind: EvidenceKind
    content: bytes


def read_evidence(sent_as, content):
    """Return the ``Evidence`` in a file's bytes. Raises Refused, with a reason in plain words.

    ``sent_as`` is its name as it was sent. What follows the end of a picture is left out.
    """
    check_start(content, advice=SAVE_AS)
    if re.search(r"[/\\]|\A\.\.?\Z", sent_as):
        raise Refused(
            "The name of this file holds the path of a folder. Give it a plain name and send it again."
        )
    kind, content = _kind_of(content)
    return Evidence(_name(sent_as, kind), kind, content)


def _kind_of(content):
    """Return ``(kind, content)``, the content of a picture up to its end."""
    if content.startswith(PDF):
        return _pdf(content), content
    if content.startswith(ARCHIVE):
        return _office(content), content
    if content.startswith(PNG):
        return EvidenceKind.PNG, content[: _end_of_png(content)]
    if content.startswith(JPEG):
        return EvidenceKind.JPEG, content[: _end_of_jpeg(content)]
    return _text(content), content


def _pdf(content):
    if not content.rstrip(PDF_SPACE).endswith(b"%%EOF"):
        raise Refused("This PDF is cut off or damaged: its end is missing. Save it again and send that.")
    if PDF_LOCK.search(content):
        raise Refused("This PDF is protected with a password. Save it without one and send that.")
    _check_pdf(content)
    if PDF_PACKED.search(content):
        _check_packed(content)
    return EvidenceKind.PDF


def _check_pdf(content):
    for name, what in PDF_HARM:
        if name.search(content):
            raise Refused(f"This PDF holds {what}. It was not opened. Print it as a PDF and send that.")


def _check_packed(content):
    """Unpack the streams of a PDF that hold objects, and look through those; pictures and pages hold none.

    A reader may start at any "obj", one in the middle of something else too: so every one is tried, and
    what that takes is counted like what is unpacked.
    """
    left = MOST_UNPACKED
    for word in PDF_START.finditer(content):
        found = PDF_OBJECT.match(content, word.start())
        left -= len(found[0])
        dictionary, stream = found.groups()
        if dictionary is None and content.startswith(b"<<", found.end()):
            raise Refused(_unreadable_pdf())
        if dictionary and stream and PDF_PACKED.search(dictionary):
            objects = _objects(content, found, left)
            left -= max(LEAST_PART, len(objects))
            _check_pdf(objects)
        if left < 0:
            raise Refused(unpacks_too_far())


def _objects(content, found, most):
    """Return the unpacked objects of the stream that was found, or a little more than ``most`` of it."""
    dictionary, stream = found.groups()
    names = PDF_ANY_NAME.findall(dictionary)
    packings = names.count(b"Filter")
    is_plain = PDF_PACKED_NAMES.issuperset(names) and packings == names.count(b"FlateDecode") <= 1
    if not is_plain or not stream.endswith((b"\r", b"\n")):
        raise Refused(_unreadable_pdf())
    return _inflated(content, found.end(), most) if packings else b""  # not packed: looked through before


def _inflated(content, at, most):
    unpacker, pieces = zlib.decompressobj(), []
    try:
        while not unpacker.eof and at < len(content) and most >= 0:
            pieces.append(unpacker.decompress(content[at : at + CHUNK], most + 1))
            most -= len(pieces[-1])
            at += CHUNK
    except zlib.error:
        raise Refused(_unreadable_pdf()) from None
    if not unpacker.eof and most >= 0:
        raise Refused(_unreadable_pdf())
    return b"".join(pieces)


def _unreadable_pdf():
    return (
        "This PDF is damaged, or packed in a way that cannot be looked through. Print it as a PDF and send "
        "that."
    )


def _office(content):
    names = parts_of_archive(content, advice=SAVE_AS)
    kind = _kind_of_parts(names)
    if not kind:
        raise Refused(f"This is an archive, but no Word, Excel or PowerPoint file. Send {KINDS}.")
    left, reach = MOST_UNPACKED, Reach()
    for inner in _archives_within(content, reach):
        left -= _check_inner(inner, left, reach)
    return kind


def _kind_of_parts(names):
    """Return which office file has these parts, or None."""
    kinds = [kind for part, kind in MAIN_PARTS.items() if part in names]
    return kinds[0] if len(kinds) == 1 and TYPES_PART in names else None


def _archives_within(content, reach):
    """Look at every part of an office file, and yield those that are archives themselves."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            _check_part(part)
            reach.check(name, part)
            if part.startswith(ARCHIVE):
                yield part


def _check_inner(content, most, reach):
    """Look through an office file inside another, such as a chart's table; return how much was unpacked."""
    names = parts_of_archive(content, advice=SAVE_AS, most=most)
    if any(_archives_within(content, reach)) or not _kind_of_parts(names):
        raise Refused(_another_file())
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return sum(max(LEAST_PART, part.file_size) for part in archive.infolist())


def _check_part(start):
    """Refuse programs, and files of old programs, which can hold anything, inside an office file."""
    if start.startswith(PROGRAMS):
        raise Refused("This file holds a program. It was not opened. Take it out and send the file again.")
    if start.startswith(OLD_OFFICE):
        raise Refused(_another_file())


def _another_file():
    return (
        "This file holds another file that cannot be looked through. Take that out, or save this one as "
        "a PDF, and send that."
    )


def _end_of_png(content):
    """Return where a PNG picture ends, having gone through its chunks."""
    at, seen = len(PNG), []
    while at + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(
            content[end - 4 : end]
        ):
            break
        seen.append(name)
        if name == b"IEND":
            if seen[0] == b"IHDR" and b"IDAT" in seen:
                return end
            break
        at = end
    raise Refused(_broken_picture())


def _end_of_jpeg(content):
    """Return where a JPEG picture ends, having gone through its segments."""
    at, has_frame, has_scan = 2, False, False
    while (found := JPEG_MARKER.search(content, at)) and (has_scan or _leads(content, at, found)):
        marker = content[found.end()]
        at = found.end() + 1
        if marker == JPEG_END:
            if has_frame and has_scan:
                return at
            break
        if at + 2 > len(content):
            break
        at += max(2, int.from_bytes(content[at : at + 2]))
        has_frame = has_frame or marker in JPEG_FRAMES
        has_scan = has_scan or marker == JPEG_SCAN
    raise Refused(_broken_picture())


def _leads(content, at, found):
    """Say whether nothing but fill bytes stands before a marker: there is no data before the first scan."""
    return not content[at : found.start()].strip(b"\xff")


def _broken_picture():
    return "This picture is cut off or damaged. Save it again and send that."


def _text(content):
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(_none_of_them()) from None
    if any(unicodedata.category(letter) == "Cc" and letter not in PLAIN_CONTROLS for letter in set(text)):
        raise Refused(_none_of_them())
    if MARKUP.search(text):
        raise Refused("This is the code of a web page or drawing, whatever its name says. Send it as a PDF.")
    if not text.strip():
        raise Refused("There is nothing in this file.")
    return EvidenceKind.TEXT


def _none_of_them():
    return f"This file is of a kind that is not kept as evidence. Send {KINDS}."


def _name(sent_as, kind):
    """Return a name to show and to save under, with the ending of what the file is."""
    shown = "".join(" " if letter.isspace() else letter for letter in sent_as)
    shown = "".join(letter for letter in shown if unicodedata.category(letter) not in UNSHOWN)
    stem = ENDING.sub("", " ".join(normalise(shown).split())).strip(" .")
    return f"{stem[: LONGEST_NAME - len(kind) - 1].rstrip() or 'evidence'}.{kind}"

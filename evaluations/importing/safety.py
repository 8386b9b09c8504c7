"""Telling what a file is by its content, and refusing what could do harm, before anything parses it.

A file is hostile until it was looked through here: office files are zip archives of XML, which can unpack to
a thousand times their size, hold programs, or name other files. Names of files decide nothing.
"""

import re
import zipfile
import zlib
from collections import Counter
from enum import StrEnum
from io import BytesIO
from xml.parsers import expat

from django.conf import settings

from .problems import Refused

MOST_BYTES = settings.LARGEST_UPLOAD
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 2_000
CHUNK = 64 * 1024
ARCHIVE = b"PK\x03\x04"
WORKBOOK = "xl/workbook.xml"
DOCUMENT = "word/document.xml"
BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"

# A few kilobytes unpack to a million empty rows or formats, each of which costs time to read: what is in the
# XML is counted while it is unpacked, and counting stops at the first that is too many.
TAG = rb"<(?:[^\s<>/:]{1,20}:)?(?:%s)[\s/>]"
MOST_IN_WORKBOOK = {
    "rows": (re.compile(TAG % b"row"), 40_000),
    "cells": (re.compile(TAG % b"c"), 120_000),
    "different texts": (re.compile(TAG % b"si"), 120_000),
    "sheets": (re.compile(TAG % b"sheet"), 40),
    "formats": (re.compile(rb"<(?![/?!])(?!(?:[^\s<>/:]{1,20}:)?(?:row|c|v|f|is|si|t)[\s/>])"), 20_000),
}
MOST_IN_DOCUMENT = {
    "paragraphs": (re.compile(TAG % b"p"), 10_000),
    "cells of tables": (re.compile(TAG % b"tc"), 20_000),
    "formats": (re.compile(rb"<(?![/?!])"), 600_000),
}

SAVE_AS = "Save it as .xlsx, or as CSV UTF-8, and send that."
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
OTHERS = (
    b"%PDF",
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
)
# What unpacking a broken archive comes to.
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)
# No office program writes a document type; one that is there defines entities, which can grow without end.
DOCTYPE = re.compile(
    b"|".join(re.escape("<!DOCTYPE".encode(code)) for code in ("ascii", "utf-16-le", "utf-16-be")),
    re.IGNORECASE,
)
ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)""")

# What an office file fetches by itself when it is opened; links and pictures are not among it.
FETCHED = {"attachedtemplate", "oleobject", "frame", "subdocument"}
# Word names in every document the template it was made from, where that stands on its writer's own disk.
OWN_DISK = re.compile(r"file:///[a-z0-9]", re.IGNORECASE)
# A whole file that Word takes in as text, macros and all; no office program leaves one behind.
TAKEN_IN = "afchunk"
WATCHED = re.compile(rb"(?:nstrText|fldSimple|ddeLink|Relationship)[\s/>]")
# Tags of such XML in all parts together: each takes time.
MOST_TAGS = 1_500_000
INSTRUCTIONS = {"instrText", "delInstrText"}
STARTS_PROGRAM = re.compile(r"^\W*DDE(?:AUTO)?\b", re.IGNORECASE | re.MULTILINE)


class FileKind(StrEnum):
    """What kind of file something is, whatever its name says."""

    WORKBOOK = "workbook"
    DOCUMENT = "document"
    TEXT = "text"


def kind_of(content):
    """Return the ``FileKind`` of a file's bytes. Raises Refused, with a reason in plain words."""
    check_start(content)
    if content.startswith(ARCHIVE):
        return _kind_of_archive(content)
    if content.startswith(OTHERS):
        raise Refused("This is neither a table nor a text that can be read here.")
    return FileKind.TEXT


def check_start(content, *, advice=SAVE_AS):
    """Raise Refused for a file that is empty or too large, an older or protected Office file, a program.

    ``advice`` says what to send instead of an Office file that is refused.
    """
    if not content:
        raise Refused("This file is empty.")
    if len(content) > MOST_BYTES:
        raise Refused(too_large(len(content)))
    if content.startswith(OLD_OFFICE):
        raise Refused(f"This is an older or a password-protected Office file, which is not read. {advice}")
    if content.startswith(PROGRAMS):
        raise Refused("This is a program, whatever its name says. It was not opened.")


def too_large(size):
    """Return the sentence that refuses a file of ``size`` bytes."""
    return (
        f"This file is {size / 1024 / 1024:,.0f} MB; the most is {MOST_BYTES // 1024 // 1024} MB. "
        "Take out pictures, or send it in parts."
    )


def _kind_of_archive(content):
    names = parts_of_archive(content, limits_of=_limits_of)
    if WORKBOOK in names:
        return FileKind.WORKBOOK
    if DOCUMENT in names:
        return FileKind.DOCUMENT
    raise Refused(f"This is an archive, but neither an Excel workbook nor a Word document. {SAVE_AS}")


def _limits_of(names):
    return MOST_IN_WORKBOOK if WORKBOOK in names else MOST_IN_DOCUMENT


def parts_of_archive(content, *, advice=SAVE_AS, limits_of=lambda names: {}, most=MOST_UNPACKED):
    """Return the names of an archive's parts, each of which was unpacked once and looked through.

    ``limits_of(names)`` says how much its XML may hold, ``most`` how many bytes it may unpack to. Raises
    Refused for one that is damaged or protected, unpacks too far or in an unusual way, or holds macros or
    definitions; ``advice`` as in ``check_start``.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _look_through(archive, advice, limits_of, most)
    except BROKEN:
        raise Refused("This file is damaged: it cannot be unpacked. Save it again and send that.") from None


def _look_through(archive, advice, limits_of, most):
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("This file is protected with a password. Save it without one and send that.")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most:
        raise Refused(unpacks_too_far())
    if len(names) != len(parts) or any(part.compress_type not in (0, zipfile.ZIP_DEFLATED) for part in parts):
        raise Refused("This file is packed in a way that no office program does. It was not opened.")
    _unpack(archive, parts, limits_of(names), most)
    if any(name.lower().endswith("vbaproject.bin") for name in names) or _names_macros(archive, names):
        raise Refused(f"This file holds macros, which are programs. It was not opened. {advice}")
    return names


def _unpack(archive, parts, limits, left):
    """Unpack everything once, piece by piece, to know how large it really is and what is in its XML."""
    counts = Counter()
    for part in parts:
        tail = b""
        with archive.open(part) as stream:
            is_xml = False
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise Refused(unpacks_too_far())
                is_xml = is_xml or (not tail and _is_xml(part.filename, chunk))
                if is_xml:
                    _check_xml(tail + chunk, at_start=not tail)
                    _count(chunk, counts, limits)
                tail = chunk[-32:]


def _is_xml(name, start):
    """XML under another name can be a sheet too: a part says elsewhere what it is."""
    return name.lower().endswith((".xml", ".rels", ".vml")) or start.lstrip(BEFORE_XML).startswith(b"<")


def _check_xml(text, *, at_start):
    named = ENCODING.match(text) if at_start else None
    if DOCTYPE.search(text) or (named and named[1].lower() not in (b"utf-8", b"utf-16", b"us-ascii")):
        raise Refused("This file holds definitions that no office program writes. It was not opened.")


def _count(chunk, counts, limits):
    """Add up what a piece of XML holds; a tag that the end of a piece cuts in two may be missed.

    Raises Refused as soon as it is too much.
    """
    plain = chunk.replace(b"\0", b"")  # UTF-16 too
    for what, (tag, most) in limits.items():
        counts[what] += sum(1 for _ in tag.finditer(plain))
        if counts[what] > most:
            raise Refused(
                f"This file holds more than {most:,} {what}, empty ones included. Send it in parts, or copy "
                "what matters into a new file and send that."
            )


def _names_macros(archive, names):
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    return b"macroenabled" in types.lower()


class Reach:
    """Looks through the XML of one office file for what it fetches when it is opened, or starts.

    Relations, links, and what Word's fields are told to do are looked at; links that people follow themselves
    are left alone.
    """

    def __init__(self):
        self.tags = MOST_TAGS
        self.told = []
        self.reader = None

    def check(self, name, part):
        """Raise Refused where a part reaches out; ``part`` is the whole of what was let through unpacking."""
        plain = part.replace(b"\0", b"")  # UTF-16 too
        if not _is_xml(name, part) or not WATCHED.search(plain):
            return
        self.tags -= plain.count(b"<")
        if self.tags < 0:
            raise Refused(
                "This file holds far more formats than a report needs. Save it as a PDF and send that."
            )
        self._read(part)
        if STARTS_PROGRAM.search("".join(self.told)):
            raise Refused(_starts_program())

    def _read(self, part):
        self.told = []
        self.reader = expat.ParserCreate(namespace_separator=" ")
        self.reader.StartElementHandler = self._start
        self.reader.EndElementHandler = self._end
        try:
            self.reader.Parse(part, True)
        except (expat.ExpatError, LookupError, ValueError):
            raise Refused("This file is damaged: it cannot be read. Save it again and send that.") from None

    def _start(self, tag, attributes):
        name = tag.rpartition(" ")[2]
        if name == "Relationship":
            _check_relation(attributes)
        elif name == "ddeLink":
            raise Refused(_starts_program())
        elif name in INSTRUCTIONS:
            self.reader.CharacterDataHandler = self.told.append  # Word cuts an instruction into several
        elif name == "fldChar":
            self.told.append("\n")
        elif name == "fldSimple":
            self.told += ["\n", *(text for key, text in attributes.items() if key.endswith(" instr")), "\n"]

    def _end(self, tag):
        if tag.rpartition(" ")[2] in INSTRUCTIONS:
            self.reader.CharacterDataHandler = None


def _check_relation(attributes):
    kind = attributes.get("Type", "").strip().rpartition("/")[2].lower()
    outside = attributes.get("TargetMode", "").strip().lower() == "external"
    if kind == TAKEN_IN or (outside and kind in FETCHED and not _is_own_template(kind, attributes)):
        raise Refused(
            "This file takes in another file when it is opened, such as a template from the web or a linked "
            "table. It was not opened. Save it as a PDF and send that."
        )


def _is_own_template(kind, attributes):
    return kind == "attachedtemplate" and OWN_DISK.match(attributes.get("Target", ""))


def _starts_program():
    return (
        "This file holds a field or a link (DDE) that can start a program. It was not opened. Save it as a "
        "PDF and send that."
    )


def unpacks_too_far():
    """Return the sentence that refuses a file which is far larger than it looks."""
    return (
        f"This file unpacks to more than {MOST_UNPACKED // 1024 // 1024} MB, far more than a table or a "
        "transcript needs. It was not opened."
    )

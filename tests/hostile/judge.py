"""What is wrong with an answer: something that would run or be calculated, words that were lost."""

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser

from defusedxml import ElementTree
from django.utils.html import escape

from evaluations.text import normalise

# Elements that no page of ours has, whatever is on it.
NEVER = {
    *("base", "iframe", "frame", "object", "embed", "applet", "math", "style", "marquee", "animate"),
    *(
        "x-canary",
        "foreignobject",
        "mglyph",
        "mtext",
        "plaintext",
        "xmp",
        "portal",
        "animatetransform",
        "set",
    ),
}
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "poster", "data", "srcset", "background"}
# Browsers leave these out of an address before they look at what it begins with.
LEFT_OUT = re.compile(r"^[\x00-\x20]+|[\t\n\r]")
RUNS = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)
LEADS_AWAY = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", re.IGNORECASE)
OURS = re.compile(r"data:,$|data:image/(?:png|svg\+xml)[;,]")  # the icon of bare pages, pictures of charts
FORMULA = re.compile(r"[\s\u200b\ufeff]*[=＝+＋@＠-]")
DATA = {"application/json", "importmap", "speculationrules"}


class Marks(HTMLParser):
    """Reads a page as a browser does: what is wrong with it is in ``found``, its words in ``words``."""

    def __init__(self):
        super().__init__()
        self.found, self.words, self.data = [], [], None

    def handle_starttag(self, tag, attrs):
        """Look at one element."""
        attributes = dict(attrs)
        if tag in NEVER:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag == "script":
            self._script(attributes)
        if tag == "meta" and "javascript" in (attributes.get("content") or ""):
            self.found.append("<meta> that runs something")

    def _attribute(self, tag, name, value):
        self.words.append(value)
        if name.startswith("on") or name in ("style", "srcdoc") or "canary" in name:
            self.found.append(f"<{tag} {name}>")
        if name in ADDRESSES and _is_followed(tag, LEFT_OUT.sub("", value)):
            self.found.append(f"<{tag} {name}={value[:60]!a}>")

    def _script(self, attributes):
        if attributes.get("type") in DATA and "src" not in attributes:
            self.data = ""
        elif not (attributes.get("src") or "").startswith("/static/"):
            self.found.append("a script that is not a file of ours")

    def handle_comment(self, data):
        """Look at a comment: a browser may end it earlier than whoever wrote it."""
        if "canary" in data:
            self.found.append("a comment that came from outside")

    def handle_data(self, data):
        """Keep words; of a block of data, all of it."""
        self.words.append(data)
        if self.data is not None:
            self.data += data

    def handle_endtag(self, tag):
        """At the end of a block of data, read it."""
        if tag == "script" and self.data is not None:
            try:
                json.loads(self.data)
            except ValueError:
                self.found.append("a block of data that cannot be read")
            self.data = None


def _is_followed(tag, address):
    """Say whether an address runs something, or leads elsewhere where people did not put a link."""
    if OURS.match(address):
        return False
    return bool(RUNS.match(address) or (tag != "a" and LEADS_AWAY.match(address)))


def page_faults(content):
    """Return what of a page came from outside and is more than words."""
    return _read(content).found


def _read(content):
    marks = Marks()
    marks.feed(content)
    marks.close()
    return marks


def lost(content, sent):
    """Return the names of fields whose words, as they were sent, are not on the page that refused them.

    A line that says why they cannot be shown (half a character, NUL) counts as well.
    """
    words = _read(content).words
    held, shown = set(words) | {_plain(word) for word in words}, _plain("\n".join(words))
    return [
        name
        for name, value in sent.items()
        if value.strip() and not ({value, _plain(value)} & held or _plain(value) in shown)
    ]


def shown(text, content):
    """Say whether a stored text stands on a page, escaped."""
    return escape(text) in content


def _plain(text):
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def is_stored(text, written):
    """Say whether a text, as it is stored, is among the values that were written to the database."""
    tidy = normalise(text)
    escaped = json.dumps(tidy)[1:-1]
    plain = json.dumps(tidy, ensure_ascii=False)[1:-1]
    return not tidy or any(tidy in value or escaped in value or plain in value for value in written)


# --- Files ------------------------------------------------------------------------------------------------


def file_faults(content, format):
    """Return what of a downloaded file would be calculated, fetched or run when somebody opens it."""
    if format in ("xlsx", "docx"):
        return _archive_faults(content)
    if format == "csv":
        return calculates(content.decode("utf-8-sig"))
    if format == "html":
        text = content.decode()
        return [fault for fault in page_faults(text) if fault != "<style>"]  # a file brings its own
    if format == "pdf":
        active = (
            b"/JavaScript",
            b"/JS ",
            b"/Launch",
            b"/URI",
            b"/SubmitForm",
            b"/EmbeddedFile",
            b"/OpenAction",
        )
        return [name.decode() for name in active if name in content]
    if format == "ics":
        text = content.decode().replace("\r\n ", "")
        return [line for line in text.split("\r\n") if not re.match(r"[A-Z-]+[:;]|^$", line)]
    return []


def calculates(text):
    """Return the cells of a CSV file that a spreadsheet would take for formulas."""
    cells = (cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row)
    return [cell[:60] for cell in cells if FORMULA.match(cell) and not _is_number(cell)]


def _is_number(cell):
    return re.fullmatch(r"-?\d+(?:\.\d+)?", cell) is not None


def _archive_faults(content):
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            if name.endswith((".bin", ".exe", ".js", ".vbs")):
                found.append(name)
            elif name.endswith((".xml", ".rels")):
                found += _xml_faults(name, ElementTree.fromstring(file.read(name)))
    return found


def _xml_faults(name, root):
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "Relationship" and element.get("TargetMode") == "External":
            yield f"{name}: reaches out to {element.get('Target')}"
        if tag in ("f", "ddeLink", "altChunk", "object", "hyperlink") and not _stays(element):
            yield f"{name}: <{tag}>"
        if tag in ("instrText", "fldSimple"):
            told = "".join(element.itertext() if tag == "instrText" else element.attrib.values())
            if not re.match(r"\s*(?:PAGE|NUMPAGES|TOC|STYLEREF|REF|PAGEREF|HYPERLINK \\l)\b", told):
                yield f"{name}: a field that says {told[:40]}"


def _stays(element):
    """Say whether a link leads to a place in the same file."""
    return any(key.rpartition("}")[2] in ("anchor", "location") for key in element.attrib)

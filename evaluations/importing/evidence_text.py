"""The words of an evidence file, for a withdrawal that looks for a participant's; nothing else reads them.

Only files that ``evidence`` took are read, so none unpacks without bound.
"""

import html
import re
import zipfile
import zlib
from io import BytesIO

from evaluations.models import EvidenceKind

PACKED = (EvidenceKind.WORD, EvidenceKind.WORKBOOK, EvidenceKind.SLIDES)
# Where a text ends in a document, a workbook or slides: words of two paragraphs or cells never run together.
ENDS = re.compile(r"</(?:w:p|a:p|si|is|v|c)>|<(?:w:br|w:tab|a:br)\b[^>]*>")
TAG = re.compile(r"<[^>]+>")


def words_in(kind, content):
    """Return the text of an evidence file; None of one that cannot be read: a picture, a PDF, a damaged one.

    ``kind`` is its ``EvidenceKind``, ``content`` its bytes.
    """
    if kind == EvidenceKind.TEXT:
        return content.decode("utf-8-sig", errors="replace")
    if kind in PACKED:
        try:
            return _office(content)
        except (zipfile.BadZipFile, zlib.error):
            return None
    return None


def _office(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xml")]
        parts = [archive.read(name).decode(errors="replace") for name in names]
    return "\n".join(html.unescape(TAG.sub("", ENDS.sub("\n", part))) for part in parts)

"""The one place where text from outside is brought into the form that is stored."""

import unicodedata


def normalise(text):
    """Return ``text`` with LF line ends, in Unicode form NFC, without white space at either end.

    Browsers send CRLF and some keyboards send decomposed letters; ranges in an answer count code points of
    the stored text, so what is stored has one form.
    """
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()

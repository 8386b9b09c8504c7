"""The one place where text from outside is brought into the form that is stored."""

import re
import unicodedata

# Bringing letters and their marks into order takes time that grows with the square of a run of marks.
MOST_MARKS = 30
# Limits and forms that hold for what is typed and for what is brought in alike.
LONGEST_TEXT = 20_000
LONGEST_ANSWER = 100_000
LONGEST_SEARCH = 200
DATE_FORMATS = ["%d %B %Y", "%d %b %Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d/%m/%y"]
SURROGATE = re.compile(r"[\ud800-\udfff]")
# Explicit directions: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
# One that is not closed turns round whatever stands after it on a page, in a title or in a mail.
DIRECTIONS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def normalise(text):
    """Return ``text`` with LF line ends, in Unicode form NFC, without white space at either end.

    Explicit directions are left out. No letter goes with them: right-to-left words are put into their order
    by their letters, and by the marks that have no reach, which stay.

    Browsers send CRLF and some keyboards send decomposed letters; ranges in an answer count code points of
    the stored text, so what is stored has one form. Text that ``unfit`` objects to is only trimmed.
    """
    if unfit(text):
        return text.strip()
    plain = DIRECTIONS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", plain).strip()


def search_words(text):
    """Return the words that a search looks for, as they are stored: those of its first letters.

    A database gives up on very many of them, or on very long ones, and PostgreSQL on NUL.
    """
    return normalise(text[:LONGEST_SEARCH].replace("\0", " ")).split()


def unfit(text):
    """Say why a text cannot be stored, in words for the person who sent it; nothing when it can."""
    if SURROGATE.search(text):
        return "This holds half a character, which cannot be saved. Type it again."
    if _longest_run_of_marks(DIRECTIONS.sub("", text)) > MOST_MARKS:
        return "This holds a letter with too many accents to be saved. Remove some."
    return ""


def _longest_run_of_marks(text):
    longest = run = 0
    for letter in text if not text.isascii() else ():
        run = run + 1 if unicodedata.combining(letter) else 0
        longest = max(longest, run)
    return longest

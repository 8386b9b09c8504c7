"""Words that every document and every file that leaves says in the same way."""

COUNTS_NOTE = "Counts are of findings, not of people."
MADE_UP = "Made-up practice evaluation: nobody said any of this."


def where_from(from_interviews, note=""):
    """Return where a strand comes from, with the note on it where that is not interviews."""
    if from_interviews:
        return "From interviews"
    return f"Compiled from public sources, not from interviews. {note}".strip()


def day(at):
    """Return a date as people write it, for example ``31 March 2025``."""
    return f"{at.day} {at:%B %Y}"


def months(first, last):
    """Return the months from one date to another, for example ``May 2024 to June 2024``."""
    begins, ends = f"{first:%B %Y}", f"{last:%B %Y}"
    return begins if begins == ends else f"{begins} to {ends}"


def number_of(number, noun):
    """Return a number with its noun, for example ``1 interview`` or ``2 interviews``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"

"""Reading the signed readings of comparisons, and whether the figures changed since one was signed."""

from .signed import ShownText, fingerprint

LONGEST_KEY = 400  # what a row holds


def compared(names):
    """Return what a comparison of strands is known by, whatever order they stand in.

    ``names`` are those of the address: ``coproduction``, ``coproduction@an-earlier-evaluation``. More than a
    row holds become a fingerprint.
    """
    key = ",".join(sorted(names))
    return key if len(key) <= LONGEST_KEY else fingerprint(key)


def basis_of(figures):
    """Return the fingerprint of the figures of a comparison: of plain values, in whatever order."""
    return fingerprint(sorted(map(list, figures)))


def shown_reading(readings, names, basis):
    """Return the signed reading of what is compared as a ``ShownText``, or None. One query."""
    row = readings.filter(compared=compared(names)).select_related("signed_by").first()
    return row and ShownText.of(row, basis)

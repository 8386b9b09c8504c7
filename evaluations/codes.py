"""The code with which people join a workshop: made, read as people type it, and written for them to read."""

import re
import secrets

# No two that look or are read alike: without 0 and O, 1, I and L, 2 and Z stay apart by leaving Z out, as do
# 5 and S, 8 and B, and U, which is taken for V.
ALPHABET = "23456789ACDEFGHJKMNPQRTVWXY"
LENGTH = 8
GROUP = 4


def new_code():
    """Return a code that nobody can foresee, one of some 280,000,000,000."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def tidy(typed):
    """Return a code as it is stored, whatever its case, hyphens and spaces; empty when it can be none.

    >>> tidy(" 7kq4-m2rt")
    '7KQ4M2RT'
    """
    code = re.sub(r"[\s\-\u2010-\u2015]", "", typed).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def grouped(code):
    """Return a code as people read it.

    >>> grouped("7KQ4M2RT")
    '7KQ4-M2RT'
    """
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))

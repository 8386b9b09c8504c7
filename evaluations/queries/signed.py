"""What is shown of a signed text, and the fingerprint of what it sums up."""

import hashlib
import json
from dataclasses import dataclass

from .history import name_of


@dataclass(frozen=True)
class ShownText:
    """A signed text as everybody sees it; ``changed`` when what it sums up changed since it was signed.

    ``signer`` is nothing for somebody since removed.
    """

    text: str
    signer: str
    signed_at: object
    changed: bool

    @classmethod
    def of(cls, row, basis, **more):
        """Return it of a row with who signed it; ``basis`` is the fingerprint as it is now."""
        return cls(
            text=row.text,
            signer=name_of(row.signed_by),
            signed_at=row.signed_at,
            changed=row.basis != basis,
            **more,
        )


def fingerprint(value):
    """Return the fingerprint of plain values: another one when any of them changed."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()

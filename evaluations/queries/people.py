"""Reading participants: who they are, where it was asked for, and what was set aside about that."""

from cryptography.fernet import InvalidToken

from evaluations.models import unseal

from .history import SetAside, name_of

LOST = "cannot be read: the key that encrypted it is missing"


def set_aside_sealed(edits):
    """Return encrypted ``ConflictingEdit`` rows of an identity as ``SetAside`` objects, readable."""
    return [
        SetAside(
            at=edit.at,
            by=name_of(edit.by),
            fields=tuple((name.capitalize(), _readable(text)) for name, text in edit.fields.items()),
        )
        for edit in edits
    ]


def _readable(sealed):
    try:
        return unseal(sealed) or "nothing"
    except InvalidToken:
        return LOST

"""Reading participants: who they are, where it was asked for, and what was set aside about that."""

from cryptography.fernet import InvalidToken
from django.db.models import TextField
from django.db.models.functions import Cast

from evaluations.models import Participant, unseal

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


def read_identities(identities):
    """Return ``[(code of the participant, their number, name, contact)]`` of scoped identities. One query.

    For looking for them in texts, never for showing them. Name and contact are None where the key is lost.
    """
    sealed = {f"sealed_{name}": Cast(name, TextField()) for name in ("name", "contact")}
    rows = identities.annotate(**sealed).values_list("participant__code", "participant_id", *sealed)
    return [(code, key, *_unsealed(*texts)) for code, key, *texts in rows]


def _unsealed(*texts):
    try:
        return [unseal(text) for text in texts]
    except InvalidToken:
        return [None] * len(texts)


def withdrawals_since(day):
    """Return (address of the evaluation, code, day) of everybody who withdrew on a day or after it."""
    rows = Participant.objects.filter(withdrawn_on__gte=day)
    return rows.order_by("withdrawn_on", "evaluation__slug", "pk").values_list(
        "evaluation__slug", "code", "withdrawn_on"
    )

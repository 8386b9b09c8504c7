"""Encrypting again with the newest of the host's keys, so that an older one can be thrown away.

``SEALED`` is everything that is kept encrypted. Whoever keeps something more with ``seal`` adds it here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast

from evaluations.models import ConflictingEdit, ParticipantIdentity, Verb
from evaluations.traces import change_each

from .audit import record

AT_A_TIME = 50  # rows in one transaction: whoever saves meanwhile waits a moment only
FERNET = "gAAAA"  # how everything that ``seal`` returns begins


@dataclass(frozen=True)
class Sealed:
    """Rows of one table with sealed texts in some of their columns, and how a row is called.

    A column holds one sealed text, or JSON with sealed texts in it. ``is_mixed`` where other texts stand
    beside them; elsewhere a text that is not sealed is one that no key opens.
    """

    what: str
    rows: Callable
    columns: tuple
    name: Callable
    is_mixed: bool = False


SEALED = (
    Sealed(
        what="names and contacts",
        rows=lambda: ParticipantIdentity.objects.select_related("participant", "evaluation"),
        columns=("name", "contact"),
        name=lambda row: f"{row.participant.code} in /e/{row.evaluation.slug}/",
    ),
    Sealed(
        what="names and contacts set aside",
        rows=lambda: ConflictingEdit.objects.filter(
            record_type=ParticipantIdentity._meta.model_name
        ).select_related("evaluation"),
        columns=("fields",),
        name=lambda row: f"set-aside edit {row.pk} in /e/{row.evaluation.slug}/",
    ),
    Sealed(
        what="two-step keys",
        rows=lambda: Authenticator.objects.select_related("user"),
        columns=("data",),
        name=lambda row: f"two-step sign-in of user {row.user_id}",
        is_mixed=True,
    ),
)


@dataclass
class Rotated:
    """What a rotation did: texts encrypted again, texts that were new already, rows that no key opens."""

    changed: int = 0
    new: int = 0
    lost: tuple = ()


def rotate_identity_keys(*, by=None):
    """Encrypt everything sealed with the newest of ``settings.IDENTITY_KEYS`` and return ``Rotated``.

    Some rows at a time, each locked while it is read and written, so nobody's save is lost. A row that no
    key opens is named and stays as it is. Not inside a transaction. Run again, it does nothing more.
    """
    total = Rotated()
    for sealed in SEALED:
        for keys in _in_parts(sealed):
            with transaction.atomic():
                for row in _locked(sealed, keys):
                    _rotate(sealed, row, total)
    if total.changed:
        record(by=by, verb=Verb.ROTATED_KEYS, subject=f"{total.changed} texts")
    return total


def sealed_with_older_keys():
    """Return how many sealed texts the newest key alone does not open."""
    newest = Fernet(settings.IDENTITY_KEYS[0])
    return sum(
        not _opens(newest, text)
        for sealed in SEALED
        for keys in _in_parts(sealed)
        for row in _raw(sealed, keys)
        for text in _texts(sealed, row)
    )


def _in_parts(sealed):
    keys = list(sealed.rows().order_by("pk").values_list("pk", flat=True))
    return [keys[at : at + AT_A_TIME] for at in range(0, len(keys), AT_A_TIME)]


def _raw(sealed, keys):
    """Return rows with each column as it is stored (``raw_<column>``): reading the field would open it."""
    model = sealed.rows().model
    plain = [name for name in sealed.columns if not isinstance(model._meta.get_field(name), models.JSONField)]
    stored = {f"raw_{name}": Cast(name, models.TextField()) for name in plain}
    stored |= {f"raw_{name}": models.F(name) for name in sealed.columns if name not in plain}
    return sealed.rows().filter(pk__in=keys).order_by("pk").defer(*sealed.columns).annotate(**stored)


def _locked(sealed, keys):
    return _raw(sealed, keys).select_for_update(of=("self",))


def _texts(sealed, row):
    """Return the texts of a row that are sealed, or ought to be."""
    found = []

    def note(text):
        if text.startswith(FERNET) if sealed.is_mixed else text:
            found.append(text)
        return text

    for name in sealed.columns:
        change_each(getattr(row, f"raw_{name}"), note)
    return found


def _rotate(sealed, row, total):
    """Encrypt the texts of one row again and count them; a row that no key opens stays whole."""
    every = MultiFernet([Fernet(key) for key in settings.IDENTITY_KEYS])
    newest = Fernet(settings.IDENTITY_KEYS[0])
    texts = _texts(sealed, row)
    if not all(_opens(every, text) for text in texts):
        total.lost += (sealed.name(row),)
        return
    older = {text: every.rotate(text.encode()).decode() for text in texts if not _opens(newest, text)}
    total.changed += len(older)
    total.new += len(texts) - len(older)
    if older:
        values = {
            name: change_each(getattr(row, f"raw_{name}"), lambda text: older.get(text, text))
            for name in sealed.columns
        }
        # As an expression, since the field of a name would seal what is sealed already.
        stored = {
            name: models.Value(value, models.JSONField() if isinstance(value, dict) else models.TextField())
            for name, value in values.items()
        }
        type(row)._default_manager.filter(pk=row.pk).update(**stored)


def _opens(cipher, text):
    try:
        cipher.decrypt(text.encode())
    except InvalidToken:
        return False
    return True

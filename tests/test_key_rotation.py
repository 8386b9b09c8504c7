"""Keys rotate: everything sealed is encrypted again with the newest key, and no save is lost meanwhile."""

import ast
from contextlib import suppress
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, connections

from evaluations.actions import keys
from evaluations.actions.errors import StaleVersion
from evaluations.actions.people import save_identity
from evaluations.models import (
    AuditEvent,
    ConflictingEdit,
    EncryptedTextField,
    ParticipantIdentity,
    Verb,
    unseal,
)

from . import builders

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
SEED = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def sealed(cast, settings):
    """P07 is known, with an edit set aside; Evelyn has a second step and recovery codes: with the old key."""
    settings.IDENTITY_KEYS = [OLD]
    row = builders.participant(cast.evaluation, code="P07")
    save_identity(participant=row, version=0, changes={"name": "Ada", "contact": ""}, by=cast.evelyn)
    with pytest.raises(StaleVersion):
        save_identity(participant=row, version=0, changes={"name": "A", "contact": "mail"}, by=cast.evelyn)
    TOTP.activate(cast.evelyn, SEED)
    cast.codes = RecoveryCodes.activate(cast.evelyn).generate_codes()
    cast.p07 = row
    settings.IDENTITY_KEYS = [NEW, OLD]
    return cast


def run():
    """Return what the command says, and what it complains about."""
    said, wrong = StringIO(), StringIO()
    try:
        call_command("rotate_identity_keys", stdout=said, stderr=wrong)
    except CommandError as error:
        return said.getvalue(), f"{wrong.getvalue()}{error}"
    return said.getvalue(), wrong.getvalue()


def test_the_newest_key_alone_opens_everything_afterwards(sealed, settings):
    said, wrong = run()

    assert "Texts encrypted again with the newest key: 5." in said
    assert "the other keys can be removed" in said
    assert "Backups made until now still need them" in said
    assert wrong == ""
    settings.IDENTITY_KEYS = [NEW]
    identity = ParticipantIdentity.objects.get()
    assert (identity.name, identity.contact, identity.version) == ("Ada", "", 1)
    edit = ConflictingEdit.objects.get()
    assert {name: unseal(text) for name, text in edit.fields.items()} == {"name": "A", "contact": "mail"}
    one, codes = (
        Authenticator.objects.get(user=sealed.evelyn, type=type) for type in ("totp", "recovery_codes")
    )
    assert unseal(one.data["secret"]) == SEED
    assert RecoveryCodes(codes).generate_codes() == sealed.codes
    assert AuditEvent.objects.get(verb=Verb.ROTATED_KEYS).subject == "5 texts"


def test_run_again_it_changes_nothing(sealed):
    run()
    before = [list(ParticipantIdentity.objects.values()), list(Authenticator.objects.values())]
    said, wrong = run()
    assert "Texts encrypted again with the newest key: 0. With it already: 5." in said
    assert wrong == ""
    assert [list(ParticipantIdentity.objects.values()), list(Authenticator.objects.values())] == before
    assert AuditEvent.objects.filter(verb=Verb.ROTATED_KEYS).count() == 1


def test_rows_that_no_key_opens_are_named_by_code_and_stay(sealed, settings):
    settings.IDENTITY_KEYS = [NEW]
    before = stored()
    known = builders.participant(sealed.evaluation, code="P08")
    save_identity(participant=known, version=0, changes={"name": "Bo", "contact": "x"}, by=sealed.evelyn)

    said, wrong = run()

    assert "Texts encrypted again with the newest key: 0. With it already: 2." in said
    assert "No key opens P07 in /e/practice/. It stays as it is." in wrong
    assert f"two-step sign-in of user {sealed.evelyn.pk}" in wrong
    assert "Rows that cannot be opened: 4." in wrong
    assert "Remove no key yet" in wrong
    assert "can be removed" not in said
    assert stored() == before
    settings.IDENTITY_KEYS = [NEW, OLD]
    assert "Checked: the newest key opens everything." in run()[0]


def test_a_name_that_is_not_encrypted_passes_as_none_that_is(sealed):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evaluations_participantidentity SET name = 'Ada in the open'")
    ConflictingEdit.objects.update(fields={"name": "Ada", "contact": ""})
    said, wrong = run()
    assert "No key opens P07 in /e/practice/." in wrong
    assert f"No key opens set-aside edit {ConflictingEdit.objects.get().pk}" in wrong
    assert "Rows that cannot be opened: 2." in wrong
    assert "Checked" not in said


def stored():
    """Return the sealed name of P07 as it is stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM evaluations_participantidentity ORDER BY id")
        return cursor.fetchone()


def test_a_text_that_somebody_saved_with_the_old_key_meanwhile_is_noticed(sealed, monkeypatch):
    monkeypatch.setattr(keys, "_rotate", lambda *_: None)
    assert "Texts saved with an older key meanwhile: 5. Run this again." in run()[1]


@pytest.mark.django_db(transaction=True)
def test_what_somebody_saves_while_keys_rotate_is_kept(cast, settings):
    settings.IDENTITY_KEYS = [OLD]
    people = [builders.participant(cast.evaluation, code=f"P{number}") for number in range(1, 31)]
    for row in people:
        save_identity(participant=row, version=0, changes={"name": "Before", "contact": "x"}, by=cast.evelyn)
    settings.IDENTITY_KEYS = [NEW, OLD]
    failed = []

    def save_all():
        try:
            for row in people:
                change = {"name": f"After {row.code}", "contact": "y"}
                save_identity(participant=row, version=1, changes=change, by=cast.evelyn)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=save_all)
    thread.start()
    keys.rotate_identity_keys()
    thread.join()
    run()

    assert failed == []
    settings.IDENTITY_KEYS = [NEW]
    names = ParticipantIdentity.objects.order_by("participant").values_list("name", flat=True)
    assert list(names) == [f"After {row.code}" for row in people]


# --- Nothing sealed is forgotten --------------------------------------------------------------------------


def test_every_encrypted_column_is_rotated():
    columns = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    }
    rotated = {(one.rows().model, name) for one in keys.SEALED for name in one.columns}
    assert columns <= rotated


def test_whatever_seals_a_text_is_known_here():
    """One that is new needs a row in ``keys.SEALED``."""
    sealing = set()
    for path in Path("evaluations").rglob("*.py"):
        tree = ast.parse(path.read_text())
        if any(
            isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "seal"
            for node in ast.walk(tree)
        ):
            sealing.add(str(path.relative_to("evaluations")))
    assert sealing == {"actions/people.py", "models/people.py", "two_step.py"}


def test_nothing_that_is_stored_opens_with_the_old_key_alone(sealed):
    """Whatever column it is in, wherever somebody may seal something some day."""
    run()
    old = Fernet(OLD)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            for text in str(cursor.fetchall()).split("'"):
                for word in text.replace('"', " ").split():
                    if word.startswith("gAAAA"):
                        with suppress(InvalidToken):
                            pytest.fail(f"{table}: {old.decrypt(word.encode())}")

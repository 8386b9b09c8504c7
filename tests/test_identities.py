"""Who a participant is: unreadable in the database, in no history, not searchable, under changeable keys."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection

from evaluations.models import Participant, ParticipantIdentity
from tests import builders

NAME, CONTACT = "Zéphyrine Quillfeather", "zq@quillfeather.example"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def identity(evaluation):
    """The identity of a participant."""
    person = builders.participant(evaluation)
    return ParticipantIdentity.objects.create(
        evaluation=evaluation, participant=person, name=NAME, contact=CONTACT
    )


def stored(identity):
    """Return the name and the contact as they stand in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, contact FROM evaluations_participantidentity WHERE id = %s", [identity.pk]
        )
        return cursor.fetchone()


def whole_database():
    """Return every value of every table as one text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        values = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            values += [str(value) for row in cursor.fetchall() for value in row]
    assert len(tables) > 30
    return "\n".join(values)


def read(identity):
    """Return name and contact as the app reads them."""
    row = ParticipantIdentity.objects.get(pk=identity.pk)
    return row.name, row.contact


# --- In the database --------------------------------------------------------------------------------------


def test_names_and_contacts_are_encrypted_in_the_database(identity):
    name, contact = stored(identity)
    assert name.startswith("gAAAA")
    assert contact.startswith("gAAAA")
    assert read(identity) == (NAME, CONTACT)


def test_no_table_holds_a_name_or_contact_that_can_be_read(identity):
    identity.name = f"{NAME} Esq."
    identity.save()
    identity.participant.consent_how = "On paper"
    identity.participant.save()
    text = whole_database()
    assert "On paper" in text
    for part in (NAME, CONTACT, "Quillfeather", "quillfeather", "phyrine"):
        assert part not in text


@pytest.mark.parametrize("write", ["save", "update", "bulk_create", "bulk_update"])
def test_every_way_of_writing_encrypts(identity, write):
    rows = ParticipantIdentity.objects
    if write == "save":
        identity.name = "Anew"
        identity.save()
    elif write == "update":
        rows.update(name="Anew")
    elif write == "bulk_update":
        identity.name = "Anew"
        rows.bulk_update([identity], ["name"])
    else:
        rows.all().delete()
        [identity] = rows.bulk_create(
            [
                ParticipantIdentity(
                    evaluation=identity.evaluation, participant=identity.participant, name="Anew"
                )
            ]
        )
    assert "Anew" not in str(stored(identity))
    assert read(identity)[0] == "Anew"


def test_the_same_name_twice_looks_different(identity, evaluation):
    """So that nobody can tell from the database who is in two evaluations."""
    other = ParticipantIdentity.objects.create(
        evaluation=evaluation, participant=builders.participant(evaluation), name=NAME
    )
    assert stored(other)[0] != stored(identity)[0]


def test_nothing_recorded_stays_nothing(evaluation):
    row = ParticipantIdentity.objects.create(
        evaluation=evaluation, participant=builders.participant(evaluation)
    )
    assert stored(row) == ("", "")
    assert read(row) == ("", "")


def test_no_history_is_kept_of_identities_and_participants():
    histories = {
        model._meta.model_name for model in apps.get_models() if model.__name__.startswith("Historical")
    }
    assert histories == {"historicalfinding", "historicalrecommendation"}


# --- Keys -------------------------------------------------------------------------------------------------


def test_the_first_key_encrypts(settings, evaluation):
    settings.IDENTITY_KEYS = [NEW, OLD]
    row = ParticipantIdentity.objects.create(
        evaluation=evaluation, participant=builders.participant(evaluation), name=NAME
    )
    assert Fernet(NEW).decrypt(stored(row)[0].encode()).decode() == NAME
    with pytest.raises(InvalidToken):
        Fernet(OLD).decrypt(stored(row)[0].encode())


def test_after_a_new_key_is_put_first_older_identities_can_still_be_read(settings, evaluation):
    settings.IDENTITY_KEYS = [OLD]
    person = builders.participant(evaluation)
    row = ParticipantIdentity.objects.create(evaluation=evaluation, participant=person, name=NAME)
    settings.IDENTITY_KEYS = [NEW, OLD]
    assert read(row) == (NAME, "")
    ParticipantIdentity.objects.get(pk=row.pk).save()
    settings.IDENTITY_KEYS = [NEW]
    assert read(row) == (NAME, "")


def test_without_the_right_key_an_identity_cannot_be_read(settings, identity):
    settings.IDENTITY_KEYS = [NEW]
    with pytest.raises(InvalidToken):
        read(identity)


# --- No look-up -------------------------------------------------------------------------------------------

LOOKUPS = (
    "",
    *("__exact", "__iexact", "__contains", "__icontains", "__startswith", "__istartswith", "__endswith"),
    *("__iendswith", "__in", "__gt", "__gte", "__lt", "__lte", "__range", "__regex", "__iregex"),
)


@pytest.mark.parametrize("lookup", LOOKUPS)
@pytest.mark.parametrize("field", ["name", "contact"])
def test_no_look_up_can_search_identities(identity, field, lookup):
    value = [NAME, NAME] if lookup in ("__in", "__range") else NAME
    with pytest.raises(FieldError):
        ParticipantIdentity.objects.filter(**{f"{field}{lookup}": value}).exists()
    with pytest.raises(FieldError):
        Participant.objects.filter(**{f"identity__{field}{lookup}": value}).exists()

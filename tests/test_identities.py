"""Who a participant is: unreadable in the database, in no history, not searchable, under changeable keys.

On its page it is shown to an evaluator who presses for it, which is recorded.
"""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection

from evaluations.models import AuditEvent, ConflictingEdit, Participant, ParticipantIdentity
from tests import builders
from tests.assertions import shows
from tests.base import signed_in
from tests.pages import Page

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
    assert histories == {
        "historicalfinding",
        "historicalrecommendation",
        "historicalaction",
        "historicalreportsection",
    }


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


# --- The page ---------------------------------------------------------------------------------------------

PLACE = "/e/practice/participants/P07/"
IDENTITY = f"{PLACE}identity/"
EDIT = f"{IDENTITY}edit/"


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def known(cast):
    """P07, whose identity is recorded."""
    person = builders.participant(cast.evaluation, code="P07")
    return ParticipantIdentity.objects.create(
        evaluation=cast.evaluation, participant=person, name=NAME, contact=CONTACT
    )


def looks():
    return list(AuditEvent.objects.filter(verb="saw identity").values_list("user__username", "subject"))


def test_opening_the_page_shows_nothing_and_records_nothing(evaluator, known):
    for address in (PLACE, IDENTITY):
        response = evaluator.get(address)
        assert not shows(response, NAME)
        assert not shows(response, CONTACT)
    assert looks() == []


def test_pressing_shows_it_and_records_who_looked(evaluator, known):
    response = evaluator.post(IDENTITY)

    sent = Page(response).sends(EDIT)
    assert (sent["name"], sent["contact"]) == (NAME, CONTACT)
    assert looks() == [("evelyn", "participant P07")]
    assert "no-store" in response["Cache-Control"]
    assert "no-store" in evaluator.get(IDENTITY)["Cache-Control"]


def test_who_somebody_is_gets_recorded_and_is_not_shown_again_unasked(evaluator, cast):
    builders.participant(cast.evaluation, code="P07")
    sent = Page(evaluator.get(IDENTITY)).sends(EDIT)

    response = evaluator.post(EDIT, sent | {"name": NAME, "contact": CONTACT})

    assert response.url == PLACE
    assert read(ParticipantIdentity.objects.get()) == (NAME, CONTACT)
    assert not shows(evaluator.get(PLACE), NAME)


def test_a_change_is_saved_on_the_version_that_was_seen(evaluator, known):
    sent = Page(evaluator.post(IDENTITY)).sends(EDIT)

    evaluator.post(EDIT, sent | {"contact": "by post"})

    known.refresh_from_db()
    assert (known.name, known.contact, known.version) == (NAME, "by post", 2)


def test_a_stale_change_is_kept_encrypted_and_shown_to_its_sender(evaluator, known):
    sent = Page(evaluator.post(IDENTITY)).sends(EDIT)
    evaluator.post(EDIT, sent | {"contact": "theirs"})
    AuditEvent._base_manager.all().delete()

    response = evaluator.post(EDIT, sent | {"contact": "mine marzipan"})

    assert response.status_code == 409
    assert "no-store" in response["Cache-Control"]
    page = Page(response)
    assert "theirs" in page.words
    assert "mine marzipan" in page.words
    assert looks() == [("evelyn", "participant P07")], "theirs was seen as well"
    assert read(known) == (NAME, "theirs")
    assert ConflictingEdit.objects.count() == 1
    assert "marzipan" not in whole_database()
    assert "marzipan" in Page(evaluator.post(IDENTITY)).words, "set aside"

    evaluator.post(EDIT, page.sends() | {"keep": "mine"})
    assert read(known) == (NAME, "mine marzipan")


def test_a_form_with_errors_that_holds_what_is_stored_is_a_look(evaluator, known):
    sent = {"name": "x" * 250, "contact": "y", "version": 1, "keep": "both"}

    response = evaluator.post(EDIT, sent)

    assert CONTACT in Page(response).sends(EDIT)["contact"]
    assert looks() == [("evelyn", "participant P07")]


def test_a_form_with_errors_where_nothing_is_stored_is_no_look(evaluator, cast):
    builders.participant(cast.evaluation, code="P07")
    evaluator.post(EDIT, {"name": "x" * 250, "contact": "y", "version": 0, "keep": "both"})
    assert looks() == []


def test_no_other_page_of_an_evaluator_shows_who_somebody_is(evaluator, known):
    """The file on one participant does, which has an event of its own; names that readers see do."""
    elsewhere = ("", "participants/", "consent/", "report/check/", "set-up/", "set-up/record/")
    of_theirs = [f"{PLACE}{end}" for end in ("", "edit/", "withdraw/", "data/")]
    for address in [*(f"/e/practice/{end}" for end in elsewhere), *of_theirs]:
        response = evaluator.get(address)
        assert response.status_code == 200, address
        assert not shows(response, NAME), address
        assert not shows(response, CONTACT), address
    assert looks() == []


@pytest.mark.parametrize("address", [IDENTITY, EDIT])
def test_without_the_key_the_page_says_so(evaluator, known, settings, address):
    settings.IDENTITY_KEYS = [NEW]
    before = stored(known)

    response = evaluator.post(address, {"name": "Another", "contact": "", "version": 1})

    assert response.status_code == 200
    page = Page(response)
    assert "This cannot be read" in page.words
    assert "IDENTITY_KEYS" in page.words
    assert stored(known) == before
    assert evaluator.get(PLACE).status_code == 200


def test_of_somebody_who_withdrew_nothing_can_be_recorded(evaluator, cast):
    builders.participant(cast.evaluation, code="P07", withdrawn_on="2024-06-03")

    assert "P07 withdrew" in Page(evaluator.get(IDENTITY)).words
    response = evaluator.post(EDIT, {"name": NAME, "contact": "", "version": 0})

    assert "is not recorded again" in Page(response).words
    assert not ParticipantIdentity.objects.exists()


@pytest.mark.parametrize("name", ["rowan", "leigh", "sasha"])
def test_nobody_else_is_shown_an_identity(cast, known, name):
    other = signed_in(getattr(cast, name))
    assert [other.get(IDENTITY).status_code, other.post(IDENTITY).status_code] == [404, 404]
    assert other.post(EDIT, {"name": "x", "contact": "", "version": 1}).status_code == 404
    assert read(known) == (NAME, CONTACT)
    assert looks() == []

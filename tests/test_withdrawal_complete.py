"""A withdrawal is complete: planted words are in no page, file, search, table, session, log or byte after it.

``planted`` puts the words of one participant into every text of an evaluation that can hold them, a text
field that is added later too. They withdraw through the page. Then everybody goes everywhere.

What stays by decision: what evaluators wrote in their own words, without four words in a row of theirs; an
organisation where it is not thanked; what is listed with its reason in ``NOT_STRUCK``; and, out of reach,
backups, files that somebody took away, mail that was sent.
"""

import io
import logging
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from evaluations.actions import withdrawal
from evaluations.actions.withdrawal import withdraw_participant
from evaluations.logs import JsonLines
from evaluations.models import Action, EvidenceFile, GroupDecision, Interview, Owner
from tests.base import signed_in
from tests.planted import BY_HAND, MARKS, cells, columns_with_marks, marks_in, plant, planted_columns
from tests.test_access_walk import PEOPLE, ROUTES, Asker, admin_addresses, decisions, world
from tests.test_withdrawal import NOT_STRUCK

__all__ = ["world"]

EXPORTS = {"export": ("xlsx", "csv", "docx", "pdf"), "report-format": ("docx", "html", "pdf")}
# Evidence files go only where an evaluator says so, on the withdrawal's page.
NOT_ASKED_FOR = {("evaluations_evidencefile", name) for name in ("name", "content")}
SEARCHES = ("finding-list", "matrix-detail", "finding-search", "quotation-add", "recommendation-list")


def addresses(world, name, *, is_whole):
    """Yield (method, address) of what somebody may open; files in every format where it ``is_whole``.

    What takes nothing but a form is sent an empty one, in a transaction that is undone.
    """
    for row, (methods, people) in decisions().items():
        is_form = "get" not in methods
        if people[name] != "ok" or row.endswith("logout/") or (is_form and not is_whole):
            continue
        route = ROUTES[row]
        choices = [(place, EXPORTS[place]) for place in route.places if place in EXPORTS]
        place, formats = choices[0] if choices else ("", ("",))
        for chosen in formats if is_whole else formats[:1]:
            yield methods[0], route.address(world.values | {place: chosen})
    if name == "superuser":
        yield from (("get", address) for address in admin_addresses(world))


def shown(world, name, *, is_whole=False):
    """Return ``{address: planted words}`` of what somebody comes to see, and how many answers there were."""
    asker, found, count = Asker(world.people[name]), {}, 0
    for method, address in addresses(world, name, is_whole=is_whole):
        answer = asker.ask(method, address)
        count += 1
        if words := marks_in(b"".join(answer) if answer.streaming else answer.content):
            found[address] = words
    return found, count


def found_by_searching(world, name):
    """Return what a search for one of the words brings of the others."""
    asker, found = Asker(world.people[name]), {}
    for row in SEARCHES:
        address = ROUTES[row].address(world.values)
        for query in ("?q=zqxbravo&drafts=1", "?q=WVXADELA"):
            words = marks_in(asker.ask("get", address + query).content) - {"zqxbravo", "wvxadela"}
            if words:
                found[address + query] = words
    return found


@pytest.fixture
def lines():
    """Everything that any logger says, as the product writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def database_files():
    """Return the planted words in the bytes of the database's own files, by file."""
    name = str(connection.settings_dict["NAME"])
    files = (Path(name + end) for end in ("", "-wal", "-shm"))
    return {path.name: marks_in(path.read_bytes()) for path in files if path.exists()}


def decide(world):
    """Return what the withdrawal page is sent."""
    chosen = {"group-I4102": "keep", "group-I4103": "delete"}
    return chosen | {"evidence": [row.pk for row in EvidenceFile.objects.filter(evaluation=world.evaluation)]}


@pytest.mark.django_db(transaction=True)
def test_after_a_withdrawal_nobody_finds_a_word_anywhere(world, cast, lines):
    plant(world, cast.evelyn)
    assert columns_with_marks() == planted_columns()
    seen, _ = shown(world, "evaluator")
    assert len(seen) > 60, "the words are to be seen before"
    # How to reach them is shown to nobody who did not press for it.
    assert set(MARKS) - {"wvxmail"} == set().union(*seen.values())
    assert len(found_by_searching(world, "evaluator")) > 3
    if connection.vendor == "sqlite":
        assert {"zqxbravo", "wvxford"} <= set().union(*database_files().values())
    evaluator = signed_in(cast.evelyn)
    address = ROUTES["participant-withdraw"].address(world.values)

    answer = evaluator.post(address, decide(world), follow=True)

    assert answer.redirect_chain, "the withdrawal went through"
    assert marks_in(answer.content) == set()
    mail.outbox.clear()
    Owner.objects.filter(evaluation=world.evaluation).update(email="owner@example.org")
    Action.objects.update(due=timezone.localdate() - timedelta(days=1), original_due=timezone.localdate())
    call_command("send_reminders", stdout=io.StringIO())
    for name in PEOPLE:
        # Files in every format are the same for everybody who may take them.
        found, count = shown(world, name, is_whole=name == "evaluator")
        assert found == {}, name
        assert count > 5
    for name in ("evaluator", "lead"):
        assert found_by_searching(world, name) == {}
    assert columns_with_marks() == set()
    if connection.vendor == "sqlite":
        assert set().union(*database_files().values()) == set()
    assert mail.outbox
    assert marks_in("\n".join(str(message.message()) for message in mail.outbox)) == set()
    assert lines.getvalue().count('"event": "request"') > 300
    assert marks_in(lines.getvalue()) == set()


# --- The proof would notice -------------------------------------------------------------------------------


def test_every_field_that_can_hold_words_is_planted_or_it_is_said_why_not():
    """With ``NOT_STRUCK`` this decides about each text field there is."""
    by_hand = {name for name in BY_HAND if not name.endswith(" content")} - {"Participant organisation"}
    assert by_hand <= set(NOT_STRUCK)
    why_not = {name: why for name, why in NOT_STRUCK.items() if name not in BY_HAND}
    assert all(why or name.startswith("Evaluation ") for name, why in why_not.items())


def withdraw(world, cast, person):
    """Withdraw somebody without the page."""
    groups = Interview.objects.filter(code__in=("I4102", "I4103"))
    chosen = {"I4102": GroupDecision.KEEP, "I4103": GroupDecision.DELETE}
    decisions = {row.pk: chosen[row.code] for row in groups}
    withdraw_participant(participant=person, decisions=decisions, by=cast.evelyn)


@pytest.mark.django_db
def test_each_strike_that_is_left_out_is_noticed(world, cast):
    person = plant(world, cast.evelyn, formats=("html",))
    for strike in ("_strike", "amend_versions", "_empty", "_forget_versions", "_delete_about", "_close"):
        with transaction.atomic(), patch.object(withdrawal, strike):
            withdraw(world, cast, person)
            assert columns_with_marks() - NOT_ASKED_FOR, f"{strike} takes nothing"
            transaction.set_rollback(True)
    withdraw(world, cast, person)
    assert columns_with_marks() == NOT_ASKED_FOR


def test_a_word_in_any_column_of_any_table_is_found(world, cast):
    """By raw SQL, whatever the models say; what the database refuses there, nobody can plant."""
    signed_in(cast.evelyn)
    holding = {(t, c) for t, c, value in cells() if isinstance(value, str | bytes | memoryview | dict | list)}
    tried, missed = set(), set()
    for table, column in sorted(holding - {("django_session", "session_data")}):
        for word in ("zqxbravo", '{"a": "zqxbravo"}', b"zqxbravo"):
            with transaction.atomic():
                if put(table, column, word):
                    tried.add(table)
                    missed |= {(table, column)} - columns_with_marks([table])
                    transaction.set_rollback(True)
                    break
    assert missed == set()
    assert len(tried) > 40


def put(table, column, word):
    """Put a word into one row of a table and say whether the database took it."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        key = quote(connection.introspection.get_primary_key_column(cursor, table))
        first = f"SELECT min({key}) FROM {quote(table)}"  # noqa: S608 - our own tables
        change = f"UPDATE {quote(table)} SET {quote(column)} = %s WHERE {key} = ({first})"  # noqa: S608
        try:
            with transaction.atomic():
                cursor.execute(change, [word])
        except DatabaseError:
            return False
    return True

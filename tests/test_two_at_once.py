"""Two requests at the very same moment, on threads with connections of their own: nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from evaluations.actions.errors import AlreadyThere, StaleVersion
from evaluations.actions.findings import add_finding, edit_finding
from evaluations.actions.interviews import add_interview
from evaluations.models import ConflictingEdit, Finding, Interview

from . import builders

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Start all acts together; return what each returned, or the error it raised."""
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            return act()
        except (StaleVersion, AlreadyThere) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_saves_of_one_version_one_wins_and_the_other_is_kept(cast):
    finding = builders.finding(cast.evaluation.strand, text="As it was")
    texts = [f"Version of writer {number}" for number in range(4)]

    def save(text):
        return lambda: edit_finding(finding=finding, version=1, changes={"text": text}, by=cast.evelyn)

    outcomes = at_once(*[save(text) for text in texts])

    assert sum(isinstance(outcome, StaleVersion) for outcome in outcomes) == 3
    kept = [edit.fields["text"] for edit in ConflictingEdit.objects.all()]
    finding.refresh_from_db()
    assert sorted([finding.text, *kept]) == sorted(texts)
    assert finding.version == 2


def test_of_two_interviews_with_one_code_the_second_is_refused_politely(cast):
    def add():
        return add_interview(
            evaluation=cast.evaluation, fields={"code": "I01"}, participants=[], strands=[], by=cast.evelyn
        )

    outcomes = at_once(add, add, add)

    assert sum(isinstance(outcome, AlreadyThere) for outcome in outcomes) == 2
    assert Interview.objects.count() == 1


def test_findings_added_together_are_all_there(cast):
    fields = {"strand": cast.evaluation.strand, "kind": "barrier", "condition": "power"}

    def add(number):
        return lambda: add_finding(
            evaluation=cast.evaluation, fields={**fields, "text": f"Finding {number}"}, by=cast.evelyn
        )

    at_once(*[add(number) for number in range(6)])

    assert Finding.objects.count() == 6

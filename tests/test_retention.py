"""Names and contacts are kept for a time after the programme's end, and deleted then, every copy of them."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django.utils.dateformat import format as in_words

from evaluations.actions.errors import StaleVersion
from evaluations.actions.people import save_identity
from evaluations.models import AuditEvent, ConflictingEdit, Evaluation, ParticipantIdentity, Verb
from evaluations.models.evaluation import months_after

from . import builders
from .base import signed_in
from .pages import Page, fill_in
from .test_withdrawal import files_hold, whole_database

E = "/e/practice/"
FACTS = f"{E}set-up/evaluation/"


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def known(cast):
    """P07 is known by name, with an edit of that set aside; the programme ended 13 months ago."""
    return name_somebody(cast.evaluation, cast.evelyn, ended=timezone.localdate() - timedelta(days=400))


def name_somebody(evaluation, by, *, ended, code="P07"):
    evaluation.programme_ends = ended
    evaluation.save()
    row = builders.participant(evaluation, code=code)
    save_identity(participant=row, version=0, changes={"name": "Ada Quillfeather", "contact": "ada"}, by=by)
    with pytest.raises(StaleVersion):
        save_identity(participant=row, version=0, changes={"name": "Ada", "contact": "marzipan"}, by=by)
    return row


def run(*arguments):
    """Return what the command says."""
    said = StringIO()
    call_command("purge_identities", *arguments, stdout=said)
    return said.getvalue()


# --- When they are due ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends", "months", "goes"),
    [
        (date(2025, 3, 31), 12, date(2026, 3, 31)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 12, 1), 1, date(2025, 1, 1)),
        (date(2024, 5, 14), 0, date(2024, 5, 14)),
        (date(2024, 5, 14), 120, date(2034, 5, 14)),
    ],
)
def test_names_go_so_many_months_after_the_programmes_end(ends, months, goes):
    assert months_after(ends, months) == goes
    assert Evaluation(programme_ends=ends, identities_kept_months=months).names_go_on == goes


def test_without_an_end_date_they_are_never_due():
    assert Evaluation(identities_kept_months=0).names_go_on is None


def test_the_time_is_set_on_the_set_up_page_and_another_day_is_recorded(evaluator, cast):
    fill_in(evaluator, FACTS, {"programme_ends": "31 March 2025", "identities_kept_months": "6"})
    fill_in(evaluator, FACTS, {"identities_kept_months": "24"})
    fill_in(evaluator, FACTS, {"title": "Another title"})

    cast.evaluation.refresh_from_db()
    assert cast.evaluation.names_go_on == date(2027, 3, 31)
    events = AuditEvent.objects.order_by("pk").values_list("verb", "subject")
    assert list(events) == [
        (Verb.CHANGED_KEPT_MONTHS, "from no date to 2025-09-30"),
        (Verb.CHANGED_KEPT_MONTHS, "from 2025-09-30 to 2027-03-31"),
    ]


@pytest.mark.parametrize("months", ["121", "-1", "", "a year", "9" * 30])
def test_a_time_that_is_none_is_refused(evaluator, cast, months):
    response = fill_in(evaluator, FACTS, {"identities_kept_months": months})
    assert response.status_code == 200
    assert "Error: " in Page(response).one("title").words
    cast.evaluation.refresh_from_db()
    assert cast.evaluation.identities_kept_months == 12


# --- The command ------------------------------------------------------------------------------------------


def test_a_dry_run_says_what_is_due_and_deletes_nothing(known, cast):
    later = builders.evaluation(slug="later")
    name_somebody(later, cast.sam, ended=timezone.localdate())
    name_somebody(builders.evaluation(slug="open-ended"), cast.sam, ended=None)
    builders.evaluation(slug="nobody-named", programme_ends=date(2020, 1, 1))

    said = run()

    due, soon = (in_words(row.names_go_on, "j F Y") for row in (cast.evaluation, later))
    assert f"/e/practice/: names and contacts of 1 participant, 1 earlier text: due since {due}." in said
    assert f"/e/later/: names and contacts of 1 participant, 1 earlier text: to be deleted on {soon}." in said
    assert "/e/open-ended/: names and contacts of 1 participant, 1 earlier text: the programme has no" in said
    assert "/e/nobody-named/: no names or contacts are kept." in said
    assert "Nothing was deleted. Run this with --delete" in said
    assert "Quillfeather" not in said
    assert ParticipantIdentity.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_due_goes_every_copy_of_it_and_nothing_else(cast):
    cast.evaluation.refresh_from_db()
    known = name_somebody(cast.evaluation, cast.evelyn, ended=timezone.localdate() - timedelta(days=400))
    later = name_somebody(builders.evaluation(), cast.sam, ended=timezone.localdate())
    sealed = sealed_of(cast.evaluation)
    said = builders.quotation(cast.evaluation, speaker=known)

    assert "Deleted the names and contacts of 1 participant." in run("--delete")

    assert ParticipantIdentity.objects.get().participant == later
    assert ConflictingEdit.objects.get().evaluation == later.evaluation
    event = AuditEvent.objects.get(verb=Verb.DELETED_IDENTITIES)
    assert (event.evaluation, event.user) == (cast.evaluation, None)
    assert event.subject == "1 identities, 1 earlier texts"
    known.refresh_from_db()
    said.refresh_from_db()
    assert (known.consent, known.withdrawn_on, said.speaker) == ("yes", None, known), "only who they are went"
    assert not [text for text in sealed if text in whole_database()]
    if connection.vendor == "sqlite":
        assert not [text for text in sealed if files_hold(text)], "the database's own files are clean"
    assert "Deleted the names and contacts of 0 participants." in run("--delete"), "and again"
    assert AuditEvent.objects.filter(verb=Verb.DELETED_IDENTITIES).count() == 1


def sealed_of(evaluation):
    """Return the texts of an evaluation's names and contacts as the database keeps them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, contact FROM evaluations_participantidentity WHERE evaluation_id = %s",
            [evaluation.pk],
        )
        kept = [text for row in cursor.fetchall() for text in row]
    edits = ConflictingEdit.objects.filter(evaluation=evaluation)
    return kept + [text for edit in edits for text in edit.fields.values()]


def test_files_that_somebody_keeps_busy_are_an_error_that_says_what_to_do(known, monkeypatch):
    monkeypatch.setattr("evaluations.management.commands.purge_identities.clean_database", lambda: False)
    with pytest.raises(CommandError, match="clean_database"):
        run("--delete")
    assert not ParticipantIdentity.objects.exists()


# --- On the pages -----------------------------------------------------------------------------------------


def test_where_names_are_shown_it_says_until_when(evaluator, cast, known):
    cast.evaluation.programme_ends = date(2024, 3, 31)
    cast.evaluation.identities_kept_months = 120
    cast.evaluation.save()
    words = "deleted on 31 March 2034, 120 months after the programme’s end."
    for address in ("participants/", "participants/P07/identity/"):
        assert words in Page(evaluator.get(f"{E}{address}")).words
    assert words in Page(evaluator.post(f"{E}participants/P07/identity/")).words
    assert "Kept until 31 March 2034" in Page(evaluator.get(f"{E}participants/P07/")).words


def test_once_they_are_deleted_it_says_when(evaluator, known, monkeypatch):
    monkeypatch.setattr("evaluations.management.commands.purge_identities.clean_database", lambda: True)
    run("--delete")
    today = in_words(timezone.localdate(), "j F Y")
    assert f"Deleted on {today}" in Page(evaluator.get(f"{E}participants/P07/")).words
    page = Page(evaluator.get(f"{E}participants/P07/identity/"))
    assert f"were deleted on {today}" in page.words
    assert "Quillfeather" not in page.words


@pytest.mark.parametrize(("days", "warned"), [(41, True), (60, False)])
def test_the_overview_tells_evaluators_some_weeks_before(cast, evaluator, days, warned):
    goes_on = timezone.localdate() + timedelta(days=days)
    name_somebody(cast.evaluation, cast.evelyn, ended=goes_on)
    Evaluation.objects.update(identities_kept_months=0)
    words = f"names and contacts are deleted on {in_words(goes_on, 'j F Y')}"
    assert (words in Page(evaluator.get(E)).words) == warned
    assert words not in Page(signed_in(cast.leigh).get(E)).words
    ParticipantIdentity.objects.all().delete()
    assert words not in Page(evaluator.get(E)).words

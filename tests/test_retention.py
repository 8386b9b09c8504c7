"""Names and contacts are kept for a time after the programme's end, and deleted then, every copy of them."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django.utils.dateformat import format as in_words

from evaluations.actions.audit import record
from evaluations.actions.errors import StaleVersion
from evaluations.actions.people import save_identity
from evaluations.actions.retention import give_notice
from evaluations.actions.setup import edit_evaluation
from evaluations.models import AuditEvent, ConflictingEdit, Evaluation, ParticipantIdentity, Verb
from evaluations.models.evaluation import months_after

from . import builders
from .assertions import refused
from .base import signed_in
from .pages import Page, fill_in
from .test_withdrawal import files_hold, whole_database

E = "/e/practice/"
FACTS = f"{E}set-up/evaluation/"
COMMAND = "evaluations.management.commands.purge_identities"


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


def notice(*, of, days_ago):
    """Give notice of an evaluation's day, some days ago."""
    give_notice(evaluation=of)
    event = AuditEvent.objects.filter(verb=Verb.GAVE_NOTICE, evaluation=of).latest("pk")
    at = timezone.now() - timedelta(days=days_ago)
    AuditEvent._base_manager.filter(pk=event.pk).update(at=at)
    return event


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


def test_a_day_that_has_come_is_asked_about_where_names_are_kept(evaluator, cast):
    name_somebody(cast.evaluation, cast.evelyn, ended=None)
    slip = {"programme_ends": "31 March 2015"}
    page = refused(fill_in(evaluator, FACTS, slip), "id_programme_ends", "due to be deleted on 31 March 2016")
    assert page.sends()["programme_ends"] == "31 March 2015"
    cast.evaluation.refresh_from_db()
    assert cast.evaluation.programme_ends is None

    fill_in(evaluator, FACTS, slip | {"names_may_go": "on"})
    assert fill_in(evaluator, FACTS, {"title": "Another"}).status_code == 302, (
        "the same day is not asked about"
    )
    refused(fill_in(evaluator, FACTS, {"identities_kept_months": "60"}), "id_identities_kept_months", "2020")
    ParticipantIdentity.objects.all().delete()
    assert fill_in(evaluator, FACTS, {"identities_kept_months": "24"}).status_code == 302
    cast.evaluation.refresh_from_db()
    assert cast.evaluation.names_go_on == date(2017, 3, 31)


# --- The command ------------------------------------------------------------------------------------------


def test_a_dry_run_says_what_is_due_and_deletes_nothing(known, cast):
    later = builders.evaluation(slug="later")
    name_somebody(later, cast.sam, ended=timezone.localdate())
    name_somebody(builders.evaluation(slug="open-ended"), cast.sam, ended=None)
    builders.evaluation(slug="nobody-named", programme_ends=date(2020, 1, 1))
    told = run()
    assert "1 earlier text: due on" in told
    assert "Nothing was deleted.\n" in told
    notice(of=cast.evaluation, days_ago=14)

    said = run()

    due, soon = (in_words(row.names_go_on, "j F Y") for row in (cast.evaluation, later))
    assert f"/e/practice/: names and contacts of 1 participant, 1 earlier text: due since {due}." in said
    assert f"/e/later/: names and contacts of 1 participant, 1 earlier text: to be deleted on {soon}." in said
    assert "/e/open-ended/: names and contacts of 1 participant, 1 earlier text: the programme has no" in said
    assert "/e/nobody-named/: no names or contacts are kept." in said
    assert "Nothing was deleted. Run this with --delete" in said
    assert "Quillfeather" not in said
    assert ParticipantIdentity.objects.count() == 3


def test_nothing_goes_without_two_weeks_notice_of_the_very_day(known, cast, unclean):
    """Whether an upgrade brought the day or a slip: there is time to put it right."""
    in_two_weeks = in_words(timezone.localdate() + timedelta(days=14), "j F Y")
    said = run("--delete") + run("--delete")
    assert said.count(f"1 earlier text: to be deleted on {in_two_weeks}.") == 2
    event = AuditEvent.objects.get(verb=Verb.GAVE_NOTICE)
    assert event.subject == f"on {cast.evaluation.names_go_on}"
    AuditEvent._base_manager.filter(pk=event.pk).update(at=event.at - timedelta(days=14))

    there, back = cast.evaluation.programme_ends + timedelta(days=1), cast.evaluation.programme_ends
    for day in (there, back):
        cast.evaluation.refresh_from_db()
        changes = {"programme_ends": day}
        edit_evaluation(
            evaluation=cast.evaluation, version=cast.evaluation.version, changes=changes, by=cast.evelyn
        )
        assert "of 0 participants" in run("--delete"), "of this day notice was not given before"
    assert ParticipantIdentity.objects.exists()


@pytest.mark.parametrize(("days", "noticed"), [(14, True), (15, False)])
def test_notice_is_given_in_time_for_the_day_itself(cast, unclean, days, noticed):
    name_somebody(cast.evaluation, cast.evelyn, ended=timezone.localdate() + timedelta(days=days))
    Evaluation.objects.update(identities_kept_months=0)
    cast.evaluation.refresh_from_db()
    day = in_words(cast.evaluation.names_go_on, "j F Y")
    assert f"to be deleted on {day}." in run("--delete")
    assert AuditEvent.objects.filter(verb=Verb.GAVE_NOTICE).exists() == noticed


@pytest.fixture
def unclean(monkeypatch):
    """The command, without the cleaning of a test's database; returns the list of its calls."""
    calls = []
    monkeypatch.setattr(f"{COMMAND}.clean_database", lambda: calls.append(1) or True)
    return calls


def test_files_are_cleaned_though_nothing_is_due(known, unclean):
    """An earlier run may have been killed between deleting and cleaning."""
    run()
    assert not unclean
    run("--delete")
    assert unclean


@pytest.mark.django_db(transaction=True)
def test_what_is_due_goes_every_copy_of_it_and_nothing_else(cast):
    cast.evaluation.refresh_from_db()
    known = name_somebody(cast.evaluation, cast.evelyn, ended=timezone.localdate() - timedelta(days=400))
    later = name_somebody(builders.evaluation(), cast.sam, ended=timezone.localdate())
    notice(of=cast.evaluation, days_ago=14)
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


def test_files_that_somebody_keeps_busy_are_an_error_that_says_what_to_do(known, cast, monkeypatch):
    notice(of=cast.evaluation, days_ago=14)
    monkeypatch.setattr(f"{COMMAND}.clean_database", lambda: False)
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


def test_once_the_day_has_passed_and_they_are_still_there_it_says_so(evaluator, cast, known):
    day = in_words(cast.evaluation.names_go_on, "j F Y")
    words = f"were due to be deleted on {day}. If that day is wrong, change it"
    for address in ("", "participants/", "participants/P07/identity/"):
        page = Page(evaluator.get(f"{E}{address}"))
        assert words in page.words
        assert f"are deleted on {day}" not in page.words
    assert f"Due to be deleted since {day}" in Page(evaluator.get(f"{E}participants/P07/")).words


def test_once_they_are_deleted_it_says_when(evaluator, known, cast, unclean):
    notice(of=cast.evaluation, days_ago=14)
    run("--delete")
    today = in_words(timezone.localdate(), "j F Y")
    assert f"Deleted on {today}" in Page(evaluator.get(f"{E}participants/P07/")).words
    page = Page(evaluator.get(f"{E}participants/P07/identity/"))
    assert f"were deleted on {today}" in page.words
    assert "Quillfeather" not in page.words

    for day, words in (("2099-01-01", "were deleted on"), ("2020-01-01", "were due to be deleted")):
        record(by=None, evaluation=cast.evaluation, verb=Verb.RESTORED_BACKUP, subject=f"backup of {day}")
        assert words in Page(evaluator.get(f"{E}participants/")).words, "an older backup brought them back"


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

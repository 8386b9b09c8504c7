"""A participant withdraws: no word of theirs is left in any table, history or file, and none comes back."""

import json
import zipfile
from datetime import date, timedelta
from html import escape
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from evaluations.actions.board import mark_finding, merge_findings
from evaluations.actions.copies import texts_of
from evaluations.actions.errors import Gone, NotAllowedNow, StaleVersion, TextWithdrawn
from evaluations.actions.findings import add_evidence, edit_finding
from evaluations.actions.interviews import AnswerSent, save_answers
from evaluations.actions.people import edit_participant, save_identity
from evaluations.actions.quotations import add_quotation, edit_quotation
from evaluations.actions.reflections import edit_point
from evaluations.actions.report import SectionSent, save_section
from evaluations.actions.withdrawal import withdraw_participant
from evaluations.models import (
    Acceptance,
    Action,
    Answer,
    AnswerVersion,
    AuditEvent,
    CellSummary,
    CodingRound,
    CodingUnit,
    ComparisonReading,
    ConflictingEdit,
    DueDateChange,
    Evaluation,
    EvidenceFile,
    FindingChange,
    FindingComment,
    FindingQuotation,
    GroupDecision,
    HeldFile,
    Interview,
    InterviewCondition,
    Job,
    Participant,
    ParticipantIdentity,
    Phone,
    ProgressUpdate,
    PublishedVersion,
    Quotation,
    QuotationVersion,
    RecommendationQuotation,
    ReflectionPoint,
    Report,
    ReportFile,
    Source,
    Strand,
    TrackerChange,
    Weighing,
    Workshop,
    WorkshopResult,
    WorkshopRound,
)
from evaluations.report.blocks import as_data
from evaluations.screens.publishing import read_publication
from evaluations.screens.report_builder import read_builder
from evaluations.traces import STRUCK, Traces, change_each

from . import builders
from .assertions import shows
from .base import as_member, signed_in
from .pages import Page
from .planted import cells

E = "/e/practice/"
WITHDRAW = f"{E}participants/P07/withdraw/"
SPOKEN = "The zebrafinch committee never asked quillwort families about marzipan."
EARLIER = "Earlier the zebrafinch committee met in the quillwort hall on Mondays."
WORDS = ("zebrafinch", "quillwort", "marzipan", "Quillfeather", "Ptarmigan")
OTHERS = "We from the other side say that buses come late."


@pytest.fixture
def said(cast):
    """P07 said something one-to-one, which stands in every kind of row; P08 said something else."""
    return Said(cast)


class Said:
    def __init__(self, cast):
        self.cast, self.evaluation, self.by = cast, cast.evaluation, cast.evelyn
        row = self.evaluation
        self.person = builders.participant(
            row, code="P07", organisation="Ptarmigan Trust", consent_how="said to Quillfeather"
        )
        self.other = builders.participant(row, code="P08")
        self.interview = builders.interview(
            row, code="I07", participants=[self.person], status="coded", focus_condition="power"
        )
        self.elsewhere = builders.interview(row, code="I08", participants=[self.other])
        self.write("", EARLIER, 0)
        self.write(EARLIER, SPOKEN, 1)
        self.write("", "A stale zebrafinch and quillwort text", 1)
        self.answer = Answer.objects.get(interview=self.interview)
        self.other_answer = builders.answer(self.elsewhere, text=OTHERS)
        self.finding = builders.finding(row.strand, text="Families were not asked.")
        fields = {"text": EARLIER, "speaker": self.person, "answer": self.answer, "source": None}
        self.quotation = add_evidence(finding=self.finding, fields=fields, by=self.by)
        edit_quotation(quotation=self.quotation, version=1, changes=fields | {"text": SPOKEN}, by=self.by)
        self.quotation.refresh_from_db()
        self.shared = builders.finding(row.strand, text="Buses are late.")
        self.shared.quotations.add(self.quotation, through_defaults={"evaluation": row})
        builders.quotation(row, evidence_for=self.shared, text=OTHERS, speaker=self.other, approved_on=DAY)

    def write(self, _, text, version):
        """Save an answer of P07 under policies."""
        sent = AnswerSent("answer", "policies", None, text, version)
        save_answers(interview=self.interview, states={}, answers=[sent], by=self.by)

    def withdraw(self, **decisions):
        """Withdraw P07; decisions by the interview's code."""
        found = {row.pk: decisions[row.code] for row in self.person.interviews.all() if row.code in decisions}
        return withdraw_participant(participant=self.person, decisions=found, by=self.by)


DAY = date(2024, 5, 14)


def everywhere(said):
    """Copy the words into every other kind of row that people write."""
    row, by = said.evaluation, said.by
    save_identity(
        participant=said.person, version=0, changes={"name": "Ada Quillfeather", "contact": "ada"}, by=by
    )
    with pytest.raises(StaleVersion):
        save_identity(
            participant=said.person, version=0, changes={"name": "A", "contact": "zebrafinch"}, by=by
        )
    with pytest.raises(StaleVersion):
        edit_participant(participant=said.person, version=9, changes={"organisation": "Ptarmigan"}, by=by)
    copied = builders.finding(row.strand, text="Something else", note="", status="ready")
    edit_finding(finding=copied, version=1, changes={"text": f"They say: “{SPOKEN}”"}, by=by)
    with pytest.raises(StaleVersion):
        edit_finding(finding=copied, version=1, changes={"text": SPOKEN.upper(), "note": ""}, by=by)
    gone = builders.finding(row.strand, text=SPOKEN)
    copied.refresh_from_db()
    mark_finding(finding=copied, version=2, status="draft", by=by)
    merge_findings(finding=copied, version=3, other=gone, other_version=1, text=f"{SPOKEN} And more.", by=by)
    recommendation = builders.recommendation(row.strand, title=SPOKEN, text=f"Because {SPOKEN}")
    RecommendationQuotation.objects.create(
        evaluation=row, recommendation=recommendation, quotation=said.quotation
    )
    recommendation.save()
    ProgressUpdate.objects.create(evaluation=row, recommendation=recommendation, date=DAY, note=SPOKEN)
    reflection = apps.get_model("evaluations", "Reflection").objects.create(evaluation=row, theme=EARLIER)
    point = ReflectionPoint.objects.create(evaluation=row, reflection=reflection, text=SPOKEN)
    point.quotations.add(said.quotation, through_defaults={"evaluation": row})
    CellSummary.objects.create(
        evaluation=row,
        strand=row.strand,
        kind="barrier",
        condition="power",
        text=SPOKEN,
        basis="x",
        signed_at=timezone.now(),
    )
    row.introduction = f"As one of them said: {SPOKEN}"
    row.save()
    closed = CodingRound.objects.create(evaluation=row, interview=said.interview, second=said.cast.sasha)
    CodingUnit.objects.create(
        evaluation=row,
        round=closed,
        answer=said.answer,
        condition="power",
        kind="barrier",
        first=True,
        second=False,
        note="zebrafinch",
    )
    closed.closed_at = timezone.now()
    closed.save()
    InterviewCondition.objects.create(
        evaluation=row, interview=said.interview, condition="power", state="asked"
    )
    Quotation.objects.create(evaluation=row, text=EARLIER, speaker=said.person, removed_at=timezone.now())
    QuotationVersion.objects.create(evaluation=row, quotation=said.quotation, number=9, text="marzipan")
    in_talk_and_workshops(row, copied, by)
    file = HeldFile.objects.create(evaluation=row, name="quillwort.csv", content=SPOKEN.encode())
    for state in ("draft", "done", "waiting"):
        Job.objects.create(
            evaluation=row, kind="import", file=file, state=state, result={"said": SPOKEN}, step="quillwort"
        )
    return copied, recommendation


def in_talk_and_workshops(row, finding, by, words=SPOKEN):
    """Copy words into what was shared for comment, read from a comparison, and said in a workshop."""
    builders.share(finding, by, question=f"Did they say: {words}")
    builders.comment(finding, by, text=f"I heard {words}")
    ComparisonReading.objects.create(
        evaluation=row, compared="coproduction,other", text=words, basis="x", signed_at=timezone.now()
    )
    workshop = builders.workshop(row.strand, title=words)
    vote = builders.round(workshop, question=words)
    key = {"evaluation": row, "round": vote, "finding": finding}
    phone = Phone.objects.create(evaluation=row, workshop=workshop, token_hash="5" * 64)
    Weighing.objects.create(phone=phone, note=f"About {words}", **key)
    numbers = dict.fromkeys(("position", "dots", "people", "confirm", "challenge"), 1)
    WorkshopResult.objects.create(strand=row.strand, condition="power", text=words, **numbers, **key)


def whole_database():
    """Return every value of every table as one text, whatever the model."""
    return "\n".join(_text(value) for _, _, value in cells())


def _text(value):
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="replace")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def files_hold(word):
    """Return the database's own files in which a word stands, in any case of its letters."""
    name = str(connection.settings_dict["NAME"])
    paths = [Path(name + end) for end in ("", "-wal", "-shm")]
    return [
        path.name for path in paths if path.exists() and word.lower().encode() in path.read_bytes().lower()
    ]


# --- Nothing is left --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_table_history_or_byte_of_the_database_holds_a_word(said):
    everywhere(said)
    before = whole_database().lower()
    assert all(word.lower() in before for word in WORDS if word != "Quillfeather")
    if connection.vendor == "sqlite":
        assert files_hold("zebrafinch"), "the files are the ones that the words are in"

    assert said.withdraw() is True

    after = whole_database().lower()
    assert [word for word in WORDS if word.lower() in after] == []
    if connection.vendor == "sqlite":
        assert {word: files_hold(word) for word in WORDS} == {word: [] for word in WORDS}


def test_what_others_said_stays_as_it_was(said):
    everywhere(said)

    said.withdraw()

    assert Answer.objects.get().text == OTHERS
    assert Quotation.objects.get().text == OTHERS
    said.shared.refresh_from_db()
    assert (said.shared.text, said.shared.status) == ("Buses are late.", "ready")
    said.other.refresh_from_db()
    assert (said.other.consent, said.other.version) == ("yes", 1)


def test_of_the_participant_the_code_and_the_day_stay(said):
    everywhere(said)

    said.withdraw()

    person = said.person
    person.refresh_from_db()
    assert (person.code, person.withdrawn_on, person.consent) == ("P07", timezone.localdate(), "no")
    assert (person.organisation, person.consent_how, person.sector) == ("", "", "other")
    assert not ParticipantIdentity.objects.exists()
    assert not HeldFile.objects.exists()
    assert not Job.objects.exists()
    assert not ConflictingEdit.objects.filter(record_type__startswith="participant").exists()
    event = AuditEvent.objects.get(verb="withdrew participant")
    assert (event.user, event.subject) == (said.by, "participant P07")


def test_their_interview_stays_and_is_empty(said):
    everywhere(said)

    said.withdraw()

    said.interview.refresh_from_db()
    row = said.interview
    assert (row.emptied_on, row.status, row.focus_condition) == (timezone.localdate(), "held", "")
    assert list(row.conditions.values_list("state", flat=True)) == ["not_recorded"]
    assert not row.answers.exists()
    page = Page(signed_in(said.by).get(f"{E}participants/P07/"))
    assert "Withdrew on" in page.words
    assert "withdrawn, its answers are deleted" in page.words


def test_a_finding_left_without_evidence_is_a_draft_again_and_says_why(said):
    said.withdraw()

    said.finding.refresh_from_db()
    line = said.finding.history.first()
    assert (said.finding.status, line.history_change_reason) == ("draft", "A participant withdrew")
    assert line.history_user == said.by
    said.shared.refresh_from_db()
    assert said.shared.status == "ready", "somebody else's words are behind it as well"
    assert said.shared.history.first().history_change_reason == "A participant withdrew"


def test_a_finding_that_restates_what_was_published_stays_shared(said):
    said.finding.source = builders.source(said.evaluation)
    said.finding.save()

    said.withdraw()

    said.finding.refresh_from_db()
    assert said.finding.status == "ready"


def test_a_sentence_that_was_copied_is_struck_out_and_nothing_around_it(said):
    copied, recommendation = everywhere(said)

    said.withdraw()

    copied.refresh_from_db()
    assert (copied.text, copied.status) == (f"{STRUCK}. And more.", "draft")
    recommendation.refresh_from_db()
    assert (recommendation.title, recommendation.text) == (STRUCK, f"Because {STRUCK}.")
    assert recommendation.history.first().history_change_reason == "A participant withdrew"


@pytest.mark.parametrize("name", ["rowan", "leigh"])
def test_readers_see_nothing_of_it_at_once(said, name):
    said.quotation.approved_on = DAY
    said.quotation.save()
    reader = signed_in(getattr(said.cast, name))
    address = reverse("finding-detail", args=["practice", said.shared.pk])
    assert shows(reader.get(address), SPOKEN)

    said.withdraw()

    assert not shows(reader.get(address), SPOKEN)
    assert not shows(reader.get(f"{E}findings/?q=zebrafinch"), SPOKEN)
    assert reader.get(reverse("finding-detail", args=["practice", said.finding.pk])).status_code == 404


# --- Groups -----------------------------------------------------------------------------------------------


@pytest.fixture
def group(said):
    """An interview with P08, in which nobody is named for one of the quotations."""
    row = builders.interview(
        said.evaluation, code="I09", setting="group", participants=[said.person, said.other]
    )
    row.answer = builders.answer(row, text=f"{OTHERS} {SPOKEN}")
    AnswerVersion.objects.create(
        evaluation=said.evaluation, answer=row.answer, number=1, text=row.answer.text
    )
    key = {"answer": row.answer, "approved_on": DAY}
    row.unnamed = builders.quotation(said.evaluation, text="Somebody said this", **key)
    row.others = builders.quotation(said.evaluation, text=OTHERS, speaker=said.other, **key)
    return row


def test_what_becomes_of_a_group_has_to_be_said_and_nothing_is_chosen_beforehand(said, group):
    browser = signed_in(said.by)
    page = Page(browser.get(WITHDRAW))
    assert "group-I09" not in page.sends()

    page = Page(browser.post(WITHDRAW, {}))

    assert page.summary == [("id_group-I09_0", "Interview I09: Decide what becomes of the answers of I09.")]
    said.person.refresh_from_db()
    assert said.person.withdrawn_on is None
    with pytest.raises(NotAllowedNow):
        said.withdraw()


def test_every_answer_of_a_group_can_go(said, group):
    said.withdraw(I09=GroupDecision.DELETE)

    group.refresh_from_db()
    assert group.emptied_on
    assert not Quotation.objects.filter(pk__in=[group.unnamed.pk, group.others.pk]).exists()
    assert not group.answers.exists()


def test_the_answers_of_a_group_stay_once_their_words_are_out_of_them(said, group):
    with pytest.raises(NotAllowedNow, match="still stand in an answer of I09, Policies"):
        said.withdraw(I09=GroupDecision.KEEP)
    Answer.objects.filter(pk=group.answer.pk).update(text=OTHERS, version=2)

    said.withdraw(I09=GroupDecision.KEEP)

    group.refresh_from_db()
    assert group.emptied_on is None
    assert [row.text for row in AnswerVersion.objects.filter(answer=group.answer)] == [OTHERS]
    group.unnamed.refresh_from_db()
    group.others.refresh_from_db()
    assert (group.unnamed.approved_on, group.others.approved_on) == (None, DAY)
    assert SPOKEN not in whole_database()


# --- Nothing comes back -----------------------------------------------------------------------------------


def test_an_answer_that_is_sent_after_it_is_refused_with_a_reason(said):
    said.withdraw()

    with pytest.raises(TextWithdrawn, match="A participant of I07 withdrew"):
        said.write("", SPOKEN, 2)

    assert SPOKEN not in whole_database()


def test_text_written_on_a_deleted_version_of_a_group_is_refused(said, group):
    Answer.objects.filter(pk=group.answer.pk).update(text=OTHERS, version=2)
    said.withdraw(I09=GroupDecision.KEEP)
    answer = Answer.objects.get(pk=group.answer.pk)

    def send(text, version):
        sent = AnswerSent("answer", "policies", None, text, version)
        return save_answers(interview=group, states={}, answers=[sent], by=said.by)

    for version in (1, 2):
        with pytest.raises(TextWithdrawn):
            send(SPOKEN, version)
    send(f"{OTHERS} And early.", answer.version)

    answer.refresh_from_db()
    assert answer.text == f"{OTHERS} And early."
    assert SPOKEN not in whole_database()


def test_a_quotation_on_its_way_is_not_saved(said):
    fields = {"text": SPOKEN, "speaker": said.person, "answer": None, "source": None}
    said.withdraw()

    with pytest.raises(Gone):
        add_quotation(evaluation=said.evaluation, fields=fields, by=said.by)
    with pytest.raises(Gone):
        edit_quotation(quotation=said.quotation, version=1, changes=fields, by=said.by)
    with pytest.raises(Gone):
        add_quotation(
            evaluation=said.evaluation, fields=fields | {"speaker": None, "answer": said.answer}, by=said.by
        )


def test_nothing_more_is_recorded_about_them(said):
    said.withdraw()

    for version in (1, 2):
        with pytest.raises(NotAllowedNow):
            changes = {"organisation": "Ptarmigan", "consent": "yes"}
            edit_participant(participant=said.person, version=version, changes=changes, by=said.by)
    with pytest.raises(NotAllowedNow):
        save_identity(participant=said.person, version=0, changes={"name": "Ada", "contact": ""}, by=said.by)
    with pytest.raises(NotAllowedNow, match="withdrew already"):
        said.withdraw()
    assert "Ptarmigan" not in whole_database()


def test_while_an_import_runs_nobody_is_withdrawn(said):
    job = Job.objects.create(
        evaluation=said.evaluation, kind="import", state="running", seen_at=timezone.now()
    )
    with pytest.raises(NotAllowedNow, match="An import is running"):
        said.withdraw()

    Job.objects.filter(pk=job.pk).update(seen_at=timezone.now() - timedelta(hours=1))
    said.withdraw()
    assert not Job.objects.exists()


# --- The page ---------------------------------------------------------------------------------------------


def test_the_page_shows_what_will_go_and_one_press_takes_it(said):
    copied, recommendation = everywhere(said)
    copied.refresh_from_db()
    browser = signed_in(said.by)

    page = Page(browser.get(WITHDRAW))

    goes = page.with_id("h-goes").parent.words
    assert "Interview I07: every answer and its earlier versions (1 answer, 9 words)" in goes
    assert "2 quotations, wherever used" in goes
    assert said.finding.text in goes
    assert copied.text in goes
    assert recommendation.ref in goes
    assert "1 imported file kept here" in goes
    assert "Who they are: name and contact" in goes

    response = browser.post(WITHDRAW, {}, follow=True)

    assert response.redirect_chain[-1][0] == f"{E}participants/P07/"
    assert "P07 withdrew. What they said is deleted." in Page(response).notices
    assert Quotation.objects.count() == 1


def test_the_page_says_that_a_second_coding_goes(said, cast):
    interview = said.person.interviews.get(code="I07")
    round = CodingRound.objects.create(
        evaluation=cast.evaluation, interview=interview, second=cast.evelyn, closed_at=timezone.now()
    )
    assert shows(signed_in(said.by).get(WITHDRAW), "The second coding of I07")
    round.delete()
    assert not shows(signed_in(said.by).get(WITHDRAW), "The second coding of I07")


def test_looking_at_the_page_deletes_nothing(said):
    before = whole_database()
    signed_in(said.by).get(WITHDRAW)
    assert SPOKEN in before
    assert Quotation.objects.filter(speaker=said.person).exists()


def test_after_the_cutoff_the_page_says_so_and_still_lets_them(said):
    said.person.withdrawal_cutoff = DAY
    said.person.save()
    browser = signed_in(said.by)

    assert "until 14 May 2024, which has passed" in Page(browser.get(WITHDRAW)).words
    assert browser.post(WITHDRAW).status_code == 302

    said.person.refresh_from_db()
    assert said.person.withdrawn_on


# --- The files --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_files_can_be_cleaned_by_a_command():
    out = StringIO()
    call_command("clean_database", stdout=out)
    assert "Cleaned" in out.getvalue()


def test_while_the_database_is_busy_the_command_fails_and_says_so(db):
    with transaction.atomic(), pytest.raises(CommandError, match="busy"):
        call_command("clean_database")


# --- Telling a copy ---------------------------------------------------------------------------------------

COPIES = [
    ("We were never asked.", "we were  NEVER asked", STRUCK),
    ("We were never asked.", "They said “We were never asked” twice.", f"They said “{STRUCK}” twice."),
    ("Don’t ask us", "Don't ask us", STRUCK),
    ("Nobody asked the families here", "Merged “Nobody asked the fam…” in", f"Merged “{STRUCK}…” in"),
    ("Nobody asked the families here", "Nobody asked the mayor", "Nobody asked the mayor"),
    ("Too late", "Too late", STRUCK),
    ("Too late", "It came too late", "It came too late"),
    ("Power", "Power", "Power"),
    ("It was at the end of the day.", "Done by the end of the year.", "Done by the end of the year."),
    ("My boss Trellixby shouted at otters.", "Trellixby shouted at otters, P08 said", f"{STRUCK}, P08 said"),
    (
        "Trellixby shouted at seventeen crimbled otters there, and Mabs left in the rain yesterday.",
        "Trellixby, he shouted at seventeen crimbled otters while Mabs left in the rain yesterday. It ended.",
        f"Trellixby, he {STRUCK}. It ended.",
    ),
    ("We asked Trellixby to see many otters there.", "To Trellixby: see many otters there.", STRUCK),
]


@pytest.mark.parametrize(("passage", "text", "left"), COPIES)
def test_a_copy_is_told_by_its_words(passage, text, left):
    traces = Traces([passage])
    assert traces.strike(text) == left


def test_a_short_quotation_is_told_only_where_it_is_known_to_be_used():
    traces = Traces(["Quimbleforth"])
    text = "The quimbleforth way: Quimbleforths."
    assert traces.strike(text) == text
    assert traces.strike(text, {("quimbleforth",)}) == f"The {STRUCK} way: Quimbleforths."


def test_what_everybody_calls_something_and_what_the_program_writes_are_nobodys_words():
    traces = Traces(["Small Steps Big Changes helped", "At risk"], names=["Small Steps Big Changes"])
    assert traces.strike("What Small Steps Big Changes did") == "What Small Steps Big Changes did"
    noted = {"lasting": "at_risk", "text": ["At risk", 1, None]}
    struck = {"lasting": "at_risk", "text": [STRUCK, 1, None]}
    assert change_each(noted, traces.strike, coded={"lasting"}) == struck


def test_a_copy_is_told_without_its_accents_and_with_letters_that_nobody_sees():
    traces = Traces(["Señor Zéphyrin keeps ünusual otters"])
    for copied in (
        "senor zephyrin keeps unusual otters",
        "Sen\u0303or Ze\u0301phyrin keeps u\u0308nusual otters",
        "Señor Zéphy\u00adrin keeps ünu\u200bsual otters",
    ):
        assert traces.strike(f"They say: {copied}!") == f"They say: {STRUCK}!"


def test_what_was_taken_out_of_a_group_by_hand_goes_from_its_copies_and_what_was_left_does_not(said, group):
    """Nobody coded it: only the answer's earlier versions tell that it was theirs."""
    uncoded = "The periwinkle ledger vanished under seventeen hammocks."
    with_it = {"answer": group.answer, "number": 2, "text": f"{OTHERS} {uncoded}"}
    AnswerVersion.objects.create(evaluation=said.evaluation, **with_it)
    Answer.objects.filter(pk=group.answer.pk).update(text=OTHERS, version=3)
    copied = builders.finding(said.evaluation.strand, text=f"{OTHERS} {uncoded.upper()}")

    said.withdraw(I09=GroupDecision.KEEP)

    copied.refresh_from_db()
    assert copied.text == f"{OTHERS} {STRUCK}."
    assert "periwinkle" not in whole_database().lower()


def test_what_others_said_in_a_kept_group_stays_where_it_was_moved_reworded_or_quoted(said, group):
    """An earlier version of the answer tells what went of it, not whose it was."""
    moved = "Periwinkle growers measured seventeen hammocks before breakfast."
    reworded, now = (f"The harbour ferry stops {how} winter because of ice." for how in ("every", "each"))
    quoted = "Somebody counted nineteen lanterns beside the chapel."
    theirs = "The marmalade ledger vanished under twelve umbrellas."
    texts = (moved, reworded, quoted, theirs)
    earlier = {"answer": group.answer, "number": 2, "text": " ".join([OTHERS, *texts])}
    AnswerVersion.objects.create(evaluation=said.evaluation, **earlier)
    Answer.objects.filter(pk=group.answer.pk).update(text=f"{OTHERS} {now}", version=3)
    builders.answer(group, condition="power", text=moved)
    builders.quotation(said.evaluation, text=quoted, speaker=said.other, answer=group.answer)
    copies = [builders.finding(said.evaluation.strand, text=f"One said: {text}") for text in texts]
    page = signed_in(said.by).get(WITHDRAW)
    assert [shows(page, f"One said: {text}") for text in texts] == [False, False, False, True]

    said.withdraw(I09=GroupDecision.KEEP)

    for copy in copies:
        copy.refresh_from_db()
    assert [copy.text for copy in copies[:3]] == [f"One said: {text}" for text in texts[:3]]
    assert copies[3].text == f"One said: {STRUCK}."


# --- Whatever was made of the words ------------------------------------------------------------------------

TOLD = "So my boss Trellixby shouted at seventeen crimbled otters in the yard."
PART = "My boss Trellixby shouted at seventeen crimbled otters, P08 told us"


def test_part_of_an_answer_is_struck_out_of_every_record_and_what_was_kept_of_it(said):
    said.write(SPOKEN, f"{SPOKEN} {TOLD}", 2)
    row, by = said.evaluation, said.by
    finding = builders.finding(row.strand, text="Something else", status="ready")
    edit_finding(finding=finding, version=1, changes={"text": PART}, by=by)
    finding.refresh_from_db()
    other = builders.finding(row.strand, text="A second one")
    merge_findings(finding=finding, version=2, other=other, other_version=1, text=f"{PART} Too.", by=by)
    Strand.objects.filter(pk=row.strand.pk).update(provenance_note=PART, strategic_response=PART)
    said.other.consent_how = f"by mail: {PART}"
    said.other.save()
    sources = [builders.source(row, title=title) for title in (f"“{TOLD}”", TOLD)]
    question = builders.question(row, prompt=PART)
    asked = builders.answer(said.elsewhere, condition="power", prompt=PART, text="Buses.", question=question)
    closed = CodingRound.objects.create(evaluation=row, interview=said.elsewhere, second=said.cast.sasha)
    codes = {"answer": asked, "condition": "power", "kind": "barrier", "first": True, "second": False}
    CodingUnit.objects.create(evaluation=row, round=closed, note=PART, **codes)
    assert "trellixby" in whole_database().lower()
    page = Page(signed_in(by).get(WITHDRAW))
    assert "Too." in page.with_id("h-goes").parent.words

    said.withdraw()

    after = whole_database().lower()
    assert [word for word in ("trellixby", "crimbled", "otters") if word in after] == []
    finding.refresh_from_db()
    assert finding.text == f"{STRUCK}, P08 told us Too."
    asked.refresh_from_db()
    assert (asked.text, asked.version) == ("Buses.", 1)
    assert len(set(Source.objects.filter(pk__in=[s.pk for s in sources]).values_list("title"))) == 2


def test_a_quotation_of_one_word_is_struck_out_of_what_it_is_evidence_for(said):
    row, by = said.evaluation, said.by
    word = builders.quotation(row, text="Quimbleforth", speaker=said.person, answer=said.answer)
    cell = {"kind": "barrier", "condition": "power"}
    finding = builders.finding(row.strand, text="Quimbleforth", **cell)
    finding.quotations.add(word, through_defaults={"evaluation": row})
    merged = {"finding": builders.finding(row.strand, text="Another", **cell), "version": 1}
    merge_findings(**merged, other=finding, other_version=1, text="quimbleforth, they", by=by)
    recommendation = builders.recommendation(row.strand, title="More Quimbleforth!")
    RecommendationQuotation.objects.create(evaluation=row, recommendation=recommendation, quotation=word)
    on = {"evaluation": row, "recommendation": recommendation}
    ProgressUpdate.objects.create(date=DAY, note="Met about Quimbleforth", **on)
    states = {when: {recommendation.pk: {"status_reason": "Quimbleforth"}} for when in ("before", "after")}
    change = TrackerChange.objects.create(evaluation=row, label="R5: on hold", **states)
    DueDateChange.objects.create(reason="Quimbleforth first", **on)
    action = Action.objects.create(text="Ask about Quimbleforth", **on)
    action.text = "Ask again about Quimbleforth"
    action.save()
    reflection = apps.get_model("evaluations", "Reflection").objects.create(
        evaluation=row, theme="Quimbleforth, again"
    )
    point = ReflectionPoint.objects.create(evaluation=row, reflection=reflection, text="On Quimbleforth")
    point.quotations.add(word, through_defaults={"evaluation": row})
    in_talk_and_workshops(row, finding, by, words="all about Quimbleforth")
    ComparisonReading.objects.all().delete()  # what is not about one finding tells one word from no other
    Workshop.objects.update(title="A workshop")
    WorkshopRound.objects.update(question="What matters?")
    assert "quimbleforth, they" in Page(signed_in(by).get(WITHDRAW)).with_id("h-goes").parent.words

    said.withdraw()

    assert "quimbleforth" not in whole_database().lower()
    merged["finding"].refresh_from_db()
    assert merged["finding"].text == f"{STRUCK}, they"
    assert ProgressUpdate.objects.get().note == f"Met about {STRUCK}"
    change.refresh_from_db()
    assert "quimbleforth" not in f"{change.before} {change.after}".lower(), "undoing would bring it back"
    assert FindingComment.objects.get().text == f"I heard all about {STRUCK}"
    assert Weighing.objects.get().note == f"About all about {STRUCK}"


def test_reflections_lose_the_words_whatever_became_of_them_and_count_as_changed(said):
    row, gone = said.evaluation, {"removed_at": timezone.now()}
    draft = builders.reflection(row, status="draft", theme="They were not asked")
    removed = builders.reflection(row, theme=SPOKEN, **gone)
    point, taken_out = (builders.point(draft, text=f"One said: {SPOKEN}", **state) for state in ({}, gone))
    point.quotations.add(said.quotation, through_defaults={"evaluation": row})
    with pytest.raises(StaleVersion):
        edit_point(point=point, version=9, text=f"Others too: {SPOKEN}", by=said.by)
    page = Page(signed_in(said.by).get(WITHDRAW))
    assert page.links("They were not asked") == [f"{E}reflections/{draft.pk}/"]

    said.withdraw()

    for record in (removed, point, taken_out):
        record.refresh_from_db()
    assert (removed.theme, removed.version) == (STRUCK, 2)
    assert [(p.text, p.version) for p in (point, taken_out)] == [(f"One said: {STRUCK}.", 2)] * 2
    assert ConflictingEdit.objects.get().fields == {"text": f"Others too: {STRUCK}."}
    assert not point.quotations.exists()


# What people type into an evaluation and copies are not struck out of, with the reason; by model and field.
NOT_STRUCK = {
    "Answer text": "what others said; that of who withdraws is deleted",
    "AnswerVersion text": "as of answers",
    "AnswerVersion page": "a random mark of the page that sent it",
    "AuditEvent subject": "codes and numbers, written by the program",
    "AuditEvent verb": "written by the program",
    "CalendarFeed token_hash": "a hash",
    "CellSummary basis": "a fingerprint",
    "ComparisonReading basis": "a fingerprint",
    "ComparisonReading compared": "the addresses of strands",
    "ConflictingEdit record_type": "written by the program",
    "Evaluation evaluators": "names that everybody knows, here and below",
    "Evaluation phase": "",
    "Evaluation programme": "",
    "Evaluation programme_short": "",
    "Evaluation report_title": "",
    "Evaluation slug": "",
    "Evaluation title": "",
    "EvidenceFile name": "the file goes where an evaluator says so, on the page that names it",
    "EvidenceFile sha256": "a fingerprint",
    "HeldFile name": "the file goes as a whole",
    "HistoricalRecommendation ref": "a code",
    "Interview code": "a code",
    "Invitation email": "an address",
    "Invitation token_hash": "a hash",
    "Job order": "an import’s order goes as a whole, here and below",
    "Job result": "",
    "Job step": "",
    "Owner email": "an address",
    "Owner name": "whose it is, not what was said",
    "OwnerLink token_hash": "a hash",
    "Participant code": "a code",
    "Participant organisation": "emptied for who withdraws",
    "ParticipantIdentity contact": "the identity goes as a whole, here and below",
    "ParticipantIdentity name": "",
    "Phone name": "a first name, deleted a set time after the workshop",
    "Phone token_hash": "a hash",
    "PublishedVersion documents": "amended block by block, here and below",
    "PublishedVersion note": "",
    "PublishedVersion title": "",
    "Quotation text": "what others said; that of who withdraws is deleted",
    "QuotationVersion text": "as of quotations",
    "Recommendation ref": "a code",
    "ReportFile name": "made of the report's title; the file goes as a whole",
    "ReportFile sha256": "a fingerprint",
    "Strand name": "a name that everybody knows",
    "Strand slug": "an address",
    "Workshop code": "a random code",
}


def test_copies_are_struck_out_of_every_text_of_an_evaluation_or_it_is_said_why_not():
    whole = {
        f"{model.__name__} {field.name}": field.name in texts_of(model)
        for model in apps.get_app_config("evaluations").get_models()
        if model is Evaluation or hasattr(model, "evaluation")
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
    }
    assert {name for name, is_struck in whole.items() if not is_struck} == set(NOT_STRUCK)
    for name in ("FindingShare question", "FindingComment text", "ComparisonReading text", "Weighing note"):
        assert whole[name]
    for name in ("Workshop title", "WorkshopRound question", "WorkshopResult text"):
        assert whole[name]


def test_words_go_from_what_a_later_round_signed_of_a_comparison_with_this_one(said):
    next_round = builders.evaluation(follows=builders.evaluation(follows=said.evaluation))
    signed = {"text": f"As they said: {SPOKEN}", "signed_at": timezone.now()}
    reading = ComparisonReading.objects.create(evaluation=next_round, compared="a,a@practice", **signed)
    about = {"record_type": "comparisonreading", "record_id": reading.pk, "based_on": 1}
    aside = ConflictingEdit.objects.create(evaluation=next_round, fields={"text": SPOKEN}, **about)
    own = builders.finding(builders.strand(next_round), text=SPOKEN)

    said.withdraw()

    for row in (reading, aside, own):
        row.refresh_from_db()
    assert (reading.text, reading.version) == (f"As they said: {STRUCK}.", 2)
    assert aside.fields == {"text": STRUCK}
    assert own.text == SPOKEN  # what the next round heard itself is its own


def test_a_quotation_that_is_called_like_a_condition_leaves_the_steps_readable(said):
    row = said.evaluation
    word = builders.quotation(row, text="Power", speaker=said.person, answer=said.answer)
    finding = builders.finding(row.strand, text="Power is with few", kind="barrier", condition="power")
    finding.quotations.add(word, through_defaults={"evaluation": row})
    mark_finding(finding=finding, version=1, status="draft", by=said.by)

    said.withdraw()

    after = FindingChange.objects.latest("pk").after[str(finding.pk)]
    assert (after["condition"], after["text"]) == ("power", f"{STRUCK} is with few")


def test_a_group_whose_answer_holds_a_quotation_of_one_word_is_not_kept(said, group):
    Answer.objects.filter(pk=group.answer.pk).update(text=f"{OTHERS} A snorkelwidget.", version=2)
    builders.quotation(said.evaluation, text="Snorkelwidget", speaker=said.person, answer=group.answer)
    with pytest.raises(NotAllowedNow, match="still stand in an answer of I09"):
        said.withdraw(I09=GroupDecision.KEEP)

    Answer.objects.filter(pk=group.answer.pk).update(text=f"{OTHERS} Snorkelwidgets.")
    said.withdraw(I09=GroupDecision.KEEP)


@pytest.mark.parametrize(("name", "is_told"), [("rowan", False), ("leigh", False), ("evelyn", True)])
def test_only_evaluators_read_in_a_history_that_somebody_withdrew(said, name, is_told):
    recommendation = builders.recommendation(said.evaluation.strand)
    RecommendationQuotation.objects.create(
        evaluation=said.evaluation, recommendation=recommendation, quotation=said.quotation
    )
    said.withdraw()

    address = reverse("recommendation-detail", args=["practice", recommendation.ref])
    page = signed_in(getattr(said.cast, name)).get(address)

    assert shows(page, "A participant withdrew") is is_told


def test_who_codes_an_interview_blind_is_told_nothing_of_its_codes(said):
    second = said.cast.rowan
    second.memberships.update(role="evaluator")
    builders.finding(said.evaluation.strand, text=f"They said {SPOKEN}")
    browser = signed_in(second)
    assert said.finding.text in Page(browser.get(WITHDRAW)).with_id("h-goes").parent.words
    CodingRound.objects.create(evaluation=said.evaluation, interview=said.interview, second=second)

    goes = Page(browser.get(WITHDRAW)).with_id("h-goes").parent.words

    assert "You are coding it blind" in goes
    assert "No other quotation." in goes
    assert [text for text in (said.finding.text, "They said", "9 words") if text in goes] == []
    assert said.finding.text in Page(signed_in(said.by).get(WITHDRAW)).with_id("h-goes").parent.words
    assert browser.post(WITHDRAW).status_code == 302
    assert not Quotation.objects.filter(text=SPOKEN).exists()


def test_the_page_takes_the_same_few_queries_with_many_short_quotations(said):
    def fill(number):
        key = {"evaluation": said.evaluation}
        about = {"text": "What", "speaker": said.person, "answer": said.answer}
        rows = Quotation.objects.bulk_create(Quotation(**about, **key) for _ in range(number))
        links = FindingQuotation.objects
        links.bulk_create(FindingQuotation(finding=said.finding, quotation=row, **key) for row in rows)

    browser = signed_in(said.by)
    browser.get(WITHDRAW)
    numbers = []
    for more in (2, 1_000):
        fill(more)
        with CaptureQueriesContext(connection) as queries:
            browser.get(WITHDRAW)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


def test_who_somebody_is_stays_when_fields_are_missing_and_a_change_is_recorded(said):
    changes = {"name": "Ada Quillfeather", "contact": "ada"}
    save_identity(participant=said.person, version=0, changes=changes, by=said.by)
    address, browser = f"{E}participants/P07/identity/edit/", signed_in(said.by)
    events = AuditEvent.objects.filter(verb="changed identity")
    for sent in ({"version": "1"}, {"version": "1", "name": "Ada"}, {"version": "1", "contact": ""}):
        assert "did not arrive" in Page(browser.post(address, sent)).words
    identity = ParticipantIdentity.objects.get()
    assert (identity.name, identity.contact, events.count()) == ("Ada Quillfeather", "ada", 1)

    browser.post(address, {"version": "1", "name": "Ada", "contact": ""})

    identity.refresh_from_db()
    assert (identity.name, identity.contact) == ("Ada", "")
    assert list(events.values_list("user", "subject")) == [(said.by.pk, "participant P07")] * 2


def test_a_message_carries_no_words_of_a_finding_away_in_a_cookie(said):
    finding = builders.finding(said.evaluation.strand, text=SPOKEN, status="ready")
    change = mark_finding(finding=finding, version=1, status="draft", by=said.by)

    address = reverse("board-undo", args=["practice", change.pk])
    response = signed_in(said.by).post(address, follow=True)

    assert Page(response).notices == ["Undone. It stands under “Recent changes”."]


def test_the_page_of_an_emptied_interview_asks_the_browser_to_drop_its_copies(said):
    said.withdraw()
    page = signed_in(said.by).get(f"{E}interviews/I07/").content.decode()
    assert f'data-emptied="{said.interview.pk}"' in page


def test_pages_that_evaluators_open_every_day_do_so_too_for_as_long_as_copies_are_kept(said):
    said.withdraw()
    mark = f'data-emptied="{said.interview.pk}"'
    browser = signed_in(said.by)
    for address in (E, f"{E}interviews/"):
        assert mark in browser.get(address).content.decode()
    assert mark not in signed_in(said.cast.leigh).get(E).content.decode()

    Interview.objects.update(emptied_on=timezone.localdate() - timedelta(days=9))

    assert mark not in browser.get(E).content.decode()


def test_who_withdrew_is_listed_by_code_and_day_alone(said):
    def listed(**since):
        out = StringIO()
        call_command("list_withdrawals", stdout=out, **since)
        return out.getvalue()

    assert listed() == ""
    said.withdraw()
    today = timezone.localdate()
    assert listed() == listed(since=str(today)) == f"practice\tP07\t{today}\n"
    assert listed(since=str(today + timedelta(days=1))) == ""
    with pytest.raises(CommandError, match="2026-05-31"):
        listed(since="yesterday")


# --- What was published -----------------------------------------------------------------------------------

NAME = "Ada Quillfeather"
VERSION = f"{E}report/versions/"


def freeze(said, note=""):
    """Return a version of the report as it is now, with a file."""
    documents = read_publication(as_member(said.by, said.evaluation), 1)
    version = builders.published_version(
        said.evaluation,
        note=note,
        by=said.by,
        documents={kind.value: as_data(document) for kind, document in documents.items()},
    )
    builders.report_file(said.evaluation, json.dumps(version.documents).encode(), version=version)
    return version


@pytest.fixture
def published(said):
    """Version 1 holds what P07 said in every way, by name; version 2 nothing of it."""
    row = said.evaluation
    changes = {"name": NAME, "contact": "ada@example.org"}
    save_identity(participant=said.person, version=0, changes=changes, by=said.by)
    Participant.objects.filter(pk=said.person.pk).update(attribution="named")
    word = builders.quotation(row, text="Quimbleforth", speaker=said.person)
    said.point = builders.point(builders.reflection(row, theme="Trust"), text="More Quimbleforth, they ask")
    said.point.quotations.add(word, through_defaults={"evaluation": row})
    Quotation.objects.filter(speaker=said.person).update(approved_on=DAY)
    thanks = f"Thanks to {NAME}: “**{SPOKEN.split(' asked')[0]}** asked quillwort families about marzipan”"
    section = builders.section(row, text=f"{thanks}\n\n> Quimbleforth")
    first = freeze(said, note=f"New: {SPOKEN}")
    Quotation.objects.filter(speaker=said.person).update(approved_on=None)
    ReflectionPoint.objects.update(text="Trust is slow")
    Participant.objects.filter(pk=said.person.pk).update(organisation="")
    type(section).objects.update(text="Nothing of it.")
    second = freeze(said)
    Participant.objects.filter(pk=said.person.pk).update(organisation="Ptarmigan Trust")
    return first, second


def test_a_version_that_held_their_words_is_amended_and_another_one_is_not(said, published):
    first, second = published
    before = json.dumps(first.documents)
    for word in (SPOKEN, NAME, "Ptarmigan Trust", "Quimbleforth", "More Quimbleforth, they ask", OTHERS):
        assert word in before, "the version holds what is to go"

    day = timezone.localdate()
    said.withdraw()

    first.refresh_from_db()
    assert day <= first.amended_on <= timezone.localdate()
    assert not first.files.exists()
    after = json.dumps([first.documents, first.title, first.note]).lower()
    gone = ("zebrafinch", "quillwort", "marzipan", "quillfeather", "ptarmigan", "quimbleforth")
    assert [word for word in gone if word in after] == []
    assert OTHERS.lower() in after, "what somebody else said stays"
    assert f"more {STRUCK}, they ask" in after
    untouched = PublishedVersion.objects.get(pk=second.pk)
    assert (untouched.amended_on, untouched.documents) == (None, second.documents)
    assert bytes(untouched.files.get().content) == json.dumps(second.documents).encode()


def test_of_who_agreed_to_be_named_parts_of_the_name_go_from_what_was_published(said, published):
    text = "Mrs Quillfeather told us of quillfeather beds.\n\nAda agrees."
    builders.section(said.evaluation, "objectives", heading="Quillfeather’s story", text=text)
    version = freeze(said)

    said.withdraw()

    version.refresh_from_db()
    after = json.dumps(version.documents)
    assert version.amended_on
    assert f"Mrs {STRUCK} told us of quillfeather beds." in after
    assert f"{STRUCK} agrees." in after
    assert "Quillfeather’s" not in after


def test_the_page_names_the_versions_that_are_amended_and_copies_beyond_reach(said, published):
    page = Page(signed_in(said.by).get(WITHDRAW))
    goes = page.with_id("h-goes").parent.words
    assert "Version 1 of the report: their words are taken out, its files are deleted" in goes
    assert "Version 2" not in goes
    assert "copies of the published report that somebody downloaded" in page.words


@pytest.mark.parametrize(("name", "is_told"), [("rowan", False), ("leigh", False), ("evelyn", True)])
def test_readers_read_that_a_version_was_amended_and_not_that_somebody_withdrew(
    said, published, name, is_told
):
    said.withdraw()
    browser = signed_in(getattr(said.cast, name))

    page = Page(browser.get(f"{VERSION}1/"))

    assert "Amended on" in page.words
    assert "copy" in page.words or "Copies" in page.words
    assert ("withdrew" in page.words) is is_told
    assert not page.links("Word")
    assert not shows(browser.get(f"{VERSION}1/"), NAME)
    answer = browser.get(f"{VERSION}1/report/export/docx/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{VERSION}1/"
    assert "Amended" not in Page(browser.get(f"{VERSION}2/")).words


def test_a_title_that_grows_by_what_stands_for_a_name_still_fits(said, published):
    PublishedVersion.objects.update(title=f"{NAME} {'x' * 183}")
    said.withdraw()
    assert set(PublishedVersion.objects.values_list("title", flat=True)) == {f"{STRUCK} {'x' * 182}"}


def test_an_organisation_stays_thanked_while_somebody_of_it_remains(said):
    builders.participant(said.evaluation, code="P09", organisation="Ptarmigan Trust")
    version = freeze(said)
    said.withdraw()
    version.refresh_from_db()
    assert "Ptarmigan Trust" in json.dumps(version.documents)
    assert version.amended_on is None


def test_somebody_with_the_same_first_name_stays(said):
    changes = {"name": NAME, "contact": ""}
    save_identity(participant=said.person, version=0, changes=changes, by=said.by)
    Participant.objects.filter(pk=said.person.pk).update(organisation="")
    builders.section(said.evaluation, text="The river Ada.")
    version = freeze(said)
    said.withdraw()
    version.refresh_from_db()
    assert "The river Ada." in json.dumps(version.documents)
    assert version.amended_on is None


def test_drafts_and_what_was_asked_of_the_worker_go_as_do_reasons_about_them(said):
    row = said.evaluation
    for kind, state in (("export", "done"), ("publish", "failed"), ("publish", "waiting")):
        job = Job.objects.create(evaluation=row, kind=kind, state=state, order={"note": SPOKEN})
    builders.report_file(row, SPOKEN.encode(), job=job)
    builders.acceptance(row, f"name:{said.person.pk}:front:abc", accepted_as="passage", reason="Not Ada")
    other = builders.acceptance(row, f"name:{said.other.pk}:front:abc", accepted_as="passage")
    section = builders.section(row, text=f"They said: {SPOKEN}")
    section.text = "They said nothing."
    section.save()
    assert "1 file made of the report’s draft" in Page(signed_in(said.by).get(WITHDRAW)).words

    said.withdraw()

    assert not Job.objects.exists()
    assert not ReportFile.objects.exists()
    assert list(Acceptance.objects.all()) == [other]
    assert SPOKEN not in whole_database()


@pytest.mark.parametrize(
    ("kind", "said_of_it"),
    [("export", "A file of the report is being made"), ("publish", "The report is being published")],
)
def test_while_the_report_is_worked_on_nobody_is_withdrawn(said, kind, said_of_it):
    Job.objects.create(evaluation=said.evaluation, kind=kind, state="running", seen_at=timezone.now())
    with pytest.raises(NotAllowedNow, match=said_of_it):
        said.withdraw()


# --- Who they are, in what people wrote -------------------------------------------------------------------


EVIDENCE = {
    "docx": ("word/document.xml", "<w:p><w:t>{}</w:t><w:t>{}</w:t></w:p>"),
    "xlsx": ("xl/sharedStrings.xml", "<si><t>{}</t></si><si><t>{}</t></si>"),
    "pptx": ("ppt/slides/slide1.xml", "<a:p><a:t>{}</a:t></a:p><a:p><a:t>{}</a:t></a:p>"),
}


def evidence(said, kind, text, **fields):
    """Return an evidence file of a kind with a text in it, split in two as office programs do."""
    content = text.encode()
    if kind in EVIDENCE:
        part, markup = EVIDENCE[kind]
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(part, markup.format(escape(text), " More."))
        content = packed.getvalue()
    note = builders.progress_update(builders.recommendation(said.evaluation.strand))
    return builders.evidence(note, kind=kind, content=content, **fields)


@pytest.mark.parametrize("kind", ["txt", "docx", "xlsx", "pptx"])
def test_an_evidence_file_with_their_words_is_named_and_goes_when_it_is_ticked(said, kind):
    theirs = evidence(said, kind, f"Minutes: {SPOKEN}", name=f"minutes.{kind}")
    others = evidence(said, kind, f"Minutes: {OTHERS}", name=f"others.{kind}")
    browser = signed_in(said.by)

    page = Page(browser.get(WITHDRAW))
    assert f"minutes.{kind}, with the note of 3 May 2024" in page.words
    assert "holds something of theirs" in page.words
    assert f"others.{kind}" not in page.words
    assert "evidence" not in page.sends(), "nothing is ticked beforehand"
    assert Page(browser.post(WITHDRAW, {"evidence": others.pk})).summary, "only what the page names"
    browser.post(WITHDRAW, {"evidence": theirs.pk})
    assert AuditEvent.objects.get(verb="deleted evidence file").subject == f"evidence file {theirs.pk}"

    assert list(EvidenceFile.objects.all()) == [others]
    assert ProgressUpdate.objects.count() == 2, "the notes stay"


@pytest.mark.parametrize(
    ("link", "is_theirs"),
    [
        ("https://files.example/Ada-Quillfeather/notes", True),
        ("https://files.example/notes_of.ada_quillfeather?v=2", True),
        ("https://files.example/Ada%20Quillfeather.pdf", True),
        ("https://files.example/the-zebrafinch-committee-never-asked", True),
        ("https://files.example/quillfeather", False),
    ],
)
def test_a_link_that_tells_of_them_goes_as_a_whole(said, link, is_theirs):
    identity = {"name": "Ada Quillfeather", "contact": ""}
    save_identity(participant=said.person, version=0, changes=identity, by=said.by)
    recommendation = builders.recommendation(said.evaluation.strand)
    update = builders.progress_update(recommendation, evidence_link=link)
    source = builders.source(said.evaluation, address=link)
    about = {"record_type": "source", "record_id": source.pk, "based_on": 1}
    aside = ConflictingEdit.objects.create(evaluation=said.evaluation, fields={"address": link}, **about)

    said.withdraw()

    for row in (update, source, aside):
        row.refresh_from_db()
    left, set_aside = ("", STRUCK) if is_theirs else (link, link)
    assert (update.evidence_link, source.address) == (left, left)
    assert aside.fields == {"address": set_aside}


def test_a_file_with_their_name_is_named_whatever_is_in_it(said):
    identity = {"name": "Ada Quillfeather", "contact": ""}
    save_identity(participant=said.person, version=0, changes=identity, by=said.by)
    for name in ("ada_quillfeather.txt", "Ada-Quillfeather.pdf"):
        evidence(said, name[-3:], OTHERS, name=name)

    (choices,) = Page(signed_in(said.by).get(WITHDRAW)).all("fieldset", id="div_id_evidence")

    assert choices.words.count("holds something of theirs") == 2


def test_what_cannot_be_looked_into_is_named_and_what_is_not_ticked_stays(said):
    for kind in ("pdf", "png"):
        evidence(said, kind, "x", name=f"scan.{kind}")
    EvidenceFile.objects.filter(pk=evidence(said, "txt", "broken", name="x.docx").pk).update(kind="docx")
    browser = signed_in(said.by)
    words = Page(browser.get(WITHDRAW)).words
    assert "scan.pdf, with the note of 3 May 2024" in words
    assert "cannot be looked into" in words
    assert "holds something of theirs" not in words

    browser.post(WITHDRAW)

    assert EvidenceFile.objects.count() == 3


@pytest.fixture
def named(said):
    """What people wrote tells of P07 by name, in every kind of row that this began with."""
    row = said.evaluation
    changes = {"name": NAME, "contact": "ada@example.org"}
    save_identity(participant=said.person, version=0, changes=changes, by=said.by)
    said.section = builders.section(row, text=f"Thanks to {NAME}.", heading="What Ada Quillfeather began")
    save_section(
        evaluation=row,
        key="introduction",
        sent=SectionSent("Before all else", f"Write to ada@example.org, {NAME}’s address.", 1),
        by=said.by,
    )
    said.thanks = builders.section(
        row, key="acknowledgements", text="We thank:\n\n- Ptarmigan Trust\n- all (Ptarmigan  Trust)"
    )
    row.introduction = f"It began with {NAME}."
    row.save()
    said.report = Report.objects.create(evaluation=row, title=f"{NAME} and us", coreq={"1": f"By {NAME}"})
    said.reflection = builders.reflection(row, theme=f"What {NAME} sees")
    said.named = builders.finding(row.strand, text=f"{NAME} chairs it", status="ready")
    builders.acceptance(row, "ends_unheld:finding:1", reason=f"It is not {NAME}")
    builders.ambition(row.strand, text=f"{NAME} stays")
    ConflictingEdit.objects.create(
        evaluation=row,
        record_type="reportsection",
        record_id=said.thanks.pk,
        based_on=1,
        fields={"heading": "", "text": "Quillfeather, Ada of Ptarmigan Trust"},
    )
    return said


def test_their_name_and_contact_go_from_all_that_people_wrote_and_the_organisation_from_thanks(named):
    before = whole_database().lower()
    assert before.count("quillfeather") > 10

    named.withdraw()

    after = whole_database().lower()
    assert [word for word in ("quillfeather", "ada@example.org", "ptarmigan") if word in after] == []
    for record in (named.section, named.thanks, named.report, named.named, named.evaluation):
        record.refresh_from_db()
    assert named.section.text == f"Write to {STRUCK} address."
    assert named.thanks.text == f"We thank:\n\n- all ({STRUCK})"
    assert (named.report.title, named.report.coreq) == (f"{STRUCK} and us", {"1": f"By {STRUCK}"})
    assert (named.named.text, named.named.status) == (f"{STRUCK} chairs it", "draft")
    assert named.evaluation.introduction == f"It began with {STRUCK}."


def test_the_page_counts_what_holds_their_name(named):
    goes = Page(signed_in(named.by).get(WITHDRAW)).with_id("h-goes").parent.words
    assert f"{NAME} chairs it" in goes
    assert "their name, how to reach them" in goes
    assert "out of 8 other texts" in goes


def test_what_names_nobody_who_leaves_is_the_very_same(named):
    row = named.evaluation
    builders.participant(row, code="P09", organisation="Ptarmigan Trust")
    text = "Ada Smith and Mr Quillfeather thank  the Ptarmigan Trust: 0115 915 5555."
    about = builders.reflection(row, theme=text)
    type(named.thanks).objects.filter(pk=named.thanks.pk).update(text=text)

    named.withdraw()

    about.refresh_from_db()
    named.thanks.refresh_from_db()
    assert (about.theme, about.version) == (text, 1)
    assert (named.thanks.text, named.thanks.version) == (text, 1)


def test_the_history_of_a_section_says_why_it_changed_and_who_did_it(named):
    named.withdraw()

    named.section.refresh_from_db()
    line = named.section.history.first()
    assert (line.history_change_reason, line.history_user) == ("A participant withdrew", named.by)
    assert (line.version, line.text) == (named.section.version, named.section.text)
    rows = {row.outline.key: row for row in read_builder(as_member(named.by, named.evaluation)).rows}
    assert rows["introduction"].written.by == named.by


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("all of Ptarmigan **Trust**, too", f"all of **{STRUCK}**, too"),
        ("all of **Ptarmigan** Trust, too", f"all of **{STRUCK}**, too"),
        ("all of *Ptarmigan\n_Trust_*, too", f"all of *_{STRUCK}_*, too"),
        ("_Ptarmigan Trust_ and all", f"_{STRUCK}_ and all"),
        ("Ptarmigan Trustees stay", "Ptarmigan Trustees stay"),
        ("- Ptarmigan **Trust**\n- all", "- all"),
    ],
)
def test_an_organisation_is_found_with_signs_of_bold_or_italic_in_it(named, written, left):
    type(named.thanks).objects.filter(pk=named.thanks.pk).update(text=written)

    named.withdraw()

    named.thanks.refresh_from_db()
    assert named.thanks.text == left


@pytest.mark.parametrize("organisation", ["Parents (Leeds)", "“Us” & them!", "C++ Club"])
def test_an_organisation_is_found_with_its_punctuation_and_in_any_spacing(named, organisation):
    Participant.objects.filter(pk=named.person.pk).update(organisation=organisation)
    thanks = f"Thanks to the {organisation.replace(' ', chr(10))}, and to Parents (Leeds)ville."
    type(named.thanks).objects.filter(pk=named.thanks.pk).update(text=thanks)

    named.withdraw()

    named.thanks.refresh_from_db()
    assert named.thanks.text == f"Thanks to the {STRUCK}, and to Parents (Leeds)ville."

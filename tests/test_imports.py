"""Bringing tables in: what is new, what is there already, what is wrong and where; all of it or nothing."""

import random
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from evaluations import jobs
from evaluations.actions import imports
from evaluations.actions.errors import ClaimLost
from evaluations.actions.imports import ImportRefused, carry_out_import, check_import
from evaluations.importing.columns import SheetKind
from evaluations.importing.rows import parse
from evaluations.importing.transcript import read_transcript
from evaluations.models import (
    Answer,
    AnswerVersion,
    AuditEvent,
    CodingRound,
    Finding,
    FindingQuotation,
    HeldFile,
    Interview,
    InterviewCondition,
    Job,
    Participant,
    Quotation,
)

from . import builders, tables
from .base import signed_in
from .pages import Page
from .test_access_walk import rows as every_row

FINDINGS, INTERVIEWS, PARTICIPANTS = SheetKind.FINDINGS, SheetKind.INTERVIEWS, SheetKind.PARTICIPANTS
HERE = "/e/practice/import/"
TODAY = timezone.localdate()


def bring_in(cast, sheets, **changes):
    """Import sheets as Evelyn and return the plan; fails on a problem of parsing."""
    found, problems = parse(sheets if isinstance(sheets, bytes) else tables.workbook(sheets))
    assert not problems
    return carry_out_import(evaluation=cast.evaluation, rows=found, by=cast.evelyn, **changes)


def said_of(cast, sheets):
    """Return every problem of sheets as text, those of single cells and those with what is here."""
    found, problems = parse(sheets if isinstance(sheets, bytes) else tables.workbook(sheets))
    plan = check_import(evaluation=cast.evaluation, rows=found, by=cast.evelyn)
    return [str(problem) for problem in [*problems, *plan.problems]]


def content():
    """Return all that an evaluation holds, and how it got there, the audit of a look apart."""
    return {
        name: found for name, found in every_row().items() if "Job" not in name and "HeldFile" not in name
    }


# --- Two thousand rows ------------------------------------------------------------------------------------

# The sheet, the heading, what to write there, and what is then said. Thirty, no two alike.
PLANTED = [
    (PARTICIPANTS, "Code", "Jane", "is not a code"),
    (PARTICIPANTS, "Code", None, "This is empty and is needed"),
    (PARTICIPANTS, "Sector", "Astronomy", "is not one of: Programme"),
    (PARTICIPANTS, "May be quoted", "perhaps", "is not one of: May be quoted"),
    (PARTICIPANTS, "Attribution", "with a photo", "is not one of: A participant"),
    (PARTICIPANTS, "Organisation", "x" * 161, "the most is 160"),
    (PARTICIPANTS, "When given", "31/02/2024", "is not a date"),
    (PARTICIPANTS, "When given", f"1/1/{TODAY.year + 1}", "still to come"),
    (INTERVIEWS, "Interview", "talk 7", "is not a code"),
    (INTERVIEWS, "Interview", "", "This is empty and is needed"),
    (INTERVIEWS, "Date", "05/14/2024", "is not a date"),
    (INTERVIEWS, "Date", f"1/1/{TODAY.year + 1}", "still to come"),
    (INTERVIEWS, "Date", "15/05/2024", "An earlier row says another “Date”"),
    (INTERVIEWS, "Mode", "By pigeon", "is not one of: In person"),
    (INTERVIEWS, "Participants", "P9999", "There is no participant P9999"),
    (INTERVIEWS, "Strands", "Plumbing", "There is no strand “Plumbing”"),
    (INTERVIEWS, "Condition", "Weather", "is not one of: Policies"),
    (INTERVIEWS, "State asked?", "Not asked", "nothing was said"),
    (INTERVIEWS, "What was said", "=1+1", "This is a formula"),
    (INTERVIEWS, "What was said", None, "This is empty"),
    (FINDINGS, "Strand", "Plumbing", "There is no strand “Plumbing”"),
    (FINDINGS, "Kind", "Maybe", "is not one of: Achievement"),
    (FINDINGS, "Condition", None, "This is empty and is needed"),
    (FINDINGS, "Finding", " ", "This is empty and is needed"),
    (FINDINGS, "Finding", "#REF!", "shows the error #REF!"),
    (FINDINGS, "Will it last", "for ever", "is not one of: Embedded"),
    (FINDINGS, "Status", "published", "is not one of: Draft"),
    (FINDINGS, "Quotation", "Nobody said this.", "do not stand in I"),
    (FINDINGS, "Interview", "I9999", "There is no interview I9999"),
    (FINDINGS, "Said by", "P1 ", "took no part in I"),
]


def plant(sheets, chance):
    """Put every one of ``PLANTED`` into a row of its own; return the places, each with what is said there."""
    expected = {}
    taken = {kind: set() for kind in sheets}
    for kind, heading, value, says in PLANTED:
        rows = sheets[kind]
        # Never among the first hundred answers: the first row of an interview says what others agree with.
        free = [at for at in range(100 if kind is INTERVIEWS else 1, len(rows)) if at not in taken[kind]]
        if heading == "Said by":
            free = [at for at in free if rows[at]["Said by"] != "P1"]
        if heading == "Code":
            free = [at for at in free if at >= len(rows) - 2]  # another's would be missed wherever they spoke
        elif kind is PARTICIPANTS:
            free = free[:-2]
        at = chance.choice(free)
        taken[kind].add(at)
        rows[at] = rows[at] | {heading: value}
        letter = "ABCDEFGHIJK"[tables.HEADINGS[kind].index(heading)]
        if heading == "Will it last":
            rows[at]["Kind"] = "Achievement"
        expected[f"{kind.label}, row {at + 2}, column {letter} ({heading})"] = says
    return expected


@pytest.mark.parametrize("seed", [1, 22, 333])
def test_of_two_thousand_rows_with_thirty_planted_errors_exactly_those_are_named(cast, seed):
    sheets = tables.good_file(2_000)
    assert sum(map(len, sheets.values())) == 2_000
    expected = plant(sheets, random.Random(seed))
    assert len(expected) == len(PLANTED) == 30
    found = dict(line.split(": ", 1) for line in said_of(cast, sheets))
    assert set(found) == set(expected)
    assert {place: says for place, says in expected.items() if says not in found[place]} == {}


def test_the_same_good_file_twice_changes_nothing_the_second_time(cast):
    file = tables.workbook(tables.good_file(2_000))
    plan = bring_in(cast, file)
    assert sum(plan.new.values()) == 2_000
    assert dict(plan.made) == {
        "participants": 100, "interviews": 98, "answers": 950, "findings": 950, "quotations": 950,
    }  # fmt: skip
    before = content()
    again = bring_in(cast, file)
    assert (sum(again.new.values()), sum(again.already.values()), again.made) == (0, 2_000, {})
    assert content() == before


def test_sheets_sent_one_by_one_as_csv_come_to_the_same_as_a_workbook(cast):
    sheets = tables.good_file(63)
    for kind, rows in sheets.items():
        bring_in(cast, tables.comma_separated(kind, rows))
    before = content()
    assert bring_in(cast, sheets).made == {}
    assert content() == before
    assert Quotation.objects.filter(passage="in_place").count() == len(sheets[FINDINGS])


def test_a_file_with_any_error_brings_nothing_in(cast):
    sheets = tables.good_file(63)
    sheets[FINDINGS][-1]["Strand"] = "Plumbing"
    found, _ = parse(tables.workbook(sheets))
    before = content()
    with pytest.raises(ImportRefused) as refused:
        carry_out_import(evaluation=cast.evaluation, rows=found, by=cast.evelyn)
    assert len(refused.value.problems) == 1
    assert content() == before


def test_a_failure_in_the_middle_of_writing_leaves_nothing_behind(cast, monkeypatch):
    def breaks(*args, **kwargs):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(imports, "bulk_create_with_history", breaks)
    found, _ = parse(tables.workbook(tables.good_file(63)))
    before = content()
    with pytest.raises(RuntimeError):
        carry_out_import(evaluation=cast.evaluation, rows=found, by=cast.evelyn)
    assert content() == before


# --- What becomes of a row --------------------------------------------------------------------------------


def one_talk(**values):
    """Return sheets with one participant and one answer."""
    said = tables.answer("I3", "P7", "Policies", "What has changed?", "We meet now, every month.", **values)
    return {PARTICIPANTS: [tables.participant("P7")], INTERVIEWS: [said]}


def test_an_answer_is_kept_with_its_question_its_version_and_that_it_was_asked(cast):
    builders.question(cast.evaluation, condition="policies", area="gaps", prompt="What has changed?")
    bring_in(cast, one_talk())
    answer = Answer.objects.get()
    assert (answer.question.prompt, answer.area, answer.text) == (
        "What has changed?", "gaps", "We meet now, every month.",
    )  # fmt: skip
    assert [(row.number, row.text, row.by) for row in answer.versions.all()] == [
        (1, answer.text, cast.evelyn)
    ]
    assert InterviewCondition.objects.get().state == "asked"
    interview = Interview.objects.get()
    assert (interview.code, interview.mode, interview.setting, interview.status) == (
        "I3",
        "video",
        "one_to_one",
        "written_up",
    )
    assert [person.code for person in interview.participants.all()] == ["P7"]
    assert [strand.name for strand in interview.strands.all()] == ["Coproduction"]


def test_rows_of_one_interview_may_leave_out_what_another_one_says(cast):
    sheets = one_talk()
    sheets[INTERVIEWS].append(
        {"Interview": "I3", "Date": "14/05/2024", "Condition": "Power", "What was said": "Nothing new."}
    )
    sheets[INTERVIEWS].insert(
        0, {"Interview": "I3", "Date": "14/05/2024", "Condition": "Practices", "State asked?": "Not asked"}
    )
    bring_in(cast, sheets)
    assert [person.code for person in Interview.objects.get().participants.all()] == ["P7"]
    states = dict(InterviewCondition.objects.values_list("condition", "state"))
    assert states == {"policies": "asked", "power": "asked", "practices": "not_asked"}


def test_another_text_for_an_answer_that_is_here_is_an_error_and_never_overwrites(cast):
    bring_in(cast, one_talk())
    sheets = one_talk()
    sheets[INTERVIEWS][0]["What was said"] = "Something else."
    place = "Interviews, row 2, column K (What was said)"
    assert said_of(cast, sheets) == [f"{place}: I3 already has another text here. Nothing is overwritten."]
    assert Answer.objects.get().text == "We meet now, every month."


def test_other_facts_of_an_interview_or_a_participant_that_is_here_are_errors(cast):
    bring_in(cast, one_talk())
    sheets = one_talk(Mode="By phone")
    sheets[PARTICIPANTS][0]["Sector"] = "Parent"
    assert [line.split(":")[0] for line in said_of(cast, sheets)] == [
        "Participants, row 2, column B (Sector)",
        "Interviews, row 2, column C (Mode)",
    ]


def test_an_answer_that_is_here_without_words_is_filled_with_a_version(cast):
    interview = builders.interview(cast.evaluation, code="I3")
    answer = builders.answer(interview, text="")
    row = {"Interview": "I3", "Date": "14/05/2024", "Condition": "Policies", "What was said": "We meet now."}
    bring_in(cast, {INTERVIEWS: [row]})
    answer.refresh_from_db()
    assert (answer.text, answer.version) == ("We meet now.", 2)
    assert AnswerVersion.objects.get().text == "We meet now."


def test_nothing_comes_into_an_interview_that_is_being_coded_blind(cast):
    interview = builders.interview(cast.evaluation, code="I3")
    CodingRound.objects.create(evaluation=cast.evaluation, interview=interview, second=cast.evelyn)
    row = {"Interview": "I3", "Date": "14/05/2024", "Condition": "Power", "What was said": "More."}
    (line,) = said_of(cast, {INTERVIEWS: [row]})
    assert "I3 is being coded blind" in line


def test_what_a_participant_said_who_withdrew_cannot_come_back(cast):
    bring_in(cast, one_talk())
    Participant.objects.update(withdrawn_on=TODAY)
    sheets = one_talk()
    sheets[INTERVIEWS].append(
        {"Interview": "I3", "Date": "14/05/2024", "Condition": "Power", "What was said": "More."}
    )
    sheets[FINDINGS] = [tables.finding("They meet.", Quotation="We meet now", Interview="I3")]
    said = said_of(cast, sheets)
    assert len(said) == 4
    assert all("withdrew" in line for line in said)


def test_a_quotation_gets_its_range_and_its_speaker_and_reads_as_the_answer_does(cast):
    sheets = one_talk()
    sheets[FINDINGS] = [tables.finding("They meet.", Quotation="we meet now,  every month", Interview="I3")]
    assert "do not stand in I3" in said_of(cast, sheets)[0]
    sheets[FINDINGS] = [tables.finding("They meet.", Quotation="We meet now,  every month", Interview="I3")]
    bring_in(cast, sheets)
    quotation = Quotation.objects.get()
    assert (
        quotation.text == quotation.answer.text[quotation.start : quotation.end] == "We meet now, every month"
    )
    assert (quotation.passage, quotation.speaker.code, quotation.coder) == ("in_place", "P7", cast.evelyn)
    assert (quotation.kind, quotation.condition, quotation.strand) == (
        "barrier",
        "policies",
        cast.evaluation.strand,
    )
    assert quotation.approved_on is None


def test_one_quotation_of_two_findings_is_stored_once(cast):
    sheets = one_talk()
    sheets[FINDINGS] = [
        tables.finding(text, Quotation="We meet now", Interview="I3") for text in ("They meet.", "They talk.")
    ]
    bring_in(cast, sheets)
    assert (Quotation.objects.count(), FindingQuotation.objects.count()) == (1, 2)


def test_a_finding_is_a_draft_at_the_end_of_its_cell_with_its_history_and_one_for_all_its_rows(cast):
    first = builders.finding(cast.evaluation.strand, condition="policies", position=4)
    rows = [
        tables.finding("Costs rose.", Quotation="They doubled."),
        tables.finding("costs  rose.", Quotation="They tripled."),
        tables.finding("Costs rose."),
    ]
    plan = bring_in(cast, {FINDINGS: rows})
    finding = Finding.objects.exclude(pk=first.pk).get()
    assert (finding.status, finding.position, finding.quotations.count()) == ("draft", 5, 2)
    line = finding.history.get()
    assert (line.history_user, line.history_change_reason) == (cast.evelyn, "Imported from a file")
    assert (plan.new[FINDINGS], plan.already[FINDINGS]) == (2, 1)


def test_a_finding_that_was_removed_here_stays_removed(cast):
    builders.finding(cast.evaluation.strand, text="Costs rose.", removed_at=timezone.now())
    assert bring_in(cast, {FINDINGS: [tables.finding("Costs rose.")]}).made == {}


def test_the_record_of_access_says_how_much_came_in_and_no_word_of_it(cast):
    bring_in(cast, one_talk())
    event = AuditEvent.objects.get(verb="imported")
    assert (event.user, event.subject) == (cast.evelyn, "1 participant, 1 interview, 1 answer")


# --- On screen --------------------------------------------------------------------------------------------


def send(client, content, name="rows.xlsx", address=HERE):
    """Send a file and return the answer."""
    return client.post(address, {"file": SimpleUploadedFile(name, content)})


def to_preview(client, content, **options):
    """Send a file, accept the columns as they were guessed, and return the address of the preview."""
    columns = send(client, content, **options).url
    answer = client.post(columns, Page(client.get(columns)).sends())
    assert answer.status_code == 302
    return answer.url


def test_a_table_is_sent_mapped_previewed_mended_and_imported(cast):
    client = signed_in(cast.evelyn)
    sheets = tables.good_file(63)
    sheets[FINDINGS][3]["Condition"] = "Weather"
    preview = to_preview(client, tables.workbook(sheets))
    page = Page(client.get(preview))
    (problem,) = [item.words for item in page.all("li", data_problem=True)]
    assert problem.startswith("Findings, row 5, column C (Condition): “Weather” is not one of")
    assert "Import 6" not in page.words
    assert client.post(preview).status_code == 200
    assert not Interview.objects.exists()
    errors = client.get(f"{preview}errors.csv").content.decode("utf-8-sig").splitlines()
    assert errors[1].startswith("Findings,5,C,Condition,")

    sheets[FINDINGS][3]["Condition"] = "Power dynamics"
    preview = to_preview(client, tables.workbook(sheets))
    page = Page(client.get(preview))
    assert "Import 63 rows" in page.words
    assert Finding.objects.count() == 0
    job = client.post(preview, page.sends()).url
    assert "Waiting to begin" in Page(client.get(job)).words
    jobs.work(once=True)
    page = Page(client.get(job))
    assert "Saved: 3 participants, 3 interviews, 30 answers, 30 findings, 30 quotations." in page.words
    assert Finding.objects.count() == 30
    assert HeldFile.objects.count() == 1  # of the first file, which nobody imported

    page = Page(client.get(to_preview(client, tables.workbook(sheets))))
    assert "Everything in this file is here already." in page.words


def test_columns_under_other_headings_are_chosen_on_screen_and_remembered(cast):
    client = signed_in(cast.evelyn)
    file = b"Where,What it is,Which,In words\nCoproduction,Barrier,Power,Costs rose.\n"
    columns = send(client, file, name="mine.csv").url
    sent = Page(client.get(columns)).sends()
    page = Page(client.post(columns, sent | {"kind-0": ""}))
    assert any("Say what at least one sheet holds" in words for _, words in page.summary)
    assert client.post(columns, {"kind-0": "findings"}).url == columns  # its columns are asked next
    sent = Page(client.get(columns)).sends()
    page = Page(client.post(columns, sent))
    assert (
        "id_column-0-condition",
        "Condition (needed): Say which column of the file this is.",
    ) in page.summary
    chosen = {"strand": "0", "kind": "1", "condition": "2", "text": "3"}
    answer = client.post(columns, sent | {f"column-0-{name}": at for name, at in chosen.items()})
    assert "Import 1 row" in Page(client.get(answer.url)).words
    assert Page(client.get(columns)).sends()["column-0-text"] == "3"


def test_a_column_can_be_used_once(cast):
    client = signed_in(cast.evelyn)
    columns = send(client, builders.TABLE).url
    sent = Page(client.get(columns)).sends()
    page = Page(client.post(columns, sent | {"column-0-note": sent["column-0-text"]}))
    assert any("taken already, for Finding" in words for _, words in page.summary)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This file is empty."),
        (b"MZ\x90\x00 program", "This is a program"),
        (b"PK\x03\x04 broken", "This file is damaged"),
    ],
)
def test_a_file_that_is_refused_says_why_at_its_field(cast, content, says):
    answer = send(signed_in(cast.evelyn), content)
    page = Page(answer)
    assert answer.status_code == 200
    assert says in page.message_at("id_file")
    assert page.title.startswith("Error: ")
    assert not HeldFile.objects.exists()


class Endless:
    """A file of 100 MB that is nowhere: it is made as it is read, and counts what was taken of it."""

    name = "endless.xlsx"

    def __init__(self, size):
        self.left = size

    def read(self, size=-1):
        taken = self.left if size < 0 else min(size, self.left)
        self.left -= taken
        return b"\0" * taken


def test_a_file_of_a_hundred_megabytes_gets_a_page_that_says_so_and_is_never_kept(
    cast, tmp_path, monkeypatch
):
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", str(tmp_path))
    answer = signed_in(cast.evelyn).post(HERE, {"file": Endless(100 * 1024 * 1024)})
    assert answer.status_code == 200
    assert "This file is 100 MB; the most is 10 MB." in Page(answer).message_at("id_file")
    assert list(tmp_path.iterdir()) == []
    assert not HeldFile.objects.exists()


def test_no_name_of_a_file_reaches_more_than_the_page(cast, caplog):
    client = signed_in(cast.evelyn)
    name = "Jane Doe\u202e<b>.csv"
    columns = send(client, builders.TABLE, name=name).url
    assert "Jane Doe<b>.csv" in Page(client.get(columns)).words
    assert "Jane" not in caplog.text


def test_a_file_can_be_deleted_instead(cast):
    client = signed_in(cast.evelyn)
    job = builders.import_job(cast.evaluation)
    client.post(f"{HERE}{job.pk}/discard/")
    assert not HeldFile.objects.exists()
    assert not Job.objects.exists()
    assert client.get(f"{HERE}{job.pk}/").status_code == 404


@pytest.mark.parametrize(
    "name", ["waterline-import.xlsx", "interviews.csv", "participants.csv", "findings.csv"]
)
def test_a_template_is_sent_as_a_file(cast, name):
    answer = signed_in(cast.evelyn).get(f"{HERE}templates/{name}")
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert len(answer.content) > 20


def test_the_errors_to_download_are_no_formulas(cast):
    job = builders.import_job(cast.evaluation, builders.TABLE.replace(b"Coproduction", b"@SUM(A1)"))
    text = signed_in(cast.evelyn).get(f"{HERE}{job.pk}/errors.csv").content.decode("utf-8-sig")
    assert not re.search(r"(^|,)\"?[=+@-]", text, re.MULTILINE)


def test_the_pages_ask_the_database_as_often_for_many_rows_as_for_few(cast, django_assert_max_num_queries):
    client = signed_in(cast.evelyn)
    preview = to_preview(client, tables.workbook(tables.good_file(400)))
    with django_assert_max_num_queries(35):
        client.get(preview)


# --- The worker -------------------------------------------------------------------------------------------


def waiting(cast, content=builders.TABLE):
    """Return a job that waits for a worker."""
    return builders.import_job(
        cast.evaluation, content, state="waiting", by=cast.evelyn, seen_at=timezone.now()
    )


def test_the_command_does_what_waits_and_stops(cast):
    job = waiting(cast)
    call_command("work", "--once", stdout=StringIO())
    job.refresh_from_db()
    assert (job.state, job.result["made"], job.file) == ("done", [["findings", 1]], None)
    assert not HeldFile.objects.exists()


def test_a_job_is_done_by_one_worker(cast):
    waiting(cast)
    assert jobs.records.claim_job() is not None
    assert jobs.records.claim_job() is None


def test_a_job_whose_worker_was_killed_is_taken_up_again(cast):
    job = waiting(cast)
    Job.objects.update(state="running", attempt=1, seen_at=timezone.now() - jobs.records.GIVEN_UP_AFTER * 2)
    jobs.work(once=True)
    job.refresh_from_db()
    assert job.state == "done"
    assert Finding.objects.count() == 1


def test_a_job_that_kills_its_worker_stops_after_three_times_and_the_next_is_done(cast):
    job, other = waiting(cast), waiting(cast)
    for attempt in (1, 2, 3):
        assert jobs.records.claim_job() == job
        job.refresh_from_db()
        assert job.attempt == attempt
        Job.objects.filter(pk=job.pk).update(seen_at=timezone.now() - jobs.records.GIVEN_UP_AFTER * 2)

    assert jobs.records.claim_job() == other

    job.refresh_from_db()
    assert job.state == "failed"
    page = signed_in(cast.evelyn).get(f"/e/practice/jobs/{job.pk}/")
    assert "This was begun three times and broke off each time" in Page(page).words
    jobs.records.start_job(job=job, by=cast.evelyn)
    jobs.work(once=True)
    job.refresh_from_db()
    assert job.state == "done"


def test_what_changed_since_the_preview_stops_the_import_and_keeps_the_file(cast):
    job = waiting(cast, builders.TABLE.replace(b"Coproduction", b"Gone since"))
    jobs.work(once=True)
    job.refresh_from_db()
    assert (job.state, job.result["message"]) == (
        "failed",
        "1 row cannot be brought in. Nothing was imported.",
    )
    page = Page(signed_in(cast.evelyn).get(f"/e/practice/jobs/{job.pk}/"))
    assert page.links("Look at the preview again") == [f"{HERE}{job.pk}/"]


def test_a_failure_of_our_own_is_told_in_plain_words_and_logged_without_any_of_the_file(
    cast, monkeypatch, caplog
):
    def breaks(**kwargs):
        raise RuntimeError("Made up for this test")

    monkeypatch.setattr(jobs, "carry_out_import", breaks)
    job = waiting(cast)
    jobs.work(once=True)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "Something went wrong on our side" in job.result["message"]
    assert [record.msg for record in caplog.records if record.name == "evaluations.jobs"] == ["job-failed"]


def test_progress_is_shown_while_a_file_is_read(cast, monkeypatch):
    monkeypatch.setattr(jobs, "REPORT_EVERY", 0)
    seen = []
    report = jobs.records.report
    monkeypatch.setattr(jobs.records, "report", lambda **now: (seen.append(now), report(**now)))
    file = tables.workbook(tables.good_file(400))
    order = {"parts": [{"kind": kind, "columns": {}} for kind in ("participants", "interviews", "findings")]}
    for part in order["parts"]:
        part["columns"] = {column.name: at for at, column in enumerate(tables.COLUMNS[part["kind"]])}
    job = builders.import_job(cast.evaluation, file, order=order, state="waiting", by=cast.evelyn)
    jobs.work(once=True)
    job.refresh_from_db()
    assert job.state == "done"
    assert {(now["step"], now.get("done"), now.get("total")) for now in seen} >= {
        (jobs.READING, 200, 400),
        (jobs.CHECKING, 400, 400),
    }


def test_a_job_that_nobody_takes_says_so_after_half_a_minute(cast):
    job = waiting(cast)
    client = signed_in(cast.evelyn)
    address = f"/e/practice/jobs/{job.pk}/"
    page = Page(client.get(address))
    assert "seems not to run" not in page.words
    assert page.one("noscript").one("meta")["http-equiv"] == "refresh"
    Job.objects.update(seen_at=timezone.now() - timedelta(seconds=31))
    assert "seems not to run" in Page(client.get(address)).words


def test_a_file_that_was_withdrawn_meanwhile_brings_nothing_in(cast, monkeypatch):
    job = waiting(cast)
    check = jobs.check_import

    def withdrawn(**kwargs):
        HeldFile.objects.all().delete()
        return check(**kwargs)

    monkeypatch.setattr(jobs, "check_import", withdrawn)
    jobs.work(once=True)
    assert not Job.objects.filter(pk=job.pk).exists()
    assert not Finding.objects.exists()


def test_files_are_deleted_after_a_week_unless_a_worker_is_busy_with_them(cast):
    old = timezone.now() - jobs.records.KEPT_FOR * 2
    draft, failed, busy = (
        builders.import_job(cast.evaluation, state=state) for state in ("draft", "failed", "running")
    )
    HeldFile.objects.update(at=old)
    fresh = builders.import_job(cast.evaluation)
    jobs.records.clear_up()
    assert set(HeldFile.objects.values_list("pk", flat=True)) == {busy.file_id, fresh.file_id}
    assert not Job.objects.filter(pk=draft.pk).exists()
    failed.refresh_from_db()
    assert failed.file is None


# --- The made-up files that come along --------------------------------------------------------------------


def made_up(name):
    """Return the bytes of a made-up file of the project."""
    return (settings.BASE_DIR / "fixtures" / name).read_bytes()


def test_the_made_up_workbook_comes_in_as_a_whole_and_its_findings_are_then_known(cast):
    plan = bring_in(cast, made_up("made_up_import.xlsx"))
    assert dict(plan.made) == {
        "participants": 2,
        "interviews": 2,
        "answers": 3,
        "findings": 3,
        "quotations": 3,
    }
    assert bring_in(cast, made_up("made_up_findings.csv")).made == {}


def test_every_word_of_the_made_up_files_says_that_it_is():
    rows, _ = parse(made_up("made_up_import.xlsx"))
    named = [row["question"] or row["state"] for row in rows if row.kind is INTERVIEWS]
    assert all("Made up" in words or words == "nothing_said" for words in named)
    assert all("Made up" in row["text"] for row in rows if row.kind is FINDINGS)
    assert [piece.place for piece in read_transcript(made_up("made_up_transcript.txt"))] == [
        "practices:",
        "power:",
        "",
    ]


# --- Coding blind -----------------------------------------------------------------------------------------


@pytest.fixture
def blind(cast):
    """An interview that Evelyn codes blind, and that somebody else coded."""
    interview = builders.interview(
        cast.evaluation, code="I06", participants=[builders.participant(cast.evaluation)]
    )
    answer = builders.answer(interview, text="Nobody asked us. They decide.", condition="policies")
    finding = builders.finding(cast.evaluation.strand, text="Known", kind="barrier", condition="policies")
    coded = {"text": "Nobody asked us.", "start": 0, "end": 16, "passage": "in_place", "kind": "barrier"}
    builders.quotation(cast.evaluation, answer=answer, condition="policies", evidence_for=finding, **coded)
    CodingRound.objects.create(evaluation=cast.evaluation, interview=interview, second=cast.evelyn)
    return cast


def finding_row(cast, text, quotation, interview="I06"):
    """Return a row of a Findings sheet with a quotation."""
    row = tables.finding(text, Quotation=quotation, Interview=interview)
    return row | {"Strand": cast.evaluation.strand.name, "Kind": "Barrier", "Condition": "Policies"}


def test_who_codes_an_interview_blind_brings_no_quotations_of_it_in_and_learns_of_none(blind):
    rows = [finding_row(blind, "Known", "Nobody asked us."), finding_row(blind, "New", "They decide.")]
    column = f"{'ABCDEFGHIJK'[tables.HEADINGS[FINDINGS].index('Interview')]} (Interview)"
    said = "You are coding I06 blind. Bring this in when that is finished."
    assert said_of(blind, {FINDINGS: rows}) == [
        f"Findings, row 2, column {column}: {said}",
        f"Findings, row 3, column {column}: {said}",
    ]
    found, _ = parse(tables.workbook({FINDINGS: rows}))
    with pytest.raises(ImportRefused):
        carry_out_import(evaluation=blind.evaluation, rows=found, by=blind.evelyn)
    assert check_import(evaluation=blind.evaluation, rows=found, by=None).already[FINDINGS] == 1


def test_a_row_that_names_no_interview_does_not_tell_whether_its_words_are_coded_there(blind):
    found, _ = parse(tables.workbook({FINDINGS: [finding_row(blind, "Known", "Nobody asked us.", "")]}))
    plan = check_import(evaluation=blind.evaluation, rows=found, by=blind.evelyn)
    assert (plan.already[FINDINGS], plan.new[FINDINGS]) == (0, 1)


# --- Two workers ------------------------------------------------------------------------------------------


def taken_twice(cast):
    """Return a job as its first worker holds it, and as the one that took it up again does."""
    waiting(cast)
    first = jobs.records.claim_job()
    Job.objects.update(seen_at=timezone.now() - jobs.records.GIVEN_UP_AFTER * 2)
    return first, jobs.records.claim_job()


def test_a_worker_whose_job_was_taken_up_again_writes_nothing_and_ends_nothing(cast):
    first, second = taken_twice(cast)
    assert first.pk == second.pk
    jobs.run(first)
    jobs.records.fail_job(job=first, message="No")
    assert (Finding.objects.count(), Job.objects.get().state) == (0, "running")
    with pytest.raises(ClaimLost):
        jobs.records.finish_job(job=first, result={})
    jobs.run(second)
    assert (Finding.objects.count(), Job.objects.get().state) == (1, "done")


def test_a_job_lost_during_the_writing_leaves_nothing_written(cast, monkeypatch):
    first, _ = taken_twice(cast)
    monkeypatch.setattr(jobs.records, "report", lambda **now: None)
    jobs.run(first)
    assert Finding.objects.count() == 0


def test_a_job_that_is_done_is_not_done_again(cast):
    waiting(cast)
    job = jobs.records.claim_job()
    jobs.run(job)
    jobs.run(job)
    assert (Finding.objects.count(), Job.objects.get().state) == (1, "done")

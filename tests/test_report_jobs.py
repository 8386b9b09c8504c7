"""Files of the draft made beside the requests: how far, what came of it, for how long, and for whom."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations import jobs
from evaluations.actions import jobs as records
from evaluations.actions.errors import ClaimLost
from evaluations.actions.publishing import keep_draft, start_draft, start_publishing
from evaluations.models import AuditEvent, CodingRound, Job, Membership, PublishedVersion, ReportFile
from evaluations.screens import publishing as screens

from . import builders
from .base import person, signed_in
from .pages import Page, fill_in
from .test_publishing import FILES, REPORT, VERSIONS, publish, quick, words

__all__ = ["quick"]


@pytest.fixture
def written(cast, quick):
    return builders.section(cast.evaluation, text="Not yet for everybody.")


def start(cast):
    return start_draft(evaluation=cast.evaluation, document="report", format="html", by=cast.evelyn)


def page_of(job):
    return f"/e/practice/jobs/{job.pk}/"


def test_a_file_is_made_beside_the_requests_and_downloaded(cast, written, evaluator):
    answer = fill_in(evaluator, FILES, {"document": "summary", "format": "html"})
    assert "Making a file of the draft" in words(evaluator, answer.url)
    assert "None yet" in words(evaluator, FILES)

    jobs.work(once=True)

    row = ReportFile.objects.get()
    assert (row.document, row.format, row.version) == ("summary", "html", None)
    address = Page(evaluator.get(answer.url)).links("Download it")[0]
    assert Page(evaluator.get(FILES)).links("Summary for parents, Web page") == [address]
    sent = evaluator.get(address)
    assert sent.content == bytes(row.content)
    assert "draft" in sent["Content-Disposition"]
    assert AuditEvent.objects.get(verb="exported").subject == "draft of summary as html"


def test_a_long_draft_is_not_made_while_somebody_waits(cast, written, evaluator, monkeypatch):
    assert evaluator.get(f"{REPORT}export/html/?draft=1").status_code == 200
    monkeypatch.setitem(screens.MOST_AT_ONCE, "html", 3)
    answer = evaluator.get(f"{REPORT}summary/export/html/?draft=1", follow=True)
    assert answer.redirect_chain[-1][0] == f"{FILES}?document=summary&format=html"
    assert Page(answer).notices[0].endswith("Summary for parents, Web page.")
    assert Job.objects.count() == 0
    fill_in(evaluator, answer.redirect_chain[-1][0], {})
    assert Job.objects.get().order == {"document": "summary", "format": "html"}


def test_a_job_that_published_leads_back_to_the_report_and_not_to_publishing_again(cast, written, evaluator):
    publish(cast)
    page = Page(evaluator.get(page_of(Job.objects.get())))
    assert page.one("nav", aria_label="You are here").one("a")["href"] == REPORT
    assert Page(evaluator.get(VERSIONS)).links("Publish the next version") == [f"{REPORT}check/"]
    assert Page(evaluator.get(f"{VERSIONS}1/")).links("Publish the next version") == [f"{REPORT}check/"]


def test_how_far_it_is_is_told_and_polled(cast, written, evaluator):
    job = start(cast)
    assert (
        'http-equiv="refresh" content="3; url=?following=1"' in evaluator.get(page_of(job)).content.decode()
    )
    Job.objects.filter(pk=job.pk).update(
        state="running", step=jobs.MAKING, done=2, total=6, seen_at=timezone.now()
    )
    assert "Making the files: 2 of 6 files." in words(evaluator, page_of(job))
    Job.objects.filter(pk=job.pk).update(state="waiting", seen_at=timezone.now() - timedelta(minutes=1))
    shown = words(evaluator, page_of(job))
    assert "“manage.py work” has to be started" in shown
    assert "Your file is safe" not in shown


def test_every_step_of_publishing_is_told(cast, written, monkeypatch):
    told = []
    report = records.report
    monkeypatch.setattr(
        records, "report", lambda **far: (told.append((far["step"], far.get("total", 0))), report(**far))
    )
    start_publishing(evaluation=cast.evaluation, note="", by=cast.evelyn)
    jobs.work(once=True)
    assert list(dict.fromkeys(told)) == [
        (jobs.PUTTING_TOGETHER, 0),
        (jobs.LOOKING_THROUGH, 0),
        (jobs.MAKING, 6),
        (jobs.WRITING, 0),
    ]


def test_one_whose_worker_was_killed_is_taken_up_again_and_made_once(cast, written):
    first = start(cast)
    killed = records.claim_job()
    assert killed == first
    assert records.claim_job() is None
    Job.objects.update(seen_at=timezone.now() - records.GIVEN_UP_AFTER - timedelta(seconds=1))

    jobs.work(once=True)

    assert ReportFile.objects.count() == 1
    file = jobs.report_file(jobs.read_draft(jobs._writer(killed), "report"), "html", name=["late"])
    with pytest.raises(ClaimLost):
        keep_draft(job=killed, file=file)
    assert ReportFile.objects.count() == 1


def test_publishing_is_all_or_nothing(cast, written, monkeypatch, evaluator):
    made = jobs.report_file
    calls = iter(range(6))

    def failing(*args, **kwargs):
        if next(calls) == 4:
            raise RuntimeError("Not yet for everybody.")
        return made(*args, **kwargs)

    monkeypatch.setattr(jobs, "report_file", failing)
    job = start_publishing(evaluation=cast.evaluation, note="", by=cast.evelyn)
    jobs.work(once=True)
    assert not PublishedVersion.objects.exists()
    assert not ReportFile.objects.exists()
    shown = words(evaluator, page_of(job))
    assert "Something went wrong on our side, and nothing was published." in shown
    assert "Not yet for everybody." not in shown


@pytest.mark.parametrize(
    "begin", [start, lambda cast: start_publishing(evaluation=cast.evaluation, note="", by=cast.evelyn)]
)
def test_nothing_is_made_for_somebody_who_no_longer_writes_the_report(cast, written, begin):
    job = begin(cast)
    Membership.objects.filter(user=cast.evelyn).update(role="reviewer")
    jobs.work(once=True)
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.result["message"].startswith("Whoever asked for this no longer writes the report, so no")
    assert not ReportFile.objects.exists()


def test_files_of_the_draft_are_kept_for_a_week_and_those_of_versions_for_good(cast, written, evaluator):
    version = builders.published_version(cast.evaluation)
    kept = builders.report_file(cast.evaluation, version=version)
    job = start(cast)
    jobs.work(once=True)
    ReportFile.objects.update(at=timezone.now() - records.KEPT_FOR - timedelta(minutes=1))
    records.clear_up()
    assert list(ReportFile.objects.all()) == [kept]
    assert "The file was deleted" in words(evaluator, page_of(job))


def test_imports_are_listed_apart(cast, written, evaluator):
    start(cast)
    assert "None yet." in words(evaluator, "/e/practice/import/")


@pytest.mark.parametrize("name", ["rowan", "leigh"])
def test_only_evaluators_see_files_of_the_draft(cast, written, name):
    job = start(cast)
    jobs.work(once=True)
    browser = signed_in(getattr(cast, name))
    address = f"{FILES}{ReportFile.objects.get().pk}/"
    assert [browser.get(one).status_code for one in (FILES, address, page_of(job))] == [403, 404, 404]


def test_who_codes_an_interview_blind_gets_only_files_that_they_asked_for_since(cast, written, evaluator):
    job = start(cast)
    jobs.work(once=True)
    before = f"{FILES}{ReportFile.objects.get().pk}/"
    other = person("oakley")
    builders.member(cast.evaluation, other, "evaluator")
    assert evaluator.get(before).status_code == 200
    interview = builders.interview(cast.evaluation)
    round = CodingRound.objects.create(evaluation=cast.evaluation, interview=interview, second=cast.evelyn)

    assert evaluator.get(before).status_code == 404
    shown = words(evaluator, FILES)
    assert "You are coding an interview blind" in shown
    assert "None yet" in shown
    assert "while you code an interview blind" in words(evaluator, page_of(job))
    assert signed_in(other).get(before).status_code == 200
    start_draft(evaluation=cast.evaluation, document="report", format="html", by=other)
    start(cast)
    jobs.work(once=True)
    own = ReportFile.objects.filter(job__by=cast.evelyn).latest("pk")
    assert Page(evaluator.get(FILES)).links("Full report, Web page") == [f"{FILES}{own.pk}/"]

    CodingRound.objects.filter(pk=round.pk).update(closed_at=timezone.now())
    assert len(Page(evaluator.get(FILES)).links("Full report, Web page")) == 3


def test_no_log_holds_a_word_of_the_report(cast, written, caplog):
    caplog.set_level("DEBUG")
    start(cast)
    start_publishing(evaluation=cast.evaluation, note="Quillwort", by=cast.evelyn)
    jobs.work(once=True)
    assert PublishedVersion.objects.exists()
    said = f"{caplog.text} {list(AuditEvent.objects.values_list('verb', 'subject'))}"
    assert [word for word in ("everybody", "Quillwort") if word in said] == []

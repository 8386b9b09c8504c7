"""Publishing: a version freezes text and files, is numbered, and is served unchanged; drafts stay inside."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluations import jobs
from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.publishing import sha256, start_publishing
from evaluations.exporting.pdf import PdfUnavailable
from evaluations.models import (
    AuditEvent,
    DocumentKind,
    FileFormat,
    Finding,
    Job,
    Participant,
    ParticipantIdentity,
    PublishedVersion,
    Quotation,
    Report,
    ReportFile,
)
from evaluations.screens import publishing as screens

from . import builders
from .base import signed_in
from .pages import Page, fill_in

REPORT = "/e/practice/report/"
PUBLISH, VERSIONS, FILES = f"{REPORT}publish/", f"{REPORT}versions/", f"{REPORT}files/"
WROTE = "Families want to be asked before, not after."
EVERY_FILE = {(document.value, format.value) for document in DocumentKind for format in FileFormat}


@pytest.fixture
def quick(monkeypatch):
    """Files are made of the plain words: how real ones are made is tested where they are."""
    made = {format: lambda document: json.dumps(document.title).encode() for format in FileFormat}
    monkeypatch.setattr("evaluations.exporting.report.FORMATS", made)
    monkeypatch.setattr("evaluations.jobs.FORMATS", made)


@pytest.fixture
def written(cast, quick):
    """A report with a finding and an introduction."""
    builders.finding(cast.evaluation.strand, text="Families were not asked.")
    return builders.section(cast.evaluation, text=WROTE)


def publish(cast, note=""):
    """Publish the report as Evelyn and return the version."""
    start_publishing(evaluation=cast.evaluation, note=note, by=cast.evelyn)
    jobs.work(once=True)
    return PublishedVersion.objects.first()


def words(browser, address):
    """Return the words of a page's content."""
    return Page(browser.get(address)).one("main").words


# --- Publishing -------------------------------------------------------------------------------------------


def test_one_press_publishes_both_documents_in_every_format(cast, written, evaluator):
    day = timezone.localdate()
    answer = fill_in(evaluator, PUBLISH, {"note": "The first one.", "is_sure": "on"})
    assert "Waiting to begin" in words(evaluator, answer.url)

    jobs.work(once=True)

    version = PublishedVersion.objects.get()
    assert (version.number, version.note, version.by) == (1, "The first one.", cast.evelyn)
    assert day <= version.published_on <= timezone.localdate()
    assert set(version.documents) == set(DocumentKind)
    assert set(version.files.values_list("document", "format")) == EVERY_FILE
    assert AuditEvent.objects.get(verb="published").subject == "report version 1"
    page = Page(evaluator.get(answer.url))
    assert page.links("Read version 1") == [f"{VERSIONS}1/"]


def test_the_page_says_of_how_many_coreq_items_nothing_is_said(cast, written, evaluator):
    assert "COREQ" not in words(evaluator, PUBLISH)
    Report.objects.create(evaluation=cast.evaluation, has_coreq=True, coreq={"2": "Both hold degrees."})
    assert "prints “Not recorded” beside 27 of 32 items" in words(evaluator, PUBLISH)


def test_publishing_needs_a_tick(written, evaluator):
    page = Page(evaluator.post(PUBLISH, {"note": "Kept"}))
    assert page.summary == [
        ("id_is_sure", "Publish it for everybody in this evaluation: Tick this to publish.")
    ]
    assert page.sends()["note"] == "Kept"
    assert not Job.objects.exists()


def test_while_something_stands_in_the_way_nothing_can_be_published(cast, written, evaluator):
    person = builders.participant(cast.evaluation)
    written.text = "Nobody on the zebrafinch committee ever asked families."
    written.save()
    builders.quotation(cast.evaluation, text=written.text, speaker=person)
    assert "1 thing to resolve before publishing" in words(evaluator, PUBLISH)

    evaluator.post(PUBLISH, {"is_sure": "on"})
    assert not Job.objects.exists()

    publish(cast)
    job = Job.objects.get()
    assert (job.state, PublishedVersion.objects.count()) == ("failed", 0)
    assert "Nothing was published" in words(evaluator, f"/e/practice/jobs/{job.pk}/")
    assert "Look at the check" in words(evaluator, f"/e/practice/jobs/{job.pk}/")


def test_a_note_that_everybody_reads_is_checked_too(cast, written, evaluator):
    person = builders.participant(cast.evaluation, code="P07", organisation="Ptarmigan Trust")
    ParticipantIdentity.objects.create(
        evaluation=cast.evaluation, participant=person, name="Ada Quillfeather"
    )
    for note, objection in (
        ("With what Ada Quillfeather said.", "Tells the name of P07 in full."),
        ("What two of the Ptarmigan Trust said.", "Gives a small number beside “Ptarmigan Trust”."),
    ):
        page = Page(evaluator.post(PUBLISH, {"note": note, "is_sure": "on"}))
        assert objection in page.message_at("id_note")
        publish(cast, note)
        assert Job.objects.latest("pk").state == "failed"
    assert not PublishedVersion.objects.exists()


def test_a_version_stays_as_it_was_whatever_happens_to_the_data(cast, written, reviewer):
    publish(cast)
    page, file = f"{VERSIONS}1/", f"{VERSIONS}1/report/export/docx/"
    shown, content = Page(reviewer.get(page)).one("article").words, reviewer.get(file).content
    assert WROTE in shown

    Finding.objects.update(text="Something else")
    written.text = "Something else"
    written.save()
    cast.evaluation.title = cast.evaluation.programme = "Another title"
    cast.evaluation.save()
    publish(cast)

    assert Page(reviewer.get(page)).one("article").words == shown
    assert reviewer.get(file).content == content
    assert "Something else" in words(reviewer, f"{VERSIONS}2/")


def test_versions_are_numbered_one_after_the_other_and_lead_to_each_other(cast, written, reviewer):
    publish(cast, "First")
    publish(cast, "Second")
    page = Page(reviewer.get(VERSIONS))
    assert page.links("Version") == [f"{VERSIONS}2/", f"{VERSIONS}1/"]
    assert [note.words for note in page.all(class_="version-note")] == ["Second", "First"]
    assert Page(reviewer.get(f"{VERSIONS}1/")).links("Newer: version 2") == [f"{VERSIONS}2/"]
    assert Page(reviewer.get(f"{VERSIONS}2/")).links("Older: version 1") == [f"{VERSIONS}1/"]
    newest = PublishedVersion.objects.first().documents["report"]
    assert any(line.startswith("Version 2, published on ") for line in newest["lines"])


def test_it_is_said_whether_the_draft_differs_from_the_newest_version(cast, written, evaluator):
    publish(cast)
    pages = (REPORT, PUBLISH)
    assert all("Nothing changed since version 1." in words(evaluator, page) for page in pages)
    Finding.objects.update(text="Families were asked.")
    assert all("The draft differs from version 1." in words(evaluator, page) for page in pages)


def test_two_who_publish_make_one_version(cast, written, evaluator):
    start_publishing(evaluation=cast.evaluation, note="", by=cast.evelyn)
    with pytest.raises(NotAllowedNow, match="being published already"):
        start_publishing(evaluation=cast.evaluation, note="", by=cast.evelyn)
    assert "Evelyn is publishing just now" in words(evaluator, PUBLISH)
    jobs.work(once=True)
    assert PublishedVersion.objects.count() == 1


def test_a_number_that_was_taken_meanwhile_is_not_printed_on_two_versions(cast, written, monkeypatch):
    built = jobs.read_publication

    def overtaken(member, number):
        builders.published_version(cast.evaluation)
        return built(member, number)

    monkeypatch.setattr(jobs, "read_publication", overtaken)
    publish(cast)
    assert Job.objects.get().result["message"].startswith("Another version was published meanwhile")
    assert not ReportFile.objects.exists()


@pytest.fixture
def said(cast, written):
    """A quotation that is printed, of somebody whose identity is not recorded yet."""
    person = builders.participant(cast.evaluation, code="P07")
    finding, today = Finding.objects.get(), timezone.localdate()
    return builders.quotation(
        cast.evaluation, text="Ask us first", speaker=person, approved_on=today, evidence_for=finding
    )


def close(cast, said):
    """Take the approval back."""
    Quotation.objects.filter(pk=said.pk).update(approved_on=None)


def reword(cast, said):
    """Give other words, and approve them again."""
    Quotation.objects.filter(pk=said.pk).update(text="Ask them first", version=said.version + 1)


def attribute(cast, said):
    """Attribute it otherwise."""
    Participant.objects.filter(pk=said.speaker_id).update(attribution="named")
    identify(cast, said, name="Bo Li")


def refuse_copied(cast, said):
    """Refuse words that stand in the introduction, of a quotation that is not printed itself."""
    Quotation.objects.filter(text=WROTE).update(refused_on=timezone.localdate())


def identify(cast, said, name="Families Want"):
    """Record who somebody is whose name is printed."""
    ParticipantIdentity.objects.create(evaluation=cast.evaluation, participant=said.speaker, name=name)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (close, "A quotation changed while"),
        (reword, "A quotation changed while"),
        (attribute, "A quotation changed while"),
        (refuse_copied, "The check found something"),
        (identify, "The check found something"),
    ],
)
def test_what_is_closed_while_the_files_are_made_is_not_published(cast, said, monkeypatch, change, refusal):
    builders.quotation(cast.evaluation, text=WROTE, speaker=said.speaker, approved_on=timezone.localdate())
    made, changes = jobs.report_file, iter([change])

    def changing(*args, **kwargs):
        for now in changes:
            now(cast, said)
        return made(*args, **kwargs)

    monkeypatch.setattr(jobs, "report_file", changing)
    publish(cast)
    assert refusal in Job.objects.get().result["message"]
    assert not PublishedVersion.objects.exists()


def test_a_name_in_the_note_that_is_recorded_while_the_files_are_made_is_not_published(
    cast, said, monkeypatch
):
    made = jobs.report_file

    def naming(*args, **kwargs):
        if not ParticipantIdentity.objects.exists():
            identify(cast, said, name="Ada Quillfeather")
        return made(*args, **kwargs)

    monkeypatch.setattr(jobs, "report_file", naming)
    publish(cast, "With what Ada Quillfeather said.")
    assert "The check found something" in Job.objects.get().result["message"]


def test_where_no_pdf_can_be_made_the_version_says_so(cast, written, reviewer, monkeypatch):
    made = jobs.report_file

    def without_pango(document, format, *, name):
        if format == "pdf":
            raise PdfUnavailable
        return made(document, format, name=name)

    monkeypatch.setattr(jobs, "report_file", without_pango)
    version = publish(cast)
    assert set(version.files.values_list("format", flat=True)) == {"docx", "html"}
    assert "No PDF was made of this version" in words(reviewer, f"{VERSIONS}1/")
    answer = reviewer.get(f"{REPORT}export/pdf/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{VERSIONS}1/"


# --- Files ------------------------------------------------------------------------------------------------


def test_a_file_is_what_its_checksum_says_or_is_not_sent(cast, written, reviewer):
    publish(cast)
    file = ReportFile.objects.get(document="report", format="html")
    address = f"{VERSIONS}1/report/export/html/"
    answer = reviewer.get(address)
    assert answer.content == bytes(file.content)
    assert len(answer.content) == file.size
    assert sha256(answer.content) == file.sha256
    assert file.sha256 in words(reviewer, f"{VERSIONS}1/")
    assert AuditEvent.objects.filter(verb="exported", subject="report version 1 as html").exists()

    ReportFile.objects.filter(pk=file.pk).update(content=b"<p>Not what was published</p>")
    damaged = reviewer.get(address)

    assert damaged.status_code == 500
    assert "its checksum does not match" in Page(damaged).words
    assert b"Not what was published" not in damaged.content


def test_the_report_is_the_newest_version_for_everybody(cast, written, reviewer, evaluator):
    for address in (f"{REPORT}export/docx/", f"{REPORT}summary/export/docx/"):
        assert reviewer.get(address).status_code == 404, "nothing is published"
    publish(cast)
    publish(cast)
    newest = {
        file.document: bytes(file.content)
        for file in ReportFile.objects.filter(version__number=2, format="docx")
    }
    for browser in (reviewer, evaluator):
        assert browser.get(f"{REPORT}export/docx/").content == newest["report"]
        assert browser.get(f"{REPORT}summary/export/docx/").content == newest["summary"]
    assert reviewer.get(f"{REPORT}export/xlsx/").status_code == 404
    assert reviewer.get(f"{VERSIONS}1/nothing/export/docx/").status_code == 404
    assert reviewer.get(f"{VERSIONS}9/").status_code == 404


def test_readers_never_get_the_draft(cast, written, reviewer, evaluator):
    assert evaluator.get(f"{REPORT}export/docx/").status_code == 200
    publish(cast)
    published = reviewer.get(f"{REPORT}export/docx/").content
    written.text = "Only a draft"
    written.save()

    assert reviewer.get(f"{REPORT}export/docx/?draft=1").content == published
    draft = evaluator.get(f"{REPORT}export/docx/?draft=1")

    assert "draft" in draft["Content-Disposition"]
    assert AuditEvent.objects.filter(verb="exported", subject="draft of report as docx").count() == 2
    for name in ("rowan", "leigh"):
        browser = signed_in(getattr(cast, name))
        assert [browser.get(address).status_code for address in (PUBLISH, FILES, f"{FILES}1/")] == [
            403,
            403,
            404,
        ]
        assert "Only a draft" not in words(browser, f"{VERSIONS}1/")


def test_the_draft_says_that_it_is_one(cast, written):
    from .base import as_member

    days = [timezone.localdate()]
    draft = screens.read_draft(as_member(cast.evelyn, cast.evaluation), DocumentKind.REPORT)
    days.append(timezone.localdate())
    assert any(f"Draft of {day.day} {day:%B %Y}" in draft.lines for day in days)


def test_readers_are_told_who_writes_the_report_and_led_to_it(reviewer):
    answer = reviewer.get(f"{REPORT}preview/")
    page = Page(answer)
    assert answer.status_code == 403
    assert "Only evaluators write the report" in page.words
    assert page.links("Go to the report") == [REPORT]


def test_nothing_published_says_what_to_do_next(cast, quick, reviewer, evaluator):
    assert "When the evaluators publish the report, it stands here." in words(reviewer, VERSIONS)
    assert Page(evaluator.get(VERSIONS)).links("Check before publishing") == [f"{REPORT}check/"]


def test_a_published_page_is_the_document_that_was_frozen(cast, written, reviewer):
    publish(cast)
    summary = Page(reviewer.get(f"{VERSIONS}1/?document=summary"))
    assert summary.one("nav", aria_label="Documents of this version").one("a", aria_current="page").words == (
        "Summary for parents"
    )
    assert reviewer.get(f"{VERSIONS}1/?document=other").status_code == 404
    assert reviewer.get(reverse("version-list", args=["practice"])).status_code == 200

"""The report builder: sections in order, written by hand or drafted, what it is called, who sees what."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from evaluations.actions.report import include_section, save_report
from evaluations.models import CodingRound, ConflictingEdit, Report, ReportSection, SectionKey
from evaluations.queries.findings import count_frame
from evaluations.screens import report_data
from evaluations.screens.publishing import read_draft
from evaluations.screens.report import read_outline
from evaluations.screens.report_data import report_strands, report_title
from tests import builders
from tests.assertions import refused, shows
from tests.base import as_member, person, signed_in
from tests.pages import Page

E = "/e/practice/report/"
INTRODUCTION = f"{E}sections/introduction/"
KEYS = [key for key in SectionKey if key != SectionKey.SUMMARY]
DRAFT = "This is what the evaluation was set up for."


@pytest.fixture(autouse=True)
def introduced(cast):
    """An evaluation whose introduction is drafted as one sentence."""
    cast.evaluation.introduction = DRAFT
    cast.evaluation.save()


@pytest.fixture
def other(cast):
    """Another evaluator's browser."""
    user = person("nora")
    builders.member(cast.evaluation, user, "evaluator")
    return signed_in(user)


def section(key="introduction"):
    return ReportSection.objects.get(key=key)


def order(client):
    """Return the keys of the sections as the builder lists them."""
    return [row.outline.key for row in client.get(E).context["builder"].rows]


def opened(client, address=INTRODUCTION):
    """Return what stands in the fields of a page that was opened."""
    form = client.get(address).context["form"]
    return {field.html_name: field.value() or "" for field in form}


def write(client, text, **sent):
    """Open the introduction, type a text over what it says, and press the button, without a script."""
    return client.post(INTRODUCTION, opened(client) | {"text": text} | sent)


def autosave(client, text, **sent):
    """Send what the introduction says as its page does by itself."""
    fields = opened(client) | {"text": text, "page": "one", "step": 1} | sent
    return client.post(f"{INTRODUCTION}save/", fields, headers={"X-Requested-With": "fetch"})


# --- Who sees it ------------------------------------------------------------------------------------------


def test_evaluators_see_the_sections_in_the_order_of_the_2023_report_with_a_preview(evaluator):
    page = evaluator.get(E)
    assert order(evaluator) == KEYS
    assert shows(page, DRAFT)
    assert shows(page, "Nothing to say yet: not printed")  # of sections without data


def test_only_sections_that_are_printed_are_numbered(evaluator, cast):
    builders.section(cast.evaluation, text="Why we looked.", is_included=False)
    rows = Page(evaluator.get(E)).one("ol", class_="outline").all("li", id=True)
    classes = {row["id"].removeprefix("section-"): row.get("class") for row in rows}
    assert (classes["introduction"], classes["method"]) == ("is-out", None)
    empty = {key for key, said in classes.items() if said == "is-empty"}
    assert empty == {row["id"].removeprefix("section-") for row in rows if "Nothing to say yet" in row.words}


def test_readers_are_told_who_writes_it_until_a_version_is_published_and_then_taken_there(reviewer, cast):
    page = reviewer.get(E)
    assert shows(page, "No report has been published yet")
    assert shows(page, "Evelyn writes it.")
    assert not shows(page, DRAFT)
    for _ in range(2):
        builders.published_version(cast.evaluation)
    assert reviewer.get(E).url == f"{E}versions/2/"


def test_who_codes_an_interview_blind_is_told_what_is_left_out(evaluator, cast):
    interview = builders.interview(cast.evaluation, code="I07")
    CodingRound.objects.create(evaluation=cast.evaluation, interview=interview, second=cast.evelyn)
    assert shows(evaluator.get(E), "You are coding I07 blind")


def test_the_preview_shows_the_summary_too_and_nothing_else(evaluator):
    assert shows(evaluator.get(f"{E}preview/"), DRAFT)
    assert evaluator.get(f"{E}preview/?document=summary").context["kind"] == "summary"
    assert evaluator.get(f"{E}preview/?document=other").status_code == 404


@pytest.mark.parametrize("page", ["", "preview/"])
def test_pages_of_a_long_report_show_the_first_findings_and_its_files_hold_all(
    evaluator, cast, monkeypatch, page
):
    texts = ["Nobody asks parents", "Nobody asks cooks"]
    for place, text in enumerate(texts):
        builders.finding(cast.evaluation.strand, text=text, position=place)
    whole = str(read_draft(as_member(cast.evelyn, cast.evaluation), "report"))
    monkeypatch.setattr(report_data, "WHOLE_ON_SCREEN", 1)
    monkeypatch.setattr(report_data, "FIRST_ON_SCREEN", 1)

    response = evaluator.get(f"/e/practice/report/{page}")

    assert shows(response, texts[0])
    assert not shows(response, texts[1])
    assert shows(response, "and 1 more, in the report’s files")
    assert str(read_draft(as_member(cast.evelyn, cast.evaluation), "report")) == whole
    assert all(text in whole for text in texts)


def test_pages_of_a_long_report_show_the_matrices_of_one_strand_and_lead_to_the_others(
    evaluator, cast, monkeypatch
):
    other = builders.strand(cast.evaluation, slug="other", name="Another strand", position=1)
    for strand, text in ((cast.evaluation.strand, "Nobody asks parents"), (other, "Nobody asks cooks")):
        builders.finding(strand, text=text)
        builders.recommendation(strand, title=f"{text}: ask them")
    whole = str(read_draft(as_member(cast.evelyn, cast.evaluation), "report"))
    monkeypatch.setattr(report_data, "WHOLE_ON_SCREEN", 1)

    for address in (E, f"{E}preview/", f"{E}sections/remaining/"):
        first, second = evaluator.get(address), evaluator.get(f"{address}?strand=other")
        assert shows(first, "Nobody asks parents") and not shows(first, "Nobody asks cooks")
        assert shows(second, "this page shows those of Another strand")
        assert 'href="?strand=other' in first.content.decode()
    assert shows(evaluator.get(f"{E}preview/"), "Nobody asks parents: ask them")
    assert shows(evaluator.get(f"{E}preview/"), "and 1 more, in the report’s files")
    assert "Nobody asks parents" in whole and "Nobody asks cooks" in whole


def test_there_are_no_other_sections_and_the_summary_has_no_place_among_them(evaluator):
    for address in ("", "save/", "preview/", "restart/", "versions/", "move/", "include/"):
        answers = [
            ask(f"{E}sections/no_such/{address}").status_code for ask in (evaluator.get, evaluator.post)
        ]
        assert set(answers) <= {404, 405}
    for address in ("move/", "include/"):
        assert evaluator.post(f"{E}sections/summary/{address}").status_code == 404


# --- Writing a section ------------------------------------------------------------------------------------


def test_what_is_written_by_hand_stays_whatever_happens_to_the_data(evaluator, cast):
    write(evaluator, "Written by hand.\r\n\r\n- One\r\n- Two", heading="Before all else")
    cast.evaluation.introduction = "Something else"
    cast.evaluation.save()
    row = section()
    assert (row.text, row.is_written, row.version) == ("Written by hand.\n\n- One\n- Two", True, 1)
    page = evaluator.get(E)
    assert shows(page, "Before all else")
    assert shows(page, "Written by Evelyn")
    assert not shows(page, "Something else")


def test_a_heading_alone_leaves_the_text_to_the_data(evaluator, cast):
    write(evaluator, opened(evaluator)["text"], heading="Before all else")
    assert (section().heading, section().is_written) == ("Before all else", False)
    cast.evaluation.introduction = "Something else"
    cast.evaluation.save()
    assert shows(evaluator.get(E), "Something else")


def test_a_preview_without_a_script_shows_what_was_typed_and_saves_nothing(evaluator):
    page = write(evaluator, "Not **yet** decided", preview="yes")
    assert shows(page, "Not **yet** decided")
    assert "<strong>yet</strong>" in page.content.decode()
    assert not ReportSection.objects.exists()


def test_the_preview_that_follows_typing_escapes_what_is_no_formatting(evaluator):
    page = evaluator.post(f"{INTRODUCTION}preview/", {"text": "<b>no</b> *yes*"})
    assert "&lt;b&gt;no&lt;/b&gt; <em>yes</em>" in page.content.decode()
    assert shows(evaluator.get(f"{INTRODUCTION}preview/"), DRAFT)


def test_too_long_a_text_is_refused_with_all_of_it_kept_on_the_page(evaluator):
    page = write(evaluator, "x" * 100_001)
    refused(page, "id_text", "at most 100000 characters")
    assert "x" * 100_001 in page.content.decode()
    assert autosave(evaluator, "x" * 100_001).status_code == 400


def test_the_summary_says_how_many_words_fit_on_a_page(evaluator):
    address = f"{E}sections/summary/"
    for words, is_too_long in ((350, False), (351, True)):
        evaluator.post(address, opened(evaluator, address) | {"text": "word " * words})
        page = evaluator.get(address).content.decode()
        assert ('data-too-long="350" hidden' in page) != is_too_long


# --- Saved by itself --------------------------------------------------------------------------------------


def test_autosave_tells_what_is_saved_now(evaluator):
    answer = autosave(evaluator, " Typed  ")
    assert answer.status_code == 200
    assert answer.json()["fields"] == ["text"]
    now = {"version": 1, "text": "Typed", "heading": "", "is_written": True}
    assert answer.json()["section"] == now
    assert section().history.first().history_user.username == "evelyn"


def test_autosave_refuses_what_it_cannot_read_and_who_did_not_write_it(evaluator, cast):
    assert evaluator.post(f"{INTRODUCTION}save/", {"heading": "x"}).status_code == 400
    assert autosave(evaluator, "Typed", user=cast.rowan.pk).status_code == 403
    assert not ReportSection.objects.exists()


def test_two_who_write_at_once_see_both_and_nothing_is_lost(evaluator, other):
    seen = opened(evaluator)
    autosave(other, "Theirs")
    answer = autosave(evaluator, "Mine", **{"version-text": seen["version-text"]})
    assert answer.status_code == 409
    found = answer.json()["conflicts"]["text"]
    assert (found["theirs"], found["mine"]) == ([["Theirs", True]], [["Mine", True]])
    assert section().text == "Theirs"
    assert ConflictingEdit.objects.get().fields == {"heading": "", "text": "Mine"}
    again = autosave(evaluator, "Mine", **{"version-text": seen["version-text"]})
    assert again.status_code == 409
    assert ConflictingEdit.objects.count() == 1
    assert shows(evaluator.get(f"{INTRODUCTION}versions/"), "Mine")


@pytest.mark.parametrize(
    ("keep", "text"), [("both", "Theirs\n\nMine"), ("mine", "Mine"), ("theirs", "Theirs")]
)
def test_without_a_script_both_texts_come_back_and_one_choice_settles_it(evaluator, other, keep, text):
    seen = opened(evaluator)
    write(other, "Theirs")
    page = evaluator.post(INTRODUCTION, seen | {"text": "Mine"})
    assert page.status_code == 409
    assert shows(page, "Keep both, theirs first")
    chosen = {"text": "Mine", "keep-text": keep, "current-text": 1}
    assert evaluator.post(INTRODUCTION, seen | chosen).status_code == 302
    assert section().text == text
    assert ConflictingEdit.objects.filter(fields__text="Mine").exists()


def test_a_choice_on_top_of_a_text_that_changed_again_is_asked_once_more(evaluator, other):
    seen = opened(evaluator)
    write(other, "Theirs")
    write(other, "Theirs again")
    page = evaluator.post(INTRODUCTION, seen | {"text": "Mine", "keep-text": "mine", "current-text": 1})
    assert page.status_code == 409
    assert section().text == "Theirs again"


def test_both_texts_together_may_be_too_long(evaluator, other):
    seen = opened(evaluator)
    write(other, "a" * 60_000)
    mine = seen | {"text": "b" * 60_000, "keep-text": "both", "current-text": 1}
    page = evaluator.post(INTRODUCTION, mine)
    refused(page, "id_text", "Both texts together are longer")
    assert shows(page, "Keep theirs")
    assert section().text == "a" * 60_000


def test_headings_that_differ_are_shown_with_the_texts(evaluator, other):
    seen = opened(evaluator)
    write(other, "Theirs", heading="Their heading")
    page = evaluator.post(INTRODUCTION, seen | {"text": "Theirs", "heading": "My heading"})
    assert shows(page, "My ")
    assert shows(page, "Heading: ")


def test_an_open_page_never_meets_itself(evaluator):
    """Its first answer got lost, or its saves arrive one after the other without their answers."""
    seen = {"version-text": 0, "basis": ""}
    for step, text in ((1, "One"), (1, "One"), (2, "One two"), (3, "One two three"), (2, "One two")):
        assert autosave(evaluator, text, step=step, **seen).status_code == 200
    assert section().text == "One two three"
    assert autosave(evaluator, "From another page", page="two", step=9, **seen).status_code == 409


def test_a_step_that_was_saved_is_not_taken_for_another_text(evaluator):
    seen = {"version-text": 0, "basis": ""}
    assert autosave(evaluator, "One", step=1, **seen).status_code == 200
    assert autosave(evaluator, "Other words", step=1, **seen).status_code == 409
    assert section().text == "One"
    assert ConflictingEdit.objects.get().fields == {"heading": "", "text": "Other words"}


# --- After a participant withdrew -------------------------------------------------------------------------


@pytest.fixture
def before(evaluator, cast):
    """What stood in the fields of a page that was opened before a participant withdrew."""
    seen = opened(evaluator)
    builders.participant(cast.evaluation, withdrawn_on=date(2024, 6, 3))
    return seen


def test_a_page_from_before_a_withdrawal_saves_nothing_and_keeps_nothing_on_the_server(evaluator, before):
    for more in ({}, {"version-text": 7}, {"keep-text": "mine", "current-text": 0}):
        answer = evaluator.post(f"{INTRODUCTION}save/", before | {"text": "Their words"} | more)
        assert answer.status_code == 423
        assert answer.json()["fields"] == ["text"]
        assert "A participant withdrew since you opened this page" in answer.json()["error"]
    assert not ReportSection.objects.exists()
    assert not ConflictingEdit.objects.exists()


def test_without_a_script_the_text_from_before_a_withdrawal_stays_in_the_box_and_is_not_saved(
    evaluator, before
):
    page = evaluator.post(INTRODUCTION, before | {"text": "Their words"})
    assert page.status_code == 423
    assert shows(page, "Their words")
    assert shows(page, "Look it through, copy what is yours alone, then open the page again")
    assert not ReportSection.objects.exists()
    assert not ConflictingEdit.objects.exists()


def test_a_page_that_was_opened_after_a_withdrawal_saves(evaluator, before):
    assert write(evaluator, "Written since").status_code == 302
    assert autosave(evaluator, "Written since, and more").status_code == 200
    assert section().text == "Written since, and more"


# --- Again from the data, and back ------------------------------------------------------------------------


def test_a_section_starts_again_from_the_data_and_comes_back(evaluator):
    write(evaluator, "Written by hand.", heading="Mine")
    assert shows(evaluator.get(f"{INTRODUCTION}restart/"), DRAFT)
    evaluator.post(f"{INTRODUCTION}restart/", {"version": 1})
    assert DRAFT in opened(evaluator)["text"]
    page = evaluator.get(INTRODUCTION)
    assert shows(page, "Bring it back")
    by_hand = page.context["by_hand"]
    evaluator.post(f"{INTRODUCTION}history/{by_hand.history_id}/restore/", {"version": 2})
    assert (section().text, section().heading, section().is_written) == ("Written by hand.", "Mine", True)


def test_what_somebody_wrote_meanwhile_is_not_started_again(evaluator, other):
    write(evaluator, "Written by hand.")
    write(other, "And more.")
    page = evaluator.post(f"{INTRODUCTION}restart/", {"version": 1}, follow=True)
    assert shows(page, "Somebody wrote in this section meanwhile")
    assert section().text == "And more."
    first = section().history.filter(version=1).get()
    evaluator.post(f"{INTRODUCTION}history/{first.history_id}/restore/", {"version": 1})
    assert section().text == "And more."


def test_earlier_versions_count_steps_of_typing_with_what_they_led_to(evaluator, other):
    for step, text in enumerate(["The first", "The first words", "The very first words"], start=1):
        autosave(evaluator, text, step=step)
    autosave(other, "The very first words, and more", page="two")
    evaluator.post(f"{E}sections/introduction/move/", {"direction": "down"})
    autosave(evaluator, "Nothing of it", page="three")
    versions = list(evaluator.get(f"{INTRODUCTION}versions/").context["versions"])
    assert [(version.line.text, version.steps, version.is_now) for version in versions] == [
        ("Nothing of it", 0, True),
        ("The very first words, and more", 0, False),
        ("The very first words", 2, False),
    ]


def test_typing_after_a_while_and_taking_out_much_make_versions_of_their_own(evaluator):
    autosave(evaluator, "A sentence that is long enough to be missed when it is gone. And one")
    section().history.update(history_date=timezone.now() - timedelta(minutes=11))
    autosave(evaluator, "A sentence that is long enough to be missed when it is gone. And one more", step=2)
    autosave(evaluator, "And one more", step=3)
    versions = list(evaluator.get(f"{INTRODUCTION}versions/").context["versions"])
    assert [version.line.version for version in versions] == [3, 2, 1]


# --- In or out, and in which order ------------------------------------------------------------------------


def test_a_section_is_left_out_and_put_in_again_with_undo(evaluator):
    done = evaluator.post(f"{INTRODUCTION}include/", {"included": "no"})
    assert done.url == f"{E}?done=left-out&section=introduction#section-introduction"
    page = evaluator.get(done.url)
    assert shows(page, "“Introduction” is left out of the report.")
    assert page.context["done"]["undo"] == "section-include"
    assert not shows(page, DRAFT)
    evaluator.post(f"{INTRODUCTION}include/", {"included": "yes"})
    assert shows(evaluator.get(E), DRAFT)


def test_sections_move_one_place_and_stay_within_the_report(evaluator):
    move = f"{E}sections/objectives/move/"
    evaluator.post(move, {"direction": "up"})
    assert order(evaluator)[:3] == ["objectives", "introduction", "about_model"]
    assert evaluator.post(move, {"direction": "up"}).url == f"{E}#section-objectives"
    evaluator.post(move, {"direction": "down"})
    assert order(evaluator) == KEYS
    assert sorted(ReportSection.objects.values_list("position", flat=True)) == list(range(len(KEYS)))


def test_moving_and_leaving_out_disturb_nobody_who_writes(evaluator, other):
    seen = opened(evaluator)
    other.post(f"{E}sections/introduction/move/", {"direction": "down"})
    other.post(f"{INTRODUCTION}include/", {"included": "no"})
    assert evaluator.post(INTRODUCTION, seen | {"text": "Mine"}).status_code == 302
    row = section()
    assert (row.text, row.is_included, row.position) == ("Mine", False, 1)


def test_a_row_that_was_only_left_out_has_nothing_written(cast):
    include_section(evaluation=cast.evaluation, key="method", is_included=False, by=cast.evelyn)
    row = next(row for row in read_outline(as_member(cast.evelyn, cast.evaluation)) if row.key == "method")
    assert (row.version, row.is_written, row.is_included) == (0, False, False)


@pytest.mark.parametrize(
    ("address", "times"),
    [(E, 1), (INTRODUCTION, 0), (f"{E}check/", 1), (f"{E}publish/", 1), (f"{E}settings/", 0)],
)
def test_a_page_reads_the_findings_once_at_most(evaluator, monkeypatch, address, times):
    reads = []

    def reading(findings):
        reads.append(findings)
        return count_frame(findings)

    monkeypatch.setattr(report_data, "count_frame", reading)
    assert evaluator.get(address).status_code == 200
    assert len(reads) == times


# --- What it is called and about --------------------------------------------------------------------------


def settings(client, **sent):
    return client.post(f"{E}settings/", opened(client, f"{E}settings/") | sent)


def test_the_report_is_called_and_is_about_what_was_chosen(evaluator, cast, public):
    member = as_member(cast.evelyn, cast.evaluation)
    assert [row.slug for row in report_strands(member)] == ["coproduction"]
    sent = {"title": "What we found", "strands": [public.pk], "has_coreq": "on", "coreq-4": "Two women"}
    settings(evaluator, **sent)
    report = Report.objects.get()
    assert (report_title(member), report.coreq, report.has_coreq) == (
        "What we found",
        {"4": "Two women"},
        True,
    )
    assert [row.slug for row in report_strands(member)] == ["public"]
    assert shows(evaluator.get(f"{E}settings/"), "Public (from public sources, not interviews)")


def test_the_report_is_about_one_strand_at_least(evaluator):
    page = settings(evaluator, strands=[])
    refused(page, "id_strands_0", "Choose at least one strand.")


def test_two_first_saves_at_once_show_both(evaluator, other, strand):
    first = opened(evaluator, f"{E}settings/")
    settings(other, title="Theirs", **{"coreq-1": "Their words"})
    mine = first | {"title": "Mine", "strands": [strand.pk], "coreq-1": "My words"}
    page = evaluator.post(f"{E}settings/", mine)
    assert page.status_code == 409
    for words in ("Theirs", "Mine", "Their words", "My words"):
        assert shows(page, words)
    assert ConflictingEdit.objects.get().fields["coreq"] == {"1": "My words"}
    assert shows(evaluator.get(f"{E}settings/"), "My words")  # among what was set aside
    evaluator.post(f"{E}settings/", mine | {"version": 1, "keep": "both"})
    report = Report.objects.get()
    assert (report.title, report.coreq) == ("Mine", {"1": "Their words\n\nMy words"})


def test_a_second_first_save_on_its_way_finds_the_row(cast, strand):
    sent = {"evaluation": cast.evaluation, "version": 0, "strands": [strand], "by": cast.evelyn}
    changes = {"title": "One", "has_coreq": False, "coreq": {}}
    save_report(changes=changes, **sent)
    assert save_report(changes=dict(changes), **sent).version == 1

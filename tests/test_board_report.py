"""The board's report: its figures, what changed, what is late and why; the same on the page and in files."""

import os
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from evaluations.actions.recommendations import link_barrier, respond
from evaluations.actions.tracking import add_action, edit_action, track
from evaluations.analysis.board_report import cut, months_before, programme_end
from evaluations.exporting import pdf
from evaluations.models import AuditEvent, Owner, ProgressUpdate, Recommendation

from . import builders
from .assertions import shows
from .base import LEGACY, signed_in
from .files import book_of, sent, tables_of, words_of
from .pages import Page

E = "/e/practice/recommendations/report/"
TODAY = date(2025, 3, 1)  # the day after the last of February


def has_pango():
    """Say whether this machine can make a PDF."""
    try:
        return bool(pdf.pdf_of("<p>Words</p>"))
    except pdf.PdfUnavailable:
        return False


PANGO = has_pango()
FORMATS = ["docx", "xlsx", *(["pdf"] if PANGO else [])]
needs_pango = pytest.mark.skipif(not PANGO, reason="no Pango found: docs/deploy.md says what to install")
EARLY, SINCE = date(2024, 12, 1), "1 February 2025"


@pytest.fixture
def clock(monkeypatch):
    """Set the clock, and move it: ``clock(date)`` makes it noon of that day."""
    now = {}

    def at(day):
        now["at"] = timezone.make_aware(datetime.combine(day, datetime.min.time()) + timedelta(hours=12))

    monkeypatch.setattr(timezone, "now", lambda: now["at"])
    at(TODAY)
    return at


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


def row(cast, ref, **fields):
    return builders.recommendation(cast.evaluation.strand, ref=ref, **fields)


def tracked(record, by, **changes):
    record = Recommendation.objects.get(pk=record.pk)
    fields = ("due", "status", "status_reason", "taken_on_by", "depends_on_funding", "priority")
    reason, owner = changes.pop("due_reason", ""), changes.pop("owner", record.owner)
    sent_ = {name: getattr(record, name) for name in fields} | changes
    return track(
        recommendation=record, version=record.version, changes=sent_, owner=owner, due_reason=reason, by=by
    )


def noted(record, by, day, text="It moved"):
    return ProgressUpdate.objects.create(
        evaluation=record.evaluation, recommendation=record, date=day, note=text, author=by
    )


def page_words(content, format):
    """Return the words of a file in one line."""
    if format == "pdf":
        words = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    elif format == "docx":
        words = " ".join(words_of(content, "docx").split())
    else:
        sheet = book_of(content)["Board report"]
        words = " ".join(
            str(value) for line in sheet.iter_rows(values_only=True) for value in line if value is not None
        )
    return " ".join(words.split())


def changes_on(page):
    """Return ``{kind of change: lines}`` of the page."""
    section = page.with_id("h-changed").parent
    headings = [heading.words for heading in section.all("h3")]
    lists = [[item.words for item in found.all("li")] for found in section.all("ul")]
    return dict(zip(headings, lists, strict=True))


def figures_on(page):
    return {
        tag["data-figure"]: (int(tag["data-value"]), int(tag["data-of"]) if tag.get("data-of") else None)
        for tag in page.all("div")
        if tag.get("data-figure")
    }


def filled(cast, clock):
    """Ten recommendations that moved before and after the first of February; return them by reference."""
    team = Owner.objects.create(evaluation=cast.evaluation, name="The coproduction team")
    clock(EARLY)
    rows = {f"R{n}": row(cast, f"R{n}", title=f"Do thing {n}", source="added") for n in range(1, 11)}
    Recommendation.objects.filter(ref__in=["R1", "R2"]).update(source="committed")
    by = cast.leigh
    for ref in ("R3", "R4"):
        tracked(rows[ref], by, due=date(2025, 1, 15), owner=team)
    clock(date(2025, 1, 31))
    tracked(rows["R1"], by, status="in_progress")
    tracked(rows["R3"], by, due=date(2025, 1, 31), due_reason="Told before February")
    noted(rows["R5"], by, date(2025, 1, 31))
    clock(date(2025, 2, 1))
    tracked(rows["R1"], by, status="on_hold", status_reason="Waits")
    tracked(rows["R1"], by, status="completed", status_reason="")
    tracked(rows["R2"], by, status="in_progress")
    clock(date(2025, 2, 28))
    tracked(rows["R3"], by, due=date(2025, 2, 28), due_reason="Room not free")
    tracked(rows["R6"], by, due=date(2025, 3, 31))
    tracked(rows["R7"], by, status="in_progress")
    tracked(rows["R7"], by, status="not_started")  # back to where it was: no change
    tracked(rows["R8"], by, taken_on_by="The council", depends_on_funding=True)
    for ref, response, reason in (("R5", "accepted", ""), ("R6", "not_accepted", "No money")):
        found = Recommendation.objects.get(pk=rows[ref].pk)
        respond(recommendation=found, version=found.version, response=response, response_reason=reason, by=by)
    noted(rows["R4"], by, date(2025, 2, 1), "Ten came")
    noted(rows["R4"], by, date(2025, 2, 27), "Twelve came")
    noted(rows["R3"], by, date(2025, 2, 10), "Room looked at")
    clock(TODAY)
    return rows


# --- What changed, what is late ---------------------------------------------------------------------------


def test_it_tells_what_changed_since_a_day_and_nothing_before_it(cast, clock, lead):
    filled(cast, clock)
    page = Page(lead.get(E, {"since": SINCE}))
    assert page.with_id("h-changed").words == "What changed since 1 February 2025"
    assert changes_on(page) == {
        "Completed": ["R1: In progress to Completed"],
        "Other changes of status": ["R2: Not started to In progress"],
        "Responses given": ["R5: Accepted", "R6: Not accepted. No money"],
        "Dates moved": ["R3: 31 January 2025 to 28 February 2025. Room not free"],
        "Dates set for the first time": ["R6: 31 March 2025"],
        "Progress notes": ["3 notes, on R3, R4"],
    }


def test_a_change_counts_from_the_beginning_of_the_day_here(cast, clock, lead):
    filled(cast, clock)
    assert "R1" not in str(changes_on(Page(lead.get(E, {"since": "2 February 2025"}))))
    assert "Told before February" not in str(changes_on(Page(lead.get(E, {"since": SINCE}))))
    earlier = changes_on(Page(lead.get(E, {"since": "31 January 2025"})))
    assert earlier["Dates moved"] == ["R3: 15 January 2025 to 28 February 2025. Room not free"]
    assert earlier["Progress notes"] == ["4 notes, on R3, R4, R5"]


def test_new_recommendations_and_dates_of_actions_are_told(cast, clock, lead):
    clock(EARLY)
    old = row(cast, "R1")
    fields = {"text": "Meet parents", "due": date(2025, 1, 31), "status": "not_started"}
    fields |= {"status_reason": "", "percent": None}
    action = add_action(recommendation=old, fields=fields, owner=None, by=cast.leigh)
    clock(date(2025, 2, 3))
    row(cast, "R2")
    edit_action(
        action=action,
        version=action.version,
        changes=fields | {"due": date(2025, 2, 28)},
        owner=None,
        due_reason="Holidays",
        by=cast.leigh,
    )
    clock(TODAY)
    assert changes_on(Page(lead.get(E, {"since": SINCE}))) == {
        "Dates moved": ["R1 (Meet parents): 31 January 2025 to 28 February 2025. Holidays"],
        "New recommendations": ["R2"],
    }


def test_two_actions_of_the_same_words_are_two(cast, clock, lead):
    clock(EARLY)
    old = row(cast, "R1")
    fields = {"text": "Ask the ICB", "status": "not_started", "status_reason": "", "percent": None}
    moves = ((date(2025, 5, 1), date(2025, 6, 1)), (date(2025, 7, 1), date(2025, 8, 1)))
    actions = [
        add_action(recommendation=old, fields=fields | {"due": due}, owner=None, by=cast.leigh)
        for due, _ in moves
    ]
    clock(date(2025, 2, 3))
    for action, (_, later) in zip(actions, moves, strict=True):
        edit_action(
            action=action,
            version=action.version,
            changes=fields | {"due": later},
            owner=None,
            due_reason="Holidays",
            by=cast.leigh,
        )
    clock(TODAY)
    assert changes_on(Page(lead.get(E, {"since": SINCE})))["Dates moved"] == [
        "R1 (Ask the ICB): 1 July 2025 to 1 August 2025. Holidays",
        "R1 (Ask the ICB): 1 May 2025 to 1 June 2025. Holidays",
    ]


def test_what_is_late_says_by_how_much_and_the_last_that_was_said_of_it(cast, clock, lead):
    filled(cast, clock)
    undated = row(cast, "R11", due=date(2025, 2, 27), original_due=date(2025, 2, 27))
    Recommendation.history.filter(id=undated.pk).delete()
    page = Page(lead.get(E))
    rows = {
        line["data-late"]: [cell.words for cell in line.all("td")]
        for line in page.all("tr")
        if line.get("data-late")
    }
    assert rows == {
        "R4": ["15 January 2025", "45", "The coproduction team", "Note of 27 February 2025: Twelve came"],
        "R11": ["27 February 2025", "2", "No owner yet", "No reason is recorded."],
        "R3": ["28 February 2025", "1", "The coproduction team", "Room not free"],
    }
    assert list(rows) == ["R4", "R11", "R3"]


def test_what_is_open_names_who_takes_it_on_or_nobody(cast, clock, lead):
    filled(cast, clock)
    page = Page(lead.get(E))
    rows = {line["data-open"]: line.all("td")[2].words for line in page.all("tr") if line.get("data-open")}
    naive = Recommendation.objects.exclude(status__in=["completed", "no_longer_applicable"])
    assert rows == {found.ref: found.taken_on_by or "Nobody named" for found in naive}
    assert rows["R8"] == "The council"


# --- Its figures ------------------------------------------------------------------------------------------


def recount():
    """Count every figure by hand."""
    rows = list(Recommendation.objects.all())
    added = [r for r in rows if r.source == "added"]
    accepted = [r for r in added if r.response in ("accepted", "partly_accepted")]
    agreed = [r for r in rows if r.source == "committed"] + accepted
    is_open = [r for r in rows if r.status not in ("completed", "no_longer_applicable")]

    def last(r):
        notes = [note.date for note in ProgressUpdate.objects.filter(recommendation=r)]
        return max(notes, default=timezone.localdate(r.created_at))

    return {
        "accepted": (len(accepted), len(added)),
        "implemented": (len([r for r in agreed if r.status == "completed"]), len(agreed)),
        "overdue": (len([r for r in is_open if r.due and r.due < TODAY]), None),
        "soon": (len([r for r in is_open if r.due and TODAY <= r.due <= TODAY + timedelta(days=30)]), None),
        "undated": (len([r for r in is_open if not r.due]), None),
        "unowned": (len([r for r in is_open if not r.owner]), None),
        "stuck": (len([r for r in is_open if TODAY - last(r) >= timedelta(days=30)]), None),
        "funding": (len([r for r in is_open if r.depends_on_funding]), None),
    }


def test_figures_equal_a_naive_recount_on_the_page_and_in_every_file(cast, clock, lead):
    filled(cast, clock)
    figures = figures_on(Page(lead.get(E)))
    assert figures == recount()
    shown = {
        name: str(number) if of is None else f"{number} of {of}" for name, (number, of) in figures.items()
    }
    sheet = book_of(sent(lead, f"{E}export/xlsx/"))["Board report"]
    in_sheet = [str(sheet.cell(line, 2).value) for line in range(5, 5 + len(figures))]
    table = tables_of(sent(lead, f"{E}export/docx/"))[0]
    in_document = ["".join(line.run_strings) for cells in table[1:] for line in cells[0]]
    assert in_sheet == in_document == list(shown.values())
    for format in FORMATS:
        words = page_words(sent(lead, f"{E}export/{format}/"), format)
        assert all(number in words for number in shown.values())


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_holds_the_words_of_the_page(cast, clock, lead, format):
    filled(cast, clock)
    cast.evaluation.programme_ends = date(2025, 2, 28)
    cast.evaluation.save()
    page = Page(lead.get(E, {"since": SINCE}))
    words = page_words(sent(lead, f"{E}export/{format}/?since=1+February+2025"), format)
    end = "Programme ended on 28 February 2025; 9 remain open."
    assert page.one("p", class_="report-end").words == end
    assert end in words
    assert "Board report on recommendations" in words
    assert "Practice evaluation, 1 March 2025" in words
    for heading in [tag.words for tag in page.all("h2")]:
        assert heading in words
    for kind, lines in changes_on(page).items():
        assert kind in words
        for line in lines:
            assert line in words
    squeezed = words.replace(" ", "")
    for line in page.all("tr"):
        for cell in (*line.all("th"), *line.all("td")):
            assert cell.words.replace(" ", "") in squeezed


def test_before_the_end_it_says_when_the_programme_ends_and_without_a_date_that_there_is_none():
    assert programme_end(date(2025, 3, 31), TODAY, 4) == "Programme ends on 31 March 2025; 4 are open."
    assert programme_end(TODAY, TODAY, 1) == "Programme ends on 1 March 2025; 1 is open."
    assert (
        programme_end(date(2025, 2, 28), TODAY, 1) == "Programme ended on 28 February 2025; 1 remains open."
    )
    assert (
        programme_end(date(2025, 2, 28), TODAY, 0)
        == "Programme ended on 28 February 2025; none remains open."
    )
    assert programme_end(None, TODAY, 0) == "None is open; no end date of the programme is set."


def test_the_2023_evaluation_is_told_as_it_is(legacy_cast):
    page = Page(signed_in(legacy_cast.rowan).get(f"/e/{LEGACY}/recommendations/report/"))
    assert page.one("p", class_="report-end").words == "Programme ended on 31 March 2025; 10 remain open."
    figures = figures_on(page)
    assert (figures["undated"], figures["unowned"], figures["overdue"]) == ((10, None), (9, None), (0, None))
    assert changes_on(page) == {}


# --- The day to tell changes from -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2025, 5, 31), date(2025, 2, 28)),
        (date(2024, 5, 31), date(2024, 2, 29)),
        (date(2025, 3, 30), date(2024, 12, 30)),
        (date(2025, 1, 31), date(2024, 10, 31)),
        (date(2024, 12, 1), date(2024, 9, 1)),
    ],
)
def test_three_months_before_a_day_is_the_same_day_or_the_last_of_its_month(day, before):
    assert months_before(day, 3) == before


def test_without_a_day_it_is_three_months_ago_and_a_wrong_one_is_named(cast, clock, lead):
    row(cast, "R1")
    assert Page(lead.get(E)).with_id("id_since")["value"] == "1 December 2024"
    for wrong in ("soon", "2 March 2025", ""):
        seen = lead.get(E, {"since": wrong})
        page = Page(seen)
        assert page.with_id("id_since")["value" if wrong else "id"] == (wrong or "id_since")
        assert page.summary[0][0] == "id_since"
        assert shows(seen, "What changed since 1 December 2024")


# --- Files ------------------------------------------------------------------------------------------------


def long_report(cast):
    """Ten recommendations with long titles, all late, all moved."""
    for n in range(1, 11):
        title = (
            f"{n} " + "A recommendation whose title goes on and on to the end of what a line can hold " * 2
        )
        found = row(cast, f"R{n}", title=title)
        tracked(found, cast.leigh, status="in_progress", due=date(2025, 1, 2), taken_on_by="The council " * 3)
        tracked(found, cast.leigh, due=date(2025, 1, n), due_reason="The room was not free that day " * 5)


def test_a_machine_that_runs_everything_can_make_pdf_files():
    assert PANGO or not os.environ.get("WATERLINE_FULL")


@needs_pango
def test_a_pdf_of_ten_recommendations_is_one_tagged_page_with_our_own_fonts(cast, clock, lead):
    long_report(cast)
    reader = PdfReader(BytesIO(sent(lead, f"{E}export/pdf/")))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)  # A4, in points
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Board report on recommendations: Practice evaluation"
    assert [mark.title for mark in reader.outline if not isinstance(mark, list)] == [
        "Board report on recommendations"
    ]
    fonts = {font.get_object()["/BaseFont"] for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert fonts
    assert all("Atkinson" in name or "Source-Serif" in name for name in fonts), fonts


def test_a_long_list_is_cut_and_says_how_many_more_there_are(cast, clock, lead):
    for n in range(1, 15):
        row(cast, f"R{n}", due=date(2025, 1, 2), original_due=date(2025, 1, 2))
    seen = lead.get(E)
    page = Page(seen)
    assert len([line for line in page.all("tr") if line.get("data-late")]) == 10
    assert shows(seen, "And 4 more in the tracker.")
    for format in FORMATS:
        words = page_words(sent(lead, f"{E}export/{format}/"), format)
        assert words.count("And 4 more in the tracker.") == 2


def test_a_server_without_pango_says_so_and_still_gives_the_other_files(cast, clock, lead, monkeypatch):
    row(cast, "R1")

    def without_pango(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    real = __import__
    monkeypatch.setattr("builtins.__import__", without_pango)
    answer = lead.get(f"{E}export/pdf/?since=1+February+2025", follow=True)
    assert answer.redirect_chain == [(f"{E}?since=1+February+2025", 302)]
    assert Page(answer).notices == [str(pdf.PdfUnavailable())]
    assert not AuditEvent.objects.filter(verb="exported").exists()
    assert sent(lead, f"{E}export/docx/")


@needs_pango
def test_a_pdf_opens_nothing_but_our_static_files(settings, tmp_path):
    secret = tmp_path / "secret.css"
    secret.write_text("body::before { content: 'wq-secret-wq'; }")
    for address in (secret.as_uri(), "../manage.py", "css/../../README.md", "https://example.org/x.css"):
        html = f'<html lang="en-GB"><title>x</title><link rel="stylesheet" href="{address}"><p>Words</p>'
        words = PdfReader(BytesIO(pdf.pdf_of(html))).pages[0].extract_text()
        assert "wq-secret-wq" not in words
        assert "Words" in words


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "<b>bold</b><script>alert(1)</script>"])
def test_what_people_wrote_stays_text(cast, clock, lead, text):
    row(cast, "R1", title=text, due=date(2025, 1, 2), original_due=date(2025, 1, 2))
    sheet = book_of(sent(lead, f"{E}export/xlsx/"))["Board report"]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    for format in FORMATS:
        assert text.replace(" ", "") in page_words(sent(lead, f"{E}export/{format}/"), format).replace(
            " ", ""
        )


def test_nobodys_report_tells_of_a_draft_barrier(cast, clock, lead):
    found = row(cast, "R1", due=date(2025, 1, 2), original_due=date(2025, 1, 2))
    draft = builders.finding(cast.evaluation.strand, status="draft", text="wq-draft-wq")
    link_barrier(recommendation=found, finding=draft, by=cast.evelyn)
    evaluator = signed_in(cast.evelyn)
    for words in (
        evaluator.get(E).content.decode(),
        *(page_words(sent(evaluator, f"{E}export/{format}/"), format) for format in FORMATS),
    ):
        assert "wq-draft-wq" not in words
        assert "draft barrier" not in words


def test_who_took_it_is_recorded_and_an_unknown_format_is_none(cast, clock, lead):
    sent(lead, f"{E}export/docx/")
    event = AuditEvent.objects.get(verb="exported")
    assert (event.user, event.subject) == (cast.leigh, "board report as docx")
    assert lead.get(f"{E}export/csv/").status_code == 404


def test_an_evaluation_without_recommendations_says_what_to_do_next(cast, clock):
    assert shows(signed_in(cast.evelyn).get(E), "Write a recommendation")
    assert shows(signed_in(cast.rowan).get(E), "Once the evaluators have written recommendations")


def test_the_number_of_queries_does_not_grow(cast, clock, lead):
    def grow(number):
        found = row(cast, f"R{number}")
        team = Owner.objects.create(evaluation=cast.evaluation, name=f"Team {number}")
        tracked(found, cast.leigh, due=date(2025, 1, 2), owner=team)
        noted(found, cast.leigh, TODAY)

    def queries():
        with CaptureQueriesContext(connection) as taken:
            assert lead.get(E).status_code == 200
        return len(taken)

    grow(1)
    queries()
    few = queries()
    for number in range(2, 14):
        grow(number)
    assert queries() == few


# --- Words ------------------------------------------------------------------------------------------------


def test_a_long_text_is_cut_at_a_word():
    assert cut("As it is", 8) == "As it is"
    assert cut("As it is now", 8) == "As it…"
    assert cut("Two\nlines", 20) == "Two lines"
    assert cut("x" * 30, 10) == "x" * 9 + "…"

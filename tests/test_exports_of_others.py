"""Comparisons, achievements that may last, and workshops as files: what the page shows, and no more."""

import pytest
from django.utils import timezone

from evaluations.conditions import Condition, Kind
from evaluations.models import AuditEvent, ComparisonReading, FindingOutcome, WorkshopStrand

from . import builders
from .assertions import counts
from .base import signed_in
from .files import book_of, lines_of, rows_in, rows_of, sent, tables_of, words_of
from .pages import Page

E = "/e/practice/"
LEGACY = "/e/ssbc-legacy-2023/"
COMPARE = f"{E}compare/export/"
LASTING = f"{E}lasting/export/"
DISPOSITION = "Content-Disposition"


@pytest.fixture
def other(cast):
    """A second strand from interviews, with a barrier."""
    row = builders.strand(cast.evaluation, slug="food", name="Food", position=1)
    builders.finding(row, condition="power", text="Nobody asks cooks")
    return row


def document_words(content):
    """Return a Word document's words, a paragraph a line."""
    return words_of(content, "docx")


# --- Comparison -------------------------------------------------------------------------------------------


def figures(rows):
    """Return ``{(strand, kind, condition label): number}`` of a table of figures."""
    return {(row["Strand"], row["Kind"].lower(), row["Condition"]): int(row["Findings"]) for row in rows}


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_the_figures_of_a_comparison_are_those_of_its_page(legacy_cast, format):
    client = signed_in(legacy_cast.rowan)
    names = {"coproduction": "Coproduction", "father-inclusivity": "Father Inclusivity"}
    page = counts(client.get(f"{LEGACY}compare/"), "data-value")
    content = sent(client, f"{LEGACY}compare/export/{format}/")

    found = figures(rows_of(content) if format == "csv" else rows_in(book_of(content)["Figures"]))

    assert found == {
        (names[slug], str(kind), Condition(condition).label): number
        for (slug, kind, condition), number in page.items()
    }


def test_a_documents_table_holds_the_figures_and_their_shares(reviewer, strand, other):
    builders.finding(strand, condition="power")
    builders.finding(strand, condition="policies")

    table = tables_of(sent(reviewer, f"{COMPARE}docx/"))[0]
    rows = {lines_of(row[0])[0]: [lines_of(cell)[0] for cell in row[1:]] for row in table}

    assert rows["Condition"] == [
        "Coproduction: achievements",
        "Coproduction: to do and barriers",
        "Food: achievements",
        "Food: to do and barriers",
    ]
    assert rows["Power dynamics"] == ["0", "1", "0", "1"]
    assert rows["All tangible conditions"] == ["0 of 0", "1 of 2", "0 of 0", "0 of 1"]
    assert rows["All six conditions"] == ["0", "2", "0", "1"]


@pytest.mark.parametrize("format", ["xlsx", "docx"])
def test_the_reading_of_a_comparison_is_the_pages(reviewer, strand, other, format):
    builders.finding(strand, condition="power")
    sentences = Page(reviewer.get(f"{E}compare/")).one("p", class_="sentence").words

    said = " ".join(words_of(sent(reviewer, f"{COMPARE}{format}/"), format).split())

    assert sentences[:60] in said
    assert "Written by Waterline from the counts below." in said


@pytest.mark.parametrize("format", ["xlsx", "docx"])
def test_a_signed_reading_stands_in_place_of_the_generated_one_with_who_signed_it(
    cast, reviewer, strand, other, format
):
    ComparisonReading.objects.create(
        evaluation=cast.evaluation,
        compared="coproduction,food",
        text="Both wait for money.",
        basis="of other figures",
        signed_by=cast.evelyn,
        signed_at=timezone.now(),
    )

    said = words_of(sent(reviewer, f"{COMPARE}{format}/"), format)

    assert "Both wait for money. (Signed by Evelyn, " in said
    assert "The figures changed since." in said
    assert "Written by Waterline" not in said


@pytest.mark.parametrize("format", ["xlsx", "csv", "docx"])
def test_beside_public_sources_there_is_no_share_no_ranking_and_no_sentence(reviewer, strand, public, format):
    builders.finding(strand, condition="power")

    content = sent(reviewer, f"{COMPARE}{format}/?strands=coproduction,public")
    said = words_of(content, format).replace("Page 1 of 1", "")

    assert "Compiled from public sources, not from interviews" in said
    for word in ("Most of", " of 1", "differ most", "Rank", "%"):
        assert word not in said
    if format != "csv":
        assert "No sentence and no shares" in said
        assert "Public (public sources): achievements" in said


def test_cells_are_ranked_by_how_far_the_strands_differ(reviewer, strand, other):
    for _ in range(3):
        builders.finding(strand, condition="policies")

    rows = rows_in(book_of(sent(reviewer, f"{COMPARE}xlsx/"))["Where they differ most"])

    assert [(row["Rank"], row["Condition"], row["Kind"], row["Difference"]) for row in rows] == [
        (1, "Policies", "Barrier", 3),
        (2, "Power dynamics", "Barrier", 1),
    ]
    assert rows[0]["Findings in each strand"] == "Coproduction: 3 of 3; Food: 0 of 1"


def test_what_moved_between_two_rounds_is_in_the_files_of_who_may_compare_them(cast, strand, earlier):
    before, gone = (builders.finding(earlier.strand, text=text) for text in ("Was so", "Mended"))
    after, _ = (builders.finding(strand, text=text) for text in ("Is so", "Came up"))
    for row, later, outcome in ((before, after, "worsened"), (gone, None, "resolved")):
        FindingOutcome.objects.create(evaluation=cast.evaluation, earlier=row, later=later, outcome=outcome)
    both = "?strands=coproduction,coproduction@first-round"

    rows = rows_in(book_of(sent(signed_in(cast.rowan), f"{COMPARE}xlsx/{both}"))["What moved"])
    document = document_words(sent(signed_in(cast.rowan), f"{COMPARE}docx/{both}"))

    moved = {tuple(row[name] for name in row if name.startswith(("What", "Finding"))) for row in rows}
    assert moved == {("Worsened", "Was so", "Is so"), ("Resolved", "Mended", None), ("New", None, "Came up")}
    assert "Mended" in document
    assert {row["Evaluation"] for row in rows_of(sent(signed_in(cast.rowan), f"{COMPARE}csv/{both}"))} == {
        "Practice evaluation",
        "First round",
    }
    answer = signed_in(cast.leigh).get(f"{COMPARE}xlsx/{both}")
    assert answer.status_code == 302, "one strand alone is no comparison"


def test_any_number_of_strands_fits_beside_each_other(cast, reviewer, strand):
    for number in range(9):
        builders.strand(cast.evaluation, slug=f"s{number}", name=f"Strand {number}", position=number + 1)
    names = ",".join(["coproduction", *(f"s{number}" for number in range(9))])

    book = book_of(sent(reviewer, f"{COMPARE}xlsx/?strands={names}"))
    tables = tables_of(sent(reviewer, f"{COMPARE}docx/?strands={names}"))

    assert book.sheetnames[:3] == ["Comparison", "Comparison 2", "Comparison 3"]
    assert [len(table[0]) for table in tables[:3]] == [9, 9, 5]
    assert len(rows_in(book["Figures"])) == 10 * len(Kind) * len(Condition)


def test_without_two_strands_a_file_leads_to_the_page_that_asks_for_them(reviewer, strand):
    answer = reviewer.get(f"{COMPARE}csv/?strands=coproduction")

    assert (answer.status_code, answer.url) == (302, f"{E}compare/?strands=coproduction")
    assert not AuditEvent.objects.filter(verb="exported").exists()


# --- All findings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["evelyn", "rowan", "leigh"])
@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_all_findings_that_readers_see_are_in_one_file(cast, strand, other, who, format):
    first = builders.finding(strand, kind="achievement", text="First")
    builders.finding(strand, kind="achievement", text="Hidden", status="draft")
    builders.quotation(
        cast.evaluation, evidence_for=first, text="Published", source=builders.source(cast.evaluation)
    )
    builders.quotation(cast.evaluation, evidence_for=first, text="In confidence")

    content = sent(signed_in(getattr(cast, who)), f"{E}findings/export/{format}/?status=draft&unseen=on")
    rows = rows_of(content) if format == "csv" else rows_in(book_of(content)["Findings"])

    assert [(row["Strand"], row["Finding"]) for row in rows] == [
        ("Coproduction", "First"),
        ("Food", "Nobody asks cooks"),
    ]
    assert "Published" in rows[0]["Quotations"]
    assert "In confidence" not in str(rows)
    assert AuditEvent.objects.get(verb="exported").subject == f"findings as {format}"


def test_a_file_of_findings_holds_what_its_filters_leave_and_says_so(reviewer, strand, other):
    builders.finding(strand, condition="power", text="Nobody asks parents")

    row = rows_of(sent(reviewer, f"{E}findings/export/csv/?q=asks&strand=food&kind=barrier"))[0]

    assert row["Finding"] == "Nobody asks cooks"
    assert row["Filters"] == "Strand: Food; Kind: Barrier; Words: asks"


def test_too_many_findings_for_one_file_lead_back_to_the_list(reviewer, other, monkeypatch):
    builders.finding(other)
    monkeypatch.setattr("evaluations.views.findings.MOST_IN_A_FILE", 1)

    answer = reviewer.get(f"{E}findings/export/xlsx/?strand=food")

    assert (answer.status_code, answer.url) == (302, f"{E}findings/?strand=food")
    assert not AuditEvent.objects.filter(verb="exported").exists()


# --- Will it last? ----------------------------------------------------------------------------------------


@pytest.fixture
def achievements(strand, public):
    """Achievements of each likelihood, one of them a draft."""
    made = {"kind": "achievement", "condition": "power"}
    builders.finding(strand, text="Held", lasting="at_risk", holder="The board", **made)
    builders.finding(strand, text="A gap", lasting="ends", **made)
    builders.finding(strand, text="Safe", lasting="embedded", holder="The council", **made)
    builders.finding(strand, text="Hidden", lasting="at_risk", status="draft", **made)


@pytest.mark.parametrize("who", ["evelyn", "rowan", "leigh"])
def test_gaps_come_first_and_nobodys_drafts_are_in_a_file(cast, achievements, who):
    rows = rows_of(sent(signed_in(getattr(cast, who)), f"{LASTING}csv/?drafts=1"))

    gap = "At risk or ending, and held by nobody"
    assert [(row["Achievement"], row["Held by"], row[gap]) for row in rows] == [
        ("A gap", "", "Yes"),
        ("Held", "The board", "No"),
        ("Safe", "The council", "No"),
        ("A fact that was published", "", "Yes"),
    ]
    assert rows[3]["Where this comes from"] == "Compiled from public sources, not from interviews."


def test_a_workbook_of_what_may_last_holds_the_figures_and_what_the_filters_leave(reviewer, achievements):
    book = book_of(sent(reviewer, f"{LASTING}xlsx/?strand=coproduction&lasting=at_risk"))

    numbers = {
        row["Will it last?"]: (row["No holder named"], row["Holder named"], row["All achievements"])
        for row in rows_in(book["Will it last"])
    }
    assert numbers == {
        "At risk": (0, 1, 1),
        "Ends with the programme": (1, 0, 1),
        "Not judged": (0, 0, 0),
        "Embedded": (0, 1, 1),
    }
    assert [row["Achievement"] for row in rows_in(book["Achievements"])] == ["Held"]
    about = dict(book["About"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert about["Filters"] == "Coproduction; At risk"
    assert (about["All achievements"], about["Achievements in this file"]) == (3, 1)


# --- Workshop ---------------------------------------------------------------------------------------------


@pytest.fixture
def weighed(cast, strand):
    """A workshop that closed after one vote, with a first name and a note."""
    workshop = builders.workshop(strand, title="Weighing day", closed_at=timezone.now())
    vote = builders.round(workshop, closed_at=timezone.now(), joined=3, started=2, finished=1)
    heavy, light = (builders.finding(strand, text=text, position=at) for at, text in enumerate("HL"))
    builders.result(vote, light, dots=1, people=1)
    builders.result(vote, heavy, dots=6, people=2, confirm=1)
    phone = builders.phone(workshop, name="Marguerite")
    builders.weighing(vote, heavy, phone_=phone, dots=3, note="Between us")
    return workshop


def test_a_workshops_file_holds_what_the_room_weighed_without_names_and_notes(reviewer, weighed):
    address = f"{E}workshops/{weighed.pk}/export/"
    book, table = book_of(sent(reviewer, f"{address}xlsx/")), rows_of(sent(reviewer, f"{address}csv/"))

    rows = rows_in(book["Results"])
    assert [(row["Rank"], row["Finding"], row["Dots"], row["People who gave it dots"]) for row in rows] == [
        (1, "H", 6, 2),
        (2, "L", 1, 1),
    ]
    assert [(row["Finding"], row["Dots"]) for row in table] == [("H", "6"), ("L", "1")]
    (vote,) = rows_in(book["Votes"])
    assert [vote[name] for name in vote if "People" in name or "placed" in name] == [3, 2, 1, 7]
    dots = {row["Condition"]: row["Dots"] for row in rows_in(book["Dots by condition"])}
    assert dots == {condition.label: 7 if condition == "policies" else 0 for condition in Condition}
    for format in ("xlsx", "csv"):
        said = words_of(sent(reviewer, f"{address}{format}/"), format)
        assert "Marguerite" not in said
        assert "Between us" not in said


def test_a_workshops_file_says_votes_and_where_each_strand_comes_from_with_its_note(cast, reviewer, weighed):
    public = builders.strand(
        cast.evaluation, name="Public", provenance="public_sources", provenance_note="Read in 2024."
    )
    WorkshopStrand.objects.create(evaluation=cast.evaluation, workshop=weighed, strand=public)
    builders.result(weighed.rounds.get(), builders.finding(public, text="Published"))

    address = f"{E}workshops/{weighed.pk}/export/"
    book, table = book_of(sent(reviewer, f"{address}xlsx/")), rows_of(sent(reviewer, f"{address}csv/"))

    compiled = "Compiled from public sources, not from interviews. Read in 2024."
    sources = {row["Finding"]: row["Where this comes from"] for row in table}
    assert sources == {"H": "From interviews", "L": "From interviews", "Published": compiled}
    for sheet in ("Results", "Votes", "Dots by condition"):
        assert {row["Vote"] for row in rows_in(book[sheet])} == {1}


def test_a_workshops_file_is_named_in_plain_letters_whatever_its_title(reviewer, weighed):
    weighed.title = '../„Zoë”\r\nX: "y"; filename=z.exe 🌊'
    weighed.save()

    answer = reviewer.get(f"{E}workshops/{weighed.pk}/export/csv/")

    day = f"{timezone.localdate():%Y-%m-%d}"
    assert answer[DISPOSITION] == (
        f'attachment; filename="practice-zoe-x-y-filename-z-exe-workshop-{day}.csv"'
    )


# --- All of them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [f"{COMPARE}pdf/", f"{LASTING}docx/", f"{LASTING}pdf/", f"{COMPARE}0/"])
def test_another_format_is_not_found(reviewer, strand, other, address):
    assert reviewer.get(address).status_code == 404
    assert not AuditEvent.objects.filter(verb="exported").exists()


def test_every_file_that_was_taken_is_recorded(cast, reviewer, strand, other, weighed):
    for address in (f"{COMPARE}docx/", f"{LASTING}csv/", f"{E}workshops/{weighed.pk}/export/xlsx/"):
        sent(reviewer, address)

    events = AuditEvent.objects.filter(verb="exported", user=cast.rowan).order_by("pk")
    assert [event.subject for event in events] == [
        "comparison of 2 strands as docx",
        "achievements that may last as csv",
        f"workshop {weighed.pk} as xlsx",
    ]


@pytest.mark.parametrize("page", ["matrix/coproduction/?q=a&kind=barrier", "compare/", "lasting/"])
def test_a_page_offers_its_files_with_its_filters(reviewer, strand, other, achievements, page):
    found = Page(reviewer.get(E + page)).one("details", class_="download")

    links = [link["href"] for link in found.all("a")]
    assert len(links) == (2 if page == "lasting/" else 3)
    for link in links:
        assert reviewer.get(link).status_code == 200, link
        assert ("q=a" in link and "kind=barrier" in link) == page.startswith("matrix/")

"""Findings: the list with search and filters, adding and editing, drafts and ready ones."""

import pytest

from evaluations.models import Finding, FindingStatus, Quotation

from . import builders
from .assertions import counts, refused, shows
from .base import signed_in
from .pages import Page, fill_in

E = "/e/practice/"
LIST = f"{E}findings/"
NEW = f"{E}findings/new/"


@pytest.fixture
def reviewer(cast):
    return signed_in(cast.rowan)


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def strand(cast):
    return cast.evaluation.strand


@pytest.fixture
def finding(strand):
    return builders.finding(strand, text="Parents have no vote", condition="power", position=0)


def listed(response):
    """Return the texts of the findings on a page of the list."""
    return [item.one("a", class_="text").words for item in Page(response).all(data_finding=True)]


def complete(strand, **changes):
    """Return the fields of a finding as its form takes them."""
    fields = {
        "kind": "barrier",
        "strand": strand.pk,
        "condition": "power",
        "text": "Parents have no vote",
        "lasting": "not_judged",
        "status": "draft",
    }
    return fields | changes


# The list


def test_an_empty_list_leads_evaluators_to_the_first_finding(evaluator, reviewer):
    assert Page(evaluator.get(LIST)).links("Add the first finding") == [NEW]
    page = Page(reviewer.get(LIST))
    assert "The evaluators have not shared any yet." in page.words
    assert not page.links("Add")


def test_findings_are_listed_by_strand_kind_and_the_models_order_of_conditions(reviewer, strand):
    second = builders.strand(strand.evaluation, position=1)
    for text, own, kind, condition, position in (
        ("6", second, "achievement", "policies", 0),
        ("5", strand, "barrier", "mental_models", 0),
        ("3", strand, "barrier", "policies", 1),
        ("2", strand, "barrier", "policies", 0),
        ("4", strand, "barrier", "relationships", 0),
        ("1", strand, "achievement", "power", 0),
    ):
        builders.finding(own, text=text, kind=kind, condition=condition, position=position)

    assert listed(reviewer.get(LIST)) == ["1", "2", "3", "4", "5", "6"]


def test_a_listed_finding_says_what_it_is_and_where_it_sits(reviewer, finding):
    page = Page(reviewer.get(LIST))

    item = page.one(data_finding=str(finding.pk))
    assert item.words == "Barrier Power dynamics Coproduction Parents have no vote No quotation"
    assert item.one("a")["href"] == f"{LIST}{finding.pk}/"


def test_evaluators_see_drafts_marked_as_such_and_readers_see_none(evaluator, reviewer, strand):
    builders.finding(strand, text="Unfinished", status="draft")

    assert listed(reviewer.get(LIST)) == []
    page = Page(evaluator.get(LIST))
    assert [chip.words for chip in page.all(class_="chip")] == ["Draft"]


def test_the_list_goes_on_after_fifty_in_an_order_that_does_not_change(reviewer, strand):
    rows = [
        Finding(
            evaluation=strand.evaluation,
            strand=strand,
            kind="barrier",
            condition="power",
            text=f"Finding {number:03}",
            status=FindingStatus.READY,
            position=0,
        )
        for number in range(120)
    ]
    Finding.objects.bulk_create(rows)

    pages = [listed(reviewer.get(f"{LIST}?page={number}")) for number in (1, 2, 3)]

    assert [len(page) for page in pages] == [50, 50, 20]
    assert [text for page in pages for text in page] == [f"Finding {number:03}" for number in range(120)]
    first, second, last = (Page(reviewer.get(f"{LIST}?page={number}")) for number in (1, 2, 3))
    assert "Page 1 of 3 · 1 to 50 of 120" in first.words
    assert not first.links("Previous page")
    assert second.links("Next page") == ["?page=3"]
    assert not last.links("Next page")


def test_paging_keeps_the_filters(reviewer, strand):
    for _ in range(51):
        builders.finding(strand, kind="barrier", text="trust & power")

    page = Page(reviewer.get(f"{LIST}?q=trust+%26+power&kind=barrier"))

    (link,) = page.links("Next page")
    assert len(listed(reviewer.get(LIST + link))) == 1
    assert Page(reviewer.get(LIST + link)).one("input", name="q")["value"] == "trust & power"


# Search and filters


@pytest.mark.parametrize("words", ["no vote", "NO VOTE", "  no vote  ", "vote"])
def test_words_are_found_in_a_findings_sentence_in_any_capitals(reviewer, finding, words):
    assert listed(reviewer.get(LIST, {"q": words})) == ["Parents have no vote"]


def test_words_are_found_in_the_note_and_in_quotations_that_the_person_sees(reviewer, strand, finding):
    builders.finding(strand, text="Other", note="also touches funding")
    source = builders.source(strand.evaluation)
    for text in ("we are never asked", "never asked, ever"):
        builders.quotation(strand.evaluation, evidence_for=finding, source=source, text=text)

    assert listed(reviewer.get(LIST, {"q": "funding"})) == ["Other"]
    assert listed(reviewer.get(LIST, {"q": "never asked"})) == ["Parents have no vote"], "once, not twice"


def test_several_words_are_found_in_any_order_and_place_and_all_of_them_have_to_be(reviewer, strand, finding):
    source = builders.source(strand.evaluation)
    builders.quotation(strand.evaluation, evidence_for=finding, source=source, text="we are never asked")

    assert listed(reviewer.get(LIST, {"q": "vote parents"})) == ["Parents have no vote"]
    assert listed(reviewer.get(LIST, {"q": "asked parents"})) == ["Parents have no vote"]
    assert listed(reviewer.get(LIST, {"q": "parents money"})) == []


def test_evaluators_can_look_for_findings_with_quotations_that_readers_do_not_see(evaluator, strand, finding):
    source = builders.source(strand.evaluation)
    builders.quotation(strand.evaluation, evidence_for=finding, source=source)
    waiting = builders.finding(strand, text="Waiting")
    for quotation in ({}, {"source": source}):
        builders.quotation(strand.evaluation, evidence_for=waiting, **quotation)

    assert listed(evaluator.get(f"{LIST}?unseen=on")) == ["Waiting"]


def test_a_percent_sign_is_looked_for_like_any_other_letter(reviewer, strand, finding):
    builders.finding(strand, text="Only 5% answered")

    assert listed(reviewer.get(LIST, {"q": "%"})) == ["Only 5% answered"]
    assert listed(reviewer.get(LIST, {"q": "_"})) == []


def test_no_match_says_so_and_offers_all_findings(reviewer, finding):
    page = Page(reviewer.get(LIST, {"q": "nothing like it"}))

    assert "No finding matches" in page.words
    assert page.links("Show all findings") == [LIST]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "achievement"}, ["Lasting"]),
        ({"kind": "barrier"}, ["Barrier", "Elsewhere"]),
        ({"condition": "power"}, ["Barrier"]),
        ({"strand": "food"}, ["Elsewhere"]),
        ({"lasting": "embedded"}, ["Lasting"]),
        ({"kind": "barrier", "strand": "coproduction"}, ["Barrier"]),
        ({"kind": "achievement", "condition": "power"}, []),
        ({"q": "else", "kind": "barrier"}, ["Elsewhere"]),
    ],
)
def test_filters_narrow_the_list_together(reviewer, strand, query, expected):
    food = builders.strand(strand.evaluation, slug="food", position=5)
    builders.finding(strand, text="Lasting", kind="achievement", lasting="embedded")
    builders.finding(strand, text="Barrier", condition="power")
    builders.finding(food, text="Elsewhere")

    assert listed(reviewer.get(LIST, query)) == expected


def test_evaluators_can_look_at_drafts_only(evaluator, strand, finding):
    builders.finding(strand, text="Unfinished", status="draft")

    assert listed(evaluator.get(f"{LIST}?status=draft")) == ["Unfinished"]
    assert listed(evaluator.get(f"{LIST}?status=ready")) == ["Parents have no vote"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("kind", "Kind"),
        ("condition", "Condition"),
        ("lasting", "Will it last?"),
        ("strand", "Strand"),
        ("status", "Status"),
    ],
)
def test_a_filter_that_is_not_known_is_named_and_left_out(evaluator, finding, name, label):
    response = evaluator.get(LIST, {name: "gravity"})

    assert response.status_code == 200
    page = Page(response)
    message = "Select a valid choice. gravity is not one of the available choices."
    assert page.summary == [(f"id_{name}", f"{label}: {message}")]
    assert message in page.message_at(f"id_{name}")
    assert listed(response) == ["Parents have no vote"]


def test_a_filter_that_is_not_known_leaves_the_others_at_work(reviewer, strand, finding):
    builders.finding(strand, text="An achievement", kind="achievement")

    response = reviewer.get(LIST, {"condition": "gravity", "kind": "achievement"})

    assert listed(response) == ["An achievement"]
    assert "gravity" in Page(response).words


def test_words_that_are_too_long_are_refused_politely(reviewer, finding):
    page = Page(reviewer.get(LIST, {"q": "x" * 201}))

    assert [target for target, _ in page.summary] == ["id_q"]


# Adding


def test_a_finding_is_added_with_its_facts(evaluator, strand):
    response = fill_in(
        evaluator,
        NEW,
        complete(
            strand, kind="achievement", note="and trust", scope="area", lasting="at_risk", holder="The ICB"
        ),
    )

    finding = Finding.objects.get()
    assert response.url == f"{LIST}{finding.pk}/"
    assert (finding.kind, finding.strand, finding.condition) == ("achievement", strand, "power")
    assert (finding.text, finding.note, finding.scope) == ("Parents have no vote", "and trust", "area")
    assert (finding.lasting, finding.holder, finding.status) == ("at_risk", "The ICB", "draft")
    page = Page(evaluator.get(response.url))
    assert page.notices == ["Finding saved."]
    assert page.one("h1").words == "Parents have no vote"


def test_without_another_choice_a_new_finding_is_a_draft_and_not_judged(evaluator):
    sent = Page(evaluator.get(NEW)).sends()

    assert sent["status"] == "draft"
    assert sent["lasting"] == "not_judged"


def test_a_new_finding_goes_to_the_end_of_its_cell(evaluator, strand, finding):
    for text in ("second", "third"):
        fill_in(evaluator, NEW, complete(strand, text=text))

    cell = Finding.objects.filter(condition="power").order_by("position")
    assert [row.text for row in cell] == ["Parents have no vote", "second", "third"]


def test_no_quotation_is_made_of_empty_boxes(evaluator, strand):
    fill_in(evaluator, NEW, complete(strand))

    assert Finding.objects.count() == 1
    assert not Quotation.objects.exists()


def test_a_first_quotation_can_be_written_down_with_the_finding(evaluator, strand):
    speaker = builders.participant(strand.evaluation)
    interview = builders.interview(strand.evaluation, participants=[speaker])
    answer = builders.answer(interview, text="We are never asked.")

    fill_in(
        evaluator,
        NEW,
        complete(strand)
        | {
            "quotation-text": "never asked",
            "quotation-speaker": speaker.pk,
            "quotation-answer": answer.pk,
        },
    )

    quotation = Finding.objects.get().quotations.get()
    assert (quotation.text, quotation.speaker, quotation.answer) == ("never asked", speaker, answer)
    assert quotation.coder.username == "evelyn"
    assert quotation.approved_on is None


def test_a_first_quotation_can_be_from_a_publication_that_is_not_listed_yet(evaluator, strand):
    fill_in(
        evaluator,
        NEW,
        complete(strand)
        | {
            "quotation-text": "never asked",
            "quotation-new_source_title": "The annual report",
            "quotation-new_source_address": "https://example.org/report",
        },
    )

    source = Finding.objects.get().quotations.get().source
    assert (source.title, source.address) == ("The annual report", "https://example.org/report")


def test_a_quotation_that_is_not_complete_keeps_the_finding_from_being_saved(evaluator, strand):
    speaker = builders.participant(strand.evaluation)

    response = fill_in(evaluator, NEW, complete(strand) | {"quotation-speaker": speaker.pk})

    page = refused(response, "id_quotation-text", "Write down what was said.")
    assert not Finding.objects.exists()
    assert page.sends()["text"] == "Parents have no vote"
    assert page.sends()["quotation-speaker"] == str(speaker.pk)


def test_text_is_stored_in_one_form_whatever_the_keyboard_sends(evaluator, strand):
    fill_in(evaluator, NEW, complete(strand, text="  Cafe\u0301\r\nsecond line\r "))

    assert Finding.objects.get().text == "Café\nsecond line"


@pytest.mark.parametrize(
    ("changes", "id", "message"),
    [
        ({"lasting": "embedded"}, "id_lasting", "Only an achievement says whether it lasts."),
        ({"holder": "The ICB"}, "id_holder", "Only an achievement has a holder."),
    ],
)
def test_a_barrier_cannot_last(evaluator, strand, changes, id, message):
    response = fill_in(evaluator, NEW, complete(strand) | changes)

    refused(response, id, message)
    assert not Finding.objects.exists()


# Editing


def test_an_edit_form_starts_from_what_is_there(evaluator, finding):
    sent = Page(evaluator.get(f"{LIST}{finding.pk}/edit/")).sends()

    assert sent == {
        "kind": "barrier",
        "strand": str(finding.strand_id),
        "condition": "power",
        "text": "Parents have no vote",
        "note": "",
        "scope": "",
        "lasting": "not_judged",
        "holder": "",
        "source": "",
        "status": "ready",
        "row": str(finding.pk),
        "version": "1",
    }


def test_an_edit_is_saved_and_raises_the_version(evaluator, finding):
    response = fill_in(evaluator, f"{LIST}{finding.pk}/edit/", {"text": "Parents have one vote"})

    finding.refresh_from_db()
    assert response.url == f"{LIST}{finding.pk}/"
    assert (finding.text, finding.version) == ("Parents have one vote", 2)


def test_saving_without_a_change_changes_nothing(evaluator, finding):
    fill_in(evaluator, f"{LIST}{finding.pk}/edit/", {})

    finding.refresh_from_db()
    assert finding.version == 1
    assert finding.history.count() == 1


@pytest.mark.parametrize(
    "move", [{"condition": "policies"}, {"kind": "achievement"}, {"strand": "other"}, {"text": "Same cell"}]
)
def test_a_finding_that_moves_to_another_cell_is_last_there(evaluator, strand, finding, move):
    other = builders.strand(strand.evaluation)
    target = {"strand": strand, "kind": "barrier", "condition": "power"} | move
    if "strand" in move:
        target["strand"], move = other, {"strand": other.pk}
    target.pop("text", None)
    neighbour = builders.finding(**target, position=7, text="There already")

    fill_in(evaluator, f"{LIST}{finding.pk}/edit/", move)

    cell = Finding.objects.filter(**target).order_by("position")
    stays = "text" in move
    assert [row.pk for row in cell] == ([finding.pk, neighbour.pk] if stays else [neighbour.pk, finding.pk])


def test_a_barrier_that_recommendations_address_stays_one(evaluator, strand, finding):
    row = builders.recommendation(strand)
    row.barriers.add(finding, through_defaults={"evaluation": strand.evaluation})

    response = fill_in(evaluator, f"{LIST}{finding.pk}/edit/", {"kind": "achievement", "text": "kept"})

    page = refused(response, "id_kind_0", "Unlink them before it becomes an achievement.")
    assert page.sends()["text"] == "kept"
    finding.refresh_from_db()
    assert finding.kind == "barrier"


def test_a_refused_edit_leaves_the_page_and_the_record_as_they_were(evaluator, finding):
    response = fill_in(evaluator, f"{LIST}{finding.pk}/edit/", {"text": "", "note": "kept"})

    page = refused(response, "id_text", "Write the finding in a sentence.")
    assert page.sends()["note"] == "kept"
    finding.refresh_from_db()
    assert (finding.text, finding.version) == ("Parents have no vote", 1)


# Draft or ready to share


def test_a_draft_is_marked_ready_and_everybody_sees_it(evaluator, reviewer, strand):
    finding = builders.finding(strand, status="draft", condition="power")
    address = f"{LIST}{finding.pk}/"
    assert reviewer.get(address).status_code == 404

    answer = fill_in(evaluator, address, {"status": "ready"}, action=f"{address}mark/")

    assert reviewer.get(address).status_code == 200
    assert counts(reviewer.get(f"{E}matrix/coproduction/"))["coproduction", "barrier", "power"] == 1
    [said] = Page(evaluator.get(answer.url)).notices
    assert said.startswith(f"Marked ready to share: “{finding.text}”. Undo")


def test_a_ready_finding_can_become_a_draft_again(evaluator, reviewer, finding):
    address = f"{LIST}{finding.pk}/"

    answer = fill_in(evaluator, address, {"status": "draft"}, action=f"{address}mark/")

    assert reviewer.get(address).status_code == 404
    [said] = Page(evaluator.get(answer.url)).notices
    assert said.startswith(f"Made a draft again: “{finding.text}”. Undo")


def test_a_finding_is_not_marked_ready_on_top_of_words_that_were_not_read(evaluator, strand):
    finding = builders.finding(strand, status="draft")
    address = f"{LIST}{finding.pk}/"
    seen = Page(evaluator.get(address)).sends(f"{address}mark/")
    fill_in(evaluator, f"{address}edit/", {"text": "Other words"})

    evaluator.post(f"{address}mark/", seen | {"status": "ready"})

    finding.refresh_from_db()
    assert finding.status == "draft"
    assert Page(evaluator.get(address)).notices[-1].startswith("Somebody changed this finding")


# One finding


def test_a_finding_shows_where_it_sits_and_its_neighbours(reviewer, strand, finding):
    neighbour = builders.finding(strand, condition="power", text="Meetings are in office hours", position=1)
    builders.finding(strand, condition="policies")

    page = Page(reviewer.get(f"{LIST}{finding.pk}/"))

    panel = page.with_id("h-where").parent
    assert "Coproduction: 3 barriers, by condition" in panel.words
    assert panel.one("li", class_="now").words == "Power dynamics 2 barriers"
    mates = panel.one("ul", class_="cellmates").all("li")
    assert [mate.words for mate in mates] == ["Parents have no vote", "Meetings are in office hours"]
    assert mates[1].one("a")["href"] == f"{LIST}{neighbour.pk}/"


def test_a_barrier_leads_to_the_recommendations_that_address_it(reviewer, strand, finding):
    row = builders.recommendation(strand, ref="R7", title="Give parents a vote")
    row.barriers.add(finding, through_defaults={"evaluation": strand.evaluation})

    page = Page(reviewer.get(f"{LIST}{finding.pk}/"))

    assert page.links("Give parents a vote") == [f"{E}recommendations/R7/"]


def test_what_was_typed_is_shown_escaped_everywhere(evaluator, strand):
    hostile = "<img src=x onerror=alert(1)> {% now 'Y' %} ' OR 1=1 --"
    finding = builders.finding(strand, text=hostile, note=hostile)
    builders.quotation(strand.evaluation, evidence_for=finding, text=hostile)

    for address in (LIST, f"{LIST}{finding.pk}/", f"{LIST}{finding.pk}/edit/", f"{LIST}?q=onerror"):
        response = evaluator.get(address)
        assert shows(response, hostile), address
        assert "<img src=x" not in response.content.decode(), address

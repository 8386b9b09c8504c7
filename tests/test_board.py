"""The board of a cell: writing findings from quotations, the steps that can be undone, who sees what."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.actions import board
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.steps import undo, undoable
from evaluations.models import (
    ConflictingEdit,
    Finding,
    FindingChange,
    FindingQuotation,
    Quotation,
    RecommendationBarrier,
)

from . import builders
from .assertions import counts, marked, refused, shows
from .base import signed_in
from .pages import Page, fill_in

E = "/e/practice/"
BOARD = f"{E}matrix/coproduction/barrier/power/"
CELL = {"kind": "barrier", "condition": "power"}


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def strand(cast):
    return cast.evaluation.strand


@pytest.fixture
def first(strand):
    return builders.finding(strand, text="Parents have no vote", position=0, **CELL)


@pytest.fixture
def second(strand):
    return builders.finding(strand, text="Meetings end before parents speak", position=1, **CELL)


def coded(strand, *, evidence_for=None, text="We were asked once.", **fields):
    """Return a quotation that was coded to the cell of the board."""
    return builders.quotation(
        strand.evaluation, evidence_for=evidence_for, text=text, strand=strand, **CELL | fields
    )


def everything():
    """Return all that a step may change: the live findings' fields and links. Versions and history go on."""
    fields = [field.attname for field in Finding._meta.concrete_fields]
    fields = [name for name in fields if name not in ("version", "updated_at")]
    return {
        "findings": list(Finding.objects.filter(removed_at=None).order_by("pk").values_list(*fields)),
        "quotations": sorted(
            FindingQuotation.objects.filter(finding__removed_at=None).values_list(
                "finding_id", "quotation_id", "position"
            )
        ),
        "recommendations": sorted(
            RecommendationBarrier.objects.filter(finding__removed_at=None).values_list(
                "finding_id", "recommendation_id"
            )
        ),
    }


def addressed(finding, **fields):
    """Return a recommendation that addresses a finding."""
    row = builders.recommendation(finding.strand, **fields)
    RecommendationBarrier.objects.create(evaluation=row.evaluation, recommendation=row, finding=finding)
    return row


def on_board(response):
    """Return the sentences on the board in order."""
    return [card.one("h3").words for card in Page(response).all("li", class_="card")]


# What the board shows


def test_the_board_shows_findings_in_order_with_their_quotations_and_the_tray(
    evaluator, first, second, strand
):
    coded(strand, evidence_for=second, text="They went home at four.")
    coded(strand, text="Nobody asked us.")
    coded(strand, text="Elsewhere.", condition="policies")
    coded(strand, text="Pay us.", kind="suggestion")

    page = Page(evaluator.get(BOARD))

    cards = page.all("li", class_="card")
    assert [card.one("h3").words for card in cards] == [first.text, second.text]
    assert "They went home at four." in cards[1].words
    assert "Consent not recorded" in cards[1].words
    assert "Nobody asked us." in page.one("ul", class_="tray").words
    assert "Elsewhere." not in page.words
    assert "Pay us." not in page.words


def test_the_board_says_where_the_cell_sits_and_leads_to_its_neighbours(evaluator, first):
    page = Page(evaluator.get(BOARD))
    cells = page.one("nav", aria_label="Boards of the six conditions")
    assert [link["href"] for link in cells.all("a")] == [
        f"{E}matrix/coproduction/barrier/{condition}/"
        for condition in ("policies", "practices", "resources", "relationships", "power", "mental_models")
    ]
    assert cells.one("a", aria_current="page").words == "Power dynamics"
    assert page.links("Board of its achievements") == [f"{E}matrix/coproduction/achievement/power/"]


def test_the_matrix_leads_evaluators_and_nobody_else_to_the_board_of_each_cell(evaluator, cast, first):
    matrix = f"{E}matrix/coproduction/"
    assert len(Page(evaluator.get(matrix)).links("Board of")) == 12
    assert Page(signed_in(cast.rowan).get(matrix)).links("Board") == []
    assert signed_in(cast.rowan).get(BOARD).status_code == 404
    assert signed_in(cast.leigh).get(BOARD).status_code == 404


@pytest.mark.parametrize(
    "address", ["barrier/export/", "nothing/power/", "barrier/nothing/", "export/power/"]
)
def test_only_a_kind_and_a_condition_make_a_board(evaluator, strand, address):
    assert evaluator.get(f"{E}matrix/coproduction/{address}").status_code == 404


def test_a_quotation_of_a_removed_finding_is_back_in_the_tray(evaluator, first, strand, cast):
    coded(strand, evidence_for=first, text="Nobody asked us.")
    board.remove_finding(finding=first, version=1, by=cast.evelyn)
    assert "Nobody asked us." in Page(evaluator.get(BOARD)).one("ul", class_="tray").words


def test_the_board_takes_as_many_queries_with_many_findings_as_with_few(evaluator, first, strand):
    def number():
        with CaptureQueriesContext(connection) as queries:
            assert evaluator.get(BOARD).status_code == 200
        return len(queries)

    def add():
        person = builders.participant(strand.evaluation)
        answer = builders.answer(builders.interview(strand.evaluation, participants=[person]))
        coded(strand, evidence_for=builders.finding(strand, **CELL), speaker=person, answer=answer)
        coded(strand, speaker=person, answer=answer)

    add()
    evaluator.get(BOARD)
    few = number()
    for _ in range(20):
        add()
    assert number() == few


# Writing and moving


def test_a_finding_is_written_from_chosen_quotations(evaluator, strand, cast):
    one, two = coded(strand), coded(strand, text="Nobody asked us.")
    coded(strand, text="Left where it is.")
    sent = {"text": "Parents are not asked", "chosen": [f"0-{one.pk}", f"0-{two.pk}"], "act": "write"}

    answer = evaluator.post(BOARD, sent)

    finding = Finding.objects.get()
    assert (finding.text, finding.status) == ("Parents are not asked", "draft")
    assert (finding.strand, finding.kind, finding.condition) == (strand, "barrier", "power")
    assert set(finding.quotations.all()) == {one, two}
    page = Page(evaluator.get(answer.url))
    assert page.notices[0].startswith("Wrote “Parents are not asked”. Undo")
    assert "Left where it is." in page.one("ul", class_="tray").words


def test_an_achievement_is_written_with_whether_it_lasts_and_who_holds_it(evaluator, strand):
    row = coded(strand, kind="achievement")
    sent = {"text": "It is paid for", "chosen": f"0-{row.pk}", "lasting": "at_risk", "holder": "The council"}
    evaluator.post(f"{E}matrix/coproduction/achievement/power/", sent | {"act": "write"})
    finding = Finding.objects.get()
    assert (finding.lasting, finding.holder) == ("at_risk", "The council")


def test_what_is_missing_is_asked_for_and_what_was_typed_stays(evaluator, first, strand):
    row = coded(strand)
    refused(evaluator.post(BOARD, {"act": "write"}), "id_text", "Write the finding in a sentence.")
    refused(evaluator.post(BOARD, {"act": "move", "chosen": f"0-{row.pk}"}), "id_to", "Choose the finding")
    answer = evaluator.post(BOARD, {"act": "write", "text": "Typed already"})
    page = refused(answer, "id_chosen_0", "Choose at least one quotation.")
    assert page.with_id("id_text").text.strip() == "Typed already"
    page = Page(evaluator.post(BOARD, {"act": "write", "chosen": f"0-{row.pk}"}))
    assert "checked" in page.with_id(f"choose-0-{row.pk}").attributes


def test_a_quotation_of_another_cell_or_that_moved_meanwhile_is_refused(evaluator, first, second, strand):
    row = coded(strand, evidence_for=first)
    FindingQuotation.objects.update(finding=second)
    sent = {"text": "Typed", "chosen": f"{first.pk}-{row.pk}", "act": "write"}
    refused(evaluator.post(BOARD, sent), "id_chosen_0", "Somebody moved one of these quotations meanwhile.")
    assert Finding.objects.count() == 2


def test_a_quotation_goes_to_another_finding(evaluator, first, second, strand):
    row = coded(strand, evidence_for=first)
    evaluator.post(BOARD, {"act": "move", "chosen": f"{first.pk}-{row.pk}", "to": second.pk})
    assert list(first.quotations.all()) == []
    assert list(second.quotations.all()) == [row]


# Undo: each step, and then everything as it was before


def steps(world):
    """Return every step by name, as what takes it."""
    first, second, by = world["first"], world["second"], world["by"]
    evaluation, of_first, loose = first.evaluation, world["of_first"], world["loose"]
    fields = {"strand": first.strand, "text": "New", **CELL}
    one = {"finding": first, "version": 1, "by": by}
    elsewhere = {"strand": world["other"], "kind": "barrier", "condition": "policies"}
    return {
        "write": lambda: board.write_finding(
            evaluation=evaluation, fields=fields, chosen=[(loose, None)], by=by
        ),
        "split": lambda: board.write_finding(
            evaluation=evaluation, fields=fields, chosen=[(of_first, first), (loose, None)], by=by
        ),
        "move a quotation": lambda: board.move_quotations(
            evaluation=evaluation, chosen=[(of_first, first)], to=second, by=by
        ),
        "reword": lambda: board.reword_finding(changes={"text": "Other words"}, **one),
        "mark": lambda: board.mark_finding(status="draft", **one),
        "merge": lambda: board.merge_findings(other=second, other_version=1, text="Both", **one),
        "move": lambda: board.move_finding(changes=elsewhere, **one),
        "reorder": lambda: board.reorder_finding(finding=first, direction="down", by=by),
        "remove": lambda: board.remove_finding(**one),
    }


STEPS = ["write", "split", "move a quotation", "reword", "mark", "merge", "move", "reorder", "remove"]


@pytest.fixture
def world(first, second, strand, cast):
    both = coded(strand, evidence_for=second, text="Said to both.")
    builders.FindingQuotation.objects.create(evaluation=strand.evaluation, finding=first, quotation=both)
    addressed(first)
    addressed(second)
    return {
        "first": first,
        "second": second,
        "of_first": coded(strand, evidence_for=first),
        "of_second": coded(strand, evidence_for=second, text="Only the second."),
        "loose": coded(strand, text="Without a finding."),
        "other": builders.strand(strand.evaluation),
        "by": cast.evelyn,
    }


@pytest.mark.parametrize("name", STEPS)
def test_undoing_a_step_brings_everything_back_as_it_was(world, name):
    before, history = everything(), Finding.history.count()
    assert set(steps(world)) == set(STEPS)

    change = steps(world)[name]()

    after = everything()
    assert after != before
    assert undoable([change]) == {change.pk}
    lines = Finding.history.count()
    undo(change=change, by=world["by"])
    assert everything() == before
    assert Finding.history.count() >= lines >= history
    with pytest.raises(NotAllowedNow, match="undone already"):
        undo(change=change, by=world["by"])


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_not_undone_over_what_somebody_changed_since(world, name):
    change = steps(world)[name]()
    finding = Finding.objects.get(pk=max(map(int, change.after)))
    if name == "reorder":
        board.reorder_finding(
            finding=finding, direction="down" if finding.position == 0 else "up", by=world["by"]
        )
    else:
        Finding.objects.filter(pk=finding.pk).update(text="Theirs")
    now = everything()

    with pytest.raises(NotAllowedNow, match="changed one of these findings since"):
        undo(change=change, by=world["by"])

    assert everything() == now
    assert undoable([change]) == set()


def test_steps_are_undone_one_after_the_other(world, cast):
    before = everything()
    changes = []
    for name in ("reword", "mark", "move"):
        Finding.objects.filter(pk=world["first"].pk).update(version=1)
        changes.append(steps(world)[name]())
    for change in reversed(changes):
        undo(change=change, by=cast.evelyn)
    assert everything() == before


def test_a_step_can_be_undone_after_a_quotation_was_withdrawn(world, cast):
    change = steps(world)["merge"]()
    world["of_second"].delete()
    undo(change=change, by=cast.evelyn)
    assert world["of_second"].pk not in Finding.objects.get(pk=world["second"].pk).quotations.values_list()
    assert Finding.objects.filter(removed_at=None).count() == 2


def test_a_finding_that_comes_back_without_its_evidence_is_a_draft(first, strand, cast):
    words = coded(strand, evidence_for=first)
    change = board.remove_finding(finding=first, version=1, by=cast.evelyn)
    words.delete()
    undo(change=change, by=cast.evelyn)
    assert Finding.objects.get(removed_at=None).status == "draft"


def test_undo_is_a_button_on_the_board_and_a_line_under_recent_changes(evaluator, first, second):
    form = f"{E}findings/{first.pk}/reorder/"
    answer = evaluator.post(form, {"direction": "down", "back": BOARD})
    change = FindingChange.objects.get()
    assert answer.url == f"{BOARD}?done={change.pk}#finding-{first.pk}"
    page = Page(evaluator.get(answer.url))
    assert on_board(evaluator.get(BOARD)) == [second.text, first.text]
    assert len(page.all("form", action=f"{E}changes/{change.pk}/undo/")) == 2

    answer = evaluator.post(f"{E}changes/{change.pk}/undo/", {"back": BOARD})

    page = Page(evaluator.get(answer.url))
    assert page.notices == ["Undone. It stands under “Recent changes”."]
    assert on_board(evaluator.get(BOARD)) == [first.text, second.text]
    assert "Undone" in page.one("ol", class_="steps").words


@pytest.mark.parametrize(
    "back", ["https://example.org/", "//example.org", "/e/other/", "/e/practice/../../x"]
)
def test_a_step_leads_back_to_a_page_of_the_same_evaluation_only(evaluator, first, second, back):
    answer = evaluator.post(f"{E}findings/{first.pk}/reorder/", {"direction": "down", "back": back})
    assert answer.url.startswith(f"/e/practice/findings/{first.pk}/")


# Merge


def test_merging_keeps_the_evidence_and_the_recommendations_of_both_as_a_draft(evaluator, world):
    first, second = world["first"], world["second"]
    answer = fill_in(
        evaluator,
        f"{E}findings/{first.pk}/merge/",
        {"other": f"{second.pk}-1", "words": "new", "text": "One sentence for both"},
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.text, first.status) == ("One sentence for both", "draft")
    assert second.merged_into == first
    assert {row.text for row in first.quotations.all()} == {
        "Said to both.",
        "We were asked once.",
        "Only the second.",
    }
    assert first.recommendations.count() == 2
    assert evaluator.get(f"{E}findings/{second.pk}/").status_code == 404
    page = Page(evaluator.get(answer.url))
    assert "Merged “Meetings end before parents speak” in" in page.one("ol", class_="hist").words


@pytest.mark.parametrize(
    ("words", "kept"), [("this", "Parents have no vote"), ("other", "Meetings end before parents speak")]
)
def test_merging_keeps_the_words_of_either(evaluator, first, second, words, kept):
    fill_in(evaluator, f"{E}findings/{first.pk}/merge/", {"other": f"{second.pk}-1", "words": words})
    first.refresh_from_db()
    assert first.text == kept


def test_merging_asks_for_the_other_one_and_for_new_words(evaluator, first, second):
    address = f"{E}findings/{first.pk}/merge/"
    refused(fill_in(evaluator, address, {}), "id_other", "Choose the finding to merge with.")
    refused(
        fill_in(evaluator, address, {"other": f"{second.pk}-1", "words": "new"}),
        "id_text",
        "Write the new words.",
    )


@pytest.mark.parametrize("changed", ["first", "second"])
def test_two_findings_are_not_merged_on_top_of_words_that_were_not_read(evaluator, first, second, changed):
    address = f"{E}findings/{first.pk}/merge/"
    sent = Page(evaluator.get(address)).sends(address)
    sent |= {"other": f"{second.pk}-1", "words": "new", "text": "Typed with care"}
    row = {"first": first, "second": second}[changed]
    Finding.objects.filter(pk=row.pk).update(text="Theirs", version=2)

    answer = evaluator.post(address, sent)

    assert answer.status_code == 409
    page = Page(answer)
    assert "Somebody changed this finding since you opened it." in page.words
    assert page.with_id("id_text").text.strip() == "Typed with care"
    assert ConflictingEdit.objects.get().fields == {"text": "Typed with care"}
    assert Finding.objects.filter(removed_at=None).count() == 2
    evaluator.post(address, page.sends(address))
    assert Finding.objects.get(removed_at=None).text == "Typed with care"


def test_findings_of_another_kind_or_strand_cannot_be_merged(first, strand, cast):
    for other in (
        builders.finding(strand, kind="achievement"),
        builders.finding(builders.strand(strand.evaluation)),
        first,
    ):
        with pytest.raises(NotAllowedNow):
            board.merge_findings(
                finding=first, version=1, other=other, other_version=1, text="Both", by=cast.evelyn
            )


# Move, reorder, remove, reword, restore


def test_a_finding_moves_to_the_end_of_another_cell(evaluator, first, second, strand):
    builders.finding(strand, condition="policies", position=7)
    fill_in(evaluator, f"{E}findings/{first.pk}/move/", {"condition": "policies"})
    first.refresh_from_db()
    assert (first.condition, first.position) == ("policies", 8)


def test_an_achievement_that_becomes_a_barrier_says_nothing_on_whether_it_lasts(evaluator, strand):
    row = builders.finding(strand, kind="achievement", lasting="at_risk", holder="The council")
    fill_in(evaluator, f"{E}findings/{row.pk}/move/", {"kind": "barrier"})
    row.refresh_from_db()
    assert (row.kind, row.lasting, row.holder) == ("barrier", "not_judged", "")
    evaluator.post(f"{E}changes/{FindingChange.objects.get().pk}/undo/")
    row.refresh_from_db()
    assert (row.kind, row.lasting, row.holder) == ("achievement", "at_risk", "The council")


def test_a_barrier_that_recommendations_address_does_not_become_an_achievement(evaluator, first):
    addressed(first)
    answer = fill_in(evaluator, f"{E}findings/{first.pk}/move/", {"kind": "achievement"})
    refused(answer, "id_kind_0", "Recommendations address this barrier.")


def test_a_move_on_top_of_an_older_version_shows_both(evaluator, first):
    address = f"{E}findings/{first.pk}/move/"
    sent = Page(evaluator.get(address)).sends(address) | {"condition": "policies"}
    Finding.objects.update(condition="resources", version=2)
    answer = evaluator.post(address, sent)
    assert answer.status_code == 409
    assert shows(answer, "Resource flows")


def test_the_order_is_changed_one_step_or_to_a_place(first, second, strand, cast):
    third = builders.finding(strand, position=2, **CELL)

    def order():
        return list(Finding.objects.order_by("position").values_list("pk", flat=True))

    board.reorder_finding(finding=first, direction="down", by=cast.evelyn)
    assert order() == [second.pk, first.pk, third.pk]
    board.reorder_finding(finding=third, before=second, by=cast.evelyn)
    assert order() == [third.pk, second.pk, first.pk]
    board.reorder_finding(finding=third, by=cast.evelyn)
    assert order() == [second.pk, first.pk, third.pk]
    assert board.reorder_finding(finding=third, direction="down", by=cast.evelyn) is None
    assert board.reorder_finding(finding=second, direction="up", by=cast.evelyn) is None


def test_a_new_order_is_no_new_version_so_nobody_elses_edit_conflicts(evaluator, first, second):
    address = f"{E}findings/{first.pk}/reword/"
    sent = Page(evaluator.get(address)).sends(address) | {"text": "Better words"}
    evaluator.post(f"{E}findings/{first.pk}/reorder/", {"direction": "down"})
    evaluator.post(address, sent)
    assert on_board(evaluator.get(BOARD)) == [second.text, "Better words"]


def test_removing_asks_once_and_the_finding_shows_nowhere(evaluator, cast, first, second):
    addressed(first, ref="R1")
    address = f"{E}findings/{first.pk}/remove/"
    assert "Remove this finding?" in Page(evaluator.get(address)).words
    assert Finding.objects.filter(removed_at=None).count() == 2

    fill_in(evaluator, address, {})

    for client in (evaluator, signed_in(cast.rowan), signed_in(cast.leigh)):
        for page in (
            "findings/",
            "findings/?q=vote",
            "matrix/coproduction/",
            "recommendations/R1/",
            "compare/",
        ):
            assert not shows(client.get(E + page), first.text), page
        matrix = client.get(f"{E}matrix/coproduction/")
        assert counts(matrix)["coproduction", "barrier", "power"] == 1
        assert client.get(f"{E}findings/{first.pk}/").status_code == 404
    assert [card["data-finding"] for card in marked(evaluator.get(BOARD), "data-finding")] == [str(second.pk)]


def test_what_somebody_changed_since_is_not_removed(evaluator, first):
    address = f"{E}findings/{first.pk}/remove/"
    sent = Page(evaluator.get(address)).sends(address)
    Finding.objects.update(version=2, text="Theirs")
    answer = evaluator.post(address, sent)
    assert answer.status_code == 409
    assert shows(answer, "Theirs")
    evaluator.post(address, Page(answer).sends(address))
    assert not Finding.objects.filter(removed_at=None)


def test_a_sentence_is_changed_on_the_board_and_both_versions_are_kept_in_a_conflict(evaluator, first):
    address = f"{E}findings/{first.pk}/reword/"
    sent = Page(evaluator.get(BOARD)).sends(address)
    assert sent["text"] == first.text
    evaluator.post(address, sent | {"text": "Mine"})
    answer = evaluator.post(address, sent | {"text": "Too late"})
    assert answer.status_code == 409
    assert ConflictingEdit.objects.get().fields == {"text": "Too late"}
    first.refresh_from_db()
    assert (first.text, first.version) == ("Mine", 2)


def test_an_achievement_says_on_the_board_whether_it_lasts_and_who_holds_it(evaluator, strand):
    row = builders.finding(strand, kind="achievement", condition="power")
    address = f"{E}findings/{row.pk}/reword/"
    sent = Page(evaluator.get(f"{E}matrix/coproduction/achievement/power/")).sends(address)
    evaluator.post(address, sent | {"lasting": "embedded", "holder": "The council"})
    row.refresh_from_db()
    assert (row.lasting, row.holder) == ("embedded", "The council")


def test_an_earlier_sentence_is_brought_back_as_a_new_change(evaluator, first):
    address = f"{E}findings/{first.pk}/"
    fill_in(evaluator, f"{address}reword/", {"text": "Other words"})
    page = Page(evaluator.get(address))
    [button] = page.all("button", name="history")

    evaluator.post(f"{address}restore/", page.sends(f"{address}restore/") | {"history": button["value"]})

    first.refresh_from_db()
    assert first.text == "Parents have no vote"
    assert first.version == 3


def test_a_line_of_another_findings_history_brings_nothing_back(evaluator, first, second):
    line = second.history.first().history_id
    for sent in (line, "x", "9" * 30, ""):
        answer = evaluator.post(f"{E}findings/{first.pk}/restore/", {"version": 1, "history": sent})
        assert Page(evaluator.get(answer.url)).notices == ["Nothing to change: it is like that already."]
    first.refresh_from_db()
    assert (first.text, first.version) == ("Parents have no vote", 1)


def test_a_step_with_a_finding_that_was_removed_meanwhile_is_refused_politely(first, second, cast):
    board.remove_finding(finding=first, version=1, by=cast.evelyn)
    with pytest.raises(NotAllowedNow, match="removed or merged meanwhile"):
        board.reorder_finding(finding=first, direction="down", by=cast.evelyn)
    with pytest.raises(NotAllowedNow, match="removed or merged meanwhile"):
        board.merge_findings(
            finding=second, version=1, other=first, other_version=1, text="Both", by=cast.evelyn
        )


def test_no_step_keeps_a_participants_words(world):
    for name in ("split", "merge"):
        Finding.objects.filter(pk=world["first"].pk).update(version=1)
        steps(world)[name]()
    kept = str(list(FindingChange.objects.values_list("label", "before", "after")))
    for text in Quotation.objects.values_list("text", flat=True):
        assert text not in kept


def test_a_stale_mark_changes_nothing(first, cast):
    with pytest.raises(StaleVersion):
        board.mark_finding(finding=first, version=7, status="draft", by=cast.evelyn)
    assert not FindingChange.objects.exists()

"""Will it last? Gaps first, strands from public sources apart, and judging one after the other."""

from datetime import date

import pandas as pd
import pytest

from evaluations.actions.findings import edit_finding
from evaluations.analysis.lasting import Group, will_it_last
from evaluations.models import ConflictingEdit
from evaluations.queries.lasting import FRAME

from . import builders
from .assertions import refused, shows
from .base import signed_in
from .pages import Page

E = "/e/practice/"
LASTING = f"{E}lasting/"
ENDED, TO_COME = date(2025, 3, 31), date(2090, 3, 31)


def achievement(strand, lasting="not_judged", holder="", **fields):
    """Return an achievement under power dynamics."""
    kind = {"kind": "achievement", "condition": "power"}
    return builders.finding(strand, lasting=lasting, holder=holder, **kind | fields)


def ends(evaluation, day):
    """Give the programme its end date."""
    evaluation.programme_ends = day
    evaluation.save()


def lists(page):
    """Return ``{heading without its count: [number of a finding, ...]}`` in the order of the page."""
    return {
        box.one("h3").words.rsplit(" ", 1)[0]: [item["data-finding"] for item in box.all(data_finding=True)]
        for box in page.all("section", class_="last-list")
        if box.all(data_finding=True)
    }


def figures(element):
    """Return ``{(likelihood, held by): number}`` of the figures in an element."""
    return {
        (cell["data-lasting"], cell["data-held"]): int(cell["data-value"])
        for cell in element.all(data_lasting=True)
    }


def sentence(page):
    """Return the generated sentence, or nothing."""
    return " ".join(found.words for found in page.all(class_="sentence"))


# --- What is calculated -----------------------------------------------------------------------------------


def part(*rows, from_interviews=True):
    """Return the part of one strand with achievements given as (likelihood, holder)."""
    records = [(n, "a", "power", lasting, holder) for n, (lasting, holder) in enumerate(rows)]
    (found,) = will_it_last(pd.DataFrame(records, columns=FRAME), [("a", "A", from_interviews)])
    return found


RISK, ENDING, HELD = ("at_risk", ""), ("ends", ""), ("at_risk", "The library")
EMBEDDED, OPEN = ("embedded", "The council"), ("not_judged", "")


@pytest.mark.parametrize(
    ("rows", "ended", "expected"),
    [
        (
            [RISK, ENDING, RISK, *[EMBEDDED] * 12],
            False,
            "3 of 15 achievements are at risk or end with the programme, and nobody holds them.",
        ),
        (
            [RISK, EMBEDDED],
            False,
            "1 of 2 achievements is at risk or ends with the programme, and nobody holds it.",
        ),
        (
            [RISK, ENDING],
            True,
            "2 of 2 achievements are at risk or ended with the programme, and nobody holds them.",
        ),
        (
            [RISK, OPEN, OPEN],
            False,
            "1 of 3 achievements is at risk or ends with the programme, and nobody holds it. "
            "2 of 3 are not judged yet.",
        ),
        (
            [HELD, EMBEDDED, EMBEDDED],
            False,
            "1 of 3 achievements is at risk or ends with the programme; it has a holder.",
        ),
        (
            [HELD, HELD, EMBEDDED],
            True,
            "2 of 3 achievements are at risk or ended with the programme; each has a holder.",
        ),
        (
            [EMBEDDED, OPEN],
            False,
            "No achievement is judged to be at risk, or to end with the programme. 1 of 2 is not judged yet.",
        ),
        ([EMBEDDED], True, "No achievement is judged to be at risk, or to have ended with the programme."),
        ([OPEN] * 15, True, "15 of 15 achievements are not judged yet."),
        ([OPEN], False, "1 of 1 achievement is not judged yet."),
        ([], False, None),
    ],
)
def test_the_sentence_reads_the_gaps_and_what_is_not_judged(rows, ended, expected):
    assert part(*rows).reading(ended=ended) == expected


def test_nothing_is_generated_about_strands_that_do_not_come_from_interviews():
    assert part(RISK, OPEN, from_interviews=False).reading(ended=False) is None


def test_spellings_of_a_holder_that_differ_in_case_are_one_holder():
    found = part(("at_risk", "Public Health"), ("embedded", "public  health"), ("ends", "The library"))
    assert [(holder.name, holder.count, holder.worrying) for holder in found.holders] == [
        ("Public Health", 2, 1),
        ("The library", 1, 1),
    ]


def test_gaps_come_first_and_each_list_keeps_the_order_of_the_matrix():
    found = part(EMBEDDED, HELD, OPEN, RISK, ENDING, EMBEDDED).chosen()
    assert [item.id for item in found] == [3, 4, 1, 2, 0, 5]
    assert [item.group for item in found][:3] == [Group.GAPS, Group.GAPS, Group.HELD]


# --- What the page shows ----------------------------------------------------------------------------------


def test_gaps_stand_first_with_strand_condition_and_holder(reviewer, strand):
    safe = achievement(strand, "embedded", "The council", condition="policies")
    gap = achievement(strand, "at_risk", text="Parents sit on the board")
    held = achievement(strand, "ends", "The library")

    page = Page(reviewer.get(LASTING))

    assert lists(page) == {
        "Gaps: at risk or ending with the programme, and held by nobody": [str(gap.pk)],
        "At risk or ending with the programme, and held by somebody": [str(held.pk)],
        "Embedded": [str(safe.pk)],
    }
    item = page.one(data_finding=str(gap.pk))
    assert item.words == "Parents sit on the board Power dynamics Coproduction At risk Nobody holds it"
    assert item.one("a")["href"] == f"{E}findings/{gap.pk}/"
    assert "Held by The library" in page.one(data_finding=str(held.pk)).words


def test_the_table_counts_likelihood_by_whether_a_holder_is_named(reviewer, strand):
    for lasting, holder in (RISK, RISK, HELD, EMBEDDED, OPEN):
        achievement(strand, lasting, holder)
    builders.finding(strand)  # a barrier: not counted

    found = figures(Page(reviewer.get(LASTING)))

    assert {cell: n for cell, n in found.items() if n} == {
        ("at_risk", "nobody"): 2,
        ("at_risk", "somebody"): 1,
        ("embedded", "somebody"): 1,
        ("not_judged", "nobody"): 1,
    }
    assert len(found) == 8


def test_a_figure_leads_to_its_findings_and_the_figures_stay(reviewer, strand):
    gap = achievement(strand, "at_risk")
    achievement(strand, "embedded", "The council")
    page = Page(reviewer.get(LASTING))
    (cell,) = page.all(data_lasting="at_risk", data_held="nobody")

    narrowed = Page(reviewer.get(LASTING + cell.one("a")["href"]))

    assert list(lists(narrowed).values()) == [[str(gap.pk)]]
    assert figures(narrowed) == figures(page)
    assert "Shown: At risk, no holder named 1 of 2 achievements" in narrowed.words


def test_a_holder_leads_to_what_they_hold(reviewer, strand):
    held = [achievement(strand, "embedded", name) for name in ("The council", "the council")]
    achievement(strand, "embedded", "The library")
    (link,) = Page(reviewer.get(LASTING)).links("The council")

    narrowed = Page(reviewer.get(LASTING + link))

    assert lists(narrowed) == {"Embedded": [str(row.pk) for row in held]}


def test_one_strand_is_shown_by_itself(reviewer, strand):
    achievement(strand)
    other = builders.strand(strand.evaluation, slug="other", name="Other", position=1)
    mine = achievement(other, "at_risk")

    page = Page(reviewer.get(f"{LASTING}?strand=other"))

    assert list(lists(page).values()) == [[str(mine.pk)]]
    assert page.one("nav", aria_label="Strands").one("a", aria_current="page").words == "Other"
    assert sum(figures(page).values()) == 1


def test_what_is_asked_for_and_is_not_there_is_named_and_left_out(reviewer, strand):
    row = achievement(strand)

    page = Page(reviewer.get(f"{LASTING}?strand=nowhere&lasting=for-ever"))

    assert "nowhere is not one of the available choices" in page.one(class_="error-summary").words
    assert list(lists(page).values()) == [[str(row.pk)]]


def test_strands_from_public_sources_stand_apart_and_in_no_sentence(reviewer, strand, public):
    achievement(strand, "embedded", "The council")

    page = Page(reviewer.get(LASTING))

    ours, theirs = page.all("section", class_="last-part")
    assert sentence(ours).startswith("No achievement is judged to be at risk")
    assert sentence(theirs) == ""
    assert theirs.one("h2").words == "Apart from these: from public sources, not interviews"
    assert sum(figures(ours).values()) == sum(figures(theirs).values()) == 1
    assert (
        "A fact that was published" in theirs.words
        and "public sources" in theirs.one(data_finding=True).words
    )
    alone = Page(reviewer.get(f"{LASTING}?strand=public"))
    assert sentence(alone) == ""


def test_drafts_are_shown_to_evaluators_who_ask_and_never_on_paper(evaluator, reviewer, strand):
    achievement(strand, "at_risk", text="Still a draft", status="draft")

    assert "No achievement is ready to share yet" in Page(evaluator.get(LASTING)).words
    assert "Still a draft" in Page(evaluator.get(f"{LASTING}?drafts=1")).words
    for answer in (evaluator.get(f"{LASTING}?drafts=1&print=1"), reviewer.get(f"{LASTING}?drafts=1")):
        assert not shows(answer, "Still a draft")


@pytest.mark.parametrize(
    ("day", "said", "not_said"),
    [
        (ENDED, ("The programme ended on 31 March 2025.", "Ended with the programme"), "Ends with"),
        (TO_COME, ("The programme ends on 31 March 2090.", "Ends with the programme"), "Ended with"),
        (None, ("What was achieved", "Ends with the programme"), "The programme end"),
    ],
)
def test_words_change_once_the_programme_has_ended(reviewer, cast, strand, day, said, not_said):
    ends(cast.evaluation, day)
    achievement(strand, "ends")

    words = Page(reviewer.get(LASTING)).one("main").words

    assert all(each in words for each in said)
    assert not_said not in words and "left" not in words


@pytest.mark.parametrize(
    ("day", "said", "not_said"), [(ENDED, "Ended with", "Ends with"), (TO_COME, "Ends with", "Ended with")]
)
def test_every_page_and_file_words_what_ends_with_the_programme_alike(
    evaluator, cast, strand, day, said, not_said
):
    ends(cast.evaluation, day)
    row = achievement(strand, "ends")
    matrix = f"{E}matrix/coproduction/"

    for address in (
        f"{matrix}?lasting=ends&finding={row.pk}",
        f"{matrix}export/csv/",
        f"{E}findings/?lasting=ends",
        f"{E}findings/{row.pk}/",
        f"{E}findings/{row.pk}/edit/",
        f"{E}findings/{row.pk}/reword/",
        f"{E}findings/new/",
        f"{matrix}achievement/power/",
    ):
        text = evaluator.get(address).content.decode()
        assert f"{said} the programme" in text, address
        assert f"{not_said} the programme" not in text, address
    chips = Page(evaluator.get(f"{matrix}?lasting=ends")).all("span", class_="chip")
    assert f"Will it last? {said.lower()} the programme" in [chip.words for chip in chips]


def test_what_nobody_has_judged_is_told_with_what_to_do_next(reviewer, evaluator, strand):
    first = achievement(strand)
    achievement(strand)

    for browser, advice in (
        (reviewer, "have not judged any achievement yet"),
        (evaluator, "What to do next"),
    ):
        page = Page(browser.get(LASTING))
        assert sentence(page) == "2 of 2 achievements are not judged yet."
        assert advice in page.words
    assert page.links("Judge the first that is not judged") == [f"#finding-{first.pk}"]


def test_what_is_not_judged_does_not_say_so_again_at_each_achievement(reviewer, strand):
    achievement(strand, text="Nobody looked at it")
    achievement(strand, text="Somebody looks after it", holder="The library")
    achievement(strand, "at_risk", text="It may go")

    rows = [row.words for row in Page(reviewer.get(LASTING)).all(data_finding=True)]

    assert [words for words in rows if "Not judged" in words] == []
    assert [words for words in rows if "It may go" in words and "At risk Nobody holds it" in words]
    assert [words for words in rows if "Somebody looks after it" in words and "Held by The library" in words]
    assert not [words for words in rows if "Nobody looked" in words and "No holder" in words]


def test_the_2023_achievements_are_fifteen_not_judged_and_the_public_ones_apart(legacy_cast):
    page = Page(signed_in(legacy_cast.rowan).get("/e/ssbc-legacy-2023/lasting/"))

    assert sentence(page) == "15 of 15 achievements are not judged yet."
    assert "The programme ended on 31 March 2025." in page.words
    assert [len(found) for found in (box.all(data_finding=True) for box in page.all(class_="last-part"))] == [
        15,
        10,
    ]


def test_long_lists_are_read_fifty_at_a_time_and_printed_whole(reviewer, strand):
    for _ in range(53):
        achievement(strand)
    gap = achievement(strand, "at_risk")

    first, second = (Page(reviewer.get(f"{LASTING}?page={n}")) for n in (1, 2))

    assert [sum(map(len, lists(page).values())) for page in (first, second)] == [50, 4]
    assert next(iter(lists(first).values())) == [str(gap.pk)]
    assert "Not judged yet 53" in second.words
    assert len(Page(reviewer.get(f"{LASTING}?print=1")).all(data_finding=True)) == 54


# --- Judging ----------------------------------------------------------------------------------------------


def judge(browser, row, address=LASTING, **fields):
    """Send the form beside a finding, as it stands on the page, with other values."""
    place = f"{LASTING}{row.pk}/"
    return browser.post(place, Page(browser.get(address)).sends(place) | fields)


def test_an_evaluator_judges_one_and_is_led_on_to_the_next(evaluator, strand):
    one, other = achievement(strand), achievement(strand)

    answer = judge(evaluator, one, lasting="at_risk", holder=" The library ")

    one.refresh_from_db()
    assert (one.lasting, one.holder) == ("at_risk", "The library")
    assert answer.url.endswith(f"#finding-{one.pk}")
    page = Page(evaluator.get(answer.url))
    item = page.one(data_finding=str(one.pk))
    assert item.one("ul", class_="messages").one("button").words.startswith("Undo")
    assert f"#finding-{other.pk}" in [link["href"] for link in item.all("a")]
    assert one.history.first().history_user.username == "evelyn"


def test_a_judgement_can_be_undone(evaluator, strand):
    row = achievement(strand)
    answer = judge(evaluator, row, lasting="embedded", holder="The council")
    undo = Page(evaluator.get(answer.url)).one(data_finding=str(row.pk)).all("form")[0]["action"]

    evaluator.post(undo)

    row.refresh_from_db()
    assert (row.lasting, row.holder) == ("not_judged", "")


def test_filters_survive_judging_and_what_leaves_the_list_is_told_at_the_top(evaluator, strand):
    row = achievement(strand)
    narrowed = f"{LASTING}?lasting=not_judged&strand=coproduction"

    answer = judge(evaluator, row, narrowed, lasting="embedded")

    assert answer.url.startswith(f"{LASTING}?")
    assert {"lasting=not_judged", "strand=coproduction"} <= set(
        answer.url.partition("#")[0].partition("?")[2].split("&")
    )
    page = Page(evaluator.get(answer.url))
    assert not page.all(data_finding=True)
    assert len(page.notices) == 1


def test_somebody_elses_judgement_is_not_overwritten_and_both_are_shown(evaluator, cast, strand):
    row = achievement(strand)
    sent = Page(evaluator.get(LASTING)).sends(f"{LASTING}{row.pk}/")
    edit_finding(finding=row, version=1, changes={"holder": "The council"}, by=cast.evelyn)

    answer = evaluator.post(f"{LASTING}{row.pk}/", sent | {"lasting": "ends", "holder": "The library"})

    assert answer.status_code == 409
    assert shows(answer, "The council") and shows(answer, "The library")
    assert ConflictingEdit.objects.get().fields["holder"] == "The library"
    evaluator.post(f"{LASTING}{row.pk}/", Page(answer).sends() | {"keep": "mine"})
    row.refresh_from_db()
    assert (row.lasting, row.holder) == ("ends", "The library")


def test_a_holder_that_is_too_long_comes_back_as_typed(evaluator, strand):
    row, typed = achievement(strand), "x" * 161

    page = refused(judge(evaluator, row, lasting="at_risk", holder=typed), "id_holder", "160")

    assert page.sends()["holder"] == typed
    assert page.sends()["lasting"] == "at_risk"


def test_a_barrier_cannot_be_judged(evaluator, strand):
    assert evaluator.get(f"{LASTING}{builders.finding(strand).pk}/").status_code == 404


def test_readers_have_no_forms_to_judge_with(reviewer, strand):
    achievement(strand)
    assert not Page(reviewer.get(LASTING)).one("main").all("form")

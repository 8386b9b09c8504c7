"""Calculation on frames: the figures, and the sentences that read them."""

import re
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.analysis.comparison import StrandFigures, compare
from evaluations.analysis.matrix import Cell, Matrix, build_matrix, largest_remaining
from evaluations.analysis.progress import headlines
from evaluations.conditions import Condition, Kind, Tangibility

COLUMNS = ["strand", "kind", "condition", "count"]
TODAY = date(2024, 5, 14)


def frame(**strands):
    """Return a frame of counts: ``frame(a=([achievements x 6], [barriers x 6]))``; noughts have no row."""
    return pd.DataFrame.from_records(
        [
            (strand, kind, condition, number)
            for strand, both in strands.items()
            for kind, numbers in zip(Kind, both, strict=True)
            for condition, number in zip(Condition, numbers, strict=True)
            if number
        ],
        columns=COLUMNS,
    )


def comparison(counts, *, public=()):
    """Return the comparison of the strands of a frame given as ``frame`` takes it."""
    return compare(frame(**counts), [(slug, slug.upper(), slug not in public) for slug in counts])


NONE = [0] * 6


def test_a_matrix_has_the_six_conditions_in_order_and_noughts_where_nothing_was_found():
    matrix = build_matrix(frame(a=([3, 3, 3, 3, 2, 0], NONE)), strand="a", kind="achievement")
    assert [cell.count for cell in matrix.cells] == [3, 3, 3, 3, 2, 0]
    assert (matrix.total, matrix.tangible, matrix.intangible) == (14, 9, 5)
    assert [len(level) for level in matrix.levels] == [3, 2, 1]


def test_a_matrix_of_nothing_is_empty():
    assert build_matrix(frame(), strand="a", kind="barrier").total == 0


def test_a_matrix_that_misses_a_condition_is_refused():
    cells = build_matrix(frame(), strand="a", kind="barrier").cells
    with pytest.raises(ValueError, match="six conditions"):
        Matrix(strand="a", kind=Kind.BARRIER, cells=cells[1:])


def test_a_cell_cannot_show_more_findings_than_it_counts():
    with pytest.raises(ValueError, match="2 findings shown of 1"):
        Cell("a", Kind.BARRIER, Condition.POWER, 1, (object(), object()))


def test_figures_of_a_strand_that_miss_a_cell_are_refused():
    with pytest.raises(ValueError, match="both kinds"):
        StrandFigures("a", "A", True, {(Kind.BARRIER, Condition.POWER): 1})


def test_the_largest_share_is_named_when_one_condition_leads():
    both = frame(a=([3, 3, 3, 3, 2, 1], [3, 4, 4, 3, 3, 7]))
    achievements, barriers = (build_matrix(both, strand="a", kind=kind) for kind in Kind)
    assert largest_remaining(barriers, achievements) == {
        "condition": Condition.MENTAL_MODELS,
        "barriers": 7,
        "of_barriers": 24,
        "achievements": 1,
        "of_achievements": 15,
    }


@pytest.mark.parametrize("numbers", [NONE, [2, 2, 0, 0, 0, 0]])
def test_no_share_is_named_when_none_leads(numbers):
    both = frame(a=(NONE, numbers))
    achievements, barriers = (build_matrix(both, strand="a", kind=kind) for kind in Kind)
    assert largest_remaining(barriers, achievements) is None


def test_the_sentence_reads_the_difference_with_the_deepest_strand_first():
    result = comparison({"c": ([1, 4, 2, 5, 1, 2], [5, 2, 3, 1, 4, 2]), "d": (NONE, [1, 2, 3, 4, 3, 6])})
    assert result.sentences == (
        "Most of D’s barriers are intangible, 13 of 19, and 6 of these sit in mental models; "
        "in C most are tangible, 10 of 17, and 5 of these sit in policies.",
        "Most of C’s achievements are intangible, 8 of 15; D has no achievements.",
    )


def test_more_than_three_strands_are_read_in_groups():
    sides = {
        "a": [1, 0, 0, 0, 0, 3],
        "b": [0, 0, 0, 0, 0, 1],
        "c": [2, 1, 0, 0, 0, 0],
        "d": [1, 0, 0, 1, 0, 0],
    }
    result = comparison({**{slug: (NONE, numbers) for slug, numbers in sides.items()}, "e": (NONE, NONE)})
    assert result.sentences == (
        "Of the barriers, most are intangible in B (1 of 1) and A (3 of 4); most are tangible in C (3 of 3); "
        "half are tangible and half intangible in D (1 of 2); E has none.",
    )


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1, 1, 0, 1, 1, 0], "A’s barriers are evenly split, 2 tangible and 2 intangible"),
        (
            [0, 0, 0, 0, 0, 1],
            "All of A’s barriers are intangible, 1 of 1, and 1 of these sits in mental models",
        ),
        ([2, 2, 0, 1, 0, 0], "Most of A’s barriers are tangible, 4 of 5"),
    ],
)
def test_the_sentence_of_one_strand(numbers, expected):
    (reading,) = comparison({"a": (NONE, numbers), "b": (NONE, NONE)}).sentences
    assert reading.startswith(expected + ";")
    assert reading.endswith("B has no barriers.")


def test_there_is_no_sentence_and_no_share_with_a_strand_from_public_sources():
    result = comparison({"a": (NONE, [1] * 6), "b": (NONE, [2] * 6)}, public=["b"])
    assert result.sentences == ()
    with pytest.raises(ValueError, match="interviews"):
        result.share(result.strands[0], Kind.BARRIER, Tangibility.TANGIBLE)
    assert all(part.shares == () for part in result.parts)


def test_there_is_a_sentence_for_each_kind_that_has_findings():
    assert comparison({"a": (NONE, NONE), "b": (NONE, NONE)}).sentences == ()
    assert comparison({"a": ([1] * 6, NONE), "b": (NONE, NONE)}).sentences == (
        "A’s achievements are evenly split, 3 tangible and 3 intangible; B has no achievements.",
    )


def test_the_widest_differences_come_first_and_those_alike_share_a_rank():
    result = comparison(
        {"a": ([3, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0]), "b": ([0, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 4])}
    )
    assert [(d.rank, d.condition.value, d.kind.value, d.difference, d.most) for d in result.differences] == [
        (1, "mental_models", "barrier", 4, ("B",)),
        (2, "policies", "achievement", 3, ("A",)),
        (3, "practices", "achievement", 1, ("B",)),
        (3, "practices", "barrier", 1, ("A",)),
    ]
    assert [(s.slug, n, of) for s, n, of in result.differences[0].figures] == [("a", 0, 2), ("b", 4, 5)]


def test_a_strand_from_public_sources_is_never_ranked():
    counts = {"a": (NONE, [3] + [0] * 5), "b": (NONE, [1] + [0] * 5), "p": (NONE, [9] * 6)}
    assert comparison({"a": counts["a"], "p": counts["p"]}, public=["p"]).differences == []
    (found,) = comparison(counts, public=["p"]).differences
    assert ([s.slug for s, *_ in found.figures], found.difference, found.most) == (["a", "b"], 2, ("A",))


def test_a_cell_is_thin_when_its_findings_rest_on_one_interview_and_nothing_else():
    rows = [
        ("a", "barrier", "power", 1),
        ("a", "barrier", "policies", 1),
        ("a", "barrier", "policies", 2),
        ("a", "barrier", "practices", 1),
        ("a", "barrier", "practices", None),
        ("b", "barrier", "power", 1),
        ("p", "barrier", "power", 1),
    ]
    names = [("a", "A", True), ("b", "B", True), ("p", "P", False), ("e", "E", True)]
    result = compare(frame(a=(NONE, [1] * 6)), names, rows)
    assert [strand.thin for strand in result.strands] == [
        {(Kind.BARRIER, Condition.POWER)},
        {(Kind.BARRIER, Condition.POWER)},
        set(),
        set(),
    ]
    assert [strand.rests_on_one for strand in result.strands] == [False, True, False, False]


six = st.lists(st.integers(0, 40), min_size=6, max_size=6)


@given(st.lists(st.tuples(six, six), min_size=2, max_size=6))
def test_every_number_of_the_sentences_is_a_figure_and_most_is_above_half(both):
    counts = dict(zip("abcdef", both, strict=False))
    sentences = comparison(counts).sentences
    told = [place for place in (1, 0) if any(sum(numbers[place]) for numbers in both)]
    assert len(sentences) == len(told)
    for sentence, place in zip(sentences, told, strict=True):
        for clause in re.split(r"; |(?<=\)),? (?:and )?", sentence.rstrip(".")):
            if not (slug := re.search(r"\b([B-F]|A(?=[’ ]))\b", clause)):
                continue
            numbers = counts[slug.group(1).lower()][place]
            figures = {*numbers, sum(numbers[:3]), sum(numbers[3:]), sum(numbers)}
            assert {int(number) for number in re.findall(r"\d+", clause)} <= figures
        for part, whole in re.findall(r"most[^;]*?(\d+) of (\d+)", sentence, re.IGNORECASE):
            assert int(part) * 2 > int(whole)


@given(st.lists(st.tuples(six, six), min_size=2, max_size=4))
def test_shares_of_both_sides_add_up_and_the_table_holds_every_figure(both):
    counts = dict(zip("abcd", both, strict=False))
    result = comparison(counts)
    above, below = result.parts
    for (n, of), (m, of_too) in zip(above.shares, below.shares, strict=True):
        assert n + m == of == of_too
    shown = [
        figure.value for part in result.parts for _, cells in part.rows for row in cells for figure in row[1:]
    ]
    assert sum(shown) == sum(result.totals) == sum(sum(a) + sum(b) for a, b in both)


recommendation = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["committed", "added"]),
        "response": st.sampled_from(["none", "accepted", "partly_accepted", "not_accepted"]),
        "status": st.sampled_from(
            ["not_started", "in_progress", "on_hold", "completed", "no_longer_applicable"]
        ),
        "due": st.none() | st.dates(TODAY - timedelta(90), TODAY + timedelta(90)),
        "owner": st.none() | st.integers(1, 5),
        "last_update": st.none() | st.dates(TODAY - timedelta(90), TODAY),
        "created": st.dates(TODAY - timedelta(90), TODAY),
        "funding": st.booleans(),
        "taken_on_by": st.sampled_from(["", "The council"]),
    }
)


@given(st.lists(recommendation, max_size=12))
def test_the_headline_figures_equal_a_plain_recount(rows):
    columns = ["source", "response", "status", "due", "owner", "last_update", "created"]
    columns += ["funding", "taken_on_by"]
    result = headlines(pd.DataFrame(rows, columns=columns).astype({"owner": "Int64"}), TODAY)
    still_open = [r for r in rows if r["status"] not in ("completed", "no_longer_applicable")]
    accepted = ("accepted", "partly_accepted")
    to_do = [r for r in rows if r["source"] == "committed" or r["response"] in accepted]
    assert result.total == len(rows)
    assert result.added == sum(r["source"] == "added" for r in rows)
    assert result.accepted == sum(r["source"] == "added" and r["response"] in accepted for r in rows)
    assert result.implementable == len(to_do)
    assert result.completed == sum(r["status"] == "completed" for r in to_do)
    assert result.open == len(still_open)
    assert result.overdue == sum(r["due"] is not None and r["due"] < TODAY for r in still_open)
    in_time = [r["due"] for r in still_open if r["due"] is not None and r["due"] >= TODAY]
    assert result.soon == sum((due - TODAY).days <= 30 for due in in_time)
    assert result.undated == sum(r["due"] is None for r in still_open)
    assert result.unowned == sum(r["owner"] is None for r in still_open)
    assert result.stuck == sum((TODAY - (r["last_update"] or r["created"])).days >= 30 for r in still_open)
    assert result.funding == sum(r["funding"] for r in still_open)
    assert result.taken_on == sum(r["taken_on_by"] != "" for r in still_open)

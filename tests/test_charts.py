"""Charts: plain lists, mirrored figures, and nothing that colour alone tells apart."""

import json
from itertools import combinations

import pandas as pd
import pytest

from evaluations.analysis.heat import heat
from evaluations.analysis.progress import by_condition
from evaluations.analysis.rounds import FindingLine, Move, compare_rounds
from evaluations.charts import (
    COLOURS,
    MOVES,
    SIDES,
    STATUSES,
    mirrored_bars,
    progress,
    rounds,
    waterline_shares,
)
from evaluations.conditions import Condition, Kind
from evaluations.models import Status

from .test_analysis import NONE, comparison

COUNTS = {"a": ([3, 3, 3, 3, 2, 1], [3, 4, 4, 3, 3, 7]), "b": ([2, 3, 3, 2, 0, 0], [1, 2, 4, 2, 1, 3])}


def test_achievements_go_left_and_barriers_right_on_one_scale():
    charts = mirrored_bars(comparison(COUNTS))
    ranges = []
    for (slug, both), (strand, figure) in zip(COUNTS.items(), charts, strict=True):
        achievements, barriers = figure["data"]
        assert strand.slug == slug
        assert achievements["x"] == [-number for number in both[0]]
        assert barriers["x"] == both[1]
        assert achievements["text"] == [str(number) for number in both[0]]
        ranges.append(figure["layout"]["xaxis"]["range"])
    assert ranges[0] == ranges[1]


def test_figures_hold_nothing_but_what_json_holds():
    result = comparison(COUNTS)
    for figure in [figure for _, figure in mirrored_bars(result)] + [waterline_shares(result)]:
        assert json.loads(json.dumps(figure)) == json.loads(json.dumps(figure, allow_nan=False))


def test_bars_from_public_sources_are_outlined_and_those_from_interviews_filled():
    (_, filled), (_, outlined) = mirrored_bars(comparison(COUNTS, public=["b"]))
    assert [bar["marker"]["color"] for bar in filled["data"]] == [COLOURS[kind] for kind in Kind]
    assert {bar["marker"]["color"] for bar in outlined["data"]} == {"#ffffff"}
    assert [bar["marker"]["line"]["color"] for bar in outlined["data"]] == [COLOURS[kind] for kind in Kind]


def test_every_condition_has_its_bar_even_when_empty():
    ((_, figure), _) = mirrored_bars(comparison({"a": (NONE, NONE), "b": (NONE, NONE)}))
    assert all(len(bar["y"]) == len(Condition) for bar in figure["data"])


def test_shares_are_labelled_as_n_of_all():
    tangible, intangible = waterline_shares(comparison(COUNTS))["data"]
    assert tangible["text"][:2] == ["Tangible 9 of 15", "Tangible 11 of 24"]
    assert intangible["text"][:2] == ["Intangible 6 of 15", "Intangible 13 of 24"]


def test_there_is_no_chart_of_shares_with_a_strand_from_public_sources():
    with pytest.raises(ValueError, match="interviews"):
        waterline_shares(comparison(COUNTS, public=["b"]))


def test_what_became_of_findings_is_stacked_by_condition_in_the_order_of_the_table():
    result = two_rounds(
        [("resolved", "power"), ("persists", "power"), ("persists", "policies"), ("new", "policies")]
    )

    ((kind, figure),) = rounds(result)

    assert kind is Kind.BARRIER, "there is no achievement in either round"
    assert {bars["name"]: bars["x"] for bars in figure["data"]} == {
        "Resolved": [0, 0, 0, 0, 1, 0],
        "Persists": [1, 0, 0, 0, 1, 0],
        "New": [1, 0, 0, 0, 0, 0],
    }
    assert [bars["text"][0] for bars in figure["data"]] == ["", "1", "1"]


def two_rounds(moved):
    """Return the rounds of a strand whose barriers moved so: ``(move, condition)``."""
    earlier = [FindingLine(n, "barrier", c, "Was") for n, (move, c) in enumerate(moved) if move != "new"]
    later = [FindingLine(n, "barrier", c, "Is") for n, (move, c) in enumerate(moved) if move != "resolved"]
    outcomes = [
        (n, None if move == "resolved" else n, move) for n, (move, _) in enumerate(moved) if move != "new"
    ]
    one, two = comparison({"a": (NONE, NONE), "b": (NONE, NONE)}).strands
    return compare_rounds(
        earlier=one, later=two, earlier_findings=earlier, later_findings=later, outcomes=outcomes
    )


def test_progress_is_stacked_by_condition_and_a_status_that_nothing_has_is_left_out():
    frame = pd.DataFrame(
        {"condition": ["power", "power", "policies"], "status": ["completed", "not_started", "not_started"]}
    )
    rows = by_condition(frame, STATUSES)
    figure = progress(rows, {status: status.replace("_", " ") for status in STATUSES})

    assert [condition for condition, _ in rows] == [Condition.POLICIES, Condition.POWER]
    assert {bars["name"]: bars["x"] for bars in figure["data"]} == {
        "not started": [1, 1],
        "completed": [0, 1],
    }
    assert json.loads(json.dumps(figure)) == json.loads(json.dumps(figure, allow_nan=False))


def test_the_statuses_and_moves_that_are_drawn_are_those_there_are():
    assert list(STATUSES) == Status.values
    assert set(MOVES) == set(Move)


@pytest.mark.parametrize("looks", [MOVES, STATUSES, SIDES])
def test_parts_of_a_bar_differ_in_pattern_or_clearly_in_lightness(looks):
    for one, other in combinations(looks.values(), 2):
        apart = abs(lightness(one.fill) - lightness(other.fill))
        assert one.pattern != other.pattern or apart > 0.05, (one, other)


@pytest.mark.parametrize("look", [*MOVES.values(), *STATUSES.values(), *SIDES.values()])
def test_numbers_in_a_bar_stand_out_from_it(look):
    light, dark = sorted((lightness(look.fill), lightness(look.text)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def lightness(colour):
    """Return the relative luminance of a colour such as ``#0d4a5e``, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_achievements_and_barriers_are_told_apart_without_colour_too():
    ((_, figure), _) = mirrored_bars(comparison(COUNTS))
    achievements, barriers = figure["data"]
    assert "pattern" not in achievements["marker"] and barriers["marker"]["pattern"]["shape"] == "/"
    headings = [note["text"] for note in figure["layout"]["annotations"]]
    assert headings == ["Achievements", "To do and<br>barriers"]


# --- The table that is shaded by number -------------------------------------------------------------------


def test_cells_are_shaded_on_one_scale_and_one_finding_is_never_blank():
    achievements, barriers = heat(comparison(COUNTS))
    cells = dict(barriers.rows)[Condition.MENTAL_MODELS]
    assert [(cell.count, cell.step) for cell in cells] == [(7, 5), (3, 3)]
    cells = dict(achievements.rows)[Condition.MENTAL_MODELS]
    assert [(cell.count, cell.step) for cell in cells] == [(1, 1), (0, 0)]


def test_a_strand_from_public_sources_is_counted_and_not_shaded():
    _, barriers = heat(comparison(COUNTS, public=["a"]))
    cells = dict(barriers.rows)[Condition.RESOURCES]
    assert [(cell.count, cell.step) for cell in cells] == [(4, None), (4, 5)]


def test_nothing_to_shade_is_no_error():
    assert heat(comparison({"a": (NONE, NONE)}))[0].rows[0][1][0].step == 0

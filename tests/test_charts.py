"""Charts: plain lists, mirrored figures, and outlines for what does not come from interviews."""

import json

import pytest

from evaluations.charts import COLOURS, mirrored_bars, waterline_shares
from evaluations.conditions import Condition, Kind

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

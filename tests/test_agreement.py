"""Agreement between two coders: the published worked examples, both percentages, and what is not defined."""

import pandas as pd
import pytest

from evaluations.analysis.agreement import (
    agreement,
    coefficients,
    cohens_kappa,
    confusion,
    krippendorffs_alpha,
    percentage,
)
from evaluations.conditions import CodeKind, Condition


def coders(*rows):
    """Return ratings as published: a line per coder."""
    return pd.DataFrame([row.split() for row in rows]).T


def decided(both=0, first=0, second=0, neither=0):
    """Return units with so many decisions of each sort."""
    rows = [(True, True)] * both + [(True, False)] * first + [(False, True)] * second
    rows += [(False, False)] * neither
    return pd.DataFrame(rows, columns=["first", "second"]).assign(condition="power", kind="barrier")


# --- Published worked examples ----------------------------------------------------------------------------

# Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011, sections A and B (nominal, two coders).
BINARY = ("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
NOMINAL = ("a a b b d c c c e d d a", "b a b b b c c c e d d d")


@pytest.mark.parametrize(("ratings", "alpha"), [(BINARY, 0.095), (NOMINAL, 0.692)])
def test_alpha_is_that_of_the_published_examples(ratings, alpha):
    assert krippendorffs_alpha(coders(*ratings)) == pytest.approx(alpha, abs=0.0005)


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        # Fifty grant proposals read by two people (Wikipedia, "Cohen's kappa").
        ({"both": 20, "first": 5, "second": 10, "neither": 15}, 0.4),
        # The same agreement of 60 in 100, with other marginals (the same article).
        ({"both": 45, "first": 15, "second": 25, "neither": 15}, 0.1304),
        ({"both": 25, "first": 35, "second": 5, "neither": 35}, 0.2593),
    ],
)
def test_kappa_is_that_of_the_published_examples(table, kappa):
    assert cohens_kappa(decided(**table)[["first", "second"]]) == pytest.approx(kappa, abs=0.0005)


def test_kappa_takes_more_than_two_values():
    """Three values in ten units: 6 agreed, 0.34 expected by chance."""
    ratings = coders("a a a a b b b c c c", "a a a b b b c c c a")
    assert cohens_kappa(ratings) == pytest.approx((0.7 - 0.34) / (1 - 0.34), abs=0.0005)


# --- Both percentages -------------------------------------------------------------------------------------


def test_the_sentence_says_both_figures_with_their_n():
    units = decided(both=14, first=5, second=3, neither=104)
    assert confusion(units).sentence == (
        "The two coders agreed on 94% of 126 units. Of the 22 that at least one coded, they agreed on 14."
    )


def test_without_codes_or_units_the_sentence_says_so():
    assert confusion(decided(neither=18)).sentence == (
        "The two coders agreed on 100% of 18 units. Neither of them coded anything."
    )
    assert confusion(decided()).sentence == "There are no units to compare."


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(999, 1000, 99), (1, 1000, 1), (5, 5, 100), (0, 5, 0), (0, 0, None)]
)
def test_a_percentage_is_100_or_0_only_when_it_is_all_or_none(part, whole, shown):
    assert percentage(part, whole) == shown


def test_agreement_is_given_per_condition_and_per_kind_in_the_models_order():
    one = decided(both=1, first=1, neither=4)
    other = decided(second=2, neither=4).assign(condition="policies", kind="suggestion")
    found = agreement(pd.concat([one, other], ignore_index=True))
    assert (found.overall.n, found.overall.agreed, found.overall.coded) == (12, 9, 4)
    assert [row for row, _ in found.by_condition] == list(Condition)
    assert [row for row, _ in found.by_kind] == list(CodeKind)
    figures = {row.value: (counted.percentage, counted.n) for row, counted in found.by_condition}
    assert figures["power"] == (83, 6)
    assert figures["policies"] == (67, 6)
    assert figures["resources"] == (None, 0)
    kinds = {row.value: (counted.first_only, counted.second_only) for row, counted in found.by_kind}
    assert kinds == {"achievement": (0, 0), "barrier": (1, 0), "suggestion": (0, 2)}


# --- Readings ---------------------------------------------------------------------------------------------


def test_kappa_and_alpha_say_how_to_read_them_and_by_whom():
    kappa, alpha = coefficients(decided(both=14, first=5, second=3, neither=104))
    assert (kappa.shown, kappa.n) == ("0.74", 126)
    assert kappa.reading == (
        "substantial agreement beyond chance (by Landis and Koch 1977, a convention, not a test)."
    )
    assert (alpha.shown, alpha.n) == ("0.74", 126)
    assert alpha.reading == (
        "enough for tentative conclusions only (by Krippendorff 2004, a convention, not a test)."
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"both": 50, "neither": 50}, "almost perfect"),
        ({"both": 30, "first": 20, "second": 20, "neither": 30}, "slight"),
        ({"both": 10, "first": 40, "second": 40, "neither": 10}, "poor"),
    ],
)
def test_the_reading_follows_the_bands(table, words):
    kappa, _ = coefficients(decided(**table))
    assert kappa.reading.startswith(words)


@pytest.mark.parametrize("table", [{}, {"neither": 1}, {"neither": 36}, {"both": 36}])
def test_without_variation_neither_is_defined_and_it_says_so(table):
    for coefficient in coefficients(decided(**table)):
        assert (coefficient.value, coefficient.shown) == (None, "not defined")
        assert not any(word in coefficient.reading for word in ("nan", "None", "agreement beyond"))


def test_kappa_of_a_coder_who_decided_alike_throughout_warns_that_it_says_nothing():
    kappa, _ = coefficients(decided(first=3, neither=33))
    assert kappa.shown == "0.00"
    assert "says nothing" in kappa.reading

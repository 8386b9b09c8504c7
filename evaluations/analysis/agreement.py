"""How far two coders agree: percentages with their n, and, for those who ask, kappa and alpha.

The unit is answer x condition x kind, coded or not by each coder. Most units are coded by neither, so the
percentage of all units flatters: it always stands beside the share of the units that at least one coded.
"""

from dataclasses import dataclass

import pandas as pd

from evaluations.conditions import CodeKind, Condition

# Landis and Koch 1977: the lowest value of each band, from the top. A convention, not a test.
_BANDS = (
    (0.81, "almost perfect"),
    (0.61, "substantial"),
    (0.41, "moderate"),
    (0.21, "fair"),
    (0.0, "slight"),
)
# Krippendorff 2004: what conclusions alpha allows.
_RELIABLE, _TENTATIVE = 0.8, 0.667


@dataclass(frozen=True)
class Confusion:
    """Two coders' decisions on the same units, counted."""

    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def n(self):
        """Return the number of units."""
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def agreed(self):
        """Return on how many units the two decided alike."""
        return self.both + self.neither

    @property
    def coded(self):
        """Return how many units at least one of them coded."""
        return self.n - self.neither

    @property
    def first(self):
        """Return how many units the first coder coded."""
        return self.both + self.first_only

    @property
    def second(self):
        """Return how many units the second coder coded."""
        return self.both + self.second_only

    @property
    def percentage(self):
        """Return the percentage agreement over all units; None without any."""
        return percentage(self.agreed, self.n)

    @property
    def sentence(self):
        """Return both figures in words, for example ``The two coders agreed on 94% of 126 units. ...``."""
        if not self.n:
            return "There are no units to compare."
        whole = f"The two coders agreed on {self.percentage}% of {_units(self.n)}."
        if not self.coded:
            return f"{whole} Neither of them coded anything."
        return f"{whole} Of the {self.coded} that at least one coded, they agreed on {self.both}."


@dataclass(frozen=True)
class Coefficient:
    """A coefficient of agreement: its value (None where it is not defined), n, and how to read it."""

    name: str
    value: float | None
    n: int
    reading: str

    @property
    def shown(self):
        """Return the value as people read it: ``0.71``, or ``not defined``."""
        if self.value is None:
            return "not defined"
        return f"{round(self.value, 2) + 0.0:.2f}".replace("-", "−")


@dataclass(frozen=True)
class Agreement:
    """What the agreement pages show: over all units, by condition and by kind."""

    overall: Confusion
    by_condition: tuple
    by_kind: tuple


def percentage(part, whole):
    """Return ``part`` of ``whole`` as a whole percentage; 100 and 0 are kept for all and for none."""
    if not whole:
        return None
    if part in (0, whole):
        return 100 if part else 0
    return min(99, max(1, round(100 * part / whole)))


def agreement(units):
    """Return the ``Agreement`` over a frame of units.

    Its columns are ``condition``, ``kind``, and ``first`` and ``second``: whether each of them coded it.
    """
    return Agreement(
        overall=confusion(units),
        by_condition=tuple((row, confusion(units[units["condition"] == row.value])) for row in Condition),
        by_kind=tuple((row, confusion(units[units["kind"] == row.value])) for row in CodeKind),
    )


def confusion(units):
    """Return the ``Confusion`` of a frame of units with columns ``first`` and ``second``."""
    first, second = units["first"].astype(bool), units["second"].astype(bool)
    return Confusion(
        both=int((first & second).sum()),
        first_only=int((first & ~second).sum()),
        second_only=int((~first & second).sum()),
        neither=int((~first & ~second).sum()),
    )


def coefficients(units):
    """Return Cohen's kappa and Krippendorff's alpha of a frame of units, each a ``Coefficient``."""
    counted = confusion(units)
    ratings = units[["first", "second"]].astype(int)
    return _kappa_of(cohens_kappa(ratings), counted), _alpha_of(krippendorffs_alpha(ratings), counted)


def cohens_kappa(ratings):
    """Return Cohen's kappa of two coders (a column each, a row per unit); None where it is not defined."""
    return _statistic(ratings, "Kappa")


def krippendorffs_alpha(ratings):
    """Return Krippendorff's alpha (nominal) of two coders of every unit; None where it is not defined."""
    return _statistic(ratings, "Alpha")


def _statistic(ratings, name):
    from pycm import ConfusionMatrix  # here, since it takes time to load, for those who ask

    first, second = (list(ratings[column]) for column in ratings.columns)
    values = sorted({*first, *second})
    if len(values) < 2:
        return None
    pairs = pd.Series(list(zip(first, second, strict=True))).value_counts()
    matrix = {mine: {theirs: int(pairs.get((mine, theirs), 0)) for theirs in values} for mine in values}
    value = getattr(ConfusionMatrix(matrix=matrix), name)
    return float(value) if isinstance(value, int | float) else None


def _kappa_of(value, counted):
    """Return kappa with its reading."""
    if value is None:
        reading = _undefined(counted)
    elif 0 in (counted.first, counted.second) or counted.n in (counted.first, counted.second):
        reading = "one coder decided alike on every unit, so kappa is 0 by its formula and says nothing here."
    else:
        reading = f"{_band(value)} (by Landis and Koch 1977, a convention, not a test)."
    return Coefficient("Cohen’s kappa", value, counted.n, reading)


def _alpha_of(value, counted):
    """Return alpha with its reading."""
    source = "(by Krippendorff 2004, a convention, not a test)."
    if value is None:
        reading = _undefined(counted)
    elif value >= _RELIABLE:
        reading = f"reliable enough to draw conclusions from {source}"
    elif value >= _TENTATIVE:
        reading = f"enough for tentative conclusions only {source}"
    else:
        reading = f"not reliable enough to draw conclusions from {source}"
    return Coefficient("Krippendorff’s alpha", value, counted.n, reading)


def _undefined(counted):
    if not counted.n:
        return "there are no units to compare."
    return "both coders decided alike on every unit, so there is no variation to correct for chance."


def _band(value):
    """Return Landis and Koch's words for a value, which they print to two places."""
    rounded = round(value, 2)
    if rounded < 0:
        return "poor agreement, less than chance alone would bring"
    return next(f"{words} agreement beyond chance" for lowest, words in _BANDS if rounded >= lowest)


def _units(number):
    return "1 unit" if number == 1 else f"{number:,} units"

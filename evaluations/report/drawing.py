"""A drawing as a few shapes on a sheet: what the figures of the report are drawn with, in every format.

Lengths are in points from the top left corner; colours are ``#rrggbb``.
"""

from dataclasses import dataclass
from math import pi, sin

WAVE_LENGTH, WAVE_HEIGHT, WAVE_STEP = 60, 3, 3  # in points


@dataclass(frozen=True)
class Rect:
    """A rectangle; without ``fill`` only its edge is drawn, ``round`` is the radius of its corners."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    edge: str = ""
    round: float = 0


@dataclass(frozen=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    width: float = 1


@dataclass(frozen=True)
class Wave:
    """The waterline: a wave from ``x1`` to ``x2`` around the height ``y``."""

    x1: float
    x2: float
    y: float
    colour: str
    width: float = 2

    @property
    def points(self):
        """Return the points that it goes through, close enough for straight lines between them."""
        steps = max(1, round((self.x2 - self.x1) / WAVE_STEP))
        across = [self.x1 + (self.x2 - self.x1) * step / steps for step in range(steps + 1)]
        return [
            (x, round(self.y + WAVE_HEIGHT * sin(2 * pi * (x - self.x1) / WAVE_LENGTH), 2)) for x in across
        ]


@dataclass(frozen=True)
class Words:
    """One line of words whose baseline is at ``y``; ``anchor`` is start, middle or end of it at ``x``."""

    text: str
    x: float
    y: float
    size: float = 11
    colour: str = "#12303a"
    anchor: str = "start"
    bold: bool = False


@dataclass(frozen=True)
class Drawing:
    """A sheet of a width and a height with ``shapes`` on it, the first at the bottom."""

    width: float
    height: float
    shapes: tuple

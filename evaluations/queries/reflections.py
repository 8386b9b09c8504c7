"""Reading reflections: themes, their points, and the quotations behind each."""

from collections import defaultdict
from dataclasses import dataclass

from evaluations.models import ReflectionQuotation

from .quotations import shown_quotations


@dataclass(frozen=True)
class ShownPoint:
    """One point with the quotations behind it."""

    id: int
    text: str
    quotations: tuple


@dataclass(frozen=True)
class ShownReflection:
    """A theme with its ``ShownPoint`` objects; ``strand`` is its strand's name, or nothing."""

    id: int
    subject: str
    strand: str
    theme: str
    points: tuple


def shown_reflections(reflections, points, quotations, groups):
    """Return the reflections in order as ``ShownReflection``.

    ``points`` and ``quotations`` are those that the audience sees. A fixed number of queries.
    """
    themes = list(reflections.select_related("strand"))
    points = list(points.filter(reflection__in=[theme.pk for theme in themes]))
    links = ReflectionQuotation.objects.filter(point__in=[point.pk for point in points])
    linked = defaultdict(list)
    for point, quotation in links.values_list("point_id", "quotation_id"):
        linked[point].append(quotation)
    shown = shown_quotations(quotations, {key for keys in linked.values() for key in keys}, groups)
    by_theme = defaultdict(list)
    for point in points:
        behind = tuple(shown[key] for key in linked[point.pk] if key in shown)
        by_theme[point.reflection_id].append(ShownPoint(point.pk, point.text, behind))
    return [
        ShownReflection(
            theme.pk, theme.subject, str(theme.strand or ""), theme.theme, tuple(by_theme[theme.pk])
        )
        for theme in themes
    ]

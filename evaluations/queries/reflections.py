"""Reading reflections: themes, their points, and the quotations behind each."""

from collections import defaultdict
from dataclasses import dataclass

from evaluations.models import ReflectionPoint, ReflectionQuotation

from .quotations import shown_quotations


@dataclass(frozen=True)
class ShownReflection:
    """A theme with its points: ``points`` is a tuple of (text, quotations)."""

    subject: str
    theme: str
    points: tuple


def shown_reflections(reflections, quotations, groups):
    """Return the reflections in order as ``ShownReflection``; ``quotations`` are those the audience sees."""
    themes = list(reflections)
    points = ReflectionPoint.objects.filter(reflection__in=[theme.pk for theme in themes])
    links = ReflectionQuotation.objects.filter(
        point__reflection__in=[theme.pk for theme in themes], quotation__in=quotations.values("pk")
    )
    linked = defaultdict(list)
    for point, quotation in links.values_list("point_id", "quotation_id"):
        linked[point].append(quotation)
    shown = shown_quotations(quotations, {key for keys in linked.values() for key in keys}, groups)
    by_theme = defaultdict(list)
    for point in points:
        by_theme[point.reflection_id].append(
            (point.text, tuple(shown[key] for key in linked[point.pk] if key in shown))
        )
    return [ShownReflection(theme.subject, theme.theme, tuple(by_theme[theme.pk])) for theme in themes]

"""Reading reflections: themes, their points, and the quotations behind each."""

from collections import defaultdict
from dataclasses import dataclass

from evaluations.models import ReflectionQuotation
from evaluations.text import search_words

from .quotations import gated_quotations, shown_quotations

MOST_FOUND = 20


@dataclass(frozen=True)
class ShownPoint:
    """One point with the quotations behind it."""

    id: int
    version: int
    text: str
    quotations: tuple


@dataclass(frozen=True)
class ShownReflection:
    """A theme with its ``ShownPoint`` objects; ``strand`` is its strand's name or nothing, ``row`` itself."""

    id: int
    subject: str
    strand: str
    theme: str
    points: tuple
    row: object

    @property
    def quoted(self):
        """Return how many quotations stand behind its points, one behind two of them counted twice."""
        return sum(len(point.quotations) for point in self.points)

    @property
    def reaching(self):
        """Return how many of these reach readers."""
        return sum(quotation.reaches_readers for point in self.points for quotation in point.quotations)


def shown_reflections(reflections, points, quotations, groups):
    """Return the reflections in order as ``ShownReflection``, each quotation a ``ShownQuotation``.

    ``points`` and ``quotations`` are those that the audience sees. A fixed number of queries.
    """
    return _with_points(reflections, points, lambda keys: shown_quotations(quotations, keys, groups))


def gated_reflections(reflections, points, quotations, groups, versions):
    """Return the same for evaluators: each quotation a ``GatedQuotation``, which says what readers see."""

    def read(keys):
        found = gated_quotations(quotations.filter(pk__in=keys), groups, versions)
        return {row.id: row for row in found}

    return _with_points(reflections, points, read)


def to_attach(quotations, *, besides, words):
    """Return scoped quotations that hold every one of ``words``, newest first, but those of a point.

    ``besides`` is that point. Whatever they are coded as; suggestions, and those not coded, are among them.
    """
    behind = ReflectionQuotation.objects.filter(point=besides).values("quotation")
    for word in search_words(words):
        quotations = quotations.filter(text__icontains=word)
    return quotations.exclude(pk__in=behind).order_by("-pk")


def _with_points(reflections, points, read):
    """Put reflections together; ``read`` returns quotations by number, those that may be shown."""
    themes = list(reflections.select_related("strand"))
    points = list(points.filter(reflection__in=[theme.pk for theme in themes]))
    links = ReflectionQuotation.objects.filter(point__in=[point.pk for point in points])
    linked = defaultdict(list)
    for point, quotation in links.values_list("point_id", "quotation_id"):
        linked[point].append(quotation)
    shown = read({key for keys in linked.values() for key in keys})
    by_theme = defaultdict(list)
    for point in points:
        behind = tuple(shown[key] for key in linked[point.pk] if key in shown)
        by_theme[point.reflection_id].append(ShownPoint(point.pk, point.version, point.text, behind))
    return [
        ShownReflection(
            theme.pk, theme.subject, str(theme.strand or ""), theme.theme, tuple(by_theme[theme.pk]), theme
        )
        for theme in themes
    ]

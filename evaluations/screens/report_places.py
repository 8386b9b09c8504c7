"""Where a text of the report is mended: the screen that its ``about`` leads to."""

from django.urls import reverse

from evaluations import access
from evaluations.report.passages import FRONT


class Places:
    """Leads from what a text is about to the screen where it is mended. Two queries, whatever is asked."""

    def __init__(self, member):
        self.slug = member.evaluation.slug
        points = access.points_for(member).order_by().values_list("pk", "reflection")
        self.reflections = {str(point): reflection for point, reflection in points}
        cells = access.summaries_for(member).values_list("pk", "strand__slug", "kind", "condition")
        self.cells = {str(summary): cell for summary, *cell in cells}

    def of(self, about, section=FRONT):
        """Return ``(what the link says, address)`` for what a text of a section is about."""
        kind, _, key = about.partition(":")
        match kind:
            case "finding":
                return "Open the finding", self._address("finding-edit", key)
            case "recommendation":
                return f"Open {key}", self._address("recommendation-edit", key)
            case "reflection":
                return "Open the reflection", self._address("reflection-detail", key)
            case "point" if key in self.reflections:
                return "Open the reflection", self._address("reflection-detail", self.reflections[key])
            case "summary" if key in self.cells:
                return "Open the summary", self._address("summary-edit", *self.cells[key])
            case "quotation":
                return "Open the quotation", self._address("quotation-edit", key)
            case "strand":
                return "Open the strand", self._address("strand-edit", key)
            case "glossary":
                return "Open the words used", self._address("setup-edit")
        if section == FRONT or kind == "coreq":
            return "Open the report’s settings", self._address("report-edit")
        return "Open the section", self._address("section-edit", section)

    def _address(self, route, *values):
        return reverse(route, args=[self.slug, *values])

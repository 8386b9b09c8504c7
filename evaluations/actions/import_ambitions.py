"""Rows of ambitions in an import: recognised by their strand and words, never changed."""

from evaluations.conditions import Condition
from evaluations.importing.naming import conditions_in
from evaluations.importing.rows import same_words
from evaluations.models import Ambition, AmbitionCondition

from .import_draft import Objection


class AmbitionRows:
    """Takes rows of ambitions into a ``Draft``."""

    def __init__(self, draft):
        self.draft, self.known = draft, draft.known
        self.shifts = {}  # the conditions of new ambitions, by what they are known by

    def take(self, row):
        """Take a row and say whether it brings something new. Raises Objection."""
        strand = self.draft.strand(row["strand"], "strand")
        fields = {"kind": row["kind"], "dimension": self._dimension(row)}
        conditions = self._conditions(row)
        key = (strand.pk, same_words(row["text"]))
        if here := self.known.ambitions.get(key):
            if here.pk is None:
                self._check_agrees(row, here, fields, conditions, self.shifts[key])
            return False
        place = self.known.ambition_ends[strand.pk]
        self.known.ambition_ends[strand.pk] = place + 1
        ambition = self.draft.add(Ambition, strand=strand, text=row["text"], position=place, **fields)
        for condition in conditions:
            self.draft.add(AmbitionCondition, ambition=ambition, condition=condition)
        self.known.ambitions[key], self.shifts[key] = ambition, conditions
        return True

    def _dimension(self, row):
        """Return the programme's own dimension as Set-up lists it; nothing for an empty cell."""
        if not row["dimension"]:
            return ""
        if name := self.known.dimensions.get(same_words(row["dimension"])):
            return name
        listed = ", ".join(self.known.dimensions.values())
        lists = f"Set-up lists: {listed}." if listed else "Set-up lists none yet: add it there first."
        raise Objection("dimension", f"“{row['dimension'][:60]}” is no dimension of this evaluation. {lists}")

    def _conditions(self, row):
        conditions, unknown = conditions_in(row["conditions"], self.known.headings)
        if unknown or not conditions:
            allowed = ", ".join(condition.label for condition in Condition)
            wrong = unknown[0] if unknown else row["conditions"]
            raise Objection("conditions", f"“{wrong[:60]}” is not one of: {allowed}.")
        return conditions

    def _check_agrees(self, row, here, fields, conditions, before):
        """Object to a row that says something else of an ambition than an earlier row of the file."""
        differing = [name for name, value in fields.items() if value != getattr(here, name)]
        if conditions != before:
            differing.append("conditions")
        if differing:
            raise Objection(
                differing[0], "An earlier row of this file says something else of the same ambition."
            )

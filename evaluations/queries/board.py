"""Reading the board of a cell: findings with their evidence, quotations without one, what was done."""

from dataclasses import dataclass

from .findings import quotations_by_finding
from .quotations import gated_quotations

NOTED = 40  # steps that are looked through for those of a cell or a finding
RECENT = 8


@dataclass(frozen=True)
class BoardFinding:
    """One finding on the board, with its quotations as evaluators see them."""

    row: object
    quotations: tuple

    @property
    def reaching(self):
        """Return how many of its quotations reach readers."""
        return sum(quotation.reaches_readers for quotation in self.quotations)


def on_board(rows, links, quotations, groups):
    """Return findings as ``BoardFinding`` objects in the same order. A fixed number of queries."""

    def read(ids):
        return {item.id: item for item in gated_quotations(quotations.filter(pk__in=ids), groups)}

    found = quotations_by_finding(rows, links, read)
    return [BoardFinding(row=row, quotations=tuple(found[row.pk])) for row in rows]


def without_finding(quotations, links):
    """Narrow quotations to those that are no finding's evidence; ``links`` are those that count.

    The links are looked up once: asked for each quotation, a large cell would take minutes.
    """
    return quotations.exclude(pk__in=links.values("quotation"))


def latest(changes):
    """Return the latest steps, with who took them."""
    return list(changes.select_related("by")[:NOTED])


def of_cell(changes, *, strand, kind, condition):
    """Return those steps that touched a finding in this cell, before or after."""
    cell = (strand.pk, kind.value, condition.value)
    return [
        change
        for change in changes
        if any(
            state and (state["strand_id"], state["kind"], state["condition"]) == cell
            for noted in (change.before, change.after)
            for state in noted.values()
        )
    ][:RECENT]


def of_finding(changes, pk):
    """Return those steps that touched this finding."""
    return [change for change in changes if str(pk) in change.after][:RECENT]


def with_undo(changes, undoable):
    """Return pairs of a step and whether it can be undone."""
    return [(change, change.pk in undoable) for change in changes]


def just_done(steps, number):
    """Return the pair whose step has this number (as an address sends it), unless it is undone; else None."""
    return next((pair for pair in steps if str(pair[0].pk) == number and not pair[0].undone_at), None)

"""Reading findings: counts by cell, the first of each cell, and one page of a list."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import pandas as pd
from django.db.models import Count, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber

from evaluations.conditions import Condition, Kind
from evaluations.models import Finding, Scope, Strand
from evaluations.replica import figures
from evaluations.text import search_words

from .quotations import shown_quotations

SHOWN_PER_CELL = 50
_PLACE = Window(  # of a finding in its cell, from 1
    RowNumber(),
    partition_by=[F("strand"), F("kind"), F("condition")],
    order_by=[F("position"), F("pk")],
)


@dataclass(frozen=True)
class ShownFinding:
    """One finding as a matrix or a list shows it, with the quotations its audience sees.

    ``scope`` is in words. Who assembles the page adds its ``evidence`` (``analysis.evidence``), what a
    workshop gave it, and of an achievement whether it lasts, in words that fit the day.
    """

    id: int
    kind: str
    condition: str
    text: str
    note: str
    status: str
    source: str
    scope: str
    holder: str
    quotations: tuple
    row: object
    evidence: object = None
    room_weight: object = None
    lasting: str = ""

    @property
    def is_draft(self):
        """Say whether only evaluators see it."""
        return self.status == "draft"

    @property
    def is_named_by_source(self):
        """Say whether its published source, which is shown with it, says all that stands behind it."""
        return bool(self.source) and self.evidence.is_only_published


def count_frame(findings):
    """Return counts by cell: a frame with the columns strand (slug), kind, condition, count. Two queries."""
    cells = _cells(findings)
    slugs = dict(_strands_of(cells).values_list("pk", "slug"))
    rows = [(slugs[strand], kind, condition, count) for strand, kind, condition, count in cells]
    return pd.DataFrame.from_records(rows, columns=["strand", "kind", "condition", "count"])


def cell_counts(findings):
    """Return ``{(strand's number, kind, condition): number of findings}``. One query."""
    return {tuple(cell): count for *cell, count in _cells(findings)}


def _cells(findings):
    """Return ``[(strand's number, kind, condition, count)]``, without a look at any other table."""
    return figures(findings, "strand_id", "kind", "condition", count=Count("pk"))


def _strands_of(cells):
    return Strand.objects.filter(pk__in={strand for strand, *_ in cells})


class InModelOrder:
    """Findings in the model's order, for a ``Paginator``: a page reads only the cells that it shows."""

    def __init__(self, findings):
        self.findings = findings

    @cached_property
    def cells(self):
        """Return ``[(strand's number, kind, condition, count)]`` in the model's order. Two queries."""
        return _in_order(_cells(self.findings))

    def count(self):
        """Return how many findings there are."""
        return sum(count for *_, count in self.cells)

    def __getitem__(self, part):
        """Return the findings of a slice as a queryset."""
        before, first, shown = 0, part.start, Q(pk__in=[])
        for strand, kind, condition, count in self.cells:
            if before + count <= part.start:
                first = part.start - before - count
            elif before < part.stop:
                shown |= Q(strand=strand, kind=kind, condition=condition)
            before += count
        return self.findings.filter(shown).in_model_order()[first : first + part.stop - part.start]


class Found:
    """Findings that were looked for, in the model's order, for a ``Paginator``: they are looked for once."""

    def __init__(self, findings):
        self.findings = findings

    @cached_property
    def numbers(self):
        """Return the numbers of all that were found, in the model's order. Two queries."""
        rows = self.findings.order_by().values_list("strand_id", "kind", "condition", "position", "pk")
        return [pk for *_, pk in _in_order(list(rows))]

    def count(self):
        """Return how many findings there are."""
        return len(self.numbers)

    def __getitem__(self, part):
        """Return the findings of a slice as a queryset."""
        rows = Finding.objects.filter(pk__in=self.numbers[part])
        return rows.select_related("strand", "source").in_model_order()


def _in_order(rows):
    """Sort rows that begin with a strand's number, a kind and a condition in the model's order. One query."""
    places = dict(_strands_of(rows).values_list("pk", "position"))
    kinds = {kind.value: place for place, kind in enumerate(Kind)}
    conditions = {condition.value: place for place, condition in enumerate(Condition)}

    def place(row):
        strand, kind, condition, *rest = row
        return places[strand], strand, kinds[kind], conditions[condition], *rest

    return sorted(rows, key=place)


def first_of_each_cell(findings, links, quotations, groups, *, most=SHOWN_PER_CELL):
    """Return the first findings of each cell, at most so many, as ``ShownFinding``, in the model's order.

    ``findings`` and ``quotations`` are those the audience sees, ``links`` as ``access.all_links_for`` and
    ``groups`` as ``reader_groups`` returns them. Without ``most``, all of them.
    """
    if most is None:
        rows = findings.select_related("source").in_model_order()
        return with_quotations(list(rows), links, quotations, groups)
    rows = Finding.objects.filter(pk__in=first_numbers(findings, most))
    rows = rows.select_related("source").in_model_order()
    return with_quotations(list(rows), links, quotations, groups)


def first_numbers(findings, most):
    """Return the numbers of the first findings of each cell, at most so many of each, in no order."""
    first = findings.order_by().annotate(place=_PLACE).filter(place__lte=most)
    return list(first.values_list("pk", flat=True))


def first_texts(findings, strands):
    """Return the text of the first finding of each cell, strand by strand in their order. One query.

    ``findings`` are of one kind. Each cell's first is looked up by itself, so its others are not read.
    """

    def first(condition):
        cell = findings.filter(strand=OuterRef("pk"), condition=condition)
        return Subquery(cell.order_by("position", "pk").values("text")[:1])

    names = {f"first_{condition}": first(condition) for condition in Condition}
    rows = Strand.objects.filter(pk__in=[row.pk for row in strands]).annotate(**names)
    found = {pk: texts for pk, *texts in rows.values_list("pk", *names)}
    return [text for row in strands for text in found.get(row.pk, ()) if text]


def further_texts(findings):
    """Return the texts of all but the first finding of each cell: of each cell the second, then the third...

    ``findings`` are of one kind. One query.
    """
    rows = findings.in_model_order().annotate(place=_PLACE).filter(place__gt=1)
    texts = sorted(rows.values_list("place", "text"), key=itemgetter(0))
    return [text for _, text in texts]


def with_quotations(rows, links, quotations, groups):
    """Return ``rows`` (findings with their source) as ``ShownFinding`` objects, in the same order.

    Parameters are as ``first_of_each_cell`` takes them.
    """
    found = quotations_by_finding(rows, links, lambda ids: shown_quotations(quotations, ids, groups))
    return [_shown(row, tuple(found[row.pk])) for row in rows]


def quotations_by_finding(rows, links, read):
    """Return ``{finding: [quotation]}`` of ``rows`` (findings), in the order in which they are evidence.

    ``links`` are as ``access.all_links_for`` returns them; ``read(numbers)`` returns by number those
    quotations that the audience sees. In two plain steps: in one, PostgreSQL compares large subqueries.
    """
    found = defaultdict(list)
    chosen = links.filter(finding__in=[row.pk for row in rows]).order_by("finding_id", "position", "pk")
    linked = list(chosen.values_list("finding_id", "quotation_id"))
    seen = read({quotation for _, quotation in linked})
    for finding, quotation in linked:
        if quotation in seen:
            found[finding].append(seen[quotation])
    return found


def _shown(row, quotations):
    return ShownFinding(
        id=row.pk,
        kind=row.kind,
        condition=row.condition,
        text=row.text,
        note=row.note,
        status=row.status,
        source=str(row.source) if row.source else "",
        scope=Scope(row.scope).label if row.scope else "",
        holder=row.holder,
        quotations=quotations,
        row=row,
    )


def matching(findings, links, quotations, words):
    """Narrow findings to those that hold every one of ``words``, in their text or in visible quotations.

    ``links`` are as ``access.all_links_for`` returns them, ``quotations`` those the audience sees. Every text
    is looked through once, not once for each finding.
    """
    everything = findings
    for word in search_words(words):
        said = quotations.filter(text__icontains=word).order_by().values("pk")
        heard = links.filter(quotation__in=said).order_by().values("finding")
        written = everything.filter(Q(text__icontains=word) | Q(note__icontains=word))
        findings = findings.filter(pk__in=written.order_by().values("pk").union(heard))
    return findings


def with_unseen_quotations(findings, links):
    """Narrow findings to those with a quotation that readers do not see; ``links`` are to those."""
    return findings.filter(pk__in=links.order_by().values("finding"))

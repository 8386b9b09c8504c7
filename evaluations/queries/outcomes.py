"""Reading what became of an earlier round's findings, and which findings of this round could meet one."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, Value, When

from evaluations.models import FindingOutcome, Outcome

from .findings import matching
from .history import SetAside, name_of

SHOWN_OF_A_GROUP = 50


@dataclass(frozen=True)
class ShownOutcome:
    """An earlier finding and what became of it: ``outcome`` is None while that is undecided.

    ``later`` are the findings of this round that it meets; ``can_be_restored`` when one was taken back.
    """

    finding: object
    outcome: Outcome | None
    later: tuple
    version: int
    can_be_restored: bool


@dataclass(frozen=True)
class ChoiceGroup:
    """Findings of this round to choose from, under one heading, each with whether it is ticked."""

    heading: str
    choices: tuple


def shown_outcomes(findings, outcomes, rows):
    """Return earlier findings as ``ShownOutcome`` objects, in their order. Two queries.

    ``outcomes`` are those that the reader sees, ``rows`` every row that outcomes ever had.
    """
    numbers = [finding.pk for finding in findings]
    seen, ever = defaultdict(list), defaultdict(list)
    chosen = outcomes.filter(earlier__in=numbers).select_related("later__strand").order_by("pk")
    for row in chosen:
        seen[row.earlier_id].append(row)
    for row in rows.filter(earlier__in=numbers):
        ever[row.earlier_id].append(row)
    return [_shown(finding, seen[finding.pk], ever[finding.pk]) for finding in findings]


def _shown(finding, seen, ever):
    return ShownOutcome(
        finding=finding,
        outcome=Outcome(seen[0].outcome) if seen else None,
        later=tuple(row.later for row in seen if row.later),
        version=FindingOutcome.version_of(ever),
        can_be_restored=bool(ever) and all(row.removed_at for row in ever),
    )


def set_aside_outcomes(edits, findings):
    """Return what people sent on top of an older outcome as ``SetAside`` objects. Two queries.

    ``edits`` are the ``ConflictingEdit`` rows, ``findings`` those of this round that the person sees.
    """
    edits = list(edits)
    numbers = {number for edit in edits for number in edit.fields["later"]}
    texts = dict(findings.filter(pk__in=numbers).values_list("pk", "text"))
    return [SetAside(edit.at, name_of(edit.by), _sent(edit.fields, texts)) for edit in edits]


def _sent(fields, texts):
    later = [texts.get(number, "one since removed") for number in fields["later"]]
    return (
        ("What became of it", Outcome(fields["outcome"]).label),
        ("The findings of this round", " · ".join(later) or "none"),
    )


def decided_numbers(outcomes):
    """Return the numbers of the earlier findings that one of ``outcomes`` says something of. One query.

    Numbers, not a condition in a query: on a table without statistics PostgreSQL plans that condition as
    every outcome beside every finding.
    """
    return set(outcomes.order_by().values_list("earlier_id", flat=True))


def choice_groups(findings, links, quotations, finding, *, ticked, words):
    """Return the findings of this round that ``finding`` could meet, in groups: chosen, suggested, found.

    ``findings`` and ``quotations`` are those that the person sees, ``links`` as ``matching`` takes them;
    ``ticked`` are numbers, ``words`` what they look for. What is suggested stands under the same condition of
    the same strand, the same kind first; the strands of two rounds are matched by their addresses. Of what is
    suggested and found no more than ``SHOWN_OF_A_GROUP`` each. Three queries.
    """
    rows = findings.select_related("strand")
    same = rows.filter(strand__slug=finding.strand.slug, condition=finding.condition)
    same = same.order_by(Case(When(kind=finding.kind, then=Value(0)), default=Value(1)), "position", "pk")
    found = matching(rows, links, quotations, words).in_model_order() if words.strip() else rows.none()
    groups, seen = [], set()
    for heading, chosen in (
        ("Chosen", rows.filter(pk__in=ticked).in_model_order()),
        ("Suggested: the same strand and condition", same[:SHOWN_OF_A_GROUP]),
        (f"Found with “{words}”", found[:SHOWN_OF_A_GROUP]),
    ):
        new = tuple(row for row in chosen if row.pk not in seen)
        seen |= {row.pk for row in new}
        if new:
            groups.append(ChoiceGroup(heading, tuple((row, row.pk in ticked) for row in new)))
    return groups

"""Reading what the report says that no other page does: recommendations in full, how the work was done."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, Min, OuterRef, Prefetch

from evaluations.conditions import Condition
from evaluations.models import (
    InterviewParticipant,
    InterviewStatus,
    InterviewStrand,
    Mode,
    RecommendationQuotation,
    Sector,
    Setting,
)

from .agreement import units_frame
from .quotations import shown_quotations


@dataclass(frozen=True)
class ShownRecommendation:
    """One recommendation with its actions and the quotations behind it."""

    row: object
    actions: tuple
    quotations: tuple


def shown_recommendations(recommendations, actions, quotations, groups):
    """Return recommendations in order as ``ShownRecommendation`` objects. A fixed number of queries.

    ``actions`` and ``quotations`` are those that the audience sees, ``groups`` as ``reader_groups``.
    """
    steps = Prefetch("actions", actions, to_attr="steps")
    rows = list(recommendations.select_related("strand", "adds_to").prefetch_related(steps))
    links = RecommendationQuotation.objects.filter(recommendation__in=[row.pk for row in rows])
    linked = defaultdict(list)
    for recommendation, quotation in links.values_list("recommendation_id", "quotation_id"):
        linked[recommendation].append(quotation)
    shown = shown_quotations(quotations, {key for keys in linked.values() for key in keys}, groups)
    return [
        ShownRecommendation(
            row=row,
            actions=tuple(row.steps),
            quotations=tuple(shown[key] for key in linked[row.pk] if key in shown),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Fieldwork:
    """How the interviews were held that are recorded: how many, when, with whom, in which manner.

    ``settings`` and ``modes`` are numbers of interviews by ``Setting`` and ``Mode``, ``questions`` those of
    the guide by condition; ``interviewers`` is how many evaluators held them.
    """

    interviews: int
    first: date | None
    last: date | None
    settings: dict
    modes: dict
    questions: dict
    interviewers: int


def held_on(interviews, strands):
    """Return those of scoped interviews that were held and speak to one of ``strands``, or to none at all.

    Those whose answers were deleted because somebody withdrew are left out.
    """
    speaks = InterviewStrand.objects.filter(interview=OuterRef("pk"))
    return interviews.exclude(status=InterviewStatus.PLANNED).filter(
        ~Exists(speaks) | Exists(speaks.filter(strand__in=strands)), emptied_on__isnull=True
    )


def fieldwork(held, questions):
    """Return the ``Fieldwork`` of held interviews (of ``held_on``) and of the guide; two queries."""
    alike = held.order_by().values("setting", "mode", "interviewer")
    facts = list(alike.annotate(n=Count("pk"), first=Min("date"), last=Max("date")))
    asked = questions.order_by().values("condition").annotate(n=Count("pk"))
    return Fieldwork(
        interviews=sum(row["n"] for row in facts),
        first=min((row["first"] for row in facts if row["first"]), default=None),
        last=max((row["last"] for row in facts if row["last"]), default=None),
        settings=_counted(facts, "setting", Setting),
        modes=_counted(facts, "mode", Mode),
        questions=_counted(asked, "condition", Condition),
        interviewers=len({row["interviewer"] for row in facts} - {None}),
    )


def _counted(rows, name, choices):
    """Return ``{choice: sum of n}`` of rows in the order of the choices, without those that no row has."""
    found = Counter()
    for row in rows:
        found[row[name]] += row["n"]
    return {choice: found[choice.value] for choice in choices if choice.value in found}


@dataclass(frozen=True)
class CodingFacts:
    """Who coded: how many evaluators; and of second codings that closed how many, with a frame of units."""

    coders: int
    second_codings: int
    units: object


def coding_facts(quotations, rounds, units):
    """Return the ``CodingFacts`` of coded quotations, second codings and their units. Three queries."""
    first = quotations.order_by().values_list("coder", flat=True).distinct()
    closed = list(rounds.filter(closed_at__isnull=False).order_by().values_list("second_id", flat=True))
    coders = {*first, *closed}
    return CodingFacts(len(coders), len(closed), units_frame(units))


def people_by_sector(participants, held):
    """Return ``{Sector: number}`` of scoped participants who took part in interviews that were ``held``.

    Who has withdrawn is left out. One query.
    """
    took_part = InterviewParticipant.objects.filter(interview__in=held.values("pk")).values("participant")
    rows = participants.filter(withdrawn_on__isnull=True, pk__in=took_part).order_by()
    return {Sector(name): number for name, number in rows.values_list("sector").annotate(n=Count("pk"))}

"""Which workshops and results a member sees; what somebody sees who joined with a code, without an account.

Reviewers see closed workshops and their results. Those who run workshops see everything but whose a note or
a dot is: phones and weighings are read for counts, first names, and notes without a name.
"""

from django.db.models import Exists, OuterRef

from evaluations.models import (
    CodingRound,
    Finding,
    FindingQuotation,
    FindingStatus,
    Phone,
    Weighing,
    Workshop,
    WorkshopResult,
    WorkshopRound,
    WorkshopStrand,
)

from .findings import standing_quotations
from .rules import WITHDRAWN, Ability, can


def workshops_for(member):
    """Return the workshops: all to those who run them, the closed ones to others; removed ones nobody."""
    return _of_seen_workshops(member, Workshop.objects.all())


def removed_workshops_for(member):
    """Return the workshops that can be put back: to those who open workshops, none to anybody else."""
    rows = Workshop.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return rows if can(member, Ability.OPEN_WORKSHOPS) else rows.none()


def workshop_rounds_for(member):
    """Return the rounds of the workshops that the member sees."""
    return _of_seen_workshops(member, WorkshopRound.objects.all(), "workshop__")


def results_for(member):
    """Return the frozen results of rounds, of the workshops that the member sees."""
    return _of_seen_workshops(member, WorkshopResult.objects.all(), "round__workshop__")


def phones_for(member):
    """Return who joined: to those who run workshops, none to anybody else."""
    rows = _of_seen_workshops(member, Phone.objects.all(), "workshop__")
    return rows if can(member, Ability.RUN_WORKSHOPS) else rows.none()


def weighings_for(member):
    """Return what phones said, for counts and notes: to those who run workshops, none to anybody else."""
    rows = _of_seen_workshops(member, Weighing.objects.all(), "round__workshop__")
    return rows if can(member, Ability.RUN_WORKSHOPS) else rows.none()


def _of_seen_workshops(member, rows, workshop=""):
    """Narrow rows to those of workshops that the member sees; ``workshop`` is the look-up leading there."""
    rows = rows.filter(evaluation=member.evaluation, **{f"{workshop}removed_at__isnull": True})
    if can(member, Ability.RUN_WORKSHOPS):
        return rows
    return rows.filter(**{f"{workshop}closed_at__isnull": False})


def workshop_with(code):
    """Return the workshop with this code (as ``codes.tidy`` returns it), whatever became of it, or None.

    It has ``withdrawn`` (``WITHDRAWN``).
    """
    rows = Workshop.objects.select_related("evaluation").annotate(withdrawn=WITHDRAWN)
    return rows.filter(code=code).first() if code else None


def phone_of(workshop, token_hash):
    """Return the phone that joined a workshop with this token, or None."""
    phones = Phone.objects.filter(evaluation=workshop.evaluation, workshop=workshop)
    return phones.filter(token_hash=token_hash).first() if token_hash else None


def open_round_of(workshop):
    """Return the round in which a workshop's phones can set dots now, or None."""
    rounds = WorkshopRound.objects.filter(evaluation=workshop.evaluation, workshop=workshop)
    return rounds.filter(closed_at__isnull=True).first()


def findings_for_phone(round):
    """Return the findings that a round is about: of its kind and its workshop's strands, ready only."""
    strands = WorkshopStrand.objects.filter(evaluation=round.evaluation_id, workshop=round.workshop_id)
    return Finding.objects.filter(
        evaluation=round.evaluation_id,
        kind=round.kind,
        strand__in=strands.values("strand"),
        strand__removed_at__isnull=True,
        status=FindingStatus.READY,
        removed_at__isnull=True,
    )


def quotations_for_phone(round):
    """Return the quotations that phones may see: those that reach readers, if the workshop shows any.

    Anybody may hold a phone, somebody who codes an interview blind too: of such an interview there are none.
    """
    rows = standing_quotations(round.evaluation_id)
    if not round.workshop.shows_quotations:
        return rows.none()
    blind = CodingRound.objects.filter(closed_at__isnull=True, interview=OuterRef("answer__interview"))
    return rows.filter(reaches_readers=True).exclude(Exists(blind))


def links_for_phone(round):
    """Return the links between findings and quotations of a round's evaluation, as ``all_links_for`` does."""
    return FindingQuotation.objects.filter(evaluation=round.evaluation_id)


def weighings_of(phone, round):
    """Return what one phone said in a round; nobody else's."""
    return Weighing.objects.filter(evaluation=phone.evaluation_id, phone=phone, round=round)

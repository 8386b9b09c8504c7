"""Preparing, opening and running workshops; closing a round freezes what the room made of it."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from evaluations.codes import new_code
from evaluations.conditions import Kind
from evaluations.models import (
    Phone,
    Verb,
    Weighing,
    Workshop,
    WorkshopResult,
    WorkshopRound,
    WorkshopStrand,
)

from .audit import record
from .errors import NotAllowedNow
from .versions import locked, same_evaluation, save_as, save_changes, write

NOTHING_TO_WEIGH = "No {kind} of these strands is ready to share, so there is nothing to weigh."


@transaction.atomic
def add_workshop(*, evaluation, fields, strands, by):
    """Prepare a workshop on ``strands``, with a code that works once it is opened; return it.

    Raises ForeignRecord.
    """
    same_evaluation(evaluation, strands)
    workshop = save_as(Workshop(evaluation=evaluation, code=new_code(), by=by, **fields), by=by)
    _link(workshop, strands)
    return workshop


def edit_workshop(*, workshop, version, changes, strands, by):
    """Save a workshop and return it; ``strands`` None leaves them as they are.

    Raises StaleVersion (what was sent is kept), ForeignRecord, and NotAllowedNow when the strands would
    change while a vote is open, or one would go that a vote weighed: results say where a strand comes from.
    """
    same_evaluation(workshop.evaluation, strands or [])

    def before_save(current, changes):
        if not unchanged(current):
            if _open_round(current):
                raise NotAllowedNow("A vote is open. Close it before you change the strands.")
            _check_not_weighed(current, strands)
            _link(current, strands)

    def unchanged(current):
        return strands is None or set(current.strands.all()) == set(strands)

    return save_changes(
        workshop,
        version=version,
        changes=changes,
        by=by,
        before_save=before_save,
        unchanged=unchanged,
        also=None if strands is None else {"strands": strands},
    )


@transaction.atomic
def remove_workshop(*, workshop, by):
    """Remove a workshop in which nobody voted and return it; it can be put back.

    Raises NotAllowedNow while it is open, and once there was a vote.
    """
    current = locked(workshop)
    if current.is_open:
        raise NotAllowedNow("People can join this workshop. Close it first.")
    if current.rounds.exists():
        raise NotAllowedNow("There are results in this workshop, so it stays.")
    if not current.removed_at:
        _set(current, removed_at=timezone.now())
        _record(current, Verb.REMOVED_WORKSHOP, by)
    return current


@transaction.atomic
def restore_workshop(*, workshop, by):
    """Put a removed workshop back and return it."""
    current = locked(workshop)
    if current.removed_at:
        _set(current, removed_at=None)
        _record(current, Verb.RESTORED_WORKSHOP, by)
    return current


@transaction.atomic
def open_workshop(*, workshop, by):
    """Let people join with the code from now on; return the workshop. Raises NotAllowedNow once it closed."""
    current = locked(workshop)
    _check_not_over(current)
    if not current.is_open:
        _set(current, opened_at=timezone.now())
        record(
            by=by, evaluation=current.evaluation, verb=Verb.OPENED_WORKSHOP, subject=f"workshop {current.pk}"
        )
    return current


@transaction.atomic
def close_workshop(*, workshop, findings_of, by):
    """Close a workshop for good, its open vote first, so that its code stops working; return it.

    ``findings_of`` is as ``close_round`` takes it. Raises NotAllowedNow for one that was never opened.
    """
    current = locked(workshop)
    if current.opened_at is None:
        raise NotAllowedNow("This workshop has not been opened yet.")
    if current.is_open:
        if round := _open_round(current):
            close_round(round=round, findings_of=findings_of, shows_totals=round.shows_totals, by=by)
        _set(current, closed_at=timezone.now())
        record(
            by=by, evaluation=current.evaluation, verb=Verb.CLOSED_WORKSHOP, subject=f"workshop {current.pk}"
        )
    return current


@transaction.atomic
def show_quotations(*, workshop, shows, by):
    """Show quotations that readers may see on the phones, or no longer; return the workshop.

    Raises NotAllowedNow once it closed.
    """
    current = locked(workshop)
    _check_not_over(current)
    return (
        current if current.shows_quotations == shows else write(current, {"shows_quotations": shows}, by=by)
    )


@transaction.atomic
def open_round(*, workshop, fields, findings_of, by):
    """Open a vote (``fields``: question, kind, dots) and return it. ``findings_of`` as in ``close_round``.

    Raises NotAllowedNow when the workshop is not open, another vote is, or there is nothing to weigh.
    """
    current = locked(workshop)
    if not current.is_open or current.removed_at:
        raise NotAllowedNow("This workshop is not open, so nobody could vote.")
    if _open_round(current):
        raise NotAllowedNow("A vote is open already. Close it before the next one.")
    last = current.rounds.aggregate(last=Max("number"))["last"] or 0
    round = WorkshopRound(
        evaluation=current.evaluation,
        workshop=current,
        number=last + 1,
        opened_at=timezone.now(),
        shows_totals=not current.hides_totals,
        **fields,
    )
    if not findings_of(round).exists():
        raise NotAllowedNow(NOTHING_TO_WEIGH.format(kind=Kind(round.kind)))
    return save_as(round, by=by)


@transaction.atomic
def close_round(*, round, findings_of, shows_totals, by):
    """Close a vote and freeze what the room made of every finding; return the round. Once only.

    ``findings_of(round)`` returns the findings that the room weighs: dots on any other are not counted, as
    those who placed them have them again. Whoever sets dots locks the round too, so that none is lost or
    counted afterwards.
    """
    current = locked(round)
    if current.closed_at:
        return current
    _freeze(current, findings_of(current))
    _record_vote(current, Verb.CLOSED_VOTE, by)
    phones = Phone.objects.filter(workshop=current.workshop_id)
    return _set(
        current,
        closed_at=timezone.now(),
        shows_totals=shows_totals,
        joined=phones.count(),
        started=Weighing.objects.filter(round=current).people(),
        finished=phones.filter(finished_round=current).count(),
    )


@transaction.atomic
def show_totals(*, round, shows, by):
    """Show a vote's totals on the screen, or hide them; return the round."""
    current = locked(round)
    if current.shows_totals != shows:
        _set(current, shows_totals=shows)
        _record_vote(current, Verb.SHOWED_TOTALS if shows else Verb.HID_TOTALS, by)
    return current


def _freeze(round, findings):
    figures = Weighing.objects.filter(round=round).tallied()
    nothing = {"dots": 0, "people": 0, "confirm": 0, "challenge": 0}
    WorkshopResult.objects.bulk_create(
        WorkshopResult(
            evaluation=round.evaluation,
            round=round,
            finding=finding,
            text=finding.text,
            strand_id=finding.strand_id,
            condition=finding.condition,
            position=position,
            **figures.get(finding.pk, nothing),
        )
        for position, finding in enumerate(findings.in_model_order())
    )


def _record(workshop, verb, by):
    record(by=by, evaluation=workshop.evaluation, verb=verb, subject=f"workshop {workshop.pk}")


def _record_vote(round, verb, by):
    subject = f"workshop {round.workshop_id}, vote {round.number}"
    record(by=by, evaluation=round.evaluation, verb=verb, subject=subject)


def _open_round(workshop):
    return workshop.rounds.filter(closed_at__isnull=True).first()


def _check_not_over(workshop):
    if workshop.closed_at or workshop.removed_at:
        raise NotAllowedNow("This workshop is closed.")


def _check_not_weighed(workshop, staying):
    results = WorkshopResult.objects.filter(round__workshop=workshop).exclude(strand__in=staying)
    names = results.order_by("strand__position", "strand").values_list("strand__name", flat=True)
    if first := names.first():
        raise NotAllowedNow(f"{first} was weighed in a vote, so it stays: the results are of it too.")


def _link(workshop, strands):
    WorkshopStrand.objects.filter(workshop=workshop).exclude(strand__in=strands).delete()
    there = set(workshop.strands.all())
    WorkshopStrand.objects.bulk_create(
        WorkshopStrand(evaluation=workshop.evaluation, workshop=workshop, strand=strand)
        for strand in strands
        if strand not in there
    )


def _set(row, **values):
    """Set what nobody types, so that forms open elsewhere stay current, and return the row."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    return row

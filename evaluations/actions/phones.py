"""Joining a workshop from a phone, and weighing findings on it. Nobody has an account here: a phone acts.

Dots are set, never added to, so that a request that is sent twice is as good as one. Joining locks the
workshop first and the phone second, weighing the round first and the phone second. Closing a round locks that
round too: what was acknowledged before it closed is in its results, and what comes after is refused.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from evaluations.models import Phone, Verb, Weighing, Workshop, WorkshopRound

from .audit import record
from .errors import NotAllowedNow
from .setup import token_hash
from .versions import locked
from .workshops import close_workshop

MOST_PHONES = 1000  # no room is larger; somebody who scripts joining stops here
CLOSED = "The workshop is closed."
VOTE_CLOSED = "The vote has closed, so this was not saved. What was saved before counts."
FINDING_GONE = "This is no longer in the vote, so it was not saved. Dots you gave it are yours again."
FULL = "This workshop has as many phones as it can take. Tell the facilitator."


@transaction.atomic
def join(*, workshop, token, name=""):
    """Return the phone that holds ``token``, new unless it joined before; a name that is given is kept.

    Raises NotAllowedNow when the workshop does not take phones, or has too many.
    """
    current = locked(workshop)
    if not current.is_open or current.removed_at:
        raise NotAllowedNow(CLOSED)
    mine = {"evaluation": current.evaluation, "workshop": current, "token_hash": token_hash(token)}
    phone = Phone.objects.select_for_update().filter(**mine).first()
    if phone is None:
        if current.phones.count() >= MOST_PHONES:
            raise NotAllowedNow(FULL)
        return Phone.objects.create(**mine, name=name)
    if name:
        phone.name = name
        phone.save(update_fields=["name"])
    return phone


def weigh(*, phone, round, finding, among, changes, turn=None):
    """Set what a phone says of a finding (``dots``, ``verdict``, ``note`` in ``changes``); return the row.

    ``among`` are the findings of the round: dots on one that is no longer among them come back to the phone.
    What is sent with a ``turn`` older than the row's arrives late and changes nothing. Whoever goes on
    weighing has not finished. Raises NotAllowedNow when the round closed or there are not dots enough.
    """
    shown = set(among.values_list("pk", flat=True))  # before the locks, for which a whole room waits
    with transaction.atomic():
        phone = _hold(phone, round)
        mine = Weighing.objects.filter(evaluation=phone.evaluation_id, round=round, phone=phone)
        said = {row.finding_id: row for row in mine}
        row = said.pop(finding.pk, None) or _nothing_yet(phone, round, finding)
        if turn is not None and turn < row.turn:
            return row
        left = round.dots - sum(other.dots for key, other in said.items() if key in shown)
        if row.dots < changes.get("dots", 0) > left:
            raise NotAllowedNow(_too_many(round.dots, left - row.dots))
        _take_back(other for key, other in said.items() if key not in shown and other.dots)
        for name, value in changes.items():
            setattr(row, name, value)
        row.turn = row.turn if turn is None else turn
        row.save()
        if phone.finished_round_id == round.pk:
            _finish(phone, None)
    return row


@transaction.atomic
def finish(*, phone, round):
    """Note that somebody has finished weighing in a round. Raises NotAllowedNow when it closed."""
    _finish(_hold(phone, round), round)


@transaction.atomic
def clear_workshops(*, now, findings_of):
    """Delete first names and notes of the workshops that ended long enough ago; return how many those are.

    Long enough is ``settings.WORKSHOP_KEEP_DAYS``. A workshop that everybody forgot to close ended when last
    somebody joined or a vote was opened or closed, and is closed now; ``findings_of`` is as ``close_round``
    takes it. Each is recorded, by nobody.
    """
    due = list(_ended(now - timedelta(days=settings.WORKSHOP_KEEP_DAYS)).select_for_update().order_by("pk"))
    for workshop in due:
        close_workshop(workshop=workshop, findings_of=findings_of, by=None)
        said = {"evaluation": workshop.evaluation, "subject": f"workshop {workshop.pk}"}
        record(by=None, verb=Verb.DELETED_FIRST_NAMES, **said)
    Phone.objects.filter(workshop__in=due).exclude(name="").update(name="")
    Weighing.objects.filter(round__workshop__in=due).exclude(note="").update(note="")
    Workshop.objects.filter(pk__in=[workshop.pk for workshop in due]).update(cleared_at=now)
    return len(due)


def _ended(before):
    """Return the workshops that ended before a time and hold words; one that nobody joined holds none."""
    joined = Phone.objects.filter(workshop=OuterRef("pk"))
    voted = WorkshopRound.objects.filter(workshop=OuterRef("pk"))
    lately = Exists(joined.filter(joined_at__gt=before)) | Exists(
        voted.filter(Q(opened_at__gt=before) | Q(closed_at__gt=before))
    )
    forgotten = Q(Exists(joined), opened_at__isnull=False, closed_at__isnull=True) & ~lately
    return Workshop.objects.filter(Q(closed_at__lte=before) | forgotten, cleared_at__isnull=True)


def _hold(phone, round):
    """Return the phone, locked, while the round is open, which it is only while its workshop is."""
    current = locked(round)
    if current.closed_at:
        raise NotAllowedNow(VOTE_CLOSED)
    return locked(phone)


def _nothing_yet(phone, round, finding):
    return Weighing(evaluation_id=phone.evaluation_id, round=round, phone=phone, finding=finding)


def _take_back(rows):
    for row in rows:
        row.dots = 0
        row.save(update_fields=["dots"])


def _finish(phone, round):
    phone.finished_round = round
    phone.save(update_fields=["finished_round"])


def _too_many(dots, left):
    if left > 0:
        return (
            f"You have {left} dot{'s' * (left != 1)} left, so nothing was changed. Take some back elsewhere."
        )
    return f"All your {dots} dots are placed, so nothing was changed. Take one back elsewhere to move it."

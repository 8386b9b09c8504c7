"""Reminders: each is claimed before it is mailed, so that no two runs mail one person twice."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from evaluations.models import Digest, Evaluation

A_WEEK = timedelta(days=7)
MAILED_WITHIN = timedelta(hours=1)


def had_digest(*, evaluation, day, user=None, owner=None):
    """Say whether somebody had a reminder, or one was claimed for them, in the seven days up to ``day``.

    Days are compared, so that a run which starts some minutes earlier than a week ago loses no week.
    """
    digests = Digest.objects.filter(evaluation=evaluation, user=user, owner=owner)
    return digests.filter(day__gt=day - A_WEEK).exists()


def unsure(*, evaluations, day):
    """Return how many reminders were claimed in the seven days up to ``day``, and not mailed within an hour.

    The run that claimed them ended before it could say that they were mailed. Until the seven days are over
    nobody mails these people again.
    """
    long_ago = timezone.now() - MAILED_WITHIN
    claims = Digest.objects.filter(evaluation__in=evaluations, day__gt=day - A_WEEK)
    return claims.filter(sent_at=None, claimed_at__lt=long_ago).count()


@transaction.atomic(durable=True)
def claim_digest(*, evaluation, day, user=None, owner=None):
    """Claim the reminder to a member (``user``) or to an ``owner`` without an account; return it, committed.

    None when ``had_digest`` says so: another run may just have claimed it.
    """
    # Held less firmly than usual: rows of the evaluation can be added meanwhile.
    Evaluation.objects.select_for_update(no_key=True).get(pk=evaluation.pk)
    to = {"evaluation": evaluation, "day": day, "user": user, "owner": owner}
    return None if had_digest(**to) else Digest.objects.create(**to)


def mark_sent(*, digest):
    """Note that a claimed reminder was mailed."""
    digest.sent_at = timezone.now()
    digest.save(update_fields=["sent_at"])


@transaction.atomic
def give_back(*, digest, link=None):
    """Give a claimed reminder back that could not be mailed, so that the next run tries again.

    The private ``link`` that it would have carried goes as well: give one that is known to nobody.
    """
    digest.delete()
    if link:
        link.delete()

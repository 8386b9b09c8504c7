"""Private links: how an owner without an account says how far their own actions are."""

import secrets
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from evaluations.models import Owner, OwnerLink, Verb

from .audit import record
from .errors import Gone, NotAllowedNow, StaleVersion
from .owners import end_links, working
from .progress import add_progress_update
from .setup import token_hash
from .tracking import report_action
from .versions import locked, write

LINK_LASTS = timedelta(days=60)
KEPT_FOR = timedelta(days=30)  # after its end, one that nobody used


@transaction.atomic
def make_owner_link(*, owner, by):
    """Make a private link that lasts 60 days. Returns ``(link, token)``; the token is kept nowhere.

    ``by`` is None for one that a reminder carries. Raises NotAllowedNow for an owner with an account.
    """
    owner = locked(owner)
    if owner.user_id:
        raise NotAllowedNow("This owner has an account and signs in. Private links are for those without.")
    token = secrets.token_urlsafe(32)
    link = OwnerLink.objects.create(
        evaluation=owner.evaluation,
        owner=owner,
        token_hash=token_hash(token),
        made_by=by,
        expires_at=timezone.now() + LINK_LASTS,
    )
    record(by=by, evaluation=owner.evaluation, verb=Verb.MADE_PRIVATE_LINK, subject=f"owner {owner.pk}")
    return link, token


@transaction.atomic
def revoke_owner_links(*, owner, by):
    """Make all private links of an owner stop working at once; return how many did work.

    Reminders are switched off as well: the next one would carry a new link to the same address.
    """
    owner = locked(owner)
    number = end_links(owner, by=by)
    if owner.wants_reminders:
        write(owner, {"wants_reminders": False}, by=by)
    return number


def delete_old_links():
    """Delete the private links that expired over 30 days ago and were never used: reminders make many.

    Those that were used stay, as the list of owners says when one last was.
    """
    OwnerLink.objects.filter(expires_at__lt=timezone.now() - KEPT_FOR, used_at=None).delete()


def report_through(*, link, action, version, changes):
    """Save how far an action is, as the owner says who holds a private link, and return the action.

    Raises Gone for a link that ended meanwhile, and as ``tracking.report_action`` does.
    """
    with _used(link, action.recommendation) as owner:
        return report_action(action=action, version=version, changes=changes, by=None, through=owner)


def note_through(*, link, action, fields, file=None):
    """Add a progress note to an action, written by the owner who holds a private link, and return it.

    Raises Gone for a link that ended meanwhile, and as ``progress.add_progress_update`` does.
    """
    with _used(link, action.recommendation) as owner:
        return add_progress_update(
            recommendation=action.recommendation,
            action=action,
            fields=fields,
            file=file,
            by=None,
            through=owner,
        )


@contextmanager
def _used(link, recommendation):
    """Hold a link that works while its owner does something with it, and note that it was used.

    Everybody holds the recommendation first, then the owner, then the link: the first as whoever tracks it
    does, who may name an owner; the second as whoever revokes does, but not as firmly, since recommendations
    that are being given to an owner hold it as well. A stale save is raised on after the transaction: what
    was sent is kept in it.
    """
    stale = None
    with transaction.atomic():
        locked(recommendation)
        Owner.objects.select_for_update(no_key=True).filter(pk=link.owner_id).first()
        current = working(OwnerLink.objects.select_for_update().filter(pk=link.pk)).first()
        if current is None:
            raise Gone("This link no longer works.")
        current.used_at = timezone.now()
        current.save(update_fields=["used_at"])
        try:
            yield current.owner
        except StaleVersion as error:
            stale = error
    if stale:
        raise stale

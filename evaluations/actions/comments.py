"""Sharing drafts for a fact check, and what is said of them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from evaluations.models import Finding, FindingComment, FindingShare, FindingStatus, Membership, Verb

from .audit import record
from .errors import NotAllowedNow
from .versions import locked, same_evaluation

# The same words by the same person within this time are one comment that was sent twice.
SENT_TWICE = timedelta(minutes=5)


@transaction.atomic
def share(*, evaluation, findings, people, question, by):
    """Share drafts with people (users) for comment and return the new shares; open ones are left as they are.

    Raises ForeignRecord, and NotAllowedNow when a finding is no draft (any more) or somebody is no member.
    """
    same_evaluation(evaluation, findings)
    numbers = [finding.pk for finding in findings]
    drafts = Finding.objects.select_for_update().filter(pk__in=numbers, removed_at__isnull=True)
    drafts = list(drafts.filter(status=FindingStatus.DRAFT).order_by("pk"))
    if len(drafts) != len(set(numbers)):
        raise NotAllowedNow(FindingShare.NO_LONGER_A_DRAFT)
    if len(_still_members(evaluation, people)) != len(set(people)):
        raise NotAllowedNow(FindingShare.NO_LONGER_A_MEMBER)
    is_open = set(_open_shares(numbers).values_list("finding", "member"))
    now = timezone.now()
    return [
        _recorded(
            FindingShare.objects.create(
                evaluation=evaluation, finding=finding, member=person, question=question, by=by, at=now
            ),
            "shared for comment",
            by,
        )
        for finding in drafts
        for person in people
        if (finding.pk, person.pk) not in is_open
    ]


@transaction.atomic
def end_share(*, share, by):
    """End a share, so that its member sees nothing of the finding by it any more, and return it."""
    current = locked(share)
    if current.ended_at is None:
        current.ended_at = timezone.now()
        current.save(update_fields=["ended_at"])
        _recorded(current, Verb.ENDED_SHARING, by)
    return current


@transaction.atomic
def restore_share(*, share, by):
    """Open a share again that was ended and return it; or the one that is open by now.

    Raises NotAllowedNow when the finding was removed, or its member left the evaluation.
    """
    if locked(share.finding).removed_at:
        raise NotAllowedNow("The finding was removed or merged meanwhile.")
    if not _still_members(share.evaluation_id, [share.member_id]):
        raise NotAllowedNow("They are no longer a member of this evaluation.")
    current = locked(share)
    is_open = _open_shares([current.finding_id]).filter(member=current.member_id).first()
    if is_open:
        return is_open
    current.ended_at = None
    current.save(update_fields=["ended_at"])
    return _recorded(current, Verb.SHARED_FOR_COMMENT, by)


def end_shares_with(*, evaluation, person, by):
    """End every share with somebody who leaves an evaluation."""
    shares = FindingShare.objects.filter(evaluation=evaluation, member=person, ended_at__isnull=True)
    for row in shares.order_by("pk"):
        end_share(share=row, by=by)


@transaction.atomic
def comment(*, finding, share, text, by):
    """Say something of a shared finding and return the comment; the same words sent twice are one.

    ``share`` is the one that lets ``by`` comment, None for an evaluator. Raises NotAllowedNow when it ended
    meanwhile or the finding was removed.
    """
    if locked(finding).removed_at or (share and locked(share).ended_at):
        raise NotAllowedNow("It is no longer shared for comment.")
    since = timezone.now() - SENT_TWICE
    said = FindingComment.objects.filter(finding=finding, by=by, removed_at__isnull=True, at__gte=since)
    already = said.filter(text=text).first()
    return already or FindingComment.objects.create(
        evaluation=finding.evaluation, finding=finding, by=by, at=timezone.now(), text=text
    )


@transaction.atomic
def take_back(*, comment, by):
    """Take one's own comment back, so that nobody else sees it, and return it. Its words are kept.

    Raises NotAllowedNow for somebody else's.
    """
    return _set_removed(comment, timezone.now(), by)


@transaction.atomic
def put_back(*, comment, by):
    """Put one's own comment back in its place and return it. Raises as ``take_back``."""
    return _set_removed(comment, None, by)


def carry(*, gone, kept, by):
    """Bring what was said of ``gone`` to ``kept``, into which it is merged, and share that with the same.

    Returns what ``carry_back`` takes, numbers only. The shares of ``gone`` stay, so that what somebody writes
    under one meanwhile is not lost; who has a share of ``kept`` as well gets no second one. The caller holds
    both findings.
    """
    said = FindingComment.objects.filter(finding=gone)
    comments = list(said.values_list("pk", flat=True))
    said.update(finding=kept)
    return {"comments": comments, "shares": _copy_shares(gone, kept, by)}


def carry_back(carried, *, gone, kept, by):
    """Undo ``carry``: its comments go back, its shares of ``kept`` end.

    Whose share of ``kept`` was ended meanwhile gets ``gone`` to read no more either.
    """
    FindingComment.objects.filter(pk__in=carried["comments"], finding=kept).update(finding=gone)
    reads = _open_shares([kept.pk]).values_list("member", flat=True)
    ends = [*_open_shares([gone.pk]).exclude(member__in=list(reads)).order_by("pk")]
    ends += _open_shares([kept.pk]).filter(pk__in=carried["shares"]).order_by("pk")
    for row in ends:
        end_share(share=row, by=by)


def _copy_shares(gone, kept, by):
    shares = FindingShare.objects.filter(finding=gone).order_by("pk")
    people = _still_members(gone.evaluation, list(shares.values_list("member", flat=True)))
    own = list(FindingShare.objects.filter(finding=kept).values_list("member", "ended_at"))
    asked = {member for member, _ in own}
    reads = {member for member, ended_at in own if ended_at is None}
    copies = []
    for row in shares.select_for_update():
        if row.member_id in (asked if row.ended_at else reads) or row.member_id not in people:
            continue
        fields = {
            name: getattr(row, name) for name in ("evaluation", "member", "question", "by", "at", "ended_at")
        }
        copy = FindingShare.objects.create(finding=kept, **fields)
        copies.append(copy.pk)
        if copy.ended_at is None:
            _recorded(copy, Verb.SHARED_FOR_COMMENT, by)
    return copies


def _still_members(evaluation, people):
    """Return which of ``people`` are members, by number; locked, so that none leaves meanwhile."""
    rows = Membership.objects.select_for_update().filter(evaluation=evaluation, user__in=people)
    return set(rows.order_by("pk").values_list("user", flat=True))


def _set_removed(comment, when, by):
    current = locked(comment)
    if current.by_id != by.pk:
        raise NotAllowedNow("Only who wrote a comment takes it back or puts it back.")
    if bool(current.removed_at) != bool(when):
        current.removed_at = when
        current.save(update_fields=["removed_at"])
    return current


def _open_shares(findings):
    return FindingShare.objects.filter(finding__in=findings, ended_at__isnull=True)


def _recorded(share, verb, by):
    subject = f"finding {share.finding_id} with user {share.member_id}"
    record(by=by, evaluation=share.evaluation, verb=verb, subject=subject)
    return share

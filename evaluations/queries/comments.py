"""Reading what is shared for comment: whose word is waited for, what is still to answer, one thread."""

from collections import defaultdict
from dataclasses import dataclass

from evaluations.models import Role


@dataclass(frozen=True)
class Talk:
    """Where the talk about one shared finding stands.

    ``is_open`` says whether it is still shared with anybody. ``unanswered`` are pairs of a comment's and its
    author's number, ``waiting`` the numbers of those whose comment is waited for, ``heard`` of those who said
    something.
    """

    finding: int
    is_open: bool
    comments: int
    unanswered: tuple
    waiting: frozenset
    heard: frozenset

    def to_answer(self, user):
        """Return the numbers of the comments that ``user`` could answer: all but their own."""
        return [comment for comment, by in self.unanswered if by != user.pk]

    def waits_for(self, user):
        """Say whether the comment of ``user`` is waited for."""
        return user.pk in self.waiting

    def is_answered(self, user):
        """Say whether ``user`` commented and everything they said was answered."""
        return user.pk in self.heard and user.pk not in {by for _, by in self.unanswered}


def talks(asked, comments, members):
    """Return ``{finding's number: Talk}`` for scoped shares, comments and memberships. Three queries.

    An evaluator's word answers what others said before it. What an evaluator who was asked says when nothing
    waits for an answer is a comment like anybody's. Who was never asked can only be an evaluator, whatever
    became of their role.
    """
    evaluators = set(members.filter(role=Role.EVALUATOR).values_list("user", flat=True))
    shares, said = defaultdict(list), defaultdict(list)
    for finding, member, at, ended_at in asked.values_list("finding", "member", "at", "ended_at"):
        shares[finding].append((member, at, ended_at is None))
    for comment, finding, by, at in comments.order_by("at", "pk").values_list("pk", "finding", "by", "at"):
        said[finding].append((comment, by, at))
    return {finding: _talk(finding, shares[finding], said[finding], evaluators) for finding in shares}


def talk_of(finding, asked, comments, members):
    """Return the ``Talk`` about one finding, None when it was never shared. Takes what ``talks`` takes."""
    return talks(asked.filter(finding=finding), comments.filter(finding=finding), members).get(finding.pk)


def waiting_for(talks, user, drafts):
    """Return how many of ``drafts`` (numbers of findings) wait for a comment of ``user``."""
    return sum(talk.waits_for(user) for finding, talk in talks.items() if finding in drafts)


def left_to_answer(talks, user):
    """Return how many comments ``user`` could answer."""
    return sum(len(talk.to_answer(user)) for talk in talks.values())


def _talk(finding, shares, said, evaluators):
    asked = {member for member, _, _ in shares}
    return Talk(
        finding=finding,
        is_open=any(is_open for _, _, is_open in shares),
        comments=len(said),
        unanswered=_unanswered(said, asked, evaluators),
        waiting=frozenset(
            member
            for member, shared_at, is_open in shares
            if is_open and not any(by == member and at >= shared_at for _, by, at in said)
        ),
        heard=frozenset(by for _, by, _ in said),
    )


def _unanswered(said, asked, evaluators):
    open_ones = []
    for comment, by, _ in said:
        of_others = [pair for pair in open_ones if pair[1] != by]
        if by not in asked or (by in evaluators and of_others):
            open_ones = [pair for pair in open_ones if pair not in of_others]
        else:
            open_ones.append((comment, by))
    return tuple(open_ones)


@dataclass(frozen=True)
class Said:
    """One comment or answer as a thread shows it to one person."""

    id: int
    by: object
    role: str
    at: object
    text: str
    is_own: bool
    is_taken_back: bool
    is_to_answer: bool


def thread(comments, own, members, talk, user):
    """Return what was said of a finding as ``Said`` objects, in order: everybody's, and one's own taken back.

    ``comments`` and ``own`` are scoped and of one finding; ``members`` are the memberships, ``talk`` the
    finding's ``Talk``.
    """
    roles = {row.user_id: row.get_role_display().lower() for row in members}
    rows = (comments | own).select_related("by").order_by("at", "pk")
    to_answer = talk.to_answer(user)
    return [
        Said(
            id=row.pk,
            by=row.by,
            role=roles.get(row.by_id, ""),
            at=row.at,
            text=row.text,
            is_own=row.by_id == user.pk,
            is_taken_back=row.removed_at is not None,
            is_to_answer=row.pk in to_answer,
        )
        for row in rows
    ]

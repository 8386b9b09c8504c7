"""Who may do what in an evaluation: roles, abilities, and the one question that every view asks first."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.crypto import constant_time_compare, salted_hmac

from evaluations.models import Evaluation, Participant, Role, memberships_of

LONGEST_NUMBER = 18  # digits that every database takes for a row's number
_withdrawn = Participant.objects.filter(evaluation=OuterRef("evaluation"), withdrawn_on__isnull=False)
_counted = _withdrawn.order_by().values("evaluation").annotate(number=Count("pk")).values("number")
WITHDRAWN = Coalesce(Subquery(_counted), 0)  # how many participants of a membership's evaluation withdrew


class Audience(StrEnum):
    """For whom rows are shown."""

    EVALUATORS = "evaluators"
    READERS = "readers"


class Ability(StrEnum):
    """Something a member may or may not do."""

    SEE_SHARED = "see_shared"
    SEE_CONFIDENTIAL = "see_confidential"
    WRITE_FINDINGS = "write_findings"
    SET_UP = "set_up"
    WRITE_RECOMMENDATIONS = "write_recommendations"
    LINK_BARRIERS = "link_barriers"
    TRACK_RECOMMENDATIONS = "track_recommendations"
    OPEN_WORKSHOPS = "open_workshops"
    RUN_WORKSHOPS = "run_workshops"
    WRITE_PLAN = "write_plan"
    WRITE_REPORT = "write_report"


@dataclass(frozen=True)
class Rule:
    """Which roles have an ability, and whether the page exists at all for the others."""

    roles: frozenset
    hidden: bool = False


RULES = {
    Ability.SEE_SHARED: Rule(frozenset(Role)),
    Ability.SEE_CONFIDENTIAL: Rule(frozenset({Role.EVALUATOR}), hidden=True),
    Ability.WRITE_FINDINGS: Rule(frozenset({Role.EVALUATOR})),
    Ability.SET_UP: Rule(frozenset({Role.EVALUATOR})),
    Ability.WRITE_RECOMMENDATIONS: Rule(frozenset({Role.EVALUATOR})),
    Ability.LINK_BARRIERS: Rule(frozenset({Role.EVALUATOR, Role.LEAD})),
    Ability.TRACK_RECOMMENDATIONS: Rule(frozenset({Role.LEAD})),
    Ability.OPEN_WORKSHOPS: Rule(frozenset({Role.EVALUATOR})),
    Ability.RUN_WORKSHOPS: Rule(frozenset({Role.EVALUATOR, Role.LEAD})),
    Ability.WRITE_PLAN: Rule(frozenset({Role.EVALUATOR, Role.LEAD})),
    Ability.WRITE_REPORT: Rule(frozenset({Role.EVALUATOR})),
}


@dataclass(frozen=True)
class Member:
    """A signed-in person in one evaluation."""

    user: object
    evaluation: Evaluation
    role: Role
    withdrawn: int = 0  # participants of the evaluation who had withdrawn when this was asked

    @property
    def audience(self):
        """Return for whom this person's own screens are made."""
        return Audience.EVALUATORS if can(self, Ability.SEE_CONFIDENTIAL) else Audience.READERS

    @cached_property
    def may(self):
        """Return every ability's name with whether this person has it, for templates."""
        return {ability.value: can(self, ability) for ability in Ability}

    @cached_property
    def opened(self):
        """Return what this person's forms carry (``opened_mark``)."""
        return opened_mark(self.evaluation.pk, self.withdrawn)

    @property
    def sender(self):
        """Return what this person's forms carry to say whose they are; nothing where there is nobody."""
        return sender_mark(self.user) if self.user else ""


def sender_mark(user):
    """Return what forms carry that were made for ``user``."""
    return salted_hmac("sender", str(user.pk)).hexdigest()[:16]


def opened_mark(evaluation, withdrawn):
    """Return what forms of the evaluation with this number carry: another text once a participant withdrew.

    ``withdrawn`` is how many did (``WITHDRAWN``). The text does not tell: that is for evaluators to know.
    """
    return salted_hmac("opened", f"{evaluation}:{withdrawn}").hexdigest()[:16]


def opened_now(evaluation):
    """Return what forms of the evaluation with this number carry, as ``opened_mark``, asked anew."""
    withdrawn = Participant.objects.filter(evaluation=evaluation, withdrawn_on__isnull=False)
    return opened_mark(evaluation, withdrawn.count())


class TwoStepRequired(PermissionDenied):
    """The evaluation asks for two-step sign-in, and this member of it has not set it up."""


def can(member, ability):
    """Say whether ``member`` has ``ability``."""
    return member.role in RULES[ability].roles


def check(member, ability):
    """Raise Http404 where the page is hidden from the member's role, PermissionDenied where only closed."""
    if not can(member, ability):
        if RULES[ability].hidden:
            raise Http404
        raise PermissionDenied(ability)


def evaluation_for(user, slug, ability=Ability.SEE_SHARED):
    """Return the ``Member`` that ``user`` is of the evaluation ``slug``.

    Raises Http404 to somebody who is no member of it (or when there is none), TwoStepRequired to a member
    without the second step that it asks for, and as ``check`` does.
    """
    membership = memberships_of(user).filter(evaluation__slug=slug).annotate(withdrawn=WITHDRAWN).first()
    if membership is None:
        raise Http404
    if not membership.is_open:
        raise TwoStepRequired
    member = Member(user, membership.evaluation, Role(membership.role), membership.withdrawn)
    check(member, ability)
    return member


def is_from_before(user, slug, mark):
    """Say whether a form that carries ``mark`` (``Member.opened``) is from before somebody withdrew.

    Never of an evaluation that ``user`` may not see: that looks the same as one that does not exist.
    """
    try:
        member = evaluation_for(user, slug)
    except (Http404, TwoStepRequired):
        return False
    return not constant_time_compare(mark, member.opened)


def row_for(rows, sent, **address):
    """Return the one of ``rows`` that a form names by its number (``row``), else that of the ``address``.

    A form that was opened before somebody gave the row another code still finds it. Raises Http404.
    """
    number = number_in(sent.get("row", ""))
    return get_object_or_404(rows, **(address if number is None else {"pk": number}))


def number_in(text):
    """Return the number of a row that an address or a form names; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def confidential(member, rows):
    return rows if can(member, Ability.SEE_CONFIDENTIAL) else rows.none()

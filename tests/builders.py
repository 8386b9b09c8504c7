"""Rows for tests, each with sensible defaults; what matters to a test is named in it.

They write through the models, not the actions, so that a test of an action does not rest on another.
"""

from datetime import date
from itertools import count

from evaluations.conditions import Condition, Kind
from evaluations.models import (
    Answer,
    Evaluation,
    Finding,
    FindingQuotation,
    FindingStatus,
    Interview,
    InterviewParticipant,
    Membership,
    Participant,
    Quotation,
    Recommendation,
    Source,
    Strand,
)

_number = count(1)


def evaluation(**fields):
    """Return an evaluation of a made-up programme."""
    number = next(_number)
    defaults = {"slug": f"evaluation-{number}", "title": f"Evaluation {number}", "programme": "A programme"}
    return Evaluation.objects.create(**defaults | fields)


def member(evaluation, user, role):
    """Make ``user`` a member and return the membership."""
    return Membership.objects.create(evaluation=evaluation, user=user, role=role)


def strand(evaluation, **fields):
    """Return a strand that comes from interviews."""
    number = next(_number)
    defaults = {"slug": f"strand-{number}", "name": f"Strand {number}", "position": number}
    return Strand.objects.create(evaluation=evaluation, **defaults | fields)


def finding(strand, **fields):
    """Return a barrier under policies that is ready to share."""
    number = next(_number)
    defaults = {
        "kind": Kind.BARRIER,
        "condition": Condition.POLICIES,
        "text": f"Finding {number}",
        "status": FindingStatus.READY,
        "position": number,
    }
    return Finding.objects.create(evaluation=strand.evaluation, strand=strand, **defaults | fields)


def participant(evaluation, **fields):
    """Return a participant who may be quoted, attributed to nobody."""
    defaults = {"code": f"P{next(_number)}", "consent": "yes", "sector": "health"}
    return Participant.objects.create(evaluation=evaluation, **defaults | fields)


def interview(evaluation, *, participants=(), **fields):
    """Return an interview that was held, with those who took part."""
    defaults = {"code": f"I{next(_number)}", "status": "held", "date": date(2024, 5, 14)}
    row = Interview.objects.create(evaluation=evaluation, **defaults | fields)
    for person in participants:
        InterviewParticipant.objects.create(evaluation=evaluation, interview=row, participant=person)
    return row


def answer(interview, **fields):
    """Return a free answer under policies."""
    defaults = {"condition": Condition.POLICIES, "text": "What was said."}
    return Answer.objects.create(evaluation=interview.evaluation, interview=interview, **defaults | fields)


def source(evaluation, **fields):
    """Return a published source."""
    return Source.objects.create(evaluation=evaluation, **{"title": f"Report {next(_number)}"} | fields)


def quotation(evaluation, *, evidence_for=None, **fields):
    """Return a quotation nobody is known to have said; ``evidence_for`` is a finding to attach it to."""
    row = Quotation.objects.create(evaluation=evaluation, **{"text": f"Words {next(_number)}"} | fields)
    if evidence_for:
        FindingQuotation.objects.create(evaluation=evaluation, finding=evidence_for, quotation=row)
    return row


def recommendation(strand, **fields):
    """Return a recommendation that the evaluators added."""
    number = next(_number)
    defaults = {
        "ref": f"R{number}",
        "condition": Condition.POWER,
        "source": "added",
        "title": f"Recommendation {number}",
    }
    return Recommendation.objects.create(evaluation=strand.evaluation, strand=strand, **defaults | fields)

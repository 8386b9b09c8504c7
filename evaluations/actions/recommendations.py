"""Writing recommendations, the programme's response to them, and the barriers they address."""

from django.db import transaction
from django.utils import timezone

from evaluations.conditions import Kind
from evaluations.models import (
    FindingStatus,
    Recommendation,
    RecommendationBarrier,
    Response,
)

from .errors import NotAllowedNow
from .versions import note, same_evaluation, save_as, save_changes


@transaction.atomic
def add_recommendation(*, evaluation, fields, by):
    """Add a recommendation and return it. Raises ForeignRecord."""
    same_evaluation(evaluation, fields.values())
    return save_as(Recommendation(evaluation=evaluation, **fields), by=by)


def edit_recommendation(*, recommendation, version, changes, by):
    """Save the evaluators' part of a recommendation and return it. Raises StaleVersion, ForeignRecord."""
    return save_changes(recommendation, version=version, changes=changes, by=by)


def respond(*, recommendation, version, response, response_reason, by):
    """Record the programme's response with who and when, and return the recommendation.

    Raises NotAllowedNow for one the programme committed to (it needs none), StaleVersion.
    """
    if recommendation.is_committed:
        raise NotAllowedNow("The programme committed to this one, so it needs no response.")
    answered = response != Response.NONE
    changes = {"response": Response(response), "response_reason": response_reason}

    def sign(current, changes):
        changes |= {
            "responded_by": by if answered else None,
            "responded_on": timezone.localdate() if answered else None,
        }

    return save_changes(recommendation, version=version, changes=changes, by=by, before_save=sign)


@transaction.atomic
def link_barrier(*, recommendation, finding, by):
    """Say that a recommendation addresses a barrier (once) and return the recommendation.

    Raises ForeignRecord, and NotAllowedNow when the finding is no barrier.
    """
    same_evaluation(recommendation.evaluation, [finding])
    if finding.kind != Kind.BARRIER:
        raise NotAllowedNow("A recommendation addresses barriers, not achievements.")
    _, is_new = RecommendationBarrier.objects.get_or_create(
        evaluation=recommendation.evaluation, recommendation=recommendation, finding=finding
    )
    return note(recommendation, by=by, reason=f"Linked {_barrier(finding)}") if is_new else recommendation


@transaction.atomic
def unlink_barrier(*, recommendation, finding, by):
    """Undo ``link_barrier``; returns the recommendation."""
    links = RecommendationBarrier.objects.filter(recommendation=recommendation, finding=finding)
    removed, _ = links.delete()
    return note(recommendation, by=by, reason=f"Unlinked {_barrier(finding)}") if removed else recommendation


def _barrier(finding):
    """Return what the history calls a barrier: a draft is told apart, because readers learn of none."""
    return "a draft barrier" if finding.status == FindingStatus.DRAFT else "a barrier"

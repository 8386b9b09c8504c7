"""Writing recommendations and moving them on: response, owner, dates, status, progress."""

from django.db import transaction
from django.utils import timezone

from evaluations.conditions import Kind
from evaluations.models import (
    DueDateChange,
    FindingStatus,
    Owner,
    ProgressUpdate,
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


def track(*, recommendation, version, changes, owner, due_reason, by):
    """Save owner, due date, status and what comes after the end, and return the recommendation.

    ``owner`` is an ``Owner``, or what ``owner_called`` takes for one to add, or None. The first due
    date is kept as the original; every later one is recorded with its reason. Raises
    NotAllowedNow when a date changes without a reason, StaleVersion, ForeignRecord.
    """

    def before_save(current, changes):
        if isinstance(owner, dict):
            changes["owner"] = owner_called(evaluation=current.evaluation, **owner)
        due = changes.get("due", current.due)
        if current.original_due is None:
            changes["original_due"] = due
        elif due != current.due:
            if not due_reason:
                raise NotAllowedNow("Say why the due date changes.")
            DueDateChange.objects.create(
                evaluation=current.evaluation,
                recommendation=current,
                old_due=current.due,
                new_due=due,
                reason=due_reason,
                by=by,
            )

    is_new = isinstance(owner, dict)
    return save_changes(
        recommendation,
        version=version,
        changes=dict(changes) if is_new else {**changes, "owner": owner},
        by=by,
        before_save=before_save,
        unchanged=lambda current: not is_new or _is_named(current.owner, owner),
        also={"due_reason": due_reason, **({"owner_name": owner["name"]} if is_new else {})},
    )


def _is_named(owner, sent):
    """Say whether an owner is the one that was typed in: so that pressing Save twice is no second change."""
    return owner is not None and owner.name.casefold() == sent["name"].casefold()


@transaction.atomic
def add_progress_update(*, recommendation, fields, by):
    """Add a dated note (date, note, evidence_link) to a recommendation and return it."""
    return ProgressUpdate.objects.create(
        evaluation=recommendation.evaluation, recommendation=recommendation, author=by, **fields
    )


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


@transaction.atomic
def owner_called(*, evaluation, name, email="", user=None):
    """Return the owner with this name (any capitals) or user, adding one when there is none.

    A second member of the same name goes by that and the name they sign in with.
    """
    rows = Owner.objects.filter(evaluation=evaluation)
    owner = rows.filter(user=user).first() if user else None
    owner = owner or rows.filter(name__iexact=name).first()
    if owner and user and owner.user not in (None, user):
        name, owner = f"{user.get_username()} ({name})", None
    if owner is None:
        longest = Owner._meta.get_field("name").max_length
        owner = Owner(evaluation=evaluation, name=name[:longest], email=email, user=user)
        return save_as(owner, by=None)
    if user and owner.user is None:
        owner.user = user
        owner.save()
    return owner

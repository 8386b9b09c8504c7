"""Writing the interview guide: its questions, their order, and the one to start from."""

from django.db import transaction
from django.utils import timezone

from evaluations.models import GuideQuestion, Verb
from evaluations.starter_guide import STARTER_QUESTIONS

from . import order
from .audit import record
from .errors import NotAllowedNow
from .versions import locked, save_as, save_changes


@transaction.atomic
def start_guide(*, evaluation, by):
    """Fill an empty guide with the starter guide and return its questions.

    Raises NotAllowedNow when the guide holds questions already, so that a second press adds none.
    """
    locked(evaluation)
    if _in_guide(evaluation).exists():
        raise NotAllowedNow("The guide has questions already. Add to them, or change them.")
    questions = [
        GuideQuestion(evaluation=evaluation, condition=condition, area=area, prompt=prompt, position=position)
        for condition, asked in STARTER_QUESTIONS.items()
        for position, (area, prompt) in enumerate(asked)
    ]
    GuideQuestion.objects.bulk_create(questions)
    record(by=by, evaluation=evaluation, verb=Verb.STARTED_GUIDE, subject="")
    return questions


@transaction.atomic
def add_question(*, evaluation, fields, by):
    """Add a question (condition, area, prompt) after the others of its condition and return it."""
    place = _next_place(evaluation, fields["condition"])
    return save_as(GuideQuestion(evaluation=evaluation, position=place, **fields), by=by)


def edit_question(*, question, version, changes, by):
    """Save a question and return it. Under another condition it comes last. Raises StaleVersion.

    Answers that were given already keep the question as it was asked.
    """

    def before_save(current, changes):
        if changes["condition"] != current.condition:
            changes["position"] = _next_place(current.evaluation, changes["condition"])

    return save_changes(question, version=version, changes=dict(changes), by=by, before_save=before_save)


@transaction.atomic
def move_question(*, question, up, by):
    """Move a question one place up or down among those of its condition and return it."""
    rows = _in_guide(question.evaluation).filter(condition=question.condition)
    return order.move(rows, question, up=up)


@transaction.atomic
def remove_question(*, question, by):
    """Take a question out of the guide and return it; what was answered keeps it as it was asked."""
    current = locked(question)
    current.removed_at = current.removed_at or timezone.now()
    current.save()
    return current


@transaction.atomic
def restore_question(*, question, by):
    """Put a question back, last under its condition, and return it."""
    current = locked(question)
    if current.removed_at:
        current.position = _next_place(current.evaluation, current.condition)
        current.removed_at = None
        current.save()
    return current


def _in_guide(evaluation):
    return GuideQuestion.objects.filter(evaluation=evaluation, removed_at__isnull=True)


def _next_place(evaluation, condition):
    return order.next_place(_in_guide(evaluation).filter(condition=condition))

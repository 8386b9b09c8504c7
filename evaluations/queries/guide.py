"""Reading the interview guide: what is asked under each condition."""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from evaluations.conditions import Condition
from evaluations.models import Answer, Area


@dataclass(frozen=True)
class GuidePart:
    """A condition with its questions in order, and the areas that none of them is after."""

    condition: Condition
    questions: tuple
    missing: tuple


def by_condition(questions):
    """Return a ``GuidePart`` for each condition, in the model's order. One query."""
    questions = list(questions)
    parts = []
    for condition in Condition:
        own = tuple(question for question in questions if question.condition == condition)
        areas = {question.area for question in own}
        parts.append(GuidePart(condition, own, tuple(area for area in Area if area not in areas)))
    return parts


def with_answer_counts(questions):
    """Return questions, each with ``answered``: in how many interviews something was written under it."""
    written = Answer.objects.filter(question=OuterRef("pk")).exclude(text="").order_by()
    number = written.values("question").annotate(number=Count("pk")).values("number")
    return questions.annotate(answered=Coalesce(Subquery(number, output_field=IntegerField()), Value(0)))

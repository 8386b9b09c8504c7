"""Bringing a file's rows into an evaluation: what it would do, and doing it, all of it or nothing.

Nothing is made twice and nothing is overwritten: participants and interviews are recognised by their codes,
answers by their question, findings by their cell and words, quotations by their words, ambitions by their
strand and words. What is there already and says the same stays; what says something else is a problem at its
row (``import_plan``).
"""

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from evaluations.models import Answer, AnswerVersion, Evaluation, Finding, Interview, Quotation, Verb

from .audit import record
from .errors import ActionError
from .import_plan import Planner
from .interviews import AnswerSent, save_answers
from .versions import refusing_duplicates

REASON = "Imported from a file"
AT_A_TIME = 500


class ImportRefused(ActionError):
    """A file that cannot be brought in as it is; ``problems`` says where and why. Nothing was saved."""

    def __init__(self, problems):
        super().__init__("Something in the evaluation changed, or the file has errors. Nothing was imported.")
        self.problems = problems


def check_import(*, evaluation, rows, by, tell=None):
    """Return the ``Plan`` of ``by`` importing ``rows`` (of ``importing.rows.parse``); writes nothing.

    ``tell(done, total)`` is called now and then.
    """
    return Planner(evaluation, by).take(rows, tell).plan


@transaction.atomic
def carry_out_import(*, evaluation, rows, by):
    """Write ``rows``, all or nothing, and return the ``Plan`` that was carried out.

    Everything is checked again as it is now. Raises ImportRefused when a row cannot be brought in,
    AlreadyThere when somebody made the same thing in this moment.
    """
    _lock(evaluation, rows)
    planner = Planner(evaluation, by).take(rows, None)
    plan = planner.plan
    if plan.problems:
        raise ImportRefused(plan.problems)
    with refusing_duplicates():
        _write(planner.draft, evaluation, by)
    if plan.made:
        record(by=by, evaluation=evaluation, verb=Verb.IMPORTED, subject=counted(plan.made.items()))
    return plan


def counted(made):
    """Return what was made, as (what, number) pairs, in words: ``1 interview, 12 answers``."""
    return ", ".join(f"{number} {what if number != 1 else what[:-1]}" for what, number in made)


def _lock(evaluation, rows):
    """Lock the interviews that rows name, so that no blind coding opens or closes meanwhile; then imports."""
    codes = {row.values.get("code") or row.values.get("interview") for row in rows}
    named = Interview.objects.select_for_update(of=("self",)).filter(evaluation=evaluation, code__in=codes)
    list(named.order_by("pk"))
    Evaluation.objects.select_for_update().get(pk=evaluation.pk)


def _write(draft, evaluation, by):
    """Write everything that was planned, in the order in which rows refer to each other."""
    for quotation in draft.new[Quotation]:
        quotation.coder = by
    for model, rows in draft.new.items():
        if model is Finding:
            bulk_create_with_history(
                rows, Finding, batch_size=AT_A_TIME, default_user=by, default_change_reason=REASON
            )
        else:
            model.objects.bulk_create(rows, batch_size=AT_A_TIME)
    for answer in draft.filled:
        sent = AnswerSent(
            "", answer.condition, answer.question, answer.text, answer.version, without_question=answer.pk
        )
        save_answers(interview=answer.interview, states={}, answers=[sent], by=by)
    for state in draft.changed_states:
        state.save()
    AnswerVersion.objects.bulk_create(
        [
            AnswerVersion(
                evaluation=evaluation, answer=answer, number=answer.version, text=answer.text, by=by
            )
            for answer in draft.new[Answer]
        ],
        batch_size=AT_A_TIME,
    )

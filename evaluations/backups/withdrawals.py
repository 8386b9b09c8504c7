"""What a backup does not know of participants: who withdrew, and has to again; who has another code."""

from dataclasses import dataclass
from datetime import date

from evaluations.models import Participant


@dataclass(frozen=True)
class MissingWithdrawal:
    """Somebody who withdrew after a backup was made; ``is_there`` says that the backup holds them.

    ``participant`` is the code that they have in the backup, else the present one.
    """

    evaluation: str
    participant: str
    withdrawn_on: date
    is_there: bool


def missing_withdrawals(backup, *, using="default"):
    """Return the withdrawals that a database holds and a backup does not, in order of evaluation and day.

    People are told by their number: an evaluator may have changed their code.
    """
    then, found = _participants(backup), []
    withdrawn = Participant.objects.using(using).filter(withdrawn_on__isnull=False)
    rows = withdrawn.order_by("evaluation__slug", "withdrawn_on", "pk")
    for slug, key, code, day in rows.values_list("evaluation__slug", "pk", "code", "withdrawn_on"):
        code_then, day_then = then.get((slug, key), (None, None))
        if day_then is None:
            found.append(MissingWithdrawal(slug, code_then or code, day, code_then is not None))
    return found


def changed_codes(backup, *, using):
    """Return (address of the evaluation, code now, code in the backup) of whoever has another code there."""
    then = _participants(backup)
    rows = Participant.objects.using(using).order_by("pk").values_list("evaluation__slug", "pk", "code")
    return [
        (slug, code, then[slug, key][0])
        for slug, key, code in rows
        if (slug, key) in then and then[slug, key][0] != code
    ]


def _participants(backup):
    """Return ``{(address of the evaluation, number): (code, day of withdrawing or None)}`` of a backup."""
    slugs = dict(backup.records("evaluations_evaluation", "id", "slug"))
    columns = ("evaluation_id", "id", "code", "withdrawn_on")
    return {
        (slugs.get(evaluation), key): (code, day)
        for evaluation, key, code, day in backup.records("evaluations_participant", *columns)
    }

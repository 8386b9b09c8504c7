"""Withdrawals that a backup does not know: restoring it brings words back that have to go again."""

from dataclasses import dataclass
from datetime import date

from evaluations.models import Participant


@dataclass(frozen=True)
class MissingWithdrawal:
    """Somebody who withdrew after a backup was made; ``is_there`` says that the backup holds their code."""

    evaluation: str
    participant: str
    withdrawn_on: date
    is_there: bool


def missing_withdrawals(backup, *, using="default"):
    """Return the withdrawals that a database holds and a backup does not, in order of evaluation and day."""
    slugs = dict(backup.records("evaluations_evaluation", "id", "slug"))
    columns = ("evaluation_id", "code", "withdrawn_on")
    known = {
        (slugs.get(evaluation), code): withdrawn_on
        for evaluation, code, withdrawn_on in backup.records("evaluations_participant", *columns)
    }
    withdrawn = Participant.objects.using(using).filter(withdrawn_on__isnull=False)
    rows = withdrawn.order_by("evaluation__slug", "withdrawn_on", "pk")
    return [
        MissingWithdrawal(slug, code, withdrawn_on, (slug, code) in known)
        for slug, code, withdrawn_on in rows.values_list("evaluation__slug", "code", "withdrawn_on")
        if known.get((slug, code)) is None
    ]
